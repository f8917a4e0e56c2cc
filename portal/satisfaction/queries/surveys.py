"""Reads of surveys, and the counts of those that are over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from portal.areas.rules import tidy_names
from portal.kernel.clock import city_day
from portal.kernel.instance import instance_of
from portal.satisfaction.models import (
    Survey,
    SurveyAgreement,
    SurveyInvitation,
    SurveyMark,
    SurveyQuestion,
    SurveySheet,
    SurveyWords,
)
from portal.satisfaction.rules.surveys import (
    AskedWho,
    Names,
    Phase,
    Question,
    QuestionKind,
    Rate,
    SheetChannel,
    SurveyKind,
    Told,
    options_from,
    rate,
    tellable,
    told,
)

PAGE: Final = 20
MOST_WORDS: Final = 500


@dataclass(frozen=True)
class SurveyRow:
    """A survey as pages show it."""

    id: UUID
    number: str
    kind: SurveyKind
    who: AskedWho
    area_id: UUID
    place_path: str
    version: int
    title: Names
    notice: Names
    opens_on: date
    closes_on: date
    sheets: int
    drawn: int
    started_at: datetime | None

    def phase(self, today: date) -> Phase:
        """Where it stands on a day of the city."""
        if self.started_at is None:
            return Phase.DRAFT
        if today < self.opens_on:
            return Phase.WAITING
        return Phase.OPEN if today <= self.closes_on else Phase.OVER

    @property
    def month(self) -> str:
        """In whose release its leading question is told."""
        return f"{self.closes_on:%Y-%m}"


def today_of(session: Session, now: datetime) -> date:
    """The day in the city."""
    return city_day(now, instance_of(session).city.zone)


def ends_at(session: Session, row: SurveyRow) -> datetime:
    """The first moment at which it is too late to answer."""
    after = row.closes_on + timedelta(days=1)
    return datetime.combine(after, time(), instance_of(session).city.zone)


def _row(found: Survey) -> SurveyRow:
    title = {
        "zh_Hans": found.title_zh_hans, "zh_Hant": found.title_zh_hant, "en": found.title_en,
    }  # fmt: skip
    notice = {
        "zh_Hans": found.notice_zh_hans, "zh_Hant": found.notice_zh_hant, "en": found.notice_en,
    }  # fmt: skip
    return SurveyRow(
        found.id, found.number, found.kind, found.who, found.area_id, found.place_path,
        found.version, tidy_names(title), tidy_names(notice), found.opens_on, found.closes_on,
        found.sheets, found.drawn, found.started_at,
    )  # fmt: skip


def survey_by_number(session: Session, number: str, *, lock: bool = False) -> SurveyRow | None:
    """One survey; ``lock`` holds it until the transaction ends."""
    statement = select(Survey).where(Survey.number == number)
    found = session.scalar(statement.with_for_update() if lock else statement)
    return _row(found) if found is not None else None


def surveys_page(
    session: Session, places: Sequence[str] | None, *, public: bool, after: str = ""
) -> list[SurveyRow]:
    """A page of surveys, the newest first, and one more. ``places``: path prefixes, None all."""
    statement = select(Survey).order_by(Survey.id.desc()).limit(PAGE + 1)
    if public:
        statement = statement.where(Survey.started_at.is_not(None))
    if places is not None:
        inside = (Survey.place_path.startswith(place) for place in places)
        statement = statement.where(or_(False, *inside))
    last = session.scalar(select(Survey.id).where(Survey.number == after)) if after else None
    if last is not None:
        statement = statement.where(Survey.id < last)
    return [_row(found) for found in session.scalars(statement)]


def surveys_over(session: Session, first: date, after: date, now: datetime) -> list[SurveyRow]:
    """Surveys whose last day lies between two days (the second without) and is over."""
    ended = (Survey.closes_on >= first, Survey.closes_on < after, Survey.started_at.is_not(None))
    over = Survey.closes_on < today_of(session, now)
    found = session.scalars(select(Survey).where(*ended, over).order_by(Survey.number))
    return [_row(one) for one in found]


def questions_of(session: Session, survey_id: UUID) -> list[Question]:
    """The questions of a survey in their order."""
    found = select(SurveyQuestion).where(SurveyQuestion.survey_id == survey_id)
    return [_question(one) for one in session.scalars(found.order_by(SurveyQuestion.position))]


def _question(one: SurveyQuestion) -> Question:
    words = {"zh_Hans": one.words_zh_hans, "zh_Hant": one.words_zh_hant, "en": one.words_en}
    typed = {
        "zh_Hans": one.options_zh_hans, "zh_Hant": one.options_zh_hant, "en": one.options_en,
    }  # fmt: skip
    options = options_from({language: text or "" for language, text in typed.items()})
    return Question(one.position, one.kind, one.needed, tidy_names(words), options)


def has_answered(session: Session, survey_id: UUID, rater_key: UUID) -> bool:
    """Whether somebody answered already."""
    mine = (SurveySheet.survey_id == survey_id, SurveySheet.rater_key == rater_key)
    return session.scalar(select(SurveySheet.id).where(*mine)) is not None


def is_invited(session: Session, survey_id: UUID, person_id: UUID) -> bool:
    """Whether somebody was drawn, and her invitation stands."""
    mine = (
        SurveyInvitation.survey_id == survey_id,
        SurveyInvitation.person_id == person_id,
        SurveyInvitation.revoked_at.is_(None),
    )
    return session.scalar(select(SurveyInvitation.person_id).where(*mine)) is not None


def agreed_at(session: Session, person_id: UUID) -> datetime | None:
    """When somebody agreed to be asked."""
    mine = SurveyAgreement.person_id == person_id
    return session.scalar(select(SurveyAgreement.agreed_at).where(mine))


def not_yet_invited(survey_id: UUID) -> Select[UUID]:
    """Those who agreed to be asked and were never drawn for a survey."""
    drawn = select(SurveyInvitation.person_id).where(SurveyInvitation.survey_id == survey_id)
    return select(SurveyAgreement.person_id).where(SurveyAgreement.person_id.not_in(drawn))


def invited_many(session: Session, survey_id: UUID) -> int:
    """How many invitations stand."""
    standing = (
        SurveyInvitation.survey_id == survey_id, SurveyInvitation.revoked_at.is_(None),
    )  # fmt: skip
    return session.scalar(select(func.count()).where(*standing)) or 0


@dataclass(frozen=True)
class Results:
    """What is told of a survey that is over."""

    questions: Sequence[Told]
    by_invitation: Rate | None
    by_paper: Rate | None


def results_of(session: Session, row: SurveyRow, questions: Sequence[Question]) -> Results:
    """The rounded totals of a survey that is over; its marks change no more."""
    by_way = (SurveyMark.position, SurveySheet.channel)
    base = (
        select(*by_way, func.count(SurveyMark.sheet_id.distinct()))
        .join(SurveySheet, SurveySheet.id == SurveyMark.sheet_id)
        .where(SurveyMark.survey_id == row.id)
        .group_by(*by_way)
    )
    each = (
        select(*by_way, SurveyMark.value, func.count())
        .join(SurveySheet, SurveySheet.id == SurveyMark.sheet_id)
        .where(SurveyMark.survey_id == row.id)
        .group_by(*by_way, SurveyMark.value)
    )
    answered = {(at, way): many for at, way, many in session.execute(base)}
    counts = {(at, way, value): many for at, way, value, many in session.execute(each)}
    came = _came(session, row.id)
    # those who were drawn, whatever became of their invitations: the rate of what is over stays
    asked = row.drawn if row.who is AskedWho.INVITED else 0
    return Results(
        told(questions, answered, counts),
        rate(came.get(SheetChannel.SCREEN, 0), asked),
        rate(came.get(SheetChannel.PAPER, 0), row.sheets),
    )


def _came(session: Session, survey_id: UUID) -> Mapping[SheetChannel, int]:
    """How many answered, by the way they came."""
    counted = (
        select(SurveySheet.channel, func.count())
        .where(SurveySheet.survey_id == survey_id)
        .group_by(SurveySheet.channel)
    )
    return {row[0]: row[1] for row in session.execute(counted)}


def words_of(
    session: Session, row: SurveyRow, questions: Sequence[Question]
) -> list[tuple[Question, list[str]]]:
    """Free words of a survey that is over, for whoever holds it: in the order of a keyed hash and
    apart from all else, and of each way by which ten people wrote to a question."""
    vault = instance_of(session).vault
    found: dict[int, dict[SheetChannel, list[tuple[str, str]]]] = {}
    columns = (SurveyWords.sheet_id, SurveyWords.position, SurveyWords.sealed_text)
    written = (
        select(*columns, SurveySheet.channel)
        .join(SurveySheet, SurveySheet.id == SurveyWords.sheet_id)
        .where(SurveySheet.survey_id == row.id)
    )
    for sheet_id, position, sealed, way in session.execute(written):
        drawn = vault.keyed_hash("survey-words", f"{sheet_id}:{position}")
        found.setdefault(position, {}).setdefault(way, []).append((drawn, sealed))
    asked = [one for one in questions if one.kind is QuestionKind.WORDS]
    return [
        (one, [vault.unseal(sealed) for _drawn, sealed in said[:MOST_WORDS]])
        for one in asked
        if (said := _sayable(found.get(one.position, {})))
    ]


def _sayable(said: Mapping[SheetChannel, list[tuple[str, str]]]) -> list[tuple[str, str]]:
    """The words of the ways by which enough people wrote, in the order of their hashes."""
    ways = tellable({way: len(words) for way, words in said.items()})
    return sorted(one for way in ways for one in said[way])
