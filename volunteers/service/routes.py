"""Routes are written by organisers, and given to patrols."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.queries import area_by_code, locate
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import new_id, new_number
from volunteers.models import Checkpoint, Patrol, PatrolEntry, PatrolTick, Route, Shift
from volunteers.queries.patrols import RouteRow, route_by_number
from volunteers.rules.calling_off import CallOffRefusal
from volunteers.rules.patrols import (
    LONGEST_LOOK,
    LONGEST_NAME,
    MOST_CHECKPOINTS,
    CheckpointWish,
    PatrolRefusal,
    RouteWish,
    checklists,
    why_not_said,
)
from volunteers.service.on_the_day import shift_here


def route_here(session: Session, number: str, actor: Actor) -> RouteRow:
    """A route in the reach of an organiser; Missing otherwise."""
    row = route_by_number(session, number)
    if row is None or not actor.may(Permission.SHIFT_MANAGE, place_path=row.place_path):
        raise Missing
    return row


def write_route(
    session: Session, actor: Actor, code: str, wish: RouteWish, *, now: datetime
) -> str:
    """Write a route for a place; its number."""
    area = area_by_code(session, code)
    if area is None or not actor.may(Permission.SHIFT_MANAGE, place_path=area.path):
        raise Refused(CallOffRefusal.NO_PLACE, field="area")
    return _add(session, actor, area.id, area.path, wish, now)


def rewrite_route(
    session: Session, actor: Actor, number: str, wish: RouteWish, *, now: datetime
) -> str:
    """Write a route anew: the old one ends, patrols that nobody began walk the new one."""
    old = route_here(session, number, actor)
    _end(session, old, now)
    made = _add(session, actor, old.area_id, old.place_path, wish, now)
    new_row_id = select(Route.id).where(Route.number == made).scalar_subquery()
    moving = _coming(old, now)
    changed_rows(session, update(Patrol).where(*moving).values(route_id=new_row_id))
    return made


def end_route(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Nobody walks it any more; what was walked stays. Patrols that nobody began have none then."""
    old = route_here(session, number, actor)
    _end(session, old, now)
    changed_rows(session, delete(Patrol).where(*_coming(old, now)))


def _end(session: Session, route: RouteRow, now: datetime) -> None:
    """End it, once: of two who change a route at the same moment one does."""
    one = update(Route).where(Route.id == route.id, Route.ended_at.is_(None))
    if changed_rows(session, one.values(ended_at=now)) != 1:
        raise Conflict(PatrolRefusal.ENDED)


def _coming(route: RouteRow, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Patrols on a route that are still to come, and that nobody has begun."""
    begun = exists().where(PatrolTick.shift_id == Patrol.shift_id)
    written = exists().where(PatrolEntry.shift_id == Patrol.shift_id)
    later = select(Shift.id).where(Shift.starts_at > now)
    return Patrol.route_id == route.id, Patrol.shift_id.in_(later), ~begun, ~written


def _add(
    session: Session, actor: Actor, area_id: UUID, path: str, wish: RouteWish, now: datetime
) -> str:
    if actor.person_id is None:
        raise Forbidden
    _check(session, wish)
    route = Route(
        id=new_id(), number=new_number(), name=wish.name.strip(), area_id=area_id,
        place_path=path, checklist=wish.checklist, writer_id=actor.person_id, made_at=now,
    )  # fmt: skip
    session.add(route)
    # its points refer to it
    session.flush()
    session.add_all(
        Checkpoint(
            route_id=route.id, place=at, name=one.name, look_at=one.look_at, lon=one.lon,
            lat=one.lat,
        )
        for at, one in enumerate(wish.checkpoints, 1)
    )  # fmt: skip
    session.flush()
    return route.number


def _check(session: Session, wish: RouteWish) -> None:
    if not wish.name.strip():
        raise Refused(PatrolRefusal.NO_ROUTE_NAME, field="name")
    refusal = why_not_said(wish.name, LONGEST_NAME)
    if refusal is not None:
        raise Refused(refusal, field="name", facts={"most": LONGEST_NAME})
    if wish.checklist is not None and wish.checklist not in checklists():
        raise Refused(PatrolRefusal.NO_ROUTE, field="checklist")
    if not wish.checkpoints:
        raise Refused(PatrolRefusal.NO_CHECKPOINTS, field="checkpoints")
    if len(wish.checkpoints) > MOST_CHECKPOINTS:
        most = {"most": MOST_CHECKPOINTS}
        raise Refused(PatrolRefusal.MANY_CHECKPOINTS, field="checkpoints", facts=most)
    for line, one in enumerate(wish.checkpoints, 1):
        _check_point(session, one, line)


def _check_point(session: Session, one: CheckpointWish, line: int) -> None:
    for text, most in ((one.name, LONGEST_NAME), (one.look_at, LONGEST_LOOK)):
        refusal = why_not_said(text, most)
        if refusal is not None:
            raise Refused(refusal, field="checkpoints", facts={"most": most})
    if one.lon is not None and one.lat is not None and locate(session, one.lon, one.lat) is None:
        raise Refused(PatrolRefusal.BAD_POINT, field="checkpoints", facts={"line": line})


def put_on_route(
    session: Session, actor: Actor, number: str, route: str | None, *, now: datetime
) -> None:
    """Give a shift a route of a place that is its own, around it or in it; None: none."""
    shift = shift_here(session, number, actor)
    if shift.ends_at <= now or session.scalar(
        select(PatrolTick.shift_id).where(PatrolTick.shift_id == shift.id).limit(1)
    ):
        raise Conflict(PatrolRefusal.BEGUN)
    if route is None:
        changed_rows(session, delete(Patrol).where(Patrol.shift_id == shift.id))
        return
    row = route_by_number(session, route)
    if row is None or row.ended_at is not None or not _beside(row, shift.place_path):
        raise Refused(PatrolRefusal.NO_ROUTE, field="route")
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    put = dialect.insert(Patrol).values(shift_id=shift.id, route_id=row.id)
    session.execute(
        put.on_conflict_do_update(index_elements=["shift_id"], set_={"route_id": row.id})
    )


def _beside(route: RouteRow, path: str) -> bool:
    return route.place_path.startswith(path) or path.startswith(route.place_path)
