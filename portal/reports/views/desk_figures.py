"""Figures for staff: one page, its definitions, and the same as a file."""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.kernel.clock import city_day, now
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.sheets import Notes, write_table
from portal.kernel.web import instance, reading
from portal.kernel.words import say
from portal.organisations.queries import organisations_by_ids
from portal.reports.forms.exports import TableForm
from portal.reports.labels.case import SOURCES
from portal.reports.labels.categories import GROUPS
from portal.reports.labels.figures import AREA_TYPE_NAMES, BY, DEFINITIONS, FIGURES, change, said
from portal.reports.queries.counting import counted_at
from portal.reports.queries.desk import place_options
from portal.reports.queries.figures import reach_of_figures, units_counted
from portal.reports.queries.public import kinds
from portal.reports.rules.figures import AREA_TYPES, NO_UNIT, Figure, Shape, Span, Value
from portal.reports.views.blueprint import bp
from portal.reports.views.downloads import dated, download, note_export
from portal.reports.views.figures_asked import (
    AskedFigures,
    Found,
    Line,
    asked_figures,
    find_figures,
    last_months,
    narrowed_by,
    withheld_note,
)
from portal.satisfaction.labels import month_words, satisfied_words
from portal.satisfaction.queries import settings_of

KEPT = ("by", "figure", "place", "type", "unit", "category", "group", "source")
READ = Permission.FIGURES_READ


@bp.route("/desk/figures", methods=["GET", "POST"])
@requires(READ)
def desk_figures() -> ResponseReturnValue:
    """The figures that the address asks for; the form hands them out as a file."""
    form, asked = TableForm(), asked_figures(now())
    make = partial(_write, asked)
    context = partial(_page, asked, now())
    return download(form, "reports/desk/figures.html", make, form.kind.data, context)


@bp.get("/desk/figures/definitions")
@requires(READ)
def desk_figure_definitions() -> ResponseReturnValue:
    """What each figure counts."""
    return render_template(
        "reports/desk/definitions.html", figures=FIGURES, definitions=_definitions()
    )


def _definitions() -> dict[Figure, str]:
    levels = ", ".join(satisfied_words(settings_of(reading()).satisfied_levels))
    return {
        figure: str(words) % {"levels": levels}
        if figure is Figure.SATISFACTION_RATE
        else str(words)
        for figure, words in DEFINITIONS.items()
    }


def _page(asked: AskedFigures, moment: datetime) -> dict[str, Any]:
    """The page: as many queries, whatever was asked."""
    found = find_figures(asked)
    return {
        "asked": asked,
        "found": found,
        "figures": FIGURES,
        "by_words": BY,
        "said": said,
        "change": change,
        "counted_at": counted_at(reading()),
        "withheld": withheld_note(found),
        "drawn": _drawn(asked, found),
        "months": _months(moment),
        "with_days": _with,
        **_options(asked),
    }


def _months(moment: datetime) -> list[tuple[str, Span]]:
    spans = last_months(city_day(moment, instance().city.zone))
    return [(month_words(span.first.isoformat()[:7]), span) for span in spans]


def _with(**changes: str) -> str:
    """This page with other days, the filters kept."""
    kept: dict[str, Any] = {name: request.args.get(name) for name in KEPT}
    return url_for("reports.desk_figures", **{**kept, **changes})


def _drawn(asked: AskedFigures, found: Found) -> list[tuple[str, float, str]]:
    """The rows of the drawing: those whose figure can be told."""
    rows = [(line.words, line.values[asked.figure]) for line in found.lines]
    return [(words, value.amount, said(value)) for words, value in rows if value.amount is not None]


def _options(asked: AskedFigures) -> dict[str, Any]:
    """What the page can be narrowed to."""
    reach = reach_of_figures(current_actor())
    units = organisations_by_ids(
        reading(), set(units_counted(reading(), reach, asked.span)) - {NO_UNIT}
    )
    known = kinds(reading())
    chosen = asked.chosen
    return {
        "places": place_options(reading(), reach.scopes, chosen.place_path),
        "area_types": [(tag.value, AREA_TYPE_NAMES.get(tag) or say(tag)) for tag in AREA_TYPES],
        "unit_options": sorted((u.id.hex, in_words(u.names)) for u in units.values()),
        "kind_options": sorted((code, in_words(kind.names)) for code, kind in known.items()),
        "groups": [(group.value, words) for group, words in GROUPS.items()],
        "sources": [(source.value, words) for source, words in SOURCES.items()],
    }


# --- the file -------------------------------------------------------------------------------------


def _write(asked: AskedFigures, path: Path) -> str:
    """Write the table and what it means; note who got it."""
    found = find_figures(asked)
    lines = [*found.lines, found.total]
    notes = Notes(str(_l("Definitions")), _notes(asked, found))
    rows = write_table(path, _header(asked), map(_cells, lines), notes)
    days = [f"first={asked.span.first}", f"last={asked.span.last}"]
    given = [one for one in narrowed_by() if not one.startswith(("first=", "last="))]
    note_export("figures:export", f"figures:{asked.by.value}", [*days, *given], rows)
    return dated("figures")


def _header(asked: AskedFigures) -> list[str]:
    three = (str(_l("value")), str(_l("part")), str(_l("whole")))
    parts = [f"{words}: {word}" for words in map(str, FIGURES.values()) for word in three]
    return [str(BY[asked.by]), str(_l("code")), str(_l("cases found")), *parts]


def _cells(line: Line) -> list[object]:
    cells = [cell for figure in FIGURES for cell in _three(line.values[figure])]
    return [line.words, line.code.rstrip("/").rpartition("/")[2], line.found, *cells]


def _three(value: Value) -> list[object]:
    """Shares in percent, and both counts; nothing of what is withheld."""
    if value.withheld:
        return [str(_l("not released")), "", ""]
    amount = "" if value.ratio is None else round(value.amount or 0, 2)
    return [value.part if value.shape is Shape.TIMES else amount, value.part, value.whole]


def _notes(asked: AskedFigures, found: Found) -> list[list[object]]:
    """What was counted, when, and what each figure means."""
    at = counted_at(reading())
    words: list[list[object]] = [
        [str(_l("First day")), asked.span.first],
        [str(_l("Last day")), asked.span.last],
        [str(_l("Counted until")), at.isoformat(timespec="minutes") if at else ""],
        [str(_l("Cases found")), found.total.found],
    ]
    words += [[name, value] for name, _, value in (one.partition("=") for one in narrowed_by())]
    words += [_compared_row(found, figure) for figure in FIGURES if found.other]
    return words + [[str(FIGURES[figure]), text] for figure, text in _definitions().items()]


def _compared_row(found: Found, figure: Figure) -> list[object]:
    before = found.other or found.total
    value, other = found.total.values[figure], before.values[figure]
    return [str(FIGURES[figure]), said(value), said(other), change(value, other)]
