"""Reads of the tree of places."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from portal.areas.models import Area, AreaTag, AreaVersion
from portal.areas.rules import Tag, UnitKind, codes_of, is_code, tidy_names, valid_on
from portal.kernel.db import once

MOST_CHOICES: Final = 200


@dataclass(frozen=True)
class AreaRow:
    """A place as it is read. ``names`` maps a language to a name and always has ``zh_Hans``."""

    id: UUID
    code: str
    level: str
    path: str
    names: Mapping[str, str]
    lon: float | None = None
    lat: float | None = None
    tags: frozenset[Tag] = field(default_factory=frozenset)
    kind: UnitKind | None = None
    parent_id: UUID | None = None
    valid_from: date = date.min
    valid_to: date | None = None
    successor_code: str | None = None
    made_up: bool = False

    def valid_on(self, on: date) -> bool:
        return valid_on(self.valid_from, self.valid_to, on)

    @property
    def parent_path(self) -> str | None:
        """The path of the place above, None for a root."""
        above = codes_of(self.path)[:-1]
        return f"/{'/'.join(above)}/" if above else None


def _columns() -> Select[*tuple[Any, ...]]:
    """Places with their tags, one row for each tag (or one without)."""
    return select(
        Area.id,
        Area.code,
        Area.level,
        Area.path,
        Area.name_zh_hans,
        Area.name_zh_hant,
        Area.name_en,
        Area.name_khb,
        Area.lon,
        Area.lat,
        Area.kind,
        Area.parent_id,
        Area.valid_from,
        Area.valid_to,
        Area.successor_code,
        Area.made_up,
        AreaTag.tag,
    ).join(AreaTag, AreaTag.area_id == Area.id, isouter=True)


def _rows(session: Session, statement: Select[*tuple[Any, ...]]) -> list[AreaRow]:
    found: dict[UUID, tuple[Any, set[Tag]]] = {}
    for row in session.execute(statement):
        _, tags = found.setdefault(row.id, (row, set()))
        if row.tag is not None:
            tags.add(row.tag)
    rows = [_area_row(row, frozenset(tags)) for row, tags in found.values()]
    _known(session).update((row.code, row) for row in rows)
    return rows


def _known(session: Session) -> dict[str, AreaRow]:
    """The places that this request has read, by code: a page names the same few again and again."""
    return once(session, AreaRow, dict)


def _area_row(row: Any, tags: frozenset[Tag]) -> AreaRow:
    names = {
        "zh_Hans": row.name_zh_hans,
        "zh_Hant": row.name_zh_hant,
        "en": row.name_en,
        "khb": row.name_khb,
    }
    return AreaRow(
        id=row.id,
        code=row.code,
        level=row.level,
        path=row.path,
        names=tidy_names(names),
        lon=row.lon,
        lat=row.lat,
        tags=tags,
        kind=row.kind,
        parent_id=row.parent_id,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        successor_code=row.successor_code,
        made_up=row.made_up,
    )


def _valid(on: date | None) -> ColumnElement[bool]:
    """Valid on a day; without a day: not closed."""
    if on is None:
        return Area.valid_to.is_(None)
    return and_(Area.valid_from <= on, or_(Area.valid_to.is_(None), Area.valid_to > on))


def area_by_code(session: Session, code: str, *, on: date | None = None) -> AreaRow | None:
    """The place with a code (closed ones too), or only if it is valid on a day."""
    if not is_code(code):
        return None
    row = areas_by_codes(session, [code]).get(code)
    return None if row is None or (on is not None and not row.valid_on(on)) else row


def area_by_id(session: Session, area_id: UUID) -> AreaRow | None:
    """The place with an id, closed or not."""
    return areas_by_ids(session, [area_id]).get(area_id)


def areas_by_ids(session: Session, ids: Iterable[UUID]) -> dict[UUID, AreaRow]:
    """Places by id, closed ones too, in one query."""
    wanted = set(ids)
    found = {row.id: row for row in _known(session).values() if row.id in wanted}
    missing = wanted - found.keys()
    if missing:
        found |= {row.id: row for row in _rows(session, _columns().where(Area.id.in_(missing)))}
    return found


def areas_by_codes(session: Session, codes: Iterable[str]) -> dict[str, AreaRow]:
    """Places by code, closed ones too, in one query."""
    wanted = {code for code in codes if is_code(code)}
    found = {code: row for code, row in _known(session).items() if code in wanted}
    missing = wanted - found.keys()
    if missing:
        rows = _rows(session, _columns().where(Area.code.in_(missing)))
        found |= {row.code: row for row in rows}
    return found


def root_areas(session: Session, *, on: date | None = None) -> list[AreaRow]:
    """The places that hang under nothing: usually the city alone."""
    return _rows(
        session, _columns().where(Area.parent_id.is_(None), _valid(on)).order_by(Area.code)
    )


def children_of(session: Session, code: str | None, *, on: date | None = None) -> list[AreaRow]:
    """The places directly below one (None: the roots), by code; closed ones are left out."""
    if code is None:
        return root_areas(session, on=on)
    parent = select(Area.id).where(Area.code == code).scalar_subquery()
    return _rows(
        session, _columns().where(Area.parent_id == parent, _valid(on)).order_by(Area.code)
    )


def family_of(session: Session, area: AreaRow) -> tuple[list[AreaRow], list[AreaRow]]:
    """The places above one, root first, and those directly below (closed ones left out)."""
    codes = codes_of(area.path)[:-1]
    below = and_(Area.parent_id == area.id, _valid(None))
    rows = _rows(session, _columns().where(or_(below, Area.code.in_(codes))).order_by(Area.code))
    above = {row.code: row for row in rows if row.parent_id != area.id}
    children = [row for row in rows if row.parent_id == area.id]
    return [above[code] for code in codes if code in above], children


def top_of_tree(session: Session, also: Iterable[str]) -> tuple[list[AreaRow], dict[str, AreaRow]]:
    """The roots (of a single one with what is directly below it), and places by code: one query."""
    is_root = and_(Area.parent_id.is_(None), _valid(None))
    roots = select(Area.id).where(is_root)
    below = and_(Area.parent_id.in_(roots), _valid(None))
    wanted = {code for code in also if is_code(code)}
    asked = or_(is_root, below, Area.code.in_(wanted))
    rows = _rows(session, _columns().where(asked).order_by(Area.code))
    standing = [row for row in rows if row.valid_to is None]
    top = [row for row in standing if row.parent_id is None]
    if len(top) == 1:
        top += [row for row in standing if row.parent_id == top[0].id]
    return top, {row.code: row for row in rows if row.code in wanted}


def descendants_at_level(
    session: Session, path: str, level: str, *, on: date | None = None
) -> list[AreaRow]:
    """Everything of a level inside a place, whatever levels lie between: for short lists."""
    statement = _columns().where(
        Area.level == level, Area.path.startswith(path, autoescape=True), _valid(on)
    )
    return _rows(session, statement.order_by(Area.code))


def finest_or_own(session: Session, paths: Iterable[str], level: str) -> list[AreaRow]:
    """Everything of a level inside some places; a place that holds none stands for itself."""
    paths = set(paths)
    inside = and_(
        Area.level == level,
        or_(false(), *(Area.path.startswith(path, autoescape=True) for path in paths)),
        _valid(None),
    )
    rows = _rows(session, _columns().where(or_(inside, Area.path.in_(paths))).order_by(Area.path))
    finest = [row.path for row in rows if row.level == level]
    return [
        row
        for row in rows
        if row.level == level or not any(path.startswith(row.path) for path in finest)
    ]


def ancestors(session: Session, path: str) -> list[AreaRow]:
    """The places on a path, root first, the place itself last."""
    codes = codes_of(path)
    found = areas_by_codes(session, codes)
    return [found[code] for code in codes if code in found]


def count_by_level(session: Session, path: str, *, on: date | None = None) -> dict[str, int]:
    """How many places of each level lie inside a place (itself included)."""
    statement = (
        select(Area.level, func.count().label("total"))
        .where(Area.path.startswith(path, autoescape=True), _valid(on))
        .group_by(Area.level)
    )
    return {row.level: row.total for row in session.execute(statement)}


def data_version(session: Session) -> UUID | None:
    """The token of the places' present state: two equal tokens mean the same tree and outlines."""
    return session.scalar(select(AreaVersion.token))


