"""The pages of activities and shifts, from the desk to the street."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from portal.kernel import clock
from portal.kernel.db import Database
from tests.make import volunteers as make
from tests.make.accounts import person
from tests.pages import Browser, Page
from tests.reports.test_queries_per_page import counted
from tests.volunteers.planning import STREET, Town
from volunteers.models import Activity
from volunteers.queries.shifts import PAGE
from volunteers.rules.activities import ActivityKind, ActivityState


def coming_day(ahead: int = 3) -> date:
    return clock.now().date() + timedelta(days=ahead)


SEATS = {"seats_member": "5", "least_member": "2", "seats_leader": "1", "least_leader": "1"}
TIMES: Mapping[str, Any] = {"start": "08:00", "end": "10:00", "duty": "patrol", **SEATS}


def written(town: Town, **changes: Any) -> Page:
    """The desk's page of an activity that was written by hand."""
    typed = {
        "kind": "shift", "title_zh_hans": "文明劝导", "words_zh_hans": "在路口劝导。",
        "area": STREET, "meeting_place": "胜利路路口", "risks": "车流较多", "youngest": "under_18",
    }  # fmt: skip
    page = town.browser().get("/desk/volunteers/new", status=200)
    return page.form().fill(**typed | changes).send(status=200)


def test_an_activity_is_written_planned_published_seen_and_called_off(town: Town) -> None:
    desk = written(town)
    stranger = Browser(town.app).in_language("en")
    public = desk.soup.select_one('a[href^="/volunteers/activities/"]')
    assert public is not None
    address = str(public["href"])
    stranger.get(address, status=404)
    planned = desk.click("Plan a shift").form()
    desk = planned.fill(day=coming_day().isoformat(), **TIMES).send(status=200)
    assert "The shift is planned" in desk.html
    desk = desk.form(button="Publish it").send(status=200)
    shown = stranger.get("/volunteers/", status=200).click("文明劝导", status=200)
    for told in ("在路口劝导", "胜利路路口", "车流较多", "no orders", "08:00", "leader", "Patrol"):
        assert told in shown.text
    off = desk.click("Call it off").form().fill(reason="台风").send(status=200)
    assert "Called off" in off.text
    assert "台风" in stranger.get(address, status=200).text
    assert "文明劝导" not in stranger.get("/volunteers/", status=200).text


def test_what_is_wrong_is_said_and_what_was_typed_stays(town: Town) -> None:
    page = town.browser().get("/desk/volunteers/new", status=200)
    page = page.form().fill(title_zh_hans="清洁日", kind="campaign", risky="y").send(status=422)
    assert "清洁日" in page.html
    risky = {
        "title_zh_hans": "清洁日", "words_zh_hans": "清理河道。", "kind": "campaign", "risky": "y",
        "area": STREET, "meeting_place": "河边", "risks": "路滑", "youngest": "adult",
    }  # fmt: skip
    page = page.form().fill(**risky).send(status=422)
    assert "how people are insured" in page.errors[0]
    late = written(town).click("Plan a shift").form()
    wrong = late.fill(day=coming_day().isoformat(), **{**TIMES, "end": "02:00"}).send(status=422)
    assert "ends on the next day" in wrong.errors[0]
    past = wrong.form().fill(day="2020-01-01", end="10:00").send(status=422)
    assert "This is past already" in past.errors[0]


def test_many_shifts_are_shown_before_they_are_planned_and_taken_back(town: Town) -> None:
    form = written(town).click("Plan several").form()
    form = form.fill(
        first=coming_day(1).isoformat(),
        last=coming_day(7).isoformat(),
        places="东街\n西街",
        **TIMES,
    )
    shown = form.send(button="Show what would be planned", status=200)
    assert "14 shifts would be planned" in shown.text
    done = shown.form().send(button="Plan these shifts", status=200)
    assert "14 shifts were planned" in done.text
    back = done.form(button="Take them back").send(status=200)
    assert "No shift is planned yet" in back.text


