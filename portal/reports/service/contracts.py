"""Which service contract a case is about: found when it is reported, put right by hand."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, literal, null, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Forbidden, Refused
from portal.kernel.instance import instance_of
from portal.reports.models import Case, CaseContract, Category
from portal.reports.queries.case import CaseRow
from portal.reports.queries.contracts import contracts, link_of
from portal.reports.queries.desk import inside
from portal.reports.queries.routing import groups_of_kinds
from portal.reports.rules.contracts import (
    LONGEST_WORDS,
    Contract,
    ContractRefusal,
    best_first,
    contract_for,
)
from portal.reports.rules.transitions import holds
from portal.reports.service.holding import hold_case


def link_contract(
    session: Session, district: str, case_id: UUID, place_path: str, category: str, at: datetime
) -> None:
    """Keep which contract was valid for a kind at a place when the matter was found."""
    day = city_day(at, instance_of(session).city.zone)
    known = contracts(session)
    groups = groups_of_kinds(session) if known else {}
    found = contract_for(known, place_path, category, groups.get(category, ""), day)
    if found is not None:
        session.add(
            CaseContract(district=district, case_id=case_id, contract_code=found.code, linked_at=at)
        )


def relink_contract(session: Session, case: CaseRow, category: str) -> None:
    """The same under another name; what somebody chose by hand stays. The case is held."""
    link = link_of(session, case)
    if link is not None and link.reason is not None:
        return
    session.execute(
        delete(CaseContract).where(
            CaseContract.district == case.district, CaseContract.case_id == case.id
        )
    )
    link_contract(session, case.district, case.id, case.place_path, category, case.found_at)


def change_contract(
    session: Session,
    case: CaseRow,
    *,
    code: str | None,
    reason: str | None,
    actor: Actor,
    now: datetime,
) -> CaseRow:
    """Say that a case is about another contract, or about none, and why. The audit keeps both."""
    if not holds(actor, Permission.REPORT_DISPATCH, case.place_path, None):
        raise Forbidden
    words = (reason or "").strip()[:LONGEST_WORDS]
    if not words:
        raise Refused(ContractRefusal.REASON_MISSING, field="words")
    if code is not None and code not in {one.code for one in contracts(session)}:
        raise Refused(ContractRefusal.UNKNOWN, field="contract")
    # who reclassifies it at the same moment waits, and links by what stands then
    hold_case(session, case)
    before = link_of(session, case)
    was = before.contract.code if before and before.contract else None
    if before is not None and was == code:
        raise Refused(ContractRefusal.SAME, field="contract")
    _put(session, case, code, words, now)
    note_action(
        session,
        at=now,
        actor_id=actor.person_id,
        action="case:contract",
        subject=f"case:{case.number}",
        reason=f"{was or '–'} → {code or '–'}: {words}",
    )
    return case


def _put(session: Session, case: CaseRow, code: str | None, words: str, now: datetime) -> None:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    new = {"contract_code": code, "reason": words, "linked_at": now}
    statement = dialect.insert(CaseContract).values(district=case.district, case_id=case.id, **new)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[CaseContract.district, CaseContract.case_id], set_=new
        )
    )


def link_earlier(session: Session, new: list[Contract], now: datetime) -> int:
    """Link what was reported before its contract was entered; how many cases. The most specific
    contract comes first, and what is linked already stays as it is."""
    zone = instance_of(session).city.zone
    linked = 0
    for one in best_first(new):
        kinds = select(Category.code).where(
            Category.code == one.category if one.category else Category.group == one.group
        )
        done = select(CaseContract.case_id).where(
            CaseContract.district == Case.district, CaseContract.case_id == Case.id
        )
        found = select(
            Case.district, Case.id, literal(one.code), literal(now, Case.found_at.type), null()
        ).where(
            Case.category_code.in_(kinds),
            Case.found_at >= datetime.combine(one.valid_from, datetime.min.time(), zone),
            ~done.exists(),
        )
        if one.valid_to is not None:
            end = datetime.combine(one.valid_to, datetime.min.time(), zone)
            found = found.where(Case.found_at < end)
        if one.area_path is not None:
            found = found.where(inside(one.area_path))
        columns = ["district", "case_id", "contract_code", "linked_at", "reason"]
        linked += changed_rows(session, insert(CaseContract).from_select(columns, found))
    return linked
