"""R056, R243, R250: service companies receive work, are checked, heard, warned and leave."""

from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.models import Entry
from credit.rules.kinds import Kind
from portal.accounts.rules import Actor
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import BadData, Conflict, Forbidden, Refused
from portal.organisations.rules import CompanyStanding
from portal.reports.models import CompanyStep
from portal.reports.queries.companies import StepRow, open_cases_of, steps_of
from portal.reports.rules.codes import State
from portal.reports.rules.companies import CompanyRefusal, Matter, Outcome, counts
from portal.reports.rules.routing import RoutingRefusal
from portal.reports.service.companies import decide_step, propose_step, say
from portal.reports.service.company_checks import settle_check
from portal.reports.service.contract_lists import import_contracts
from portal.reports.service.handling import dispatch_case
from portal.reports.service.routing import way_of
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.companies import (
    LIST,
    checked,
    chief,
    contracted,
    heard,
    inspector,
    later,
    proposed,
    row_of,
    stands,
)
from tests.make.reports import NOW, desk, handler

S = CompanyStanding


@pytest.fixture
def tree(database: Database) -> dict[str, Area]:
    with database.write() as session:
        tree = small_tree(session)
        contracted(session)
        return tree


def _decide(session: Session, step: StepRow, by: Actor, now: datetime = NOW) -> None:
    unit = row_of(session).unit
    decide_step(session, unit, step, Outcome.STANDS, words="同意", actor=by, now=now)


