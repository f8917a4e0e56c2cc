"""Objections: by the assessed unit, in time; decided by another person, with a reason; what is
upheld is an appended correction, never an edit."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.assessment.models import Objection
from portal.assessment.queries.frozen import (
    FrozenLine,
    RankRow,
    frozen,
    frozen_versions,
    json_of,
    newest_frozen,
    row_of,
    rows_of,
)
from portal.assessment.queries.objections import ObjectionRow, objection_by_number
from portal.assessment.queries.units import Unit, top_path, unit, units_of
from portal.assessment.rules import ObjectionState, Refusal
from portal.assessment.rules.objecting import indicator_in, most_of, stored
from portal.assessment.rules.periods import period_of
from portal.assessment.rules.recompute import corrected
from portal.assessment.rules.sets import groups
from portal.assessment.service.turns import take_turn, version_of
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number
from portal.kernel.instance import instance_of


@dataclass(frozen=True)
class ObjectionWish:
    """What a unit objects to, and why."""

    indicator: str
    words: str


def unit_here(session: Session, actor: Actor, group: str, code: str) -> Unit:
    """An assessed unit for which somebody may speak; any other is Missing."""
    found = unit(session, group, code)
    if found is None or not may_speak(actor, found):
        raise Missing
    return found


def may_speak(actor: Actor, one: Unit) -> bool:
    """Whether somebody speaks for a unit: for her organisation, or for her places."""
    if one.organisation_id is not None:
        return one.organisation_id in actor.organisations_for(Permission.ASSESSMENT_OBJECT)
    return any(one.path.startswith(path) for path in _places(actor))


def _places(actor: Actor) -> tuple[str, ...]:
    # who may everywhere speaks for no unit in particular
    return actor.places_for(Permission.ASSESSMENT_OBJECT) or ()


def open_to(session: Session, line: FrozenLine, now: datetime) -> bool:
    """Whether a version can still be objected to."""
    part_of = _part_of(line.period)
    carried_on = part_of is not None and version_of(session, part_of) > 0
    return line.newest and now < line.objections_until and not carried_on


def mine_to_object(
    session: Session, actor: Actor, now: datetime
) -> list[tuple[FrozenLine, RankRow]]:
    """The rows of the units that somebody speaks for, where objections are open now."""
    if not actor.may(Permission.ASSESSMENT_OBJECT):
        return []
    mine = _spoken_for(session, actor, now)
    found: list[tuple[FrozenLine, RankRow]] = []
    for line in (one for one in frozen_versions(session) if open_to(session, one, now)):
        rows = {(row.group, row.unit): row for row in rows_of(session, line.slug)}
        keys = ((one.group, one.code) for one in mine)
        found += [(line, rows[key]) for key in keys if key in rows]
    return found


def _spoken_for(session: Session, actor: Actor, now: datetime) -> list[Unit]:
    on = city_day(now, instance_of(session).city.zone)
    return [
        one
        for group in groups().values()
        for one in units_of(session, group, on)
        if may_speak(actor, one)
    ]


def _part_of(period: str) -> str | None:
    found = period_of(period)
    return found.part_of if found else None


def object_to(
    session: Session, actor: Actor, slug: str, group: str, code: str, wish: ObjectionWish,
    *, now: datetime,
) -> str:  # fmt: skip
    """Object to one figure of a unit; the objection's number. Raises Missing, Refused."""
    line = frozen(session, slug)
    if line is None:
        raise Missing
    unit_here(session, actor, group, code)
    take_turn(session, line.period)
    # read again: whoever had the turn before may have frozen a correction
    line = frozen(session, slug)
    if line is None or not open_to(session, line, now):
        raise Refused(Refusal.TOO_LATE)
    if row_of(session, slug, group, code) is None:
        raise Refused(Refusal.NO_UNIT)
    if indicator_in(json_of(session, slug), group, wish.indicator) is None:
        raise Refused(Refusal.NO_INDICATOR, field="indicator")
    made = Objection(
        period=line.period, slug=slug, group=group, unit=code, indicator=wish.indicator,
        words=wish.words, made_at=now, made_by=actor.person_id,
    )  # fmt: skip
    session.add(made)
    # its number is made by the database layer
    session.flush()
    return made.number


@dataclass(frozen=True)
class Decision:
    """What is decided. ``becomes``: in percent, points or reports; only of what is upheld."""

    upheld: bool
    why: str
    becomes: Decimal | None = None


def may_decide(session: Session, actor: Actor) -> bool:
    """Whether somebody decides about assessments: for the whole city, or for no place at all."""
    return actor.may(Permission.ASSESSMENT_DECIDE, place_path=top_path(session))


def objection_here(session: Session, actor: Actor, number: str) -> ObjectionRow:
    """An objection, for those who decide."""
    row = objection_by_number(session, clean_number(number) or "")
    if row is None or not may_decide(session, actor):
        raise Missing
    return row


def decide_objection(
    session: Session, actor: Actor, number: str, decision: Decision, *, now: datetime
) -> None:
    """Decide an objection, once, as another person than who made it."""
    row = objection_here(session, actor, number)
    if actor.person_id is None or row.made_by == actor.person_id:
        raise Refused(Refusal.OWN)
    take_turn(session, row.period)
    line = newest_frozen(session, row.period)
    document = json_of(session, line.slug if line else row.slug)
    becomes = _becomes(document, row, decision) if decision.upheld else None
    known = corrected(document).get((row.group, row.unit, row.indicator))
    state = ObjectionState.UPHELD if decision.upheld else ObjectionState.REFUSED
    statement = (
        update(Objection)
        .where(Objection.number == row.number, Objection.state == ObjectionState.OPEN)
        .values(
            state=state, was=known["value"] if known else None, becomes=becomes,
            why=decision.why, decided_at=now, decided_by=actor.person_id,
        )
    )  # fmt: skip
    if not changed_rows(session, statement):
        raise Conflict(Refusal.DECIDED)


def _becomes(document: dict[str, object], row: ObjectionRow, decision: Decision) -> int:
    indicator = indicator_in(document, row.group, row.indicator)
    source = str(indicator["source"]) if indicator else ""
    found = None if decision.becomes is None else stored(source, decision.becomes)
    if found is None:
        raise Refused(Refusal.NO_VALUE, field="becomes", facts={"most": most_of(source)})
    return found
