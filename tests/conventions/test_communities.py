"""Communities: stations, heads who are reached through the portal, boards, stops, the atlas."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import func, select

from portal.accounts.models import Person
from portal.accounts.rules import Actor
from portal.conventions.models import Errand, PrintSheet, SheetNotice, Station
from portal.conventions.queries.community import heads_of
from portal.conventions.rules.community import (
    MOST_ERRANDS,
    CommunityRefusal,
    HandlingEnd,
    HeadRole,
    ListProblem,
)
from portal.conventions.rules.opening import Opening
from portal.conventions.service.board import StopWish, add_stop, make_sheet
from portal.conventions.service.community_lists import BadList, import_heads
from portal.conventions.service.errands import ask_head, close_errand
from portal.conventions.service.places import (
    HeadWish,
    StationWish,
    add_head,
    end_head,
    office_phone,
    save_station,
)
from portal.kernel import clock
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.sheets import Encoding
from tests.make import communities as make
from tests.make.accounts import actor, person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.conventions import COMMUNITY, NOW, TODAY
from tests.make.together import at_once
from tests.pages import Browser
from tests.reports.test_queries_per_page import counted

ZONE = ZoneInfo("Asia/Shanghai")
WORKDAYS = Opening("12345", ((510, 720), (840, 1050)))


class Here:
    """A community with a committee, a resident and a head who has an account."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as session:
            self.area = small_tree(session)[COMMUNITY]
            self.desk_person = staff(session, "community_committee", area=self.area)
            self.her, self.holder = person(session), person(session, "孙桂英")
            self.head = make.head(session, self.area, person_id=self.holder.id).number
            self.desk, self.resident = actor(session, self.desk_person), actor(session, self.her)
            self.holds = actor(session, self.holder)

    def ask(self, who: Actor | None = None) -> None:
        with self.database.write() as session:
            ask_head(session, who or self.resident, self.head, "三楼的灯坏了。", now=NOW)


@pytest.fixture
def here(database: Database) -> Here:
    return Here(database)


def _station(phone: str = "0532-00000000", opening: Opening = WORKDAYS) -> StationWish:
    return StationWish("东阁社区自治工作站", "1号", opening, phone, "")


def test_of_two_who_set_up_a_station_at_once_one_is_told(here: Here) -> None:
    def act() -> str:
        try:
            with here.database.write() as session:
                save_station(session, here.desk, COMMUNITY, _station(), now=NOW)
        except Conflict as told:
            return told.code.value
        return "set up"

    assert sorted(at_once(act, act, act)) == ["community.changed"] * 2 + ["set up"]
    with here.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Station)) == 1


def test_a_station_has_hours_and_the_telephone_of_an_office_never_a_mobile(here: Here) -> None:
    with pytest.raises(Refused) as told, here.database.write() as session:
        save_station(session, here.desk, COMMUNITY, _station(phone="13800000000"), now=NOW)
    assert told.value.code is CommunityRefusal.MOBILE
    wish = _station(opening=Opening("", ((1, 2),)))
    with pytest.raises(Refused) as told, here.database.write() as session:
        save_station(session, here.desk, COMMUNITY, wish, now=NOW)
    assert told.value.code is CommunityRefusal.HOURS
    with pytest.raises(Refused):
        office_phone("no number")


def _names(here: Here) -> list[str]:
    with here.database.read() as session:
        return [row.name for row in heads_of(session, here.area.id, TODAY)]


def test_r174_one_person_holds_several_offices_and_her_name_is_read_only_if_she_agrees(
    here: Here,
) -> None:
    for role, agreed in ((HeadRole.LIAISON, False), (HeadRole.ROAD, True)):
        wish = HeadWish(role, "阁东路", "孙桂英", "", TODAY, None, agreed)
        with here.database.write() as session:
            add_head(session, here.desk, COMMUNITY, wish, now=NOW)
    assert sorted(_names(here)) == ["", "", "孙桂英"]


def test_a_term_ends_on_its_last_day_and_nobody_writes_to_her_afterwards(here: Here) -> None:
    with here.database.write() as session:
        end_head(session, here.desk, here.head, TODAY, now=NOW)
    here.ask()
    with pytest.raises(Missing), here.database.write() as session:
        ask_head(session, here.resident, here.head, "灯坏了。", now=NOW + timedelta(days=1))


