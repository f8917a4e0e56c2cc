"""Routes of sign-up for the access test: what is somebody else's there."""

from datetime import timedelta

from sqlalchemy.orm import Session

from portal.accounts.rules import Permission
from portal.kernel.clock import now
from tests.make import volunteers as make
from tests.make.routes import Sample, fixed, thing, with_permission
from tests.make.shift_routes import SAMPLES
from tests.make.world import EAST, FILLERS, WEST, World

__all__ = ["SAMPLES"]


def fill_sign_up(session: Session, world: World) -> None:
    """Somebody who is nobody of the roles is on a shift of each street, and can first aid."""
    who = make.volunteer(session)
    for name, code in (("east", EAST), ("west", WEST)):
        place = world.tree[code]
        shift = make.shift(
            session, make.activity(session, place), starts_at=now() + timedelta(days=3),
            seats={"member": 3},
        )  # fmt: skip
        world.things |= {
            f"seats_{name}": shift.number,
            f"sign_up_{name}": make.sign_up(session, shift, who.id).number,
            f"qualification_{name}": make.waiting_qualification(session, who.id, place.path),
        }


FILLERS.append(fill_sign_up)
ORGANISERS = with_permission(Permission.SHIFT_MANAGE)
CHECKERS = with_permission(Permission.VOLUNTEER_CHECK)
SAMPLES["volunteers.seats"] = Sample(own=thing(number="seats_east"))
SAMPLES["volunteers.sign_up"] = Sample(own=thing(number="seats_east"))
for _page in ("my_sign_up", "leave", "hand_over"):
    SAMPLES[f"volunteers.{_page}"] = Sample(
        own=fixed(number="none"), foreign=thing(number="sign_up_east")
    )
SAMPLES["volunteers.step_of_mine"] = Sample(own=fixed(number="none", step="accept"))
SAMPLES["volunteers.handover"] = Sample(own=fixed(number="none"))
SAMPLES["volunteers.end_guardian"] = Sample(own=fixed(number="none"))
SAMPLES["volunteers.agree_as_guardian"] = Sample(own=fixed(token="none"))
SAMPLES["volunteers.shift_people"] = Sample(
    own=thing(number="seats_east"), foreign=thing(number="seats_west"), reaches=ORGANISERS
)
SAMPLES["volunteers.shift_message"] = Sample(
    own=thing(number="seats_east"), foreign=thing(number="seats_west"), reaches=ORGANISERS
)
SAMPLES["volunteers.take_off"] = Sample(
    own=thing(number="sign_up_east"), foreign=thing(number="sign_up_west"), reaches=ORGANISERS
)
SAMPLES["volunteers.desk_qualification"] = Sample(
    own=thing(number="qualification_east"), foreign=thing(number="qualification_west"),
    reaches=CHECKERS,
)  # fmt: skip
# no picture lies behind these
SAMPLES["volunteers.qualification_photo"] = Sample(
    own=fixed(number="none"), foreign=thing(number="qualification_west")
)
