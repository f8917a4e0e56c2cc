"""Why a step is not taken: the codes; ``labels/case.py`` has their words."""

from enum import StrEnum


class Refusal(StrEnum):
    """Why a step is not taken."""

    WRONG_STATE = "case.wrong_state"
    NOT_ALLOWED = "case.not_allowed"
    NOT_YOUR_UNIT = "case.not_your_unit"
    HANDLED_IT = "case.handled_it"
    DISPATCHED_IT = "case.dispatched_it"
    OF_THE_UNIT = "case.of_the_unit"
    RESPONDED_ALREADY = "case.responded_already"
    URGED_TODAY = "case.urged_today"
    NOT_ALONE = "case.not_alone"
    REASON_MISSING = "case.reason_missing"
    WORDS_MISSING = "case.words_missing"
    PHOTO_MISSING = "case.photo_missing"
    UNIT_MISSING = "case.unit_missing"
    UNIT_OUT_OF_PLACE = "case.unit_out_of_place"
    SAME_CATEGORY = "case.same_category"
    NO_CATEGORY = "case.no_category"
    NEVER_PUBLIC = "case.never_public"
    WORDS_ADDED = "case.words_added"
    UNDECIDED = "case.undecided"
    IDENTITY_GONE = "case.identity_gone"
    STALE = "case.stale"
