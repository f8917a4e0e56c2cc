"""The texts of pledges in public: which are in force, all versions of one, two side by side."""

from itertools import pairwise
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from pledges.labels.clauses import AXES, PREMISES_KINDS
from pledges.queries.clauses import (
    VersionRow,
    clauses_by_version,
    published_versions,
    running_sets,
    set_by_code,
)
from pledges.rules.clause_texts import changes_between
from pledges.views.blueprint import bp
from portal.accounts.access import public
from portal.areas.queries import areas_by_ids
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import current_language
from portal.kernel.web import instance, reading


@bp.get("/pledges/clauses/")
@public
def clause_sets() -> ResponseReturnValue:
    """The texts in force today, main ones and extra ones."""
    sets = running_sets(reading(), city_day(now(), instance().city.zone))
    areas = areas_by_ids(reading(), {row.area_id for row, _version in sets})
    return render_template(
        "pledges/clauses/list.html", areas=areas, kinds=PREMISES_KINDS,
        parts=[[one for one in sets if one[0].extra is extra] for extra in (False, True)],
    )  # fmt: skip


@bp.get("/pledges/clauses/<code>")
@public
def clause_set(code: str) -> ResponseReturnValue:
    """One text: the version of today in full, its versions, and what differs between two."""
    row = set_by_code(reading(), code)
    versions = published_versions(reading(), row.id) if row else []
    if row is None or not versions:
        raise Missing
    return render_template("pledges/clauses/show.html", row=row, **_about(versions))


def _about(versions: list[VersionRow]) -> dict[str, Any]:
    """The version of today, and two beside each other."""
    old, new = _two(versions)
    today = city_day(now(), instance().city.zone)
    # what is announced does not count yet; a text that never counted is shown as announced
    current = next((one for one in versions if one.effective_from <= today), versions[-1])
    said = clauses_by_version(reading(), {current.id, old.id, new.id})
    changes = changes_between(said[old.id], said[new.id], current_language())
    return {
        "versions": versions, "pairs": list(pairwise(versions)), "current": current,
        "clauses": said[current.id], "changes": changes if old != new else [], "old": old,
        "new": new, "axes": AXES, "today": today,
    }  # fmt: skip


def _two(versions: list[VersionRow]) -> tuple[VersionRow, VersionRow]:
    """The two versions that are asked for, or the last two. Raises Missing."""
    known = {str(one.version): one for one in versions}
    last = [str(one.version) for one in versions[:2]]
    chosen = request.args.get("old", last[-1]), request.args.get("new", last[0])
    if not set(chosen) <= known.keys():
        raise Missing
    return known[chosen[0]], known[chosen[1]]
