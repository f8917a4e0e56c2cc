"""The register: drawn areas, stalls, closing, organisations, taking a table back, searching."""

from collections.abc import Mapping

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from pledges.models import (
    Plaque,
    PlaqueBinding,
    Pledge,
    PledgeEvent,
    Premises,
    PremisesEvent,
    PremisesImport,
    PremisesOperator,
)
from pledges.queries.premises import (
    Sought,
    premises_by_number,
    register_page,
    register_statement,
    stalls_of,
)
from pledges.rules.plaques import BindingEnd, PlaqueState
from pledges.rules.premises import OperatorEnd, PremisesKind, PremisesState
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.register import OperatorWish, PremisesFlaw
from pledges.rules.signing import PledgeState, PledgeStep
from pledges.rules.sketch import sketch
from pledges.service.outlines import duty_outline
from pledges.service.premises import add_premises, change_premises, change_tenant
from pledges.service.premises_ends import close_premises
from pledges.service.premises_links import find_units, link_unit
from pledges.service.premises_undo import undo_import
from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from tests.make import pledges as make
from tests.make.accounts import actor, sign_in_as, staff
from tests.make.organisations import unit
from tests.make.pledges import NOW, TODAY
from tests.make.premises import LINE, OTHER, STREET, csv_of, enter, pledged, take_in, told, wish
from tests.make.together import at_once
from tests.pages import Browser

CORNERS = "119.9500, 36.7800\n119.9504, 36.7800\n119.9504, 36.7802\n119.9500, 36.7802"
NEW = OperatorWish("李四海", "+8613900000018", sole_trader=True)


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def close(database: Database, desk: Person, number: str, seen: str, reason: str = "拆除") -> None:
    with database.write() as session:
        close_premises(session, actor(session, desk), number, reason, seen=seen, now=NOW)


@pytest.mark.parametrize(
    ("typed", "flaw"),
    [
        ("119.95, 36.78", PremisesFlaw.OUTLINE),
        ("somewhere", PremisesFlaw.OUTLINE),
        ('{"type": "Point", "coordinates": [119.95, 36.78]}', PremisesFlaw.OUTLINE),
        ("36.78, 119.95\n36.78, 119.96\n36.79, 119.96", PremisesFlaw.OUTLINE),
        ("119, 36\n121, 36\n121, 38", PremisesFlaw.OUTLINE_LARGE),
    ],
)
def test_what_is_no_duty_area_is_refused(typed: str, flaw: PremisesFlaw) -> None:
    with pytest.raises(Refused) as refused:
        duty_outline(typed)
    assert (refused.value.code, refused.value.field) == (flaw, "duty_outline")


def test_a_drawn_area_is_kept_and_sketched() -> None:
    kept = duty_outline(CORNERS)
    assert kept is not None
    # what was kept can be typed again and is the same
    assert duty_outline(kept) == kept
    drawn = sketch(kept, 119.9502, 36.7801)
    assert drawn is not None
    assert drawn.path.startswith("M")
    assert drawn.metres == 10
    assert drawn.door is not None
    assert sketch(None, 119.9502, 36.7801) is None


def test_a_drawn_area_counts_as_a_duty_area_and_a_new_one_as_new(
    database: Database, desk: Person
) -> None:
    number = enter(database, desk, duty_outline=CORNERS)
    for seen, corners, version in (
        (1, CORNERS, 1),
        (2, CORNERS.replace("119.9504", "119.9505"), 2),
    ):
        with database.write() as session:
            new = wish(duty_outline=corners)
            change_premises(session, actor(session, desk), number, new, seen=seen, now=NOW)
        with database.read() as session:
            row = premises_by_number(session, number)
            assert row is not None
            assert row.duty_version == version


def test_a_duty_area_that_is_only_drawn_is_refused_for_nobody_could_sign_it(
    database: Database, desk: Person
) -> None:
    with pytest.raises(Refused) as refused:
        enter(database, desk, duty_words="", duty_outline=CORNERS)
    assert (refused.value.code, refused.value.field) == (PremisesFlaw.OUTLINE_ALONE, "duty_words")
    number = enter(database, desk, duty_outline=CORNERS)
    new = wish(duty_words=" ", duty_outline=CORNERS)
    with database.write() as session, pytest.raises(Refused, match="outline_alone"):
        change_premises(session, actor(session, desk), number, new, seen=1, now=NOW)


