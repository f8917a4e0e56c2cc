"""The public list of conventions: searched, narrowed, and as a table or JSON to take along."""

import tempfile
from pathlib import Path
from typing import Any, Final

from flask import Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.areas.queries import AreaRow, area_by_code, areas_by_ids, find_areas
from portal.conventions.labels.kinds import KINDS
from portal.conventions.labels.published import LIST_STATES
from portal.conventions.labels.way import STATES
from portal.conventions.queries.listed import PAGE, ListedRow, Sought, listed
from portal.conventions.rules.kinds import Kind
from portal.conventions.rules.published import ListState
from portal.conventions.views.blueprint import bp
from portal.conventions.views.kinds import today
from portal.kernel.ids import clean_number
from portal.kernel.sheets import write_table
from portal.kernel.web import reading

# more than a city has; whoever needs all of a province asks its cities
MOST_LINES: Final = 10_000
COLUMNS: Final = ("number", "kind", "title", "place", "covers", "state", "version",
                  "effective_from", "review_on", "ended_on")  # fmt: skip


@bp.get("/conventions/")
@public
def conventions() -> ResponseReturnValue:
    """Every convention that is under way or published, by words, kind, place and state."""
    given, sought = _asked()
    after = clean_number(request.args.get("after", "")[:20]) or ""
    found = listed(reading(), sought, today(), after=after)
    rows = found[:PAGE]
    return render_template(
        "conventions/public/list.html", rows=rows, states=STATES, kinds=KINDS, given=given,
        list_states=LIST_STATES, today=today(), areas=_areas(rows),
        following=rows[-1].number if len(found) > PAGE else None,
    )  # fmt: skip


def _asked() -> tuple[dict[str, str], Sought]:
    """What is looked for, as typed and as meant. An unknown place finds nothing."""
    given = {
        name: request.args.get(name, "")[:80].strip() for name in ("q", "kind", "state", "place")
    }
    kind = Kind(given["kind"]) if given["kind"] in set(Kind) else None
    state = ListState(given["state"]) if given["state"] in set(ListState) else None
    return given, Sought(given["q"], kind, state, _under(given["place"]))


def _under(typed: str) -> str:
    if not typed:
        return ""
    area = area_by_code(reading(), typed.upper())
    found = [area] if area else find_areas(reading(), typed, 1)
    # no path begins like this
    return found[0].path if found else "-"


def _areas(rows: list[ListedRow]) -> Any:
    return areas_by_ids(reading(), {row.area_id for row in rows})


@bp.get("/conventions/list.csv")
@public
def conventions_csv() -> ResponseReturnValue:
    """The same list as a table."""
    rows = listed(reading(), _asked()[1], today(), limit=MOST_LINES)
    areas = _areas(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "conventions.csv"
        write_table(path, COLUMNS, (_cells(row, areas[row.area_id]) for row in rows))
        found = Response(path.read_bytes(), mimetype="text/csv")
    found.headers["Content-Disposition"] = 'attachment; filename="conventions.csv"'
    return found


def _cells(row: ListedRow, area: AreaRow) -> tuple[object, ...]:
    return (
        row.number, row.kind.value, row.title, area.code, row.covers or "", row.state.value,
        row.version, row.effective_from, row.review_on, row.ended_on,
    )  # fmt: skip


@bp.get("/conventions/list.json")
@public
def conventions_json() -> ResponseReturnValue:
    """The same list for programs."""
    rows = listed(reading(), _asked()[1], today(), limit=MOST_LINES)
    areas = _areas(rows)
    return jsonify({"conventions": [_object(row, areas[row.area_id]) for row in rows]})


def _object(row: ListedRow, area: AreaRow) -> dict[str, Any]:
    """A convention with the addresses of its pages; what is not there yet is left out."""
    days = {
        name: day.isoformat()
        for name in ("effective_from", "review_on", "ended_on")
        if (day := getattr(row, name)) is not None
    }
    return {
        "number": row.number, "kind": row.kind.value, "title": row.title, "place": area.code,
        "state": row.state.value, "page": url_for("conventions.text", number=row.number), **days,
        **({"covers": row.covers} if row.covers else {}),
        **({"version": row.version} if row.version else {}),
    }  # fmt: skip
