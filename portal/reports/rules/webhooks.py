"""What outside systems are told of a case: which steps, and which of its facts (public ones)."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from portal.reports.rules.codes import Event, State

# so many failed calls in a row stop a receiver, until somebody looks at it
MOST_FAILURES = 10
KEEP_DELIVERIES = timedelta(days=30)


class Told(StrEnum):
    """What is told. Values stand in the calls: never rename one."""

    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    HANDLED = "handled"
    CLOSED = "closed"
    REOPENED = "reopened"


_TOLD: Mapping[Event, Told] = {
    Event.ACCEPT: Told.ACCEPTED,
    Event.DISPATCH: Told.DISPATCHED,
    Event.HANDLE: Told.HANDLED,
    Event.CLOSE: Told.CLOSED,
    Event.REOPEN: Told.REOPENED,
}


def told_by(event: Event, before: State) -> Told | None:
    """What a step is outside. A closed case that a check sends back looks like one reopened."""
    if event is Event.SEND_BACK:
        return Told.REOPENED if before is State.CLOSED else None
    return _TOLD.get(event)