def test_r250_an_exit_is_proposed_heard_decided_by_another_and_sealed(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        assert tree
        stands(session, S.ACTIVE)
        one, other = chief(), chief()
        step = proposed(session, S.EXITED, by=one)
        firm = row_of(session).unit
        for who, refusal in (
            (one, CompanyRefusal.OWN_PROPOSAL),
            (other, CompanyRefusal.TOO_EARLY),
            (handler(firm.id), CompanyRefusal.OF_THE_COMPANY),
        ):
            with pytest.raises(Refused) as refused:
                _decide(session, step, who)
            assert refused.value.code is refusal
        with pytest.raises(Forbidden):
            _decide(session, step, chief("/370283/370283001/"), now=later(9))
        say(session, Matter.STEP, firm, step, words="已整改", actor=handler(firm.id), now=NOW)
        step = heard(session, step.number)
        assert step.disputed
        _decide(session, step, other)
        firm = row_of(session).unit
        assert (firm.standing, firm.takes_work) == (S.EXITED, False)
        [left, entered] = steps_of(session, firm.id)
        assert (left.since, left.outcome) == (firm.standing_since, Outcome.STANDS)
        sealed = session.scalars(select(Entry.kind).where(Entry.kind == Kind.COMPANY_STANDING))
        assert len(sealed.all()) == 2
        assert left.digest != entered.digest
        with pytest.raises(Refused) as refused:
            _decide(session, left, chief())
        assert refused.value.code is CompanyRefusal.SETTLED


def test_r250_only_a_step_that_can_follow_is_proposed_and_one_at_a_time(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        assert tree
        by: dict[str, Any] = {"actor": chief(), "now": NOW}
        row = row_of(session)
        for after, reason, basis, refusal in (
            (S.EXITED, "x", "y", CompanyRefusal.NO_STEP),
            (None, "x", "y", CompanyRefusal.NO_STEP),
            (S.ADMITTED, " ", "y", CompanyRefusal.NO_REASON),
            (S.ADMITTED, "x", None, CompanyRefusal.NO_BASIS),
        ):
            with pytest.raises(Refused) as refused:
                propose_step(session, row, after, reason=reason, basis=basis, **by)
            assert refused.value.code is refusal
        proposed(session, S.ADMITTED)
        with pytest.raises(Conflict):
            proposed(session, S.ACTIVE)
        assert len(session.scalars(select(CompanyStep)).all()) == 1


def test_r056_a_company_receives_work_unless_it_is_suspended_or_has_left(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        made = [
            reports.case(session, tree["370283001001"], state=State.FILED, at=NOW) for _ in "ab"
        ]
        firm = stands(session, S.ACTIVE)
        first, second = (reports.row_of(session, one) for one in made)
        given = dispatch_case(session, first, actor=desk(), now=NOW, unit_id=firm.id)
        assert (given.unit_id, given.state) == (firm.id, State.DISPATCHED)
        firm = stands(session, S.SUSPENDED)
        assert way_of(session, second, NOW).why_not(firm.id) is RoutingRefusal.WITHOUT_NEW_WORK
        with pytest.raises(Refused) as refused:
            dispatch_case(session, second, actor=desk(), now=NOW, unit_id=firm.id)
        assert refused.value.code is RoutingRefusal.WITHOUT_NEW_WORK
        # what it has stays with it, and the decider sees how much
        assert open_cases_of(session, firm.id) == 1
        stands(session, S.ACTIVE)
        assert way_of(session, second, NOW).why_not(firm.id) is None


def _sheet(*rows: str) -> bytes:
    book = Workbook()
    for line in rows:
        book.active.append(line.strip().split(","))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_r243_contracts_come_from_a_spreadsheet_and_never_for_who_has_left(
    database: Database, tree: dict[str, Area]
) -> None:
    head, known = LIST.splitlines()
    new = "C2,环卫4号,FW,HW,370283002,,sanitation,2026-06-01,,服务合同"
    bad = "C3,环卫5号,FW,XX,370283002,,greening,2026-06-01,,服务合同"
    with database.write() as session:
        assert tree
        with pytest.raises(BadData) as refused:
            import_contracts(session, _sheet(head, known, new, bad), "c.xlsx", now=NOW)
        assert [line for line, _ in refused.value.problems] == [4]
        with pytest.raises(BadData):
            import_contracts(session, b"PK\x03\x04nothing", "c.xlsx", now=NOW)
        assert import_contracts(session, _sheet(head, known, new), "c.xlsx", now=NOW).added == 1
        stands(session, S.ACTIVE, S.EXITED)
        ended, later_one = known.replace("2028-01-01", "2028-01-01"), new.replace("C2", "C4")
        with pytest.raises(BadData) as refused:
            import_contracts(session, _sheet(head, ended, later_one), "c.xlsx", now=NOW)
        assert "left the list" in str(refused.value)


def test_r249_a_spot_check_counts_when_the_company_was_heard(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        assert tree
        check = checked(session)
        assert (check.got, check.of) == (14, 20)
        assert not counts(check, NOW)
        assert counts(check, check.answer_until)
        firm = row_of(session).unit
        by = handler(firm.id)
        with pytest.raises(Refused):
            settle_check(session, firm, check, Outcome.DROPPED, words="x", actor=chief(), now=NOW)
        say(session, Matter.CHECK, firm, check, words="当日停电", actor=by, now=NOW)
        check = heard(session, check.number)
        assert check.disputed
        assert not counts(check, later(30))
        with pytest.raises(Refused) as refused:
            say(session, Matter.CHECK, firm, check, words="再说", actor=by, now=NOW)
        assert refused.value.code is CompanyRefusal.SAID_ALREADY
        settle_check(session, firm, check, Outcome.STANDS, words="有照片", actor=chief(), now=NOW)
        assert counts(heard(session, check.number), NOW)


def test_a_check_is_of_a_contract_here_of_these_days_and_has_marks(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        assert tree
        with pytest.raises(Forbidden):
            checked(session, by=inspector("/370283/370283002/"))
        with pytest.raises(Refused) as refused:
            checked(session, on=later(1).date())
        assert refused.value.code is CompanyRefusal.BAD_DAY
        for marks in ({}, {"clean": None}, {"clean": 11}, {"beauty": 5}):
            with pytest.raises(Refused) as refused:
                checked(session, marks=marks)
            assert refused.value.code is CompanyRefusal.NO_MARK
