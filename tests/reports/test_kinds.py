"""What a kind asks further: kept, shown to whom it concerns, forgotten; and the lane of hazards."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import NOBODY
from portal.accounts.service import erase_person, export_person
from portal.areas.models import Area, PermittedPlace
from portal.areas.rules import PermittedKind
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Refused
from portal.kernel.instance import instance_of
from portal.reports.models import Case, CaseAnswer
from portal.reports.queries.answers import answers_of
from portal.reports.queries.case import CaseRow, events_of
from portal.reports.queries.categories import categories_on
from portal.reports.rules.categories import find_categories
from portal.reports.rules.codes import Event, Review, State, Target
from portal.reports.rules.intake import Contact
from portal.reports.rules.kinds import AnswerRefusal, Audience
from portal.reports.rules.reasons import SEVERITIES, Reason
from portal.reports.rules.retention import USUAL_MONTHS, months_later
from portal.reports.service.answers import audiences_of, codes_of_case
from portal.reports.service.personal import ReportsOfAPerson
from portal.reports.service.severity import grade_danger
from tests.make import accounts, reports
from tests.make.desk import small_city
from tests.make.intake import (
    COMMUNITY,
    at_details,
    choose_place,
    filed,
    ready,
    to_place,
    visitor,
)
from tests.make.rows import case_now
from tests.pages import Browser, Page

WANTED = {
    "r011": {"road_works": ("无证掘路", "道路开挖", "施工占道", "占道施工")},
    "r012": {"drain": ("综合管廊", "供排水"), "litter": ("垃圾处理",)},
    "r013": {"street_furniture": ("城市家具", "报刊亭", "公交候车亭")},
    "r014": {"peddling": ("贩卖非法出版物", "回收药品")},
    "r015": {"piled_things": ("占用公共空间",), "illegal_building": ("违法用地", "违法建设")},
    "r016": {"peddling": ("非法营运",), "car_parking": ("占道停车", "挪用车位")},
    "r020": {"noise": ("噪音", "噪声"), "fumes": ("油烟",)},
    "r033": {"small_ads": ("牛皮癣", "非法小广告", "乱张贴", "亂張貼")},
    "r035": {"needs_help": ("流浪乞讨人员", "乞讨")},
    "r042": {"water_dirty": ("河道", "水面", "河道两岸")},
    "r043": {"street_stall": ("占道经营", "乱摆摊设点"), "small_ads": ("乱涂写",)},
    "r046": {"street_stall": ("餐饮摊点", "食品摊")},
    "r047": {"dust": ("建设工地", "拆迁工地", "文明施工")},
    "r049": {"manhole": ("井盖丢失",), "drain": ("下水道",), "pipe_burst": ("爆管",)},
    "r050": {"safety_hazard": ("安全生产",)},
    "r117": {"bad_sign": ("空白广告牌", "陈旧广告", "违规广告", "广告牌松动")},
    "r119": {"dogs": ("无证养犬", "没打疫苗", "不牵绳", "烈性犬")},
    "r122": {"safety_hazard": ("消火栓", "消防栓")},
    "r125": {"cables": ("架空线缆",)},
    "r128": {"dust": ("扬尘",)},
    "r131": {"dust": ("渣土车",)},
    "r133": {"burning": ("烟花爆竹", "鞭炮")},
    "r134": {"traffic_sign": ("信号灯", "交通标线")},
    "r137": {"estate": ("物业", "小区停车", "小区绿化")},
    "r208": {"small_ads": ("乱贴乱画",), "piled_things": ("乱挂乱堆",), "litter": ("乱扔乱放",)},
}


def test_r208_the_words_of_the_trade_and_of_the_street_find_their_kinds(
    database: Database,
) -> None:
    ready(database)
    with database.read() as session:
        rows = categories_on(session, date(2026, 11, 22))
    wrong = {
        f"{requirement} {typed}": [row.code for row in find_categories(rows, typed)][:3]
        for requirement, kinds in WANTED.items()
        for code, words in kinds.items()
        for typed in words
        if code not in [row.code for row in find_categories(rows, typed)][:2]
    }
    assert wrong == {}


def test_r035_somebody_who_needs_help_is_never_shown(app: Flask, database: Database) -> None:
    ready(database)
    number = filed(database, category_code="needs_help", words="桥下有个老人").number
    with database.write() as session:
        made = session.scalars(select(Case)).one()
        made.listed = True
        reports.photo(session, made, review=Review.APPROVED)
    page = visitor(app).get(f"/reports/{number}", status=200)
    assert "桥下有个老人" not in page.text
    assert not page.soup.select("main img[src*='/photos/']")
    assert number not in visitor(app).get("/reports/?q=桥下", status=200).text
    with database.read() as session:
        row = {r.code: r for r in categories_on(session, date(2026, 11, 22))}["needs_help"]
    assert row.target is Target.PERSON_OR_SHOP
    assert "不要拍" in row.hints["zh_Hans"]


def _answers(database: Database, case: CaseRow, *who: Audience) -> dict[str, str]:
    with database.read() as session:
        rows = answers_of(session, case, frozenset(who), to_unit=Audience.DESK not in who)
        return {row.question.key: row.value for row in rows}


def test_r197_an_advertised_number_is_sealed_and_read_by_the_dispatching_desk_only(
    database: Database,
) -> None:
    ready(database)
    extra = {"subkind": "pole", "advertised_number": "微信 13800001299", "area_m2": "9"}
    case = case_now(database, filed(database, category_code="small_ads", extra=extra).number)
    with database.read() as session:
        rows = {row.key: row for row in session.scalars(select(CaseAnswer))}
        unit = audiences_of(reports.handler(case.id), case, insider=False)
        head = audiences_of(reports.grid_lead("/"), case, insider=True)
        desk = audiences_of(reports.desk(), case, insider=True)
        codes = codes_of_case(session, case)
    assert set(rows) == {"subkind", "advertised_number"}, "another kind's answer is not kept"
    assert rows["advertised_number"].value is None
    assert "13800001299" not in str(rows["advertised_number"].sealed_value)
    assert (rows["subkind"].value, Audience.DESK in unit, Audience.DESK in head) == (
        "pole",
        False,
        False,
    )
    assert _answers(database, case, *desk)["advertised_number"] == "微信 13800001299"
    assert (codes.events, set(codes.components)) == (("0201",), {"0116", "0117", "0118"})


def test_r131_a_plate_is_read_by_those_who_handle_it_and_by_nobody_else(
    app: Flask, database: Database
) -> None:
    city = small_city(app, database)
    with database.write() as session:
        reports.category(session, "dust")
    extra = {"subkind": "muck_truck", "plate": "鲁B 12345", "route": "打 13800001298 去南村"}
    number = filed(database, category_code="dust", extra=extra, area_code=COMMUNITY).number
    with database.write() as session:
        session.execute(update(Case).values(unit_id=city.unit.id, listed=True, state="dispatched"))
    for who in (city.desk, city.worker):
        page = city.browser(who).get(f"/desk/cases/{number}", status=200)
        assert "鲁B12345" in page.text
        assert "0112" in page.text, "the code of the trade"
    assert "13800001298" in city.browser(city.desk).get(f"/desk/cases/{number}").text
    assert "13800001298" not in city.browser(city.worker).get(f"/desk/cases/{number}").text
    for address in (f"/reports/{number}", "/reports/", f"/reports/{number}/print"):
        page = visitor(app).get(address, status=200)
        assert "鲁B12345" not in page.text
        assert "南村" not in page.text
    assert "Muck truck" in visitor(app).get(f"/reports/{number}").text, "the finer kind is public"


def test_p2_answers_are_handed_out_and_forgotten_with_their_writer(database: Database) -> None:
    ready(database)
    with database.write() as session:
        person = accounts.person(session)
        actor = accounts.actor(session, person)
    extra = {"subkind": "pole", "advertised_number": "13800001299"}
    told = {"category_code": "small_ads", "extra": extra, "contact": Contact.ACCOUNT}
    filed(database, actor, **told)
    filed(database, NOBODY, category_code="small_ads", extra=extra)
    with database.write() as session:
        assert "13800001299" in str(export_person(session, person.id, now=now()))
        erase_person(session, None, person.id, now=now())
    with database.read() as session:
        kept = session.execute(select(CaseAnswer.key, CaseAnswer.sealed_value)).all()
        assert sorted(row.key for row in kept) == ["advertised_number", "subkind", "subkind"]


def test_a_number_goes_when_the_matter_is_long_over_and_not_a_day_before(
    database: Database,
) -> None:
    ready(database)
    extra = {"subkind": "pole", "advertised_number": "13800001299"}
    filed(database, category_code="small_ads", extra=extra)
    moment = now()
    with database.write() as session:
        session.execute(update(Case).values(state=State.CLOSED, updated_at=moment))
        zone = instance_of(session).city.zone
    left = []
    over = months_later(moment, USUAL_MONTHS, zone)
    for at in (over - timedelta(seconds=1), over):
        with database.write() as session:
            ReportsOfAPerson().expire(session, at)
            left.append(len(session.scalars(select(CaseAnswer.key)).all()))
    assert left == [2, 1]


# --- the lane of hazards ----------------------------------------------------------------------


def test_r023_a_hazard_is_urgent_hides_its_reporter_and_is_not_listed_before_a_check(
    database: Database,
) -> None:
    ready(database)
    with database.write() as session:
        person = accounts.person(session)
        actor = accounts.actor(session, person)
    sure = {"contact": Contact.ACCOUNT}
    worn = filed(database, actor, category_code="bad_sign", extra={"subkind": "worn"}, **sure)
    loose = filed(database, actor, category_code="bad_sign", extra={"subkind": "unsafe"}, **sure)
    hole = filed(database, actor, category_code="manhole", **sure)
    # R050: so is whatever is about safety at work
    unsafe = filed(database, actor, category_code="safety_hazard", **sure)
    seen = [case_now(database, one.number) for one in (worn, loose, hole, unsafe)]
    assert [case.urgent for case in seen] == [False, True, True, True]
    assert [case.sealed for case in seen] == [False, True, True, True]
    assert [case.listed for case in seen] == [True, False, False, False]
    assert seen[1].round_the_clock
    assert seen[1].limit_minutes <= 240


def _grade(level: Reason) -> Callable[[Session, CaseRow], object]:
    def step(session: Session, case: CaseRow) -> object:
        return grade_danger(session, case, actor=reports.desk(), now=now(), level=level)

    return step


def test_r024_a_danger_is_graded_again_and_every_grade_stays_in_the_history(
    database: Database,
) -> None:
    ready(database)
    case = case_now(database, filed(database, category_code="road_damage").number)
    for level in (Reason.SEVERITY_4, Reason.SEVERITY_2, Reason.SEVERITY_3):
        with database.write() as session:
            _grade(level)(session, case_now(database, case.number))
    graded = case_now(database, case.number)
    with database.read() as session:
        steps = [e.reason_code for e in events_of(session, graded) if e.event is Event.GRADE_DANGER]
    assert steps == ["severity_4", "severity_2", "severity_3"]
    assert graded.urgent
    assert graded.sealed, "a lower grade takes nobody's cover away"
    with pytest.raises(Refused), database.write() as session:
        _grade(Reason.OTHER)(session, graded)


def test_r024_of_two_who_grade_at_once_one_is_told(database: Database) -> None:
    ready(database)
    seen = case_now(database, filed(database, category_code="manhole").number)
    start = Barrier(2)

    def act(level: Reason) -> str:
        start.wait()
        try:
            with database.write() as session:
                _grade(level)(session, seen)
        except Conflict:
            return "conflict"
        return "won"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(act, SEVERITIES[:2])) == ["conflict", "won"]


def test_r024_the_desk_grades_on_a_page_of_its_own(app: Flask, database: Database) -> None:
    city = small_city(app, database)
    number = city.case()
    with database.write() as session:
        session.execute(update(Case).values(urgent=True))
    desk = city.browser(city.desk)
    page = desk.get(f"/desk/cases/{number}", status=200)
    assert "Not graded yet" in page.text
    page = page.click("Grade the danger", status=200)
    page = page.form().fill(reason="severity_1", words="学校门口").send(status=200)
    assert "1: people are in danger now" in page.text
    assert "学校门口" in page.text
    assert "学校门口" not in visitor(app).get("/reports/").text


# --- the pages --------------------------------------------------------------------------------


@pytest.fixture
def reader(app: Flask, database: Database) -> Browser:
    ready(database)
    return visitor(app)


def _details(reader: Browser, kind: str) -> Page:
    to_place(reader)
    choose_place(reader)
    page = reader.get("/reports/new/what")
    return page.form(button=kind).send(kind, status=200)


def test_r020_noise_is_asked_when_and_how_often_and_nothing_typed_is_lost(
    reader: Browser, database: Database
) -> None:
    page = _details(reader, "Noise")
    page = (
        page.form()
        .fill(words="喇叭太吵", ask_times="night", ask_how_often="daily", ask_subkind="made up")
        .send("Continue", status=422)
    )
    assert any("choose again" in error for error in page.errors)
    assert page.form().values["ask_times"] == "night"
    page = page.form().fill(ask_subkind="square").send("Continue", status=200)
    page = page.form().fill(contact="none").send("Continue", status=200)
    assert page.h1 == "Check your answers"
    for words in ("Square dancing or crowds", "At night (22–6)", "Every day"):
        assert words in page.text
    page.form().send("Send the report", status=200)
    with database.read() as session:
        assert {row.key: row.value for row in session.scalars(select(CaseAnswer))} == {
            "subkind": "square",
            "times": "night",
            "how_often": "daily",
        }


def test_an_area_is_asked_of_an_illegal_building_and_a_wrong_number_is_explained(
    reader: Browser,
) -> None:
    page = _details(reader, "Illegal construction")
    page = page.form().fill(words="盖房", ask_area_m2="很大").send("Continue", status=422)
    assert any("Write a number" in error for error in page.errors)
    assert page.form().values["ask_area_m2"] == "很大"
    assert page.form().fill(ask_area_m2="６００㎡").send("Continue", status=200).h1 != page.h1


def test_r025_an_emergency_interrupts_once_says_whom_to_call_and_loses_nothing(
    reader: Browser,
) -> None:
    page = at_details(reader)
    page = page.form().fill(words="垃圾桶着火了，有人受伤").send("Continue", status=200)
    assert page.h1 == "Is this an emergency?"
    calls = [str(link["href"]) for link in page.soup.select("main .notice a")]
    assert calls == ["tel:119", "tel:120"]
    page = page.click("Nobody is in danger: go on", status=200)
    assert page.h1 == "You and your report"
    again = reader.get("/reports/new/details")
    assert again.form().values["words"].strip() == "垃圾桶着火了，有人受伤"
    # told once: she is not asked again
    assert again.form().send("Continue", status=200).h1 == "You and your report"


def test_r025_words_searched_for_name_the_number_too(reader: Browser) -> None:
    to_place(reader)
    choose_place(reader)
    page = reader.get("/reports/new/what?q=着火了", status=200)
    assert page.soup.select_one("main .notice a[href='tel:119']")
    assert not reader.get("/reports/new/what?q=路灯").soup.select("main a[href='tel:119']")


def test_r199_the_rule_of_a_zone_stands_in_the_form_on_the_map_and_at_the_place(
    reader: Browser,
) -> None:
    page = _details(reader, "Burning rubbish or leaves")
    assert "No-burning zone of the town" in page.text
    assert "No-livestock" not in page.text
    assert "No-livestock zone of the town" in _details(reader, "Dogs and livestock").text
    assert "No-fireworks zone" in reader.get("/reports/map", status=200).text
    assert "No-burning zone" in reader.get(f"/places/{COMMUNITY}", status=200).text


def test_r116_a_stall_that_is_lawful_at_this_hour_is_asked_about(
    reader: Browser, database: Database
) -> None:
    with database.write() as session:
        _permit(session)
    page = _details(reader, "Stall in the way")
    assert "Do you still want to report this?" in page.text
    assert "早市" in page.text
    assert "早市" in _details(reader, "Shop trading outside its door").text
    assert "早市" not in _details(reader, "Noise").text


def _permit(session: Session) -> None:
    area_id = session.scalar(select(Area.id).where(Area.code == COMMUNITY))
    session.add(
        PermittedPlace(
            area_id=area_id, kind=PermittedKind.STALL_ZONE, name_zh_hans="早市", opens=0,
            closes=1440, weekdays="1234567", valid_from=date(2026, 1, 1),
        )
    )  # fmt: skip


def test_a_required_answer_is_demanded_by_the_service_too(database: Database) -> None:
    ready(database)
    with pytest.raises(Refused) as caught:
        filed(database, category_code="suggestion")
    assert caught.value.code is AnswerRefusal.MISSING
