"""``python -m bench.finding``: search, map and deep pages beside what they spare; no server.

Each figure compares two statements in turn in one run: the portal's own and the plain one that
needs nothing kept. What a search finds is also held against a scan of the words: the same reports.
"""

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, cast, func, or_, select
from sqlalchemy.orm import Session

from bench.__main__ import Bench, table
from bench.measures import DEEP, Figure
from bench.plant import TAGS, deep_number
from portal.areas.models import Area
from portal.reports.models import Case, CaseSearch, CaseText, Category
from portal.reports.queries.cells import counts_in
from portal.reports.queries.pins import pins
from portal.reports.queries.public import from_index, kinds, public_page
from portal.reports.rules.cells import window
from portal.reports.rules.listing import Asked, Filters, read_filters
from portal.reports.rules.publicity import Box
from portal.site.demo.words import load_words

RARE = 1_000
PINS = 3_600


def _in_turn(rounds: int, *acts: Callable[[], object]) -> list[float]:
    """The median seconds of each, done in turn; the first round warms."""
    found: list[list[float]] = [[] for _ in acts]
    for at in range(rounds + 1):
        for act, taken in zip(acts, found, strict=True):
            start = time.perf_counter()
            act()
            if at:
                taken.append(time.perf_counter() - start)
    return [median(taken) for taken in found]


def _filters(q: str) -> Filters:
    filters, problems = read_filters(Asked(q=q))
    if problems:
        raise SystemExit(f"the bench asks for what cannot be found: {problems}")
    return filters


def _scan(session: Session, q: str) -> set[UUID]:
    """Every report with these very characters in its public words."""
    found = select(CaseText.case_id).where(CaseText.public_text.contains(q, autoescape=True))
    return set(session.scalars(found))


def _by_index(session: Session, q: str) -> set[UUID]:
    statement, _ = from_index(session, _filters(q), None)
    return set(session.scalars(statement.with_only_columns(Case.id)))


def _named(session: Session, q: str) -> set[UUID]:
    """Every report whose kind or place is called so, in any of its names."""
    kinds_so = [
        category.code
        for category in session.scalars(select(Category))
        if any(q in name for name in called(category) if name)
    ]
    places_so = [
        Case.place_path.startswith(area.path)
        for area in session.scalars(select(Area))
        if any(q in name for name in (area.name_zh_hans, area.name_zh_hant, area.name_en) if name)
    ]
    wide = or_(Case.category_code.in_(kinds_so), *places_so)
    return set(session.scalars(select(Case.id).where(wide)))


def called(category: Category) -> list[str | None]:
    """What a kind is called: its names and synonyms."""
    names = (category.name_zh_Hans, category.name_zh_Hant, category.name_en, category.name_khb)
    return [*names, category.synonyms]


def searches(engine: str, session: Session, rounds: int) -> list[Figure]:
    """One, two and eight characters, and a number that few reports have."""
    sentence = load_words().reports["street_lamp"][0]
    found = []
    for q in (sentence[0], sentence[:2], sentence[:8], f"{TAGS // 2:05}"):
        hits, by_index = _scan(session, q), _by_index(session, q)
        # a search also finds what kinds and places are called; the scan reads words alone
        if hits - by_index or by_index - hits - _named(session, q):
            raise SystemExit(f"{q}: {len(by_index)} found, {len(hits)} scanned")
        found.append(_search(engine, session, q, len(by_index), rounds))
    return found


def _search(engine: str, session: Session, q: str, hits: int, rounds: int) -> Figure:
    known, filters = kinds(session), _filters(q)

    def page(asked: Filters) -> Callable[[], object]:
        return lambda: public_page(session, asked, known)

    searched, first, scanned = _in_turn(
        rounds, page(filters), page(Filters()), lambda: _scan(session, q)
    )
    words = f"{searched * 1000:.1f}, {first * 1000:.1f} and {scanned * 1000:.0f} ms; "
    what, more = f"{len(q)} characters, {engine}", f"{hits:,} reports"
    if hits < RARE:
        ratio = scanned / searched
        return Figure(f"scan ÷ search, {what}", ratio, 100, at_most=False, context=words + more)
    return Figure(f"search ÷ first list page, {what}", searched / first, 10, context=words + more)


