"""The assessed units: places of a level, units of a kind, the whole city."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from portal.areas.queries.tree import area_by_code, descendants_at_level, root_areas
from portal.assessment.rules import GroupKind
from portal.assessment.rules.sets import Group, groups
from portal.organisations.queries import organisation_by_code, organisations

_TOP = "/"


@dataclass(frozen=True)
class Unit:
    """An assessed unit. ``path``: the place that it is, or serves."""

    group: str
    code: str
    names: Mapping[str, str]
    path: str
    organisation_id: UUID | None = None


def units_of(session: Session, group: Group, on: date) -> list[Unit]:
    """The units of a group on a day, by code."""
    if group.kind is GroupKind.CITY:
        # one row: totals only, never a person (R294)
        return [
            Unit(group.code, area.code, area.names, area.path)
            for area in root_areas(session, on=on)[:1]
        ]
    if group.kind is GroupKind.AREA:
        return [
            Unit(group.code, area.code, area.names, area.path)
            for area in descendants_at_level(session, _TOP, group.of, on=on)
        ]
    top = top_path(session)
    return [
        Unit(group.code, row.code, row.names, row.area_path or top, row.id)
        for row in organisations(session, on=on)
        if row.kind == group.of
    ]


def top_path(session: Session) -> str:
    """The whole city: whoever serves no place in particular serves it."""
    roots = root_areas(session)
    return roots[0].path if roots else _TOP


def unit(session: Session, group_code: str, code: str) -> Unit | None:
    """One unit, whenever it was there."""
    group = groups().get(group_code)
    if group is None:
        return None
    if group.kind is GroupKind.ORGANISATION:
        row = organisation_by_code(session, code)
        if row is None or row.kind != group.of:
            return None
        path = row.area_path or top_path(session)
        return Unit(group.code, row.code, row.names, path, row.id)
    area = area_by_code(session, code)
    if area is None or (group.kind is GroupKind.AREA and area.level != group.of):
        return None
    return Unit(group.code, area.code, area.names, area.path)
