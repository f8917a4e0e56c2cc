"""Routes of the day of a shift for the access test: what is somebody else's there."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.queries import actor_for
from portal.accounts.rules import Permission
from portal.kernel.clock import now
from tests.make import volunteers as make
from tests.make.accounts import person
from tests.make.adoption_routes import SAMPLES
from tests.make.routes import Sample, fixed, thing, with_permission
from tests.make.world import EAST, FILLERS, WEST, World
from volunteers.models import Absence
from volunteers.queries.on_the_day import standing_mark
from volunteers.rules.on_the_day import AbsenceState, Mark, Way
from volunteers.rules.patrols import CheckpointWish, RouteWish
from volunteers.service.on_the_day import Note, write_mark
from volunteers.service.routes import write_route

__all__ = ["SAMPLES"]

_DAY = timedelta(days=1)
MANAGERS = with_permission(Permission.SHIFT_MANAGE)


def told(session: Session, shift_id: UUID, sign_up_id: UUID, person_id: UUID) -> Absence:
    """The no-show that stands about a sign-up, as its person was told of it today."""
    mark = standing_mark(session, sign_up_id, leaving=False)
    assert mark is not None
    row = Absence(
        attendance_id=mark.id, shift_id=shift_id, sign_up_id=sign_up_id, person_id=person_id,
        state=AbsenceState.TOLD, told_at=now(), reply_until=now() + 7 * _DAY,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def fill_days(session: Session, world: World) -> None:
    """In each street a shift of yesterday on which somebody did not come, and a route."""
    moment = now()
    for side, code, role in (("east", EAST, "volunteer_organiser"), ("west", WEST, None)):
        place = world.tree[code]
        shift = make.shift(
            session, make.activity(session, place), starts_at=moment - _DAY, seats={"member": 2}
        )
        who = person(session)
        signed = make.sign_up(session, shift, who.id, at=moment - 2 * _DAY)
        note = Note(Mark.ABSENT, Way.ROLL_CALL, shift.starts_at, who.id)
        write_mark(session, shift.id, signed.id, note, now=moment - _DAY)
        world.things |= {
            f"day_{side}": shift.number,
            f"absence_{side}": told(session, shift.id, signed.id, who.id).number,
            f"seat_{side}": signed.number,
        }
        if role is not None:
            actor = actor_for(session, world.people[role].id, moment, second_factor=True)
            wish = RouteWish("夜巡", (CheckpointWish("北门"),))
            world.things["route_east"] = write_route(session, actor, code, wish, now=moment)


FILLERS.append(fill_days)
for _page in (
    "day_list",
    "day_roll",
    "day_card",
    "day_screen",
    "day_times",
    "shift_route",
    "undo_roll",
):
    SAMPLES[f"volunteers.{_page}"] = Sample(
        own=thing(number="day_east"), foreign=thing(number="day_west"), reaches=MANAGERS
    )
# what was not called off is not planned again
SAMPLES["volunteers.shift_again"] = Sample(
    own=thing(number="day_east"), foreign=thing(number="day_west"), reaches=frozenset()
)
SAMPLES["volunteers.day_strike"] = Sample(
    own=thing(number="day_east", sign_up="seat_east"),
    foreign=thing(number="day_west", sign_up="seat_west"),
    reaches=MANAGERS,
)
SAMPLES["volunteers.desk_absence"] = Sample(
    own=thing(number="absence_east"), foreign=thing(number="absence_west"), reaches=MANAGERS
)
SAMPLES["volunteers.my_absence"] = Sample(
    own=fixed(number="none"), foreign=thing(number="absence_east")
)
for _page in ("change_route", "drop_route"):
    SAMPLES[f"volunteers.{_page}"] = Sample(
        own=thing(number="route_east"), foreign=fixed(number="none"), reaches=MANAGERS
    )
for _page in ("came", "come_here", "patrol_log", "patrol_finding"):
    SAMPLES[f"volunteers.{_page}"] = Sample(own=fixed(number="none"))
SAMPLES["volunteers.come_by_place_card"] = Sample(own=fixed(code="none"))
SAMPLES["volunteers.come"] = Sample(own=fixed(number="none", code="none"))
SAMPLES["volunteers.tick"] = Sample(own=fixed(number="none", place="1"))
SAMPLES["volunteers.patrol"] = Sample(own=thing(number="day_east"))
