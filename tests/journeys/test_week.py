"""A week of 250 wardens on 50 roads (R275): from a file to certified time, each act by its page.

The crowd signs up and comes through the services; what is told here by name is done by hand.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from bs4 import Tag
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from time_machine import travel

from credit.queries.accounts import accounts_of
from credit.rules.kinds import Party
from credit.rules.leaf import Unit
from credit.service.sealing import seal_due
from portal.accounts.rules import Actor
from portal.kernel import clock
from portal.kernel.db import Database
from portal.kernel.sheets import open_sheet
from portal.reports.models import Case
from portal.reports.rules.codes import Source
from tests.accounts.test_cli import Tools
from tests.journeys.town import MONDAY, small_town
from tests.journeys.week import (
    A_ROAD,
    CLOUD,
    DAY,
    FIRST,
    GUARDED,
    LONGEST,
    PLAN,
    ROADS,
    STREET,
    TITLE,
    WARDENS,
    WEEK,
    YES,
    WeekTown,
)
from tests.make import roster_sheets
from tests.make.photos import jpeg
from tests.make.pictures import picture_of_svg
from tests.pages import Browser, Page
from volunteers.cli import volunteers
from volunteers.models import Absence, ServiceHours, Shift, ShiftPost, SignUp
from volunteers.queries.hours import people_to_confirm
from volunteers.queries.on_the_day import roll_of
from volunteers.rules.signing_up import SignUpState
from volunteers.service.absences import tell_absent
from volunteers.service.crediting import tell_ledger
from volunteers.service.hours import Stayed, confirm_hours
from volunteers.service.roll_call import call_roll
from volunteers.service.signing_up import sign_up


@pytest.fixture
def town(app: Flask, database: Database) -> Iterator[WeekTown]:
    with travel(MONDAY) as at:
        town = WeekTown(small_town(app, database, at).city, at)
        town.begin()
        yield town


def test_a_week_of_wardens_from_a_file_to_certified_time(town: WeekTown, tmp_path: Path) -> None:
    register = town.passer_by.get(f"/adoption/{town.plot}", status=200).text
    _earns_points(town)
    _is_planned(town)
    _fills(town)
    _swaps_and_stands_in(town)
    _is_walked(town)
    report = _finds_something(town)
    _is_called(town)
    _has_her_word(town)
    _leaves(town)
    _rest_of_the_week(town)
    _is_confirmed(town)
    _is_told_to_the_ledger(town)
    _is_certified(town)
    _goes_to_the_cloud(town, tmp_path)
    _is_counted(town)
    assert town.passer_by.get(f"/reports/{report}", status=200)
    # nobody's plot was touched by a week of shifts
    assert town.passer_by.get(f"/adoption/{town.plot}", status=200).text == register


def _earns_points(town: WeekTown) -> None:
    """A rule of the city, sealed before anything counts, and a warden who wants her points."""
    head = town.browser_of(town.head_id)
    page = head.get("/admin/rules/new", status=200).form(button="Look at the differences").fill(
        code="patrol", fact="patrol_done", title="志愿巡查", points="2", valid_from="2026-11-02",
        source_text="自律规范第二条", evidence="签到记录", life_days="60",
    ).send(status=200)  # fmt: skip
    page.form(button="Publish it").send(status=200)
    page = town.warden(0).get("/credit/", status=200)
    page.form(button="Write down my points").send(status=200)
    town.later(minutes=2)
    seal_due(town.database, clock.now())


def _is_planned(town: WeekTown) -> None:
    """Written and published, then 350 shifts of a file; the same file again makes none."""
    page = town.organiser.get("/desk/volunteers/new", status=200)
    page = page.form().fill(
        kind="assistant_warden", title_zh_hans=TITLE, words_zh_hans="沿路巡查，劝导不文明行为。",
        area=STREET, meeting_place="各路段路口", risks="车流较多", youngest="adult", risky="y",
        insurance="已投保志愿服务意外险", tags=["civilised_city"],
    ).send(status=200)  # fmt: skip
    town.activity = page.path.rpartition("/")[2]
    desk = page.form(button="Publish it").send(status=200)
    content = roster_sheets.as_xlsx(roster_sheets.roster(STREET, WEEK))
    for said in ("350 shifts were planned.", "350 were there already"):
        form = desk.click("From a file", status=200).form().attach("file", content, "week.xlsx")
        assert said in form.send(status=200).text
    with town.database.read() as session:
        rows = session.execute(select(Shift.number, Shift.starts_at, Shift.place_path))
        for number, starts, path in rows:
            town.shifts[starts.astimezone(town.zone).date(), path.strip("/").rpartition("/")[2]] = (
                number
            )
        assert session.scalar(select(func.sum(ShiftPost.seats))) == WARDENS * 7
    assert len(town.shifts) == ROADS * 7


def _fills(town: WeekTown) -> None:
    """Two by their own pages, one of whom is too late for a seat and waits; the crowd behind."""
    first = town.on(FIRST, 0)
    page = _asks(town.warden(0), first, "leader:take")
    assert "Signed up" in page.text
    with town.database.write() as session:
        posts = {
            (number, role): post
            for number, role, post in session.execute(
                select(Shift.number, ShiftPost.role, ShiftPost.id).join(
                    ShiftPost, ShiftPost.shift_id == Shift.id
                )
            )
        }
        for day in WEEK:
            for at, who in enumerate(town.people[:WARDENS]):
                number = town.on(day, at // A_ROAD)
                role = "member" if at % A_ROAD else "leader"
                if (number, at) != (first, 0):
                    post = posts[number, role]
                    sign_up(session, who.id, post, has_read=True, now=clock.now())
    assert town.count(SignUp.state == SignUpState.TAKEN) == WARDENS * 7
    late = _asks(town.warden(WARDENS), first, "member:wait")
    assert "You are the next to be asked." in late.text
    public = town.passer_by.get(f"/volunteers/days/{FIRST}", status=200)
    assert public.text.count("full") >= ROADS
    assert GUARDED not in public.text


def _asks(browser: Browser, number: str, place: str) -> Page:
    page = browser.get(f"/volunteers/shifts/{number}", status=200).click("Sign up", status=200)
    return page.form(button=YES).fill(place=place, has_read=True).send(YES, status=200)


def _mine(town: WeekTown, at: int, number: str) -> Page:
    """A warden's own page of one of her shifts."""
    with town.database.read() as session:
        mine = session.scalars(
            select(SignUp.number)
            .join(Shift, Shift.id == SignUp.shift_id)
            .where(Shift.number == number, SignUp.person_id == town.people[at].id,
                   SignUp.state == SignUpState.TAKEN)
        ).one()  # fmt: skip
    return town.warden(at).get(f"/volunteers/mine/{mine}", status=200)


