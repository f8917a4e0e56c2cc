"""The one table of what may happen to a case, and the questions that are asked of it.

Pure: the same questions are asked before a button is shown, before a step is taken, and in tests.
"""

from portal.reports.rules.transitions.answers import next_cycle, why_not
from portal.reports.rules.transitions.facts import (
    ActorFacts,
    CaseFacts,
    IntoFacts,
    Offer,
    facts_of_actor,
    holds,
)
from portal.reports.rules.transitions.public import public_state
from portal.reports.rules.transitions.refusals import Refusal
from portal.reports.rules.transitions.several import TABLE as TRANSITIONS
from portal.reports.rules.transitions.table import (
    AT_THE_UNIT,
    OPEN,
    SENT_BACK,
    UNDONE,
    UNHANDLED,
    Speaks,
    Transition,
)

__all__ = [
    "AT_THE_UNIT",
    "OPEN",
    "SENT_BACK",
    "TRANSITIONS",
    "UNDONE",
    "UNHANDLED",
    "ActorFacts",
    "CaseFacts",
    "IntoFacts",
    "Offer",
    "Refusal",
    "Speaks",
    "Transition",
    "facts_of_actor",
    "holds",
    "next_cycle",
    "public_state",
    "why_not",
]
