"""A service company with a contract in the small Pingdu, and those who decide about it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.organisations.models import Organisation
from portal.organisations.queries import OrganisationRow
from portal.organisations.rules import CompanyStanding, OrganisationKind
from portal.reports.models import CompanyCheck
from portal.reports.queries.companies import (
    CheckRow,
    CompanyRow,
    StepRow,
    company,
    hearing,
)
from portal.reports.rules.companies import Outcome
from portal.reports.service.companies import decide_step, propose_step
from portal.reports.service.company_checks import Seen, record_check
from portal.reports.service.contract_lists import import_contracts
from tests.make import reports
from tests.make.organisations import unit
from tests.make.reports import NOW

CITY = "/370283/"
LIST = (
    "code,number,contractor,department,area,category,group,valid_from,valid_to,source\n"
    "C1,环卫3号,FW,HW,370283001,,sanitation,2026-01-01,2028-01-01,服务合同\n"
)
MARKS: Mapping[str, int | None] = {"clean": 8, "staff": 6, "safety": None}


def chief(place: str = CITY) -> Actor:
    """Somebody who decides about companies; each time somebody else."""
    return reports.staff(Permission.REPORT_SUPERVISE, place=place)


def inspector(place: str = CITY) -> Actor:
    """Somebody who looks on the spot."""
    return reports.staff(Permission.REPORT_VERIFY, place=place)


def contracted(session: Session) -> Organisation:
    """A sanitation company that cleans a street for the sanitation centre."""
    area = session.scalars(select(Area).where(Area.code == "370283")).one()
    unit(session, "HW", "环卫中心", area=area)
    firm = unit(session, "FW", "洁城公司", area=area, kind=OrganisationKind.COMPANY)
    reports.category(session, "litter")
    import_contracts(session, LIST.encode(), "c.csv", now=NOW)
    # others ask at once
    session.flush()
    return firm


def row_of(session: Session, code: str = "FW") -> CompanyRow:
    """The company as services take it."""
    session.expire_all()
    found = company(session, code)
    assert found is not None
    return found


def heard(session: Session, number: str) -> Any:
    """What a company is heard about, read afresh."""
    session.expire_all()
    found = hearing(session, number)
    assert found is not None
    return found[1]


def proposed(
    session: Session, after: CompanyStanding, *, by: Actor | None = None, now: datetime = NOW
) -> StepRow:
    """A step that waits for its decision."""
    number = propose_step(
        session, row_of(session), after, reason="连续三次不合格", basis="合同第十二条",
        actor=by or chief(), now=now,
    )  # fmt: skip
    found: StepRow = heard(session, number)
    return found


def stands(session: Session, *path: CompanyStanding, now: datetime = NOW) -> OrganisationRow:
    """Let the company go through some standings, each proposed and decided by two."""
    for after in path:
        step = proposed(session, after, now=now)
        later = max(now, step.answer_until)
        decide_step(
            session, row_of(session).unit, step, Outcome.STANDS, words="同意", actor=chief(),
            now=later,
        )  # fmt: skip
    return row_of(session).unit


def checked(
    session: Session, *, on: date = date(2026, 11, 20), marks: Mapping[str, int | None] = MARKS,
    now: datetime = NOW, by: Actor | None = None,
) -> CheckRow:  # fmt: skip
    """A spot check that the company may answer."""
    seen = Seen("C1", "人民路东段", on, marks, None)
    number = record_check(session, row_of(session), seen, actor=by or inspector(), now=now)
    found: CheckRow = heard(session, number)
    return found


def later(days: int) -> datetime:
    return NOW + timedelta(days=days)


def prepared(database: Database) -> Organisation:
    """The company in a database of its own."""
    with database.write() as session:
        return contracted(session)


def company_things(session: Session) -> dict[str, str]:
    """What the demo has planted: a company, and a spot check that it may still answer."""
    newest = select(CompanyCheck.number).order_by(CompanyCheck.made_at.desc()).limit(1)
    return {"company": "PD-FW-1", "company_check": session.scalars(newest).one()}