def test_r032_a_market_holds_its_stalls_and_goes_after_them(
    database: Database, tree: Mapping[str, Area], desk: Person
) -> None:
    market = enter(database, desk, title="湖畔夜市", kind="夜市", door="1号")
    stall = enter(database, desk, title="烤面筋", door="1号-1", within=market)
    for inside in (stall, "0000", "飞船"):
        with pytest.raises(Refused) as refused:
            enter(database, desk, door="1号-2", within=inside)
        assert (refused.value.code, refused.value.field) == (PremisesFlaw.HOLDER, "within")
    with database.read() as session:
        row = premises_by_number(session, market)
        assert row is not None
        assert row.kind is PremisesKind.NIGHT_MARKET
        assert [one.number for one in stalls_of(session, row, 10)] == [stall]
        both = select(Premises.number, PremisesOperator.number).join(
            PremisesOperator, PremisesOperator.premises_id == Premises.id
        )
        runs = {row[0]: row[1] for row in session.execute(both)}
    with pytest.raises(Conflict) as first:
        close(database, desk, market, runs[market])
    assert first.value.code is PremisesFlaw.STALLS
    close(database, desk, stall, runs[stall])
    close(database, desk, market, runs[market])


def test_a_place_that_goes_ends_operator_pledge_and_plaque_at_once(
    database: Database, tree: Mapping[str, Area], desk: Person, browser: Browser
) -> None:
    number, runs = pledged(database, tree)
    with pytest.raises(Refused) as silent:
        close(database, desk, number, runs, " ")
    assert (silent.value.code, silent.value.field) == (PledgeRefusal.NO_REASON, "reason")
    with pytest.raises(Conflict) as stale:
        close(database, desk, number, "")
    assert stale.value.code is PledgeRefusal.CHANGED
    close(database, desk, number, runs)
    with database.read() as session:
        operator = session.scalars(select(PremisesOperator)).one()
        assert (operator.ends_on, operator.ended_why) == (TODAY, OperatorEnd.PREMISES_GONE)
        assert session.scalars(select(Pledge.state)).all() == [PledgeState.ENDED]
        assert session.scalars(select(PledgeEvent.step)).one() is PledgeStep.PREMISES_GO
        binding = session.scalars(select(PlaqueBinding)).one()
        assert (binding.ended_at, binding.ended_why) == (NOW, BindingEnd.PREMISES_GONE)
        plaque = session.scalars(select(Plaque)).one()
        assert plaque.state is PlaqueState.WITHDRAWN
        door = session.scalars(select(Premises)).one()
        assert (door.state, door.gone_on) == (PremisesState.GONE, TODAY)
        code = plaque.code
    page = browser.in_language("en").get(f"/p/{code}", status=410)
    assert page.h1 == "This place is no longer there"
    assert "拆除" not in page.text
    with pytest.raises(Conflict) as again:
        close(database, desk, number, "")
    assert again.value.code is PledgeRefusal.GONE
    # the door is free for what stands there later
    assert enter(database, desk)


def test_of_closing_and_a_change_of_tenant_at_once_one_is_told(
    database: Database, tree: Mapping[str, Area], desk: Person
) -> None:
    number, runs = pledged(database, tree)

    def does(what: str) -> bool:
        try:
            if what == "close":
                close(database, desk, number, runs)
            else:
                with database.write() as session:
                    change_tenant(session, actor(session, desk), number, NEW, seen=runs, now=NOW)
        except Conflict:
            return False
        return True

    assert sorted(at_once(lambda: does("close"), lambda: does("tenant"))) == [False, True]
    with database.read() as session:
        open_ones = session.scalars(
            select(PremisesOperator).where(PremisesOperator.ends_on.is_(None))
        ).all()
        gone = session.scalars(select(Premises.state)).one() is PremisesState.GONE
        assert len(open_ones) == (0 if gone else 1)


