"""R048: who maintains what where, which contract a matter is about, and who answers for it."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.rules import NOBODY
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import BadData, Refused
from portal.organisations.models import Organisation
from portal.organisations.rules import OrganisationKind
from portal.reports.queries.case import CaseRow
from portal.reports.queries.contracts import ContractCount, contract_counts, contracts, link_of
from portal.reports.rules.codes import Event
from portal.reports.rules.contracts import Contract, ContractRefusal, contract_for
from portal.reports.rules.intake import Contact, ReportAnswers
from portal.reports.rules.routing import Basis, RoutingRefusal
from portal.reports.service.contract_lists import import_contracts
from portal.reports.service.contracts import change_contract
from portal.reports.service.handling import dispatch_case, reclassify_case, take_step
from portal.reports.service.intake import file_report
from portal.reports.service.routing import way_of
from tests.make import reports
from tests.make.desk import small_city
from tests.make.intake import ready
from tests.make.organisations import unit
from tests.make.reports import NOW, desk
from tests.make.rows import case_row

DAY = date(2026, 11, 23)
HEAD = "code,number,contractor,department,area,category,group,valid_from,valid_to,source\n"
CLEAN = "C1,环卫3号,FW,HW,370283001,,sanitation,2026-01-01,2027-01-01,服务合同\n"
GREEN = "C2,园林1号,FW,YL,,green_damaged,,2026-01-01,,服务合同\n"


def _contract(code: str, **more: Any) -> Contract:
    parties = {"number": code, "contractor": "FW", "department": "HW", "source": "s"}
    where = {"area_code": None, "category": None, "group": "sanitation", "valid_to": None}
    return Contract(code=code, valid_from=date(2026, 1, 1), **(parties | where | more))


def test_r048_of_the_contracts_that_fit_place_kind_and_day_the_most_specific_holds() -> None:
    city, path = _contract("A"), "/370283/370283001/370283001001/"
    street = _contract("B", area_code="370283001", area_path="/370283/370283001/")
    kind = _contract("C", category="litter", group=None)
    over = _contract("D", category="litter", group=None, valid_to=date(2026, 6, 1))
    rows = [city, street, kind, over]
    assert contract_for(rows, path, "litter", "sanitation", DAY) is kind
    assert contract_for(rows, path, "dirty_road", "sanitation", DAY) is street
    assert contract_for(rows, "/370283/370283002/", "dirty_road", "sanitation", DAY) is city
    assert contract_for(rows, path, "noise", "environment", DAY) is None
    assert contract_for(rows, path, "litter", "sanitation", date(2025, 1, 1)) is None


class Upkeep:
    """The shipped kinds in the small Pingdu, a sanitation centre and a firm that cleans for it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        tree = {area.code: area for area in session.scalars(select(Area))}
        self.tree = tree
        self.centre = unit(session, "HW", "环卫中心", area=tree["370283"])
        self.parks = unit(session, "YL", "园林中心", area=tree["370283"])
        self.firm = self._firm("FW", "洁城公司")

    def _firm(self, code: str, name: str) -> Organisation:
        area, kind = self.tree["370283"], OrganisationKind.COMPANY
        return unit(self.session, code, name, area=area, kind=kind, parent=self.centre)

    def load(self, *rows: str) -> Any:
        content = (HEAD + "".join(rows)).encode()
        return import_contracts(self.session, content, "c.csv", now=NOW)

    def report(self, category: str = "litter", **extra: str) -> CaseRow:
        answers = ReportAnswers(
            area_code="370283001001", category_code=category, words="没人扫", publish=True,
            contact=Contact.NONE, extra=extra,
        )  # fmt: skip
        filed = file_report(self.session, answers, actor=NOBODY, now=NOW)
        return case_row(self.session, filed.number)

    def contract_of(self, case: CaseRow) -> str | None:
        link = link_of(self.session, case)
        return link.contract.code if link and link.contract else None