def test_a_series_is_begun_changed_with_a_preview_and_ended(town: Town) -> None:
    form = written(town).click("Begin a series").form()
    first, last = coming_day(1).isoformat(), coming_day(40).isoformat()
    begun = form.fill(first=first, last=last, weekdays=["2", "6"], **TIMES).send(status=200)
    assert "Tuesday" in begun.text
    edit = begun.click("Change it").form().fill(start="09:00", end="11:00")
    shown = edit.send(button="Show what would happen", status=200)
    assert "This is what would happen" in shown.text
    changed = shown.form().send(button="Change the series", status=200)
    assert "09:00" in changed.text
    changed.form(button="Plan what is missing now").send(status=200)
    ended = changed.click("End it").form().fill(reason="够了").send(status=200)
    assert "It ended on" in ended.text


def test_a_template_is_kept_and_used(town: Town) -> None:
    desk = town.browser().get("/desk/volunteers/templates/new", status=200)
    kept = desk.form().fill(name="早班", area=STREET, **TIMES).send(status=200)
    assert "08:00–10:00" in kept.text
    form = written(town).click("Plan a shift").click("早班", status=200)
    start = form.soup.select_one("#start")
    assert start is not None
    assert start["value"] == "08:00"
    gone = town.browser().get("/desk/volunteers/templates").form(button="Forget it").send()
    assert "No template is kept yet" in gone.text


def test_a_file_with_a_bad_line_says_which_and_keeps_nothing(town: Town) -> None:
    page = written(town).click("From a file", status=200)
    bad = "day,starts,ends,place,duty,seats\nnever,08:00,10:00,x,patrol,3\n"
    page = page.form().attach("file", bad.encode(), "a.csv", "text/csv").send(status=422)
    assert "line 2: the day is not like" in page.errors[0]
    day = coming_day().isoformat()
    good = f"day,starts,ends,place,duty,seats\n{day},08:00,10:00,{STREET},patrol,3\n"
    done = page.form().attach("file", good.encode(), "a.csv", "text/csv").send(status=200)
    assert "1 shift was planned" in done.text


def plant(town: Town, many: int) -> date:
    with town.database.write() as session:
        of = make.activity(session, town.tree[STREET])
        start = clock.now().replace(hour=1, minute=0, second=0, microsecond=0) + timedelta(days=2)
        for at in range(many):
            make.shift(session, of, starts_at=start + timedelta(minutes=at))
    return start.date()


@pytest.mark.parametrize(
    ("path", "most"),
    [("/volunteers/days/{day}", 5), ("/volunteers/weeks/{day}", 5), ("/volunteers/", 6)],
)
def test_lists_take_the_same_few_queries_however_long(
    town: Town, database: Database, path: str, most: int
) -> None:
    visitor = Browser(town.app).in_language("en")
    sizes = []
    for many in (3, 100):
        day = plant(town, many)
        visitor.get(path.format(day=day), status=200)
        with counted(database) as sent:
            visitor.get(path.format(day=day), status=200)
        sizes.append(len(sent))
    assert sizes[0] == sizes[1] <= most


def test_the_list_goes_on_page_by_page(town: Town) -> None:
    plant(town, PAGE + 5)
    visitor = Browser(town.app).in_language("en")
    first = visitor.get("/volunteers/", status=200)
    second = first.click("Show later ones", status=200)
    numbers = [{link for link in page.links() if "/shifts/" in link} for page in (first, second)]
    assert len(numbers[0]) == PAGE
    assert len(numbers[1] - numbers[0]) == 5


def test_what_nobody_can_read_in_an_address_is_left_out_or_missing(town: Town) -> None:
    visitor = Browser(town.app).in_language("en")
    visitor.get("/volunteers/?kind=x&duty=y&tag=z&day=never&after=%00&area=..", status=200)
    for gone in ("days/never", "days/2026-02-30", "weeks/9999-12-31", "shifts/none"):
        visitor.get(f"/volunteers/{gone}", status=404)