def test_many_at_once_write_no_more_than_may_wait(here: Here) -> None:
    for _ in range(MOST_ERRANDS - 1):
        here.ask()

    def act() -> str:
        try:
            here.ask()
        except Refused as told:
            return told.code.value
        return "sent"

    assert sorted(at_once(act, act, act)) == ["community.too_many"] * 2 + ["sent"]


def test_r252_r282_a_head_answers_once_and_nobody_answers_herself(here: Here) -> None:
    here.ask()
    here.ask(here.desk)
    with here.database.read() as session:
        mine, desks = session.scalars(select(Errand.number).order_by(Errand.id)).all()
    with pytest.raises(Refused) as told, here.database.write() as session:
        close_errand(session, here.desk, desks, HandlingEnd.SETTLED, "好了。", now=NOW)
    assert told.value.code is CommunityRefusal.OWN
    with pytest.raises(Missing), here.database.write() as session:
        close_errand(session, here.resident, mine, HandlingEnd.SETTLED, "好了。", now=NOW)

    def act() -> str:
        try:
            with here.database.write() as session:
                close_errand(session, here.holds, mine, HandlingEnd.SETTLED, "换好了。", now=NOW)
        except Conflict as told:
            return told.code.value
        return "answered"

    assert sorted(at_once(act, act)) == ["answered", "community.ended"]


def test_of_two_who_make_the_sheet_of_a_month_there_is_one_sheet(here: Here) -> None:
    with here.database.write() as session:
        numbers = [make.notice(session, here.area, f"通知{at}").number for at in range(3)]

    def act() -> None:
        with here.database.write() as session:
            make_sheet(session, here.desk, COMMUNITY, "2026-11", numbers, now=NOW)

    at_once(act, act)
    with here.database.read() as session:
        assert session.scalar(select(func.count()).select_from(PrintSheet)) == 1
        assert session.scalar(select(func.count()).select_from(SheetNotice)) == 3


def test_a_sheet_takes_only_what_hangs_in_its_month(here: Here) -> None:
    with here.database.write() as session:
        number = make.notice(session, here.area).number
    for month, code in (
        ("2026-13", CommunityRefusal.MONTH),
        ("2027-02", CommunityRefusal.NOTHING_CHOSEN),
    ):
        with pytest.raises(Refused) as told, here.database.write() as session:
            make_sheet(session, here.desk, COMMUNITY, month, [number], now=NOW)
        assert told.value.code is code


def test_a_stop_ends_after_it_begins(here: Here) -> None:
    starts = NOW + timedelta(days=1)
    with pytest.raises(Refused), here.database.write() as session:
        add_stop(session, here.desk, COMMUNITY, StopWish("东门", "咨询", starts, starts), now=NOW)


def test_other_places_are_nobodys_to_change(here: Here) -> None:
    for code in ("370283002001", "no such"):
        with pytest.raises(Missing), here.database.write() as session:
            save_station(session, here.desk, code, _station(), now=NOW)


@pytest.fixture
def at_desk(app: Flask, here: Here) -> Browser:
    return _signed_in(app, here.desk_person)


def _signed_in(app: Flask, who: Person) -> Browser:
    browser = Browser(app).in_language("en")
    sign_in_as(browser, who)
    return browser


def test_r251_r252_a_committee_sets_up_its_station_and_the_city_lists_it_by_street(
    at_desk: Browser, browser: Browser
) -> None:
    form = at_desk.get(f"/desk/communities/{COMMUNITY}/station", status=200).form(button="Save")
    page = form.fill(
        title="东阁社区自治工作站", located="东阁街道1号", office_phone="13800000000",
        opens=" ", closes="17:30",
    ).send()  # fmt: skip
    assert page.soup.select("main a[href='#opens']"), "blanks are no hour"
    page = page.form(button="Save").fill(opens="08:30").send()
    assert "not a mobile number" in page.text
    page.form(button="Save").fill(office_phone="0532-00000000").send()
    public = browser.in_language("en").get(f"/communities/{COMMUNITY}", status=200)
    assert "Mon Tue Wed Thu Fri 08:30–17:30" in public.text
    assert "东阁街道1号" in public.text
    assert ("open now" in public.text) != ("closed now" in public.text)
    city = browser.get("/communities/", status=200)
    assert "1 self-government station" in city.text
    assert "Places of the grid tree" in city.text
    assert "东阁社区自治工作站" not in browser.get("/communities/370283002001").text


