"""Words for off-peak parking."""

from collections.abc import Mapping
from typing import Final

from pledges.rules.parking import (
    MOST_SPACES,
    ParkingFee,
    ParkingRefusal,
    ParkingState,
    ParkingStep,
    ParkingUser,
)
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

USERS: Final[Mapping[ParkingUser, Words]] = {
    ParkingUser.EVERYBODY: _l("everybody"),
    ParkingUser.RESIDENTS: _l("residents of the neighbourhood"),
    ParkingUser.VISITORS: _l("visitors"),
    ParkingUser.DELIVERIES: _l("deliveries"),
}
FEES: Final[Mapping[ParkingFee, Words]] = {
    ParkingFee.FREE: _l("free of charge"),
    ParkingFee.BY_HOUR: _l("paid by the hour, on the spot"),
    ParkingFee.BY_MONTH: _l("paid by the month, to the unit"),
}
STATES: Final[Mapping[ParkingState, Words]] = {
    ParkingState.WRITTEN: _l("written, not signed yet"),
    ParkingState.WAITING: _l("signed; the street checks it"),
    ParkingState.OFFERED: _l("offered"),
    ParkingState.PAUSED: _l("paused"),
    ParkingState.ENDED: _l("ended"),
}
SIGNS: Final[Mapping[ParkingState, str]] = {
    ParkingState.WRITTEN: "new",
    ParkingState.WAITING: "waiting",
    ParkingState.OFFERED: "done",
    ParkingState.PAUSED: "waiting",
    ParkingState.ENDED: "ended",
}
STEPS: Final[Mapping[ParkingStep, Words]] = {
    ParkingStep.WRITE: _l("Written"),
    ParkingStep.SIGN: _l("Signed by the unit"),
    ParkingStep.ADMIT: _l("Checked by the street and shown"),
    ParkingStep.SEND_BACK: _l("Sent back by the street"),
    ParkingStep.CHANGE: _l("Changed"),
    ParkingStep.CHANGE_HOURS: _l("Hours changed"),
    ParkingStep.PAUSE: _l("Paused"),
    ParkingStep.RESUME: _l("Offered again"),
    ParkingStep.END: _l("Ended"),
}
# what a button says
DO: Final[Mapping[ParkingStep, Words]] = {
    ParkingStep.ADMIT: _l("It is right: show it"),
    ParkingStep.SEND_BACK: _l("Send it back to be changed"),
    ParkingStep.PAUSE: _l("Pause the offer"),
    ParkingStep.RESUME: _l("Offer it again"),
    ParkingStep.END: _l("End the offer"),
}
DAYS: Final[tuple[Words, ...]] = (
    _l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"),
    _l("Sunday"), _l("Public holidays"),
)  # fmt: skip

register(
    {
        ParkingRefusal.SPACES: _l("Write how many spaces: 1 to %(most)s.", most=MOST_SPACES),
        ParkingRefusal.HOURS: _l(
            "Write times like 18:00-08:00, several with a comma between them."
        ),
        ParkingRefusal.STREET_PAUSED: _l(
            "The street paused this offer, with a reason. "
            "Only the street offers it again: ask there."
        ),
        ParkingRefusal.NO_HOURS: _l("Write on which days and at which times one may park."),
        ParkingRefusal.PHONE: _l("This is not a telephone number."),
        ParkingRefusal.MOBILE: _l(
            "Everybody reads this number. Please give the telephone of the unit and not the mobile "
            "of a person."
        ),
        ParkingRefusal.POINT: _l("Write both degrees as numbers like 119.9512, or none."),
        ParkingRefusal.OFFERED_ALREADY: _l(
            "This place has an offer already. Please change that one."
        ),
        ParkingRefusal.DAYS: _l("The last day lies before the first one."),
    }
)
