"""For the newcomer: where one more person helps most, and somebody experienced is there."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.kernel.clock import now
from portal.kernel.web import reading
from volunteers.labels.activities import DUTY_KINDS
from volunteers.queries.shifts import HELP_AHEAD, HELP_LISTED, Asked, in_need
from volunteers.service.limits import limits_of
from volunteers.views.blueprint import bp
from volunteers.views.places import places_of
from volunteers.views.public import asked_place


@bp.get("/volunteers/help")
@public
def help_wanted() -> ResponseReturnValue:
    """Shifts of the next two weeks that lack people, and are good for a first time."""
    place = asked_place()
    rows = in_need(
        reading(), Asked(place=place.path if place else None), now=now(), limit=HELP_LISTED,
        newcomer_shifts=limits_of(reading()).newcomer_shifts,
    )  # fmt: skip
    return render_template(
        "volunteers/help.html", rows=rows, place=place, places=places_of(rows),
        days=HELP_AHEAD.days, duties=DUTY_KINDS,
    )  # fmt: skip
