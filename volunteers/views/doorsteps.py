"""Visits to households in one's places: on which days, about what, at how many doors."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.areas.queries import areas_by_ids
from portal.kernel.clock import city_day, now
from portal.kernel.web import instance, reading
from volunteers.labels.doorsteps import TOPICS
from volunteers.queries.doorsteps import VisitRow, visits_by_day, visits_since
from volunteers.rules.doorsteps import DAYS_SHOWN, FEWEST_DOORS, days_shown, days_without
from volunteers.rules.planning import midnight
from volunteers.views.blueprint import bp


@bp.get("/desk/volunteers/doorsteps")
@requires(Permission.SHIFT_MANAGE)
def doorsteps() -> ResponseReturnValue:
    """The visits of the last month in my places, day by day."""
    zone = instance().city.zone
    today = city_day(now(), zone)
    days = days_shown(today)
    starts = [midnight(day, zone) for day in days]
    scopes = current_actor().places_for(Permission.SHIFT_MANAGE)
    sums = {days[one.place]: one for one in visits_by_day(reading(), scopes, starts)}
    rows = visits_since(reading(), scopes, starts[0])
    return render_template(
        "volunteers/desk/doorsteps.html", sums=sums, rows=_by_day(rows), topics=TOPICS,
        shown=DAYS_SHOWN, without=days_without(sums, today), fewest=FEWEST_DOORS,
        listed=len(rows), visits=sum(one.visits for one in sums.values()),
        areas=areas_by_ids(reading(), {row.area_id for row in rows}),
    )  # fmt: skip


def _by_day(rows: Sequence[VisitRow]) -> Mapping[date, list[VisitRow]]:
    zone = instance().city.zone
    found: dict[date, list[VisitRow]] = defaultdict(list)
    for row in rows:
        found[city_day(row.at, zone)].append(row)
    return found
