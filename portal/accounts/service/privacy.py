"""One registry of personal data: what is kept drives export, erasure, retention and /privacy.

Packages above register a provider for what they keep; this package's own tables are registered
below in the same way.
"""

from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, product
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.models import ErasureRecord, Person, RoleHolding
from portal.accounts.rules import Actor, Masking, PersonalField, Refusal, roles
from portal.kernel.audit import note_action
from portal.kernel.db import Database, changed_rows
from portal.kernel.errors import Missing, Refused
from portal.kernel.instance import instance_of


class PersonalDataProvider(Protocol):
    """What a package keeps about people, and how it hands it out and forgets it."""

    @property
    def fields(self) -> tuple[PersonalField, ...]: ...

    def export(self, session: Session, person_id: UUID) -> list[dict[str, Any]]:
        """Everything about one person; each row may name its ``table``."""

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        """Forget the person. Called once, in the transaction of the erasure."""

    def expire(self, session: Session, now: datetime) -> int:
        """Delete what is past its retention; the number of rows. May do a batch at a time."""

    def due(self, session: Session, now: datetime) -> Mapping[str, int]:
        """How many rows ``expire`` would delete in all, by what they are; reads only."""


@dataclass(frozen=True)
class PersonalTable:
    """A provider for one table whose rows name their person in a column.

    ``blank`` None deletes the rows at erasure; else they stay with these values. ``clock`` is the
    column from which the retention of the fields runs; without it rows stay with the account.
    """

    table: Table
    owner: str
    fields: tuple[PersonalField, ...]
    blank: dict[str, Any] | None = None
    clock: str | None = None

    def export(self, session: Session, person_id: UUID) -> list[dict[str, Any]]:
        shown = [field for field in self.fields if field.masking is not Masking.SECRET]
        columns = [self.table.c[field.column] for field in shown]
        rows = session.execute(select(*columns).where(self.table.c[self.owner] == person_id))
        return [{"table": self.table.name, **_plain(session, dict(row))} for row in rows.mappings()]

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        mine = self.table.c[self.owner] == person_id
        if self.blank is None:
            session.execute(delete(self.table).where(mine))
        else:
            session.execute(update(self.table).where(mine).values(self.blank))

    def expire(self, session: Session, now: datetime) -> int:
        over = self._over(now)
        return 0 if over is None else changed_rows(session, delete(self.table).where(over))

    def due(self, session: Session, now: datetime) -> Mapping[str, int]:
        over = self._over(now)
        if over is None:
            return {}
        many = select(func.count()).select_from(self.table).where(over)
        return {self.table.name: session.scalar(many) or 0}

    def _over(self, now: datetime) -> ColumnElement[bool] | None:
        days = [field.retention_days for field in self.fields if field.retention_days is not None]
        if self.clock is None or not days:
            return None
        return self.table.c[self.clock] < now - timedelta(days=max(days))


def _plain(session: Session, row: dict[str, Any]) -> dict[str, Any]:
    """A row as the person reads it: unsealed, times as text, the column's plain name."""
    vault = instance_of(session).vault
    found: dict[str, Any] = {}
    for name, value in row.items():
        if name.startswith("sealed_"):
            found[name.removeprefix("sealed_")] = vault.unseal(value) if value else None
        else:
            found[name] = value if isinstance(value, int | bool | None) else str(value)
    return found


@dataclass
class _Registry:
    """Providers in the order of registration: the lowest floor first."""

    providers: list[PersonalDataProvider] = field(default_factory=list)
    # whose data can be erased apart from all else
    parts: set[str] = field(default_factory=set)


_REGISTRY = _Registry()


def register_personal_data(provider: PersonalDataProvider) -> None:
    """Add what a package keeps about people. Called once, when its service is imported."""
    if provider not in _REGISTRY.providers:
        _REGISTRY.providers.append(provider)


def personal_fields() -> tuple[PersonalField, ...]:
    """The table of personal fields of the whole house."""
    return tuple(entry for provider in _REGISTRY.providers for entry in provider.fields)


def export_person(session: Session, person_id: UUID | None, *, now: datetime) -> dict[str, Any]:
    """Everything that is kept about somebody, machine-readable (PIPL 45)."""
    person = session.get(Person, person_id) if person_id else None
    if person is None or person.erased_at is not None:
        raise Missing
    records: dict[str, list[dict[str, Any]]] = {}
    for provider in _REGISTRY.providers:
        for row in provider.export(session, person.id):
            name = str(row.pop("table", "other"))
            records.setdefault(name, []).append(row)
    return {
        "format": "gongzhi-personal-data-1",
        "person": person.number,
        "made_at": now.isoformat(),
        "records": records,
    }


def erase_person(
    session: Session, actor: Actor | None, person_id: UUID | None, *, now: datetime
) -> None:
    """Forget somebody everywhere (PIPL 47). Staff end their roles first: their acts are public."""
    living = select(Person.number).where(Person.id == person_id, Person.erased_at.is_(None))
    # the row stays locked, so that two erasures take turns and the second finds nobody
    number = session.scalar(living.with_for_update())
    if person_id is None or number is None:
        raise Missing
    _refuse_staff(session, person_id, now)
    # packages above first: their rows refer to ours
    for provider in reversed(_REGISTRY.providers):
        provider.erase(session, person_id, now)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    record = dialect.insert(ErasureRecord).values(
        person_hash=erasure_hash(session, person_id), erased_at=now
    )
    session.execute(record.on_conflict_do_nothing())
    note_action(
        session,
        at=now,
        actor_id=actor.person_id if actor else None,
        action="person:erase",
        subject=f"person:{number}",
    )


