"""What the public sees: the list, one page of it at the same cost wherever it starts.

Simple lists follow an index of the cases' own table; the others follow the search index, in the
order of the keys. Never a count, never an OFFSET, never an order by rank.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    bindparam,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from portal.areas.rules import tidy_names
from portal.kernel.db import once
from portal.kernel.ids import clean_number
from portal.kernel.search import (
    Wanted,
    fts_table,
    postgres_match,
    sqlite_match,
    sqlite_matches,
    sqlite_question,
)
from portal.kernel.tokens import facet
from portal.reports.models import Case, CasePhoto, CaseSearch, CaseText, Category
from portal.reports.queries.called import wanted_words
from portal.reports.rules.codes import PhotoKind, Review, State, TextKind
from portal.reports.rules.listing import PAGE, Filters
from portal.reports.rules.publicity import (
    STRICTEST,
    Publicity,
    TimePrecision,
    public_codes,
    tile_name,
    tiles_over,
)

EXCERPT = 90
# made once: an alias costs more than the query it serves
_LAST, _LAST_SHOWN = aliased(Case), aliased(CaseSearch)


@dataclass(frozen=True)
class KindRow:
    """A category as the public list needs it."""

    code: str
    group: str
    names: Mapping[str, str]
    publicity: Publicity


@dataclass(frozen=True)
class PublicRow:
    """One line of the public list: nothing in it that the public may not know."""

    number: str
    state: State
    urgent: bool
    kind: KindRow | None
    found_at: datetime
    closed_at: datetime | None
    codes: tuple[str, ...]
    excerpt: str | None
    photo: str | None

    @property
    def timed(self) -> bool:
        """Whether the public may know the day."""
        return self.kind is not None and self.kind.publicity.time is not TimePrecision.MONTH


@dataclass(frozen=True)
class PublicPage:
    """A page of the list, and the number after which the next one begins."""

    rows: list[PublicRow]
    next_before: str | None


PAGE_COLUMNS = (
    Case.district,
    Case.id,
    Case.number,
    Case.state,
    Case.urgent,
    Case.category_code,
    Case.place_path,
    Case.found_at,
    Case.closed_at,
)


# statements that never change are put together once: that costs more than to run them
KIND_COLUMNS = (
    Category.code,
    Category.group,
    Category.name_zh_Hans,
    Category.name_zh_Hant,
    Category.name_en,
    Category.name_khb,
    Category.target,
    Category.place_precision,
)
_KINDS = select(*KIND_COLUMNS).order_by(Category.position, Category.code)


def kinds(session: Session) -> dict[str, KindRow]:
    """All categories in their order; ended ones too, because old cases have them."""
    return once(
        session, KindRow, lambda: {row.code: kind_row(row) for row in session.execute(_KINDS)}
    )


def kind_row(row: Any) -> KindRow:
    """One category from its ``KIND_COLUMNS``."""
    code, group, *called, target, precision = row
    names = dict(zip(("zh_Hans", "zh_Hant", "en", "khb"), called, strict=True))
    return KindRow(code, group, tidy_names(names), Publicity(target, precision))


def is_in_list(session: Session, number: str) -> bool:
    """Whether a list can go on after this number."""
    known = clean_number(number)
    found = select(Case.id).where(Case.number == known, Case.listed)
    return known is not None and session.scalar(found) is not None


def public_page(
    session: Session,
    filters: Filters,
    known_kinds: Mapping[str, KindRow],
    *,
    before: str | None = None,
    size: int = PAGE,
) -> PublicPage:
    """The newest listed cases that match, older than ``before``, in one query."""
    values = {"before": before} if before else {}
    if filters.simple:
        statement = _simple_page(filters, size + 1, goes_on=before is not None)
    elif session.get_bind().dialect.name == "sqlite" and not filters.box:
        statement = _matched_page(filters.states, size + 1, goes_on=before is not None)
        values["question"] = sqlite_question(*_wanted(session, filters))
    else:
        statement = decorated(_from_both(session, filters, before, size + 1))
    found = session.execute(statement, values).all()
    rows = [public_row(row, known_kinds.get(row.category_code)) for row in found[:size]]
    return PublicPage(rows, rows[-1].number if len(found) > size else None)


@lru_cache(maxsize=256)
def _simple_page(filters: Filters, limit: int, *, goes_on: bool) -> Select[*tuple[Any, ...]]:
    """A page by an index of the cases' own table; no words that somebody typed are in it."""
    return decorated(_from_cases(filters, limit, goes_on=goes_on).subquery("page"))


