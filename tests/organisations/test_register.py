"""The register of organisations: dated, with successors, from lists and by hand."""

import threading
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.areas.rules import Keeper
from portal.areas.service import load_city_places
from portal.kernel.audit import AuditEntry
from portal.kernel.city import load_city
from portal.kernel.config import DEFAULT_CITY
from portal.kernel.db import Database
from portal.kernel.errors import BadData, Conflict, Forbidden, Missing, Refused
from portal.organisations import queries
from portal.organisations.models import Organisation
from portal.organisations.queries import (
    organisation,
    organisation_by_code,
    organisations,
    units_for,
    units_to_choose,
)
from portal.organisations.rules import OrganisationKind, OrganisationRefusal, Trade
from portal.organisations.service import (
    add_organisation,
    edit_organisation,
    end_organisation,
    import_organisations,
    load_city_organisations,
)
from tests.make.areas import small_tree
from tests.make.organisations import unit

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
EVERYWHERE = Keeper(None, None)
STREET = Keeper(None, ("/370283/370283001/",))
HEAD = "code,kind,name,area,parent_code,phone\n"


@pytest.fixture
def places(database: Database) -> Database:
    with database.write() as session:
        tree = small_tree(session)
        city = unit(session, "CITY", "城管执法局", area=tree["370283"])
        office = OrganisationKind.STREET_OFFICE
        unit(session, "S1", "东阁街道办事处", kind=office, area=tree["370283001"], parent=city)
        unit(session, "S2", "李园街道办事处", kind=office, area=tree["370283002"], parent=city)
        unit(session, "ALL", "供电公司", kind=OrganisationKind.COMPANY)
    return database


def codes(rows: list[Any]) -> list[str]:
    return [row.code for row in rows]


def test_units_for_a_place_are_those_on_the_way_up_nearest_first(places: Database) -> None:
    path = "/370283/370283001/370283001M1/370283001001/"
    with places.read() as session:
        assert codes(units_for(session, path)) == ["S1", "CITY", "ALL"]
        offices = units_for(session, path, {OrganisationKind.STREET_OFFICE})
        assert codes(offices) == ["S1"]
        assert codes(organisations(session, under="/370283/370283002/")) == ["S2"]
        assert units_for(session, path, on=date(2019, 1, 1)) == []


