"""The pages of meetings, tasks and questions, by the people who use them."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.conventions.models import Consultation, Meeting, TaskUnit
from portal.conventions.queries.consultations import PAGE
from portal.conventions.rules.tasks import UnitPart
from portal.conventions.service.meetings import room_codes
from portal.kernel.clock import city_day, now
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from tests.make import meetings
from tests.make.accounts import sign_in_as
from tests.make.areas import area
from tests.make.conventions import COMMUNITY
from tests.make.meetings import HOUR, STREET, Neighbourhood
from tests.pages import Browser, Page
from tests.reports.test_queries_per_page import counted


@pytest.fixture
def there(app: Flask, database: Database) -> Neighbourhood:
    return Neighbourhood(database)


def signed_in(app: Flask, person: object) -> Browser:
    browser = Browser(app).in_language("en")
    sign_in_as(browser, person)
    return browser


def test_a_meeting_from_its_plan_to_its_tasks(
    app: Flask, there: Neighbourhood, browser: Browser
) -> None:
    desk, her = signed_in(app, there.committee_person), signed_in(app, there.resident_person)
    place = f"/meetings/places/{COMMUNITY}"
    her.get(place).form(button="Tell me of meetings here by message").send()
    day = str(now().date() + timedelta(days=3))
    form = desk.get("/desk/meetings/new", status=200).form(button="Save")
    assert form.values["place"] == COMMUNITY
    page = form.fill(
        place=COMMUNITY, title="充电桩", venue="活动室", day=day, agenda="装在哪里"
    ).send()
    number = page.path.rsplit("/", 1)[-1]
    browser.get(f"/meetings/{number}", status=404)
    page = page.click("Send the invitation").form(button="Send the invitation").send()
    assert page.notices == ["Done. 1 person is told by message."]
    public = (
        browser.in_language("en").get(f"/meetings/places/{COMMUNITY}", status=200).click("充电桩")
    )
    assert "装在哪里" in public.click("The invitation to print").text
    calendar = browser.client.get(f"/meetings/places/{COMMUNITY}/calendar.ics")
    assert b"BEGIN:VEVENT" in calendar.data
    with there.database.write() as session:
        times = {"starts_at": now() - HOUR, "ends_at": now() + HOUR}
        session.execute(update(Meeting).values(times))
        meeting_id = session.scalars(select(Meeting.id)).one()
        _screen, paper = room_codes(session, meeting_id, now())
    page = her.get(f"/meetings/{number}/come/{paper}", status=200).form(button="I am here").send()
    assert page.notices == ["Written down: you are here. Thank you for coming."]
    page = desk.get(f"/desk/meetings/{number}/list", status=200).form(button="Write them down")
    assert page.fill(names="李强\n张三").send().notices == ["Written down: 2 names."]
    desk.get(f"/desk/meetings/{number}/code", status=200)
    assert "3 people are noted" in desk.get(f"/desk/meetings/{number}/screen", status=200).text
    write_down(desk, browser, number, day)
    unit = signed_in(app, there.unit_person)
    page = unit.get("/desk/tasks/", status=200).click("安装")
    page = page.form(button="Save").fill(act="finish", said="装好了").send()
    assert "装好了" in browser.get("/tasks/", status=200).click("安装").text
    with browser.client.get("/tasks/all.csv") as table:
        assert "消防救援大队" in table.data.decode("utf-8-sig")


def write_down(desk: Browser, browser: Browser, number: str, day: str) -> None:
    """A resolution, a task of it, the minutes, and what is put right in them."""
    page = desk.get(f"/desk/meetings/{number}").click("Write down a resolution")
    page = page.form(button="Save").fill(resolved="装百个").send()
    page = page.form(button="Strike it out").send()
    assert page.notices == ["Struck out."]
    assert "装百个" not in page.text
    page = page.click("Write down a resolution").form(button="Save")
    page = page.fill(resolved="装十个", yes="2", no="1", abstain="0").send()
    assert "Call the meeting off" not in page.text
    page = page.click("Make a task of it").form(button="Save")
    page = page.fill(title="安装", lead="消防救援大队", responsible="物业", due_on=day).send()
    page = page.click("Publish the minutes").form(button="Publish the minutes")
    page = page.fill(present="2", minutes="同意。").send()
    assert "More people are on the list than that." in page.text
    page = page.form(button="Publish the minutes").fill(present="3").send()
    page = (
        page.click("Put something right").form(button="Publish it").fill(words="更正一处。").send()
    )
    said = browser.get(f"/meetings/{number}").text
    assert "For 2, against 1, abstentions 0" in said
    assert "更正一处。" in said
    assert "李强" not in said


def test_a_question_to_more_communities_than_fit_a_page_loses_none(
    app: Flask, there: Neighbourhood
) -> None:
    with there.database.write() as session:
        codes = [f"{COMMUNITY}X{at:02}" for at in range(PAGE + 2)]
        places = [area(session, code, "community", code, there.area) for code in codes]
        for title in ("先问的", "后问的"):
            of = meetings.consultation(session, there.street, title=title)
            for one in places:
                meetings.asked(session, of, one)
    desk, found = signed_in(app, there.committee_person), list[str]()
    page = desk.get("/desk/questions/", status=200)
    assert [one.get_text(strip=True) for one in page.soup.select("main h2")] == ["后问的", "先问的"]
    links = "main .expander-body li a"
    found += [str(link["href"]) for link in page.soup.select(links)]
    for more in page.soup.find_all("a", string=lambda words: "Show more" in (words or "")):
        rest = desk.get(str(more["href"]), status=200)
        found += [str(link["href"]) for link in rest.soup.select(links)]
        assert "Show more" not in rest.text
    assert len(found) == len(set(found)) == 2 * (PAGE + 2)


def test_a_question_from_its_announcement_to_its_reply(
    app: Flask, there: Neighbourhood, browser: Browser
) -> None:
    office, her = signed_in(app, there.street_person), signed_in(app, there.resident_person)
    committee = signed_in(app, there.committee_person)
    with there.database.read() as session:
        today = city_day(now(), instance_of(session).city.zone)
    form = office.get("/desk/consultations/new", status=200).form(button="Save")
    page = form.fill(
        place=STREET, title="停车方案", markdown="怎么停？", opens_on=str(today),
        closes_on=str(today + timedelta(days=9)), places=COMMUNITY,
    ).send()  # fmt: skip
    assert "thirty days as a rule" in page.text
    page = page.form(button="Save").fill(short_why="汛期").send()
    number = page.path.rsplit("/", 1)[-1]
    page.click("Announce it").form(button="Announce it").send()
    page = her.get("/consultations/", status=200).click("停车方案").click("Say what you think")
    page.form(button="Send it").fill(words="北门太窄").send()
    page = committee.get("/desk/questions/", status=200).click("停车方案")
    page.form(button="Send the answer").fill(words="社区同意").send()
    paper = committee.get(f"/desk/consultations/{number}/paper", status=200).form(button="Save")
    paper.fill(words="多划几个").send()
    page = sort_and_sum_up(office, number)
    assert "People still have time" in page.text
    with there.database.write() as session:
        values = {"opens_on": today - timedelta(days=9), "closes_on": today - timedelta(days=1)}
        session.execute(update(Consultation).values(values))
    late = her.get(f"/consultations/{number}/opinion", status=200)
    assert "The time for opinions ended" in late.text
    page = office.get(page.path).click("Publish the reply").form(button="Publish the reply").send()
    public = browser.in_language("en").get(f"/consultations/{number}", status=200)
    for words in ("南门加六个。", "2 opinions", "1 community", "社区同意", "多划几个"):
        assert words in public.text
    page = her.get("/me/opinions/", status=200).form(button="Take it back").send()
    assert "北门太窄" not in browser.get(public.path).text


def sort_and_sum_up(office: Browser, number: str) -> Page:
    """Look at what came, put it into a group with a reply, and write the summary."""
    page = office.get(f"/desk/consultations/{number}").click("Look at it")
    page = page.form(button="Save").fill(show="yes").send()
    page = page.click("Begin a group").form(button="Save").fill(title="位置").send()
    page = page.click("Write the reply").form(button="Save")
    page = page.fill(answer="partly", reply="南门加六个。").send()
    form = page.form(button="Put what is ticked into this group")
    ticked = {
        name: [str(box["value"]) for box in page.soup.select(f"input[name={name}]")]
        for name in ("opinions", "places")
    }
    page = form.fill(**ticked).send()
    assert page.notices == ["Sorted: 3."]
    page = page.click("Write the summary").form(button="Save").fill(text="三条。").send()
    return page


def test_the_pages_send_a_fixed_number_of_queries(app: Flask, there: Neighbourhood) -> None:
    desk = signed_in(app, there.committee_person)
    pages = ("/tasks/", f"/tasks/places/{COMMUNITY}", "/desk/tasks/", "/meetings/",
             "/desk/meetings/", "/consultations/", "/desk/questions/")  # fmt: skip
    fill(there, 1)
    few = [sent(there, desk, page) for page in pages]
    fill(there, 12)
    assert [sent(there, desk, page) for page in pages] == few


def fill(there: Neighbourhood, times: int) -> None:
    with there.database.write() as session:
        for _ in range(times):
            task = meetings.task(session, there.area, there.unit)
            session.add(TaskUnit(task_id=task.id, part=UnitPart.CO, organisation_id=there.unit.id))
            meetings.meeting(session, there.area)
            meetings.asked(
                session, meetings.consultation(session, there.area, organisation_id=there.unit.id),
                there.area,
            )  # fmt: skip


def sent(there: Neighbourhood, browser: Browser, page: str) -> int:
    with counted(there.database) as statements:
        browser.get(page, status=200)
    return len(statements)
