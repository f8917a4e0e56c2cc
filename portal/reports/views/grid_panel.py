"""What the grid knows of a case: its alert, earlier photos of the place, entries, sites near."""

from typing import Any

from flask import url_for

from portal.accounts.access import current_actor
from portal.accounts.rules import Permission
from portal.areas.queries import SiteRow, sites_in, sites_near
from portal.kernel.clock import city_day, now
from portal.kernel.web import instance, reading
from portal.reports.labels.grid import ENTRIES
from portal.reports.queries.diary import entries_about
from portal.reports.queries.round import alerts_of_case
from portal.reports.queries.same_place import EarlierPhoto, photos_of_place
from portal.reports.rules.codes import Event
from portal.reports.rules.grid import ALERTED, DUST, SITE_METRES
from portal.reports.service.desk import DeskCase


def grid_panel(page: DeskCase) -> dict[str, Any]:
    """For the desk, never for a unit: by exact points and with photos that nobody else sees."""
    case, actor = page.case, current_actor()
    checks = {Event.VERIFY_SPOT, Event.RECHECK_SPOT} & page.steps
    alerted = case.category_code in ALERTED
    return {
        "check_url": url_for("reports.desk_spot", number=case.number) if checks else None,
        "earlier": _earlier(page) if page.insider else [],
        # a new building is told by comparing; with other kinds they would stand in the way
        "earlier_open": alerted,
        "entries": _entries(page) if page.insider else [],
        "entry_kinds": ENTRIES,
        "sites": _sites(page) if case.category_code == DUST else None,
        "alerts": alerts_of_case(reading(), actor, case, now()) if alerted else [],
    }


def _earlier(page: DeskCase) -> list[tuple[EarlierPhoto, str]]:
    """Each photo with its small file's address."""
    return [
        (one, url_for(_endpoint(one), code=one.code))
        for one in photos_of_place(reading(), page.case, current_actor())
    ]


def _endpoint(one: EarlierPhoto) -> str:
    return "reports.desk_photo" if one.entry is None else "reports.desk_diary_photo"


def _entries(page: DeskCase) -> list[Any]:
    """Entries that speak of it, where their reader works in the grid."""
    may = current_actor().may(Permission.GRID_WORK, place_path=page.case.place_path)
    return entries_about(reading(), page.case, current_actor()) if may else []


def _sites(page: DeskCase) -> list[tuple[SiteRow, int | None]]:
    """Dust comes from a site (R129): the nearest ones, or those of its place."""
    on, case = city_day(now(), instance().city.zone), page.case
    if case.lon is not None and case.lat is not None:
        near = sites_near(reading(), case.lon, case.lat, SITE_METRES, on=on)
        if near:
            return [(site, metres) for site, metres in near]
    return [(site, None) for site in sites_in(reading(), case.place_path, on=on)]
