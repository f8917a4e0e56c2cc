"""Routes of activities and shifts for the access test: what lies in another street there."""

from datetime import timedelta

from sqlalchemy.orm import Session

from portal.accounts.rules import Permission
from portal.kernel.clock import now
from portal.kernel.ids import new_number
from tests.make import volunteers as make
from tests.make.hours_routes import SAMPLES
from tests.make.routes import Sample, fixed, thing, with_permission
from tests.make.world import EAST, FILLERS, WEST, World
from volunteers.models import RosterBatch, ShiftBatch, ShiftPlan, ShiftSeries
from volunteers.rules.activities import ActivityKind, DutyKind
from volunteers.rules.batches import BatchKind

__all__ = ["SAMPLES"]

DESK = with_permission(Permission.SHIFT_MANAGE)


def fill_shifts(session: Session, world: World) -> None:
    """In each street a group, a shift, a series, a batch, a template and a team."""
    for side, street in (("east", EAST), ("west", WEST)):
        place, at = world.tree[street], now()
        of = make.activity(session, place, kind=ActivityKind.INSPECTION_GROUP)
        on = make.shift(session, of, starts_at=at + timedelta(days=3))
        plans = [
            ShiftPlan(
                number=new_number(), name=name, duty=DutyKind.POST, start_minute=480, minutes=60,
                area_id=place.id, place_path=place.path, meeting_place="路口",
            )
            for name in ("早班", None)
        ]  # fmt: skip
        session.add_all(plans)
        session.flush()
        series = ShiftSeries(
            number=new_number(), activity_id=of.id, plan_id=plans[1].id, made_at=at,
            rule="FREQ=DAILY;COUNT=2", first_on=at.date(),
        )  # fmt: skip
        batch = ShiftBatch(
            number=new_number(), activity_id=of.id, kind=BatchKind.FORM, shifts=0, made_at=at,
            maker_id=world.people["volunteer_organiser"].id,
        )  # fmt: skip
        roster = RosterBatch(
            number=new_number(), activity_id=of.id, monday=at.date(), made_at=at,
            maker_id=batch.maker_id,
        )  # fmt: skip
        session.add_all([series, batch, roster])
        team = make.team(session, place)
        world.things |= {
            f"activity_{side}": of.number, f"shift_{side}": on.number,
            f"campaign_{side}": make.activity(session, place, kind=ActivityKind.CAMPAIGN).number,
            f"series_{side}": series.number, f"batch_{side}": batch.number,
            f"roster_{side}": roster.number,
            f"template_{side}": plans[0].number, f"team_{side}": team.number,
        }  # fmt: skip


FILLERS.append(fill_shifts)
_PAGES = {
    "activity": (
        "desk_activity", "edit_activity", "publish_activity", "close_activity", "reopen_activity",
        "call_off_activity", "new_shift", "many_shifts", "shifts_from_file", "new_series",
        "desk_tour", "tour_report", "week_roster", "activity_campaign",
    ),
    "campaign": ("campaign_days",),
    "shift": ("edit_shift", "call_off_one"),
    "series": ("shift_series", "edit_series", "end_shift_series", "make_shifts_of_series"),
    "batch": ("shift_batch", "undo_shifts"),
    "roster": ("roster", "undo_roster"),
    "template": ("drop_shift_template",),
    "team": ("desk_team", "team_message", "edit_team", "end_volunteer_team"),
}  # fmt: skip
SAMPLES.update(
    {
        f"volunteers.{page}": Sample(
            own=thing(number=f"{what}_east"), foreign=thing(number=f"{what}_west"), reaches=DESK
        )
        for what, pages in _PAGES.items()
        for page in pages
    }
)
SAMPLES["volunteers.team_member"] = Sample(
    own=lambda world, _role: {
        "number": world.things["team_east"], "member": world.things["unit_east"], "step": "lead",
    },
    foreign=lambda world, _role: {
        "number": world.things["team_west"], "member": world.things["unit_east"], "step": "lead",
    },
)  # fmt: skip
SAMPLES["volunteers.end_partnership"] = Sample(own=fixed(code="none"))
SAMPLES["volunteers.show_activity"] = Sample(own=thing(number="activity_east"))
SAMPLES["volunteers.old_estate"] = Sample(own=fixed(code="none"))
SAMPLES["volunteers.show_shift"] = Sample(own=thing(number="shift_east"))
for _page in ("show_day", "show_week"):
    SAMPLES[f"volunteers.{_page}"] = Sample(own=fixed(day="2026-12-01"))
# a group's sheets are its members': nobody here is one
SAMPLES["volunteers.tour_sheets"] = Sample(
    own=fixed(number="none"), foreign=thing(number="activity_east")
)
SAMPLES["volunteers.tour_sheet"] = Sample(
    own=fixed(number="none", stop="1"),
    foreign=lambda world, _role: {"number": world.things["activity_east"], "stop": 1},
)
