"""Inspections and breaches of one's places as tables: no person, and no cell that a table runs."""

import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from flask import Response
from flask.typing import ResponseReturnValue

from pledges.labels.breaches import STATES
from pledges.labels.clauses import AXES
from pledges.labels.inspections import BODIES, INSPECTION_STATES
from pledges.queries.breaches import breaches_in
from pledges.queries.duties import by_whom
from pledges.queries.inspections import (
    DoorRow,
    clauses_by_ids,
    doors_by_ids,
    inspections_in,
    scores_of,
)
from pledges.service.inspections import REVIEW
from pledges.views.blueprint import bp
from pledges.views.premises_table import TYPES
from portal.accounts.access import current_actor, requires
from portal.kernel.clock import local
from portal.kernel.errors import Missing
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.sheets import write_table
from portal.kernel.web import instance, reading

MOST: Final = 5000
_DOOR = (_l("Number"), _l("Name of the shop"), _l("Road"), _l("Door"))
INSPECTED = (*_DOOR, _l("Looked at"), _l("Looked at by"), _l("Body"), _l("State"))
BREACHES = (*_DOOR, _l("Clause"), _l("State"), _l("Since"), _l("To be put right until"),
            _l("Ended"), _l("Case"))  # fmt: skip


@bp.get("/desk/pledges/inspections/table.<form>")
@requires(REVIEW)
def desk_inspections_table(form: str) -> ResponseReturnValue:
    """The latest inspections of my places, with a column for each axis."""
    rows = inspections_in(reading(), current_actor().places_for(REVIEW), MOST)
    doors = doors_by_ids(reading(), {row.premises_id for row in rows})
    scores, names = scores_of(reading(), rows), by_whom(reading(), rows)
    cells = (
        (
            row.number, *_door(doors[row.premises_id]), _moment(row.at), str(BODIES[row.body]),
            in_words(names.of(row) or {}), str(INSPECTION_STATES[row.state]),
            *(scores[row.id].get(axis) for axis in AXES),
        )
        for row in rows
    )  # fmt: skip
    return _table("inspections", form, (*INSPECTED, *AXES.values()), cells)


@bp.get("/desk/pledges/breaches/table.<form>")
@requires(REVIEW)
def desk_breaches_table(form: str) -> ResponseReturnValue:
    """The latest breaches of my places, also those that have ended."""
    rows = breaches_in(reading(), current_actor().places_for(REVIEW), MOST)
    doors = doors_by_ids(reading(), {row.premises_id for row in rows})
    clauses = clauses_by_ids(reading(), {row.clause_id for row in rows})
    cells = (
        (
            row.number, *_door(doors[row.premises_id]), in_words(clauses[row.clause_id].texts),
            str(STATES[row.state]), _moment(row.opened_at),
            row.rectify_by.isoformat() if row.rectify_by else None,
            _moment(row.ended_at) if row.ended_at else None, row.case_number,
        )
        for row in rows
    )  # fmt: skip
    return _table("breaches", form, BREACHES, cells)


def _door(door: DoorRow) -> tuple[str, str, str]:
    return door.title, door.road, door.door


def _moment(at: datetime) -> str:
    return f"{local(at, instance().city.zone):%Y-%m-%d %H:%M}"


def _table(
    name: str, form: str, header: Sequence[object], rows: Iterable[Sequence[object]]
) -> ResponseReturnValue:
    if form not in TYPES:
        raise Missing
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.{form}"
        write_table(path, [str(one) for one in header], rows)
        found = Response(path.read_bytes(), mimetype=TYPES[form])
    found.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    found.headers["Cache-Control"] = "private, no-store"
    return found
