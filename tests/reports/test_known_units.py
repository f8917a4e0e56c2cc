"""What reporters say of units decides where a matter goes; and what a case keeps of its past."""

from datetime import timedelta
from typing import Any

from flask import Flask

from portal.kernel import clock
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.organisations.queries import organisations
from portal.organisations.rules import OrganisationKind
from portal.reports.models import Case, CaseAnswer
from portal.reports.queries.exchange import outgoing
from portal.reports.queries.routing import known_of, unit_named
from portal.reports.rules.codes import Event, State
from portal.reports.rules.layouts import Says
from portal.reports.rules.reasons import Reason
from portal.reports.rules.routing import CaseKey, RoutingRefusal
from portal.reports.service.exchange.export import Exporter
from portal.reports.service.exchange.maps import load_map
from portal.reports.service.handling import reclassify_case
from portal.reports.service.routing import way_of
from portal.reports.service.severity import grade_danger
from portal.reports.service.supervision import list_case
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.desk import small_city
from tests.make.organisations import unit
from tests.make.reports import NOW, desk, row_of, supervisor
from tests.make.routing import Town, rule, town


def _says(here: Town, case: Case, key: CaseKey, words: str, *, sealed: bool = False) -> None:
    vault = instance_of(here.session).vault
    here.session.add(
        CaseAnswer(
            district=case.district,
            case_id=case.id,
            key=key.value,
            value=None if sealed else words,
            sealed_value=vault.seal(words) if sealed else None,
        )
    )
    # the list asks the database
    here.session.flush()


def test_who_is_complained_of_by_name_is_never_given_the_matter(database: Database) -> None:
    with town(database) as here:
        case = here.case()
        _says(here, case, CaseKey.UNIT_COMPLAINED_OF, " 执法 局 ", sealed=True)
        row = row_of(here.session, case)
        assert known_of(here.session, [row])[row.id] == {CaseKey.UNIT_COMPLAINED_OF: "CG"}
        way = way_of(here.session, row, NOW)
        # nor is its team
        refused = {way.why_not(here.bureau.id), way.why_not(here.team.id)}
        assert refused == {RoutingRefusal.COMPLAINED_OF}
        # a name that nobody has in the register decides nothing
        other = here.case()
        _says(here, other, CaseKey.UNIT_COMPLAINED_OF, "某某小卖部", sealed=True)
        refusals = way_of(here.session, row_of(here.session, other), NOW).refused.values()
        assert RoutingRefusal.COMPLAINED_OF not in refusals


def test_whoever_gave_a_permit_is_responsible_and_never_the_firm_that_got_it(
    database: Database,
) -> None:
    with town(database) as here:
        rule(here.session, "P1", "permit_holder", on_permit=True)
        rule(here.session, "P2", "JD")
        company: dict[str, Any] = {"kind": OrganisationKind.COMPANY, "area": here.place}
        firm = unit(here.session, "GS", "市政建设公司", **company)
        by_authority, by_firm = here.case(), here.case()
        _says(here, by_authority, CaseKey.PERMIT_HOLDER, "市政中心")
        _says(here, by_firm, CaseKey.PERMIT_HOLDER, "市政建设公司")
        routes = [
            way_of(here.session, row_of(here.session, case), NOW).route.unit_id
            for case in (by_authority, by_firm)
        ]
        assert routes == [here.roads.id, here.office.id]
        known = organisations(here.session)
        assert unit_named("市政建设公司", CaseKey.UNIT_COMPLAINED_OF.value, known) == firm.code
        # two of one name are told apart by nobody
        unit(here.session, "GS2", "市政建设公司", **company)
        known = organisations(here.session)
        assert unit_named("市政建设公司", CaseKey.UNIT_COMPLAINED_OF.value, known) is None


def test_a_grave_grade_outlives_another_name_of_the_matter(database: Database) -> None:
    with database.write() as session:
        case = reports.case(session, small_tree(session)["370283001001"])
        reports.category(session, "dirty_road")
        row = row_of(session, case)
        by: dict[str, Any] = {"actor": desk(), "now": NOW + timedelta(hours=1)}
        slight = grade_danger(session, row, level=Reason.SEVERITY_4, **by)
        plain = reclassify_case(session, slight, category_code="dirty_road", **by)
        assert not plain.urgent
        grave = grade_danger(session, plain, level=Reason.SEVERITY_1, **by)
        again = reclassify_case(session, grave, category_code="litter", **by)
        assert (again.urgent, again.sealed) == (True, True)


def test_a_case_that_was_joined_with_another_is_handed_out_as_done(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        area, done = tree["370283001001"], load_map("12319-tasks")
        merged = reports.case(session, area, state=State.ACCEPTED)
        reports.walk(session, merged, (Event.MERGE,))
        never = reports.case(session, area)
        reports.walk(session, never, (Event.MERGE,))
        found = {one.case.number: one for one in outgoing(session, NOW - timedelta(days=1))}
        # what was never taken up is no work order, joined or not
        assert set(found) == {merged.number}
        writer = Exporter(session, done, NOW)
        assert writer.answer(found[merged.number]) == ""
        counted = load_map("district-cases")
        cells = Exporter(session, counted, NOW).row(found[merged.number])
        handled = list(counted.columns.values()).index(Says.HANDLED_COUNT)
        assert cells[handled] == "1"


def test_listing_and_taking_off_stand_in_the_history_at_the_desk_and_in_public(
    app: Flask, database: Database
) -> None:
    city = small_city(app, database)
    number = city.case(state=State.DISPATCHED, listed=True)
    with database.write() as session:
        list_case(session, city.row(number), actor=supervisor(), now=clock.now(), reason="催办三次")
    desk_page = city.browser(city.desk).get(f"/desk/cases/{number}").text
    assert "Put on the list of supervision" in desk_page
    unit_page = city.browser(city.worker).get(f"/desk/cases/{number}").text
    assert "Put on the list of supervision" in unit_page
    public = city.browser(city.desk).get(f"/reports/{number}").text
    assert "Put on the list of supervision" in public
    assert "催办三次" in desk_page
    assert "催办三次" not in unit_page + public
