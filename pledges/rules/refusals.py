"""Why something is not done, for every noun of pledges; what is a noun's own stands beside it."""

from enum import StrEnum


class PledgeRefusal(StrEnum):
    """A refusal says which rule, and what to do instead."""

    MOVED_ON = "pledge.moved_on"
    CHANGED = "pledge.changed"
    GONE = "pledge.gone"
    NO_OPERATOR = "pledge.no_operator"
    NOT_SPEAKING = "pledge.not_speaking"
    NOT_YOUR_PLACE = "pledge.not_your_place"
    NO_REASON = "pledge.no_reason"
    SAME_PERSON = "pledge.same_person"
    LONG = "pledge.long"
    LEADS_TO_PERSON = "pledge.leads_to_person"
    STRAY_SIGNS = "pledge.stray_signs"