def test_the_units_to_choose_stand_and_are_of_ones_places_or_ones_own(
    places: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    end(places, "S2", None)
    with places.read() as session:
        company = organisation_by_code(session, "ALL")
        assert company
        everywhere, whole = units_to_choose(session, None, on=TODAY)
        assert (codes(everywhere), whole) == (["ALL", "CITY", "S1"], True)
        street = ["/370283/370283001/"]
        assert codes(units_to_choose(session, street, on=TODAY)[0]) == ["S1"]
        mine, _ = units_to_choose(session, street, [company.id], on=TODAY)
        assert codes(mine) == ["ALL", "S1"]
        assert units_to_choose(session, (), on=TODAY) == ([], True)
        monkeypatch.setattr(queries, "MOST_CHOICES", 2)
        some, whole = units_to_choose(session, None, on=TODAY)
        assert (codes(some), whole) == (["ALL", "CITY"], False)


def add(database: Database, keeper: Keeper = EVERYWHERE, **changes: Any) -> Any:
    given: dict[str, Any] = {
        "code": "NEW-1", "kind": OrganisationKind.TEAM, "names": {"zh_Hans": "中队"},
        "valid_from": TODAY, "area_code": "370283001", "parent_code": "S1",
        "phone": "0532-12345", "trade": Trade.CITY_MANAGEMENT, "now": NOW,
    }  # fmt: skip
    with database.write() as session:
        return add_organisation(session, keeper, **{**given, **changes})


def edit(database: Database, code: str, keeper: Keeper = EVERYWHERE, **changes: Any) -> None:
    given: dict[str, Any] = {
        "names": {"zh_Hans": "新名"}, "kind": OrganisationKind.TEAM, "trade": None,
        "area_code": "370283001", "phone": "", "now": NOW,
    }  # fmt: skip
    with database.write() as session:
        edit_organisation(session, keeper, code, **{**given, **changes})


def end(database: Database, code: str, successor: str | None, on: date = TODAY) -> None:
    with database.write() as session:
        end_organisation(session, EVERYWHERE, code, on=on, successor_code=successor, now=NOW)


def test_an_organisation_is_entered_renamed_and_noted(places: Database) -> None:
    organisation_id = add(places, STREET)
    edit(places, "NEW-1", STREET)
    with places.read() as session:
        row = organisation(session, organisation_id)
        assert row is not None
        assert row.names == {"zh_Hans": "新名"}
        assert row.area_path == "/370283/370283001/"
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["organisation:add", "organisation:edit"]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"code": "S1"}, "CODE_TAKEN", "code"),
        ({"code": "s 1"}, "BAD_CODE", "code"),
        ({"names": {"en": "Team"}}, "NO_NAME", "name_zh_hans"),
        ({"names": {"zh_Hans": "队", "en": "T" * 121}}, "LONG_NAME", "name_en"),
        ({"phone": "call me"}, "BAD_PHONE", "phone"),
        ({"area_code": "370283999"}, "UNKNOWN_AREA", "area_code"),
        ({"parent_code": "NOBODY"}, "UNKNOWN_PARENT", "parent_code"),
    ],
)
def test_a_wrong_entry_is_refused_beside_its_field(
    places: Database, changes: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Refused) as caught:
        add(places, **changes)
    assert (caught.value.code, caught.value.field) == (OrganisationRefusal[code], field)


def test_a_keeper_of_one_street_keeps_its_organisations_only(places: Database) -> None:
    with pytest.raises(Forbidden):
        add(places, STREET, area_code="370283002")
    with pytest.raises(Forbidden):
        add(places, STREET, area_code=None)
    with pytest.raises(Forbidden):
        edit(places, "S2", STREET)
    with pytest.raises(Forbidden):
        edit(places, "S1", STREET, area_code="370283002")
    with pytest.raises(Missing):
        edit(places, "NOBODY", STREET)


def test_the_work_goes_to_the_last_in_the_chain_of_successors(places: Database) -> None:
    end(places, "S1", "CITY", on=date(2026, 1, 1))
    end(places, "CITY", "ALL")
    with places.read() as session:
        first = organisation_by_code(session, "S1")
        assert first is not None
        assert first.valid_on(date(2025, 12, 31))
        assert not first.valid_on(date(2026, 1, 1))
        assert codes(units_for(session, "/370283/370283001/")) == ["ALL"]


def test_an_end_is_refused_when_it_cannot_be(places: Database) -> None:
    for successor, code in (("S1", "OWN_SUCCESSOR"), ("NOBODY", "UNKNOWN_SUCCESSOR")):
        with pytest.raises(Refused) as caught:
            end(places, "S1", successor)
        assert caught.value.code is OrganisationRefusal[code]
    with pytest.raises(Refused) as caught:
        end(places, "S1", None, on=date(2020, 1, 1))
    assert caught.value.code is OrganisationRefusal.BAD_DATES
    end(places, "S1", "S2")
    with pytest.raises(Conflict):
        end(places, "S1", None)
    with pytest.raises(Conflict):
        edit(places, "S1")
    with pytest.raises(Refused) as caught:
        end(places, "S2", "S1")
    assert caught.value.code is OrganisationRefusal.UNKNOWN_SUCCESSOR


