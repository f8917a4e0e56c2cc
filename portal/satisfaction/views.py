"""The data pages: which months there are, one month by place, and the same as a file."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.kernel.errors import Missing
from portal.kernel.i18n import in_words
from portal.kernel.spreadsheets import csv_bytes
from portal.kernel.web import instance, reading
from portal.satisfaction.labels import month_words, satisfied_words
from portal.satisfaction.queries import (
    FigureRow,
    figures_of,
    month_page,
    release_of,
    released_months,
    settings_of,
)

bp = Blueprint("satisfaction", __name__, template_folder="templates")

CSV_COLUMNS = (
    "month", "area_code", "level", "name", "parent_code", "closed", "answered", "solved",
    "satisfied", "closed_withheld", "ratings_withheld",
)  # fmt: skip


@bp.get("/data/")
@public
def data() -> ResponseReturnValue:
    """What the portal publishes, and how it is made."""
    session = reading()
    return render_template(
        "satisfaction/data.html",
        releases=released_months(session),
        settings=settings_of(session),
        month_words=month_words,
        satisfied_words=satisfied_words,
    )


@bp.get("/data/satisfaction/<string(length=7):month>/")
@public
def month(month: str) -> ResponseReturnValue:
    """One month's figures: the city by street, or a place by what lies in it."""
    page = month_page(reading(), month, request.args.get("area"))
    if page is None:
        raise Missing
    return render_template(
        "satisfaction/month.html",
        page=page,
        title_words=month_words(month),
        levels={level.code: in_words(level.names) for level in instance().city.levels},
        satisfied=satisfied_words(page.release.satisfied_levels),
        source=dict(instance().city.raw.get("sources", {})).get("satisfied_levels"),
    )


@bp.get("/data/satisfaction/<string(length=7):month>.csv")
@public
def month_csv(month: str) -> ResponseReturnValue:
    """A month's figures as a file. Empty cells are withheld, and the last columns say so."""
    session = reading()
    if release_of(session, month) is None:
        raise Missing
    rows = [_csv_row(month, row) for row in figures_of(session, month)]
    response = Response(csv_bytes(CSV_COLUMNS, rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="satisfaction-{month}.csv"'
    return response


def _csv_row(month: str, row: FigureRow) -> tuple[object, ...]:
    above = row.parent_path.rstrip("/").rpartition("/")[2] if row.parent_path else ""
    withheld = ("yes" if value is None else "no" for value in (row.closed, row.answered))
    figures = (row.closed, row.answered, row.solved, row.satisfied)
    return (month, row.area_code, row.level, in_words(row.names), above, *figures, *withheld)
