"""Reads of anonymised releases, and of the ratings that the next one counts."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Float,
    Integer,
    String,
    cast,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.areas.rules import tidy_names
from portal.satisfaction.models import (
    MonthFigure,
    Rating,
    ReleaseBudget,
    ReleaseCell,
    SatisfactionRelease,
)
from portal.satisfaction.rules import SubjectKind
from portal.satisfaction.rules.files import FILE_COLUMNS
from portal.satisfaction.rules.rebuild import SPANS
from portal.satisfaction.rules.release import CATEGORY, YEAR_MILLI, Rated

FETCHED = 10_000


@dataclass(frozen=True)
class ReleaseLine:
    """A release as lists name it. ``newest``: no correction came after it."""

    slug: str
    month: str
    kind: SubjectKind
    version: int
    reason: str | None
    satisfied_levels: int
    window_days: int
    released_at: datetime
    digest: str
    newest: bool = True


_LINE = (
    SatisfactionRelease.slug, SatisfactionRelease.month, SatisfactionRelease.subject_kind,
    SatisfactionRelease.version, SatisfactionRelease.reason, SatisfactionRelease.satisfied_levels,
    SatisfactionRelease.window_days, SatisfactionRelease.released_at, SatisfactionRelease.digest,
)  # fmt: skip


def releases(session: Session) -> list[ReleaseLine]:
    """Every release, the newest month first; of a month the last correction first."""
    order = (
        SatisfactionRelease.month.desc(),
        SatisfactionRelease.subject_kind,
        SatisfactionRelease.version.desc(),
    )
    seen: set[tuple[str, SubjectKind]] = set()
    found = []
    for row in session.execute(select(*_LINE).order_by(*order)):
        key = (row.month, row.subject_kind)
        found.append(ReleaseLine(*row, newest=key not in seen))
        seen.add(key)
    return found


def release(session: Session, slug: str) -> ReleaseLine | None:
    """A release by the last part of its address."""
    row = session.execute(select(*_LINE).where(SatisfactionRelease.slug == slug)).first()
    if row is None:
        return None
    last = newest_of(session, row.subject_kind, row.month)
    return ReleaseLine(*row, newest=last is None or last[0] == slug)


def newest_of(session: Session, kind: SubjectKind, month: str) -> tuple[str, int] | None:
    """The slug and version of a month's last release of a kind."""
    columns = (SatisfactionRelease.slug, SatisfactionRelease.version)
    mine = (SatisfactionRelease.subject_kind == kind, SatisfactionRelease.month == month)
    order = SatisfactionRelease.version.desc()
    row = session.execute(select(*columns).where(*mine).order_by(order).limit(1)).first()
    return (row.slug, row.version) if row else None


_FILES = {name: getattr(SatisfactionRelease, column) for name, column in FILE_COLUMNS.items()}


def release_file(session: Session, slug: str, name: str) -> str | None:
    """One file of a release, as it was published."""
    column = _FILES.get(name)
    if column is None:
        return None
    return session.scalar(select(column).where(SatisfactionRelease.slug == slug))


def ratings_to_count(session: Session, kind: SubjectKind, month: str) -> Iterator[Rated]:
    """The bound ratings of a month and kind, one by one; a city has millions."""
    columns = (
        cast(Rating.unit_key, String), cast(Rating.id, String), Rating.place_path,
        Rating.category_code, Rating.result_level, type_coerce(Rating.solved, Integer),
    )  # fmt: skip
    mine = (Rating.subject_kind == kind, Rating.month == month, Rating.unit_key.is_not(None))
    # the connection's own rows, many at a time and none converted: a release reads a million
    found: Any = session.connection().execute(
        select(*columns).where(*mine), execution_options={"yield_per": FETCHED}
    )
    for rows in found.partitions():
        yield from rows


def first_counted_month(session: Session) -> str | None:
    """The month of the first rating that a release can count, also when it is deleted by now: then
    its month was released."""
    there = select(func.min(Rating.month)).where(Rating.unit_key.is_not(None))
    months = (session.scalar(there), session.scalar(select(func.min(SatisfactionRelease.month))))
    return min((month for month in months if month is not None), default=None)


def first_released_at(session: Session, kind: SubjectKind, month: str) -> datetime | None:
    """When a month of a kind was released, before any correction."""
    of = SatisfactionRelease
    mine = (of.subject_kind == kind, of.month == month)
    return session.scalar(select(of.released_at).where(*mine).order_by(of.version).limit(1))


