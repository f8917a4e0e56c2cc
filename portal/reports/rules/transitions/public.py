"""Which of the five words residents read for each state."""

from portal.reports.rules.codes import PublicState, State

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
    State.HANDED_OVER: PublicState.FED_BACK,
    State.MERGED: PublicState.FED_BACK,
    State.SELF_SOLVED: PublicState.FED_BACK,
    State.SETTLED: PublicState.FED_BACK,
}


def public_state(state: State) -> PublicState:
    """Which of the five words residents read (R061)."""
    return _PUBLIC[state]
