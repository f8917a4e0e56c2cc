"""The register by hand: premises are added and changed, tenants come and go.

Locks are taken in the order of decision 0040: premises, operator, pledge.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from pledges.models import (
    DutyNotice,
    PlaqueBinding,
    Premises,
    PremisesEvent,
    PremisesOperator,
)
from pledges.queries.premises import PremisesRow, premises_by_number
from pledges.rules.plaques import BindingEnd
from pledges.rules.premises import OperatorEnd, PremisesState, PremisesStep
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.register import (
    HOLDERS,
    Flaw,
    OperatorWish,
    PremisesFlaw,
    PremisesWish,
    door_key,
    search_key,
)
from pledges.rules.signing import PledgeStep
from pledges.service.leaving import end_pledges, end_the_rest
from pledges.service.outlines import duty_outline
from pledges.service.speaking import end_speaking
from portal.accounts.rules import Actor, Permission
from portal.areas.queries import AreaRow, area_by_code, find_areas
from portal.areas.rules import codes_of
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number
from portal.kernel.instance import instance_of
from portal.kernel.phones import clean_phone

MANAGE: Final = Permission.PLEDGE_REGISTER


def premises_here(session: Session, actor: Actor, number: str) -> PremisesRow:
    """Premises of somebody's places that are still there. Raises Missing."""
    row = premises_by_number(session, clean_number(number) or "")
    if row is None or not actor.may(MANAGE, place_path=row.place_path):
        raise Missing
    return row


def placed(
    session: Session, actor: Actor, wishes: Iterable[tuple[int, PremisesWish]]
) -> tuple[dict[int, AreaRow], list[Flaw]]:
    """The place of each line, by its code or its one name in the actor's places."""
    areas, flaws = dict[int, AreaRow](), list[Flaw]()
    known: dict[str, AreaRow | PremisesFlaw] = {}
    for line, wish in wishes:
        if wish.place not in known:
            known[wish.place] = _place(session, actor, wish.place)
        found = known[wish.place]
        if isinstance(found, PremisesFlaw):
            flaws.append(Flaw(found, "place", line))
        else:
            areas[line] = found
    return areas, flaws


def _place(session: Session, actor: Actor, typed: str) -> AreaRow | PremisesFlaw:
    area = area_by_code(session, typed.upper())
    if area is None:
        named = [row for row in find_areas(session, typed, 200) if typed in row.names.values()]
        mine = [row for row in named if actor.may(MANAGE, place_path=row.path)]
        if len(mine) > 1:
            return PremisesFlaw.PLACE_MANY
        area = next(iter(mine or named), None)
    if area is None:
        return PremisesFlaw.PLACE_UNKNOWN
    return area if actor.may(MANAGE, place_path=area.path) else PremisesFlaw.NOT_YOURS


def key_of(wish: PremisesWish, area: AreaRow) -> str:
    """The key of a door: a road has one name within its street."""
    street = "/".join(codes_of(area.path)[:2])
    return door_key(f"/{street}/", wish.road, wish.door)


def add_premises(session: Session, actor: Actor, wish: PremisesWish, *, now: datetime) -> str:
    """Put premises into the register, with who runs them if it is said; their public number."""
    areas, flaws = placed(session, actor, [(0, wish)])
    for flaw in flaws:
        raise Refused(flaw.code, field=flaw.column, facts=flaw.facts)
    more, flaws = drawn(session, actor, [(0, wish)], areas)
    for flaw in flaws:
        raise Refused(flaw.code, field=flaw.column, facts=flaw.facts)
    number = insert_premises(session, actor, wish, more[0], now)
    if number is None:
        raise Refused(PremisesFlaw.DOOR_TAKEN, field="door")
    note_action(
        session, at=now, actor_id=actor.person_id, action="premises:register",
        subject=f"premises:{number}",
    )  # fmt: skip
    return number


@dataclass(frozen=True)
class Placed:
    """Where a wish lies: its place, the outline of its duty area, what it stands inside of."""

    area: AreaRow
    outline: str | None
    within_id: UUID | None
    import_id: UUID | None = None


def drawn(
    session: Session, actor: Actor, wishes: Iterable[tuple[int, PremisesWish]],
    areas: dict[int, AreaRow],
) -> tuple[dict[int, Placed], list[Flaw]]:  # fmt: skip
    """The outline and the holder of each line that has a place."""
    found, flaws = dict[int, Placed](), list[Flaw]()
    for line, wish in wishes:
        if line not in areas:
            continue
        if wish.duty_outline and not wish.duty_words:
            # a notice is words: what is only drawn could be told to nobody, and never be signed
            flaws.append(Flaw(PremisesFlaw.OUTLINE_ALONE, "duty_words", line))
            continue
        try:
            outline = duty_outline(wish.duty_outline)
            within_id = _holder(session, actor, wish, codes_of(areas[line].path)[0])
        except Refused as refused:
            code = PremisesFlaw(refused.code.value)
            flaws.append(Flaw(code, refused.field or "", line, refused.facts))
            continue
        found[line] = Placed(areas[line], outline, within_id)
    return found, flaws