def test_r048_a_complaint_about_upkeep_goes_to_who_manages_the_contract_and_never_to_the_firm(
    database: Database,
) -> None:
    ready(database)
    with database.write() as session:
        here = Upkeep(session)
        here.load(CLEAN, GREEN)
        plain, complaint = here.report(), here.report(upkeep_work="yes")
        assert (here.contract_of(plain), here.contract_of(complaint)) == ("C1", "C1")
        # rubbish is the firm's work; how it does its work is not for itself to judge
        assert way_of(session, plain, NOW).why_not(here.firm.id) is None
        way = way_of(session, complaint, NOW)
        assert way.why_not(here.firm.id) is RoutingRefusal.COMPLAINED_OF
        assert (way.route.unit_id, way.route.basis) == (here.centre.id, Basis.CONTRACT)
        accepted = take_step(session, complaint, Event.ACCEPT, actor=desk(), now=NOW)
        with pytest.raises(Refused):
            dispatch_case(
                session, accepted, actor=desk(), now=NOW, unit_id=here.centre.id,
                co_unit_ids=[here.firm.id],
            )  # fmt: skip
        counts = contract_counts(session, None, NOW - timedelta(days=1), NOW)
        assert counts == {"C1": ContractCount(found=2, complaints=1, open=2, late=0)}


def test_r048_another_name_is_another_contract_unless_somebody_said_which_one_it_is(
    database: Database,
) -> None:
    ready(database)
    with database.write() as session:
        here = Upkeep(session)
        here.load(CLEAN, GREEN)
        case = here.report()
        moved = reclassify_case(session, case, actor=desk(), now=NOW, category_code="green_damaged")
        assert here.contract_of(moved) == "C2"
        by: dict[str, Any] = {"actor": desk(), "now": NOW}
        for code, reason, refusal in (
            ("C1", " ", ContractRefusal.REASON_MISSING),
            ("C9", "x", ContractRefusal.UNKNOWN),
            ("C2", "x", ContractRefusal.SAME),
        ):
            with pytest.raises(Refused) as refused:
                change_contract(session, moved, code=code, reason=reason, **by)
            assert refused.value.code is refusal
        change_contract(session, moved, code=None, reason="不是养护范围", **by)
        again = reclassify_case(session, moved, category_code="litter", **by)
        link = link_of(session, again)
        assert link is not None
        assert (link.contract, link.reason) == (None, "不是养护范围")


def test_r048_a_list_of_contracts_is_refused_by_line_and_links_what_was_reported_before(
    database: Database,
) -> None:
    ready(database)
    with database.write() as session:
        here = Upkeep(session)
        early = here.report()
        wrong = (
            "C3,4号,XX,HW,,,sanitation,2026-01-01,,s\n",
            "C4,5号,FW,HW,,litter,sanitation,2026-01-01,,s\n",
            "C5,6号,FW,HW,370283001,,sanitation,2026-05-01,,s\n",
            "C6,7号,FW,HW,,litter,,2026-05-01,2026-04-01,s\n",
        )
        with pytest.raises(BadData) as bad:
            here.load(CLEAN, *wrong)
        lines = {line for line, _ in bad.value.problems}
        assert lines == {2, 3, 4, 5, 6}
        assert contracts(session) == []
        loaded = here.load(CLEAN)
        assert (loaded.added, loaded.linked) == (1, 1)
        assert here.contract_of(early) == "C1"
        # the same again changes nothing but a last day, and that only once
        ended = CLEAN.replace("2027-01-01", "2026-12-01")
        with pytest.raises(BadData):
            here.load(ended)
        assert here.load(GREEN).added == 1
        assert here.load(GREEN.replace("2026-01-01,,", "2026-01-01,2028-01-01,")).ended == 1


def test_r048_everybody_reads_who_maintains_what_and_the_desk_puts_a_contract_right(
    app: Flask, database: Database
) -> None:
    city = small_city(app, database)
    with database.write() as session:
        area = city.tree["370283"]
        unit(session, "HW", "环卫处", area=area)
        unit(session, "FW", "洁城公司", area=area, kind=OrganisationKind.COMPANY)
        reports.category(session, "litter")
    number = city.case()
    with database.write() as session:
        taken = import_contracts(session, (HEAD + CLEAN).encode(), "c.csv", now=reports.NOW)
    assert taken.linked == 1
    place = city.browser(city.desk).get("/places/370283001001")
    assert "洁城公司" in place.text
    assert "环卫3号" in place.text
    assert "环卫3号" in city.browser(city.centre).get("/desk/contracts").text
    browser = city.browser(city.desk)
    step = browser.get(f"/desk/cases/{number}/contract")
    refused = step.form().fill(contract="-").send("Save")
    assert "Say in a few words why." in refused.text
    done = refused.form().fill(words="不在合同范围内").send("Save", status=200)
    assert "不在合同范围内" in done.text
