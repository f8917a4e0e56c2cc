"""A published version as what a deduction may rest on, and the yes of who signed it (L2, L5).

The list of yeses is the ledger's; here is only said whose signature stands. Without her own
signature there is no way to a yes, and with its end the yes ends.
"""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from credit.queries.conventions import OwnBasis, live_marked, live_markers, own_marked
from credit.rules.process import BasisKind
from credit.service import (
    BasisWish,
    agree_to_marked,
    end_marked_bases,
    end_marked_yes,
    mark_basis,
)
from portal.accounts.rules import Actor, Permission
from portal.areas.rules import codes_of
from portal.conventions.queries.signing import (
    SigningRow,
    has_signed,
    hold_version,
    signings_by_numbers,
)
from portal.conventions.rules.signing import SignRefusal
from portal.conventions.service.signing import version_to_read, version_to_sign
from portal.kernel.clock import city_day
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.instance import instance_of

KEEPS: Final = Permission.DEDUCTION_SWITCH


def basis_of(session: Session, actor: Actor, row: SigningRow, now: datetime) -> OwnBasis | None:
    """Whether a version is a basis today, and how her yes to it stands."""
    if actor.person_id is None:
        return None
    today = city_day(now, instance_of(session).city.zone)
    return own_marked(session, row.number, actor.person_id, today)


def make_basis(session: Session, actor: Actor, number: str, source: str, *, now: datetime) -> str:
    """Whoever keeps the ledger's list of bases enters a version in force; the basis' number."""
    row = version_to_sign(session, number, now)
    if not actor.may(KEEPS, place_path=row.place_path):
        raise Missing
    # of two at once the second sees what the first has entered
    hold_version(session, row.id)
    if live_marked(session, [row.number]):
        raise Conflict(SignRefusal.ALREADY_BASIS)
    wish = BasisWish(
        BasisKind.CONVENTION, row.title, row.number, source, row.effective_from, None, row.number
    )
    return mark_basis(session, codes_of(row.place_path)[0], wish, actor=actor, now=now)


def say_yes(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """She who signed herself agrees, apart from that, to be held to it."""
    if actor.person_id is None:
        raise Forbidden
    row = version_to_sign(session, number, now)
    if not has_signed(session, row.id, actor.person_id):
        raise Refused(SignRefusal.NOT_SIGNED)
    agree_to_marked(session, row.number, actor.person_id, now=now)


def end_yes(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """She ends it, with one press and whatever became of the version."""
    if actor.person_id is None:
        raise Forbidden
    row = version_to_read(session, number)
    end_marked_yes(session, row.number, actor.person_id, now=now)


def end_old_bases(database: Database, now: datetime) -> int:
    """A version that was followed by another, or that has ended, is no basis any more (L10). How
    many were."""
    with database.write() as session:
        rows = signings_by_numbers(session, live_markers(session))
        today = city_day(now, instance_of(session).city.zone)
        return end_marked_bases(session, {one.number for one in rows if one.over(today)}, now=now)