def test_r252_a_resident_writes_to_a_head_who_answers_and_no_telephone_is_shown(
    app: Flask, here: Here, browser: Browser
) -> None:
    sign_in_as(browser.in_language("en"), here.her)
    head = _signed_in(app, here.holder)
    page = browser.get(f"/communities/{COMMUNITY}", status=200)
    assert "孙桂英" not in page.text
    browser.get(f"/heads/{here.head}/ask").form(button="Send it").fill(
        words="三楼的灯坏了。"
    ).send()
    tasks = head.get("/me/offices/", status=200)
    assert "三楼的灯坏了。" in tasks.text
    assert "王小明" not in tasks.text
    link = tasks.soup.select_one("main a[href^='/me/errands/']")
    assert link is not None
    form = head.get(str(link["href"])).form(button="Save")
    form.fill(outcome="settled", words="今天换好了。").send()
    assert "今天换好了。" in browser.get("/me/asked/", status=200).text
    head.get(f"/me/offices/{here.head}/name").form(button="Show my name").send()
    assert "孙桂英" in browser.get(f"/communities/{COMMUNITY}").text
    head.get(f"/me/offices/{here.head}/name").form(button="Show it no longer").send()
    assert "孙桂英" not in browser.get(f"/communities/{COMMUNITY}").text
    page = browser.get("/me/asked/").form(button="Take it back").send()
    assert "今天换好了。" not in page.text


def test_r076_r296_a_board_its_sheet_the_calendar_and_the_atlas(
    at_desk: Browser, browser: Browser
) -> None:
    desk, today = f"/desk/communities/{COMMUNITY}", clock.now().astimezone(ZONE).date()
    until, day = today + timedelta(days=3), today + timedelta(days=1)
    form = at_desk.get(f"{desk}/notices/new").form(button="Save")
    form.fill(title="停水通知", markdown="明天停水。", ends_on=str(until), pinned="y").send()
    choices = at_desk.get(f"{desk}/sheet")
    box = choices.soup.select_one("input[name='numbers']")
    assert box is not None
    choices.form(button="Save").fill(numbers=str(box["value"])).send()
    month = f"{today:%Y-%m}"
    form = at_desk.get(f"{desk}/stops/new").form(button="Save")
    form.fill(
        located="东门广场", offers="证照咨询", day=str(day), begins="09:00", ends="11:00"
    ).send()
    form = at_desk.get(f"{desk}/services/new").form(button="Save")
    form.fill(title="临时占道申请", located="2号窗口", offers="受理", bring="身份证").send()
    public = browser.in_language("en")
    assert "停水通知" in public.get(f"/communities/{COMMUNITY}/board", status=200).text
    sheet = public.get(f"/communities/{COMMUNITY}/sheets/{month}", status=200)
    assert len(sheet.soup.select("main svg")) >= 2
    assert "停水通知" in sheet.text
    atlas = public.get(f"/communities/{COMMUNITY}/atlas", status=200)
    assert "身份证" in atlas.text
    with public.client.get(f"/communities/{COMMUNITY}/stops.ics") as answer:
        [event] = Calendar.from_ical(answer.data).walk("VEVENT")
    assert event["location"] == "东门广场"
    assert event["status"] == "CONFIRMED"
    page = at_desk.get(desk)
    down = page.soup.select_one("main a[href$='/down']")
    assert down is not None
    at_desk.get(str(down["href"])).form(button="Save").send()
    off = page.soup.select_one("main a[href$='/off']")
    assert off is not None
    at_desk.get(str(off["href"])).form(button="Save").send()
    with public.client.get(f"/communities/{COMMUNITY}/stops.ics") as answer:
        assert b"STATUS:CANCELLED" in answer.data


def test_a_notice_waits_for_its_day_and_goes_to_the_archive(here: Here, browser: Browser) -> None:
    today = clock.now().astimezone(ZONE).date()
    with here.database.write() as session:
        past = make.notice(
            session, here.area, "旧通知", starts_on=today - timedelta(days=9),
            ends_on=today - timedelta(days=1),
        ).number  # fmt: skip
        coming = make.notice(
            session, here.area, starts_on=today + timedelta(days=1),
            ends_on=today + timedelta(days=2),
        ).number  # fmt: skip
    public = browser.in_language("en")
    assert "旧通知" not in public.get(f"/communities/{COMMUNITY}/board").text
    assert "旧通知" in public.get(f"/communities/{COMMUNITY}/board?past=1").text
    assert "no longer hangs" in public.get(f"/notices/{past}").text
    public.get(f"/notices/{coming}", status=404)


