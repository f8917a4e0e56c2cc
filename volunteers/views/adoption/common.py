"""What several pages of adoption show: words of lists, names of places, photos."""

from collections.abc import Iterable
from typing import Any

from portal.areas.queries import areas_by_ids
from portal.kernel.clock import city_day, now
from portal.kernel.i18n import in_words
from portal.kernel.web import instance, reading
from volunteers.labels.adoption import (
    CARE_STATES,
    PARTIES,
    ROLES,
    STANDINGS,
    STATES,
    STEPS,
    deed_words,
)
from volunteers.queries.adoption.plots import PlotRow, photos_of_plots
from volunteers.rules.adoption.lists import adoption_forms, axes, thing_kinds

SIGNS = {
    "applied": "new", "offered": "waiting", "signed": "waiting", "active": "done",
    "reminded": "sent_back", "to_rectify": "sent_back", "leaving": "waiting",
    "to_settle": "waiting",
}  # fmt: skip
STANDING_SIGNS = {"free": "new", "held": "done", "heritage": "active"}


def words() -> dict[str, Any]:
    """Words for every code that the pages show."""
    return {
        "kinds": thing_kinds(),
        "forms": adoption_forms(),
        "axes": axes(),
        "states": STATES,
        "steps": STEPS,
        "standings": STANDINGS,
        "standing_signs": STANDING_SIGNS,
        "state_signs": SIGNS,
        "parties": PARTIES,
        "roles": ROLES,
        "care_states": CARE_STATES,
        "deed_words": deed_words,
        "today": city_day(now(), instance().city.zone),
    }


def places_of(plots: Iterable[PlotRow]) -> dict[str, str]:
    """The names of the places of some things, by the number of the thing: one query."""
    rows = list(plots)
    areas = areas_by_ids(reading(), {row.area_id for row in rows})
    return {row.number: in_words(areas[row.area_id].names) for row in rows if row.area_id in areas}


def about_plot(plot: PlotRow) -> dict[str, Any]:
    """What every page of one thing shows."""
    return {
        "plot": plot,
        "place": places_of([plot]).get(plot.number, ""),
        "plot_photos": photos_of_plots(reading(), [plot.id]).get(plot.id, []),
        **words(),
    }
