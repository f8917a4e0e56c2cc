"""An activity as its organiser writes it, what is wrong with it, and where it may go next. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from portal.accounts.rules import AgeBand
from volunteers.rules.activities import (
    LONGEST_NOTE,
    LONGEST_PLACE,
    LONGEST_TITLE,
    LONGEST_WORDS,
    ActivityKind,
    ActivityState,
    tags,
)

# the bands of age that can be asked for; the youngest are let in with a guardian's consent
YOUNGEST: Final = (AgeBand.UNDER_14, AgeBand.UNDER_18, AgeBand.ADULT)
MOST_TEAMS: Final = 10


class ActivityRefusal(StrEnum):
    """Why an activity is not written, or does not take a step."""

    NO_KIND = "activity.no_kind"
    NO_TITLE = "activity.no_title"
    NO_WORDS = "activity.no_words"
    NO_MEETING_PLACE = "activity.no_meeting_place"
    NO_RISKS = "activity.no_risks"
    NOT_INSURED = "activity.not_insured"
    TOO_LONG = "activity.too_long"
    NO_AGE = "activity.no_age"
    NO_TAG = "activity.no_tag"
    NO_PLACE = "activity.no_place"
    NO_ORGANISATION = "activity.no_organisation"
    NO_TEAM = "activity.no_team"
    MANY_TEAMS = "activity.many_teams"
    CHANGED = "activity.changed"
    NO_STEP = "activity.no_step"
    NO_REASON = "activity.no_reason"


class ActivityStep(StrEnum):
    """What an organiser does with an activity as a whole."""

    PUBLISH = "publish"
    CLOSE = "close"
    REOPEN = "reopen"
    CALL_OFF = "call_off"


# from where each step leads where
STEPS: Final[Mapping[ActivityStep, tuple[frozenset[ActivityState], ActivityState]]] = {
    ActivityStep.PUBLISH: (frozenset({ActivityState.DRAFT}), ActivityState.OPEN),
    ActivityStep.CLOSE: (frozenset({ActivityState.OPEN}), ActivityState.CLOSED),
    ActivityStep.REOPEN: (frozenset({ActivityState.CLOSED}), ActivityState.OPEN),
    ActivityStep.CALL_OFF: (
        frozenset({ActivityState.DRAFT, ActivityState.OPEN, ActivityState.CLOSED}),
        ActivityState.CANCELLED,
    ),
}
WRITABLE: Final = frozenset({ActivityState.DRAFT, ActivityState.OPEN, ActivityState.CLOSED})


@dataclass(frozen=True)
class ActivityWish:
    """An activity as it is typed. ``organisation`` is a code, ``teams`` are numbers."""

    kind: str
    titles: Mapping[str, str]
    words: Mapping[str, str]
    meeting_place: str
    risks: str
    insurance: str = ""
    gear: str = ""
    risky: bool = False
    youngest: str = AgeBand.UNDER_18.value
    tags: frozenset[str] = field(default_factory=frozenset)
    organisation: str = ""
    teams: frozenset[str] = field(default_factory=frozenset)


Flaw = tuple[ActivityRefusal, str | None]


def flaw_of(wish: ActivityWish, language: str) -> Flaw | None:
    """The first thing wrong with an activity, and the field to blame.

    Content, place and risks are told when people are asked to come (条例, article 12), and risky
    work is insured before anybody does it (article 16).
    """
    suffix = language.lower()
    needed = (
        (wish.kind not in set(ActivityKind), ActivityRefusal.NO_KIND, "kind"),
        (not wish.titles.get(language), ActivityRefusal.NO_TITLE, f"title_{suffix}"),
        (not wish.words.get(language), ActivityRefusal.NO_WORDS, f"words_{suffix}"),
        (not wish.meeting_place, ActivityRefusal.NO_MEETING_PLACE, "meeting_place"),
        (not wish.risks, ActivityRefusal.NO_RISKS, "risks"),
        (wish.risky and not wish.insurance, ActivityRefusal.NOT_INSURED, "insurance"),
        (wish.youngest not in set(YOUNGEST), ActivityRefusal.NO_AGE, "youngest"),
        (not wish.tags <= tags().keys(), ActivityRefusal.NO_TAG, "tags"),
        (len(wish.teams) > MOST_TEAMS, ActivityRefusal.MANY_TEAMS, "teams"),
    )
    found = next(((code, name) for wrong, code, name in needed if wrong), None)
    return found or _too_long(wish)


def _too_long(wish: ActivityWish) -> Flaw | None:
    texts = [
        *((text, LONGEST_TITLE, f"title_{lang.lower()}") for lang, text in wish.titles.items()),
        *((text, LONGEST_WORDS, f"words_{lang.lower()}") for lang, text in wish.words.items()),
        (wish.meeting_place, LONGEST_PLACE, "meeting_place"),
        (wish.risks, LONGEST_NOTE, "risks"),
        (wish.insurance, LONGEST_NOTE, "insurance"),
        (wish.gear, LONGEST_NOTE, "gear"),
    ]
    blamed = next((name for text, most, name in texts if len(text) > most), None)
    return (ActivityRefusal.TOO_LONG, blamed) if blamed else None


def steps_from(state: ActivityState) -> list[ActivityStep]:
    """What can be done with an activity that stands there."""
    return [step for step, (sources, _target) in STEPS.items() if state in sources]
