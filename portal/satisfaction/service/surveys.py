"""Surveys at the desk: written as drafts, started, copied into their next version."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.queries import AreaRow, area_by_code
from portal.kernel.errors import Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number
from portal.satisfaction.models import Survey, SurveyQuestion
from portal.satisfaction.queries.surveys import (
    SurveyRow,
    questions_of,
    survey_by_number,
    today_of,
)
from portal.satisfaction.rules.surveys import (
    MOST_QUESTIONS,
    AskedWho,
    Names,
    QuestionKind,
    SurveyKind,
    SurveyRefusal,
    days_fit,
    leading,
    options_fit,
    options_from,
)

MANAGE: Final = Permission.SURVEY_MANAGE


@dataclass(frozen=True)
class SurveyWish:
    """What somebody asks, where, when, whom, and what becomes of the answers."""

    kind: SurveyKind
    who: AskedWho
    place: str
    title: Names
    notice: Names
    opens_on: date
    closes_on: date
    sheets: int = 0


@dataclass(frozen=True)
class QuestionWish:
    """A question; ``options``: of each language a text of one option a line."""

    kind: QuestionKind
    needed: bool
    words: Names
    options: Names = field(default_factory=dict)


def survey_here(session: Session, actor: Actor, number: str, *, lock: bool = False) -> SurveyRow:
    """A survey of the places that somebody looks after; any other is Missing."""
    row = survey_by_number(session, clean_number(number) or "", lock=lock)
    if row is None or not actor.may(MANAGE, place_path=row.place_path):
        raise Missing
    return row


def draft_here(session: Session, actor: Actor, number: str) -> SurveyRow:
    """A draft, held: whoever starts it waits. What runs does not change."""
    row = survey_here(session, actor, number, lock=True)
    if row.started_at is not None:
        raise Refused(SurveyRefusal.STARTED)
    return row


def write_survey(session: Session, actor: Actor, wish: SurveyWish, *, now: datetime) -> str:
    """Begin a draft; its number."""
    values = _values(wish, _place(session, actor, wish))
    row = Survey(id=new_id(), number=new_number(), made_at=now, made_by=actor.person_id, **values)
    session.add(row)
    session.flush()
    return row.number


def change_survey(session: Session, actor: Actor, number: str, wish: SurveyWish) -> None:
    """Write a draft anew."""
    row = draft_here(session, actor, number)
    values = _values(wish, _place(session, actor, wish))
    session.execute(update(Survey).where(Survey.id == row.id).values(**values))


def _place(session: Session, actor: Actor, wish: SurveyWish) -> AreaRow:
    area = area_by_code(session, wish.place.strip().upper())
    if area is None or not actor.may(MANAGE, place_path=area.path):
        raise Refused(SurveyRefusal.NO_PLACE, field="place")
    if not days_fit(wish.opens_on, wish.closes_on):
        raise Refused(SurveyRefusal.DAYS, field="closes_on")
    return area


def _values(wish: SurveyWish, area: AreaRow) -> dict[str, Any]:
    return {
        "kind": wish.kind, "who": wish.who, "area_id": area.id, "place_path": area.path,
        "opens_on": wish.opens_on, "closes_on": wish.closes_on, "sheets": wish.sheets,
        **_in_languages("title", wish.title), **_in_languages("notice", wish.notice),
    }  # fmt: skip


def _in_languages(column: str, names: Names) -> dict[str, str | None]:
    return {
        f"{column}_{language.lower()}": names.get(language) or None
        for language in ("zh_Hans", "zh_Hant", "en")
    }


def add_question(session: Session, actor: Actor, number: str, wish: QuestionWish) -> None:
    """Add a question at the end of a draft. One asks how satisfied people are: a second would be
    told beside the release."""
    row = draft_here(session, actor, number)
    asked = questions_of(session, row.id)
    if wish.kind is QuestionKind.SATISFACTION and leading(asked) is not None:
        raise Refused(SurveyRefusal.SECOND_LEADING, field="kind")
    options = options_from(wish.options)
    if not options_fit(wish.kind, options):
        raise Refused(SurveyRefusal.OPTIONS, field="options_zh_hans")
    if len(asked) >= MOST_QUESTIONS:
        raise Refused(SurveyRefusal.TOO_MANY_QUESTIONS, facts={"most": MOST_QUESTIONS})
    last = max((one.position for one in asked), default=0)
    lines = {language: "\n".join(found) for language, found in options.items()}
    session.add(
        SurveyQuestion(
            survey_id=row.id, position=last + 1, kind=wish.kind, needed=wish.needed,
            **_in_languages("words", wish.words), **_in_languages("options", lines),
        )
    )  # fmt: skip


def take_question_out(session: Session, actor: Actor, number: str, position: int) -> None:
    """Take a question out of a draft."""
    row = draft_here(session, actor, number)
    if position not in {one.position for one in questions_of(session, row.id)}:
        raise Missing
    mine = (SurveyQuestion.survey_id == row.id, SurveyQuestion.position == position)
    session.execute(delete(SurveyQuestion).where(*mine))


def start_survey(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Let people answer, from its first day on; nothing of it changes any more."""
    row = draft_here(session, actor, number)
    if leading(questions_of(session, row.id)) is None:
        raise Refused(SurveyRefusal.NO_LEADING)
    if row.closes_on < today_of(session, now):
        raise Refused(SurveyRefusal.DAYS)
    session.execute(update(Survey).where(Survey.id == row.id).values(started_at=now))


def copy_survey(session: Session, actor: Actor, number: str, *, now: datetime) -> str:
    """The next version as a draft: for the next period, or because the running one has a flaw."""
    old = survey_here(session, actor, number, lock=True)
    made = new_number()
    taken = {"version", "number", "id", "copied_from", "made_at", "made_by", "started_at",
             "drawn"}  # fmt: skip
    columns = [one.name for one in Survey.__table__.columns if one.name not in taken]
    found = session.execute(
        select(*(getattr(Survey, name) for name in columns)).where(Survey.id == old.id)
    ).one()
    new = Survey(
        id=new_id(), number=made, version=old.version + 1, copied_from=old.id, made_at=now,
        made_by=actor.person_id, **dict(zip(columns, found, strict=True)),
    )  # fmt: skip
    session.add(new)
    session.flush()
    _copy_questions(session, old.id, new.id)
    return made


def _copy_questions(session: Session, old: UUID, new: UUID) -> None:
    columns = [one.name for one in SurveyQuestion.__table__.columns if one.name != "survey_id"]
    found = select(*(getattr(SurveyQuestion, name) for name in columns)).where(
        SurveyQuestion.survey_id == old
    )
    rows = [
        {"survey_id": new, **dict(zip(columns, row, strict=True))} for row in session.execute(found)
    ]
    if rows:
        session.execute(insert(SurveyQuestion), rows)
