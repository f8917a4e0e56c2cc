"""The routes of signing for the access test: a shop of somebody in each street."""

from sqlalchemy.orm import Session

from portal.accounts.rules import Permission
from tests.make.accounts import person
from tests.make.routes import Sample, fixed, thing, with_permission
from tests.make.shop_routes import SAMPLES
from tests.make.signing_pages import signing_things
from tests.make.world import EAST, FILLERS, WEST, World

__all__ = ["SAMPLES"]

REGISTER = with_permission(Permission.PLEDGE_REGISTER)
INSPECT = with_permission(Permission.PLEDGE_INSPECT)


def fill_signing(session: Session, world: World) -> None:
    """One shop to sign for, one that pledged, and a claim in each street; of other people."""
    for side, street in (("east", EAST), ("west", WEST)):
        place = world.tree[street]
        made = signing_things(session, person(session), place, code=f"signing_{side}")
        world.things |= {f"{name}_{side}": value for name, value in made.items()}


FILLERS.append(fill_signing)
for _page in ("desk_sign", "desk_sign_sheet"):
    SAMPLES[f"pledges.{_page}"] = Sample(
        own=thing(premises="sign_premises_east"), foreign=thing(premises="sign_premises_west"),
        reaches=INSPECT,
    )  # fmt: skip
SAMPLES["pledges.desk_claim"] = Sample(
    own=thing(number="sign_claim_east"), foreign=thing(number="sign_claim_west"), reaches=REGISTER
)
SAMPLES["pledges.desk_paper"] = Sample(
    own=thing(number="sign_paper_east"), foreign=thing(number="sign_paper_west"), reaches=REGISTER
)
for _page in ("my_pledge", "my_letter", "withdraw_pledge", "pledge_paper"):
    SAMPLES[f"pledges.{_page}"] = Sample(
        own=fixed(number="none"), foreign=thing(number="sign_pledge_east")
    )
SAMPLES["pledges.my_claim"] = Sample(
    own=fixed(number="none"), foreign=thing(number="sign_claim_east")
)
SAMPLES["pledges.sign_own_place"] = Sample(
    own=fixed(premises="none"), foreign=thing(premises="sign_premises_east")
)
SAMPLES["pledges.sign_at_plaque"] = Sample(own=thing(code="sign_plaque_east"))
SAMPLES["pledges.claim_door"] = Sample(own=thing(code="sign_plaque_east"))
