"""Addresses of the pages of activities and shifts: what stands in them, and who opens them."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.rules import Actor
from portal.areas.queries import areas_tagged, root_areas
from portal.areas.rules import Tag
from portal.kernel.clock import city_day, now
from portal.kernel.instance import instance_of
from tests.make import rosters
from tests.make import volunteers as make
from tests.make.accounts import actor
from volunteers.models import Activity, Shift, ShiftSeries, Team
from volunteers.queries.plans import series
from volunteers.rules.activities import ActivityKind
from volunteers.rules.batches import DaysWish
from volunteers.service.batches import make_batch

NO_PAGE = {"volunteers.evidence_csv": "a table to download"}
_DESK = (
    "desk", "new_activity", "desk_activity", "edit_activity", "call_off_activity", "new_shift",
    "edit_shift", "call_off_one", "shift_templates", "new_template", "many_shifts",
    "shifts_from_file", "shift_batch", "new_series", "shift_series", "edit_series",
    "end_shift_series", "desk_teams", "new_team", "desk_team", "edit_team", "end_volunteer_team",
    "new_partner", "desk_tour", "tour_report", "evidence", "week_roster", "roster",
    "team_message", "at_risk", "campaign_days", "activity_campaign",
)  # fmt: skip
WHO = {
    **{f"volunteers.{page}": "volunteer_organiser" for page in _DESK},
    "volunteers.tour_sheets": "resident",
    "volunteers.tour_sheet": "resident",
    "volunteers.ask_me": "resident",
    "volunteers.my_proposals": "resident",
}
_THINGS = {
    "called": (
        "show_activity", "desk_activity", "edit_activity", "call_off_activity", "new_shift",
        "many_shifts", "shifts_from_file", "new_series", "week_roster",
        "activity_campaign",
    ),
    "campaign": ("campaign_days",),
    "roster": ("roster",),
    "shift": ("show_shift", "edit_shift", "call_off_one"),
    "shift_series": ("shift_series", "edit_series", "end_shift_series"),
    "shift_batch": ("shift_batch",),
    "team": ("desk_team", "team_message", "edit_team", "end_volunteer_team"),
    "group": ("desk_tour", "tour_report", "tour_sheets", "tour_sheet"),
}  # fmt: skip
CASES = {f"volunteers.{page}": what for what, pages in _THINGS.items() for page in pages}
PAIRS = {
    ("volunteers.tour_sheet", "stop"): "first_stop",
    ("volunteers.old_estate", "code"): "old_estate",
}
MORE = (
    ("volunteers-narrowed", "", "/volunteers/?kind=drill&free=1"),
    ("volunteers-week-list", "", "/volunteers/weeks/2026-11-30?view=list"),
    ("volunteers-nothing", "", "/volunteers/?day=2000-01-01"),
    ("inspection-group", "resident", "/volunteers/activities/{group}"),
    ("campaign", "", "/volunteers/activities/{campaign}"),
    ("group-desk", "volunteer_organiser", "/desk/volunteers/{group}"),
)


def shift_things(session: Session, people: Mapping[str, Person]) -> dict[str, str]:
    """Of the demo's own: an activity with shifts, a series, a group in which the resident is."""
    found = select(ShiftSeries.number)
    number = session.scalars(found).one()
    row = series(session, number)
    assert row is not None
    group = session.scalars(
        select(Activity).where(Activity.kind == ActivityKind.INSPECTION_GROUP)
    ).one()
    on = session.scalars(select(Shift).where(Shift.activity_id == group.id).limit(1)).one()
    make.sign_up(session, on, people["resident"].id)
    coming = select(Shift).where(Shift.series_id == row.id, Shift.starts_at > now())
    shift = session.scalars(coming.order_by(Shift.starts_at).limit(1)).one()
    desk = actor(session, people["volunteer_organiser"])
    first = now().date() + timedelta(days=2)
    days = DaysWish(first, first + timedelta(days=3), frozenset(range(1, 8)))
    place = row.plan.wish(_code(row.plan.place_path))
    batch = make_batch(session, desk, row.activity_number, place, days, [], now=now())
    return {
        "called": row.activity_number,
        "shift": shift.number,
        "shift_series": number,
        "shift_batch": batch,
        "roster": _roster(session, desk, row.activity_number),
        "team": session.scalars(select(Team.number).limit(1)).one(),
        "group": group.number,
        "first_stop": "1",
        "old_estate": areas_tagged(session, Tag.OLD_ESTATE, limit=1, on=now().date())[0].code,
        "campaign": session.scalars(
            select(Activity.number).where(Activity.kind == ActivityKind.CAMPAIGN).limit(1)
        ).one(),
    }


def _roster(session: Session, desk: Actor, activity: str) -> str:
    """What was proposed to somebody for the week after next."""
    rosters.asked(session, root_areas(session)[0], now=now())
    session.flush()
    today = city_day(now(), instance_of(session).city.zone)
    monday = today + timedelta(days=14 - today.weekday())
    return rosters.propose(session, desk, activity, monday, now=now())


def _code(path: str) -> str:
    return path.strip("/").rpartition("/")[2]
