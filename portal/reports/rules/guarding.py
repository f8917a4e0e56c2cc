"""What is decided about what the public sees, and a reporter's objection to it. Pure."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from portal.reports.rules.codes import Target

MOST_WORDS: Final = 1000
# [publishing] text_at_once = ["street_light", …] in the city file: none, unless a city says so
SECTION, SETTING = "publishing", "text_at_once"


class Act(StrEnum):
    """What was decided about one text or photo."""

    SHOWN = "shown"
    MASKED = "masked"
    WITHHELD = "withheld"
    AT_ONCE = "at_once"
    COVERED = "covered"
    UNCOVERED = "uncovered"


class Outcome(StrEnum):
    """How an objection was answered."""

    CHANGED = "changed"
    STAYS = "stays"


class AppealRefusal(StrEnum):
    """Why an objection, or the answer to it, is not taken."""

    NOTHING_KEPT = "appeal.nothing_kept"
    ONCE = "appeal.once"
    NO_WORDS = "appeal.no_words"
    LONG_WORDS = "appeal.long_words"
    NO_OUTCOME = "appeal.no_outcome"
    ANSWERED = "appeal.answered"
    OWN_DECISION = "appeal.own_decision"


def at_once_from(raw: Mapping[str, Any]) -> frozenset[str]:
    """The kinds whose words verified people publish at once. Raises ValueError when damaged."""
    codes = raw.get(SECTION, {}).get(SETTING, [])
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise ValueError(f"{SECTION}.{SETTING}: a list of codes of kinds")
    return frozenset(codes)


def is_public_at_once(
    code: str, target: Target, at_once: Collection[str], *, verified: bool, urgent: bool
) -> bool:
    """Words without a check: only of somebody with a checked phone, never about a person (P5)."""
    return verified and not urgent and target is Target.THING and code in at_once


def act_on_text(original: str, public: str | None) -> Act:
    """What a decision did to some words."""
    if public is None:
        return Act.WITHHELD
    return Act.SHOWN if "".join(public.split()) == "".join(original.split()) else Act.MASKED


def may_answer(actor_id: UUID | None, deciders: Collection[UUID | None]) -> bool:
    """Whoever decided what is objected to does not decide on the objection."""
    return actor_id is not None and actor_id not in deciders
