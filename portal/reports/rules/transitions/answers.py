"""The questions that are asked of the table: before a button is shown, and before each step."""

from portal.reports.rules.codes import Closing, Event, State
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions.facts import ActorFacts, CaseFacts, Offer
from portal.reports.rules.transitions.refusals import Refusal
from portal.reports.rules.transitions.several import TABLE
from portal.reports.rules.transitions.table import OPEN, Speaks, Transition

# ends without a unit are believed because they can be seen, whatever the kind
_SHOWN_ALWAYS = frozenset({Event.SELF_SOLVE, Event.SETTLE})


def why_not(
    event: Event, case: CaseFacts, actor: ActorFacts, offer: Offer | None = None
) -> Refusal | None:
    """Why a step may not be taken, or None. Without an offer: whether to show its button."""
    row = TABLE[event]
    if row.by_reporter:
        if not actor.is_reporter:
            return Refusal.NOT_ALLOWED
    elif not (row.who & actor.holds or (row.by_clock and actor.is_clock)):
        return Refusal.NOT_ALLOWED
    if case.state not in row.sources:
        return Refusal.WRONG_STATE
    for condition in row.conditions:
        refusal = condition(case, actor)
        if refusal is not None:
            return refusal
    return None if offer is None else _why_not_enough(event, row, case, offer)


def _why_not_enough(event: Event, row: Transition, case: CaseFacts, offer: Offer) -> Refusal | None:
    """Whether what comes with the step is enough."""
    approving = event is Event.MODERATE and offer.reason is None
    if approving and case.protected:
        return Refusal.NEVER_PUBLIC
    if row.reasons and not approving and offer.reason not in row.reasons:
        return Refusal.REASON_MISSING
    if event is Event.DISPATCH and case.bound_to not in {None, offer.unit_id}:
        return Refusal.BOUND_ELSEWHERE
    return _what_is_missing(event, row, case, offer)


def _what_is_missing(
    event: Event, row: Transition, case: CaseFacts, offer: Offer
) -> Refusal | None:
    """Words, photo or unit that the step cannot do without."""
    must = row.speaks is Speaks.MUST
    must = must or (row.speaks is Speaks.WHEN_OTHER and offer.reason is Reason.OTHER)
    if must and not (offer.words or "").strip():
        return Refusal.WORDS_MISSING
    by_photo = event is Event.HANDLE and case.closing is Closing.AFTER_PHOTO
    lacking = (
        ((by_photo or event in _SHOWN_ALWAYS) and not offer.photos, Refusal.PHOTO_MISSING),
        (event is Event.DISPATCH and offer.unit_id is None, Refusal.UNIT_MISSING),
        (event is Event.REPLY and not offer.says_anything, Refusal.ANSWER_MISSING),
        (event is Event.CLOSE and offer.means is None, Refusal.MEANS_MISSING),
        (event is Event.MERGE and case.into is None, Refusal.NO_OTHER_CASE),
    )
    return next((refusal for lacks, refusal in lacking if lacks), None)


def next_cycle(state: State, to: State | None, cycle: int) -> int:
    """A closed case that is opened again is rated anew."""
    return cycle + 1 if state is State.CLOSED and to in OPEN else cycle