@lru_cache(maxsize=256)
def _matched_page(
    states: tuple[State, ...], limit: int, *, goes_on: bool
) -> Select[*tuple[Any, ...]]:
    """A page by SQLite's full-text index; what is looked for comes as ``question``."""
    name = CaseSearch.__tablename__
    key = fts_table(name).c.rowid
    before: BindParameter[str] | None = bindparam("before") if goes_on else None
    asked = sqlite_matches(name, bindparam("question"))
    statement = _listed_by(key, [asked, *_rechecks(Filters(states=states))], before)
    statement = statement.with_only_columns(*PAGE_COLUMNS).order_by(key.desc()).limit(limit)
    return decorated(statement.subquery("page"))


def _from_both(session: Session, filters: Filters, before: str | None, limit: int) -> Subquery:
    """The keys and columns of one page by the search index."""
    statement, key = from_index(session, filters, before)
    statement = statement.with_only_columns(*PAGE_COLUMNS).order_by(key.desc()).limit(limit)
    return statement.subquery("page")


def _from_cases(filters: Filters, limit: int, *, goes_on: bool) -> Select[*tuple[Any, ...]]:
    conditions: list[ColumnElement[bool]] = [Case.listed.expression]
    if goes_on:
        last = select(_LAST.id).where(_LAST.number == bindparam("before"), _LAST.listed)
        conditions.append(Case.id < last.scalar_subquery())
    if filters.category:
        conditions.append(Case.category_code == filters.category)
    each = [Case.state == state for state in filters.states]
    each += [Case.category_code == code for code in filters.kinds]
    if len(each) < 2:
        return _ordered([*conditions, *each], limit)
    # an index gives the order for one of them only: take a page of each, then the newest of these
    pages = [_ordered([*conditions, one], limit).subquery() for one in each]
    merged = union_all(*(select(page) for page in pages)).subquery()
    return select(merged).order_by(merged.c.id.desc()).limit(limit)


def _ordered(conditions: Sequence[ColumnElement[bool]], limit: int) -> Select[*tuple[Any, ...]]:
    return select(*PAGE_COLUMNS).where(*conditions).order_by(Case.id.desc()).limit(limit)


def from_index(
    session: Session, filters: Filters, before: str | None
) -> tuple[Select[*tuple[Any, ...]], ColumnElement[int]]:
    """Listed cases that match, by the search index, and the column that orders them."""
    words, any_of = _wanted(session, filters)
    by_fts = bool(words or any_of) and session.get_bind().dialect.name == "sqlite"
    index = fts_table(CaseSearch.__tablename__)
    # FTS5 walks its own rows from the newest; ordering by anything else would sort all matches
    key: ColumnElement[int] = index.c.rowid if by_fts else CaseSearch.key.expression
    conditions = _rechecks(filters)
    if by_fts:
        conditions.append(sqlite_match(CaseSearch.__tablename__, words, any_of))
    elif words or any_of:
        conditions.append(postgres_match(CaseSearch.words, words, any_of))
    return _listed_by(key, conditions, before), key


