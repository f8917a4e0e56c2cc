"""What nominations are about: a place, a nominee, a kind; and whose they are to move."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from credit.queries.honours import HonourRow, honour_by_number
from credit.rules.honours import HonourKind, HonourRefusal, honour_kinds, kind_of, kinds_on
from credit.rules.kinds import Party
from portal.accounts.queries import age_band_of, person_by_number, person_by_phone
from portal.accounts.rules import Actor, AgeBand, Permission
from portal.areas.queries import AreaRow, ancestors, area_by_code, find_areas
from portal.kernel.clock import city_day
from portal.kernel.errors import Missing, Refused
from portal.kernel.ids import clean_number
from portal.kernel.instance import instance_of
from portal.kernel.phones import clean_mobile
from portal.organisations.queries import organisation_by_code


def kinds_now(session: Session, now: datetime) -> list[HonourKind]:
    """The kinds of role models that are given now."""
    return kinds_on(honour_kinds(), city_day(now, instance_of(session).city.zone))


def kind_on(session: Session, code: str, at: datetime) -> HonourKind:
    """A kind as it was on the day of a moment. Raises Missing."""
    found = kind_of(code, city_day(at, instance_of(session).city.zone))
    if found is None:
        raise Missing
    return found


def place_named(session: Session, words: str) -> AreaRow:
    """The place with this code or full name. Raises Refused beside the field."""
    words = words.strip()
    found = area_by_code(session, words)
    if found is not None and found.valid_to is None:
        return found
    named = [area for area in find_areas(session, words, 20) if words in area.names.values()]
    # one name may belong to many places: then only the code says which
    if len(named) != 1:
        raise Refused(HonourRefusal.UNKNOWN_PLACE, field="place")
    return named[0]


def nominee_named(session: Session, party: Party, typed: str) -> UUID:
    """A person by her number or phone, a shop or unit by its code. Raises Refused.

    Under 14 a guardian has to agree to anything (L1), which is not built: nobody so young is
    nominated.
    """
    found = _person(session, typed) if party is Party.PERSON else _shop(session, typed)
    if found is None:
        raise Refused(HonourRefusal.UNKNOWN_NOMINEE, field="nominee")
    if party is Party.PERSON and age_band_of(session, found) is AgeBand.UNDER_14:
        raise Refused(HonourRefusal.CHILD, field="nominee")
    return found


def _person(session: Session, typed: str) -> UUID | None:
    phone = clean_mobile(typed)
    if phone:
        row = person_by_phone(session, phone)
    else:
        row = person_by_number(session, clean_number(typed) or "")
    return row.id if row else None


def _shop(session: Session, typed: str) -> UUID | None:
    row = organisation_by_code(session, typed.strip())
    return row.id if row is not None and row.valid_to is None else None


def may_check(actor: Actor, place_path: str) -> bool:
    """Whether somebody checks nominations of a place."""
    return actor.may(Permission.HONOUR_PROPOSE, place_path=place_path)


def may_decide(session: Session, actor: Actor, row: HonourRow) -> bool:
    """Whether somebody decides it: at the level that the kind names, around its place."""
    kind = kind_on(session, row.kind, row.nominated_at)
    return actor.may(Permission.HONOUR_DECIDE, place_path=decided_at(session, row, kind))


def decided_at(session: Session, row: HonourRow, kind: HonourKind) -> str:
    """The path of the place where it is decided."""
    above = [area.path for area in ancestors(session, row.place_path) if area.level == kind.decides]
    return above[0] if above else row.place_path


def places_of(actor: Actor) -> Sequence[str] | None:
    """Where somebody checks or decides; None: everywhere."""
    both = (Permission.HONOUR_PROPOSE, Permission.HONOUR_DECIDE)
    scopes = [actor.places_for(permission) for permission in both]
    if any(scope is None for scope in scopes):
        return None
    return sorted({path for scope in scopes for path in scope or ()})


def honour_here(session: Session, actor: Actor, number: str, *, lock: bool = False) -> HonourRow:
    """One of somebody's places; Missing for everybody else."""
    row = honour_by_number(session, number, lock=lock)
    places = places_of(actor)
    if row is None or not (places is None or any(map(row.place_path.startswith, places))):
        raise Missing
    return row


def subject_of(number: str) -> str:
    """How messages and the audit speak of it."""
    return f"honour:{number}"
