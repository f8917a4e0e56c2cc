"""The lists of who is responsible: rows that begin and end, files, and what a check finds."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.areas.rules import Keeper
from portal.kernel.audit import AuditEntry
from portal.kernel.city import load_city
from portal.kernel.config import DEFAULT_CITY
from portal.kernel.db import Database
from portal.kernel.errors import BadData, Conflict, Forbidden, Refused
from portal.organisations.queries import OrganisationRow
from portal.organisations.rules import OrganisationKind, Trade
from portal.reports.models import CaseRoute
from portal.reports.queries.case import CaseRow
from portal.reports.queries.categories import categories_on
from portal.reports.queries.routing import responsibilities
from portal.reports.rules.codes import Event
from portal.reports.rules.routing import (
    ENFORCEMENT_CONDUCT,
    Basis,
    CaseKey,
    ListRefusal,
)
from portal.reports.service.attributes import set_attributes
from portal.reports.service.handling import dispatch_case, take_step
from portal.reports.service.loop import case_as_seen
from portal.reports.service.responsibilities import NewRow, add_responsibility, end_responsibility
from portal.reports.service.routing import Way, ways_of
from portal.reports.service.routing_check import list_flaws
from portal.reports.service.routing_lists import load_city_responsibilities
from portal.site.packages import load_city_data
from tests.make import reports
from tests.make.reports import NOW, desk, row_of
from tests.make.routing import rule, town


def test_rows_begin_and_end_but_are_never_changed(database: Database) -> None:
    with town(database) as here:
        keeper = Keeper(here.office.id, ("/370283/370283001/",))
        tomorrow = NOW.date() + timedelta(days=1)
        new = NewRow("JD", "清单第 1 条", tomorrow, area_code="370283001", category="litter")
        code = add_responsibility(here.session, keeper, new, now=NOW)
        with pytest.raises(Refused) as refused:
            add_responsibility(here.session, keeper, new, now=NOW)
        assert (refused.value.code, refused.value.facts) == (ListRefusal.CONFLICT, {"row": code})
        wrong = {
            ListRefusal.PAST: NewRow("JD", "x", date(2026, 11, 1), area_code="370283001"),
            ListRefusal.BAD_RECEIVER: NewRow("NO", "x", tomorrow, area_code="370283001"),
            ListRefusal.NO_SOURCE: NewRow("JD", " ", tomorrow, area_code="370283001"),
            ListRefusal.UNKNOWN_AREA: NewRow("JD", "x", tomorrow, area_code="370283999"),
        }
        for why, row in wrong.items():
            with pytest.raises(Refused) as refused:
                add_responsibility(here.session, keeper, row, now=NOW)
            assert refused.value.code is why
        with pytest.raises(Forbidden):
            add_responsibility(here.session, keeper, NewRow("JD", "x", tomorrow), now=NOW)
        later = tomorrow + timedelta(days=9)
        with pytest.raises(Refused):
            end_responsibility(here.session, keeper, code, on=tomorrow, now=NOW)
        end_responsibility(here.session, keeper, code, on=later, now=NOW)
        with pytest.raises(Conflict):
            end_responsibility(here.session, keeper, code, on=later, now=NOW)
        [kept] = responsibilities(here.session)
        assert (kept.valid_from, kept.valid_to) == (tomorrow, later)
        actions = here.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
        assert actions == ["routing:add", "routing:end"]


HEAD = "code,category,lead,valid_from,valid_to,source\n"


def test_a_citys_list_is_loaded_once_may_end_rows_and_changes_none(
    database: Database, tmp_path: Path
) -> None:
    text = DEFAULT_CITY.read_text("utf-8")
    file, city_file = tmp_path / "list.csv", tmp_path / "city.toml"
    start, end = text.index("[lists]"), text.index("[thresholds]")
    city_file.write_text(
        f'{text[:start]}[lists]\nresponsibilities = ["list.csv"]\n{text[end:]}', "utf-8"
    )
    city = load_city(city_file)
    with town(database) as here:

        def load(rows: str) -> tuple[int, int]:
            file.write_text(HEAD + rows, "utf-8")
            report = load_city_responsibilities(here.session, city, NOW)
            return report.added, report.ended

        assert load("R1,litter,JD,2026-01-01,,a\nR2,litter,SZ,2026-01-01,,b\n") == (2, 0)
        assert load("R1,litter,JD,2026-01-01,,a\nR2,litter,SZ,2026-01-01,,b\n") == (0, 0)
        assert load("R1,litter,JD,2026-01-01,2027-01-01,a\n") == (0, 1)
        for damaged, line in (
            ("R1,litter,SZ,2026-01-01,2027-01-01,a\n", 2),
            ("R3,litter,JD,2026-13-01,,a\n", 2),
            ("R3,litter,NOBODY,2026-01-01,,a\nR3,nothing,JD,2026-01-01,,a\n", 2),
            ("R3,litter,JD,2026-01-01,2026-01-01,a\n", 2),
            ("R2,litter,SZ,2026-01-01,2025-12-31,b\n", 2),
            (f"R3,litter,JD,2026-01-01,,{'a' * 201}\n", 2),
        ):
            with pytest.raises(BadData) as bad:
                load(damaged)
            assert bad.value.problems[0][0] == line
        flaws = list_flaws(here.session, NOW)
        assert [(one.code, other.code) for one, other in flaws.conflicts] == [("R1", "R2")]


def test_the_city_check_names_gaps_and_rows_that_name_nobody(database: Database) -> None:
    with town(database) as here:
        reports.category(here.session, "noise", name="噪音扰民")
        assert list_flaws(here.session, NOW).empty
        rule(here.session, "R1", "JD", category="litter")
        rule(here.session, "R2", "company", category="litter", area_at_most=5)
        flaws = list_flaws(here.session, NOW)
        gaps = {gap.kind.code: [place.code for place in gap.places] for gap in flaws.gaps}
        # the office of the first street serves no other
        both = ["370283001", "370283002"]
        assert gaps == {"litter": ["370283002"], "noise": both, ENFORCEMENT_CONDUCT: both}
        assert [(row.code, text) for row, text in flaws.nobody] == [("R2", "company")]


ADMITTED = {"litter", "small_ads", "piled_things", "bike_parking", "dogs", "unsure"}
# kinds that are really given out to unit after unit; of the others the answers are compared
ELEVEN = (
    Trade.CIVIL_AFFAIRS, Trade.PUBLIC_SECURITY, Trade.ENVIRONMENT, Trade.PLANNING_BUILDING,
    Trade.TRANSPORT, Trade.WATER, Trade.CITY_MANAGEMENT, Trade.FORESTRY, Trade.FOOD_DRUGS,
    Trade.MARKET, Trade.WORK_SAFETY,
)  # fmt: skip
TRIED = {"litter", "noise", ENFORCEMENT_CONDUCT}


def test_every_dispatch_that_is_accepted_is_allowed_by_the_citys_rules(
    database: Database,
) -> None:
    with database.write() as session:
        list(load_city_data(session, load_city(DEFAULT_CITY), NOW))
        assert not list_flaws(session, NOW)
        place = session.scalars(select(Area).where(Area.code == "370283001002")).one()
        kinds = [kind.code for kind in categories_on(session, NOW.date())]
        cases = [reports.reported(session, place, category_code=kind) for kind in kinds]
        rows = [row_of(session, case) for case in cases]
        known = {CaseKey.UNIT_COMPLAINED_OF: "PD-CG"}
        for row in rows[::3]:
            set_attributes(session, row, known, actor=desk(), now=NOW)
        ways = ways_of(session, rows, NOW)
        for at, row in enumerate(rows):
            for unit_id, one in ways[row.id].serving.items():
                taken = ways[row.id].why_not(unit_id) is None
                assert taken is _allowed(one, row.category_code, complaint=at % 3 == 0)
        for row in rows:
            if row.category_code in TRIED:
                _try_all(session, row, ways[row.id])


def test_r027_each_of_the_eleven_departments_can_be_given_a_matter(database: Database) -> None:
    with database.write() as session:
        list(load_city_data(session, load_city(DEFAULT_CITY), NOW))
        place = session.scalars(select(Area).where(Area.code == "370283001002")).one()
        row = row_of(session, reports.reported(session, place, category_code="unsure"))
        way = ways_of(session, [row], NOW)[row.id]
        departments = {
            one.trade: id_
            for id_, one in way.serving.items()
            if one.kind is OrganisationKind.DEPARTMENT
        }
        assert set(ELEVEN) <= set(departments)
        assert [way.why_not(departments[trade]) for trade in ELEVEN] == [None] * 11
        take_step(session, row, Event.ACCEPT, actor=desk(), now=NOW)
        for trade in ELEVEN:
            attempt = session.begin_nested()
            fresh = case_as_seen(session, row.number, desk())
            given = dispatch_case(session, fresh, actor=desk(), now=NOW, unit_id=departments[trade])
            assert given.unit_id == departments[trade]
            attempt.rollback()


def test_r038_r245_r169_who_enforces_follows_from_the_list_at_every_level(
    database: Database,
) -> None:
    wanted = {
        # an enforcement owner of the whole city, with who supports it (R038)
        "fumes": ("PD-CG", {"PD-HB"}),
        "burning": ("PD-CG", {"PD-370283001"}),
        # the street organises enforcement, its team supports (R245)
        "street_stall": ("PD-370283001", {"PD-370283001-ZF"}),
        # by its kind another level has the task (R169): the city's own centre, a bureau, the street
        "public_toilet": ("PD-HW", set()),
        "dogs": ("PD-GA", {"PD-370283001"}),
        "litter": ("PD-370283001", {"PD-HW"}),
    }
    with database.write() as session:
        list(load_city_data(session, load_city(DEFAULT_CITY), NOW))
        place = session.scalars(select(Area).where(Area.code == "370283001002")).one()
        rows = {
            kind: row_of(session, reports.reported(session, place, category_code=kind))
            for kind in wanted
        }
        ways = ways_of(session, list(rows.values()), NOW)
        for kind, (lead, co) in wanted.items():
            way = ways[rows[kind].id]
            codes = {id_: one.code for id_, one in way.serving.items()}
            assert way.route.unit_id is not None, kind
            assert codes[way.route.unit_id] == lead, kind
            assert {codes[id_] for id_ in way.route.co} == co, kind


def _allowed(one: OrganisationRow, kind: str, *, complaint: bool) -> bool:
    """What the city's lists say, told another way than the code under test."""
    if complaint and one.code in {"PD-CG", "PD-370283001-ZF"}:
        return False
    if "/370283001002/" in (one.area_path or "") and kind not in ADMITTED:
        return False
    return kind != ENFORCEMENT_CONDUCT or one.code == "PD-DC"


def _try_all(session: Session, row: CaseRow, way: Way) -> None:
    """Give a case to every third unit, and take it back each time."""
    take_step(session, row, Event.ACCEPT, actor=desk(), now=NOW)
    for unit_id in list(way.serving)[::3]:
        attempt = session.begin_nested()
        fresh = case_as_seen(session, row.number, desk())
        try:
            dispatch_case(session, fresh, actor=desk(), now=NOW, unit_id=unit_id)
        except Refused:
            assert unit_id in way.refused
        else:
            basis = session.scalars(select(CaseRoute.basis)).one()
            assert (basis is Basis.CHOSEN) is (unit_id != way.route.unit_id)
        attempt.rollback()
