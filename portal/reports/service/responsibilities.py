"""Keeping the list of who is responsible: rows begin and end on a day, and are never changed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.areas.queries import area_by_code
from portal.areas.rules import Keeper, Tag
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import new_number
from portal.kernel.instance import instance_of
from portal.organisations.queries import organisation_by_code
from portal.organisations.rules import HANDLING_KINDS
from portal.reports.models import Category, CommunityAllowance, ResponsibilityRule
from portal.reports.queries.routing import allowances, responsibilities
from portal.reports.rules.categories import FunctionGroup
from portal.reports.rules.routing import (
    MOST_CO_UNITS,
    SOURCE_LENGTH,
    Allowance,
    ListRefusal,
    Receiver,
    Responsibility,
    RoadClass,
    conflicts,
    read_receiver,
)


@dataclass(frozen=True)
class NewRow:
    """A row of the list as somebody wants it."""

    lead: str
    source: str
    valid_from: date | None
    area_code: str | None = None
    category: str | None = None
    group: str | None = None
    area_at_most: int | None = None
    area_over: int | None = None
    tag: Tag | None = None
    road_class: RoadClass | None = None
    on_permit: bool = False
    co: str = ""
    valid_to: date | None = None


def add_responsibility(session: Session, keeper: Keeper, wanted: NewRow, *, now: datetime) -> str:
    """A further row, from today on or later; its code. Two that nothing tells apart are refused."""
    path = _kept_path(session, keeper, wanted.area_code)
    _check_common(session, wanted, now)
    if wanted.area_at_most is not None and wanted.area_over is not None:
        raise Refused(ListRefusal.BAD_SIZES, field="size")
    lead = _receiver(session, wanted.lead, on_permit=wanted.on_permit)
    if lead is None:
        raise Refused(ListRefusal.BAD_RECEIVER, field="lead_code")
    co = tuple(_receiver(session, text, on_permit=False) for text in wanted.co.split())
    if None in co or len(co) > MOST_CO_UNITS or lead in co:
        raise Refused(ListRefusal.BAD_CO_UNITS, field="co", facts={"most": MOST_CO_UNITS})
    row = _row(new_number(), wanted, lead, tuple(one for one in co if one), path)
    for one, other in conflicts([*responsibilities(session), row]):
        if row in (one, other):
            code = one.code if other is row else other.code
            raise Refused(ListRefusal.CONFLICT, field="category", facts={"row": code})
    put_row(session, row)
    _note(session, keeper, "routing:add", row.code, now)
    return row.code


def add_allowance(session: Session, keeper: Keeper, wanted: NewRow, *, now: datetime) -> str:
    """A further kind that communities may be given; its code."""
    _kept_path(session, keeper, wanted.area_code)
    _check_common(session, wanted, now)
    if (wanted.category is None) is (wanted.group is None):
        raise Refused(ListRefusal.NO_KIND, field="category")
    row = Allowance(
        new_number(),
        wanted.area_code,
        wanted.category,
        wanted.group,
        wanted.valid_from or date.min,
        wanted.valid_to,
        wanted.source.strip(),
    )
    put_allowance(session, row)
    _note(session, keeper, "routing:admit", row.code, now)
    return row.code


def end_responsibility(
    session: Session, keeper: Keeper, code: str, *, on: date | None, now: datetime
) -> None:
    """The last day of a row (not included). What was given out by it stays as it was."""
    row = next(iter(responsibilities(session, [code])), None)
    if row is None:
        raise Missing
    _end(session, keeper, ResponsibilityRule, row, on, now)


def end_allowance(
    session: Session, keeper: Keeper, code: str, *, on: date | None, now: datetime
) -> None:
    """From a day on communities are not given this kind any more."""
    row = next((row for row in allowances(session) if row.code == code), None)
    if row is None:
        raise Missing
    _end(session, keeper, CommunityAllowance, row, on, now)


def _end(
    session: Session,
    keeper: Keeper,
    table: type[ResponsibilityRule | CommunityAllowance],
    row: Responsibility | Allowance,
    on: date | None,
    now: datetime,
) -> None:
    _kept_path(session, keeper, row.area_code)
    if on is None or on <= row.valid_from:
        raise Refused(ListRefusal.BAD_DATES, field="on")
    if on < _today(session, now):
        raise Refused(ListRefusal.PAST, field="on")
    claim = update(table).where(table.code == row.code, table.valid_to.is_(None))
    if changed_rows(session, claim.values(valid_to=on)) != 1:
        raise Conflict(ListRefusal.ALREADY_ENDED)
    _note(session, keeper, "routing:end", row.code, now)


def _kept_path(session: Session, keeper: Keeper, area_code: str | None) -> str | None:
    """The path of a place whose rows this keeper keeps; without a place: of the whole city."""
    if area_code is None:
        if not keeper.keeps("/"):
            raise Forbidden
        return None
    area = area_by_code(session, area_code)
    if area is None:
        raise Refused(ListRefusal.UNKNOWN_AREA, field="area_code")
    if not keeper.keeps(area.path):
        raise Forbidden
    return area.path


def _check_common(session: Session, wanted: NewRow, now: datetime) -> None:
    """What a row of either list must have."""
    if wanted.category is not None and wanted.group is not None:
        raise Refused(ListRefusal.TWO_KINDS, field="category")
    if wanted.category is not None and session.get(Category, wanted.category) is None:
        raise Refused(ListRefusal.UNKNOWN_CATEGORY, field="category")
    if wanted.group is not None and wanted.group not in set(FunctionGroup):
        raise Refused(ListRefusal.UNKNOWN_CATEGORY, field="category")
    if not 0 < len(wanted.source.strip()) <= SOURCE_LENGTH:
        raise Refused(ListRefusal.NO_SOURCE, field="source", facts={"most": SOURCE_LENGTH})
    if wanted.valid_from is None or (wanted.valid_to or date.max) <= wanted.valid_from:
        raise Refused(ListRefusal.BAD_DATES, field="valid_from")
    if wanted.valid_from < _today(session, now):
        raise Refused(ListRefusal.PAST, field="valid_from")


def _receiver(session: Session, text: str, *, on_permit: bool) -> Receiver | None:
    """Who a row names, if cases can be given to such a unit."""
    receiver = read_receiver(text)
    if receiver is None or (receiver.issuer and not on_permit):
        return None
    if receiver.code is None:
        return receiver if receiver.kind in {None, *HANDLING_KINDS} else None
    unit = organisation_by_code(session, receiver.code)
    able = unit is not None and unit.valid_to is None and unit.kind in HANDLING_KINDS
    return receiver if able else None


def _row(
    code: str, wanted: NewRow, lead: Receiver, co: tuple[Receiver, ...], path: str | None
) -> Responsibility:
    return Responsibility(
        code=code,
        lead=lead,
        co=co,
        area_code=wanted.area_code,
        area_path=path,
        category=wanted.category,
        group=wanted.group,
        area_at_most=wanted.area_at_most,
        area_over=wanted.area_over,
        tag=wanted.tag,
        road_class=wanted.road_class,
        on_permit=wanted.on_permit,
        valid_from=wanted.valid_from or date.min,
        valid_to=wanted.valid_to,
        source=wanted.source.strip(),
    )


def put_row(session: Session, row: Responsibility) -> None:
    """Write a row down."""
    columns = _columns(row)
    session.add(ResponsibilityRule(code=row.code, **columns))


def _columns(row: Responsibility) -> dict[str, Any]:
    return {
        "area_code": row.area_code,
        "category_code": row.category,
        "group": row.group,
        "area_at_most": row.area_at_most,
        "area_over": row.area_over,
        "tag": row.tag,
        "road_class": row.road_class,
        "on_permit": row.on_permit,
        "lead": str(row.lead),
        "co": " ".join(str(one) for one in row.co),
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "source": row.source,
        "made_up": row.made_up,
    }


def put_allowance(session: Session, row: Allowance) -> None:
    """Write down what communities may be given."""
    session.add(
        CommunityAllowance(
            code=row.code,
            area_code=row.area_code,
            category_code=row.category,
            group=row.group,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            source=row.source,
            made_up=row.made_up,
        )
    )


def _today(session: Session, now: datetime) -> date:
    return city_day(now, instance_of(session).city.zone)


def _note(session: Session, keeper: Keeper, action: str, code: str, now: datetime) -> None:
    note_action(
        session, at=now, actor_id=keeper.person_id, action=action, subject=f"responsibility:{code}"
    )
