"""How many street lamps a street has: typed by whoever decides about assessments (R120)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.assessment.models import RegisterCount
from portal.assessment.queries.units import Unit, unit, units_of
from portal.assessment.rules import MOST_REGISTERED, Refusal
from portal.assessment.rules.sets import LAMPS, groups
from portal.assessment.service.objecting import may_decide
from portal.assessment.service.recording import month_is_open
from portal.kernel.errors import Missing, Refused

_GROUP = "streets"


@dataclass(frozen=True)
class LampsWish:
    """How many lamps there are in a street since a day, and which register says so."""

    group: str
    unit: str
    day: date
    number: int
    source: str


def streets_with_lamps(session: Session, on: date) -> list[Unit]:
    """The units whose lamps are counted."""
    return units_of(session, groups()[_GROUP], on)


def record_lamps(session: Session, actor: Actor, wish: LampsWish, *, now: datetime) -> None:
    """Put down how many lamps a street has; an earlier count stays for the months before."""
    if not may_decide(session, actor):
        raise Missing
    found = unit(session, wish.group, wish.unit)
    if found is None or wish.group != _GROUP:
        raise Refused(Refusal.NO_UNIT, field="unit")
    if not 0 < wish.number <= MOST_REGISTERED:
        raise Refused(Refusal.NO_LAMPS, field="number", facts={"most": MOST_REGISTERED})
    month_is_open(session, wish.day, now)
    session.add(
        RegisterCount(
            group=found.group, unit=found.code, kind=LAMPS, day=wish.day, number=wish.number,
            source=wish.source.strip(), made_at=now, made_by=actor.person_id,
        )
    )  # fmt: skip
