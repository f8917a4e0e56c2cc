"""Holding a case still for the length of a transaction, before something is hung on it."""

from collections.abc import Collection

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict
from portal.reports.models import Case
from portal.reports.queries.case import CaseRow
from portal.reports.rules.codes import State
from portal.reports.rules.transitions import Refusal


def hold_case(session: Session, case: CaseRow, states: Collection[State] | None = None) -> None:
    """The conditional UPDATE of a write that moves nothing. Raises Conflict when it moved already.

    It writes what is there, so that neither an open page nor the public learns that somebody came.
    """
    fitting = {case.state} if states is None else states
    statement = (
        update(Case)
        .where(
            Case.district == case.district,
            Case.id == case.id,
            Case.state.in_(fitting),
            Case.cycle == case.cycle,
            Case.category_code == case.category_code,
        )
        .values(cycle=Case.cycle)
        .execution_options(synchronize_session=False)
    )
    if changed_rows(session, statement) != 1:
        raise Conflict(Refusal.STALE)
