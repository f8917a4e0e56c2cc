"""并案 and 拆分: two reports of one problem become one case, and are parted again.

Everybody behind the first goes on behind the second, with her own receipt, links and rating; which
case she came with is kept, so that the two can be parted as they were.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case as choose
from sqlalchemy import func, null, select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.errors import Conflict, Refused
from portal.kernel.ids import clean_number
from portal.reports.models import Case, CaseMerge, CaseReporter
from portal.reports.queries.case import CaseRow, case_by_number
from portal.reports.queries.neighbours import leads_to, merge_of
from portal.reports.queries.public import kinds
from portal.reports.rules.codes import Event, Source
from portal.reports.rules.publicity import STRICTEST
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import OPEN, IntoFacts, Refusal, facts_of_actor
from portal.reports.service.holding import hold_case
from portal.reports.service.loop import Brought, may_see, move_case
from portal.reports.service.notices import forget_reminders, tell_merged, tell_split
from portal.reports.service.protection import protect_all


def merge_case(
    session: Session,
    case: CaseRow,
    *,
    actor: Actor,
    now: datetime,
    number: str | None,
    agreed: bool = False,
) -> CaseRow:
    """Make a case part of another one. ``agreed``: it is one matter in spite of its kind."""
    into = case_by_number(session, clean_number(number or "") or "")
    if into is None or not may_see(actor, into):
        raise Refused(Refusal.NO_OTHER_CASE, field="into")
    facts = _into_facts(session, case, into, actor, agreed=agreed)
    if facts.open and not facts.same_case:
        _hold_both(session, case, into)
    moved = move_case(session, case, Event.MERGE, actor=actor, now=now, into=facts)
    session.add(
        CaseMerge(
            district=case.district,
            case_id=case.id,
            into_id=into.id,
            at=now,
            was_state=case.state,
            was_listed=case.listed,
        )
    )
    forget_reminders(session, case)
    if case.sealed:
        # who was hidden from the unit stays so, behind whichever case
        _seal(session, into)
    tell_merged(session, case, into, now=now)
    _bring_along(session, case, into)
    # the matter they reported has the other's number now
    protect_all(session, into, now=now)
    return moved


def _into_facts(
    session: Session, case: CaseRow, into: CaseRow, actor: Actor, *, agreed: bool
) -> IntoFacts:
    known = kinds(session)
    sides = [known.get(one.category_code) for one in (case, into)]
    protected = [(kind.publicity if kind else STRICTEST).protected for kind in sides]
    return IntoFacts(
        open=into.state in OPEN,
        same_case=into.id == case.id,
        same_district=into.district == case.district,
        same_kind=into.category_code == case.category_code,
        same_protection=protected[0] == protected[1],
        agreed=agreed,
        is_part=into.source is Source.PART,
        held=facts_of_actor(actor, into.place_path, into.unit_id).holds,
    )


def _hold_both(session: Session, case: CaseRow, into: CaseRow) -> None:
    """In the order of their keys: two officers who join them crosswise wait, and one is told."""
    for one in sorted((case, into), key=lambda row: row.id):
        hold_case(session, one, OPEN)


def _seal(session: Session, into: CaseRow) -> None:
    session.execute(
        update(Case)
        .where(Case.district == into.district, Case.id == into.id)
        .values(sealed=True)
        .execution_options(synchronize_session=False)
    )


def _bring_along(session: Session, case: CaseRow, into: CaseRow) -> None:
    """Everybody behind the case stands behind the other one now."""
    session.execute(
        update(CaseReporter)
        .where(CaseReporter.district == case.district, CaseReporter.case_id == case.id)
        .values(
            merged_from=func.coalesce(CaseReporter.merged_from, CaseReporter.case_id),
            case_id=into.id,
        )
        .execution_options(synchronize_session=False)
    )


def split_case(
    session: Session,
    case: CaseRow,
    *,
    actor: Actor,
    now: datetime,
    reason: Reason | None = None,
    words: str | None = None,
) -> CaseRow:
    """Part a case from the one it was joined with: it goes on where it stood."""
    merge = merge_of(session, case)
    if merge is None:
        raise Conflict(Refusal.WRONG_STATE)
    root = leads_to(session, case)
    for one in sorted((case, root), key=lambda row: row.id):
        hold_case(session, one)
    values: tuple[tuple[str, Any], ...] = (("state", merge.was_state), ("listed", merge.was_listed))
    brought = Brought(reason=reason, words=words, values=values)
    moved = move_case(session, case, Event.SPLIT, actor=actor, now=now, brought=brought)
    session.execute(
        update(CaseMerge)
        .where(CaseMerge.district == case.district, CaseMerge.id == merge.id)
        .values(undone_at=now)
    )
    _take_back(session, case, root)
    tell_split(session, moved, now=now)
    return moved


def _take_back(session: Session, case: CaseRow, root: CaseRow) -> None:
    """Whoever came with the case, or with one that was joined with it before, goes with it."""
    session.execute(
        update(CaseReporter)
        .where(
            CaseReporter.district == case.district,
            CaseReporter.case_id == root.id,
            CaseReporter.merged_from.in_(_family(session, case)),
        )
        .values(
            case_id=case.id,
            merged_from=choose(
                (CaseReporter.merged_from == case.id, null()), else_=CaseReporter.merged_from
            ),
        )
        .execution_options(synchronize_session=False)
    )


def _family(session: Session, case: CaseRow) -> set[UUID]:
    """A case and all that became part of it, at however many steps."""
    found, last = {case.id}, {case.id}
    while last:
        parts = select(CaseMerge.case_id).where(
            CaseMerge.district == case.district,
            CaseMerge.into_id.in_(last),
            CaseMerge.undone_at.is_(None),
        )
        last = set(session.scalars(parts)) - found
        found |= last
    return found
