"""Which ratings of a matter the unit reads whose people look at it."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.reports.queries.case import CaseRow, EventRow
from portal.reports.queries.public import kinds
from portal.reports.rules.codes import Event
from portal.reports.rules.publicity import STRICTEST
from portal.reports.rules.showing import ShownRating, as_shown, in_no_order_of_time, may_be_shown
from portal.satisfaction.queries import shown_ratings
from portal.satisfaction.rules import SubjectKind


def offers_tick(session: Session, case: CaseRow) -> bool:
    """Whether those who rate a matter are asked if the unit may see it."""
    kind = kinds(session).get(case.category_code)
    publicity = kind.publicity if kind else STRICTEST
    return may_be_shown(protected=publicity.protected, sealed=case.sealed)


def ratings_for(
    session: Session, case: CaseRow, events: Sequence[EventRow], actor: Actor
) -> list[ShownRating]:
    """The ratings that were shown to the unit of this reader, each of the work that was this unit's
    when the matter was closed. The desk of a place, which checks it, reads none."""
    units = actor.organisations_for(Permission.REPORT_READ)
    if not units or not offers_tick(session, case):
        return []
    handled = {event.cycle: event.unit_id for event in events if event.event is Event.CLOSE}
    return in_no_order_of_time(
        [
            as_shown(row.answers)
            for row in shown_ratings(session, SubjectKind.CASE, case.id)
            # who closed an imported matter is not known: nobody reads
            if handled.get(row.cycle) in units
        ]
    )
