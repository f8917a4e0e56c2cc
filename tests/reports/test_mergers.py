"""R004: units merge; what they had in hand goes on with the successor, signed with the old name."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select, text

from credit.service.process.standing import acting_for
from portal.accounts.models import Person
from portal.accounts.queries import actor_for, people_holding
from portal.accounts.rules import Permission
from portal.areas.rules import Keeper
from portal.conventions.service.issues import unit_of
from portal.kernel.db import Database
from portal.kernel.ids import new_id
from portal.organisations.models import Organisation
from portal.organisations.queries import inheritance, organisations_by_ids
from portal.organisations.service import end_organisation
from portal.reports.models import Case
from portal.reports.queries.case import events_of
from portal.reports.queries.desk.reach import waits_for
from portal.reports.queries.figures import Chosen, Reach, counted
from portal.reports.rules.codes import Event, State
from portal.reports.rules.desk import Task
from portal.reports.rules.figures import By, Span
from portal.reports.service.counting import count_everything
from portal.reports.service.replies import Keeper as Words
from portal.reports.service.replies import ReplyWish, add_reply, offered_replies
from tests.make import accounts, reports
from tests.make.areas import small_tree
from tests.make.organisations import unit
from tests.make.reports import NOW
from tests.make.rows import case_row
from tests.pages import Browser

CITY = Keeper(None, None)
TODAY, DAY = date(2026, 11, 23), timedelta(days=1)


class Merger:
    """Two units and somebody of the second; a matter of the first, and one for the new one."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as session:
            tree = small_tree(session)
            old = unit(session, "SANITATION", "环卫局", area=tree["370283"])
            middle = unit(session, "MERGED", "环卫中心", area=tree["370283"])
            new = unit(session, "CITY-MANAGEMENT", "城市管理局", area=tree["370283"])
            self.old, self.middle, self.new = old.id, middle.id, new.id
            self.person: Person = accounts.staff(session, "handling_unit", organisation=new)
            self.other: Person = accounts.staff(session, "handling_unit", organisation=middle)
            case = reports.case(session, tree["370283001001"], state=State.DISPATCHED, unit=old)
            self.number = case.number
            self.tree = tree

    def end(self, code: str, to: str, on: date = TODAY) -> None:
        with self.database.write() as session:
            end_organisation(session, CITY, code, on=on, successor_code=to, now=NOW)

    def waiting(self, person: Person | None = None, back: int = 0) -> list[str]:
        """What waits for somebody to be handled, so many days ago."""
        at = NOW - back * DAY
        with self.database.read() as session:
            actor = actor_for(session, (person or self.person).id, at, second_factor=True)
            mine = waits_for(actor, Task.HANDLE, at, TODAY - back * DAY)
            return list(session.scalars(select(Case.number).where(mine)))


@pytest.fixture
def merger(database: Database) -> Merger:
    return Merger(database)


def test_r004_what_a_unit_had_in_hand_waits_for_its_successor_from_the_day_on(
    merger: Merger,
) -> None:
    assert merger.waiting() == []
    merger.end("SANITATION", "CITY-MANAGEMENT")
    assert merger.waiting(back=1) == []
    assert merger.waiting() == [merger.number]
    with merger.database.write() as session:
        actor = actor_for(session, merger.person.id, NOW, second_factor=True)
        assert actor.may(Permission.REPORT_HANDLE, organisation_id=merger.old)
        told = people_holding(session, Permission.REPORT_HANDLE, None, merger.old, NOW)
        assert [one.id for one in told] == [merger.person.id]


def test_r004_mergers_of_mergers_lead_to_the_last_and_to_nobody_else(merger: Merger) -> None:
    merger.end("SANITATION", "MERGED", TODAY - DAY)
    assert merger.waiting(merger.other) == [merger.number]
    assert merger.waiting() == []
    merger.end("MERGED", "CITY-MANAGEMENT")
    assert merger.waiting() == [merger.number]
    with merger.database.read() as session:
        # her own permissions, and nothing of a unit that follows nobody
        actor = actor_for(session, merger.person.id, NOW, second_factor=True)
        assert set(actor.organisations_for(Permission.REPORT_HANDLE)) == {
            merger.old, merger.middle, merger.new,
        }  # fmt: skip


