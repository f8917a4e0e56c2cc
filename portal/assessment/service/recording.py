"""What people put down for a month: daily checks, reports of the media, scores between units.

Nothing is added to a month that is frozen: what was measured then stays.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.assessment.models import DailyCheck, MediaReport, MutualScore
from portal.assessment.queries.units import Unit, unit, units_of
from portal.assessment.rules import MOST_SCORE, Axis, GroupKind, Refusal
from portal.assessment.rules.sets import LIAISON, groups, pairs
from portal.assessment.service.objecting import may_decide
from portal.assessment.service.turns import take_turn, version_of
from portal.kernel.clock import city_day
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.instance import instance_of


@dataclass(frozen=True)
class CheckWish:
    """What a checker saw. An axis that was not looked at is not in ``scores``."""

    group: str
    unit: str
    day: date
    scores: Mapping[Axis, int]
    reason: str


def record_check(session: Session, actor: Actor, wish: CheckWish, *, now: datetime) -> str:
    """Put down a daily check of a unit in the checker's places; its number."""
    found = checked_unit(session, actor, wish.group, wish.unit)
    if not wish.scores or any(not 0 <= score <= MOST_SCORE for score in wish.scores.values()):
        raise Refused(Refusal.NOTHING_SCORED, field="clean")
    month_is_open(session, wish.day, now)
    scores = {axis.value: score for axis, score in wish.scores.items()}
    made = DailyCheck(
        group=found.group, unit=found.code, place_path=found.path, day=wish.day,
        reason=wish.reason, made_at=now, made_by=actor.person_id, **scores,
    )  # fmt: skip
    session.add(made)
    # its number is made by the database layer
    session.flush()
    return made.number


def checked_unit(session: Session, actor: Actor, group: str, code: str) -> Unit:
    """A unit that somebody checks: in her places, and never the whole city."""
    found = unit(session, group, code)
    if found is None or groups()[group].kind is GroupKind.CITY:
        raise Refused(Refusal.NO_UNIT, field="unit")
    if not actor.may(Permission.ASSESSMENT_CHECK, place_path=found.path):
        raise Refused(Refusal.NOT_YOURS, field="unit")
    return found


def units_to_check(session: Session, actor: Actor, on: date) -> list[Unit]:
    """The units in somebody's places."""
    return [
        one
        for one in media_units(session, on)
        if actor.may(Permission.ASSESSMENT_CHECK, place_path=one.path)
    ]


def media_units(session: Session, on: date) -> list[Unit]:
    """Every unit but the whole city."""
    kept = (group for group in groups().values() if group.kind is not GroupKind.CITY)
    return [one for group in kept for one in units_of(session, group, on)]


@dataclass(frozen=True)
class MediaWish:
    """A critical report: in which medium, when, under which title."""

    group: str
    unit: str
    day: date
    medium: str
    title: str


def record_media(session: Session, actor: Actor, wish: MediaWish, *, now: datetime) -> None:
    """Put down a critical report of the media about a unit."""
    found = unit(session, wish.group, wish.unit)
    if not may_decide(session, actor):
        raise Missing
    if found is None or groups()[wish.group].kind is GroupKind.CITY:
        raise Refused(Refusal.NO_UNIT, field="unit")
    month_is_open(session, wish.day, now)
    session.add(
        MediaReport(
            group=found.group, unit=found.code, day=wish.day, medium=wish.medium,
            title=wish.title, made_at=now, made_by=actor.person_id,
        )
    )  # fmt: skip


def month_is_open(session: Session, day: date, now: datetime) -> None:
    """Whether something of a day may still be added: it is no later day, and not frozen."""
    if day > city_day(now, instance_of(session).city.zone):
        raise Refused(Refusal.FUTURE, field="day")
    month = f"{day:%Y-%m}"
    take_turn(session, month)
    if version_of(session, month):
        raise Refused(Refusal.FROZEN, field="day")


# --- scores between units -------------------------------------------------------------------------


@dataclass(frozen=True)
class Rater:
    """For whom somebody scores others: a unit, or herself as a liaison officer (without a code)."""

    group: str
    code: str = ""
    names: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class ScoreWish:
    """A score of a unit for a month, and why. ``by``: as whom."""

    by: Rater
    day: date
    group: str
    unit: str
    score: int
    reason: str


def raters_of(session: Session, actor: Actor, on: date) -> list[Rater]:
    """For whom somebody may score: her department, her streets, or herself (liaison officers)."""
    found = []
    if actor.person_id is not None and actor.may(Permission.DEPARTMENT_RATE):
        found.append(Rater(LIAISON))
    for group in ("departments", "streets"):
        mine = _spoken_for(session, actor, group, on)
        found += [Rater(group, one.code, one.names) for one in mine]
    return found


def _hidden(session: Session, person_id: UUID | None, period: str, of: Unit) -> str:
    """One officer scores a unit once a month; the score leads nobody to her, nor to the others
    that she gave."""
    said = f"{person_id}:{period}:{of.group}:{of.code}"
    return instance_of(session).vault.keyed_hash("assessment/liaison", said)


def _spoken_for(session: Session, actor: Actor, group: str, on: date) -> list[Unit]:
    units = units_of(session, groups()[group], on)
    if groups()[group].kind is GroupKind.ORGANISATION:
        wanted = actor.organisations_for(Permission.ASSESSMENT_RATE)
        return [one for one in units if one.organisation_id in wanted]
    paths = actor.places_for(Permission.ASSESSMENT_RATE) or ()
    return [one for one in units if one.path in paths]


def units_to_score(session: Session, raters: Iterable[Rater], on: date) -> list[Unit]:
    """The units that somebody may score as one of these."""
    mine = {rater.group for rater in raters}
    rated = [group for raters, group in sorted(pairs()) if raters in mine]
    return [one for group in dict.fromkeys(rated) for one in units_of(session, groups()[group], on)]


def record_score(session: Session, actor: Actor, wish: ScoreWish, *, now: datetime) -> None:
    """Score a unit for the month of a day, once for each rater (双向考核).

    Both directions are kept apart: what a department gives a street, and the street the department.
    """
    allowed = wish.by in raters_of(session, actor, wish.day)
    if not allowed or (wish.by.group, wish.group) not in pairs():
        raise Refused(Refusal.NO_PAIR, field="unit")
    found = unit(session, wish.group, wish.unit)
    if found is None:
        raise Refused(Refusal.NO_UNIT, field="unit")
    month_is_open(session, wish.day, now)
    period, quiet = f"{wish.day:%Y-%m}", wish.by.group == LIAISON
    code = _hidden(session, actor.person_id, period, found) if quiet else wish.by.code
    session.add(
        MutualScore(
            period=period, by_group=wish.by.group, by_code=code, group=found.group,
            unit=found.code, score=wish.score, reason=wish.reason, made_at=now,
            made_by=None if quiet else actor.person_id,
        )
    )  # fmt: skip
    try:
        # the same score again is told apart here
        session.flush()
    except IntegrityError as error:
        raise Conflict(Refusal.DECIDED) from error
