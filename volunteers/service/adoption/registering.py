"""The register by hand: a thing is added, changed, photographed, or gone."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.queries import AreaRow, area_by_code, locator
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.uploads import KeptPhotos, take_uploads
from volunteers.models.adoption import AdoptionPlot
from volunteers.queries.adoption.plots import PlotRow, known_numbers, lock_plot
from volunteers.rules.adoption.life import PlotState
from volunteers.rules.adoption.refusals import AdoptionRefusal, RegisterFlaw
from volunteers.rules.adoption.register import Flaw, PlotWish, flaws_of
from volunteers.service.adoption.care import keep_photos
from volunteers.service.adoption.found import MANAGE, plot_here


def add_plot(session: Session, actor: Actor, wish: PlotWish, *, now: datetime) -> str:
    """Put a thing into the register; its public number. It is listed from its day on."""
    area = _placed(session, actor, wish)
    number = new_number()
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(AdoptionPlot)
        .values(id=new_id(), number=number, **values_of(wish, area, now))
        .on_conflict_do_nothing()
        .returning(AdoptionPlot.id)
    )
    if session.scalar(statement) is None:
        raise Refused(RegisterFlaw.NUMBER_TAKEN, field="register_number")
    _note(session, actor, "adoption:register", number, now)
    return number


def change_plot(
    session: Session, actor: Actor, number: str, wish: PlotWish, *, seen: int, now: datetime
) -> None:
    """Write it anew. ``seen``: the version that the form was made from."""
    row = plot_here(session, actor, number)
    area = _placed(session, actor, wish)
    if why := why_not_change(row, wish):
        raise Refused(why, field="adoptable")
    same = known_numbers(session, [wish.register_number]).get(wish.register_number)
    if same is not None and same.id != row.id:
        raise Refused(RegisterFlaw.NUMBER_TAKEN, field="register_number")
    seen_row = update(AdoptionPlot).where(AdoptionPlot.id == row.id, AdoptionPlot.version == seen)
    values = {**values_of(wish, area, now), "version": seen + 1}
    if changed_rows(session, seen_row.values(values)) != 1:
        raise Conflict(AdoptionRefusal.CHANGED)
    _note(session, actor, "adoption:register", row.number, now)


def why_not_change(row: PlotRow, wish: PlotWish) -> RegisterFlaw | None:
    """What is adopted stays what it is: its kind, and that it may be adopted."""
    if row.held is None or (wish.adoptable and wish.kind == row.kind):
        return None
    return RegisterFlaw.HELD


def retire_plot(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """A thing that nobody has adopted is gone. Of an adopted one its adopter is told first."""
    row = plot_here(session, actor, number)
    lock_plot(session, row.id)
    if plot_here(session, actor, number).held is not None:
        raise Refused(RegisterFlaw.HELD)
    there = update(AdoptionPlot).where(
        AdoptionPlot.id == row.id, AdoptionPlot.state == PlotState.THERE
    )
    values = {"state": PlotState.GONE, "version": row.version + 1, "updated_at": now}
    if changed_rows(session, there.values(values)) != 1:
        raise Conflict(AdoptionRefusal.MOVED_ON)
    _note(session, actor, "adoption:retire", row.number, now)


def add_plot_photos(
    session: Session, actor: Actor, number: str, photos: KeptPhotos, *, now: datetime
) -> None:
    """Photos of the thing for everybody, taken by the desk."""
    row = plot_here(session, actor, number)
    keep_photos(session, row.id, None, take_uploads(session, photos, now), now)


def _note(session: Session, actor: Actor, action: str, number: str, now: datetime) -> None:
    note_action(session, at=now, actor_id=actor.person_id, action=action, subject=f"plot:{number}")


def _placed(session: Session, actor: Actor, wish: PlotWish) -> AreaRow:
    for flaw in flaws_of(wish):
        raise Refused(flaw.code, field=flaw.column, facts=flaw.facts)
    areas, flaws = placed(session, actor, [(0, wish)])
    for flaw in flaws:
        raise Refused(flaw.code, field=flaw.column, facts=flaw.facts)
    return areas[wish.register_number]


def placed(
    session: Session, actor: Actor | None, wishes: Iterable[tuple[int, PlotWish]]
) -> tuple[dict[str, AreaRow], list[Flaw]]:
    """The finest place that holds each thing; outside the city is refused, and so is a place that
    one does not look after. ``actor`` None: the city's own list."""
    find, areas, flaws = locator(session), dict[str, AreaRow](), list[Flaw]()
    known: dict[str, AreaRow | None] = {}
    for line, wish in wishes:
        code = find(wish.lon, wish.lat)
        if code is not None and code not in known:
            known[code] = area_by_code(session, code)
        area = known.get(code) if code else None
        if area is None:
            flaws.append(Flaw(RegisterFlaw.OUTSIDE, "lat", line))
        elif actor is not None and not actor.may(MANAGE, place_path=area.path):
            flaws.append(Flaw(RegisterFlaw.NOT_YOURS, "lat", line))
        else:
            areas[wish.register_number] = area
    return areas, flaws


def values_of(wish: PlotWish, area: AreaRow, now: datetime) -> dict[str, Any]:
    """The columns of a wish."""
    return {
        "register_number": wish.register_number, "kind": wish.kind, "title": wish.name,
        "area_id": area.id, "place_path": area.path, "lon": wish.lon, "lat": wish.lat,
        "square_metres": wish.square_metres, "owner": wish.owner, "adoptable": wish.adoptable,
        "heritage": wish.heritage, "new_green": wish.new_green, "listed_from": wish.listed_from,
        "state": PlotState.THERE, "version": 1, "updated_at": now,
    }  # fmt: skip


def write_all(
    session: Session,
    wishes: Iterable[PlotWish],
    areas: Mapping[str, AreaRow],
    known: Mapping[str, PlotRow],
    now: datetime,
) -> tuple[int, int]:
    """Add what is new and change what is known by its number; how many of each."""
    new, old = list[dict[str, Any]](), list[dict[str, Any]]()
    for wish in wishes:
        values = values_of(wish, areas[wish.register_number], now)
        row = known.get(wish.register_number)
        if row is None:
            new.append({"id": new_id(), "number": new_number(), **values})
        else:
            # what is gone stays gone
            old.append({**values, "id": row.id, "version": row.version + 1, "state": row.state})
    if new:
        session.execute(insert(AdoptionPlot), new)
    if old:
        session.execute(update(AdoptionPlot), old)
    return len(new), len(old)
