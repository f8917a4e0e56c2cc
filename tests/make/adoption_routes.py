"""The routes of adoption for the access test: a stranger has adopted something in each street."""

from sqlalchemy.orm import Session

from portal.accounts.rules import Permission
from portal.kernel import clock
from portal.kernel.instance import instance_of
from tests.make.accounts import actor
from tests.make.adoption import Park, active, plot
from tests.make.routes import Sample, fixed, thing, with_permission
from tests.make.sign_up_routes import SAMPLES
from tests.make.world import EAST, FILLERS, STRANGER, WEST, World
from volunteers.service.adoption.agreements import load_model

__all__ = ["SAMPLES"]


def fill_adoption(session: Session, world: World) -> None:
    """A stranger has adopted something in each street."""
    moment = clock.now()
    load_model(session, instance_of(session).city, moment)
    desks = {
        "east": actor(session, world.people["street_desk"]),
        "west": actor(session, world.people["city_centre"]),
    }
    stranger = actor(session, world.people[STRANGER])
    publisher = actor(session, world.people["administrator"])
    for side, street, spot in (("east", EAST, 119.9), ("west", WEST, 120.1)):
        made = Park(world.tree, desks[side], desks[side], stranger, stranger, stranger, publisher)
        thing_there = plot(session, made, register_number=f"R-{street}", lon=spot)
        number = active(session, made, thing_there, now=moment)
        world.things |= {f"plot_{side}": thing_there.number, f"adoption_{side}": number}


FILLERS.append(fill_adoption)
HERE = with_permission(Permission.ADOPTION_MANAGE)
for _page in ("apply_page", "join", "rate", "show"):
    SAMPLES[f"adoption.{_page}"] = Sample(own=thing(number="plot_east"))
for _page in ("my_adoption", "my_agreement", "my_care", "my_name", "sign_agreement",
              "sign_renewal", "leave_group"):  # fmt: skip
    SAMPLES[f"adoption.{_page}"] = Sample(
        own=fixed(number="none"), foreign=thing(number="adoption_east")
    )
SAMPLES["adoption.my_step"] = Sample(own=fixed(number="none", step="give_notice"))
SAMPLES["adoption.my_care_strike"] = Sample(own=fixed(number="none", line="none"))
for _page in ("accept_member", "decline_member", "make_leader"):
    SAMPLES[f"adoption.{_page}"] = Sample(own=fixed(number="none", who="none"))
for _page in ("desk_adoption", "desk_check", "desk_sign", "desk_renew", "desk_inspect",
              "desk_plaque", "desk_agreements"):  # fmt: skip
    SAMPLES[f"adoption.{_page}"] = Sample(
        own=thing(number="adoption_east"), foreign=thing(number="adoption_west"), reaches=HERE
    )
SAMPLES["adoption.desk_step"] = Sample(own=fixed(number="none", step="remind"))
for _page in ("desk_care_confirm", "desk_care_strike"):
    SAMPLES[f"adoption.{_page}"] = Sample(own=fixed(number="none", line="none"))
for _page in ("desk_plot", "desk_plot_photos", "desk_plot_gone"):
    SAMPLES[f"adoption.{_page}"] = Sample(
        own=thing(number="plot_east"), foreign=thing(number="plot_west"), reaches=HERE
    )
for _page in ("photo", "small_photo", "plaque"):
    SAMPLES[f"adoption.{_page}"] = Sample(own=fixed(code="none"))