def corrections_of(session: Session, kind: SubjectKind, year: int) -> int:
    """How many months of a year were corrected, each time counted."""
    mine = (
        SatisfactionRelease.subject_kind == kind,
        SatisfactionRelease.version > 1,
        SatisfactionRelease.month.startswith(f"{year:04d}-"),
    )
    return session.scalar(select(func.count()).where(*mine)) or 0


def released_of(session: Session, kind: SubjectKind) -> set[str]:
    """The months of a kind that have a release."""
    mine = SatisfactionRelease.subject_kind == kind
    return set(session.scalars(select(SatisfactionRelease.month).where(mine)))


def budget_left(session: Session, kind: SubjectKind, year: int) -> int:
    """What a year has left for a kind, in thousandths of ε."""
    mine = (ReleaseBudget.subject_kind == kind, ReleaseBudget.year == f"{year:04d}")
    spent = session.scalar(select(ReleaseBudget.spent_milli).where(*mine))
    return YEAR_MILLI - (spent or 0)


def names_of_places(session: Session) -> dict[str, Mapping[str, str]]:
    """The names of every place there ever was, by path."""
    columns = (Area.path, Area.name_zh_hans, Area.name_zh_hant, Area.name_en)
    return {
        path: tidy_names({"zh_Hans": hans, "zh_Hant": hant, "en": english})
        for path, hans, hant, english in session.execute(select(*columns))
    }


# --- cells ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """A row of a release's table; what is withheld is None."""

    slug: str
    span: str
    level: str
    code: str
    path: str
    parent_level: str | None
    parent_code: str | None
    closed: int | None
    look_at: str | None
    answered: int | None
    satisfied: int | None
    solved: int | None
    satisfied_share: float | None
    satisfied_low: float | None
    satisfied_high: float | None
    solved_share: float | None
    solved_low: float | None
    solved_high: float | None
    mean_score: float | None
    response_rate: float | None
    weighted_share: float | None
    noise_scale: float
    effective_n: int | None
    names: Mapping[str, str]

    @property
    def published(self) -> bool:
        return self.answered is not None

    @property
    def satisfied_range(self) -> tuple[float, float, float] | None:
        """The satisfied share between the ends of its range (lower, share, upper)."""
        low, share, high = self.satisfied_low, self.satisfied_share, self.satisfied_high
        return None if low is None or share is None or high is None else (low, share, high)

    @property
    def rest(self) -> bool:
        """Whether it counts what lies elsewhere in a place, or other kinds of problems."""
        return self.code.endswith("*")


_PLAIN = tuple(name for name in Cell.__dataclass_fields__ if name != "names")
_NAMES = (ReleaseCell.name_zh_hans, ReleaseCell.name_zh_hant, ReleaseCell.name_en)


def cells(session: Session, slug: str, *conditions: Any) -> list[Cell]:
    """The rows of a release in the order of its table."""
    columns = (*(getattr(ReleaseCell, name) for name in _PLAIN), *_NAMES)
    mine = select(*columns).where(ReleaseCell.slug == slug, *conditions)
    return [_cell(row) for row in session.execute(mine.order_by(ReleaseCell.position))]


def cells_of_months(
    session: Session, months: Collection[str], paths: Collection[str]
) -> list[tuple[str, Cell]]:
    """Rows of each month's newest release about matters, with the month: those of the whole, of
    some places, and of kinds of problems. One query."""
    of = SatisfactionRelease
    places = or_(ReleaseCell.parent_code.is_(None), ReleaseCell.path.in_(paths))
    newest = (
        select(of.month, func.max(of.version).label("version"))
        .where(of.subject_kind == SubjectKind.CASE, of.month.in_(months))
        .group_by(of.month)
        .subquery()
    )
    chosen = (of.month == newest.c.month) & (of.version == newest.c.version)
    columns = (of.month, *(getattr(ReleaseCell, name) for name in _PLAIN), *_NAMES)
    rows = session.execute(
        select(*columns)
        .join(of, of.slug == ReleaseCell.slug)
        .join(newest, chosen)
        .where(of.subject_kind == SubjectKind.CASE, or_(ReleaseCell.level == CATEGORY, places))
    )
    return [(row.month, _cell(row)) for row in rows]


def _cell(row: Any) -> Cell:
    names = {"zh_Hans": row.name_zh_hans, "zh_Hant": row.name_zh_hant, "en": row.name_en}
    return Cell(**{name: getattr(row, name) for name in _PLAIN}, names=tidy_names(names))


@dataclass(frozen=True)
class ReleasePage:
    """A place in a release: its month and quarter, what lies in it, and the kinds of problems."""

    release: ReleaseLine
    place: Cell
    quarter: Cell | None
    rows: tuple[Cell, ...]
    kinds: tuple[Cell, ...]
    linked: frozenset[str]
    above: Cell | None
    quarters: Mapping[tuple[str, str], Cell]