def test_r004_whom_a_unit_followed_is_found_by_an_index_in_a_large_register(
    merger: Merger,
) -> None:
    merger.end("SANITATION", "CITY-MANAGEMENT")
    database = merger.database
    with database.write() as session:
        session.execute(insert(Organisation), [
            {
                "id": new_id(), "code": f"U{at}", "kind": "company", "name_zh_hans": "公司",
                "valid_from": date(2020, 1, 1),
            }
            for at in range(3000)
        ])  # fmt: skip
    taken = inheritance(TODAY)
    pairs = select(taken.c.unit_id).where(taken.c.heir_id == merger.new)
    with database.write() as session:
        session.execute(text("ANALYZE"))
    with database.read() as session:
        assert session.scalars(pairs).all() == [merger.old]
        connection = session.connection()
        sqlite = connection.dialect.name == "sqlite"
        words = pairs.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        explain = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
        plan = connection.exec_driver_sql(f"{explain} {words}")
        steps = "\n".join(str(row) for row in plan)
    assert "ix_organisation_successor_id" in steps, steps


def test_r004_nothing_new_begins_in_the_name_of_a_unit_that_ended(merger: Merger) -> None:
    merger.end("SANITATION", "CITY-MANAGEMENT")
    with merger.database.read() as session:
        actor = actor_for(session, merger.person.id, NOW, second_factor=True)
        assert unit_of(session, actor, now=NOW) == merger.new
        assert [one.unit_id for one in acting_for(session, actor, now=NOW)] == [merger.new]


def test_r004_the_history_and_the_figures_of_the_past_keep_the_old_name(merger: Merger) -> None:
    merger.end("SANITATION", "CITY-MANAGEMENT")
    with merger.database.write() as session:
        case = session.scalars(select(Case).where(Case.number == merger.number)).one()
        reports.walk(session, case, (Event.HANDLE,), at=NOW)
        later = reports.case(
            session, merger.tree["370283001001"], state=State.DISPATCHED,
            unit=None, at=NOW,
        )  # fmt: skip
        later.unit_id = merger.new
        session.flush()
        count_everything(session, NOW + DAY)
    with merger.database.read() as session:
        row = case_row(session, merger.number)
        assert row.unit_id == merger.old
        dispatched = [one for one in events_of(session, row) if one.event is Event.DISPATCH]
        assert [one.unit_id for one in dispatched] == [merger.old]
        month = Span(date(2026, 11, 1), date(2026, 11, 30))
        rows = counted(session, Reach(), month, Chosen(), By.UNIT).rows
        assert (rows[merger.old.hex]["done"], rows[merger.new.hex]["found"]) == (1, 1)
        names = organisations_by_ids(session, [merger.old])
        assert names[merger.old].names["zh_Hans"] == "环卫局"


def test_r004_the_page_of_a_unit_names_whom_it_followed(app: Flask, database: Database) -> None:
    merger = Merger(database)
    merger.end("SANITATION", "CITY-MANAGEMENT")
    with database.write() as session:
        keeper = accounts.staff(session, "administrator", area=merger.tree["370283"])
    browser = Browser(app)
    accounts.sign_in_as(browser, keeper)
    page = browser.get("/admin/organisations/CITY-MANAGEMENT", status=200)
    assert "/admin/organisations/SANITATION" in page.links()
    ended = browser.get("/admin/organisations/SANITATION", status=200)
    assert "/admin/organisations/CITY-MANAGEMENT" in ended.links()


def test_r004_words_that_a_unit_prepared_are_those_of_its_successor(
    app: Flask, database: Database
) -> None:
    merger = Merger(database)
    with database.write() as session:
        titles = {merger.old: "旧词", merger.new: "新词", merger.middle: "别家的词"}
        for unit_id, title in titles.items():
            keeper = Words(merger.person.id, (unit_id,), ())
            wish = ReplyWish(title, "已清理干净。", "handle", "zh_Hans", unit_id=unit_id)
            add_reply(session, keeper, wish, now=NOW)
        newer = reports.case(session, merger.tree["370283001001"], state=State.DISPATCHED)
        newer.unit_id = merger.new
        session.flush()
        numbers = [merger.number, newer.number]
    merger.end("SANITATION", "CITY-MANAGEMENT")
    with database.read() as session:
        actor = actor_for(session, merger.person.id, NOW, second_factor=True)
        for number in numbers:
            offered = offered_replies(session, case_row(session, number), Event.HANDLE, actor)
            assert sorted(one.title for one in offered) == ["新词", "旧词"]
    browser = Browser(app)
    accounts.sign_in_as(browser, merger.person)
    page = browser.in_language("en").get("/desk/replies/", status=200)
    changed = page.click("旧词", status=200).form(button="Save")
    assert changed.values["owner"] == f"unit:{merger.old}"
    changed.fill(words="已清理。").send(status=200)
    # nothing new begins under the old name
    new = browser.get("/desk/replies/new", status=200).soup.select("[name=owner] option")
    assert [one["value"] for one in new] == [f"unit:{merger.new}"]