def test_r087_a_unit_is_linked_and_a_sole_trader_is_not(
    database: Database, tree: Mapping[str, Area], desk: Person
) -> None:
    with database.write() as session:
        unit(session, "SCHOOL-1", "实验小学", area=tree[STREET])
    school = enter(database, desk, title="实验小学", kind="unit", sole_trader="no", door="8号")
    trader = enter(database, desk, door="9号")
    with database.read() as session:
        assert [one.code for one in find_units(session, "实验", now=NOW)] == ["SCHOOL-1"]
        assert find_units(session, " ", now=NOW) == []
        both = select(Premises.number, PremisesOperator.number).join(
            PremisesOperator, PremisesOperator.premises_id == Premises.id
        )
        runs = {row[0]: row[1] for row in session.execute(both)}

    def link(number: str, code: str) -> None:
        with database.write() as session:
            link_unit(session, actor(session, desk), number, code, seen=runs[number], now=NOW)

    link(school, "SCHOOL-1")
    for number, code, flaw in (
        (trader, "SCHOOL-1", PremisesFlaw.SOLE_TRADER), (school, "NONE", PremisesFlaw.NO_UNIT),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            link(number, code)
        assert (refused.value.code, refused.value.field) == (flaw, "unit")
    with database.read() as session:
        linked = session.scalars(select(PremisesOperator.organisation_id)).all()
        assert sorted(one is None for one in linked) == [False, True]
    link(school, "")
    with database.read() as session:
        assert set(session.scalars(select(PremisesOperator.organisation_id))) == {None}


def taken(database: Database, desk: Person) -> str:
    lines = [LINE | {"door": f"{at}号"} for at in range(1, 4)]
    assert take_in(database, desk, csv_of(*lines)).added == 3
    with database.read() as session:
        return session.scalars(select(PremisesImport.number)).one()


def undo(database: Database, desk: Person, number: str) -> int:
    with database.write() as session:
        return undo_import(session, actor(session, desk), number, now=NOW)


def test_a_table_is_taken_back_whole(
    database: Database, desk: Person, tree: Mapping[str, Area]
) -> None:
    enter(database, desk, door="99号")
    number = taken(database, desk)
    with database.write() as session:
        other = staff(session, "street_desk", area=tree[OTHER])
    with pytest.raises(Missing):
        undo(database, other, number)
    assert undo(database, desk, number) == 3
    with database.read() as session:
        assert count(session, Premises) == count(session, PremisesOperator) == 1
        assert count(session, PremisesEvent) == 2
    with pytest.raises(Conflict) as again:
        undo(database, desk, number)
    assert again.value.code is PremisesFlaw.UNDONE
    assert taken_again(database, desk)


def taken_again(database: Database, desk: Person) -> bool:
    return take_in(database, desk, csv_of(LINE | {"door": "1号"})).added == 1


@pytest.mark.parametrize("what", ["plaque", "change", "tenant", "stall", "notice"])
def test_a_table_on_which_something_was_built_stays(
    what: str, database: Database, desk: Person, tree: Mapping[str, Area]
) -> None:
    number = taken(database, desk)
    with database.write() as session:
        door = session.scalars(select(Premises).order_by(Premises.door_key)).first()
        assert door is not None
        runs = session.scalars(
            select(PremisesOperator).where(PremisesOperator.premises_id == door.id)
        ).one()
        who = actor(session, desk)
        if what == "plaque":
            make.hang(session, make.plaque(session, tree[STREET]), door)
        elif what == "change":
            new = wish(title="改名的店", door=door.door)
            change_premises(session, who, door.number, new, seen=1, now=NOW)
        elif what == "tenant":
            change_tenant(session, who, door.number, NEW, seen=runs.number, now=NOW)
        elif what == "stall":
            make.premises(session, tree[STREET], "77号", within_id=door.id)
        else:
            make.notice(session, runs)
    with pytest.raises(Conflict) as refused:
        undo(database, desk, number)
    assert (refused.value.code, refused.value.facts) == (PremisesFlaw.BUILT_UPON, {"count": 1})
    with database.read() as session:
        assert count(session, Premises) == (4 if what == "stall" else 3)


def test_the_register_is_searched_by_beginnings_and_numbers(
    database: Database, desk: Person
) -> None:
    number = enter(database, desk)
    enter(database, desk, title="李记修车", road="人民路", door="Ａ3号")
    for words, found in (
        ("东阁", 1), ("东 阁早点", 1), ("早点", 0), ("胜利路12", 1), ("胜利路", 1), ("a3", 0),
        ("人民路a3", 1), (number, 1), (number.lower(), 1), ("%", 0), ("_", 0), ("路", 0),
    ):  # fmt: skip
        with database.read() as session:
            rows = register_page(session, None, Sought(words))
            assert len(rows) == found, words


def test_searching_is_served_by_indexes(database: Database, tree: Mapping[str, Area]) -> None:
    with database.write() as session:
        for at in range(40):
            make.premises(session, tree[STREET], f"{at}号", title=f"店{at}")
    with database.read() as session:
        connection = session.connection()
        sqlite = connection.dialect.name == "sqlite"
        if not sqlite:
            # of forty rows it would read all
            session.execute(text("SET LOCAL enable_seqscan = off"))
        statement = register_statement(None, Sought("胜利路1"))
        options = {"literal_binds": True}
        words = str(statement.compile(dialect=connection.dialect, compile_kwargs=options))
        explain = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
        said = "\n".join(str(row) for row in connection.exec_driver_sql(f"{explain} {words}"))
    for index in ("ix_premises_title_key", "ix_premises_road_key"):
        assert index in said, said
    assert "SCAN premises" not in said
    assert "Seq Scan on premises" not in said


def test_an_import_tells_the_line_of_a_bad_outline_and_holder(
    database: Database, desk: Person
) -> None:
    header = (*LINE, "duty_outline", "within")
    lines = [
        LINE | {"duty_outline": "somewhere"},
        LINE | {"door": "14号", "within": "0000"},
        LINE | {"door": "15号"},
        LINE | {"door": "16号", "duty_words": "", "duty_outline": "somewhere"},
    ]
    found = take_in(database, desk, csv_of(*lines, header=header))
    assert told(found) == [
        (2, PremisesFlaw.OUTLINE, "duty_outline"), (3, PremisesFlaw.HOLDER, "within"),
        (5, PremisesFlaw.OUTLINE_ALONE, "duty_words"),
    ]  # fmt: skip


def test_the_desk_draws_closes_links_and_takes_back(
    app: Flask, database: Database, desk: Person, tree: Mapping[str, Area]
) -> None:
    with database.write() as session:
        unit(session, "SCHOOL-1", "实验小学", area=tree[STREET])
        who = actor(session, desk)
        number = add_premises(session, who, wish(sole_trader="否", operator="实验小学"), now=NOW)
    imported = taken(database, desk)
    browser = Browser(app).in_language("en")
    sign_in_as(browser, desk)
    url = f"/desk/premises/{number}"
    page = browser.get(url, status=200).form(button="Save").fill(duty_outline="nowhere").send()
    assert "This is no outline." in page.text
    assert "nowhere" in str(page.soup.find(id="duty_outline"))
    page = page.form(button="Save").fill(duty_outline=CORNERS).send()
    assert page.soup.find("svg", role="img") is not None
    page = browser.get(f"{url}/unit?q=实验", status=200).form(button="Save")
    page = page.fill(unit="SCHOOL-1").send()
    assert "实验小学" in page.text
    page = browser.get(f"{url}/close", status=200)
    page = page.form(button="Take it out of the register").fill(reason="").send()
    assert "Fill this in." in page.text
    form = page.form(button="Take it out of the register").fill(reason="并入新校区")
    assert "gone" in form.send().text
    assert "Take it back" in browser.get("/desk/premises/import", status=200).text
    page = browser.get(f"/desk/premises/imports/{imported}/undo", status=200)
    page = page.form(button="Take it back").send()
    assert "Taken back: 3 places." in str(page.soup)
    assert "taken back on" in page.text


def test_the_photographed_plaque_of_a_neighbour_is_the_neighbours_and_says_so(
    app: Flask, database: Database, desk: Person, tree: Mapping[str, Area]
) -> None:
    with database.write() as session:
        mine = make.premises(session, tree[STREET], "12号", title="我的店")
        make.operator(session, mine, person_id=desk.id)
        plaque = make.plaque(session, tree[STREET])
        make.hang(session, plaque, make.premises(session, tree[STREET], "14号", title="邻居的店"))
        code = plaque.code
    browser = Browser(app).in_language("en")
    sign_in_as(browser, desk)
    page = browser.get(f"/p/{code}", status=200)
    assert page.h1 == "邻居的店"
    assert "胜利路14号" in page.text
    assert "You speak for this place." not in page.text
