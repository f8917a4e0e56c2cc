"""How old somebody is, as far as the law asks: who may say so, and when a band may rise. Pure.

A band says "at least so old". Whoever was 14 four years ago is 18 today, so a minor's band may be
raised by its holder when that time has passed, and before it only where somebody looked at a paper
(decision 0036).
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from portal.accounts.rules.personal import AgeBand

# the least age in each band, in years
LEAST_YEARS: Final[Mapping[AgeBand, int]] = {
    AgeBand.UNDER_14: 0,
    AgeBand.UNDER_18: 14,
    AgeBand.ADULT: 18,
}


class Seen(StrEnum):
    """What somebody at the desk looked at before confirming an age. Nothing of it is copied."""

    IDENTITY_CARD = "identity_card"
    HOUSEHOLD_BOOK = "household_book"
    GUARDIAN = "guardian"


class AgeRefusal(StrEnum):
    """Why an age group is not kept."""

    NO_BAND = "age.no_band"
    TOO_EARLY = "age.too_early"
    ONLY_AT_DESK = "age.only_at_desk"
    ONESELF = "age.oneself"
    GUARDIAN_IS_NO_PROOF = "age.guardian_is_no_proof"
    CHANGED = "age.changed"


def rises_on(band: AgeBand, higher: AgeBand, since: date) -> date:
    """From which day on somebody in a band since a day is surely in a higher one."""
    year = since.year + LEAST_YEARS[higher] - LEAST_YEARS[band]
    try:
        return since.replace(year=year)
    except ValueError:
        # born by the calendar of a leap day
        return date(year, 3, 1)


def why_not_state(band: AgeBand, wanted: AgeBand, since: date, today: date) -> AgeRefusal | None:
    """Why somebody cannot say this of herself, or None.

    Once, freely. From then on downwards among the minors' bands, which protects more, and upwards
    by time. "18 or older" is what consent to conventions and a guardian's yes rest on: nobody
    leaves it by a press.
    """
    if wanted is AgeBand.UNKNOWN:
        return AgeRefusal.NO_BAND
    if band in {AgeBand.UNKNOWN, wanted}:
        return None
    if band is AgeBand.ADULT:
        return AgeRefusal.ONLY_AT_DESK
    if LEAST_YEARS[wanted] < LEAST_YEARS[band]:
        return None
    return None if today >= rises_on(band, wanted, since) else AgeRefusal.TOO_EARLY


def why_not_confirm(wanted: AgeBand, seen: Seen) -> AgeRefusal | None:
    """Why a desk cannot confirm this. A parent's word makes nobody grown up."""
    if wanted is AgeBand.UNKNOWN:
        return AgeRefusal.NO_BAND
    if wanted is AgeBand.ADULT and seen is Seen.GUARDIAN:
        return AgeRefusal.GUARDIAN_IS_NO_PROOF
    return None
