"""Stations, heads and organisations of a community: written down by those who look after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.queries import person_by_phone
from portal.accounts.rules import Actor, Permission
from portal.areas.queries import AreaRow, area_by_code
from portal.conventions.models import Body, Head, Station
from portal.conventions.queries.community import (
    BodyRow,
    HeadRow,
    body_by_number,
    head_by_number,
    lock_place,
    stations_at,
)
from portal.conventions.rules.community import BodyKind, CommunityRefusal, HeadRole
from portal.conventions.rules.opening import Opening
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number
from portal.kernel.instance import instance_of
from portal.kernel.phones import clean_mobile, clean_phone

MANAGE: Final = Permission.COMMUNITY_MANAGE
HIDE_NAME: Final = "community:hide_name"


def today_of(session: Session, now: datetime) -> date:
    """The city's day."""
    return city_day(now, instance_of(session).city.zone)


def place_here(session: Session, actor: Actor, code: str) -> AreaRow:
    """A place that somebody looks after; any other is Missing."""
    area = area_by_code(session, code.strip().upper())
    if area is None or not actor.may(MANAGE, place_path=area.path):
        raise Missing
    return area


def office_phone(typed: str, field: str = "office_phone") -> str:
    """The telephone of an office; a mobile, which is somebody's own, is refused."""
    found = clean_phone(typed)
    if found is None:
        raise Refused(CommunityRefusal.PHONE, field=field)
    if clean_mobile(typed) is not None:
        raise Refused(CommunityRefusal.MOBILE, field=field)
    return found


@dataclass(frozen=True)
class StationWish:
    """A station as it shall stand. ``seen``: which one was on the page, as its last change."""

    title: str
    located: str
    opening: Opening
    office_phone: str
    markdown: str
    seen: str = ""


def save_station(
    session: Session, actor: Actor, code: str, wish: StationWish, *, now: datetime
) -> None:
    """Set up the station of a place, or change it. Whoever saw an older one is told."""
    area = place_here(session, actor, code)
    if not wish.opening.sound:
        raise Refused(CommunityRefusal.HOURS, field="opens")
    lock_place(session, area.id)
    values: dict[str, Any] = {
        "title": wish.title, "located": wish.located, "hours": wish.opening.written(),
        "office_phone": office_phone(wish.office_phone), "markdown": wish.markdown or None,
        "updated_at": now, "updated_by": actor.person_id,
    }  # fmt: skip
    standing = stations_at(session, [area.id]).get(area.id)
    if (standing.updated_at.isoformat() if standing else "") != wish.seen:
        raise Conflict(CommunityRefusal.CHANGED)
    if standing is None:
        session.add(Station(area_id=area.id, place_path=area.path, **values))
    else:
        session.execute(update(Station).where(Station.id == standing.id).values(values))


@dataclass(frozen=True)
class HeadWish:
    """A head who begins. ``phone``: of her account, to find it; kept nowhere.

    ``agreed``: she agreed in writing that her name is shown.
    """

    role: HeadRole
    covers: str
    name: str
    phone: str
    starts_on: date
    ends_on: date | None
    agreed: bool = False


def add_head(
    session: Session, actor: Actor, code: str, wish: HeadWish, *, now: datetime
) -> None:  # fmt: skip
    """Enter a building head, road head or liaison officer; one person may be several (R174)."""
    area = place_here(session, actor, code)
    session.add(new_head(session, actor, area, wish, now))


def new_head(session: Session, actor: Actor, area: AreaRow, wish: HeadWish, now: datetime) -> Head:
    """The row; raises Refused for what cannot be."""
    if not wish.name:
        raise Refused(CommunityRefusal.NO_NAME, field="person")
    if wish.ends_on is not None and wish.ends_on < wish.starts_on:
        raise Refused(CommunityRefusal.DAYS, field="ends_on")
    return Head(
        area_id=area.id, place_path=area.path, role=wish.role, covers=wish.covers,
        person_id=account_of(session, wish.phone),
        sealed_name=instance_of(session).vault.seal(wish.name),
        named_at=now if wish.agreed else None, starts_on=wish.starts_on, ends_on=wish.ends_on,
        made_at=now, made_by=actor.person_id,
    )  # fmt: skip


