"""Old estates (老旧小区): which there are, and how residents take part in renovating one (R053)."""

from collections.abc import Sequence

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.areas.queries import AreaRow, ancestors, area_by_code, areas_by_ids, areas_tagged
from portal.areas.rules import Tag, is_code
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.web import instance, reading
from volunteers.labels.activities import DUTY_KINDS
from volunteers.queries.campaigns import Part, renovations
from volunteers.queries.shifts import PAGE, shifts_of_several
from volunteers.views.blueprint import bp
from volunteers.views.places import places_of

LISTED = 30


def _concerns(part: Part, estate: AreaRow) -> bool:
    """Whether an activity is in an estate, or of a place around it."""
    return part.place_path.startswith(estate.path) or estate.path.startswith(part.place_path)


@bp.get("/volunteers/old-estates")
@public
def old_estates() -> ResponseReturnValue:
    """The estates that bear the mark of an old one, by code, with what is on there."""
    after = request.args.get("after", "")[:40]
    found = areas_tagged(
        reading(), Tag.OLD_ESTATE, after=after if is_code(after) else "", limit=LISTED + 1,
        on=city_day(now(), instance().city.zone),
    )  # fmt: skip
    rows, on = found[:LISTED], renovations(reading())
    return render_template(
        "volunteers/old_estates.html", after=after,
        rows=[(row, sum(_concerns(part, row) for part in on)) for row in rows],
        above=_above(rows), following=rows[-1].code if len(found) > LISTED else None,
    )  # fmt: skip


def _above(rows: Sequence[AreaRow]) -> dict[str, AreaRow]:
    """The place above each, by the code of the estate."""
    parents = areas_by_ids(reading(), {row.parent_id for row in rows if row.parent_id})
    return {row.code: parents[row.parent_id] for row in rows if row.parent_id in parents}


@bp.get("/volunteers/old-estates/<code>")
@public
def old_estate(code: str) -> ResponseReturnValue:
    """What is renovated in an estate, when help is wanted, and how to have a say."""
    session, today = reading(), city_day(now(), instance().city.zone)
    estate = area_by_code(session, code, on=today) if is_code(code) else None
    if estate is None or Tag.OLD_ESTATE not in estate.tags:
        raise Missing
    parts = [part for part in renovations(session) if _concerns(part, estate)]
    rows = shifts_of_several(session, [part.id for part in parts], since=now(), limit=PAGE)
    return render_template(
        "volunteers/old_estate.html", estate=estate, parts=parts, rows=rows, duties=DUTY_KINDS,
        places=places_of(rows), place_line=ancestors(session, estate.path),
    )  # fmt: skip