def _swaps_and_stands_in(town: WeekTown) -> None:
    """Two members swap their roads on a day; one gives her seat to who waits; one cannot come."""
    own, other = town.on(FIRST, 1), town.on(FIRST, 2)
    page = _mine(town, 6, own).click("Swap it, or let somebody stand in", status=200)
    page.form(button="Offer my seat").fill(wanted=other).send(status=200)
    asked = town.warden(11).get("/volunteers/mine", status=200)
    assert "Somebody would like to swap a shift with you." in asked.text
    offer = asked.click("Look at the shift of", status=200)
    assert GUARDED not in offer.text
    # which road she would get, and which she would give for it
    assert offer.text.index("红旗路口") < offer.text.index("人民路口")
    done = offer.form(button="Yes, swap them").fill(has_read=True).send(status=200)
    assert "红旗路口" in done.text
    assert "人民路口" in _mine(town, 6, other).text
    # a stand-in by the address that is passed on
    page = _mine(town, 16, town.on(FIRST, 3)).click("Swap it, or let somebody stand in")
    given = page.form(button="Offer my seat").fill(wanted="").send(status=200)
    link = given.click("the offer", status=200).path
    taken = town.warden(WARDENS + 1).get(link, status=200)
    taken.form(button="Yes, I come").fill(has_read=True).send(status=200)
    assert "青岛路口" in _mine(town, WARDENS + 1, town.on(FIRST, 3)).text
    # who cannot come makes room for the next of the list
    left = _mine(town, 1, town.on(FIRST, 0)).click("I cannot come", status=200)
    left.form(button="Give my seat back").send(status=200)
    waits = town.warden(WARDENS).get("/volunteers/mine", status=200).click(TITLE, status=200)
    waits.form(button="Yes, I have read this and come").send(status=200)
    assert town.count(SignUp.state == SignUpState.TAKEN) == WARDENS * 7


