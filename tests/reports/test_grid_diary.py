"""The diary of a grid: patrols, corrections that stay readable, findings that become reports."""

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from portal.accounts.models import Person
from portal.accounts.rules import Actor
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Missing
from portal.reports.models import Case, GridEntryCase
from portal.reports.queries.diary import (
    EntryRow,
    entries_between,
    entries_of,
    entry_by_code,
    versions_of,
)
from portal.reports.queries.grid_team import patrols_of
from portal.reports.rules.codes import Source, Target
from portal.reports.rules.grid import (
    EntryKind,
    GridRefusal,
    Present,
    counted,
    patrol_of,
    why_not_written,
)
from portal.reports.rules.kinds import BEHAVIOUR
from portal.reports.service.diary import Entered, Written, correct_entry, write_entry
from tests.make import accounts, reports
from tests.make.accounts import sign_in_as
from tests.make.grid import DAY, NOW, area_row, lead
from tests.make.intake import COMMUNITY, ready
from tests.make.rows import case_row
from tests.pages import Browser


@pytest.fixture
def tree(database: Database) -> dict[str, Area]:
    return ready(database)


def entered(database: Database, actor: Actor, **changes: object) -> Entered:
    written = replace(Written(EntryKind.PATROL, NOW, "走了一圈，路面干净"), **changes)
    with database.write() as session:
        return write_entry(session, COMMUNITY, written, actor=actor, now=NOW)


def test_r271_a_patrol_is_due_when_its_days_are_over_and_at_once_when_there_was_none() -> None:
    walked = patrol_of(NOW, date(2026, 11, 23), 7)
    assert not walked.due(date(2026, 11, 29))
    assert walked.due(date(2026, 11, 30))
    assert patrol_of(None, None, 7).due(date(2026, 11, 23))


def test_the_diary_is_written_soon_after_and_counts_people_without_names() -> None:
    assert why_not_written(NOW, NOW) is None
    assert why_not_written(NOW + DAY, NOW) is GridRefusal.NOT_YET
    assert why_not_written(NOW - 8 * DAY, NOW) is GridRefusal.TOO_LATE
    assert counted({Present.RESIDENTS: "6", Present.SHOPS: "0"}) == {"residents": 6}
    assert counted({Present.RESIDENTS: "王女士"}) is None
    assert counted({Present.RESIDENTS: "1000"}) is None


def test_r271_what_is_corrected_stays_readable_and_nothing_is_changed(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        mine, other = lead(session, tree), lead(session, tree, "road_head")
    first = entered(database, mine, present={"residents": 3})
    better = Written(EntryKind.PATROL, NOW, "走了两圈", present={"residents": 4})
    with database.write() as session:
        with pytest.raises(Forbidden):
            correct_entry(session, first.code, better, actor=other, now=NOW)
        second = correct_entry(session, first.code, better, actor=mine, now=NOW + DAY)
    with database.write() as session, pytest.raises(Conflict):
        correct_entry(session, first.code, better, actor=mine, now=NOW + DAY)
    with database.read() as session:
        entry = entry_by_code(session, first.code, mine)
        assert entry is not None
        assert [one.seen for one in versions_of(session, entry, mine)] == [
            "走了两圈",
            "走了一圈，路面干净",
        ]
        assert [one.code for one in entries_of(session, tree[COMMUNITY].id, mine)] == [second.code]
        month = entries_between(session, tree[COMMUNITY].id, NOW - DAY, NOW + DAY, mine)
        assert [one.present for one in month] == [{"residents": 4}]
    for change in ("UPDATE grid_entry SET present = ''", "DELETE FROM grid_entry"):
        with pytest.raises(DBAPIError, match="only added to"), database.write() as session:
            session.execute(text(change))


def test_r272_a_finding_becomes_a_report_of_the_patrol_in_the_same_step(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        mine = lead(session, tree)
    made = entered(database, mine, seen="北门有垃圾", report_as="litter")
    with database.read() as session:
        case = case_row(session, made.number or "")
        assert case.source is Source.COLLECTOR
        link = session.scalars(select(GridEntryCase)).one()
        assert (link.case_id, link.found) == (case.id, True)
        entry = entry_by_code(session, made.code, mine)
        assert entry is not None
        assert [one.number for one in entry.cases] == [case.number]
        patrol = patrols_of(session, [area_row(session)], NOW)[tree[COMMUNITY].id]
        assert not patrol.due(NOW.date())
    with database.write() as session:
        stranger = accounts.staff(session, "grid_lead", area=tree["370283002"])
        foreign = accounts.actor(session, stranger)
        with pytest.raises(Missing):
            write_entry(
                session, COMMUNITY, Written(EntryKind.PATROL, NOW, "x"), actor=foreign, now=NOW
            )


def test_R259_the_diary_names_a_report_on_conduct_to_those_alone_who_may_read_it(
    database: Database, tree: dict[str, Area]
) -> None:
    """A verifier writes of it; collectors and heads of buildings read the same diary."""
    with database.write() as session:
        reports.category(session, BEHAVIOUR, target=Target.PERSON_OR_SHOP, name="不文明行为")
        hidden = reports.case(session, tree[COMMUNITY], category_code=BEHAVIOUR, at=NOW - DAY)
        shown = reports.case(session, tree[COMMUNITY], at=NOW - DAY)
        verifier, collector = lead(session, tree, "verifier"), lead(session, tree, "collector")
        hers = lead(session, tree)
    numbers = (hidden.number, shown.number)
    made = entered(database, verifier, numbers=numbers)
    assert {one.code for one in month(database, tree, hers)} == {made.code}
    for reader, told in ((verifier, set(numbers)), (collector, {shown.number})):
        (entry,) = month(database, tree, reader)
        assert {one.number for one in entry.cases} == told
    # what was found and reported stays found through a correction, whoever may read it
    found = entered(database, collector, seen="北门", report_as="litter")
    with database.write() as session:
        session.execute(
            update(Case).where(Case.number == found.number).values(category_code=BEHAVIOUR)
        )
        again = Written(EntryKind.PATROL, NOW, "南门")
        correct_entry(session, found.code, again, actor=collector, now=NOW)
    with database.read() as session:
        assert session.scalars(select(GridEntryCase.found)).all().count(True) == 2


def month(database: Database, tree: dict[str, Area], reader: Actor) -> list[EntryRow]:
    with database.read() as session:
        return entries_between(session, tree[COMMUNITY].id, NOW - DAY, NOW + DAY, reader)


def test_r271_the_diary_is_written_on_the_page_and_printed_by_the_month(
    database: Database, tree: dict[str, Area], app: Flask
) -> None:
    with database.write() as session:
        person: Person = accounts.staff(session, "grid_lead", area=tree[COMMUNITY])
    browser = Browser(app).in_language("en")
    sign_in_as(browser, person)
    page = browser.get(f"/desk/grid/{COMMUNITY}/diary/new", status=200)
    page = page.form(button="Keep").fill(seen="走了一圈", residents="三").send("Keep", status=422)
    assert "Write numbers only" in page.text
    form = page.form(button="Keep").fill(residents="3", report_as="litter")
    page = form.send("Keep", status=200)
    assert "Found here and reported" in page.text
    page = page.click("Correct the entry")
    page = page.form(button="Keep").fill(seen="走了两圈").send("Keep", status=200)
    assert "What stood there before" in page.text
    month = browser.get(f"/desk/grid/{COMMUNITY}/diary", status=200)
    assert "走了两圈" in month.text
    assert "走了一圈" not in month.text
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1
