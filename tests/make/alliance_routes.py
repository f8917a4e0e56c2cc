"""The routes of alliances and off-peak parking for the access test: one of each in each street."""

from sqlalchemy.orm import Session

from portal.accounts.rules import Permission
from tests.make.accounts import person
from tests.make.alliance_pages import alliance_things, parking_things
from tests.make.inspection_routes import SAMPLES
from tests.make.routes import Sample, fixed, thing, with_permission
from tests.make.world import EAST, FILLERS, WEST, World

__all__ = ["SAMPLES"]

MANAGE = with_permission(Permission.ALLIANCE_MANAGE)
REGISTER = with_permission(Permission.PLEDGE_REGISTER)


def fill_alliances(session: Session, world: World) -> None:
    """An alliance and offers of somebody who is nobody of the roles, in each street."""
    owner = person(session)
    for side, street in (("east", EAST), ("west", WEST)):
        area = world.tree[street]
        made = alliance_things(session, owner, area)
        made |= parking_things(session, owner, area, f"offpeak_{side}")
        world.things |= {f"{name}_{side}": value for name, value in made.items()}


FILLERS.append(fill_alliances)
# whoever is signed in has no shop in it: to her it looks as if it were not there
_NONE = fixed(number="none")
for _page in ("", "_join", "_leave", "_notice", "_messages", "_link", "_term", "_ask", "_covenant",
              "_unsign", "_draft", "_publish", "_call"):  # fmt: skip
    SAMPLES[f"pledges.my_alliance{_page}"] = Sample(
        own=_NONE, foreign=thing(number="alliance_east")
    )
for _page in ("my_alliance_help", "my_alliance_help_done"):
    SAMPLES[f"pledges.{_page}"] = Sample(own=_NONE, foreign=thing(number="alliance_help_east"))
for _page in ("my_election", "my_election_propose"):
    SAMPLES[f"pledges.{_page}"] = Sample(own=_NONE, foreign=thing(number="alliance_election_east"))
SAMPLES["pledges.my_alliance_take_down"] = Sample(
    own=fixed(number="none", thing="links", item="none"),
    foreign=lambda world, _role: {
        "number": world.things["alliance_east"], "thing": "links", "item": "none",
    },
)  # fmt: skip
SAMPLES["pledges.my_election_step"] = Sample(
    own=fixed(number="none", candidate="none", step="agree"),
    foreign=lambda world, _role: {
        "number": world.things["alliance_election_east"], "candidate": "none", "step": "agree",
    },
)  # fmt: skip
for _page in ("", "_notice", "_election", "_term", "_end"):
    SAMPLES[f"pledges.desk_alliance{_page}"] = Sample(
        own=thing(number="alliance_east"), foreign=thing(number="alliance_west"), reaches=MANAGE
    )
SAMPLES["pledges.desk_alliance_call_off"] = Sample(
    own=thing(number="alliance_election_east"), foreign=thing(number="alliance_election_west"),
    reaches=MANAGE,
)  # fmt: skip
SAMPLES["pledges.desk_alliance_notice_end"] = Sample(
    own=lambda world, _role: {"number": world.things["alliance_east"], "notice": "none"},
    foreign=lambda world, _role: {"number": world.things["alliance_west"], "notice": "none"},
)
SAMPLES["pledges.alliance"] = Sample(own=thing(number="alliance_east"))
SAMPLES["pledges.parking_table"] = Sample(own=fixed(form="csv"))
SAMPLES["pledges.parking_offer"] = Sample(
    own=thing(number="offer_east"), foreign=thing(number="offer_written_east")
)
SAMPLES["pledges.my_parking_new"] = Sample(own=_NONE, foreign=thing(number="offer_none_east"))
for _page in ("my_offer", "my_offer_change", "my_offer_sign"):
    SAMPLES[f"pledges.{_page}"] = Sample(own=_NONE, foreign=thing(number="offer_written_east"))
SAMPLES["pledges.my_offer_step"] = Sample(
    own=fixed(number="none", step="pause"),
    foreign=lambda world, _role: {"number": world.things["offer_east"], "step": "pause"},
)
SAMPLES["pledges.desk_offer"] = Sample(
    own=thing(number="offer_east"), foreign=thing(number="offer_west"), reaches=REGISTER
)
SAMPLES["pledges.desk_offer_step"] = Sample(
    own=lambda world, _role: {"number": world.things["offer_east"], "step": "end"},
    foreign=lambda world, _role: {"number": world.things["offer_west"], "step": "end"},
    reaches=REGISTER,
)