def _is_walked(town: WeekTown) -> None:
    """A route for the first road; who leads scans the organiser's screen and passes its points."""
    number, desk = town.on(FIRST, 0), town.organiser
    page = desk.get("/desk/volunteers/routes/new", status=200)
    page.form().fill(
        area=STREET, name="胜利路早巡", checklist="", checkpoints="北门\n菜市场",
    ).send(status=200)  # fmt: skip
    page = desk.get(f"/desk/volunteers/shifts/{number}/route", status=200)
    route = page.soup.find("option", string="胜利路早巡")
    assert route is not None
    page.form().fill(route=str(route["value"])).send("Keep", status=200)
    town.at_moment(FIRST, 7, 20)
    come = town.warden(0).get(_scanned(town, number), status=200)
    assert "You came at" in come.form(button="I am here").send(status=200).text
    patrol = town.warden(0).get(f"/volunteers/patrols/{number}", status=200)
    patrol = patrol.form(button="Passed: 北门").send(status=200)
    log = patrol.click("Write into the patrol log", status=200).form(button="Keep")
    log.fill(duty="persuade", words="劝导三位骑车人走非机动车道", people="3").send(status=200)


def _scanned(town: WeekTown, number: str) -> str:
    """The address that the code on the organiser's screen holds."""
    screen = town.organiser.get(f"/desk/volunteers/shifts/{number}/screen", status=200)
    [code] = zxingcpp.read_barcodes(picture_of_svg(str(screen.soup.select_one(".receipt-qr svg"))))
    return code.text.partition(":8000")[2]


def _finds_something(town: WeekTown) -> str:
    """One step: from what is found on the road to a report that the desk has; its number."""
    number = town.on(FIRST, 0)
    page = town.warden(0).get(f"/volunteers/patrols/{number}", status=200)
    form = page.click("Report what you found", status=200).form(button="Send the report")
    form.attach("photos", jpeg())
    page = form.fill(category="litter", words="垃圾桶满溢", where="路口东侧").send(status=200)
    assert "What became of it" in page.text
    with town.database.read() as session:
        row = session.execute(select(Case.number, Case.source)).one()
    assert row.source is Source.VOLUNTEER_PATROL
    assert "垃圾桶满溢" in town.open("desk", row.number).text
    assert "3 people talked to" in page.text
    return row.number


def _is_called(town: WeekTown) -> None:
    """The roll of the first road: three are ticked, one did not come."""
    number = town.on(FIRST, 0)
    page = town.organiser.get(f"/desk/volunteers/shifts/{number}/roll", status=200)
    ticks = [str(box["value"]) for box in page.soup.select("input[name=here]")]
    assert len(ticks) == A_ROAD - 1
    town.at_moment(FIRST, 7, 40)
    page = town.organiser.get(page.path, status=200)
    done = page.form(button="Write it down").fill(here=ticks[:-1], rest=True).send(status=200)
    assert done.text.count("Did not come") == 1
    town.at_moment(FIRST, 8, 20)
    assert tell_absent(town.database, clock.now()) == 1


def _has_her_word(town: WeekTown) -> None:
    """Whoever was written down as not come says why, and the organiser accepts it."""
    with town.database.read() as session:
        missing = session.scalars(select(Absence.person_id)).one()
    hers = town.browser_of(missing)
    page = hers.get("/volunteers/mine", status=200).click("When I did not come", status=200)
    page = page.click(TITLE, status=200)
    page.form(button="Send").fill(words="孩子发烧，去了医院。").send(status=200)
    desk = town.organiser.get("/desk/volunteers/absences", status=200)
    answer = desk.click(GUARDED, status=200)
    assert "孩子发烧" in answer.text
    answer.form(button="Answer").fill(accepted="yes", answer="情况属实").send(status=200)
    assert "情况属实" in hers.get(page.path, status=200).text


def _rest_of_the_week(town: WeekTown) -> None:
    """Every other road is called when it is walked; nobody is missing there."""
    for day in WEEK:
        town.at_moment(day, 9, 40 if day == FIRST else 0)
        roads = range(1 if day == FIRST else 0, ROADS)
        town.act(_call_all, [town.on(day, road) for road in roads])


def _leaves(town: WeekTown) -> None:
    """Who came by the code leaves by it."""
    town.at_moment(FIRST, 9, 35)
    page = town.warden(0).get(_scanned(town, town.on(FIRST, 0)), status=200)
    assert "You left at" in page.form(button="I leave").send(status=200).text


def _call_all(session: Session, actor: Actor, numbers: list[str]) -> None:
    for row in session.scalars(select(Shift).where(Shift.number.in_(numbers))):
        here = [one.number for one in roll_of(session, row.id)]
        assert call_roll(session, actor, row.number, here, rest=False, now=clock.now()) == A_ROAD


