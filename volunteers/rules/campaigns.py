"""How long a campaign lasts, and what may belong to it. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from volunteers.rules.activities import ActivityKind

# a campaign is an effort with an end; a year holds the yearly ones (爱国卫生运动)
LONGEST: Final = timedelta(days=366)


class CampaignRefusal(StrEnum):
    """Why the days of a campaign, or what belongs to it, stay as they are."""

    NO_DAY = "campaign.no_day"
    ENDS_BEFORE = "campaign.ends_before"
    TOO_LONG = "campaign.too_long"
    NO_CAMPAIGN = "campaign.none"


@dataclass(frozen=True)
class Days:
    """From which day to which, both included."""

    first: date
    last: date


def flaw_of_days(first: date | None, last: date | None) -> tuple[CampaignRefusal, str] | None:
    """What is wrong with the days of a campaign, and the field to blame."""
    if first is None:
        return CampaignRefusal.NO_DAY, "first"
    if last is None:
        return CampaignRefusal.NO_DAY, "last"
    if last < first:
        return CampaignRefusal.ENDS_BEFORE, "last"
    return (CampaignRefusal.TOO_LONG, "last") if last - first > LONGEST else None


def may_belong(kind: ActivityKind) -> bool:
    """A campaign belongs to none: two levels are enough for everybody to find her way."""
    return kind is not ActivityKind.CAMPAIGN
