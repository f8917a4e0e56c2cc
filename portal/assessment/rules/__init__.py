"""Codes of assessment. Pure; ``recompute`` is also a program that stands alone."""

from enum import StrEnum
from typing import Final

LONGEST_REASON: Final = 400
LONGEST_TITLE: Final = 120
LONGEST_CODE: Final = 32
MOST_SCORE: Final = 100
MOST_REGISTERED: Final = 1_000_000


class Source(StrEnum):
    """Where an indicator's value comes from: system data, what people put down, the release; of a
    register: how many of its things no open matter speaks of."""

    SYSTEM = "system"
    RELEASE = "release"
    CHECK = "check"
    MEDIA = "media"
    MUTUAL = "mutual"
    REGISTER = "register"


class Missing(StrEnum):
    """What an indicator counts where nothing is known."""

    LEAVE_OUT = "leave_out"
    ZERO = "zero"


class Direction(StrEnum):
    """Which values are better."""

    HIGHER = "higher"
    LOWER = "lower"


class GroupKind(StrEnum):
    """What the units of an assessed group are."""

    AREA = "area"
    ORGANISATION = "organisation"
    CITY = "city"


class Axis(StrEnum):
    """What a daily check looks at: 洁化 绿化 序化 亮化 (R184)."""

    CLEAN = "clean"
    GREEN = "green"
    ORDERLY = "orderly"
    LIT = "lit"


class Field(StrEnum):
    """The seven areas of assessment (R151)."""

    CITYSCAPE = "cityscape"
    SANITATION = "sanitation"
    GREENING = "greening"
    FACILITIES = "facilities"
    ADVERTISING = "advertising"
    DIGITAL = "digital"
    ENFORCEMENT = "enforcement"


class Span(StrEnum):
    """How long a period is: 月考核, 季排名, 年总评."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class ObjectionState(StrEnum):
    """Where an objection stands."""

    OPEN = "open"
    UPHELD = "upheld"
    REFUSED = "refused"


class TalkRule(StrEnum):
    """When a unit is called to a talk."""

    IN_A_ROW = "in_a_row"
    FAILED = "failed"
    LOWEST = "lowest"


class TalkState(StrEnum):
    """Where a talk stands."""

    DUE = "due"
    HELD = "held"
    FOLLOWED = "followed"


class Refusal(StrEnum):
    """Why something of an assessment is not done."""

    BAD_PERIOD = "assessment.bad_period"
    OPEN_PERIOD = "assessment.open_period"
    NO_RELEASE = "assessment.no_release"
    NO_SET = "assessment.no_set"
    MISSING_PARTS = "assessment.missing_parts"
    OBJECTIONS = "assessment.objections"
    TIME_RUNS = "assessment.time_runs"
    NOT_APPLIED = "assessment.not_applied"
    FROZEN = "assessment.frozen"
    CARRIED_ON = "assessment.carried_on"
    NO_UNIT = "assessment.no_unit"
    NOT_YOURS = "assessment.not_yours"
    NO_INDICATOR = "assessment.no_indicator"
    TOO_LATE = "assessment.too_late"
    DECIDED = "assessment.decided"
    OWN = "assessment.own"
    NO_VALUE = "assessment.no_value"
    NO_PAIR = "assessment.no_pair"
    NOTHING_SCORED = "assessment.nothing_scored"
    FUTURE = "assessment.future"
    NO_LAMPS = "assessment.no_lamps"
