"""Exposure (曝光): what may be shown of an act and a place, and when. Pure (L6, L7, P5).

An item rests on a breach of a pledge that stands, or on a case that is closed. It is shown only
when two people have approved the very words and the very picture, after the days in which that
basis can be contested, and for a while. Everything is asked again on every read: an appeal hides
the item at once, without a job.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

# of a closed case, for as long as a breach at least can be contested (L7)
CASE_DAYS: Final = 15
LEAST_DAYS: Final = 1
MOST_DAYS: Final = 30
USUAL_DAYS: Final = 7
LONGEST_ACT: Final = 120
LONGEST_PLACE: Final = 80
LONGEST_REASON: Final = 300
NUMBER_LENGTH: Final = 16


class Basis(StrEnum):
    """What an item rests on."""

    BREACH = "breach"
    CASE = "case"


class ExposureState(StrEnum):
    """Where an item stands. What has expired stays ``SHOWN``: the clock hides it."""

    DRAFT = "draft"
    WAITING = "waiting"
    SHOWN = "shown"
    DOWN = "down"


class Step(StrEnum):
    """What staff may do with an item."""

    SEND = "send"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    TAKE_DOWN = "take_down"


class ExposureRefusal(StrEnum):
    """Why an item is not written, approved or shown."""

    NO_BASIS = "exposure.no_basis"
    NOT_FINAL = "exposure.not_final"
    WINDOW_RUNS = "exposure.window_runs"
    APPEAL_OPEN = "exposure.appeal_open"
    PERSONS_OFF = "exposure.persons_off"
    NAMES_SOMEBODY = "exposure.names_somebody"
    NOT_COVERED = "exposure.not_covered"
    BOTH = "exposure.both"
    NOT_LOOKED = "exposure.not_looked"
    OWN = "exposure.own"
    NOT_WRITER = "exposure.not_writer"
    APPROVED_ALREADY = "exposure.approved_already"
    MOVED_ON = "exposure.moved_on"
    NOT_NOW = "exposure.not_now"
    NO_REASON = "exposure.no_reason"
    NO_PHOTO = "exposure.no_photo"


STEPS: Final = {
    ExposureState.DRAFT: (Step.SEND, Step.TAKE_DOWN),
    ExposureState.WAITING: (Step.APPROVE, Step.SEND_BACK, Step.TAKE_DOWN),
    ExposureState.SHOWN: (Step.TAKE_DOWN,),
    ExposureState.DOWN: (),
}
WITH_REASON: Final = frozenset({Step.SEND_BACK, Step.TAKE_DOWN})


@dataclass(frozen=True)
class Standing:
    """How the basis stands: in which place, the last day on which it can be contested (None: it is
    not found for good, or no more), contested just now, and whether it is about a natural person
    or may be."""

    place_path: str
    contested_until: date | None
    contested: bool = False
    person: bool = True


def why_not_show(
    at: Standing | None, today: date, *, about_person: bool, persons_on: bool
) -> ExposureRefusal | None:
    """Why an item may not be seen today. ``about_person``: staff say so, or the basis does."""
    if at is None or at.contested_until is None:
        return ExposureRefusal.NOT_FINAL
    if at.contested:
        return ExposureRefusal.APPEAL_OPEN
    if today <= at.contested_until:
        return ExposureRefusal.WINDOW_RUNS
    if (about_person or at.person) and not persons_on:
        return ExposureRefusal.PERSONS_OFF
    return None


def why_not_change(person: UUID | None, made_by: UUID) -> ExposureRefusal | None:
    """Words and picture are the writer's own, so that whoever approves approves another's."""
    return None if person == made_by else ExposureRefusal.NOT_WRITER


def why_not_approve(
    person: UUID | None, made_by: UUID | None, first_by: UUID | None, *, unseen: bool = False
) -> ExposureRefusal | None:
    """Two people approve, and neither of them wrote it. ``unseen``: there is a photo, and she has
    not said that all of it is covered, whatever was drawn: a rectangle may cover nothing."""
    if person is None or person == made_by:
        return ExposureRefusal.OWN
    if person == first_by:
        return ExposureRefusal.APPROVED_ALREADY
    return ExposureRefusal.NOT_LOOKED if unseen else None


def expires_at(now: datetime, days: int) -> datetime:
    """When an item that is shown now goes by itself."""
    return now + timedelta(days=min(max(days, LEAST_DAYS), MOST_DAYS))
