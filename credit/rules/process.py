"""The one table of what may happen to a deduction, from a proposal to its end. Pure.

A deduction never begins by itself: one person proposes, another confirms, the person concerned is
told and can object before anything counts (L7–L12). Every step is an edge of ``EDGES``; what is
not there cannot be done by anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from credit.rules.flaws import LONGEST_LIFE


class MatterState(StrEnum):
    """Where a deduction stands."""

    PROPOSED = "proposed"
    WAITING = "waiting"
    ANNOUNCED = "announced"
    DISPUTED = "disputed"
    IN_EFFECT = "in_effect"
    CONTESTED = "contested"  # disputed although it is in effect
    LAPSED = "lapsed"
    VOIDED = "voided"
    REPAIRED = "repaired"
    REVERSED = "reversed"
    EXPIRED = "expired"


class MatterEvent(StrEnum):
    """What can happen to it."""

    PROPOSE = "propose"
    CHECK = "check"
    CONFIRM = "confirm"
    STAND_ASIDE = "stand_aside"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"
    PUT_RIGHT = "put_right"
    SWITCH_OFF = "switch_off"
    REVOKE = "revoke"
    OBJECT = "object"
    TAKE_ON = "take_on"
    EXTEND = "extend"
    UPHOLD = "uphold"
    GRANT = "grant"
    MISS = "miss"
    DROP = "drop"
    POST = "post"
    RUN_OUT = "run_out"
    REPAIR_PART = "repair_part"
    REPAIR = "repair"
    EXPIRE = "expire"
    ERASE = "erase"


class Who(StrEnum):
    """Who takes a step."""

    PROPOSER = "proposer"
    CONFIRMER = "confirmer"
    REVIEWER = "reviewer"
    SUBJECT = "subject"
    STAFF = "staff"
    CLOCK = "clock"


class BasisEnd(StrEnum):
    """Why a basis ended when nobody gave a reason in words."""

    SUPERSEDED = "basis.superseded"


class MatterRefusal(StrEnum):
    """Why a step is not taken."""

    SWITCHED_OFF = "matter.switched_off"
    NO_SUCH_RULE = "matter.no_such_rule"
    NOT_A_DEDUCTION = "matter.not_a_deduction"
    NOT_A_PROPOSER = "matter.not_a_proposer"
    NO_SUBJECT = "matter.no_subject"
    NOT_ADULT = "matter.not_adult"
    ONESELF = "matter.oneself"
    NO_BASIS = "matter.no_basis"
    NO_BASIS_CONSENT = "matter.no_basis_consent"
    NO_ACT = "matter.no_act"
    NOT_YET = "matter.not_yet"
    VOLUNTEER_HOURS = "matter.volunteer_hours"
    SENSITIVE_WORDS = "matter.sensitive_words"
    NO_UNIT = "matter.no_unit"
    SAME_PERSON = "matter.same_person"
    SAME_UNIT = "matter.same_unit"
    INTEREST = "matter.interest"
    STOOD_ASIDE = "matter.stood_aside"
    NOT_NOW = "matter.not_now"
    CHANGED = "matter.changed"
    NO_REASON = "matter.no_reason"
    NO_STATEMENT = "matter.no_statement"
    ASKED_ALREADY = "matter.asked_already"
    TOO_LATE = "matter.too_late"
    LAST_STEP = "matter.last_step"
    EXTENDED_ALREADY = "matter.extended_already"
    NO_EXTENSION = "matter.no_extension"
    NO_CALENDAR = "matter.no_calendar"
    BAD_AMOUNT = "matter.bad_amount"
    BASIS_DATES = "basis.dates"
    BASIS_INCOMPLETE = "basis.incomplete"


S, E, W = MatterState, MatterEvent, Who


@dataclass(frozen=True)
class Edge:
    """From which state, by which event, to which, taken by whom, on which line of the law."""

    before: MatterState | None
    event: MatterEvent
    after: MatterState
    who: Who
    law: str


def _edges(
    states: tuple[MatterState | None, ...],
    event: MatterEvent,
    after: MatterState | None,
    who: Who,
    law: str,
) -> tuple[Edge, ...]:
    """The same step from several states; ``after`` None stays where it was."""
    return tuple(Edge(before, event, after or before or S.PROPOSED, who, law) for before in states)


_UNCONFIRMED = (S.PROPOSED, S.WAITING)
_NOT_IN_EFFECT = (*_UNCONFIRMED, S.ANNOUNCED, S.DISPUTED)
_COUNTING = (S.IN_EFFECT, S.CONTESTED)
EDGES: Final[tuple[Edge, ...]] = (
    *_edges((None,), E.PROPOSE, S.PROPOSED, W.PROPOSER, "L11"),
    *_edges((S.PROPOSED,), E.CHECK, S.WAITING, W.CLOCK, "N1"),
    *_edges((S.WAITING,), E.CONFIRM, S.ANNOUNCED, W.CONFIRMER, "L7, L11"),
    *_edges((S.WAITING,), E.STAND_ASIDE, None, W.CONFIRMER, "L9"),
    *_edges(_UNCONFIRMED, E.WITHDRAW, S.LAPSED, W.PROPOSER, "L11"),
    *_edges(_UNCONFIRMED, E.LAPSE, S.LAPSED, W.CLOCK, "L11, N1"),
    *_edges(_NOT_IN_EFFECT, E.PUT_RIGHT, S.VOIDED, W.STAFF, "L3"),
    *_edges(_NOT_IN_EFFECT, E.SWITCH_OFF, S.VOIDED, W.CLOCK, "L2"),
    *_edges(_NOT_IN_EFFECT, E.REVOKE, S.VOIDED, W.CLOCK, "L10"),
    *_edges(_COUNTING, E.REVOKE, S.REVERSED, W.CLOCK, "L10"),
    *_edges((S.ANNOUNCED,), E.OBJECT, S.DISPUTED, W.SUBJECT, "L7, L8"),
    *_edges((S.IN_EFFECT,), E.OBJECT, S.CONTESTED, W.SUBJECT, "L8"),
    *_edges((S.DISPUTED, S.CONTESTED), E.TAKE_ON, None, W.REVIEWER, "L9"),
    *_edges((S.DISPUTED, S.CONTESTED), E.STAND_ASIDE, None, W.REVIEWER, "L9"),
    *_edges((S.DISPUTED, S.CONTESTED), E.EXTEND, None, W.REVIEWER, "L8"),
    *_edges((S.DISPUTED,), E.DROP, S.ANNOUNCED, W.SUBJECT, "L14"),
    *_edges((S.CONTESTED,), E.DROP, S.IN_EFFECT, W.SUBJECT, "L14"),
    *_edges((S.DISPUTED,), E.UPHOLD, S.ANNOUNCED, W.REVIEWER, "L9"),
    *_edges((S.CONTESTED,), E.UPHOLD, S.IN_EFFECT, W.REVIEWER, "L9"),
    *_edges((S.DISPUTED,), E.GRANT, S.VOIDED, W.REVIEWER, "L9"),
    *_edges((S.CONTESTED,), E.GRANT, S.REVERSED, W.REVIEWER, "L9"),
    *_edges((S.DISPUTED,), E.MISS, S.VOIDED, W.CLOCK, "L8"),
    *_edges((S.CONTESTED,), E.MISS, S.REVERSED, W.CLOCK, "L8"),
    *_edges((S.ANNOUNCED,), E.POST, S.IN_EFFECT, W.CLOCK, "L7, L11"),
    *_edges((S.ANNOUNCED, S.DISPUTED), E.RUN_OUT, S.VOIDED, W.CLOCK, "L7"),
    *_edges(_COUNTING, E.REPAIR_PART, None, W.STAFF, "L12"),
    *_edges(_COUNTING, E.REPAIR, S.REPAIRED, W.STAFF, "L12"),
    *_edges((*_COUNTING, S.REPAIRED), E.EXPIRE, S.EXPIRED, W.CLOCK, "L12"),
    *_edges(_NOT_IN_EFFECT, E.ERASE, S.VOIDED, W.SUBJECT, "L14"),
    *_edges((*_COUNTING, S.REPAIRED), E.ERASE, S.EXPIRED, W.SUBJECT, "L14"),
)
TABLE: Final[Mapping[tuple[MatterState | None, MatterEvent], Edge]] = {
    (edge.before, edge.event): edge for edge in EDGES
}
LIVE: Final = frozenset({*_NOT_IN_EFFECT, *_COUNTING})
ENDED: Final = frozenset(MatterState) - LIVE
COUNTING: Final = frozenset(_COUNTING)
# what the person concerned is shown: nothing is kept from her once it was announced
TOLD: Final = frozenset(
    {S.ANNOUNCED, S.DISPUTED, S.IN_EFFECT, S.CONTESTED, S.VOIDED, S.REPAIRED, S.REVERSED}
)
DISPUTES: Final = frozenset({S.DISPUTED, S.CONTESTED})
# behind these somebody other than the proposer has to stand (L11)
CONFIRMED: Final = frozenset(
    {S.ANNOUNCED, S.DISPUTED, S.IN_EFFECT, S.CONTESTED, S.REPAIRED, S.REVERSED}
)


def edge_for(state: MatterState | None, event: MatterEvent) -> Edge | None:
    """The edge of a step, or None when it cannot be taken from there."""
    return TABLE.get((state, event))


class Decision(StrEnum):
    """How an objection ended."""

    UPHELD = "upheld"  # the deduction stands
    GRANTED = "granted"  # the deduction falls
    MISSED = "missed"  # nobody answered in time, so it falls
    DROPPED = "dropped"  # the person took it back
    MOOT = "moot"  # the deduction ended for another reason meanwhile


class BasisKind(StrEnum):
    """What a deduction can rest on (L2)."""

    CONVENTION = "convention"
    LEGAL = "legal"


@dataclass(frozen=True)
class Clocks:
    """What runs out of a matter, as the row has it. None: it does not run, or nobody can say."""

    state: MatterState
    confirm_by: datetime | None = None
    lapses_at: datetime | None = None
    expires_at: datetime | None = None
    answer_by: datetime | None = None
    basis_ended_at: datetime | None = None


def due_event(clocks: Clocks, now: datetime) -> MatterEvent | None:
    """What has happened by itself by now, whether or not a job has written it down (L8, L10, L12).

    Expiry comes first: what is over is over, whoever was late with what.
    """
    # in this order: the first whose moment has come, and that the table knows from here
    rows = (
        (E.EXPIRE, clocks.expires_at),
        (E.REVOKE, clocks.basis_ended_at),
        (E.MISS, clocks.answer_by),
        (E.RUN_OUT, clocks.lapses_at),
        (E.LAPSE, clocks.confirm_by),
    )
    for event, moment in rows:
        if moment is not None and moment <= now and (clocks.state, event) in TABLE:
            return event
    return None


def stands(clocks: Clocks, now: datetime) -> MatterState:
    """Where it stands now: a job that is down hides nothing."""
    event = due_event(clocks, now)
    return clocks.state if event is None else TABLE[clocks.state, event].after


@dataclass(frozen=True)
class ProcessSettings:
    """What a city can set, within the law. Raises ValueError beyond it."""

    window: timedelta
    lapse_working_days: int
    details_after: timedelta

    def __post_init__(self) -> None:
        if self.window < SHORTEST_WINDOW:
            raise ValueError("deduction_window_days: at least 15 (L7)")
        if not 1 <= self.lapse_working_days <= MOST_LAPSE_DAYS:
            raise ValueError(f"deduction_lapse_working_days: 1 to {MOST_LAPSE_DAYS}")
        if not timedelta(days=1) <= self.details_after <= MOST_DETAILS:
            raise ValueError("deduction_details_days: 1 to 90")


SHORTEST_WINDOW: Final = timedelta(days=15)
MOST_LAPSE_DAYS: Final = 30
MOST_DETAILS: Final = timedelta(days=90)
# a notice that nobody posts is let go by the ledger itself; the whole ladder fits before
NOTICE_LEFT: Final = timedelta(days=180)


def longest_matter(settings: ProcessSettings) -> timedelta:
    """How long the details of a matter can be there after somebody objected to it: its window, the
    ladder before it counts and again while it counts, its life, and the city's days after that."""
    return settings.window + 2 * NOTICE_LEFT + LONGEST_LIFE + settings.details_after


def settings_from(thresholds: Mapping[str, object]) -> ProcessSettings:
    """The settings of a city file's thresholds. Raises ValueError for what the law forbids."""

    def days(name: str, usual: int) -> int:
        value = thresholds.get(name, usual)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError(f"{name}: a whole number of days")  # noqa: TRY004  a setting, no type
        return value

    return ProcessSettings(
        timedelta(days=days("deduction_window_days", 15)),
        days("deduction_lapse_working_days", 5),
        timedelta(days=days("deduction_details_days", 30)),
    )
