"""Words for benefits: how an offer stands, what was done to it, why something is not to be had."""

from collections.abc import Iterator, Mapping
from typing import Any

from credit.rules.benefits import BenefitRefusal, BenefitState, BenefitStep, RedemptionState
from credit.rules.personal import Data
from portal.accounts.labels import register_actions, register_reader
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

Record = Mapping[str, Any]

BENEFIT_STATES: Mapping[BenefitState, Words] = {
    BenefitState.WAITING: _l("Waits for a second person"),
    BenefitState.OFFERED: _l("Offered"),
    BenefitState.CLOSED: _l("No longer offered"),
}
BENEFIT_STEPS: Mapping[BenefitStep, Words] = {
    BenefitStep.WRITE: _l("Written"),
    BenefitStep.CHANGE: _l("Changed"),
    BenefitStep.PRICE: _l("Price changed"),
    BenefitStep.CHECK: _l("Checked by a second person"),
    BenefitStep.STOCK_IN: _l("Counted in: more came"),
    BenefitStep.STOCK_OUT: _l("Counted out: some are gone"),
    BenefitStep.UNLIMITED: _l("No longer counted: there is always more"),
    BenefitStep.CLOSE: _l("Ended: no longer offered"),
    BenefitStep.REOPEN: _l("Opened again"),
}
REDEMPTION_STATES: Mapping[RedemptionState, Words] = {
    RedemptionState.HELD: _l("Kept for you"),
    RedemptionState.HANDED_OUT: _l("Fetched, points spent"),
    RedemptionState.CANCELLED: _l("Cancelled, points given back"),
    RedemptionState.LAPSED: _l("Not fetched in time, points given back"),
}
register(
    {
        BenefitRefusal.KIND: _l("Choose a kind. Other things are never given for points."),
        BenefitRefusal.NO_TITLE: _l("Give it a title."),
        BenefitRefusal.NO_WORDS: _l("Describe it."),
        BenefitRefusal.NO_PLACE: _l("Choose the place, and say where it is handed out."),
        BenefitRefusal.NO_OFFERER: _l("Say who offers it."),
        BenefitRefusal.TOO_LONG: _l("This is too long."),
        BenefitRefusal.PRICE: _l("The price is a whole number of points, one or more."),
        BenefitRefusal.STOCK: _l("Give a whole number that can be in stock."),
        BenefitRefusal.PER_PERSON: _l("One person may have one or more; leave it empty for any."),
        BenefitRefusal.HOLD_DAYS: _l("It is kept from one day to sixty days."),
        BenefitRefusal.DATES: _l("The last day is not before the first."),
        BenefitRefusal.CHANGED: _l("Somebody else has changed this offer meanwhile."),
        BenefitRefusal.SAME_PERSON: _l("You wrote this offer: somebody else has to check it."),
        BenefitRefusal.NOT_DECLARED: _l("Tick the sentence if it is so; if not, close the offer."),
        BenefitRefusal.NO_REASON: _l("Please give a reason."),
        BenefitRefusal.NOT_SO_MANY: _l("So many are not in stock; what is kept for people stays."),
        BenefitRefusal.SOLD_OUT: _l("The last one is gone. Your points are untouched."),
        BenefitRefusal.HAD_ENOUGH: _l("You have had as many of this as one person may have."),
        BenefitRefusal.NOT_OFFERED: _l("This is not offered now. Your points are untouched."),
        BenefitRefusal.NO_POINTS: _l("You have no points yet."),
        BenefitRefusal.NOT_ENOUGH: _l("You need %(missing)s more points for this."),
        BenefitRefusal.NEW_PRICE: _l("The price is %(price)s points now. Do you still want it?"),
        BenefitRefusal.OVER: _l("This has ended already: handed out, cancelled or not fetched."),
        BenefitRefusal.WRONG_CODE: _l("No benefit is fetched here with this code."),
        BenefitRefusal.TOO_MANY_CODES: _l(
            "Too many wrong codes. Please wait a quarter of an hour."
        ),
        BenefitRefusal.OWN: _l("Somebody else has to hand out your own."),
        Data.REDEMPTIONS: _l("Which benefits were kept for you"),
    }
)

register_actions(
    {
        "benefit:find": _l("Pick-up code of a benefit looked up"),
        "benefit:hand_out": _l("Benefit handed out"),
        "benefit:write": _l("Benefit offered"),
        "benefit:change": _l("Benefit changed"),
        "benefit:price": _l("Price of a benefit changed"),
        "benefit:check": _l("Benefit checked by a second person"),
        "benefit:stock_in": _l("Benefits counted in"),
        "benefit:stock_out": _l("Benefits counted out"),
        "benefit:unlimited": _l("Benefits no longer counted"),
        "benefit:close": _l("Benefit no longer offered"),
        "benefit:reopen": _l("Benefit offered again"),
    }
)


def _redemption(record: Record) -> Iterator[Any]:
    yield from (record["made_at"], record["title"], record["price"])
    yield str(REDEMPTION_STATES[RedemptionState(record["state"])])


register_reader("credit_redemption", _l("Benefits that were kept for you"), _redemption)
