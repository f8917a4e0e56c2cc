"""The register as a table: its columns are those of the import, so that it can be read again."""

import tempfile
from pathlib import Path

from flask import Response
from flask.typing import ResponseReturnValue

from pledges.queries.premises import PremisesRow, whole_register
from pledges.rules.register import MOST_LINES
from pledges.service.premises import MANAGE
from pledges.views.blueprint import bp
from portal.accounts.access import current_actor, requires
from portal.areas.queries import areas_by_ids
from portal.kernel.errors import Missing
from portal.kernel.sheets import write_table
from portal.kernel.web import reading

TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
HEADER = ("number", "title", "kind", "trade", "road", "door", "place", "duty_words", "duty_outline",
          "lon", "lat", "heads")  # fmt: skip


@bp.get("/desk/premises/register.<form>")
@requires(MANAGE)
def desk_premises_table(form: str) -> ResponseReturnValue:
    """What is in the register of my places; nobody's name and no telephone."""
    if form not in TYPES:
        raise Missing
    rows = whole_register(reading(), current_actor().places_for(MANAGE), MOST_LINES)
    areas = areas_by_ids(reading(), {row.area_id for row in rows})
    codes = {area_id: area.code for area_id, area in areas.items()}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"register.{form}"
        write_table(path, HEADER, (_cells(row, codes.get(row.area_id, "")) for row in rows))
        found = Response(path.read_bytes(), mimetype=TYPES[form])
    found.headers["Content-Disposition"] = f'attachment; filename="register.{form}"'
    found.headers["Cache-Control"] = "private, no-store"
    return found


def _cells(row: PremisesRow, place: str) -> tuple[object, ...]:
    return (
        row.number, row.title, row.kind.value, row.trade, row.road, row.door, place,
        row.duty_words, row.duty_geojson, row.lon, row.lat, row.heads,
    )  # fmt: skip
