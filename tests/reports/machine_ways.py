"""Ways through the table that the machine prefers, so that walks get deep."""

from portal.reports.rules.codes import Event, State

E, S = Event, State
# the ordinary way of a matter, by somebody who may
ON_ITS_WAY = {
    S.REPORTED: (E.ACCEPT, "desk"),
    S.ACCEPTED: (E.FILE, "lead"),
    S.FILED: (E.DISPATCH, "centre"),
    S.HANDLED: (E.CLOSE, "checker"),
}
# they lead nowhere, or end the walk: taken less often
BESIDE = {E.NOTE, E.MODERATE, E.ADD_PHOTO, E.URGE, E.OUTSIDE_ANSWER}
ENDS = {E.REFUSE, E.REFUSE_FILING, E.VOID, E.WITHDRAW, E.HAND_OVER, E.SELF_SOLVE}
# what needs much before it can be taken at all
RARE = {E.SETTLE, E.CONFIRM, E.DENY, E.ESCALATE, E.RESOLVE, E.RESUME, E.CONFIRM_SOLVED, E.REPLY}
# event, who, and which unit or case is meant
Route = tuple[tuple[Event, str, int], ...]
_BEGUN: Route = ((E.ACCEPT, "desk", 0), (E.SETTLE, "head", 0))
_PASSED: Route = (
    (E.DISPATCH, "centre", 0), (E.RETURN, "worker", 0),
    (E.DISPATCH, "centre", 1), (E.RETURN, "colleague", 1),
)  # fmt: skip
ROUTES: dict[str, Route] = {
    "settled": (*_BEGUN, (E.CONFIRM, "reporter", 0)),
    "denied": (*_BEGUN, (E.DENY, "reporter", 0)),
    "settled and checked": (*_BEGUN, (E.RECHECK_SPOT, "walker", 0), (E.CLOSE, "checker", 0)),
    "returned by both": _PASSED,
    "decided": (*_PASSED, (E.ESCALATE, "centre", 0), (E.RESOLVE, "centre", 0)),
    "asked": ((E.ASK, "desk", 0), (E.REPLY, "reporter", 0)),
    "stopped": ((E.SUSPEND, "desk", 0), (E.RESUME, "desk", 0)),
    "solved": ((E.SELF_SOLVE, "reporter", 0), (E.CONFIRM_SOLVED, "desk", 0), (E.DOUBT, "desk", 0)),
    "joined": ((E.MERGE, "desk", 0), (E.SPLIT, "centre", 0)),
    "in parts": ((E.SPLIT_OFF, "desk", 0), (E.HANDLE, "worker", 0), (E.CLOSE, "checker", 0)),
}


def weight(event: Event) -> int:
    """How often a step is taken where it may be."""
    if event in RARE:
        return 12
    return 1 if event in BESIDE | ENDS else 4