def _listed_by(
    key: ColumnElement[int],
    conditions: Sequence[ColumnElement[bool]],
    before: str | BindParameter[str] | None,
) -> Select[*tuple[Any, ...]]:
    """Listed cases of the search index, which is walked by this key; older than ``before``."""
    statement = select(key)
    if key is not CaseSearch.key.expression:
        statement = statement.join(CaseSearch, CaseSearch.key == key)
    statement = statement.join(
        Case, and_(Case.district == CaseSearch.district, Case.id == CaseSearch.case_id)
    )
    older = [] if before is None else [key < _key_of(before)]
    return statement.where(Case.listed.expression, *conditions, *older)


def _key_of(number: str | BindParameter[str]) -> ScalarSelect[int]:
    """Where a listed case stands in the index; part of the page's own query."""
    same = and_(_LAST.district == _LAST_SHOWN.district, _LAST.id == _LAST_SHOWN.case_id)
    return select(_LAST_SHOWN.key).join(_LAST, same).where(_LAST.number == number).scalar_subquery()


def _rechecks(filters: Filters) -> list[ColumnElement[bool]]:
    """What the facets only narrow down, or may be a step behind in."""
    found: list[ColumnElement[bool]] = []
    if filters.states:
        found.append(Case.state.in_(filters.states))
    if filters.box:
        box = filters.box
        found.append(CaseSearch.lon.between(box.west, box.east))
        found.append(CaseSearch.lat.between(box.south, box.north))
    return found


def _wanted(session: Session, filters: Filters) -> tuple[list[str | Wanted], list[list[str]]]:
    """Phrases and facets that must all be there, and groups of which one must be."""
    words: list[str | Wanted] = list(wanted_words(session, filters.phrases))
    if filters.area:
        words.append(facet("a", filters.area))
    if filters.category:
        words.append(facet("c", filters.category))
    any_of = []
    if filters.kinds:
        any_of.append([facet("c", code) for code in filters.kinds])
    if filters.states:
        any_of.append([facet("s", state.value) for state in filters.states])
    if filters.box:
        zoom, tiles = tiles_over(filters.box)
        if tiles:
            any_of.append([facet("t", tile_name(zoom, x, y)) for x, y in tiles])
    return words, any_of


def checked_photo(page: Subquery, kind: PhotoKind, order: ColumnElement[Any]) -> ScalarSelect[str]:
    """The code of one photo of each case that the public may see: the first in this order."""
    return (
        select(CasePhoto.code)
        .where(
            CasePhoto.district == page.c.district,
            CasePhoto.case_id == page.c.id,
            CasePhoto.review == Review.APPROVED,
            CasePhoto.kind == kind,
        )
        .order_by(order)
        .limit(1)
        .scalar_subquery()
    )


def decorated(page: Subquery) -> Select[*tuple[Any, ...]]:
    """The page with a checked photo and the checked words of each case."""
    photo = checked_photo(page, PhotoKind.BEFORE, CasePhoto.id.asc())
    words = (
        select(CaseText.public_text)
        .where(
            CaseText.district == page.c.district,
            CaseText.case_id == page.c.id,
            CaseText.review == Review.APPROVED,
            CaseText.kind == TextKind.DESCRIPTION,
        )
        .order_by(CaseText.id)
        .limit(1)
        .scalar_subquery()
    )
    return select(page, photo.label("photo"), words.label("words")).order_by(page.c.id.desc())


def public_row(row: Any, kind: KindRow | None) -> PublicRow:
    """What the public may know of a case: the only way from a row to a page."""
    publicity = kind.publicity if kind else STRICTEST
    words = None if publicity.protected else row.words
    return PublicRow(
        number=row.number,
        state=row.state,
        urgent=row.urgent,
        kind=kind,
        found_at=row.found_at,
        closed_at=row.closed_at,
        codes=tuple(code for code in public_codes(row.place_path, publicity) if code.isdecimal()),
        excerpt=_excerpt(words),
        photo=None if publicity.protected else row.photo,
    )


def _excerpt(words: str | None) -> str | None:
    if not words:
        return None
    line = " ".join(words.split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1] + "…"