def at_once(first: Any, second: Any) -> list[object]:
    outcomes: list[object] = []
    start = threading.Barrier(2)

    def run(act: Any) -> None:
        start.wait()
        try:
            act()
            outcomes.append("done")
        except Refused as refusal:
            outcomes.append(type(refusal))

    threads = [threading.Thread(target=run, args=(act,)) for act in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_two_that_name_each_other_as_successor_do_not_both_end(places: Database) -> None:
    for _ in range(5):
        outcomes = at_once(
            lambda: end(places, "S1", "S2"), lambda: end(places, "S2", "S1")
        )  # fmt: skip
        assert outcomes.count("done") == 1
        with places.write() as session:
            for row in session.scalars(select(Organisation)):
                row.valid_to = row.successor_id = None


def test_two_that_enter_one_code_at_once_make_one_organisation(places: Database) -> None:
    outcomes = at_once(lambda: add(places), lambda: add(places))
    assert outcomes.count("done") == 1
    with places.read() as session:
        assert session.scalar(
            select(func.count()).select_from(Organisation).where(Organisation.code == "NEW-1")
        ) == 1  # fmt: skip


def test_the_demo_register_has_a_unit_of_every_kind_and_trade(database: Database) -> None:
    city = load_city(DEFAULT_CITY)
    with database.write() as session:
        load_city_places(session, city, NOW)
        assert load_city_organisations(session, city, NOW).added > 30
    with database.write() as session:
        assert load_city_organisations(session, city, NOW).added == 0
    with database.read() as session:
        rows = organisations(session)
        assert {row.kind for row in rows} == set(OrganisationKind)
        assert {row.trade for row in rows} - {None} == set(Trade)
        streets = [row for row in rows if row.kind is OrganisationKind.STREET_OFFICE]
        assert len({row.area_path for row in streets}) == 18
        assert all(row.phone and row.phone.startswith("1990000") for row in rows)
        assert {"zh_Hans", "zh_Hant", "en"} == set(rows[0].names)


def bring(database: Database, text: str | bytes) -> Any:
    content = text if isinstance(text, bytes) else text.encode()
    with database.write() as session:
        return import_organisations(session, content, "list.csv", since=TODAY)


def test_parents_may_stand_below_their_children_in_a_list(places: Database) -> None:
    report = bring(places, HEAD + "KID,team,队,,MUM,\nMUM,department,局,370283,,12345\n")
    assert report.added == 2
    with places.read() as session:
        kid, mum = organisation_by_code(session, "KID"), organisation_by_code(session, "MUM")
        assert kid is not None
        assert mum is not None
        assert kid.parent_id == mum.id


def test_a_second_import_renames(places: Database) -> None:
    report = bring(places, HEAD + "S1,street_office,东阁街道新办,370283001,,\n")
    assert (report.added, report.changed) == (0, 1)
    with places.read() as session:
        row = organisation_by_code(session, "S1")
        assert row is not None
        assert row.names["zh_Hans"] == "东阁街道新办"
        assert row.valid_from == date(2020, 1, 1)


@pytest.mark.parametrize(
    ("rows", "line", "word"),
    [
        ("a b,team,队,,,\n", 2, "bad code"),
        ("A1,castle,队,,,\n", 2, "unknown kind"),
        ("A1,team,,,,\n", 2, "no name"),
        ("A1,team,队,999999,,\n", 2, "no place"),
        ("A1,team,队,,NOBODY,\n", 2, "orphan"),
        ("A1,team,队,,,phone\n", 2, "telephone"),
        ("A1,team,队,,,\nA1,team,队,,,\n", 3, "line 2 already"),
        ("A1,team,队,,A2,\nA2,team,队,,A1,\n", 2, "circle"),
        ("A1,team," + "队" * 121 + ",,,\n", 2, "longer"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_comes_in(
    places: Database, rows: str, line: int, word: str
) -> None:
    with pytest.raises(BadData) as caught:
        bring(places, HEAD + rows)
    assert any(at == line and word in reason for at, reason in caught.value.problems)
    with places.read() as session:
        assert organisation_by_code(session, "A1") is None
