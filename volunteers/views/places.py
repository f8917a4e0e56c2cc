"""Which places an organiser can choose, and what pages of voluntary service say of places."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from portal.accounts.access import current_actor
from portal.accounts.rules import Permission
from portal.areas.queries import AreaRow, area_by_code, areas_by_ids, children_of, root_areas
from portal.areas.rules import codes_of
from portal.kernel.clock import local
from portal.kernel.web import instance, reading
from volunteers.queries.shifts import ShiftRow
from volunteers.rules.activities import qualifications, shift_roles, tags
from volunteers.views.blueprint import bp


def own_places() -> list[AreaRow]:
    """Her own places and those just below them; for the whole city the same."""
    scopes = current_actor().places_for(Permission.SHIFT_MANAGE)
    codes = [codes_of(path)[-1] for path in scopes or ()]
    own = [area for code in codes if (area := area_by_code(reading(), code)) is not None]
    tops = root_areas(reading()) if scopes is None else own
    below = [area for top in tops for area in children_of(reading(), top.code)]
    return list({area.code: area for area in [*tops, *below]}.values())


def place_choices(also: AreaRow | None = None) -> list[tuple[str, Mapping[str, str]]]:
    """(code, names) to choose from; ``also``: a place that is chosen already."""
    found = {area.code: area.names for area in own_places()}
    if also is not None:
        found.setdefault(also.code, also.names)
    return list(found.items())


def places_of(rows: Iterable[ShiftRow]) -> Mapping[UUID, AreaRow]:
    """The places of some shifts, in one query."""
    return areas_by_ids(reading(), {row.area_id for row in rows})


@bp.app_context_processor
def words_of_shifts() -> dict[str, object]:
    """Words that templates about shifts use."""
    zone = instance().city.zone
    return {
        "wall_clock": lambda value: f"{local(value, zone):%H:%M}",
        "same_city_day": lambda a, b: local(a, zone).date() == local(b, zone).date(),
        "city_day_of": lambda value: local(value, zone).date(),
        "shift_roles": shift_roles(),
        "shift_tags": tags(),
        "shift_qualifications": qualifications(),
    }
