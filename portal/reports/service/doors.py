"""What other doors add to the facts of a case; under the loop, which asks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from portal.reports.queries.case import CaseRow
from portal.reports.queries.doors import is_small, proxy_of
from portal.reports.rules.codes import Event, State
from portal.reports.rules.doors import is_awaited

Columns = dict[str, Any]
_STILL_SMALL = frozenset({State.ACCEPTED, State.FILED})


def door_facts(session: Session, case: CaseRow, now: datetime | None) -> dict[str, Any]:
    """Who filed it, whether the head of a building may settle it, whether a word is waited for."""
    proxy = proxy_of(session, case)
    waited = case.state is State.HANDLED and now is not None
    return {
        "filer_id": proxy.filer_id if proxy else None,
        "small": case.state in _STILL_SMALL and is_small(session, case),
        "awaited": waited and now is not None and is_awaited(case.confirm_until, now),
    }


def end_stamps(
    case: CaseRow, who: UUID | None, now: datetime, *, sent_back: Columns, again: Columns
) -> dict[Event, Columns]:
    """What handling stamps, and what the ends without a unit do."""
    fed_back = {"fed_back_at": now}
    done = {
        "handler_id": who,
        "handled_at": now,
        "responded_at": case.responded_at or now,
        "confirm_until": None,
    }
    return {
        Event.HANDLE: done,
        Event.SETTLE: done,
        Event.CONFIRM: fed_back,
        Event.DENY: {**sent_back, "confirm_until": None},
        Event.CONFIRM_SOLVED: fed_back,
        Event.DOUBT: again,
    }
