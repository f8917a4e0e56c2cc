"""Conditions beyond state and permission: each a function that answers why not, or None."""

from collections.abc import Callable

from portal.reports.rules.transitions.facts import ActorFacts, CaseFacts
from portal.reports.rules.transitions.refusals import Refusal

Condition = Callable[[CaseFacts, ActorFacts], Refusal | None]


def by_the_unit_or_in_the_grid(case: CaseFacts, actor: ActorFacts) -> Refusal | None:
    """A dispatched case is its unit's; one without a unit may be settled on the spot (R062)."""
    return Refusal.NOT_YOUR_UNIT if case.unit_id is not None and not actor.of_unit else None


def not_the_handler(case: CaseFacts, actor: ActorFacts) -> Refusal | None:
    """Nobody verifies her own work."""
    same = case.handler_id is not None and case.handler_id == actor.person_id
    return Refusal.HANDLED_IT if same else None


def not_the_dispatcher(case: CaseFacts, actor: ActorFacts) -> Refusal | None:
    """Supervision and command are two roles."""
    same = case.dispatcher_id is not None and case.dispatcher_id == actor.person_id
    return Refusal.DISPATCHED_IT if same else None


def not_of_the_unit(case: CaseFacts, actor: ActorFacts) -> Refusal | None:
    """A colleague of the handler verifies no more than the handler."""
    return Refusal.OF_THE_UNIT if case.unit_id is not None and actor.of_unit else None


def not_yet_responded(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """The first response is stamped once (R287)."""
    return Refusal.RESPONDED_ALREADY if case.responded else None


def not_urged_today(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """A reporter urges once a day."""
    return Refusal.URGED_TODAY if case.urged_today else None


def alone(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """Nobody withdraws what others reported too."""
    return Refusal.NOT_ALONE if case.reporters > 1 else None
