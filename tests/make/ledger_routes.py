"""The ledger's routes for the access test: what is somebody else's there, and what is nobody's."""

from sqlalchemy.orm import Session

from tests.make import benefits
from tests.make.ledger_pages import asked_about, award_of
from tests.make.routes import SAMPLES, Sample, fixed, thing
from tests.make.world import FILLERS, World

__all__ = ["SAMPLES"]


def fill_ledger(session: Session, world: World) -> None:
    """Somebody who is nobody of the roles has an entry and something that is kept for her."""
    who = benefits.saver(session)
    assert who.person_id is not None
    offer = benefits.offer(session, world.tree)
    world.things |= {
        "offer": offer.code,
        "redemption_other": benefits.redeemed(session, who, offer),
        "entry_other": award_of(session, who.person_id),
        "request_other": asked_about(session, who.person_id),
    }


FILLERS.append(fill_ledger)
for _page in ("my_entry", "ask_about_entry", "my_details", "my_proof", "my_receipt"):
    SAMPLES[f"credit.{_page}"] = Sample(own=fixed(code="none"), foreign=thing(code="entry_other"))
for _page in ("my_redemption", "cancel_benefit"):
    SAMPLES[f"credit.{_page}"] = Sample(
        own=fixed(number="none"), foreign=thing(number="redemption_other")
    )
# an announced deduction takes two people and days: the pages' own tests have them
for _page in ("my_matter", "object_to_matter", "print_matter", "state_on_matter",
              "withdraw_from_matter", "desk_deduction", "deduction_letter",
              "revoke_deduction_basis", "hand_out_one", "handed_out"):  # fmt: skip
    SAMPLES[f"credit.{_page}"] = Sample(own=fixed(number="none"))
for _page in ("withdraw_my_request", "desk_correction", "prepare_request", "reply_to_request",
              "confirm_request", "send_request_back"):  # fmt: skip
    SAMPLES[f"credit.{_page}"] = Sample(
        own=fixed(number="none"), foreign=thing(number="request_other")
    )
SAMPLES["credit.matter_photo"] = Sample(own=fixed(number="none", code="none"))
SAMPLES["credit.deduction_photo"] = Sample(own=fixed(code="none"))
SAMPLES["credit.deduction_step"] = Sample(own=fixed(number="none", step="confirm"))
for _page in ("benefit_stock", "check_offer", "desk_benefit", "edit_benefit", "end_benefit",
              "redeem_benefit", "reopen_offer"):  # fmt: skip
    SAMPLES[f"credit.{_page}"] = Sample(own=fixed(code="none"))
