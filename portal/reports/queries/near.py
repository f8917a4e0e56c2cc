"""A few matters of a place and of the places around it, for pages that show some: one query.

What was settled and what is new, of each place the newest first; wider places come along, so that
a page can fall back to them where there is little.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, literal_column, select, union_all
from sqlalchemy.orm import Session

from portal.reports.models import Case, CasePhoto, CaseSearch
from portal.reports.queries.desk import inside
from portal.reports.queries.public import (
    PAGE_COLUMNS,
    KindRow,
    PublicRow,
    checked_photo,
    decorated,
    from_index,
    public_row,
)
from portal.reports.rules.codes import PhotoKind, State
from portal.reports.rules.listing import Filters

SETTLED, NEWEST = 12, 8


@dataclass(frozen=True)
class NearRow:
    """One matter, with the photo of its result and the point that the public may know."""

    case: PublicRow
    after: str | None
    point: tuple[float, float] | None

    @property
    def pair(self) -> bool:
        """Whether there is a photo from before and one from after."""
        return bool(self.case.photo and self.after)


@dataclass(frozen=True)
class Near:
    """The newest matters of one place: the settled ones, and all."""

    settled: list[NearRow]
    newest: list[NearRow]


def near(
    session: Session,
    paths: Sequence[str | None],
    known: Mapping[str, KindRow],
    *,
    settled: int = SETTLED,
    newest: int = NEWEST,
) -> list[Near]:
    """The newest listed matters of some places (None: of the city), in one query."""
    parts = []
    for at, path in enumerate(paths):
        for side, states, limit in ((0, (State.CLOSED,), settled), (1, (), newest)):
            page = _page(session, path, states, limit, known).subquery()
            parts.append(select(literal_column(str(2 * at + side)).label("part"), page))
    page = union_all(*parts).subquery("page")
    found = session.execute(_with_results(page)).all()
    by_part: list[list[NearRow]] = [[] for _ in parts]
    for row in found:
        by_part[row.part].append(_near_row(row, known.get(row.category_code)))
    return [Near(*pair) for pair in zip(by_part[::2], by_part[1::2], strict=True)]


def _page(
    session: Session,
    path: str | None,
    states: tuple[State, ...],
    limit: int,
    known: Mapping[str, KindRow],
) -> Any:
    """The newest of a place: by its facet on SQLite, by its path on PostgreSQL.

    PostgreSQL cannot know that a facet and the newest go together; of paths it has statistics.
    """
    codes = [code for code in (path or "").split("/") if code]
    if path is not None and session.get_bind().dialect.name == "sqlite":
        statement, key = from_index(session, Filters(area=codes[-1], states=states), None)
        return statement.with_only_columns(*PAGE_COLUMNS).order_by(key.desc()).limit(limit)
    conditions: list[ColumnElement[bool]] = [Case.listed.expression]
    conditions += [Case.state == state for state in states]
    if path is not None:
        conditions.append(inside(path))
        if not codes[-1].isdecimal():
            # below the community only what is public to the spot may be told apart
            exact = [kind.code for kind in known.values() if kind.publicity.place_words]
            conditions.append(Case.category_code.in_(exact))
    return select(*PAGE_COLUMNS).where(*conditions).order_by(Case.id.desc()).limit(limit)


def _with_results(page: Any) -> Any:
    """The rows with words and photos, the photo of the result, and the public point."""
    after = checked_photo(page, PhotoKind.AFTER, CasePhoto.id.desc())
    shown = and_(CaseSearch.district == page.c.district, CaseSearch.case_id == page.c.id)
    return (
        decorated(page)
        .add_columns(after.label("after"), CaseSearch.lon, CaseSearch.lat)
        .join_from(page, CaseSearch, shown, isouter=True)
    )


def _near_row(row: Any, kind: KindRow | None) -> NearRow:
    case = public_row(row, kind)
    protected = kind is None or kind.publicity.protected
    point = None if row.lon is None or row.lat is None else (row.lon, row.lat)
    return NearRow(case, None if protected else row.after, point)