def _holder(session: Session, actor: Actor, wish: PremisesWish, district: str) -> UUID | None:
    """The market, scenic spot or unit in which a stall stands (R032)."""
    if not wish.within:
        return None
    row = premises_by_number(session, clean_number(wish.within) or "")
    fits = (
        row is not None and row.kind in HOLDERS and row.state is not PremisesState.GONE
        and row.district == district and actor.may(MANAGE, place_path=row.place_path)
    )  # fmt: skip
    if row is None or not fits:
        raise Refused(PremisesFlaw.HOLDER, field="within")
    return row.id


def insert_premises(
    session: Session, actor: Actor, wish: PremisesWish, at: Placed, now: datetime
) -> str | None:
    """The rows of a wish; None when another place stands at the door already."""
    today = city_day(now, instance_of(session).city.zone)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    district, row_id, number = codes_of(at.area.path)[0], new_id(), new_number()
    statement = (
        dialect.insert(Premises)
        .values(
            district=district, id=row_id, number=number, version=1, listed_on=today,
            state=PremisesState.OPEN if wish.operator else PremisesState.EMPTY,
            duty_version=1 if wish.duty_words or at.outline else 0, import_id=at.import_id,
            **_values(wish, at, now),
        )
        .on_conflict_do_nothing()
        .returning(Premises.id)
    )  # fmt: skip
    if session.scalar(statement) is None:
        return None
    note_step(session, actor, district, row_id, PremisesStep.REGISTER, now)
    if wish.operator:
        add_operator(session, actor, district, row_id, wish.operator, now)
    return number


def _values(wish: PremisesWish, at: Placed, now: datetime) -> dict[str, Any]:
    area = at.area
    return {
        "duty_geojson": at.outline, "within_id": at.within_id,
        "title_key": search_key(wish.title), "road_key": search_key(f"{wish.road}{wish.door}"),
        "kind": wish.kind, "title": wish.title, "trade": wish.trade, "road": wish.road,
        "door": wish.door, "door_key": key_of(wish, area), "area_id": area.id,
        "place_path": area.path, "lon": wish.lon, "lat": wish.lat, "duty_words": wish.duty_words,
        "heads": wish.heads, "updated_at": now,
    }  # fmt: skip


def note_step(
    session: Session, actor: Actor, district: str, premises_id: UUID, step: PremisesStep,
    now: datetime, reason: str | None = None,
) -> None:  # fmt: skip
    """Write a step into the history of a door."""
    session.add(
        PremisesEvent(
            district=district, premises_id=premises_id, step=step, actor_id=actor.person_id,
            at=now, reason=reason,
        )
    )  # fmt: skip


def add_operator(
    session: Session, actor: Actor, district: str, premises_id: UUID, who: OperatorWish,
    now: datetime,
) -> UUID:  # fmt: skip
    """Somebody answers for a place from today on. Raises Refused for a phone that is none."""
    vault = instance_of(session).vault
    phone = clean_phone(who.phone) if who.phone else None
    if who.phone and phone is None:
        raise Refused(PremisesFlaw.PHONE, field="phone")
    row = PremisesOperator(
        district=district, id=new_id(), premises_id=premises_id, sole_trader=who.sole_trader,
        sealed_name=vault.seal(who.name), sealed_phone=vault.seal(phone) if phone else None,
        phone_hash=vault.keyed_hash("phone", phone) if phone else None,
        starts_on=city_day(now, instance_of(session).city.zone), entered_at=now,
        entered_by=actor.person_id,
    )  # fmt: skip
    session.add(row)
    # the row of a plaque refers to it by key alone
    session.flush()
    note_step(session, actor, district, premises_id, PremisesStep.OPERATOR_COMES, now)
    return row.id


