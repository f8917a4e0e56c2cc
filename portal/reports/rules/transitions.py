"""The one table of what may happen to a case: event, from, to, who, on which conditions.

Pure: the same questions are asked before a button is shown, before a step is taken, and in tests.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from portal.accounts.rules import Actor, Permission
from portal.reports.rules.codes import Closing, Event, PublicState, State
from portal.reports.rules.reasons import (
    REFUSE_FILING_REASONS,
    REFUSE_REASONS,
    RETURN_REASONS,
    SEND_BACK_REASONS,
    VOID_REASONS,
    WITHHOLD_REASONS,
    Reason,
)


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


class Speaks(StrEnum):
    """Whether a step takes words: never, if wanted, always, or with the reason "other"."""

    NOT = "not"
    MAY = "may"
    MUST = "must"
    WHEN_OTHER = "when_other"


@dataclass(frozen=True)
class CaseFacts:
    """What the table asks of a case. ``protected``: aimed at a person or a shop (law P5)."""

    state: State
    closing: Closing = Closing.AFTER_PHOTO
    protected: bool = False
    unit_id: UUID | None = None
    handler_id: UUID | None = None
    dispatcher_id: UUID | None = None
    responded: bool = False
    reporters: int = 1
    urged_today: bool = False


@dataclass(frozen=True)
class ActorFacts:
    """What the table asks of whoever wants the step: what she holds *for this very case*."""

    person_id: UUID | None = None
    holds: frozenset[Permission] = frozenset()
    of_unit: bool = False
    is_reporter: bool = False


@dataclass(frozen=True)
class Offer:
    """What comes with the step."""

    reason: Reason | None = None
    words: str | None = None
    photos: int = 0
    unit_id: UUID | None = None


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


@dataclass(frozen=True)
class Transition:
    """One row of the table. ``to`` None leaves the state; ``who`` empty is the reporter alone."""

    sources: frozenset[State]
    to: State | None
    who: frozenset[Permission]
    conditions: tuple[Condition, ...] = ()
    reasons: tuple[Reason, ...] = ()
    speaks: Speaks = Speaks.NOT
    public: bool = True
    tells: str | None = None
    lists: bool | None = None

    @property
    def by_reporter(self) -> bool:
        return not self.who


ALL = frozenset(State)
OPEN = frozenset(
    {
        State.REPORTED,
        State.ACCEPTED,
        State.FILED,
        State.DISPATCHED,
        State.HANDLED,
        State.REWORK,
        State.REOPENED,
    }
)
SENT_BACK = frozenset({State.REWORK, State.REOPENED})
AT_THE_UNIT = SENT_BACK | {State.DISPATCHED}
UNHANDLED = frozenset({State.REPORTED, State.ACCEPTED, State.FILED, State.DISPATCHED})
WORKERS = frozenset(
    {
        Permission.REPORT_ACCEPT,
        Permission.REPORT_CLOSE,
        Permission.REPORT_DISPATCH,
        Permission.REPORT_HANDLE,
        Permission.REPORT_RESPOND,
        Permission.REPORT_VERIFY,
    }
)
CHECKERS = frozenset({Permission.REPORT_CLOSE, Permission.REPORT_VERIFY})
_CHECKER = (not_the_handler, not_the_dispatcher, not_of_the_unit)

TRANSITIONS: dict[Event, Transition] = {
    Event.ACCEPT: Transition(
        frozenset({State.REPORTED}),
        State.ACCEPTED,
        frozenset({Permission.REPORT_ACCEPT}),
        tells="report.accepted",
        lists=True,
    ),
    Event.REFUSE: Transition(
        frozenset({State.REPORTED}),
        State.NOT_ACCEPTED,
        frozenset({Permission.REPORT_ACCEPT}),
        reasons=REFUSE_REASONS,
        speaks=Speaks.WHEN_OTHER,
        tells="report.not_accepted",
    ),
    Event.FILE: Transition(
        frozenset({State.ACCEPTED}),
        State.FILED,
        frozenset(
            {Permission.REPORT_ACCEPT, Permission.REPORT_DISPATCH, Permission.REPORT_RESPOND}
        ),
        speaks=Speaks.MAY,
        public=False,
    ),
    Event.REFUSE_FILING: Transition(
        frozenset({State.ACCEPTED}),
        State.NOT_FILED,
        frozenset({Permission.REPORT_ACCEPT}),
        reasons=REFUSE_FILING_REASONS,
        speaks=Speaks.WHEN_OTHER,
        tells="report.not_accepted",
    ),
    Event.DISPATCH: Transition(
        frozenset({State.FILED}) | AT_THE_UNIT,
        State.DISPATCHED,
        frozenset({Permission.REPORT_DISPATCH}),
        speaks=Speaks.MAY,
        tells="report.dispatched",
    ),
    Event.RETURN: Transition(
        AT_THE_UNIT,
        State.FILED,
        frozenset({Permission.REPORT_HANDLE}),
        (by_the_unit_or_in_the_grid,),
        reasons=RETURN_REASONS,
        speaks=Speaks.WHEN_OTHER,
        public=False,
    ),
    Event.RESPOND: Transition(
        OPEN - {State.HANDLED},
        None,
        frozenset({Permission.REPORT_RESPOND, Permission.REPORT_HANDLE}),
        (not_yet_responded,),
        speaks=Speaks.MAY,
    ),
    Event.HANDLE: Transition(
        frozenset({State.ACCEPTED, State.FILED}) | AT_THE_UNIT,
        State.HANDLED,
        frozenset({Permission.REPORT_HANDLE}),
        (by_the_unit_or_in_the_grid,),
        speaks=Speaks.MUST,
        tells="report.handled",
    ),
    Event.SEND_BACK: Transition(
        frozenset({State.HANDLED, State.CLOSED}),
        State.REWORK,
        CHECKERS,
        _CHECKER,
        reasons=SEND_BACK_REASONS,
        speaks=Speaks.WHEN_OTHER,
        tells="report.sent_back",
    ),
    Event.CLOSE: Transition(
        frozenset({State.HANDLED}),
        State.CLOSED,
        CHECKERS,
        _CHECKER,
        speaks=Speaks.MAY,
        tells="report.closed",
    ),
    Event.REOPEN: Transition(
        frozenset({State.CLOSED}),
        State.REOPENED,
        frozenset(),
        speaks=Speaks.MAY,
        tells="report.sent_back",
    ),
    Event.VOID: Transition(
        OPEN,
        State.VOID,
        frozenset({Permission.REPORT_VOID}),
        reasons=VOID_REASONS,
        speaks=Speaks.WHEN_OTHER,
        tells="report.void",
        lists=False,
    ),
    Event.WITHDRAW: Transition(
        UNHANDLED,
        State.WITHDRAWN,
        frozenset(),
        (alone,),
        tells="report.withdrawn",
        lists=False,
    ),
    Event.URGE: Transition(OPEN, None, frozenset(), (not_urged_today,)),
    Event.ADD_PHOTO: Transition(OPEN, None, frozenset(), public=False),
    Event.MODERATE: Transition(
        ALL - {State.VOID, State.WITHDRAWN},
        None,
        frozenset({Permission.REPORT_MODERATE}),
        reasons=WITHHOLD_REASONS,
        speaks=Speaks.WHEN_OTHER,
        public=False,
    ),
    Event.RECLASSIFY: Transition(
        UNHANDLED,
        None,
        frozenset({Permission.REPORT_ACCEPT, Permission.REPORT_DISPATCH}),
        speaks=Speaks.MAY,
    ),
    Event.NOTE: Transition(ALL, None, WORKERS, speaks=Speaks.MUST, public=False),
}

_PUBLIC: dict[State, PublicState] = {
    State.REPORTED: PublicState.REPORTED,
    State.ACCEPTED: PublicState.ACCEPTED,
    State.FILED: PublicState.ACCEPTED,
    State.DISPATCHED: PublicState.ASSIGNED,
    State.HANDLED: PublicState.SUPERVISED,
    State.REWORK: PublicState.SUPERVISED,
    State.REOPENED: PublicState.SUPERVISED,
    State.CLOSED: PublicState.FED_BACK,
    State.NOT_ACCEPTED: PublicState.FED_BACK,
    State.NOT_FILED: PublicState.FED_BACK,
    State.VOID: PublicState.FED_BACK,
    State.WITHDRAWN: PublicState.FED_BACK,
}


def public_state(state: State) -> PublicState:
    """Which of the five words residents read (R061)."""
    return _PUBLIC[state]


def holds(actor: Actor, permission: Permission, place_path: str, unit_id: UUID | None) -> bool:
    """Whether a permission reaches a case. A unit's grant reaches only cases dispatched to it."""
    return any(
        grant.permission is permission
        and (grant.place_path is None or place_path.startswith(grant.place_path))
        and (grant.organisation_id is None or grant.organisation_id == unit_id)
        for grant in actor.grants
    )


