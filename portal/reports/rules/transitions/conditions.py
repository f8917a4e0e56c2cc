"""Conditions beyond state and permission: each a function that answers why not, or None."""

from collections.abc import Callable

from portal.accounts.rules import Permission
from portal.reports.rules.codes import State
from portal.reports.rules.transitions.facts import ActorFacts, CaseFacts
from portal.reports.rules.transitions.refusals import Refusal

Condition = Callable[[CaseFacts, ActorFacts], Refusal | None]
_COMMAND = frozenset({Permission.REPORT_ACCEPT, Permission.REPORT_DISPATCH})
# who joins cases and parts them again
SORTERS = frozenset({Permission.REPORT_ACCEPT, Permission.REPORT_DISPATCH})


def by_the_unit_or_in_the_grid(case: CaseFacts, actor: ActorFacts) -> Refusal | None:
    """A dispatched case is its unit's; one without a unit may be settled on the spot (R062)."""
    return Refusal.NOT_YOUR_UNIT if case.unit_id is not None and not actor.of_unit else None


def not_the_handler(case: CaseFacts, actor: ActorFacts) -> Refusal | None:
    """Nobody verifies her own work."""
    same = case.handler_id is not None and case.handler_id == actor.person_id
    return Refusal.HANDLED_IT if same else None


def not_who_sent_the_helper(case: CaseFacts, actor: ActorFacts) -> Refusal | None:
    """Nor the work of a helper whom she let in by a link: it was done in her name."""
    return Refusal.HANDLED_IT if actor.person_id in case.sent_helpers else None


def not_the_dispatcher(case: CaseFacts, actor: ActorFacts) -> Refusal | None:
    """Supervision and command are two roles."""
    same = case.dispatcher_id is not None and case.dispatcher_id == actor.person_id
    return Refusal.DISPATCHED_IT if same else None


def not_of_the_unit(case: CaseFacts, actor: ActorFacts) -> Refusal | None:
    """A colleague of the handler verifies no more than the handler; nor does who supported him."""
    of_it = actor.of_unit or actor.co_unit_id is not None
    return Refusal.OF_THE_UNIT if case.unit_id is not None and of_it else None


def not_the_filer(case: CaseFacts, actor: ActorFacts) -> Refusal | None:
    """Whoever typed it in for somebody else does not say that it is done; handling it she may."""
    same = case.filer_id is not None and case.filer_id == actor.person_id
    return Refusal.FILED_IT if same else None


def checked_if_a_hazard(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """What may hurt somebody is looked at before anybody says that it is gone."""
    unchecked = case.urgent and case.state is State.REPORTED
    return Refusal.HAZARD_UNCHECKED if unchecked else None


def not_yet_confirmed(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """The desk agrees once."""
    return Refusal.CONFIRMED_ALREADY if case.fed_back else None


def small_and_inside(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """The head of a building settles only what the city counts as small, inside of a building."""
    return None if case.small else Refusal.NOT_SMALL


def not_awaited(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """As long as the reporter is asked, nobody else verifies."""
    return Refusal.AWAITED if case.awaited else None


def is_awaited(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """Once the days are over the word is the verifier's."""
    return None if case.awaited else Refusal.NOT_AWAITED


def not_yet_responded(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """The first response is stamped once (R287)."""
    return Refusal.RESPONDED_ALREADY if case.responded else None


def not_urged_today(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """A reporter urges once a day."""
    return Refusal.URGED_TODAY if case.urged_today else None


def alone(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """Nobody withdraws what others reported too."""
    return Refusal.NOT_ALONE if case.reporters > 1 else None


def not_paused(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """The clock cannot be stopped twice, nor moved while it stands."""
    return Refusal.PAUSED if case.paused else None


def is_paused(case: CaseFacts, actor: ActorFacts) -> Refusal | None:
    """Only what stands still can go on; time itself ends a pause that has run out, never before."""
    stopped = case.ran_out if actor.is_clock else case.paused
    return None if stopped else Refusal.NOT_PAUSED


def may_extend(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """More time is given once (a setting), and not to make a broken promise good."""
    if not case.may_extend:
        return Refusal.EXTENDED_ALREADY
    return Refusal.LATE_ALREADY if case.late else None


def has_question(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """A reporter answers what she was asked, also when the time for it is over."""
    return None if case.question_open else Refusal.NO_QUESTION


def has_grades(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """A kind of problem whose limits know no conditions cannot be graded."""
    return None if case.grades else Refusal.NO_GRADE


def into_an_open_case(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """A case becomes part of another one that is open, and of the same district's."""
    into = case.into
    if into is None:
        return None
    if into.same_case:
        return Refusal.SAME_CASE
    if not into.same_district:
        return Refusal.OTHER_DISTRICT
    return None if into.open else Refusal.OTHER_NOT_OPEN


def as_public_as_the_other(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """Law P5: a matter about a person or a shop never leads on to one that anybody may read."""
    return None if case.into is None or case.into.same_protection else Refusal.OTHER_PUBLICITY


def of_one_kind_or_agreed(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """Another kind is joined only when staff says that it is one matter all the same."""
    into = case.into
    return None if into is None or into.same_kind or into.agreed else Refusal.OTHER_KIND


def held_there_too(case: CaseFacts, _actor: ActorFacts) -> Refusal | None:
    """Whoever joins two cases may sort both of them."""
    return None if case.into is None or SORTERS & case.into.held else Refusal.NOT_ALLOWED


def leads_or_commands(_case: CaseFacts, actor: ActorFacts) -> Refusal | None:
    """A unit that only supports the lead stops nobody's clock."""
    supports = actor.co_unit_id is not None and not actor.holds & _COMMAND
    return Refusal.NOT_YOUR_UNIT if supports else None
