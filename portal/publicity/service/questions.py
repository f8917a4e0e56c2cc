"""Public questions to units: asked, looked at, published or not with a reason, answered in time.

Every step is one conditional UPDATE of the state that was read: whoever comes second is told.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.queries import people_by_ids, phones_of
from portal.accounts.rules import Actor, Permission, mask_phones_in_text
from portal.areas.queries import AreaRow, area_by_code, find_areas, root_areas
from portal.areas.rules import codes_of
from portal.kernel.calendars import calendars_of
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number, new_number
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message
from portal.kernel.tokens import fold
from portal.kernel.worktime import add_working_days
from portal.organisations.queries import OrganisationRow, organisations_by_ids
from portal.organisations.rules import GOVERNING_KINDS
from portal.publicity.models import Question
from portal.publicity.queries.questions import (
    Opened,
    open_questions_of,
    question_by_number,
    units_to_ask,
)
from portal.publicity.rules.questions import (
    MOST_OPEN,
    HiddenWhy,
    QuestionRefusal,
    QuestionState,
    appeal_until,
    deadline_on,
    why_not_appeal,
)

MODERATE: Final = Permission.QUESTION_MODERATE
ANSWER: Final = Permission.QUESTION_ANSWER
SUPERVISE: Final = Permission.SUPERVISION_READ


@dataclass(frozen=True)
class QuestionWish:
    """What is asked of whom. ``place``: a code or name, "": that of the unit. ``asked_as``: a
    supervising role, "": as a resident."""

    unit: str
    title: str
    words: str
    place: str = ""
    asked_as: str = ""


def ask_question(session: Session, actor: Actor, wish: QuestionWish, *, now: datetime) -> str:
    """Ask a unit; the question's number. Nobody reads it before somebody has looked at it."""
    if actor.person_id is None:
        raise Missing
    today = city_day(now, instance_of(session).city.zone)
    unit = next((one for one in units_to_ask(session, today) if one.code == wish.unit), None)
    if unit is None:
        raise Refused(QuestionRefusal.NO_UNIT, field="unit")
    if wish.asked_as and wish.asked_as not in capacities(actor):
        raise Refused(QuestionRefusal.NO_CAPACITY, field="asked_as")
    if open_questions_of(session, actor.person_id) >= MOST_OPEN:
        raise Refused(QuestionRefusal.TOO_MANY, facts={"most": MOST_OPEN})
    area, vault = _place(session, wish.place, unit), instance_of(session).vault
    row = Question(
        number=new_number(), organisation_id=unit.id, area_id=area.id, place_path=area.path,
        person_id=actor.person_id, asked_as=wish.asked_as or None, asked_at=now,
        sealed_title=vault.seal(wish.title), sealed_words=vault.seal(wish.words),
    )  # fmt: skip
    session.add(row)
    return row.number


def capacities(actor: Actor) -> tuple[str, ...]:
    """The supervising roles in which somebody may ask."""
    return tuple(sorted({one.role for one in actor.grants if one.permission is SUPERVISE}))


def _place(session: Session, typed: str, unit: OrganisationRow) -> AreaRow:
    """The place of a question: at the finest a community, since a finer one leads to a door."""
    if not typed:
        own = area_by_code(session, codes_of(unit.area_path)[-1]) if unit.area_path else None
        return own or root_areas(session)[0]
    exact = area_by_code(session, typed.strip().upper())
    found = [exact] if exact else find_areas(session, typed, 1)
    if not found:
        raise Refused(QuestionRefusal.NO_PLACE, field="place")
    national = [code for code in codes_of(found[0].path) if code.isdecimal()]
    area = area_by_code(session, national[-1]) if national else None
    return area or found[0]


# --- a look before it is published ----------------------------------------------------------------


def question_to_decide(session: Session, actor: Actor, number: str) -> Opened:
    """A question of the places where somebody decides; any other is Missing."""
    row = question_by_number(session, clean_number(number) or "")
    if row is None or not actor.may(MODERATE, place_path=row.place_path):
        raise Missing
    return row


