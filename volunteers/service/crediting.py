"""What confirmed time is to the ledger: told once when its seven days are over, taken back when it
is struck out later."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, aliased

from credit.service import Holder, Posted, Rejected, record_fact, retract_fact
from portal.areas.rules import codes_of
from portal.kernel.db import Database, changed_rows
from volunteers.models import ServiceHours, Shift
from volunteers.rules.activities import DutyKind
from volunteers.rules.hours import NOTICE, HoursSource
from volunteers.service.messages import Told, tell


@dataclass(frozen=True)
class _Fact:
    """A record as the ledger knows it: of which city, which fact, from which source, of whom."""

    district: str
    fact: str
    source: str
    holder: Holder
    person_id: UUID
    happened_at: datetime
    number: str
    void_reason: str | None


def tell_ledger(database: Database, now: datetime) -> int:
    """Tell the ledger of each record whose seven days are over, once; how many were told.

    The fact's source is the shift: told again it is the same entry. Patrols are another fact.
    """
    told = 0
    while (one := _next_to_tell(database, now)) is not None:
        with database.write() as session:
            told += _tell(session, one, now)
    return told


def _next_to_tell(database: Database, now: datetime) -> UUID | None:
    due = (
        select(ServiceHours.id)
        .where(
            ServiceHours.told_at.is_(None), ServiceHours.voided_at.is_(None),
            ServiceHours.person_id.is_not(None), ServiceHours.source != HoursSource.CLOUD,
            ServiceHours.confirmed_at <= now - NOTICE,
        )
        .order_by(ServiceHours.confirmed_at, ServiceHours.id)
        .limit(1)
    )  # fmt: skip
    with database.read() as session:
        return session.scalar(due)


def _tell(session: Session, hours_id: UUID, now: datetime) -> int:
    mine = update(ServiceHours).where(
        ServiceHours.id == hours_id, ServiceHours.told_at.is_(None),
        ServiceHours.voided_at.is_(None),
    )  # fmt: skip
    if changed_rows(session, mine.values(told_at=now)) != 1:
        return 0
    fact = _fact(session, hours_id)
    if fact is None:
        return 0
    record_fact(
        session, district=fact.district, fact=fact.fact, source=fact.source, holder=fact.holder,
        happened_at=fact.happened_at, now=now,
    )  # fmt: skip
    return 1


def _fact(session: Session, hours_id: UUID) -> _Fact | None:
    """The fact of a record; None when nobody stands in it any more.

    The source is the shift: told again it is the same entry. A record that was written anew, after
    an earlier one of the same shift was told and struck out, earns anew: its number is added.
    """
    earlier = aliased(ServiceHours)
    anew = exists().where(
        earlier.shift_id == ServiceHours.shift_id, earlier.person_id == ServiceHours.person_id,
        earlier.told_at.is_not(None), earlier.voided_at.is_not(None),
        earlier.confirmed_at < ServiceHours.confirmed_at,
    )  # fmt: skip
    row = session.execute(
        select(
            ServiceHours.person_id, ServiceHours.place_path, ServiceHours.ends_at,
            ServiceHours.number, ServiceHours.void_reason, Shift.number.label("shift"), Shift.duty,
            anew.label("anew"),
        )
        .join(Shift, Shift.id == ServiceHours.shift_id)
        .where(ServiceHours.id == hours_id)
    ).one_or_none()  # fmt: skip
    if row is None or row.person_id is None:
        return None
    patrol = row.duty is DutyKind.PATROL
    fact, kind = ("patrol_done", "patrol") if patrol else ("shift_done", "shift")
    source = f"{kind}:{row.shift}" + (f"/{row.number}" if row.anew else "")
    return _Fact(
        codes_of(row.place_path)[0], fact, source, Holder.person(row.person_id), row.person_id,
        row.ends_at, row.number, row.void_reason,
    )  # fmt: skip


def take_back_points(session: Session, hours_id: UUID, now: datetime) -> bool:
    """Take back what a struck-out record had earned, once, and tell its person why.

    Whether that is settled: while the ledger stands still it is not, and a job comes again.
    """
    due = update(ServiceHours).where(
        ServiceHours.id == hours_id, ServiceHours.told_at.is_not(None),
        ServiceHours.voided_at.is_not(None), ServiceHours.taken_back_at.is_(None),
    )  # fmt: skip
    if changed_rows(session, due.values(taken_back_at=now)) != 1:
        return True
    fact = _fact(session, hours_id)
    if fact is None:
        return True
    outcome = retract_fact(
        session, district=fact.district, fact=fact.fact, source=fact.source, holder=fact.holder,
        reason=fact.void_reason or "", now=now,
    )  # fmt: skip
    if isinstance(outcome, Rejected):
        again = update(ServiceHours).where(ServiceHours.id == hours_id)
        session.execute(again.values(taken_back_at=None))
        return False
    if isinstance(outcome, Posted):
        tell(
            session, [fact.person_id], Told.POINTS_TAKEN_BACK, now, subject=f"hours:{fact.number}",
            facts={"number": fact.number},
        )  # fmt: skip
    return True


def take_back_late(database: Database, now: datetime) -> int:
    """What could not be taken back while the ledger stood still; how many records."""
    waiting = select(ServiceHours.id).where(
        ServiceHours.told_at.is_not(None), ServiceHours.voided_at.is_not(None),
        ServiceHours.taken_back_at.is_(None), ServiceHours.person_id.is_not(None),
    )  # fmt: skip
    with database.read() as session:
        ids = list(session.scalars(waiting.order_by(ServiceHours.voided_at, ServiceHours.id)))
    done = 0
    for hours_id in ids:
        with database.write() as session:
            if not take_back_points(session, hours_id, now):
                return done
        done += 1
    return done
