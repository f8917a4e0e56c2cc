"""Conditions of a matter that several units work on, and of one that the units dispute."""

from portal.reports.rules.disputes import DISPUTED_FROM
from portal.reports.rules.transitions.facts import ActorFacts, CaseFacts
from portal.reports.rules.transitions.refusals import Refusal


def no_part(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """What belongs to the matter as a whole is done there, not on a part of it."""
    return Refusal.IS_PART if case.is_part else None


def may_have_parts(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """A behaviour report goes to nobody beside those who may read it (R259)."""
    return Refusal.NO_PARTS_OF_THIS if case.inward else None


def parts_ended(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """The whole waits for its parts: it ends in no way before they have."""
    return Refusal.PARTS_OPEN if case.open_parts else None


def nobody_at_work(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """The same in words for a reporter who wants to withdraw."""
    return Refusal.PARTS_AT_WORK if case.open_parts else None


def whole_goes_on(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """A part that has ended is taken up again only while its whole is being worked on."""
    over = case.is_part and not case.whole_open
    return Refusal.WHOLE_ENDED if over else None


def into_no_part(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """Whoever reports the same joins the matter, not a part of it."""
    return Refusal.OTHER_IS_PART if case.into is not None and case.into.is_part else None


def by_itself(_case: CaseFacts, actor: ActorFacts) -> Refusal | None:
    """A step that follows from others; nobody takes it."""
    return None if actor.is_clock else Refusal.NOT_ALLOWED


def is_disputed(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """The meeting is for what units have returned or passed on more than once."""
    return None if case.times_disputed >= DISPUTED_FROM else Refusal.NOT_DISPUTED


def not_before_the_meeting(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """A case comes before the meeting once at a time."""
    return Refusal.BEFORE_MEETING if case.before_meeting else None


def before_the_meeting(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """A resolution answers a question that was put."""
    return None if case.before_meeting else Refusal.NOT_BEFORE_MEETING


def not_bound(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """Whom the meeting named returns the case no more (R181)."""
    bound = case.bound_to is not None and case.bound_to == case.unit_id
    return Refusal.BOUND if bound else None
