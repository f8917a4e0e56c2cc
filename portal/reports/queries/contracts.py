"""Reads of service contracts: the list, which one a case is about, and how much each is about."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, false, func, or_, select
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.reports.models import Case, CaseAnswer, CaseContract, ServiceContract
from portal.reports.queries.case import CaseRow
from portal.reports.queries.case_parts import a_whole
from portal.reports.queries.desk import inside, is_late_now
from portal.reports.queries.hung import hangs
from portal.reports.rules.contracts import UPKEEP, Contract, best_first
from portal.reports.rules.kinds import YES
from portal.reports.rules.transitions import OPEN


@dataclass(frozen=True)
class ContractLink:
    """The contract of a case. ``reason``: somebody chose it, or that there is none, by hand."""

    contract: Contract | None
    reason: str | None


@dataclass(frozen=True)
class ContractCount:
    """How many matters were about a contract's work: all, of them complaints, open and late."""

    found: int = 0
    complaints: int = 0
    open: int = 0
    late: int = 0


def _contract(row: ServiceContract, area_path: str | None) -> Contract:
    return Contract(
        code=row.code,
        number=row.number,
        contractor=row.contractor,
        department=row.department,
        area_code=row.area_code,
        category=row.category_code,
        group=row.group,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        source=row.source,
        made_up=row.made_up,
        area_path=area_path,
    )


def _rows() -> Any:
    joined = Area.code == ServiceContract.area_code
    return select(ServiceContract, Area.path).join(Area, joined, isouter=True)


def contracts(session: Session) -> list[Contract]:
    """All contracts, ended and coming ones too, by their codes."""
    found = session.execute(_rows().order_by(ServiceContract.code))
    return [_contract(row, path) for row, path in found]


def contracts_at(session: Session, place_path: str, on: date) -> list[Contract]:
    """Who maintains what at a place on a day, the most specific first."""
    found = (one for one in contracts(session) if one.valid_on(on) and one.holds_at(place_path))
    return best_first(found)


def links_of(session: Session, cases: Sequence[CaseRow]) -> dict[UUID, ContractLink]:
    """The contracts of several cases, in one query."""
    cases = [one for one in cases if hangs(session, one.id, CaseContract)]
    if not cases:
        return {}
    statement = (
        select(ServiceContract, Area.path, CaseContract.case_id, CaseContract.reason)
        .select_from(CaseContract)
        .join(ServiceContract, ServiceContract.code == CaseContract.contract_code, isouter=True)
        .join(Area, Area.code == ServiceContract.area_code, isouter=True)
    )
    rows = session.execute(
        statement.where(
            CaseContract.district.in_({one.district for one in cases}),
            CaseContract.case_id.in_([one.id for one in cases]),
        )
    )
    return {
        case_id: ContractLink(_contract(row, path) if row else None, reason)
        for row, path, case_id, reason in rows
    }


def link_of(session: Session, one: CaseRow) -> ContractLink | None:
    """The contract of a case, if anything is known of it."""
    return links_of(session, [one]).get(one.id)


def contract_counts(
    session: Session, scopes: Collection[str] | None, since: datetime, now: datetime
) -> Mapping[str, ContractCount]:
    """For each contract the matters found since a moment, in one query."""
    of_link = and_(Case.district == CaseContract.district, Case.id == CaseContract.case_id)
    of_answer = and_(
        CaseAnswer.district == CaseContract.district,
        CaseAnswer.case_id == CaseContract.case_id,
        CaseAnswer.key == UPKEEP,
        CaseAnswer.value == YES,
    )
    statement = (
        select(
            CaseContract.contract_code,
            func.count(),
            func.count(CaseAnswer.key),
            func.count(case((Case.state.in_(OPEN), 1))),
            func.count(case((is_late_now(now), 1))),
        )
        .join(Case, of_link)
        .join(CaseAnswer, of_answer, isouter=True)
        .where(CaseContract.contract_code.is_not(None), Case.found_at >= since, a_whole())
        .group_by(CaseContract.contract_code)
    )
    if scopes is not None:
        statement = statement.where(or_(false(), *(inside(path) for path in scopes)))
    found = session.execute(statement).all()
    return {str(row[0]): ContractCount(*row[1:]) for row in found}
