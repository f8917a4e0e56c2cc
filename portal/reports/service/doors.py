"""What other doors add to the facts of a case; under the loop, which asks."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.reports.queries.case import CaseRow
from portal.reports.queries.doors import is_small, proxy_of
from portal.reports.rules.codes import State
from portal.reports.rules.doors import is_awaited

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