def _is_confirmed(town: WeekTown) -> None:
    """The first road by its page: who checked out is ticked, the organiser ticks who forgot; then
    all others."""
    town.at_moment(WEEK[-1], 18)
    first = town.on(FIRST, 0)
    page = town.organiser.get(f"/desk/volunteers/shifts/{first}/hours", status=200)
    assert page.text.count("has not checked out") == A_ROAD - 2
    assert page.text.count("Did not come") == 1
    came = [box for box in page.soup.select("main input[type=checkbox]") if _is_here(box)]
    form = page.form(button="Confirm those who are ticked")
    done = form.fill(**{str(box["name"]): True for box in came}).send(status=200)
    assert "Confirmed already" in done.text
    town.act(_confirm_all, [number for number in town.shifts.values() if number != first])
    with town.database.read() as session:
        made = session.scalar(select(func.count(ServiceHours.id)))
        minutes = session.scalar(select(func.max(ServiceHours.minutes)))
    # one did not come; from twenty past seven to 9:35 is within the plan and its tolerance
    assert (made, minutes) == (WARDENS * 7 - 1, LONGEST)
    notice = town.warden(9).get("/volunteers/hours/notice", status=200)
    assert TITLE in notice.text
    assert GUARDED not in notice.text


def _is_here(box: Tag) -> bool:
    return "Did not come" not in box.find_parent("fieldset").get_text()


def _confirm_all(session: Session, actor: Actor, numbers: list[str]) -> None:
    for row in session.scalars(select(Shift).where(Shift.number.in_(numbers))):
        people = people_to_confirm(session, row.id)
        stays = [Stayed(one.number, row.starts_at, row.ends_at) for one in people]
        confirm_hours(session, actor, row.number, stays, now=clock.now())


def _is_told_to_the_ledger(town: WeekTown) -> None:
    """After seven days on notice, once."""
    town.at_moment(WEEK[-1] + 7 * DAY, 17)
    assert tell_ledger(town.database, clock.now()) == 0
    town.at_moment(WEEK[-1] + 7 * DAY, 19)
    assert tell_ledger(town.database, clock.now()) == WARDENS * 7 - 1
    assert tell_ledger(town.database, clock.now()) == 0
    with town.database.read() as session:
        rows = accounts_of(session, Party.PERSON, town.people[0].id)
    assert [row.balance for row in rows if row.unit is Unit.POINTS] == [14]


def _is_certified(town: WeekTown) -> None:
    """Made by her, checked by a stranger who reads days and time, and no name."""
    page = town.warden(0).get("/volunteers/hours", status=200).click("Make a certificate")
    form = page.form(button="Make it")
    paper = form.fill(
        name=f"{GUARDED}000", first=FIRST.isoformat(), last=WEEK[-1].isoformat()
    ).send(status=200)  # fmt: skip
    assert f"{GUARDED}000" in paper.text
    number = paper.path.split("/")[3]
    checked = town.passer_by.get(f"/volunteers/certificates/{number}", status=200)
    assert "This certificate holds." in checked.text
    assert "14 h 15 min" in checked.text
    assert GUARDED not in checked.text


def _goes_to_the_cloud(town: WeekTown, folder: Path) -> None:
    """Only of who gave a number there, without a name, and no row twice when it comes back."""
    page = town.warden(0).get("/volunteers/hours", status=200).click("Volunteer Cloud", status=200)
    page.form().fill(cloud_id=CLOUD).send(status=200)
    path, tools = folder / "cloud.csv", Tools(
        town.database, town.app.extensions["gongzhi_instance"], town.app
    )  # fmt: skip
    words = ["cloud-export", str(path), "--since", f"{FIRST}", "--until", f"{WEEK[-1]}"]
    result = CliRunner().invoke(volunteers, words, obj=tools)
    assert (result.exit_code, "Wrote 7 services" in result.output) == (0, True), result.output
    rows = list(open_sheet(path).rows)
    assert {row.cells["cloud_id"] for row in rows} == {CLOUD}
    assert sum(int(row.cells["minutes"]) for row in rows) == 6 * PLAN + LONGEST
    assert GUARDED not in path.read_text("utf-8-sig")


def _is_counted(town: WeekTown) -> None:
    """What the office shows of the week under its theme: counts, no names."""
    path = f"/desk/volunteers/evidence?tag=civilised_city&since={FIRST}&until={WEEK[-1]}"
    page = town.organiser.get(path, status=200)
    cells = [cell.get_text(strip=True) for cell in page.soup.select("main table td")]
    assert cells[-2:] == ["350", "1,750"]
    assert GUARDED not in page.text