def test_a_newcomer_sees_where_one_more_person_helps(town: Town) -> None:
    with town.database.write() as session:
        of = make.activity(session, town.tree[STREET])
        start = clock.now() + timedelta(days=2)
        on = make.shift(session, of, starts_at=start, seats={"leader": 1, "member": 3})
        make.post(session, on).least = 2
    visitor = Browser(town.app).in_language("en")
    # alone she is not sent anywhere
    assert "Here one more person helps most" not in visitor.get("/volunteers/").text
    with town.database.write() as session:
        make.sign_up(session, on, person(session).id, role="leader")
    assert "Here one more person helps most" in visitor.get("/volunteers/").text


def test_a_team_is_registered_led_and_ended_and_nobody_of_it_is_named(town: Town) -> None:
    who = town.resident()
    page = town.browser().get("/desk/volunteers/teams/new", status=200)
    typed = {"kind": "mass_security", "name_zh_hans": "东街巡防队", "area": STREET}
    team = page.form().fill(**typed).send(status=200)
    joined = team.form(button="Take her in").fill(person=who.number).send(status=200)
    assert "王小明" in joined.text
    again = joined.form(button="Take her in").fill(person=who.number).send(status=409)
    assert "belongs to the team already" in again.errors[0]
    led = joined.form(button="Leads the team").send(status=200)
    assert "Leads no more" in led.text
    public = Browser(town.app).in_language("en").get("/volunteers/teams", status=200)
    assert "东街巡防队" in public.text
    assert "王小明" not in public.text
    led.click("End it").form().send(status=200)


def test_an_inspection_group_tours_judges_and_reports_without_names(town: Town) -> None:
    member, stranger = town.resident(), town.resident()
    yesterday = clock.now() - timedelta(days=1)
    with town.database.write() as session:
        of = make.activity(session, town.tree[STREET], kind=ActivityKind.INSPECTION_GROUP)
        on = make.shift(session, of, starts_at=yesterday)
        make.sign_up(session, on, member.id)
    desk = town.browser().get(f"/desk/volunteers/{of.number}/tour", status=200)
    day = yesterday.date().isoformat()
    bad = desk.form().fill(day=day, stops="09:30 东街市场\n09:00 西街").send(status=422)
    assert "Line 2 is not later" in bad.errors[0]
    bad.form().fill(day=day, stops="00:30 东街市场\n01:00 西街公厕").send(status=200)
    address = f"/volunteers/activities/{of.number}/sheets"
    town.browser(stranger).get(address, status=404)
    sheet = town.browser(member).get(address, status=200).click("东街市场", status=200)
    scores = dict.fromkeys(("cleanliness", "order", "facilities", "greenery", "service"), "4")
    half = sheet.form().fill(cleanliness="4").send(status=422)
    assert "between 1 (poor) and 5" in half.errors[0]
    half.form().fill(remark="垃圾桶已满", **scores).send(status=200)
    address = f"/desk/volunteers/{of.number}/report"
    late, report = (town.browser().get(address, status=200) for _ in range(2))
    shown = report.form().fill(words="总体良好。").send(status=200)
    public = Browser(town.app).in_language("en").get(shown.path, status=200)
    assert "总体良好" in public.text
    assert "王小明" not in public.text
    assert "垃圾桶已满" not in public.text
    late.form().fill(words="再来一次。").send(status=409)


def test_evidence_of_a_campaign_counts_and_names_nobody(town: Town) -> None:
    written(town, tags=["hygienic_city"]).form(button="Publish it").send(status=200)
    desk = town.browser().get("/desk/volunteers/evidence?tag=hygienic_city", status=200)
    assert "文明劝导" in desk.text
    table = desk.click("Download as CSV", status=200)
    assert "文明劝导" in table.html
    assert "李同志" not in table.html


def test_a_draft_is_its_organisers_alone(town: Town) -> None:
    with town.database.write() as session:
        of: Activity = make.activity(session, town.tree[STREET], state=ActivityState.DRAFT)
        on = make.shift(session, of, starts_at=clock.now() + timedelta(days=1))
    for path in (f"activities/{of.number}", f"shifts/{on.number}"):
        Browser(town.app).get(f"/volunteers/{path}", status=404)
        town.browser().get(f"/volunteers/{path}", status=200)
