"""What a row of the table of transitions is, and the sets of states that rows begin from."""

from dataclasses import dataclass
from enum import StrEnum

from portal.accounts.rules import Permission
from portal.reports.rules.codes import State
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions.conditions import Condition


class Speaks(StrEnum):
    """Whether a step takes words: never, if wanted, always, or with the reason "other"."""

    NOT = "not"
    MAY = "may"
    MUST = "must"
    WHEN_OTHER = "when_other"


@dataclass(frozen=True)
class Transition:
    """One row of the table. ``to`` None leaves the state; ``who`` empty is the reporter alone.

    ``restores``: the step puts back what was, which whoever takes it brings along. ``exclusive``:
    it leaves the state, but of two that race for it one loses. ``by_clock``: time takes it too.
    """

    sources: frozenset[State]
    to: State | None
    who: frozenset[Permission]
    conditions: tuple[Condition, ...] = ()
    reasons: tuple[Reason, ...] = ()
    speaks: Speaks = Speaks.NOT
    public: bool = True
    tells: str | None = None
    lists: bool | None = None
    restores: bool = False
    exclusive: bool = False
    by_clock: bool = False

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
# still to be done: only here does the handling's time run
UNDONE = OPEN - {State.HANDLED}
SENT_BACK = frozenset({State.REWORK, State.REOPENED})
AT_THE_UNIT = SENT_BACK | {State.DISPATCHED}
UNHANDLED = frozenset({State.REPORTED, State.ACCEPTED, State.FILED, State.DISPATCHED})