def release_page(session: Session, line: ReleaseLine, code: str | None) -> ReleasePage | None:
    """A release at a place (None: the whole city); None where there is no such place."""
    wanted = ReleaseCell.code == code if code is not None else ReleaseCell.parent_code.is_(None)
    own = cells(session, line.slug, wanted, ReleaseCell.level != CATEGORY)
    if not own:
        return None
    place, quarter = own[0], own[1] if len(own) > 1 else None
    mine = (ReleaseCell.parent_level == place.level, ReleaseCell.parent_code == place.code)
    found = cells(session, line.slug, *mine)
    below = [row for row in found if row.span == place.span]
    rows = tuple(row for row in below if row.level != CATEGORY)
    return ReleasePage(
        line, place, quarter, rows, tuple(row for row in below if row.level == CATEGORY),
        _with_more(session, line.slug, rows), _above(session, line.slug, place),
        {(row.level, row.code): row for row in found if row.span != place.span},
    )  # fmt: skip


def _with_more(session: Session, slug: str, rows: Sequence[Cell]) -> frozenset[str]:
    """The codes of those rows that have rows below them."""
    level = rows[0].level if rows else ""
    codes = select(ReleaseCell.parent_code).where(
        ReleaseCell.slug == slug,
        ReleaseCell.parent_level == level,
        ReleaseCell.parent_code.in_([row.code for row in rows]),
    )
    return frozenset(code for code in session.scalars(codes.distinct()) if code is not None)


def _above(session: Session, slug: str, place: Cell) -> Cell | None:
    if place.parent_code is None:
        return None
    wanted = (ReleaseCell.level == place.parent_level, ReleaseCell.code == place.parent_code)
    return cells(session, slug, *wanted)[0]


def heads(session: Session, slugs: Sequence[str]) -> dict[str, Cell]:
    """The row of the whole city in each of some releases, by slug: one query."""
    columns = (*(getattr(ReleaseCell, name) for name in _PLAIN), *_NAMES)
    whole = (ReleaseCell.parent_code.is_(None), ReleaseCell.span == SPANS[0])
    found = session.execute(select(*columns).where(ReleaseCell.slug.in_(slugs), *whole))
    return {row.slug: _cell(row) for row in found}


def past_of(
    session: Session, line: ReleaseLine, path: str, months: int = 12
) -> list[tuple[str, Cell]]:
    """(month, row) of a place in the newest releases of a kind up to a month, the last first."""
    columns = (*(getattr(ReleaseCell, name) for name in _PLAIN), *_NAMES)
    rows = session.execute(
        select(SatisfactionRelease.month, *columns)
        .join(ReleaseCell, ReleaseCell.slug == SatisfactionRelease.slug)
        .where(
            SatisfactionRelease.subject_kind == line.kind,
            SatisfactionRelease.month <= line.month,
            ReleaseCell.path == path,
            ReleaseCell.span == SPANS[0],
        )
        .order_by(SatisfactionRelease.version)
    )
    newest = {row.month: _cell(row) for row in rows}
    return sorted(newest.items(), reverse=True)[:months]


@dataclass(frozen=True)
class PlaceMonth:
    """A place's own figures in the newest release of a month, or in the first table."""

    month: str
    slug: str
    satisfied_share: float | None


def months_at(session: Session, path: str, limit: int = 12) -> list[PlaceMonth]:
    """How content people were in a place with what was done about reports, the newest month first.

    Months of the first table are among them.
    """
    releases = (
        select(
            SatisfactionRelease.month, SatisfactionRelease.slug,
            SatisfactionRelease.version, ReleaseCell.satisfied_share,
        )
        .join(ReleaseCell, ReleaseCell.slug == SatisfactionRelease.slug)
        .where(
            SatisfactionRelease.subject_kind == SubjectKind.CASE,
            ReleaseCell.path == path,
            ReleaseCell.span == SPANS[0],
        )
    )  # fmt: skip
    # where nobody answered, there is no share
    answered = func.nullif(MonthFigure.answered, 0)
    first_table = select(
        MonthFigure.month, MonthFigure.month, literal(0),
        cast(MonthFigure.satisfied, Float) / answered,
    ).where(MonthFigure.path == path)  # fmt: skip
    both = union_all(releases, first_table).subquery("both")
    rows = session.execute(select(both).order_by(both.c.version))
    newest = {row[0]: PlaceMonth(row[0], row[1], row[3]) for row in rows}
    return sorted(newest.values(), key=lambda one: one.month, reverse=True)[:limit]
