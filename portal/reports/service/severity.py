"""How dangerous a matter is: graded by the desk and graded again as it changes (R024)."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.reports.models import CaseEvent
from portal.reports.queries.case import CaseRow
from portal.reports.rules.codes import Event
from portal.reports.rules.reasons import GRAVE, Reason
from portal.reports.service.loop import Brought, move_case


def grade_danger(
    session: Session,
    case: CaseRow,
    *,
    actor: Actor,
    now: datetime,
    level: Reason | None,
    words: str | None = None,
) -> CaseRow:
    """Add a grade to the history. A grave one puts the matter into the urgent lane: first in every
    queue, its reporter hidden from the unit. A lower one afterwards takes nobody's cover away.
    """
    values: tuple[tuple[str, Any], ...] = ()
    if level in GRAVE:
        values = (("urgent", True), ("sealed", True))
    brought = Brought(reason=level, words=words, values=values)
    return move_case(session, case, Event.GRADE_DANGER, actor=actor, now=now, brought=brought)


def was_grave(session: Session, case: CaseRow) -> bool:
    """Whether the desk put the matter into the urgent lane itself."""
    grave = select(CaseEvent.id).where(
        CaseEvent.district == case.district,
        CaseEvent.case_id == case.id,
        CaseEvent.event == Event.GRADE_DANGER,
        CaseEvent.reason_code.in_([level.value for level in GRAVE]),
    )
    return session.scalar(grave.limit(1)) is not None