def decide_question(
    session: Session, actor: Actor, number: str, why: HiddenWhy | None, words: str, *,
    now: datetime,
) -> None:  # fmt: skip
    """Publish a question (``why`` None), or say why not. Its unit's time begins now."""
    row = question_to_decide(session, actor, number)
    if row.person_id is not None and row.person_id == actor.person_id:
        raise Refused(QuestionRefusal.OWN)
    _not_ours(session, actor, row)
    if why is HiddenWhy.OTHER and not words:
        raise Refused(QuestionRefusal.NO_REASON, field="words")
    values = _hidden(why, words) if why else _published(session, row, now)
    _move(
        session, row, Question.state == QuestionState.WAITING, QuestionRefusal.DECIDED,
        decided_at=now, decided_by=actor.person_id, **values,
    )  # fmt: skip
    _tell(session, row, "question.hidden" if why else "question.shown", now)


def _not_ours(session: Session, actor: Actor, row: Opened) -> None:
    """Who answers for the unit that is asked does not decide whether others read the question."""
    if row.organisation_id in {one.id for one in units_answered_for(session, actor)}:
        raise Refused(QuestionRefusal.OWN_UNIT)


def _hidden(why: HiddenWhy, words: str) -> dict[str, Any]:
    return {"state": QuestionState.HIDDEN, "hidden_why": why, "hidden_words": words or None}


def _published(session: Session, row: Opened, now: datetime) -> dict[str, Any]:
    """The public copy, without telephone numbers, and until when the unit answers."""
    title, words = mask_phones_in_text(row.own_title), mask_phones_in_text(row.own_words)
    zone = instance_of(session).city.zone
    days = deadline_on(city_day(now, zone)).working_days
    return {
        "state": QuestionState.SHOWN, "hidden_why": None, "hidden_words": None, "title": title,
        "words": words, "folded": fold(f"{title}\n{words}"),
        "due_at": add_working_days(now, days, calendars_of(session).get(None), zone),
    }  # fmt: skip


def _move(session: Session, row: Opened, stands: Any, lost: QuestionRefusal, **values: Any) -> None:
    statement = update(Question).where(Question.id == row.id, stands)
    if not changed_rows(session, statement.values(**values)):
        raise Conflict(lost)


def _tell(session: Session, row: Opened, template: str, now: datetime) -> None:
    """Tell whoever asked that there is something to read on her page."""
    ids = [row.person_id] if row.person_id else []
    phones = phones_of(session, ids)
    link = f"{instance_of(session).config.origin}/me/questions/"
    for one in people_by_ids(session, phones).values():
        post_message(
            session, channel=Channel.SMS, to=phones[one.id], template=template,
            facts={"number": row.number, "link": link}, now=now, language=one.language,
            subject=f"question:{row.number}",
        )  # fmt: skip


# --- an appeal against not being published --------------------------------------------------------


def own_question(session: Session, actor: Actor, number: str) -> Opened:
    """One's own question; any other is Missing."""
    row = question_by_number(session, clean_number(number) or "")
    if row is None or actor.person_id is None or row.person_id != actor.person_id:
        raise Missing
    return row


def appeal_ends(session: Session, row: Opened) -> datetime | None:
    """Until when its asker may appeal; None: nothing was decided."""
    if row.decided_at is None:
        return None
    day = city_day(row.decided_at, instance_of(session).city.zone)
    return appeal_until(row.decided_at, deadline_on(day).appeal_days)


def appeal_question(
    session: Session, actor: Actor, number: str, words: str, *, now: datetime
) -> None:
    """Ask that somebody else looks at it again, once."""
    row = own_question(session, actor, number)
    refusal = why_not_appeal(row.state, row.appealed_at, appeal_ends(session, row), now)
    if refusal is not None:
        raise Refused(refusal)
    stands = (Question.state == QuestionState.HIDDEN) & Question.appealed_at.is_(None)
    sealed = instance_of(session).vault.seal(words)
    _move(
        session, row, stands, QuestionRefusal.NO_APPEAL, sealed_appeal=sealed, appealed_at=now
    )  # fmt: skip


