"""Which organisation runs a place: without it nothing of it goes into the ledger (R087)."""

from datetime import datetime

from sqlalchemy.orm import Session

from pledges.rules.premises import PremisesStep
from pledges.rules.register import PremisesFlaw
from pledges.service.premises import locked_door, note_step, premises_here
from pledges.service.speaking import tell_bond
from portal.accounts.rules import Actor
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.errors import Conflict, Refused
from portal.kernel.instance import instance_of
from portal.organisations.queries import OrganisationRow, organisation_by_code, organisations

MOST_FOUND = 20


def find_units(session: Session, words: str, *, now: datetime) -> list[OrganisationRow]:
    """Organisations that exist now and whose code or name has the words in it."""
    wanted = words.strip().casefold()
    if not wanted:
        return []
    today = city_day(now, instance_of(session).city.zone)
    rows = [
        row for row in organisations(session, on=today)
        if wanted in row.code.casefold()
        or any(wanted in name.casefold() for name in row.names.values())
    ]  # fmt: skip
    return rows[:MOST_FOUND]


def link_unit(
    session: Session, actor: Actor, number: str, code: str, *, seen: str, now: datetime
) -> None:
    """Say which organisation the operator is, or, with an empty code, that it is none. ``seen``:
    the number of the operator that the form showed."""
    row = premises_here(session, actor, number)
    _door, runs = locked_door(session, row, seen)
    if runs is None:
        raise Conflict(PremisesFlaw.NO_OPERATOR)
    if runs.sole_trader and code:
        raise Refused(PremisesFlaw.SOLE_TRADER, field="unit")
    unit = organisation_by_code(session, code) if code else None
    today = city_day(now, instance_of(session).city.zone)
    if code and (unit is None or not unit.valid_on(today)):
        raise Refused(PremisesFlaw.NO_UNIT, field="unit")
    runs.organisation_id = unit.id if unit else None
    tell_bond(session, runs, now=now)
    note_step(session, actor, row.district, row.id, PremisesStep.CHANGE, now)
    note_action(
        session, at=now, actor_id=actor.person_id, action="premises:unit",
        subject=f"premises:{row.number}",
    )  # fmt: skip