def _whole(session: Session) -> Box:
    edges = (func.min(CaseSearch.lon), func.min(CaseSearch.lat))
    ends = (func.max(CaseSearch.lon), func.max(CaseSearch.lat))
    west, south, east, north = session.execute(select(*edges, *ends)).one()
    return Box(west - 0.01, south - 0.01, east + 0.01, north + 0.01)


def clusters(engine: str, session: Session, rounds: int) -> list[Figure]:
    """The city in squares, from the kept counts and by GROUP BY; and a window with many pins."""
    box = _whole(session)
    on = window(box, whole=True)
    if on is None:
        raise SystemExit("the city is too small for squares")
    width, height = (box.east - box.west) / 9, (box.north - box.south) / 9
    column: Any = cast((CaseSearch.lon - box.west) / width, Integer)
    row: Any = cast((CaseSearch.lat - box.south) / height, Integer)
    grouped = select(column, row, func.count()).where(CaseSearch.lon.is_not(None))

    def group() -> list[Any]:
        return list(session.execute(grouped.group_by(column, row)).all())

    kept = sum(counts_in(session, on).values())
    counted = sum(found[2] for found in group())
    if kept != counted:
        raise SystemExit(f"{kept} points are kept, {counted} are there")
    by_count, by_group, drawn = _in_turn(
        rounds,
        lambda: counts_in(session, on),
        group,
        lambda: pins(session, Filters(), box, everywhere=True),
    )
    context = f"{by_group * 1000:.0f} and {by_count * 1000:.2f} ms; {kept:,} points"
    return [
        Figure(f"GROUP BY ÷ kept counts of the city, {engine}", by_group / by_count, 1000,
               at_most=False, context=context),
        Figure(f"the city as it is drawn, {engine}", drawn * 1000, unit="ms"),
        _pinned(engine, session, rounds),
    ]  # fmt: skip


def _pinned(engine: str, session: Session, rounds: int) -> Figure:
    """A window that holds some 3,600 reports."""
    lon, lat = session.execute(select(CaseSearch.lon, CaseSearch.lat).limit(1)).one()
    half, held, box = 0.0005, 0, Box(lon, lat, lon + 1e-6, lat + 1e-6)
    while held < PINS:
        box = Box(lon - half, lat - half, lon + half, lat + half)
        wide = CaseSearch.lon.between(box.west, box.east)
        tall = CaseSearch.lat.between(box.south, box.north)
        counted = select(func.count()).select_from(CaseSearch).where(wide, tall)
        held = session.scalar(counted) or 0
        half *= 1.4
    [taken] = _in_turn(rounds, lambda: pins(session, Filters(box=box), box))
    return Figure(f"a window with {held:,} reports, {engine}", taken * 1000, unit="ms")


def deep(engine: str, session: Session, rounds: int) -> Figure:
    """The page after nine tenths of the list, beside the first."""
    known, before = kinds(session), deep_number(session, DEEP)
    far, first = _in_turn(
        rounds,
        lambda: public_page(session, Filters(), known, before=before),
        lambda: public_page(session, Filters(), known),
    )
    context = f"{far * 1000:.1f} and {first * 1000:.1f} ms"
    return Figure(f"deep page ÷ first page, queries, {engine}", far / first, 1.5, context=context)


def main() -> None:
    parser = ArgumentParser(prog="python -m bench.finding", description=__doc__)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/gongzhi-bench"))  # noqa: S108 a bench
    parser.add_argument("--postgres")
    parser.add_argument("--sqlite-only", action="store_true")
    options: Namespace = parser.parse_args()
    figures: list[Figure] = []
    with ExitStack() as stack:
        bench = Bench(options, stack)
        for engine in bench.engines():
            database = bench.place(engine, options.large).open()
            with database.read() as session:
                figures += searches(engine, session, options.rounds)
                figures += clusters(engine, session, options.rounds)
                figures.append(deep(engine, session, options.rounds))
            database.dispose()
    print(table(figures))


if __name__ == "__main__":
    main()