def rehear_question(
    session: Session, actor: Actor, number: str, words: str, *, show: bool, now: datetime
) -> None:
    """Decide an appeal, with a reason: another person than the one who did not publish it."""
    row = question_to_decide(session, actor, number)
    if actor.person_id in {row.decided_by, row.person_id}:
        raise Refused(QuestionRefusal.SAME_PERSON)
    _not_ours(session, actor, row)
    if not words:
        raise Refused(QuestionRefusal.NO_REASON, field="words")
    stands = (
        (Question.state == QuestionState.HIDDEN) & Question.appealed_at.is_not(None)
        & Question.reheard_at.is_(None)
    )  # fmt: skip
    values = _published(session, row, now) if show else {}
    _move(
        session, row, stands, QuestionRefusal.DECIDED, reheard_at=now,
        reheard_by=actor.person_id, reheard_words=words, **values,
    )  # fmt: skip
    _tell(session, row, "question.reheard", now)


# --- the answer -----------------------------------------------------------------------------------


def units_answered_for(session: Session, actor: Actor) -> list[OrganisationRow]:
    """The units for which somebody answers: her own, and the offices of her very place; all of them
    for whoever does so everywhere."""
    places = actor.places_for(ANSWER)
    if places is None:
        return units_to_ask(session, None)
    own = list(organisations_by_ids(session, actor.organisations_for(ANSWER)).values())
    if not places:
        return own
    codes = {codes_of(path)[-1] for path in places}
    offices = [
        one for one in units_to_ask(session, None)
        if one.kind in GOVERNING_KINDS and one.area_path and codes_of(one.area_path)[-1] in codes
    ]  # fmt: skip
    return [*own, *(one for one in offices if one not in own)]


def question_to_answer(session: Session, actor: Actor, number: str) -> Opened:
    """A published question to a unit for which somebody answers; any other is Missing."""
    row = question_by_number(session, clean_number(number) or "")
    if row is None or row.state is not QuestionState.SHOWN:
        raise Missing
    if row.organisation_id not in {one.id for one in units_answered_for(session, actor)}:
        raise Missing
    return row


def answer_question(
    session: Session, actor: Actor, number: str, words: str, *, now: datetime
) -> None:
    """Answer for the unit, once; everybody reads it, without telephone numbers of people."""
    row = question_to_answer(session, actor, number)
    if row.person_id is not None and row.person_id == actor.person_id:
        raise Refused(QuestionRefusal.OWN)
    stands = (Question.state == QuestionState.SHOWN) & Question.answered_at.is_(None)
    _move(
        session, row, stands, QuestionRefusal.NOT_OPEN, answer=mask_phones_in_text(words),
        answered_at=now, answered_by=actor.person_id,
    )  # fmt: skip
    _tell(session, row, "question.answered", now)


def say_verdict(
    session: Session, actor: Actor, number: str, *, answered: bool, now: datetime
) -> None:
    """Whether the answer answers it, by whoever asked, once."""
    row = own_question(session, actor, number)
    if row.answered_at is None or row.state is not QuestionState.SHOWN:
        raise Refused(QuestionRefusal.NO_ANSWER)
    stands = (Question.state == QuestionState.SHOWN) & Question.verdict.is_(None)
    _move(
        session, row, stands, QuestionRefusal.SAID_ALREADY, verdict=answered, verdict_at=now
    )  # fmt: skip


GONE: Final[dict[str, None]] = dict.fromkeys(
    ("sealed_title", "sealed_words", "title", "words", "folded", "sealed_appeal", "hidden_why",
     "hidden_words", "reheard_words")
)  # fmt: skip


def take_question_back(session: Session, actor: Actor, number: str) -> None:
    """Take one's own question back: its words go, and it is published no longer."""
    row = own_question(session, actor, number)
    _move(
        session, row, Question.state != QuestionState.TAKEN_BACK, QuestionRefusal.DECIDED,
        state=QuestionState.TAKEN_BACK, **GONE,
    )  # fmt: skip
