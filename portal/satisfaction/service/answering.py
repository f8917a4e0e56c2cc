"""Answering a survey once: on the screen, signed in, or typed from a numbered sheet."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.rules import codes_of
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number, new_id
from portal.kernel.instance import Instance, instance_of
from portal.satisfaction.models import SurveyMark, SurveySheet, SurveyWords
from portal.satisfaction.queries.surveys import (
    SurveyRow,
    ends_at,
    has_answered,
    is_invited,
    questions_of,
    survey_by_number,
    today_of,
)
from portal.satisfaction.rules import SATISFIED_LEVELS, Answers, Level, SubjectKind
from portal.satisfaction.rules.release import Bound, BoundBy
from portal.satisfaction.rules.surveys import (
    CATEGORY,
    LONGEST_ANSWER,
    Answered,
    AskedWho,
    Phase,
    Question,
    SheetChannel,
    SurveyRefusal,
    leading,
    why_not_answer,
)
from portal.satisfaction.service.ratings import Subject, record_rating
from portal.satisfaction.service.surveys import survey_here
from portal.satisfaction.service.units import bound_to


def survey_shown(session: Session, number: str) -> SurveyRow:
    """A survey that was started; a draft is nobody's to see."""
    row = survey_by_number(session, clean_number(number) or "")
    if row is None or row.started_at is None:
        raise Missing
    return row


def person_key(instance: Instance, survey_id: UUID, person_id: UUID) -> UUID:
    """Whose answers: of this survey only, and it leads to nobody without the secret."""
    return UUID(instance.vault.keyed_hash("survey-rater", f"{survey_id}:{person_id}")[:32])


def _sheet_key(instance: Instance, survey_id: UUID, sheet: int) -> UUID:
    return UUID(instance.vault.keyed_hash("survey-sheet", f"{survey_id}:{sheet}")[:32])


def why_not(
    session: Session, row: SurveyRow, person_id: UUID, now: datetime
) -> SurveyRefusal | None:
    """What keeps somebody from answering."""
    if row.phase(today_of(session, now)) is not Phase.OPEN:
        return SurveyRefusal.NOT_OPEN
    if row.who is AskedWho.INVITED and not is_invited(session, row.id, person_id):
        return SurveyRefusal.NOT_INVITED
    key = person_key(instance_of(session), row.id, person_id)
    return SurveyRefusal.ANSWERED if has_answered(session, row.id, key) else None


def answer_survey(
    session: Session, person_id: UUID, number: str, answered: Answered, *, now: datetime
) -> None:
    """Keep what somebody says, once. Raises Conflict when she was here from another page."""
    row = survey_shown(session, number)
    refusal = why_not(session, row, person_id, now)
    if refusal is not None:
        raise (Conflict if refusal is SurveyRefusal.ANSWERED else Refused)(refusal)
    bound = bound_to(session, person_id=person_id)
    key = person_key(instance_of(session), row.id, person_id)
    if not _keep(session, row, key, SheetChannel.SCREEN, answered, bound, now):
        raise Conflict(SurveyRefusal.ANSWERED)


def type_sheet(
    session: Session, actor: Actor, number: str, sheet: int, answered: Answered, *, now: datetime
) -> None:
    """Type a numbered sheet of paper, each once. A sheet stands for one resident."""
    row = survey_here(session, actor, number)
    if row.phase(today_of(session, now)) is not Phase.OPEN:
        raise Refused(SurveyRefusal.NOT_OPEN)
    if not 1 <= sheet <= row.sheets:
        raise Refused(
            SurveyRefusal.SHEET_UNKNOWN, field="sheet", facts={"most": row.sheets}
        )  # fmt: skip
    key = _sheet_key(instance_of(session), row.id, sheet)
    bound = Bound(BoundBy.LINK, f"survey:{row.id}:{sheet}")
    if not _keep(session, row, key, SheetChannel.PAPER, answered, bound, now):
        raise Conflict(SurveyRefusal.SHEET_TYPED, field="sheet")


def _keep(
    session: Session,
    row: SurveyRow,
    key: UUID,
    channel: SheetChannel,
    answered: Answered,
    bound: Bound | None,
    now: datetime,
) -> bool:
    """Whether it was kept; of two at once one is."""
    questions = questions_of(session, row.id)
    wrong = why_not_answer(questions, answered)
    if wrong is not None:
        raise Refused(wrong[0], field=f"q{wrong[1]}")
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    sheet_id = new_id()
    statement = dialect.insert(SurveySheet).values(
        id=sheet_id, survey_id=row.id, rater_key=key, channel=channel
    )
    kept = statement.on_conflict_do_nothing().returning(SurveySheet.id)
    if session.scalar(kept) is None:
        return False
    first = leading(questions)
    _keep_marks(session, row.id, sheet_id, answered, first)
    _keep_words(session, sheet_id, answered, now)
    if first is not None and answered.marks.get(first.position):
        _rate(session, row, key, min(answered.marks[first.position]), bound, now)
    return True


def _keep_marks(
    session: Session, survey_id: UUID, sheet_id: UUID, answered: Answered, first: Question | None
) -> None:
    """All but those of the leading question, which are a rating."""
    rows = [
        {"sheet_id": sheet_id, "survey_id": survey_id, "position": position, "value": value}
        for position, values in answered.marks.items()
        for value in values
        if first is None or position != first.position
    ]
    if rows:
        session.execute(insert(SurveyMark), rows)


def _keep_words(session: Session, sheet_id: UUID, answered: Answered, now: datetime) -> None:
    vault = instance_of(session).vault
    rows = [
        {
            "sheet_id": sheet_id, "position": position, "written_at": now,
            "sealed_text": vault.seal(words[:LONGEST_ANSWER]),
        }
        for position, words in answered.words.items()
        if words
    ]  # fmt: skip
    if rows:
        session.execute(insert(SurveyWords), rows)


def _rate(
    session: Session, row: SurveyRow, key: UUID, level: int, bound: Bound | None, now: datetime
) -> None:
    """The leading answer as a rating: only the month's release tells it."""
    subject = Subject(
        kind=SubjectKind.SURVEY, id=row.id, district=codes_of(row.place_path)[0], cycle=1,
        place_path=row.place_path, category_code=CATEGORY, window_ends=ends_at(session, row),
    )  # fmt: skip
    said = Level(level)
    answers = Answers(solved=said <= SATISFIED_LEVELS, result=said, service=said)
    record_rating(session, subject, key, answers, seen=0, now=now, bound=bound)
