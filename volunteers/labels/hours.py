"""Words for certified time and certificates."""

from collections.abc import Iterator, Mapping
from typing import Any

from portal.accounts.labels import register_actions, register_reader
from portal.kernel import messages
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from volunteers.rules.hours import CertificateRefusal, HoursRefusal, HoursSource, HoursState
from volunteers.rules.personal import Data

Record = Mapping[str, Any]

HOURS_STATES: Mapping[HoursState, Words] = {
    HoursState.NOTICE: _l("On notice for seven days"),
    HoursState.CERTIFIED: _l("Certified"),
    HoursState.VOID: _l("Struck out"),
}
HOURS_SOURCES: Mapping[HoursSource, Words] = {
    HoursSource.ATTENDANCE: _l("Check-in and check-out"),
    HoursSource.PAPER: _l("List on paper"),
    HoursSource.CLOUD: _l("Volunteer Cloud"),
}
register(
    {
        **HOURS_STATES,
        **HOURS_SOURCES,
        HoursRefusal.NOT_THERE: _l("This person has no seat on the shift any more."),
        HoursRefusal.NOT_OVER: _l("Time is confirmed once the shift is over."),
        HoursRefusal.BACKWARDS: _l("Somebody leaves after she has come. Check both times."),
        HoursRefusal.TOO_LONG: _l("One stay has at most 16 hours. Check both times."),
        HoursRefusal.ALREADY: _l("Somebody has confirmed this person’s time meanwhile."),
        HoursRefusal.ONESELF: _l("Nobody confirms or strikes out her own time: ask somebody else."),
        HoursRefusal.NO_REASON: _l("Please give a reason, in up to 200 characters."),
        HoursRefusal.VOID_ALREADY: _l("This record is struck out already."),
        HoursRefusal.NOTHING: _l("Nothing of this stay lies within the shift. Check both times."),
        CertificateRefusal.NO_NAME: _l(
            "Type the name that is to stand on it, up to 60 characters."
        ),
        CertificateRefusal.NO_HOURS: _l("No certified time lies between these days."),
        CertificateRefusal.DATES: _l("The last day is not before the first."),
        Data.HOURS: _l("How long you served, and when"),
        Data.CERTIFICATES: _l("Your certificates of service"),
    }
)
register_actions(
    {
        "hours:void": _l("Time of service struck out"),
        "certificate:revoke": _l("Certificate of service revoked"),
    }
)
messages.register(
    {
        "volunteers.hours_voided": _l(
            "Your record of service %(number)s was struck out. Your page of hours says why."
        ),
        "volunteers.points_taken_back": _l(
            "The points for your record of service %(number)s were taken back, because it was "
            "struck out. Your ledger gives the reason; there you can ask for a correction."
        ),
    }
)


def _hours(record: Record) -> Iterator[Any]:
    yield from (in_words(record["names"]), record["starts_at"], record["ends_at"])
    yield record["minutes"]


def _certificate(record: Record) -> Iterator[Any]:
    yield from (record["number"], record["made_at"], record["revoked_at"])


register_reader("volunteer_hours", _l("Your time of service"), _hours)
register_reader("volunteer_certificate", _l("Your certificates"), _certificate)
