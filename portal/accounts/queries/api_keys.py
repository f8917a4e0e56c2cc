"""Keys of programs: whose a key is, and the administrators' list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import ApiKey, Person
from portal.accounts.rules import MOST_SHOWN, ApiScope, looks_like_key, mask_name, scopes_of
from portal.kernel.ids import hash_token
from portal.organisations.queries import organisations_by_ids


@dataclass(frozen=True)
class KeyHolder:
    """A program that showed a good key."""

    id: UUID
    number: str
    scopes: frozenset[ApiScope]
    last_used_on: date | None


@dataclass(frozen=True)
class ApiKeyRow:
    """A key as administrators see it. ``unit`` and ``unit_path`` are of the organisation."""

    id: UUID
    number: str
    name: str
    scopes: frozenset[ApiScope]
    unit: Mapping[str, str] | None
    unit_path: str | None
    person: str | None
    person_name: str
    issued_at: datetime
    last_used_on: date | None
    revoked: bool


def holder_of_key(session: Session, key: str) -> KeyHolder | None:
    """Whose a key is, if it is in force."""
    if not looks_like_key(key):
        return None
    row = session.execute(
        select(ApiKey.id, ApiKey.number, ApiKey.scopes, ApiKey.last_used_on).where(
            ApiKey.token_hash == hash_token(key), ApiKey.revoked_at.is_(None)
        )
    ).first()
    if row is None:
        return None
    return KeyHolder(row.id, row.number, scopes_of(row.scopes), row.last_used_on)


def api_keys(session: Session, number: str | None = None) -> list[ApiKeyRow]:
    """The newest keys, or the one with a number."""
    statement = (
        select(
            ApiKey.id, ApiKey.number, ApiKey.name, ApiKey.scopes, ApiKey.organisation_id,
            Person.number.label("person"), Person.display_name, ApiKey.issued_at,
            ApiKey.last_used_on, ApiKey.revoked_at,
        )
        .join(Person, Person.id == ApiKey.person_id, isouter=True)
        .order_by(ApiKey.id.desc())
        .limit(MOST_SHOWN)
    )  # fmt: skip
    if number is not None:
        statement = statement.where(ApiKey.number == number)
    rows = session.execute(statement).all()
    units = organisations_by_ids(session, [r.organisation_id for r in rows if r.organisation_id])
    found = []
    for row in rows:
        unit = units.get(row.organisation_id)
        found.append(
            ApiKeyRow(
                id=row.id, number=row.number, name=row.name, scopes=scopes_of(row.scopes),
                unit=unit.names if unit else None, unit_path=unit.area_path if unit else None,
                person=row.person, person_name=mask_name(row.display_name or ""),
                issued_at=row.issued_at, last_used_on=row.last_used_on,
                revoked=row.revoked_at is not None,
            )
        )  # fmt: skip
    return found
