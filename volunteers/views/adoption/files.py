"""The register as a file, CSV or XLSX: what the list shows, and for staff their adoptions."""

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from flask import Response, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, requires
from portal.kernel.clock import city_day, now
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import in_words
from portal.kernel.sheets import write_table
from portal.kernel.web import instance, reading
from volunteers.labels.adoption import COLUMNS, STANDINGS, STATES
from volunteers.queries.adoption.plots import PlotRow, public_register, register_lines
from volunteers.rules.adoption.lists import thing_kinds
from volunteers.service.adoption.found import MANAGE
from volunteers.service.adoption.found import places_of as places_at_desk
from volunteers.views.adoption.blueprint import bp
from volunteers.views.adoption.common import places_of
from volunteers.views.adoption.public import asked_area, sought_in

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHOWN = (
    "register_number", "kind", "name", "lon", "lat", "square_metres", "owner", "heritage",
    "new_green", "listed_from",
)  # fmt: skip
Line = tuple[object, ...]


def _file(suffix: str, header: Iterable[str], lines: Iterable[Line]) -> Response:
    """A table to download. Cells that an office program would run are plain text there."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"register{suffix}"
        write_table(path, list(header), lines)
        content = path.read_bytes()
    response = Response(content, mimetype=XLSX if suffix == ".xlsx" else CSV)
    file = f'attachment; filename="adoption-register{suffix}"'
    response.headers["Content-Disposition"] = file
    return response


def _header() -> list[str]:
    return [*(str(COLUMNS[name]) for name in _SHOWN), _("Place"), _("State")]


def _yes(value: bool) -> str:
    return str(_("yes") if value else _("no"))


def _lines(rows: list[PlotRow]) -> Callable[[PlotRow], Line]:
    """How one thing is said, with the names of all their places read at once."""
    places = places_of(rows)

    def line(row: PlotRow) -> Line:
        return (
            row.register_number, in_words(thing_kinds()[row.kind].names), row.title, row.lon,
            row.lat, row.square_metres, row.owner, _yes(row.heritage), _yes(row.new_green),
            row.listed_from, places.get(row.number, ""), str(STANDINGS[row.standing]),
        )  # fmt: skip

    return line


def _public_file(suffix: str) -> Response:
    """What the filters of the list find; nobody who adopted stands there."""
    found = sought_in(request.args, asked_area())
    rows = public_register(reading(), found, city_day(now(), instance().city.zone))
    return _file(suffix, _header(), map(_lines(rows), rows))


def _desk_file(suffix: str) -> Response:
    """The register of my places, also what is not shown, with numbers and days of adoptions."""
    found = register_lines(reading(), places_at_desk(current_actor()))
    line = _lines([row.plot for row in found])
    header = [
        *_header(), str(COLUMNS["adoptable"]), _("Adoption"), _("Where the adoption stands"),
        _("First day"), _("Last day"),
    ]  # fmt: skip
    lines = (
        (
            *line(row.plot), _yes(row.plot.adoptable), row.adoption,
            str(STATES[row.plot.held]) if row.plot.held else "", row.starts_on, row.ends_on,
        )
        for row in found
    )  # fmt: skip
    return _file(suffix, header, lines)


@bp.get("/adoption/register.csv")
@public
def register_csv() -> ResponseReturnValue:
    """The public register as CSV."""
    return _public_file(".csv")


@bp.get("/adoption/register.xlsx")
@public
def register_xlsx() -> ResponseReturnValue:
    """The public register as XLSX."""
    return _public_file(".xlsx")


@bp.get("/desk/adoption/register.csv")
@requires(MANAGE)
def desk_register_csv() -> ResponseReturnValue:
    """The register of my places as CSV."""
    return _desk_file(".csv")


@bp.get("/desk/adoption/register.xlsx")
@requires(MANAGE)
def desk_register_xlsx() -> ResponseReturnValue:
    """The register of my places as XLSX."""
    return _desk_file(".xlsx")
