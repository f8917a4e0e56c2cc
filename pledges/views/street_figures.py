"""Figures of frontages by street, on a page and as a table."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from flask import render_template
from flask.typing import ResponseReturnValue

from pledges.labels.standing import quarter_words
from pledges.queries.street_figures import StreetRow, street_counts
from pledges.rules.standing_formula import bounds_of, days_of, last_closed
from pledges.rules.street_figures import SMALLEST
from pledges.views.blueprint import bp
from portal.accounts.access import public
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import in_words
from portal.kernel.sheets import write_table
from portal.kernel.web import instance, reading
from portal.reports.views.downloads import dated, hand_out

HEADER = ("code", "street", "quarter", "pledged", "open_places", "kept", "looked_at",
          "rectified_in_time", "due")  # fmt: skip


def _rows(moment: datetime) -> tuple[str, list[StreetRow]]:
    zone = instance().city.zone
    quarter = last_closed(moment, zone)
    return quarter, street_counts(reading(), days_of(quarter), bounds_of(quarter, zone), zone)


@bp.get("/pledges/figures")
@public
def street_figures() -> ResponseReturnValue:
    """Each street: how many pledged, kept it, put right in time, of how many."""
    quarter, rows = _rows(now())
    return render_template(
        "pledges/standing/figures.html", rows=rows, quarter=quarter_words(quarter),
        smallest=SMALLEST,
    )  # fmt: skip


@bp.get("/pledges/figures.<kind>")
@public
def street_figures_table(kind: str) -> ResponseReturnValue:
    """The same as a file; what is withheld on the page is empty there."""
    if kind not in {"csv", "xlsx"}:
        raise Missing
    quarter, rows = _rows(now())
    return hand_out(partial(_write, quarter, rows), kind)


def _write(quarter: str, rows: list[StreetRow], path: Path) -> str:
    write_table(path, HEADER, _lines(quarter, rows))
    return dated("frontages")


def _lines(quarter: str, rows: list[StreetRow]) -> Iterator[list[object]]:
    for row in rows:
        shares = [(one.got, one.of) for one in row.counts.shares]
        numbers = ["" if number is None else number for pair in shares for number in pair]
        yield [row.area.code, in_words(row.area.names), quarter, *numbers]
