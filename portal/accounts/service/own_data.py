"""What this package and the kernel keep about people, registered as every package's is."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.accounts.models import (
    AgeStatement,
    ApiKey,
    Card,
    ErasureRecord,
    LoginSession,
    Person,
    PersonOffice,
    RecoveryCode,
    RoleHolding,
    SecondFactor,
    SignInCode,
    SignInLink,
)
from portal.accounts.rules import AgeBand, own_fields
from portal.accounts.service.privacy import PersonalTable, register_personal_data
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Base
from portal.kernel.instance import instance_of
from portal.kernel.outbox import OutboxMessage
from portal.kernel.ratelimit import RateWindow, forget_windows


class _People(PersonalTable):
    """The account itself: its row stays as an empty stone, because others refer to it."""

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        session.execute(
            update(Person)
            .where(Person.id == person_id)
            .values(
                display_name="",
                age_band=AgeBand.UNKNOWN,
                sealed_phone=None,
                phone_hash=None,
                phone_verified_at=None,
                password_hash=None,
                erased_at=now,
            )
        )


class _Codes(PersonalTable):
    """One-time codes hang on a phone, not on a person."""

    def export(self, session: Session, person_id: UUID) -> list[dict[str, Any]]:
        rows = session.execute(
            select(SignInCode.created_at, SignInCode.used_at).where(self._mine(person_id))
        )
        return [
            {
                "table": "sign_in_code",
                "sent_at": str(row.created_at),
                "used_at": str(row.used_at) if row.used_at else None,
            }
            for row in rows
        ]

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        session.execute(delete(SignInCode).where(self._mine(person_id)))

    def _mine(self, person_id: UUID) -> Any:
        phone = select(Person.phone_hash).where(Person.id == person_id).scalar_subquery()
        return (SignInCode.phone_hash == phone) | (SignInCode.person_id == person_id)


class _Messages(PersonalTable):
    """Messages that wait or failed: their receiver is sealed, so each has to be opened."""

    def export(self, session: Session, person_id: UUID) -> list[dict[str, Any]]:
        rows = session.execute(
            select(OutboxMessage.template, OutboxMessage.created_at, OutboxMessage.state).where(
                OutboxMessage.id.in_(self._mine(session, person_id))
            )
        )
        return [
            {
                "table": "outbox_message",
                "template": row.template,
                "at": str(row.created_at),
                "state": row.state.value,
            }
            for row in rows
        ]

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        mine = self._mine(session, person_id)
        session.execute(delete(OutboxMessage).where(OutboxMessage.id.in_(mine)))

    def _mine(self, session: Session, person_id: UUID) -> list[UUID]:
        vault = instance_of(session).vault
        sealed = session.scalar(select(Person.sealed_phone).where(Person.id == person_id))
        if not sealed:
            return []
        phone = vault.unseal(sealed)
        rows = session.execute(
            select(OutboxMessage.id, OutboxMessage.sealed_to).where(
                OutboxMessage.sealed_to.is_not(None)
            )
        )
        return [row.id for row in rows if vault.unseal(row.sealed_to) == phone]


class _Limits(PersonalTable):
    """Windows of the rate limits: keyed hashes of phones and addresses, gone within a day."""

    def export(self, session: Session, person_id: UUID) -> list[dict[str, Any]]:
        return []

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        forget_windows(session, now=now)

    def expire(self, session: Session, now: datetime) -> int:
        forget_windows(session, now=now)
        return 0


class _Roles(PersonalTable):
    """Roles of staff are part of the record of office: they stay for a time, without a name."""

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        held = (RoleHolding.person_id == person_id) & RoleHolding.ended_at.is_(None)
        session.execute(update(RoleHolding).where(held).values(ended_at=now, office=None))


class _Erasures(PersonalTable):
    """That somebody was erased has to outlive her; the hash says nothing without the key."""

    def export(self, session: Session, person_id: UUID) -> list[dict[str, Any]]:
        return []

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        return None


def _register(
    model: type[Base],
    provider: type[PersonalTable] = PersonalTable,
    owner: str = "person_id",
    **options: Any,
) -> None:
    name = model.__tablename__
    fields = tuple(field for field in own_fields() if field.table == name)
    register_personal_data(provider(Base.metadata.tables[name], owner, fields, **options))


def register_own_data() -> None:
    """Fill the registry with the tables of accounts and the kernel."""
    _register(Person, _People, "id")
    _register(AgeStatement)
    _register(LoginSession, clock="expires_at")
    _register(SignInCode, _Codes, clock="expires_at")
    _register(SignInLink, clock="expires_at")
    _register(Card, clock="revoked_at")
    _register(SecondFactor)
    _register(RecoveryCode)
    _register(PersonOffice)
    _register(RoleHolding, _Roles, clock="ended_at")
    _register(ApiKey)
    _register(AuditEntry, blank={"person_id": None, "reason": None}, clock="at")
    _register(OutboxMessage, _Messages, "id")
    _register(RateWindow, _Limits, "key_hash")
    _register(ErasureRecord, _Erasures, "person_hash", clock="erased_at")
