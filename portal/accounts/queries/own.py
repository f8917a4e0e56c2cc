"""What a person sees of herself: details, roles, sessions, looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from portal.accounts.models import LoginSession, Person, RoleHolding, SecondFactor, SignInCode
from portal.accounts.rules import AgeBand, Way, mask_phone, roles
from portal.areas.queries import areas_by_ids
from portal.kernel.audit import AuditEntry
from portal.kernel.errors import Missing
from portal.kernel.instance import instance_of
from portal.kernel.phones import show_phone
from portal.organisations.queries import organisations_by_ids

PAGE = 30


@dataclass(frozen=True)
class HeldRole:
    """A role with where and how long it is held. ``open`` is false once it is over."""

    number: str
    role: str
    names: Mapping[str, str]
    area_names: Mapping[str, str] | None
    organisation_names: Mapping[str, str] | None
    valid_from: datetime
    valid_to: datetime | None
    ended_at: datetime | None
    open: bool


@dataclass(frozen=True)
class PersonDetails:
    """One account as its owner and an administrator see it."""

    id: UUID
    number: str
    display_name: str
    language: str
    age_band: AgeBand
    phone: str | None
    phone_masked: str | None
    has_password: bool
    has_factor: bool
    demo: bool
    created_at: datetime
    held: Sequence[HeldRole]


def own_details(session: Session, person_id: UUID | None, now: datetime) -> PersonDetails:
    """An account with its roles; three queries at most."""
    rows = session.execute(
        select(Person, SecondFactor.confirmed_at, RoleHolding)
        .join(SecondFactor, SecondFactor.person_id == Person.id, isouter=True)
        .join(RoleHolding, RoleHolding.person_id == Person.id, isouter=True)
        .where(Person.id == person_id, Person.erased_at.is_(None))
        .order_by(RoleHolding.id)
    ).all()
    if not rows:
        raise Missing
    person: Person = rows[0][0]
    phone = None
    if person.sealed_phone:
        phone = instance_of(session).vault.unseal(person.sealed_phone)
    return PersonDetails(
        id=person.id,
        number=person.number,
        display_name=person.display_name,
        language=person.language,
        age_band=person.age_band,
        phone=show_phone(phone) if phone else None,
        phone_masked=mask_phone(phone) if phone else None,
        has_password=person.password_hash is not None,
        has_factor=rows[0].confirmed_at is not None,
        demo=person.demo,
        created_at=person.created_at,
        held=_held(session, [row[2] for row in rows if row[2] is not None], now),
    )


def _held(session: Session, holdings: Sequence[RoleHolding], now: datetime) -> list[HeldRole]:
    areas = areas_by_ids(session, [row.area_id for row in holdings if row.area_id])
    units = organisations_by_ids(
        session, [row.organisation_id for row in holdings if row.organisation_id]
    )
    known = roles()
    return [
        HeldRole(
            number=row.number,
            role=row.role,
            names=known[row.role].names if row.role in known else {"en": row.role},
            area_names=areas[row.area_id].names if row.area_id else None,
            organisation_names=units[row.organisation_id].names if row.organisation_id else None,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            ended_at=row.ended_at,
            open=row.ended_at is None and (row.valid_to is None or row.valid_to > now),
        )
        for row in holdings
    ]


def has_second_factor(session: Session, person_id: UUID | None) -> bool:
    """Whether the person has a confirmed second factor."""
    statement = select(SecondFactor.confirmed_at).where(SecondFactor.person_id == person_id)
    return session.scalar(statement) is not None


def pending_phone(session: Session, browser: str, person_id: UUID | None = None) -> str | None:
    """The masked phone to which this browser's newest unused code went."""
    vault = instance_of(session).vault
    row = session.execute(
        select(SignInCode.sealed_phone, SignInCode.used_at)
        .where(
            SignInCode.browser_hash == vault.keyed_hash("browser", browser),
            SignInCode.person_id.is_not_distinct_from(person_id),
            # a code for another purpose went to a phone that this browser may not know
            SignInCode.purpose.is_(None),
        )
        .order_by(SignInCode.created_at.desc(), SignInCode.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None or row.used_at is not None:
        return None
    return mask_phone(vault.unseal(row.sealed_phone))


@dataclass(frozen=True)
class SessionRow:
    """One place where a person is signed in."""

    id: UUID
    number: str
    way: Way
    device: str
    created_at: datetime
    seen_at: datetime


def my_sessions(session: Session, person_id: UUID | None, now: datetime) -> list[SessionRow]:
    """Where somebody is signed in now, the newest first."""
    statement = (
        select(
            LoginSession.id,
            LoginSession.number,
            LoginSession.way,
            LoginSession.device,
            LoginSession.created_at,
            LoginSession.seen_at,
        )
        .where(
            LoginSession.person_id == person_id,
            LoginSession.ended_at.is_(None),
            LoginSession.expires_at > now,
        )
        .order_by(LoginSession.id.desc())
        .limit(100)
    )
    return [SessionRow(*row) for row in session.execute(statement)]


@dataclass(frozen=True)
class AuditRow:
    """One look or change, with whoever did it (None: the operator, or an erased account)."""

    id: UUID
    at: datetime
    action: str
    subject: str
    reason: str | None
    actor_name: str | None
    actor_number: str | None


def _audit(before: tuple[datetime, UUID] | None) -> Any:
    statement = (
        select(
            AuditEntry.id,
            AuditEntry.at,
            AuditEntry.action,
            AuditEntry.subject,
            AuditEntry.reason,
            Person.display_name,
            Person.number,
        )
        .join(Person, Person.id == AuditEntry.actor_id, isouter=True)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        statement = statement.where(tuple_(AuditEntry.at, AuditEntry.id) < tuple_(*before))
    return statement


def audit_entries(
    session: Session, action: str | None, before: tuple[datetime, UUID] | None
) -> list[AuditRow]:
    """Looks and changes, newest first; one row more than a page when there is more."""
    statement = _audit(before)
    if action is not None:
        statement = statement.where(AuditEntry.action == action)
    return [AuditRow(*row) for row in session.execute(statement)]


def looks_at(
    session: Session,
    person_id: UUID | None,
    before: tuple[datetime, UUID] | None,
    action: str | None = None,
) -> list[AuditRow]:
    """What was done with the data of one person, newest first; of one kind when it is named."""
    statement = _audit(before).where(AuditEntry.person_id == person_id)
    if action is not None:
        statement = statement.where(AuditEntry.action == action)
    return [AuditRow(*row) for row in session.execute(statement)]
