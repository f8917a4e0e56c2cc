"""Addresses of pages of a shift’s day and of patrols: what stands in them, and who opens them."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.areas.queries import area_by_code
from portal.kernel.clock import now
from tests.make import volunteers as make
from tests.make.accounts import actor
from tests.make.day_routes import told
from volunteers.rules.on_the_day import Mark, Way
from volunteers.rules.patrols import CheckpointWish, RouteWish
from volunteers.rules.shifts import ShiftState
from volunteers.service.on_the_day import Note, write_mark
from volunteers.service.place_cards import card_of_shift, code_of, hang_card
from volunteers.service.routes import put_on_route, write_route

WHO = dict.fromkeys(
    ("volunteers.come", "volunteers.came", "volunteers.come_here",
     "volunteers.come_by_place_card", "volunteers.my_absence",
     "volunteers.my_absences", "volunteers.patrol_log", "volunteers.patrol_finding"),
    "resident",
)  # fmt: skip
CASES = {
    **dict.fromkeys(
        ("volunteers.come", "volunteers.came", "volunteers.come_here", "volunteers.patrol",
         "volunteers.patrol_log", "volunteers.patrol_finding", "volunteers.day_list",
         "volunteers.day_card",
         "volunteers.day_roll", "volunteers.day_screen", "volunteers.day_times",
         "volunteers.shift_route"),
        "day_shift",
    ),
    "volunteers.day_strike": "day_shift",
    "volunteers.shift_again": "shift_off",
    "volunteers.my_absence": "absence",
    "volunteers.desk_absence": "absence",
    "volunteers.change_route": "route",
}  # fmt: skip
PAIRS = {
    ("volunteers.day_strike", "sign_up"): "day_seat",
    ("volunteers.come_by_place_card", "code"): "place_card",
}


def day_things(session: Session, people: Mapping[str, Person], place: str) -> dict[str, str]:
    """A patrol that runs now with the resident on it, an old shift she missed, one called off."""
    moment, hour = now(), timedelta(hours=1)
    area = area_by_code(session, place)
    assert area is not None
    on, resident = make.activity(session, area, lon=119.9, lat=36.7), people["resident"]
    running = make.shift(session, on, starts_at=moment - hour, seats={"member": 4}, hours=9)
    seat = make.sign_up(session, running, resident.id, at=moment - 3 * hour)
    missed = make.shift(session, on, starts_at=moment - 99 * hour)
    gone = make.sign_up(session, missed, resident.id, at=moment - 100 * hour)
    note = Note(Mark.ABSENT, Way.ROLL_CALL, missed.starts_at, resident.id)
    write_mark(session, missed.id, gone.id, note, now=moment - 98 * hour)
    off = make.shift(
        session, on, starts_at=moment + 30 * hour, state=ShiftState.CANCELLED,
        cancelled_at=moment, cancel_reason="大风",
    )  # fmt: skip
    desk = actor(session, people["street_desk"])
    points = (CheckpointWish("北门", "门灯"), CheckpointWish("菜市场"))
    route = write_route(session, desk, place, RouteWish("夜巡", points, "night_lights"), now=moment)
    put_on_route(session, desk, running.number, route, now=moment)
    hang_card(session, desk, running.number, seen=None, now=moment)
    session.flush()
    _shift, card = card_of_shift(session, running.number, desk)
    assert card is not None
    return {
        "place_card": code_of(session, card.id),
        "day_shift": running.number,
        "day_seat": seat.number,
        "shift_off": off.number,
        "absence": told(session, missed.id, gone.id, resident.id).number,
        "route": route,
    }
