"""Upkeep of what the public can find: called after every step that changes a listed case.

``index_case`` reads everything anew and may be called once too often, never once too little.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast
from uuid import UUID

from sqlalchemy import Row, Table, and_, delete, insert, select
from sqlalchemy.orm import Session

from portal.areas.queries import AreaRow, areas_by_codes
from portal.kernel.tokens import facet, stream
from portal.reports.models import Case, CaseSearch, CaseText, Category
from portal.reports.rules.codes import Review, TextKind
from portal.reports.rules.publicity import (
    STRICTEST,
    TILE_ZOOMS,
    Publicity,
    public_codes,
    public_point,
    sort_key,
    tile,
    tile_name,
)
from portal.reports.service.cells import note_moves

FINDABLE = (
    TextKind.DESCRIPTION,
    TextKind.ANSWER,
    TextKind.REASON,
    TextKind.ADDITION,
    TextKind.OUTSIDE_REPLY,
)
BATCH = 500


class HasCaseKey(Protocol):
    """A case or a row of one."""

    @property
    def district(self) -> str: ...

    @property
    def id(self) -> UUID: ...


@dataclass(frozen=True)
class Findable:
    """What is kept of a listed case so that it can be found: its public point and its words."""

    point: tuple[float, float] | None
    words: str


def index_case(session: Session, case: HasCaseKey) -> None:
    """Make a case findable by what the public may know of it now, or not at all."""
    index_cases(session, [case])


def index_cases(session: Session, cases: Iterable[HasCaseKey]) -> None:
    """The same for many cases, in a few queries for each batch."""
    by_district: dict[str, list[UUID]] = {}
    for case in cases:
        by_district.setdefault(case.district, []).append(case.id)
    for district, ids in sorted(by_district.items()):
        for start in range(0, len(ids), BATCH):
            _index_batch(session, district, sorted(ids[start : start + BATCH]))


def _index_batch(session: Session, district: str, ids: list[UUID]) -> None:
    # two moderators at once: the second waits here and then reads what the first wrote
    rows = session.execute(
        select(
            Case.id,
            Case.category_code,
            Case.state,
            Case.place_path,
            Case.lon,
            Case.lat,
            Case.listed,
        )
        .where(Case.district == district, Case.id.in_(ids))
        .order_by(Case.id)
        .with_for_update()
    ).all()
    listed = [row for row in rows if row.listed]
    kinds = {code: session.get(Category, code) for code in {row.category_code for row in listed}}
    codes = {code for row in listed for code in row.place_path.split("/")}
    areas = areas_by_codes(session, codes)
    texts = _public_texts(session, district, [row.id for row in listed])
    found = {
        row.id: findable(row, kinds[row.category_code], areas, texts.get(row.id, []))
        for row in listed
    }
    _put(session, district, ids, found)


def findable(
    case: Row[*tuple[Any, ...]],
    category: Category | None,
    areas: Mapping[str, AreaRow],
    texts: Iterable[tuple[TextKind, str]],
) -> Findable:
    """The one decision on what a case can be found by. Pure; ``texts`` are checked ones."""
    publicity = Publicity(category.target, category.place_precision) if category else STRICTEST
    codes = public_codes(case.place_path, publicity)
    known = [areas[code] for code in codes if code in areas]
    point = _point(case.lon, case.lat)
    shown = public_point(publicity, point, _label_point(known))
    facets = [facet("a", area.code) for area in known]
    facets += [facet("c", case.category_code), facet("s", case.state.value), *_tiles(shown)]
    # what its kind is called is looked up when somebody searches: queries/called.py
    names = _area_words(known)
    words = [text for kind, text in texts if _may_be_found(kind, publicity)]
    return Findable(shown, stream(words, facets, names=names))


def _may_be_found(kind: TextKind, publicity: Publicity) -> bool:
    """Words the page shows: none at all where law P5 forbids it."""
    if publicity.protected:
        return False
    return kind in FINDABLE or (kind is TextKind.PLACE and publicity.place_words)


def reindex_cases(session: Session, after: str) -> str | None:
    """Index the next batch of listed cases; returns where to go on, or None at the end.

    ``after`` is empty at the start, and otherwise what the batch before returned.
    """
    statement = select(Case.district, Case.id).where(Case.listed).order_by(Case.district, Case.id)
    if after:
        district, _, number = after.partition("/")
        case_id = UUID(number)
        statement = statement.where(
            (Case.district > district) | ((Case.district == district) & (Case.id > case_id))
        )
    rows = session.execute(statement.limit(BATCH)).all()
    index_cases(session, cast("list[HasCaseKey]", rows))
    return f"{rows[-1].district}/{rows[-1].id}" if len(rows) == BATCH else None


def _label_point(areas: Sequence[AreaRow]) -> tuple[float, float] | None:
    """The label of the finest public place that has one; never finer than a community."""
    known = [a for a in areas if a.lon is not None and a.lat is not None and a.code.isdecimal()]
    finest = max(known, key=lambda area: len(area.path), default=None)
    if finest is None or finest.lon is None or finest.lat is None:
        return None
    return finest.lon, finest.lat


def _tiles(point: tuple[float, float] | None) -> list[str]:
    if point is None:
        return []
    return [facet("t", tile_name(zoom, *tile(*point, zoom))) for zoom in TILE_ZOOMS]


def _area_words(areas: Iterable[AreaRow]) -> list[str]:
    return [name for area in areas for name in dict.fromkeys(area.names.values())]


def _public_texts(
    session: Session, district: str, ids: Sequence[UUID]
) -> dict[UUID, list[tuple[TextKind, str]]]:
    """The checked words of cases, in the order in which they were written."""
    rows = session.execute(
        select(CaseText.case_id, CaseText.kind, CaseText.public_text)
        .where(
            CaseText.district == district,
            CaseText.case_id.in_(ids),
            CaseText.review == Review.APPROVED,
            CaseText.public_text.is_not(None),
        )
        .order_by(CaseText.id)
    )
    found: dict[UUID, list[tuple[TextKind, str]]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append((row.kind, row.public_text))
    return found


def _put(
    session: Session, district: str, ids: Sequence[UUID], found: Mapping[UUID, Findable]
) -> None:
    """Replace what is kept of cases; those that are not found any more are dropped."""
    mine = and_(CaseSearch.district == district, CaseSearch.case_id.in_(ids))
    kept = session.execute(
        select(CaseSearch.case_id, CaseSearch.key, CaseSearch.lon, CaseSearch.lat).where(mine)
    ).all()
    keys = {row.case_id: row.key for row in kept}
    if keys:
        session.execute(delete(CaseSearch).where(mine))
    before = {row.case_id: _point(row.lon, row.lat) for row in kept}
    note_moves(session, before, {case_id: one.point for case_id, one in found.items()})
    keys |= _free_keys(session, [case_id for case_id in found if case_id not in keys])
    rows = []
    for case_id, one in found.items():
        lon, lat = one.point or (None, None)
        rows.append(
            {"key": keys[case_id], "district": district, "case_id": case_id, "lon": lon,
             "lat": lat, "words": one.words}
        )  # fmt: skip
    if rows:
        session.execute(insert(cast("Table", CaseSearch.__table__)), rows)


def _point(lon: float | None, lat: float | None) -> tuple[float, float] | None:
    return None if lon is None or lat is None else (lon, lat)


def _free_keys(session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Keys that order like the cases' ids and that nobody holds."""
    wanted = {case_id: sort_key(case_id) for case_id in ids}
    known = select(CaseSearch.key).where(CaseSearch.key.in_(wanted.values()))
    taken, free = set(session.scalars(known)), {}
    for case_id, key in wanted.items():
        free[case_id] = _next_free(session, key, taken) if key in taken else key
        taken.add(free[case_id])
    return free


def _next_free(session: Session, key: int, taken: set[int]) -> int:
    """The key after one of a case that was filed in the same fraction of a microsecond."""
    while key in taken or session.get(CaseSearch, key) is not None:
        key += 1
    return key
