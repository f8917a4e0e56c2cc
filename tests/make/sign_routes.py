"""The routes of signing, handling and rating for the access test: a text in each street."""

from sqlalchemy.orm import Session

from portal.accounts.rules import Permission
from tests.make.published_routes import SAMPLES
from tests.make.routes import Sample, fixed, thing, with_permission
from tests.make.sign_pages import sign_things
from tests.make.world import EAST, FILLERS, WEST, World

__all__ = ["SAMPLES"]

MANAGE = with_permission(Permission.CONVENTION_MANAGE)
HANDLES = with_permission(Permission.COMMUNITY_MANAGE)
KEEPS = with_permission(Permission.DEDUCTION_SWITCH)


def fill_signing(session: Session, world: World) -> None:
    """One published text in each street."""
    for side, street in (("east", EAST), ("west", WEST)):
        made = sign_things(session, world.tree[street])
        world.things |= {f"{name}_{side}": value for name, value in made.items()}


FILLERS.append(fill_signing)

for _page in ("signing", "sign_convention", "sign_sheet", "convention_poster",
              "rate_self_government", "convention_yes"):  # fmt: skip
    SAMPLES[f"conventions.{_page}"] = Sample(own=thing(number="convention_signed_east"))
for _page in ("my_signature", "my_signature_back"):
    SAMPLES[f"conventions.{_page}"] = Sample(
        own=fixed(number="none"), foreign=thing(number="convention_own_signature_west")
    )
SAMPLES["conventions.my_building_matter"] = Sample(
    own=fixed(number="none"), foreign=thing(number="community_handling_west")
)
for _name, _pages, _reaches in (
    ("convention_signed", ("desk_signatures", "desk_sign_sheet", "desk_contested"), MANAGE),
    ("convention_paper_line", ("desk_signature", "desk_signature_photo"), MANAGE),
    ("convention_signed", ("desk_handling_new",), HANDLES),
    ("community_handling", ("desk_handling",), HANDLES),
    ("convention_signed", ("desk_convention_basis",), KEEPS),
):
    for _page in _pages:
        SAMPLES[f"conventions.{_page}"] = Sample(
            own=thing(number=f"{_name}_east"), foreign=thing(number=f"{_name}_west"),
            reaches=_reaches,
        )  # fmt: skip