def areas_tagged(
    session: Session, tag: Tag, *, after: str = "", limit: int, on: date
) -> list[AreaRow]:
    """The places of a day that bear a tag, by code, those after a code."""
    bearing = select(AreaTag.area_id).where(AreaTag.tag == tag)
    there = (Area.id.in_(bearing), Area.code > after, _valid(on))
    first = select(Area.id).where(*there).order_by(Area.code).limit(limit).subquery()
    return _rows(session, _columns().where(Area.id.in_(select(first.c.id))).order_by(Area.code))


def paths_tagged(tag: Tag) -> Select[str]:
    """The paths of the places that bear a tag, and of all in them. Paths hold no wildcard."""
    tagged, inside = aliased(Area), aliased(Area)
    return (
        select(inside.path)
        .join(tagged, inside.path.like(tagged.path + literal("%")))
        .join(AreaTag, AreaTag.area_id == tagged.id)
        .where(AreaTag.tag == tag)
    )


def places_to_choose(
    session: Session, paths: Collection[str] | None, *, level: str = ""
) -> tuple[list[AreaRow], bool]:
    """The standing places inside some (None: all), of a level or of any, in the order of the tree;
    and whether these are all of them: of many more those nearest to the top are given."""
    where = [_valid(None)]
    if paths is not None:
        inside = (Area.path.startswith(path, autoescape=True) for path in paths)
        where.append(or_(false(), *inside))
    if level:
        where.append(Area.level == level)
    nearest = _columns().where(*where).order_by(func.length(Area.path), Area.path)
    rows = _rows(session, nearest.limit(MOST_CHOICES + 1))
    found = sorted(rows[:MOST_CHOICES], key=lambda row: row.path)
    return found, len(rows) <= MOST_CHOICES
