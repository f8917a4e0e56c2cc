"""What deductions rest on: entered, agreed to by the very person, and revoked (L2, L10)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from credit.models import BasisConsent, DeductionBasis, Matter
from credit.queries.matters import BasisRow, basis_by_number
from credit.rules.kinds import Kind, Party
from credit.rules.leaf import Unit
from credit.rules.process import LIVE, BasisKind, MatterRefusal
from credit.service.accounts import open_account
from credit.service.posting import Details
from credit.service.process.gates import Gates
from credit.service.statements import seal_content
from portal.accounts.queries import age_band_of
from portal.accounts.rules import Actor, AgeBand, Permission
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of


@dataclass(frozen=True)
class BasisWish:
    """A basis as somebody types it."""

    kind: BasisKind
    title: str
    reference: str
    source: str
    valid_from: date
    valid_to: date | None = None
    marker: str | None = None


def add_basis(
    session: Session, district: str, wish: BasisWish, *, actor: Actor, now: datetime
) -> str:
    """Enter a basis; its number. Nothing rests on it before its first day."""
    _check_keeper(actor)
    if not (wish.title.strip() and wish.reference.strip() and wish.source.strip()):
        raise Refused(MatterRefusal.BASIS_INCOMPLETE, field="source")
    if wish.valid_to is not None and wish.valid_to <= wish.valid_from:
        raise Refused(MatterRefusal.BASIS_DATES, field="valid_to")
    row = DeductionBasis(
        district=district, kind=wish.kind, title=wish.title.strip(),
        reference=wish.reference.strip(), source=wish.source.strip(), valid_from=wish.valid_from,
        valid_to=wish.valid_to, marker=wish.marker, created_at=now, created_by=actor.person_id,
    )  # fmt: skip
    session.add(row)
    # its number is made by the insert
    session.flush()
    note_action(
        session, at=now, actor_id=actor.person_id, action="basis:add", subject=f"basis:{row.number}"
    )
    return row.number


def revoke_basis(
    session: Session, number: str, reason: str, *, actor: Actor, now: datetime
) -> BasisRow:
    """A basis is gone: from now on nothing that rests on it counts, and the job writes that into
    the ledger within minutes; the law leaves three working days (L10)."""
    _check_keeper(actor)
    basis = basis_by_number(session, number)
    if basis is None:
        raise Missing
    if not reason.strip():
        raise Refused(MatterRefusal.NO_REASON, field="reason")
    end_basis(session, basis, reason.strip(), actor.person_id, now)
    return basis


def end_basis(
    session: Session, basis: BasisRow, reason: str, actor_id: UUID | None, now: datetime
) -> None:
    """The end of a basis, whoever decides it. Raises Conflict when another was first."""
    revoked = (
        update(DeductionBasis)
        .where(DeductionBasis.id == basis.id, DeductionBasis.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by=actor_id, revoked_because=reason)
    )
    if changed_rows(session, revoked) != 1:
        raise Conflict(MatterRefusal.CHANGED)
    _end_matters(session, basis.id, None, now)
    note_action(
        session, at=now, actor_id=actor_id, action="basis:revoke",
        subject=f"basis:{basis.number}", reason=reason,
    )  # fmt: skip


def consent_to_basis(
    session: Session, basis_number: str, person_id: UUID, *, gates: Gates, now: datetime
) -> None:
    """This very person agrees that a convention may be held against her; a box of its own (L2).

    Only an adult can: nothing is ever held against a child (L1). Nobody is asked where deductions
    are off, or for what is not in force. What is published here is agreed to where it is signed.
    """
    basis = basis_by_number(session, basis_number)
    if basis is None or basis.marker is not None:
        raise Missing
    agree_to(session, basis, person_id, gates=gates, now=now)


def agree_to(
    session: Session, basis: BasisRow, person_id: UUID, *, gates: Gates, now: datetime
) -> None:
    """Her yes to a basis, whoever has asked her."""
    today = city_day(now, instance_of(session).city.zone)
    if basis.kind is not BasisKind.CONVENTION or not basis.holds(today):
        raise Missing
    gates.check_on(session, basis.district, now)
    if age_band_of(session, person_id) is not AgeBand.ADULT:
        raise Refused(MatterRefusal.NOT_ADULT)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    yes = dialect.insert(BasisConsent).values(
        basis_id=basis.id, person_id=person_id, given_at=now, ended_at=None
    )
    given = yes.on_conflict_do_update(
        index_elements=[BasisConsent.basis_id, BasisConsent.person_id],
        set_={"given_at": now, "ended_at": None},
        where=BasisConsent.ended_at.is_not(None),
    ).returning(BasisConsent.person_id)
    if session.scalar(given) is not None:
        _seal(session, basis, person_id, "given", now)


def withdraw_basis_consent(
    session: Session, basis_number: str, person_id: UUID, *, now: datetime
) -> None:
    """She takes it back, without giving a reason: what rested on it no longer counts."""
    basis = basis_by_number(session, basis_number)
    if basis is None:
        raise Missing
    ended = (
        update(BasisConsent)
        .where(
            BasisConsent.basis_id == basis.id,
            BasisConsent.person_id == person_id,
            BasisConsent.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
    if changed_rows(session, ended) == 1:
        _end_matters(session, basis.id, person_id, now)
        _seal(session, basis, person_id, "ended", now)


def _end_matters(session: Session, basis_id: UUID, person_id: UUID | None, now: datetime) -> None:
    """What rests on it is over on every page from this moment, before any job has run."""
    resting = update(Matter).where(
        Matter.basis_id == basis_id, Matter.state.in_(LIVE), Matter.basis_ended_at.is_(None)
    )
    if person_id is not None:
        resting = resting.where(Matter.subject_person_id == person_id)
    session.execute(resting.values(basis_ended_at=now).execution_options(synchronize_session=False))


def _seal(session: Session, basis: BasisRow, person_id: UUID, what: str, now: datetime) -> None:
    account = open_account(session, basis.district, Party.PERSON, person_id, Unit.CONDUCT, now=now)
    content = {
        "account": str(account), "at": now.isoformat(), "basis": basis.number, "consent": what,
    }  # fmt: skip
    seal_content(
        session, basis.district, Kind.CONSENT, content, Details(f"basis:{basis.number}"),
        entry_id=new_id(), account_id=account, now=now, personal=True,
    )  # fmt: skip


def _check_keeper(actor: Actor) -> None:
    """A basis is the city's word: whoever may switch deductions keeps the list."""
    if not actor.may(Permission.DEDUCTION_SWITCH):
        raise Forbidden
