"""What the address of the figures asks for, and the words of its rows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import request

from portal.accounts.access import current_actor
from portal.areas.queries import areas_by_codes
from portal.areas.rules import Tag
from portal.kernel.clock import city_day
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.web import instance, reading
from portal.organisations.queries import organisations_by_ids
from portal.reports.forms.desk import read_day, read_key
from portal.reports.labels.case import SOURCES
from portal.reports.queries.figures import (
    Chosen,
    Counted,
    Reach,
    by_child,
    common_path,
    counted,
    reach_of_figures,
)
from portal.reports.queries.public import kinds
from portal.reports.queries.released import Said, said_of
from portal.reports.rules.categories import FunctionGroup
from portal.reports.rules.codes import Source
from portal.reports.rules.figures import (
    AREA_TYPES,
    FROM_ANSWERS,
    MOST_MONTHS,
    NO_UNIT,
    By,
    Figure,
    Span,
    Tally,
    Value,
    month_span,
    span_before,
    values_of,
    year_before,
)
from portal.satisfaction.labels import month_words

BEFORE, YEAR, OTHER = "before", "year", "other"
DAYS_IN_MOST = MOST_MONTHS * 31


@dataclass(frozen=True)
class AskedFigures:
    """The figures that an address asks for. ``flaw``: what of it makes no sense."""

    span: Span
    other: Span | None
    compared: str
    chosen: Chosen
    category: str
    group: str
    by: By
    figure: Figure
    flaw: bool = False


def asked_figures(moment: datetime) -> AskedFigures:
    """Read the address; what cannot be meant is left out, and said."""
    today = city_day(moment, instance().city.zone)
    span, bad_span = _span("first", "last", month_span(today))
    compared = request.args.get("compared", "")
    other, bad_other = _other(compared, span)
    return AskedFigures(
        span=span,
        other=other,
        compared=compared if other else "",
        chosen=_chosen(),
        category=request.args.get("category", ""),
        group=request.args.get("group", ""),
        by=_one_of(By, "by", By.PLACE),
        figure=_one_of(Figure, "figure", Figure.ON_TIME_RATE),
        flaw=bad_span or bad_other,
    )


def _one_of(codes: Any, name: str, usual: Any) -> Any:
    text = request.args.get(name)
    return codes(text) if text in set(codes) else usual


def _span(first: str, last: str, usual: Span) -> tuple[Span, bool]:
    """Two days of the address, and whether they make no span."""
    given = (request.args.get(first, "").strip(), request.args.get(last, "").strip())
    if not any(given):
        return usual, False
    days = [read_day(text) for text in given]
    begin, end = days
    if begin is None or end is None or begin > end or (end - begin).days > DAYS_IN_MOST:
        return usual, True
    return (Span(begin, end), False) if begin.year > 1 else (usual, True)


def _other(compared: str, span: Span) -> tuple[Span | None, bool]:
    if compared == BEFORE:
        return span_before(span), False
    if compared == YEAR:
        return year_before(span), False
    if compared == OTHER:
        found, bad = _span("other_first", "other_last", span_before(span))
        return found, bad
    return None, False


def _chosen() -> Chosen:
    path, tag, source = (request.args.get(name, "") for name in ("place", "type", "source"))
    return Chosen(
        place_path=path if path.startswith("/") and path.endswith("/") and len(path) > 1 else None,
        area_type=Tag(tag) if tag in set(AREA_TYPES) else None,
        unit_id=read_key(request.args.get("unit")),
        categories=_categories(),
        source=Source(source) if source in set(Source) else None,
    )


def _categories() -> frozenset[str] | None:
    """One kind of problem, or those of a function group."""
    code, group = request.args.get("category", ""), request.args.get("group", "")
    if code:
        return frozenset({code})
    if group in set(FunctionGroup):
        known = kinds(reading())
        return frozenset(c for c, kind in known.items() if kind.group == group)
    return None


@dataclass(frozen=True)
class Line:
    """One row of a table: its words, its code, and every figure."""

    words: str
    code: str
    found: int
    values: Mapping[Figure, Value]


@dataclass(frozen=True)
class Found:
    """The figures as a page or a file shows them."""

    lines: list[Line]
    total: Line
    other: Line | None


def find_figures(asked: AskedFigures) -> Found:
    """Everything that was asked for: two counts at most, and the names of the rows."""
    reach = reach_of_figures(current_actor())
    main = counted(reading(), reach, asked.span, asked.chosen, asked.by)
    rows = dict(main.rows)
    if asked.by is By.PLACE:
        rows = by_child(rows, _above(asked, reach, main))
    said = _said(asked, reach, asked.span, asked.by, rows)
    names = _names(asked.by, rows)
    lines = [
        Line(names.get(key, key), key, row["found"], values_of(row, said.rows.get(key)))
        for key, row in rows.items()
    ]
    ordered = sorted(lines, key=lambda line: line.code if asked.by is By.MONTH else line.words)
    return Found(ordered, _whole(main.total, said), _compared(asked, reach))


def _whole(total: Tally, said: Said) -> Line:
    return Line(str(_l("Altogether")), "", total["found"], values_of(total, said.total))


def _compared(asked: AskedFigures, reach: Reach) -> Line | None:
    if asked.other is None:
        return None
    total = counted(reading(), reach, asked.other, asked.chosen, By.MONTH).total
    return _whole(total, _said(asked, reach, asked.other, By.MONTH, ()))


def _said(
    asked: AskedFigures, reach: Reach, span: Span, by: By, keys: Collection[str]
) -> Said:  # fmt: skip
    """What releases say of it. Of several places somebody reads together nothing is released."""
    place = _one_place(asked, reach)
    if place is None and reach.scopes is not None:
        return Said()
    return said_of(reading(), span, asked.chosen, by, keys, place)


def _one_place(asked: AskedFigures, reach: Reach) -> str | None:
    """The one place that was asked for, or that somebody reads; None: several, or all."""
    if asked.chosen.place_path is not None:
        return asked.chosen.place_path
    return reach.scopes[0] if reach.scopes is not None and len(reach.scopes) == 1 else None


def _above(asked: AskedFigures, reach: Reach, main: Counted) -> str:
    """The place whose parts the rows are."""
    place = _one_place(asked, reach)
    if place is not None:
        return place
    return common_path(main.rows.keys()) if main.rows else "/"


def _names(by: By, rows: Mapping[str, Tally]) -> dict[str, str]:
    if by is By.PLACE:
        codes = {path: path.rstrip("/").rpartition("/")[2] for path in rows}
        areas = areas_by_codes(reading(), codes.values())
        return {p: in_words(areas[c].names) for p, c in codes.items() if c in areas}
    if by is By.UNIT:
        return _unit_names(rows)
    if by is By.CATEGORY:
        known = kinds(reading())
        return {code: in_words(known[code].names) for code in rows if code in known}
    if by is By.SOURCE:
        return {code: str(SOURCES[Source(code)]) for code in rows if code in set(Source)}
    return {day: month_words(day[:7]) for day in rows}


def _unit_names(rows: Mapping[str, Tally]) -> dict[str, str]:
    units = organisations_by_ids(reading(), {UUID(hex=key) for key in rows} - {NO_UNIT})
    found = {unit_id.hex: in_words(unit.names) for unit_id, unit in units.items()}
    return {**found, NO_UNIT.hex: str(_l("No unit"))}


def narrowed_by() -> list[str]:
    """The filters of the address, for the record."""
    return [f"{name}={value}" for name, value in sorted(request.args.items()) if value]


def last_months(today: date, count: int = 6) -> list[Span]:
    """The last months, the newest first."""
    found = [month_span(today)]
    while len(found) < count:
        found.append(span_before(found[-1]))
    return found


def withheld_note(found: Found) -> bool:
    """Whether a figure of answers is told by no release anywhere on the page."""
    lines = [*found.lines, found.total, *([found.other] if found.other else [])]
    return any(line.values[figure].withheld for line in lines for figure in FROM_ANSWERS)
