"""Units that support the lead: added when a case is given out, told, and asked for a receipt."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.db import changed_rows
from portal.kernel.errors import Refused
from portal.reports.models import CaseCoUnit
from portal.reports.queries.case import CaseRow
from portal.reports.queries.routing import supports
from portal.reports.rules.codes import Event
from portal.reports.rules.routing import MOST_CO_UNITS, RoutingRefusal
from portal.reports.service.loop import Brought, move_case
from portal.reports.service.notices import tell_co_units
from portal.reports.service.routing import Way


def chosen_co_units(
    way: Way, unit_id: UUID | None, wanted: Sequence[UUID] | None
) -> tuple[UUID, ...]:
    """The co-units of a dispatch: as wanted, or (None) as the list names them beside its lead."""
    if wanted is None:
        wanted = way.route.co if unit_id == way.route.unit_id else ()
    found = tuple(dict.fromkeys(wanted))
    if len(found) > MOST_CO_UNITS:
        raise Refused(
            RoutingRefusal.TOO_MANY_CO_UNITS, field="co_units", facts={"most": MOST_CO_UNITS}
        )
    for key in found:
        refusal = RoutingRefusal.CO_UNIT_LEADS if key == unit_id else way.why_not(key)
        if refusal is not None:
            raise Refused(refusal, field="co_units")
    return found


def set_co_units(
    session: Session,
    case: CaseRow,
    unit_ids: Sequence[UUID],
    *,
    now: datetime,
    told_at: datetime | None = None,
) -> None:
    """Make these the co-units of a case: new ones are told, others end. The case is held."""
    of_case = (CaseCoUnit.district == case.district, CaseCoUnit.case_id == case.id)
    ended = update(CaseCoUnit).where(
        *of_case, CaseCoUnit.ended_at.is_(None), CaseCoUnit.unit_id.not_in(unit_ids)
    )
    changed_rows(session, ended.values(ended_at=now))
    rows = session.execute(select(CaseCoUnit.unit_id, CaseCoUnit.ended_at).where(*of_case))
    known = dict(rows.all())
    back = [key for key in unit_ids if key in known and known[key] is not None]
    new = [key for key in unit_ids if key not in known]
    again = {"added_at": now, "ended_at": None, "seen_at": None, "opinion_at": None}
    changed_rows(
        session, update(CaseCoUnit).where(*of_case, CaseCoUnit.unit_id.in_(back)).values(**again)
    )
    for key in new:
        session.add(CaseCoUnit(district=case.district, case_id=case.id, unit_id=key, added_at=now))
    tell_co_units(session, case, [*back, *new], now=now, due_at=told_at)


def end_co_units_since(session: Session, case: CaseRow, moment: datetime, now: datetime) -> None:
    """Take back what a dispatch added that is itself taken back."""
    changed_rows(
        session,
        update(CaseCoUnit)
        .where(
            CaseCoUnit.district == case.district,
            CaseCoUnit.case_id == case.id,
            CaseCoUnit.added_at >= moment,
            CaseCoUnit.ended_at.is_(None),
        )
        .values(ended_at=now),
    )


def confirm_receipt(
    session: Session, case: CaseRow, *, actor: Actor, words: str | None, now: datetime
) -> CaseRow:
    """A co-unit has read the case, and may say what it thinks of it (抄告: receipt and opinion)."""
    unit_id = supports(session, case, actor)
    if unit_id is None:
        raise Refused(RoutingRefusal.NO_CO_UNIT)
    row = update(CaseCoUnit).where(
        CaseCoUnit.district == case.district,
        CaseCoUnit.case_id == case.id,
        CaseCoUnit.unit_id == unit_id,
    )
    # whoever is first has seen it; a colleague's later press changes nothing
    changed_rows(session, row.where(CaseCoUnit.seen_at.is_(None)).values(seen_at=now))
    said = (words or "").strip()
    if said:
        changed_rows(session, row.values(opinion_at=now))
        return move_case(
            session, case, Event.NOTE, actor=actor, now=now, brought=Brought(words=said)
        )
    return case