def facts_of_actor(actor: Actor, place_path: str, unit_id: UUID | None) -> ActorFacts:
    """What somebody holds for a case at a place, dispatched to a unit or to none."""
    held = {g.permission for g in actor.grants if holds(actor, g.permission, place_path, unit_id)}
    of_unit = any(
        g.permission is Permission.REPORT_HANDLE
        and g.organisation_id is not None
        and g.organisation_id == unit_id
        for g in actor.grants
    )
    return ActorFacts(actor.person_id, frozenset(held), of_unit)


def why_not(
    event: Event, case: CaseFacts, actor: ActorFacts, offer: Offer | None = None
) -> Refusal | None:
    """Why a step may not be taken, or None. Without an offer: whether to show its button."""
    row = TRANSITIONS[event]
    if row.by_reporter:
        if not actor.is_reporter:
            return Refusal.NOT_ALLOWED
    elif not row.who & actor.holds:
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
    return _what_is_missing(event, row, case, offer)


def _what_is_missing(
    event: Event, row: Transition, case: CaseFacts, offer: Offer
) -> Refusal | None:
    """Words, photo or unit that the step cannot do without."""
    must = row.speaks is Speaks.MUST
    must = must or (row.speaks is Speaks.WHEN_OTHER and offer.reason is Reason.OTHER)
    if must and not (offer.words or "").strip():
        return Refusal.WORDS_MISSING
    if event is Event.HANDLE and case.closing is Closing.AFTER_PHOTO and not offer.photos:
        return Refusal.PHOTO_MISSING
    if event is Event.DISPATCH and offer.unit_id is None:
        return Refusal.UNIT_MISSING
    return None


def next_cycle(state: State, to: State | None, cycle: int) -> int:
    """A closed case that is opened again is rated anew."""
    return cycle + 1 if state is State.CLOSED and to in OPEN else cycle