def _refuse_staff(session: Session, person_id: UUID, now: datetime) -> None:
    staff = [role.code for role in roles().values() if role.staff]
    held = select(RoleHolding.id).where(
        RoleHolding.person_id == person_id,
        RoleHolding.role.in_(staff),
        RoleHolding.ended_at.is_(None),
        (RoleHolding.valid_to.is_(None)) | (RoleHolding.valid_to > now),
    )
    if session.scalar(held.limit(1)) is not None:
        raise Refused(Refusal.STAFF_STAYS)


def erasure_hash(session: Session, person_id: UUID) -> str:
    """What is kept of an erased person, so that a restored backup can be cleaned again."""
    return instance_of(session).vault.keyed_hash("erasure", str(person_id))


def erasures(session: Session) -> dict[str, datetime]:
    """Every erasure so far, by hash."""
    rows = session.execute(select(ErasureRecord.person_hash, ErasureRecord.erased_at))
    return {row.person_hash: row.erased_at for row in rows}


def erase_part(
    session: Session, actor: Actor, person_id: UUID | None, part: str, *, now: datetime
) -> None:
    """Forget what one package keeps about somebody, and nothing else.

    ``part`` is the beginning of their names, such as ``credit``. It is recorded like an erasure of
    all, each time anew, so that a restored backup from before is cleaned again.
    """
    living = select(Person.number).where(Person.id == person_id, Person.erased_at.is_(None))
    number = session.scalar(living.with_for_update())
    if person_id is None or number is None:
        raise Missing
    _erase_part(session, person_id, part, now)
    record = ErasureRecord(
        person_hash=_next_hash(session, person_id, part, set(erasures(session))), erased_at=now
    )
    session.add(record)
    note_action(
        session, at=now, actor_id=actor.person_id, action=f"{part}:erase",
        subject=f"person:{number}", person_id=person_id,
    )  # fmt: skip


def _erase_part(session: Session, person_id: UUID, part: str, now: datetime) -> None:
    """A provider whose person lives on may forget less: its ``erase_part``, where it has one."""
    for provider in reversed(_REGISTRY.providers):
        if all(field.table.startswith(f"{part}_") for field in provider.fields):
            getattr(provider, "erase_part", provider.erase)(session, person_id, now)


def _next_hash(session: Session, person_id: UUID, part: str, known: Container[str]) -> str:
    """The first hash of a person's erasures of a part that is not known: each has its own."""
    hashes = (_part_hash(session, person_id, part, nth) for nth in count())
    return next(found for found in hashes if found not in known)


def _part_hash(session: Session, person_id: UUID, part: str, nth: int) -> str:
    return instance_of(session).vault.keyed_hash("erasure", f"{person_id}/{part}/{nth}")


def register_part(part: str) -> None:
    """A package whose data people can have erased by themselves. Called once, at import."""
    _REGISTRY.parts.add(part)


def _parts_again(
    session: Session, living: Iterable[UUID], hashes: Container[str], now: datetime
) -> int:
    """Erase again the parts whose erasure the list knows and this database does not."""
    known, again = set(erasures(session)), 0
    for part, person_id in product(sorted(_REGISTRY.parts), living):
        found = _next_hash(session, person_id, part, known)
        if found not in hashes:
            continue
        _erase_part(session, person_id, part, now)
        again += 1
        while found in hashes:
            session.add(ErasureRecord(person_hash=found, erased_at=now))
            known.add(found)
            found = _next_hash(session, person_id, part, known)
    return again


def apply_erasures(session: Session, hashes: Collection[str], *, now: datetime) -> int:
    """Erase again whoever had been erased, after a restore; how many were."""
    living = session.scalars(select(Person.id).where(Person.erased_at.is_(None))).all()
    again = {person_id for person_id in living if erasure_hash(session, person_id) in hashes}
    for person_id in again:
        session.execute(
            update(RoleHolding)
            .where(RoleHolding.person_id == person_id, RoleHolding.ended_at.is_(None))
            .values(ended_at=now, office=None)
        )
        erase_person(session, None, person_id, now=now)
    left = [person_id for person_id in living if person_id not in again]
    return len(again) + _parts_again(session, left, hashes, now)


def expire_personal_data(session: Session, *, now: datetime) -> int:
    """Delete everywhere what is past its time, a batch of each kind; how many rows."""
    return sum(provider.expire(session, now) for provider in _REGISTRY.providers)


def forget_in_time(database: Database, *, now: datetime) -> int:
    """Delete until nothing is due. A batch is a transaction: whoever is cut off goes on later."""
    total = 0
    while True:
        with database.write() as session:
            forgotten = expire_personal_data(session, now=now)
        total += forgotten
        if not forgotten:
            return total


def due_personal_data(session: Session, *, now: datetime) -> dict[str, int]:
    """What the retention job would delete now; nothing is touched."""
    found: dict[str, int] = {}
    for provider in _REGISTRY.providers:
        for what, rows in provider.due(session, now).items():
            found[what] = found.get(what, 0) + rows
    return found


def note_identity_look(
    session: Session,
    actor: Actor,
    *,
    person_id: UUID | None,
    subject: str,
    reason: str,
    now: datetime,
) -> None:
    """Log that somebody saw who a reporter is, and why. The person sees it on /me/looks (P5)."""
    note_action(
        session,
        at=now,
        actor_id=actor.person_id,
        action="identity:look",
        subject=subject,
        person_id=person_id,
        reason=reason,
    )


def note_person_look(
    session: Session, actor: Actor, person_id: UUID, number: str, *, now: datetime
) -> None:
    """Log that an administrator opened an account."""
    note_action(
        session,
        at=now,
        actor_id=actor.person_id,
        action="people:look",
        subject=f"person:{number}",
        person_id=person_id,
    )