def test_r256_a_self_discipline_organisation_is_entered_and_dissolved(
    at_desk: Browser, browser: Browser
) -> None:
    desk = f"/desk/communities/{COMMUNITY}"
    form = at_desk.get(f"{desk}/bodies/new").form(button="Save")
    form.fill(title="东苑邻里自律会", members="12", founded_on="2026-03-01").send()
    public = browser.in_language("en").get(f"/communities/{COMMUNITY}")
    assert "self-discipline organisation of residents" in public.text
    assert "12 members" in public.text
    end = at_desk.get(desk).soup.select_one("main a[href^='/desk/bodies/']")
    assert end is not None
    at_desk.get(str(end["href"])).form(button="Save").send()
    assert "东苑邻里自律会" not in browser.get(f"/communities/{COMMUNITY}").text


def test_a_full_community_takes_no_more_queries(
    here: Here, at_desk: Browser, database: Database
) -> None:
    pages = (f"/communities/{COMMUNITY}", f"/desk/communities/{COMMUNITY}", "/communities/")
    found = list[list[int]]()
    for many in (1, 12):
        with database.write() as session:
            for at in range(many):
                row = make.head(session, here.area, covers=f"{many}-{at}号楼")
                make.errand(session, row)
                make.notice(session, here.area, f"通知{at}")
                make.stop(session, here.area)
                make.service(session, here.area, position=at)
                make.body(session, here.area)
        for page in pages:
            at_desk.get(page)
        found.append([])
        for page in pages:
            with counted(database) as statements:
                at_desk.get(page, status=200)
            found[-1].append(len(statements))
    assert found[0] == found[1]
    assert max(found[1]) <= 14


HEADS = """职务,负责范围,姓名,任期开始,同意公开姓名
楼长,1号楼,赵一,2026-01-01,是
路长,阁东路,钱二,2026-01-01,
"""
BAD = """楼管,2号楼,孙三,2026-01-01,
楼长,,李四,2026-01-01,
楼长,2号楼,周五,昨天,
"""


def _import(here: Here, text: str, encoding: Encoding = Encoding.UTF8) -> int:
    with here.database.write() as session:
        content = text.encode(encoding.value)
        return import_heads(session, here.desk, COMMUNITY, content, encoding, now=NOW)


def test_many_heads_come_from_a_table_once_and_bad_lines_are_told(here: Here) -> None:
    assert _import(here, HEADS, Encoding.GB18030) == 2
    assert sorted(_names(here)) == ["", "", "赵一"]
    with pytest.raises(BadList) as told:
        _import(here, HEADS + BAD)
    assert [(flaw.line, flaw.code) for flaw in told.value.flaws] == [
        (4, ListProblem.OFFICE), (5, ListProblem.MISSING), (6, ListProblem.DAY),
    ]  # fmt: skip
    with pytest.raises(BadList) as told:
        _import(here, HEADS)
    assert [flaw.code for flaw in told.value.flaws] == [ListProblem.TWICE] * 2
    for text, code in (("", ListProblem.EMPTY), ("姓名\n赵一\n", ListProblem.NO_COLUMN)):
        with pytest.raises(Refused) as refused:
            _import(here, text)
        assert refused.value.code is code


def test_services_from_a_table_keep_mobiles_out(at_desk: Browser, here: Here) -> None:
    header = "服务事项,地点,办理内容,办公电话\n"
    page = at_desk.get(f"/desk/communities/{COMMUNITY}/services/table", status=200)
    bad = (header + "养犬登记,1号窗口,受理,13800000000\n").encode()
    page = page.form(button="Save").attach("file", bad, "list.csv", "text/csv").send()
    assert "Line 2" in page.text
    assert "not a mobile number" in page.text
    good = (header + "养犬登记,1号窗口,受理,0532-00000000\n").encode()
    page = page.form(button="Save").attach("file", good, "list.csv", "text/csv").send()
    assert "养犬登记" in page.text