def change_premises(
    session: Session, actor: Actor, number: str, wish: PremisesWish, *, seen: int, now: datetime
) -> None:
    """Write premises anew; who runs them is not touched. ``seen``: the version of the form.

    A duty area in other words is a new one: its version counts up.
    """
    row = premises_here(session, actor, number)
    areas, flaws = placed(session, actor, [(0, wish)])
    for flaw in flaws:
        raise Refused(flaw.code, field=flaw.column, facts=flaw.facts)
    more, flaws = drawn(session, actor, [(0, wish)], areas)
    for flaw in flaws:
        raise Refused(flaw.code, field=flaw.column, facts=flaw.facts)
    at, area = more[0], areas[0]
    if codes_of(area.path)[0] != row.district:
        raise Refused(PremisesFlaw.PLACE_UNKNOWN, field="place")
    if at.within_id == row.id:
        raise Refused(PremisesFlaw.HOLDER, field="within")
    there = select(Premises.number).where(
        Premises.door_key == key_of(wish, area), Premises.state != PremisesState.GONE
    )
    if session.scalar(there) not in {None, row.number}:
        raise Refused(PremisesFlaw.DOOR_TAKEN, field="door")
    changed = update(Premises).where(
        Premises.district == row.district, Premises.id == row.id, Premises.version == seen,
        Premises.state != PremisesState.GONE,
    )  # fmt: skip
    values = {**_values(wish, at, now), "version": seen + 1}
    values["duty_version"] = _duty_version(session, row, wish.duty_words, at.outline)
    if changed_rows(session, changed.values(values)) != 1:
        raise Conflict(PledgeRefusal.CHANGED)
    note_step(session, actor, row.district, row.id, PremisesStep.CHANGE, now)


def _duty_version(
    session: Session, row: PremisesRow, words: str | None, outline: str | None
) -> int:
    """Another duty area is a new version, which was never told to anybody: also after there was
    none for a while, it counts on from the last notice."""
    if not words and not outline:
        return 0
    if (words, outline) == (row.duty_words, row.duty_geojson):
        return row.duty_version
    told = select(func.max(DutyNotice.duty_version)).where(
        DutyNotice.district == row.district, DutyNotice.premises_id == row.id
    )
    return max(row.duty_version, session.scalar(told) or 0) + 1


def change_tenant(
    session: Session, actor: Actor, number: str, who: OperatorWish, *, seen: str, now: datetime
) -> None:
    """Another one runs the place from today on: whoever ran it and what they pledged ends, and the
    plaque is bound anew. ``seen``: the number of the operator that the form showed, or ""."""
    row = premises_here(session, actor, number)
    door, before = locked_door(session, row, seen)
    end_operator(session, actor, before, OperatorEnd.TENANT_CHANGE, now)
    end_pledges(session, actor, row, PledgeStep.TENANT_LEAVES, now)
    end_the_rest(session, row, before, now)
    comes = add_operator(session, actor, row.district, row.id, who, now)
    _bind_anew(session, actor, row, comes, now)
    door.state, door.updated_at = PremisesState.OPEN, now
    note_action(
        session, at=now, actor_id=actor.person_id, action="premises:tenant",
        subject=f"premises:{row.number}",
    )  # fmt: skip


def locked_door(
    session: Session, row: PremisesRow, seen: str
) -> tuple[Premises, PremisesOperator | None]:
    """A door and whoever runs it, locked in that order. Raises Conflict when it is no longer there
    or another one runs it than the form showed."""
    door = session.scalars(
        select(Premises)
        .where(Premises.district == row.district, Premises.id == row.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if door.state is PremisesState.GONE:
        raise Conflict(PledgeRefusal.GONE)
    runs = session.scalars(
        select(PremisesOperator)
        .where(
            PremisesOperator.district == row.district, PremisesOperator.premises_id == row.id,
            PremisesOperator.ends_on.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()  # fmt: skip
    if (runs.number if runs else "") != seen:
        raise Conflict(PledgeRefusal.CHANGED)
    return door, runs


def end_operator(
    session: Session, actor: Actor, runs: PremisesOperator | None, why: OperatorEnd, now: datetime
) -> None:
    """Whoever runs a place answers for it no more from today on."""
    if runs is None:
        return
    runs.ends_on, runs.ended_why = city_day(now, instance_of(session).city.zone), why
    end_speaking(session, runs, now=now)
    session.flush()
    note_step(session, actor, runs.district, runs.premises_id, PremisesStep.OPERATOR_LEAVES, now)


def _bind_anew(
    session: Session, actor: Actor, row: PremisesRow, operator_id: UUID, now: datetime
) -> None:
    """The plaque stays at the door; its binding to whoever left ends."""
    bound = session.scalars(
        select(PlaqueBinding).where(
            PlaqueBinding.district == row.district, PlaqueBinding.premises_id == row.id,
            PlaqueBinding.ended_at.is_(None),
        )
    ).one_or_none()  # fmt: skip
    if bound is None:
        return
    bound.ended_at, bound.ended_why = now, BindingEnd.TENANT_CHANGE
    session.flush()
    session.add(
        PlaqueBinding(
            district=row.district, code=bound.code, premises_id=row.id, operator_id=operator_id,
            bound_at=now, bound_by=actor.person_id,
        )
    )  # fmt: skip
    for step in (PremisesStep.PLAQUE_ENDS, PremisesStep.PLAQUE_BOUND):
        note_step(session, actor, row.district, row.id, step, now)
