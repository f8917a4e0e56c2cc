"""The desk as pages: filters stay in the address, one key, several cases, and the way back."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import event as sql_event
from sqlalchemy import select

from portal.kernel import clock
from portal.kernel.db import Database
from portal.reports.models import Case
from portal.reports.rules.codes import Event, State
from tests.make import accounts, reports
from tests.make.desk import City, small_city
from tests.make.organisations import unit
from tests.pages import Browser, Page


@pytest.fixture
def city(app: Flask, database: Database) -> City:
    return small_city(app, database)


def rows(page: Page) -> list[str]:
    return [row.get_text(strip=True) for row in page.soup.select(".queue-row .case-number")]


def arguments(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


def test_the_queue_stands_beside_the_case_and_its_filters_stay_through_every_step(
    city: City,
) -> None:
    for _ in range(3):
        city.case()
    desk = city.browser(city.desk)
    queue = desk.get(f"/desk/?task=check&place={city.area.path}&category=litter", status=200)
    first = rows(queue)[0]
    page = queue.click(first, status=200)
    assert rows(page) == rows(queue)
    assert [r.get_text() for r in page.soup.select("[aria-current=true] .case-number")] == [first]
    kept = {"task": ["check"], "place": [city.area.path], "category": ["litter"]}
    step = page.click("Do not accept", status=200)
    assert arguments(step.url) == kept
    back = step.form().fill(reason="out_of_scope", body="court").send("Do not accept", status=200)
    assert (back.path, arguments(back.url)) == (f"/desk/cases/{first}", kept)
    assert first not in rows(back)
    assert arguments(back.click("Back to the list").url) == kept


def test_lists_are_narrowed_by_kind_unit_lateness_and_number(city: City) -> None:
    with city.database.write() as session:
        reports.category(session, "lamp", name="路灯不亮")
    lamp, litter = city.case(category_code="lamp"), city.case()
    late = city.case(state=State.DISPATCHED, at=clock.now() - timedelta(days=20))
    urgent = city.case()
    with city.database.write() as session:
        session.scalars(select(Case).where(Case.number == urgent)).one().urgent = True
    desk = city.browser(city.desk)
    page = desk.get("/desk/?task=open", status=200)
    for chosen, found in (
        ({"category": "lamp"}, {lamp}),
        ({"unit": str(city.unit.id)}, {late}),
        ({"late": "1"}, {late}),
        ({"urgent": "1"}, {urgent}),
    ):
        form = page.form(button="Show")
        assert set(rows(form.fill(**chosen).send("Show", status=200))) == found
    found = page.form(button="Show").fill(number=litter.lower()).send("Show", status=200)
    assert found.path == f"/desk/cases/{litter}"
    assert arguments(found.url)["task"] == ["open"]
    for junk in ("unit=x", "place=/../", "category=none&late=", "place=" + "/a" * 200 + "/"):
        desk.get(f"/desk/?task=open&{junk}", status=200)


def test_one_button_accepts_gives_out_and_opens_the_next_and_undo_leads_back(city: City) -> None:
    for _ in range(3):
        city.case(state=State.CLOSED)
    numbers = [city.case() for _ in range(3)]
    desk = city.browser(city.desk)
    page = desk.get("/desk/?task=check&category=litter", status=200).click("Open the first case")
    assert "Handled 3 of the last 3 such matters in" in page.text
    done: list[str] = []
    for _ in numbers[1:]:
        done.append(page.path.rpartition("/")[2])
        page = page.form("/confirm").send("Accept, give to", status=200)
        assert f"{done[-1]} was given to 环卫中心." in page.text
        assert arguments(page.url)["category"] == ["litter"]
        assert page.path.rpartition("/")[2] in set(numbers) - set(done)
    assert {city.row(number).state for number in done} == {State.DISPATCHED}
    page = page.form("/undo").send("Undo", status=200)
    assert (page.path, city.row(done[-1]).state) == (f"/desk/cases/{done[-1]}", State.REPORTED)
    assert f"Undone: {done[-1]} is as it was before." in page.text
    assert city.events(done[-1])[-1] is Event.UNDO
    # the one before can still be undone, from its own page
    page = page.click("What I did in the last ten minutes", status=200)
    page.form("/undo").send("Undo", status=200)
    assert city.row(done[0]).state is State.REPORTED
    page = desk.get(f"/desk/cases/{done[0]}?task=check", status=200)
    for _ in numbers:
        page = page.form("/confirm").send("Accept, give to", status=200)
    assert page.path == "/desk/"
    assert rows(page) == []
    assert "Nothing waits here. Well done." in desk.get("/desk/?task=check").text


def test_a_stale_confirmation_is_refused_with_the_case_as_it_is_now(city: City) -> None:
    number = city.case()
    desk = city.browser(city.desk)
    form = desk.get(f"/desk/cases/{number}?task=check", status=200).form("/confirm")
    city.browser(city.centre).get(f"/desk/cases/{number}/accept").form().send(status=200)
    page = form.send("Accept, give to", status=409)
    assert "Somebody else has just changed this case." in page.errors[0]
    assert city.row(number).state is State.ACCEPTED
    page.form("/confirm").send("Give to", status=200)
    assert city.row(number).state is State.DISPATCHED


def test_several_cases_are_checked_done_and_undone_without_script(city: City) -> None:
    good = [city.case() for _ in range(2)]
    over = city.case(state=State.FILED)
    desk = city.browser(city.desk)
    page = desk.get("/desk/?task=mine&all=1", status=200)
    form = page.form("/check")
    assert set(form.values.getlist("case")) == {*good, over}
    page = form.send("Accept", status=200)
    assert page.h1 == "Accept"
    assert "Left as it is: This case has moved on" in page.text
    assert city.row(good[0]).state is State.REPORTED
    first, second = page.form().send_twice("Do it")
    assert (first.status, first.path) == (200, second.path)
    assert "2 cases were changed." in first.text
    assert [city.events(number).count(Event.ACCEPT) for number in good] == [1, 1]
    page = first.form("/undo").send("Undo", status=200)
    assert "2 cases were put back as they were." in page.text
    assert arguments(page.click("Back to the list").url) == {"task": ["mine"]}
    city.browser(city.centre).get(first.path, status=404)


def test_a_unit_or_a_kind_for_several_is_chosen_before_anything_is_shown(city: City) -> None:
    with city.database.write() as session:
        reports.category(session, "lamp", name="路灯不亮")
        near = unit(session, "NEAR", "路灯所", area=city.tree["370283001"]).id
    numbers = [city.case() for _ in range(2)]
    desk = city.browser(city.desk)
    ticked = "&".join(f"case={number}" for number in numbers)
    page = desk.get(f"/desk/batches/check?task=check&action=reclassify&{ticked}", status=200)
    page = page.form().fill(kind="lamp").send("Look at what", status=200)
    assert page.text.count("Will become:") == 2
    page = page.form().fill(wish=[page.form().values.getlist("wish")[0]]).send("Do it", status=200)
    assert "1 case was changed." in page.text
    assert sorted(city.row(number).category_code for number in numbers) == ["lamp", "litter"]
    for number in numbers:
        desk.get(f"/desk/cases/{number}/accept").form().send(status=200)
    page = desk.get(f"/desk/batches/check?action=dispatch&{ticked}", status=200)
    page = page.form().fill(to=str(near)).send("Look at what", status=200)
    page.form().send("Do it", status=200)
    assert {city.row(number).unit_id for number in numbers} == {near}


def test_ticking_nothing_or_nonsense_changes_nothing(city: City) -> None:
    number = city.case()
    desk = city.browser(city.desk)
    page = desk.get("/desk/batches/check?task=check&action=accept", status=200)
    assert "Tick at least one case." in page.text
    desk.get("/desk/batches/check?action=burn&case=x", status=404)
    page = desk.get(f"/desk/batches/check?action=accept&case={number}", status=200)
    page = page.form().fill(wish=None).send("Do it", status=422)
    assert page.errors == ["Tick at least one case."]
    page = desk.get(f"/desk/batches/check?action=accept&case={number}", status=200)
    form = page.form()
    form.values.setlist("wish", ["nonsense", f"{number}.zz.zz"])
    page = form.send("Do it", status=200)
    assert "Somebody else changed it meanwhile." in page.text
    assert city.row(number).state is State.REPORTED
    many = "&".join(f"case={reports.new_number()}" for _ in range(51))
    assert "no more than 50" in desk.get(f"/desk/batches/check?action=accept&{many}").text
    city.browser(city.worker).get(f"/desk/batches/check?action=accept&case={number}", status=403)


def test_a_unit_that_lost_the_case_while_it_typed_is_told_and_keeps_its_words(city: City) -> None:
    number = city.case(state=State.DISPATCHED)
    worker = city.browser(city.worker)
    form = worker.get(f"/desk/cases/{number}/return", status=200).form()
    with city.database.write() as session:
        other = unit(session, "OTHER", area=city.tree["370283001"])
        stranger = accounts.staff(session, "handling_unit", organisation=other)
        third = unit(session, "THIRD", area=city.tree["370283001"]).id
    desk = city.browser(city.desk).get(f"/desk/cases/{number}/dispatch", status=200)
    desk.form().fill(unit=str(third)).send(status=200)
    page = form.fill(reason="other", words="已经清了一半").send(status=409)
    assert page.h1 == "This case is not with your unit any more"
    assert "已经清了一半" in page.text
    assert "Exposed litter" not in page.text
    worker.get(f"/desk/cases/{number}/handle", status=403)
    city.browser(stranger).get(f"/desk/cases/{number}/handle", status=404)


def test_staff_begin_at_their_desk_and_residents_at_their_page(city: City) -> None:
    with city.database.write() as session:
        resident = accounts.person(session)
    assert city.browser(city.desk).get("/me/start", status=200).path == "/desk/"
    assert city.browser(resident).get("/me/start", status=200).path == "/me"
    assert city.browser(city.desk).get("/sign-in", status=200).path == "/desk/"


def test_what_is_checked_for_the_public_page_is_called_by_its_name(city: City) -> None:
    number = city.case()
    with city.database.write() as session:
        made = session.scalars(select(Case)).one()
        reports.photo(session, made)
        reports.photo(session, made)
    page = city.browser(city.desk).get(f"/desk/cases/{number}/moderate", status=200)
    legends = [" ".join(legend.get_text(" ").split()) for legend in page.soup.select("legend")]
    assert legends[:3] == [
        "What was reported", "Photo from the reporter (1)", "Photo from the reporter (2)",
    ]  # fmt: skip


def test_a_proposal_costs_ten_queries_at_most_and_the_queue_beside_it_five(city: City) -> None:
    for _ in range(4):
        city.case(state=State.CLOSED)
        city.case()
    number = city.case()
    desk = city.browser(city.desk)

    def cost(url: str) -> int:
        sent: list[str] = []

        def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
            if statement.startswith("SELECT") and "login_session" not in statement:
                sent.append(statement)

        sql_event.listen(city.database.reader, "before_cursor_execute", note)
        desk.get(url, status=200)
        sql_event.remove(city.database.reader, "before_cursor_execute", note)
        return len(sent)

    alone = cost(f"/desk/cases/{number}")
    beside = cost(f"/desk/cases/{number}?task=check")
    with city.database.write() as session:
        for _ in range(5):
            reports.reported(session, city.area)
    assert cost(f"/desk/cases/{number}?task=check") == beside
    # the kinds come once, for the list's options and for the proposal
    assert beside - alone <= 5
    closed = city.case(state=State.VOID)
    # who is named by the list (rows with allowances, kinds, units, and what is known of the case
    # where something is), then habits and what lies near
    assert alone - cost(f"/desk/cases/{closed}") <= 10
    # tables that hold nothing of the case are not asked, nor is anything asked twice
    assert alone <= 24


def test_in_plain_text_a_case_stands_alone_with_its_way_back(city: City) -> None:
    number = city.case()
    browser: Browser = city.browser(city.desk)
    browser.client.set_cookie("plain", "1")
    page = browser.get(f"/desk/cases/{number}?task=check", status=200)
    assert rows(page) == []
    assert page.click("Back to the list").path == "/desk/"
