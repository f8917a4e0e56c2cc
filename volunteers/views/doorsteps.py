"""Visits to households in one's places: on which days, about what, at how many doors."""

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.areas.queries import areas_by_ids
from portal.kernel.clock import city_day, now
from portal.kernel.web import instance, reading
from volunteers.labels.doorsteps import TOPICS
from volunteers.queries.doorsteps import VisitRow, visits_since
from volunteers.rules.doorsteps import DAYS_SHOWN, FEWEST_DOORS, days_without
from volunteers.rules.planning import midnight
from volunteers.views.blueprint import bp


@bp.get("/desk/volunteers/doorsteps")
@requires(Permission.SHIFT_MANAGE)
def doorsteps() -> ResponseReturnValue:
    """The visits of the last month in my places, day by day."""
    zone = instance().city.zone
    today = city_day(now(), zone)
    since = midnight(today - timedelta(days=DAYS_SHOWN - 1), zone)
    scopes = current_actor().places_for(Permission.SHIFT_MANAGE)
    rows = visits_since(reading(), scopes, since)
    days = _days(rows)
    return render_template(
        "volunteers/desk/doorsteps.html", days=days, topics=TOPICS, shown=DAYS_SHOWN,
        without=days_without([one["day"] for one in days], today), fewest=FEWEST_DOORS,
        areas=areas_by_ids(reading(), {row.area_id for row in rows}),
    )  # fmt: skip


def _days(rows: list[VisitRow]) -> list[dict[str, Any]]:
    """The visits by day, with what each day comes to."""
    zone = instance().city.zone

    def of(row: VisitRow) -> date:
        return city_day(row.at, zone)

    found = []
    for day, group in groupby(rows, of):
        visits = list(group)
        doors, agreed = sum(one.doors for one in visits), sum(one.agreed for one in visits)
        found.append({"day": day, "rows": visits, "doors": doors, "agreed": agreed})
    return found
