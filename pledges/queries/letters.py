"""Letters that were signed: as everybody checks them, and as whoever signed reads them."""

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from string import hexdigits
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from pledges.models import DutyNotice, Pledge, PledgeEvent, PremisesOperator
from pledges.queries.signing import PledgeRow, pledge_by_number, pledge_row, pledges_where
from pledges.rules.signing import ON_PAPER, NoticeWay, PledgeState, PledgeStep, Who
from portal.kernel.ids import clean_number

SHOWN = 100


def checked(session: Session, number: str, digest: str) -> PledgeRow | None:
    """The letter with this number and this hash; None when either is another one."""
    found = pledge_by_number(session, clean_number(number) or "")
    typed = "".join(digest.split()).lower()
    if found is None or not typed or set(typed) - set(hexdigits):
        return None
    return found if compare_digest(found.digest, typed) else None


def _hers(person_id: UUID) -> ColumnElement[bool]:
    """She signed it, or speaks now for whoever did."""
    return or_(
        Pledge.signer_id == person_id, _of_its_operator(PremisesOperator.person_id == person_id)
    )


def _of_its_operator(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        PremisesOperator.district == Pledge.district,
        PremisesOperator.id == Pledge.operator_id,
        *conditions,
    )


def acts_for(person_id: UUID) -> ColumnElement[bool]:
    """She may act upon a letter: she speaks for the shop, or she signed it and nobody speaks."""
    alone = and_(
        Pledge.signer_id == person_id, _of_its_operator(PremisesOperator.person_id.is_(None))
    )
    return or_(_of_its_operator(PremisesOperator.person_id == person_id), alone)


def by_her_hand(person_id: UUID) -> ColumnElement[bool]:
    """Who signed may read her name, and what was sealed of it: her account, or, of a sheet signed
    by hand, the account that spoke for the shop at that time."""
    spoke = _of_its_operator(
        PremisesOperator.person_id == person_id, PremisesOperator.speaks_since <= Pledge.signed_at
    )
    return or_(
        Pledge.signer_id == person_id,
        and_(Pledge.signer_id.is_(None), Pledge.way.in_(ON_PAPER), spoke),
    )


def own_pledge_rows(session: Session, person_id: UUID | None) -> list[PledgeRow]:
    """The letters of somebody, those in force first: one query."""
    if person_id is None:
        return []
    rows = session.execute(pledges_where(_hers(person_id)).limit(SHOWN))
    found = [pledge_row(row) for row in rows]
    return sorted(found, key=lambda row: row.state is not PledgeState.IN_FORCE)


def own_pledge_row(session: Session, person_id: UUID | None, number: str) -> PledgeRow | None:
    """One of them by its public number."""
    if person_id is None:
        return None
    found = session.execute(pledges_where(_hers(person_id), Pledge.number == number)).one_or_none()
    return pledge_row(found) if found else None


def holds(
    session: Session, row: PledgeRow, condition: ColumnElement[bool], *, lock: bool = False
) -> bool:
    """Whether a condition (``acts_for``, ``by_her_hand``) holds for a letter. ``lock``: whoever
    runs the place now stays the same meanwhile."""
    if lock:
        session.execute(
            select(PremisesOperator.id)
            .join(Pledge, and_(Pledge.district == PremisesOperator.district,
                               Pledge.operator_id == PremisesOperator.id))
            .where(Pledge.district == row.district, Pledge.id == row.id)
            .with_for_update(of=PremisesOperator)
        )  # fmt: skip
    one = select(Pledge.id).where(Pledge.district == row.district, Pledge.id == row.id, condition)
    return session.scalar(one) is not None


def renewals_of(session: Session, person_id: UUID, _now: datetime) -> int:
    """How many letters of somebody wait to be renewed."""
    statement = select(func.count()).where(
        acts_for(person_id), Pledge.state == PledgeState.IN_FORCE,
        Pledge.renewal_asked_at.is_not(None),
    )  # fmt: skip
    return session.scalar(statement) or 0


@dataclass(frozen=True)
class EventRow:
    """A step in the history of a letter."""

    step: PledgeStep
    who: Who
    at: datetime


def steps_of(session: Session, row: PledgeRow) -> list[EventRow]:
    """What became of a letter, in order."""
    statement = (
        select(PledgeEvent.step, PledgeEvent.who, PledgeEvent.at)
        .where(PledgeEvent.district == row.district, PledgeEvent.pledge_id == row.id)
        .order_by(PledgeEvent.at, PledgeEvent.id)
    )
    return [EventRow(*found) for found in session.execute(statement)]


@dataclass(frozen=True)
class NoticeRow:
    """The notice of a duty area, with its receipt."""

    number: str
    duty_version: int
    area_text: str
    way: NoticeWay
    given_at: datetime
    received_at: datetime | None


def notice_with(session: Session, row: PledgeRow) -> NoticeRow | None:
    """The notice that was received with a letter."""
    n = DutyNotice
    found = session.execute(
        select(n.number, n.duty_version, n.area_text, n.way, n.given_at, n.received_at)
        .join(Pledge, and_(Pledge.district == n.district, Pledge.notice_id == n.id))
        .where(Pledge.district == row.district, Pledge.id == row.id)
    ).one_or_none()
    return NoticeRow(*found) if found else None


def paper_of(session: Session, row: PledgeRow) -> str | None:
    """The key of the photo of a sheet that was signed on paper, while it is kept."""
    statement = select(Pledge.paper_key).where(Pledge.district == row.district, Pledge.id == row.id)
    return session.scalar(statement)