def account_of(session: Session, phone: str) -> UUID | None:
    """Whose account a telephone opens; None without one."""
    if not phone:
        return None
    cleaned = clean_phone(phone)
    found = person_by_phone(session, cleaned) if cleaned else None
    if found is None:
        raise Refused(CommunityRefusal.NOBODY, field="phone")
    return found.id


def head_here(session: Session, actor: Actor, number: str) -> HeadRow:
    """A head of the places that somebody looks after; any other is Missing."""
    row = head_by_number(session, clean_number(number) or "")
    if row is None or not actor.may(MANAGE, place_path=row.place_path):
        raise Missing
    return row


def end_head(session: Session, actor: Actor, number: str, ends_on: date, *, now: datetime) -> None:
    """Let a term end on a day."""
    row = head_here(session, actor, number)
    if ends_on < row.starts_on:
        raise Refused(CommunityRefusal.DAYS, field="ends_on")
    if not row.holds(today_of(session, now)) and row.starts_on <= today_of(session, now):
        raise Conflict(CommunityRefusal.ENDED)
    session.execute(update(Head).where(Head.id == row.id).values(ends_on=ends_on))


def name_me(
    session: Session, actor: Actor, number: str, *, shown: bool, now: datetime
) -> None:  # fmt: skip
    """Let one's own name be shown beside an office, or no longer: each is as easy."""
    row = head_by_number(session, clean_number(number) or "", lock=True)
    if row is None or actor.person_id is None or row.person_id != actor.person_id:
        raise Missing
    named = (row.named_at or now) if shown else None
    session.execute(update(Head).where(Head.id == row.id).values(named_at=named))


def hide_head_name(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """She took her consent back at the desk, as she may without an account: her name is shown no
    more. Her reason is asked of nobody."""
    row = head_here(session, actor, number)
    named = update(Head).where(Head.id == row.id, Head.named_at.is_not(None))
    if not changed_rows(session, named.values(named_at=None)):
        raise Conflict(CommunityRefusal.ENDED)
    note_action(
        session, at=now, actor_id=actor.person_id, action=HIDE_NAME, subject=f"head:{row.number}",
        person_id=row.person_id,
    )  # fmt: skip


@dataclass(frozen=True)
class BodyWish:
    """An organisation of residents."""

    kind: BodyKind
    title: str
    members: int | None
    does: str
    founded_on: date


def add_body(
    session: Session, actor: Actor, code: str, wish: BodyWish, *, now: datetime
) -> None:  # fmt: skip
    """Enter a self-discipline organisation (R256)."""
    area = place_here(session, actor, code)
    if wish.founded_on > today_of(session, now):
        raise Refused(CommunityRefusal.DAYS, field="founded_on")
    session.add(
        Body(
            area_id=area.id, place_path=area.path, kind=wish.kind, title=wish.title,
            members=wish.members, does=wish.does or None, founded_on=wish.founded_on, made_at=now,
            made_by=actor.person_id,
        )
    )  # fmt: skip


def body_here(session: Session, actor: Actor, number: str) -> BodyRow:
    """An organisation of one's places; any other is Missing."""
    row = body_by_number(session, clean_number(number) or "")
    if row is None or not actor.may(MANAGE, place_path=row.place_path):
        raise Missing
    return row


def end_body(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """It was dissolved."""
    row = body_here(session, actor, number)
    ends: Mapping[str, Any] = {"ended_on": max(row.founded_on, today_of(session, now))}
    statement = update(Body).where(Body.id == row.id, Body.ended_on.is_(None)).values(ends)
    if not changed_rows(session, statement):
        raise Conflict(CommunityRefusal.ENDED)
