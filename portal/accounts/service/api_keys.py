"""Keys of programs: issued and revoked by administrators, each of them noted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from portal.accounts.models import ApiKey
from portal.accounts.queries.api_keys import ApiKeyRow, KeyHolder, api_keys
from portal.accounts.queries.people import PersonRow, person_by_number, person_by_phone
from portal.accounts.rules import PREFIX, Actor, ApiScope, KeyRefusal, Permission, Refusal
from portal.accounts.service.roles import reaches
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Missing, Refused
from portal.kernel.ids import hash_token, new_number, new_token
from portal.kernel.phones import clean_mobile
from portal.organisations.queries import OrganisationRow, organisation_by_code


@dataclass(frozen=True)
class IssuedKey:
    """A key as it is shown once. The database has its hash only."""

    number: str
    name: str
    key: str


@dataclass(frozen=True)
class KeyWish:
    """What an administrator types: what for, whose (one of the two), and what it may do."""

    name: str
    organisation: str
    person: str
    scopes: Collection[ApiScope]


def issue_key(session: Session, actor: Actor | None, wish: KeyWish, *, now: datetime) -> IssuedKey:
    """Make a key. ``actor`` None is the operator. A unit's key needs reach over its place."""
    unit, person = _owner(session, wish)
    path = (unit.area_path or "") if unit else ""
    if actor is not None and not reaches(session, actor, path, Permission.API_KEY_MANAGE):
        raise Refused(Refusal.NOT_YOUR_PLACE, field="organisation" if unit else "person")
    if not wish.scopes:
        raise Refused(KeyRefusal.NO_SCOPE, field="scopes")
    issued = IssuedKey(new_number(), wish.name, f"{PREFIX}{new_token()}")
    session.add(
        ApiKey(
            number=issued.number,
            name=wish.name,
            token_hash=hash_token(issued.key),
            organisation_id=unit.id if unit else None,
            person_id=person.id if person else None,
            scopes=" ".join(sorted(wish.scopes)),
            issued_at=now,
            issued_by=actor.person_id if actor else None,
        )
    )
    _note(session, actor, "api_key:issue", issued.number, person, now)
    return issued


def _owner(session: Session, wish: KeyWish) -> tuple[OrganisationRow | None, PersonRow | None]:
    """The unit or the person that answers for the key: exactly one of them."""
    code, typed = wish.organisation.strip(), wish.person.strip()
    if bool(code) == bool(typed):
        raise Refused(KeyRefusal.ONE_OWNER, field="organisation")
    if code:
        unit = organisation_by_code(session, code)
        if unit is None or unit.valid_to is not None:
            raise Refused(Refusal.UNKNOWN_ORGANISATION, field="organisation")
        return unit, None
    phone = clean_mobile(typed)
    person = person_by_phone(session, phone) if phone else person_by_number(session, typed)
    if person is None:
        raise Refused(Refusal.UNKNOWN_PERSON, field="person")
    return None, person


def keys_in_reach(session: Session, actor: Actor) -> list[ApiKeyRow]:
    """The keys that an administrator looks after."""
    return [row for row in api_keys(session) if _in_reach(session, actor, row)]


def _in_reach(session: Session, actor: Actor, row: ApiKeyRow) -> bool:
    return reaches(session, actor, row.unit_path or "", Permission.API_KEY_MANAGE)


def revoke_key(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """End a key at once. Ending it twice changes nothing."""
    row = next(iter(api_keys(session, number)), None)
    if row is None or not _in_reach(session, actor, row):
        raise Missing
    valid = update(ApiKey).where(ApiKey.id == row.id, ApiKey.revoked_at.is_(None))
    if changed_rows(session, valid.values(revoked_at=now, revoked_by=actor.person_id)):
        person = person_by_number(session, row.person) if row.person else None
        _note(session, actor, "api_key:revoke", row.number, person, now)


def note_use(session: Session, holder: KeyHolder, today: date) -> None:
    """Remember the day of the last use: what nobody uses any more can be ended."""
    unused = or_(ApiKey.last_used_on.is_(None), ApiKey.last_used_on < today)
    session.execute(
        update(ApiKey)
        .where(ApiKey.id == holder.id, unused)
        .values(last_used_on=today)
        .execution_options(synchronize_session=False)
    )


def _note(
    session: Session,
    actor: Actor | None,
    action: str,
    number: str,
    person: PersonRow | None,
    now: datetime,
) -> None:
    note_action(
        session,
        at=now,
        actor_id=actor.person_id if actor else None,
        action=action,
        subject=f"api_key:{number}",
        person_id=person.id if person else None,
    )
