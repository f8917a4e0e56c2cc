"""What a community settles by itself: persuading, reminding, mediating under a clause (R254); and
what a building head sees to with the neighbours (R282). No fine, no person, no deduction."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.conventions.models import Handling
from portal.conventions.queries.handling import (
    HandlingRow,
    HeadRow,
    buildings_of,
    handling_by_number,
)
from portal.conventions.queries.published import clauses_of_versions
from portal.conventions.queries.signing import SigningRow
from portal.conventions.rules.community import HandlingEnd, HandlingWay
from portal.conventions.rules.handling import HandlingRefusal, HandlingWish, why_not_keep
from portal.conventions.service.signing import version_to_read
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number
from portal.kernel.instance import instance_of

HANDLES: Final = Permission.COMMUNITY_MANAGE


def version_to_handle(session: Session, actor: Actor, number: str, now: datetime) -> SigningRow:
    """A version in force in the places that somebody looks after; any other is Missing."""
    row = version_to_read(session, number)
    today = city_day(now, instance_of(session).city.zone)
    if not actor.may(HANDLES, place_path=row.place_path) or not row.counts(today):
        raise Missing
    return row


def keep_handling(
    session: Session, actor: Actor, number: str, wish: HandlingWish, *, now: datetime
) -> str:
    """Keep what was done under a clause of a version; its number."""
    row = version_to_handle(session, actor, number, now)
    _check(wish)
    known = {one.key for one in clauses_of_versions(session, [row.id])[row.id]}
    if wish.clause and wish.clause not in known:
        raise Refused(HandlingRefusal.NO_CLAUSE, field="clause")
    clause = UUID(wish.clause) if wish.clause else None
    return _keep(
        session, actor, wish, now, area_id=row.area_id, place_path=row.place_path,
        version_id=row.id if clause else None, clause_id=clause,
    )  # fmt: skip


def _check(wish: HandlingWish) -> None:
    flaw = why_not_keep(wish)
    if flaw is not None:
        raise Refused(flaw[0], field=flaw[1])


def _keep(session: Session, actor: Actor, wish: HandlingWish, now: datetime, **where: Any) -> str:
    note, number = wish.note.strip(), new_number()
    session.add(
        Handling(
            id=new_id(), number=number, way=wish.way, located=" ".join(wish.located.split()),
            sealed_note=instance_of(session).vault.seal(note) if note else None,
            outcome=wish.outcome, at=now, made_by=actor.person_id,
            closed_at=now if wish.outcome else None, **where,
        )
    )  # fmt: skip
    return number


def my_buildings(session: Session, actor: Actor, now: datetime) -> list[HeadRow]:
    """The buildings of which somebody is head now."""
    today = city_day(now, instance_of(session).city.zone)
    return buildings_of(session, actor.person_id, today) if actor.person_id else []


def keep_matter(
    session: Session, actor: Actor, building: str, wish: HandlingWish, *, now: datetime
) -> str:
    """A building head keeps what was found inside the building; its number."""
    heads = {one.number: one for one in my_buildings(session, actor, now)}
    if building not in heads:
        raise Refused(HandlingRefusal.NOT_HEAD, field="building")
    if wish.way is not HandlingWay.PUT_RIGHT:
        raise Missing
    _check(wish)
    head = heads[building]
    return _keep(
        session, actor, wish, now, area_id=head.area_id, place_path=head.place_path,
        head_id=head.id,
    )  # fmt: skip


def handling_here(session: Session, actor: Actor, number: str) -> HandlingRow:
    """A record of the places that somebody looks after; any other is Missing."""
    row = handling_by_number(session, clean_number(number) or "")
    if row is None or not actor.may(HANDLES, place_path=row.place_path):
        raise Missing
    return row


def matter_here(session: Session, actor: Actor, number: str, now: datetime) -> HandlingRow:
    """A matter of a building of which somebody is head now; any other is Missing."""
    heads = {one.id for one in my_buildings(session, actor, now)}
    row = handling_by_number(session, clean_number(number) or "")
    if row is None or row.head_id not in heads:
        raise Missing
    return row


def close_handling(
    session: Session, row: HandlingRow, outcome: HandlingEnd, *, now: datetime
) -> None:
    """Say what came of it, once. The caller has seen to whose it is."""
    statement = (
        update(Handling)
        .where(Handling.id == row.id, Handling.closed_at.is_(None))
        .values(outcome=outcome, closed_at=now)
    )
    if not changed_rows(session, statement):
        raise Conflict(HandlingRefusal.CLOSED)
