"""Visits to households (R278): with consent, by building and topic, and nothing about anybody."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.accounts.models import Person
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from tests.make.accounts import sign_in_as
from tests.pages import Browser
from tests.volunteers.test_patrols import START, Walk
from volunteers.models import Doorstep, PatrolEntry
from volunteers.rules.activities import DutyKind
from volunteers.rules.doorsteps import (
    DAYS_SHOWN,
    FEWEST_DOORS,
    DoorRefusal,
    DoorTopic,
    DoorWish,
    days_without,
    what_is_wrong_at_doors,
)
from volunteers.rules.flats import names_flat
from volunteers.rules.patrols import LogWish, PatrolRefusal, what_is_wrong

WASTE = DoorTopic.WASTE


@pytest.fixture
def walk(database: Database) -> Walk:
    return Walk(database)


@pytest.mark.parametrize(
    ("doors", "wish", "refusal"),
    [
        (0, {}, None),
        (0, {"topic": WASTE}, DoorRefusal.NO_DOORS),
        (0, {"agreed": 1}, DoorRefusal.NO_DOORS),
        (5, {}, DoorRefusal.NO_TOPIC),
        (5, {"topic": WASTE}, None),
        # nobody agreed: that somebody rang is all that is written
        (5, {"topic": WASTE, "agreed": 0}, None),
        (5, {"topic": WASTE, "agreed": 5}, None),
        (5, {"topic": WASTE, "agreed": 6}, DoorRefusal.MANY_AGREED),
        (5, {"topic": WASTE, "agreed": -1}, DoorRefusal.MANY_AGREED),
        (5, {"topic": WASTE, "building": "12B", "entrance": 2}, None),
        (5, {"topic": WASTE, "building": "12"}, None),
        (5, {"topic": WASTE, "entrance": 2}, DoorRefusal.BAD_BUILDING),
        (5, {"topic": WASTE, "building": "3-2"}, DoorRefusal.BAD_BUILDING),
        (5, {"topic": WASTE, "building": "王家"}, DoorRefusal.BAD_BUILDING),
        (5, {"topic": WASTE, "building": "13900"}, DoorRefusal.BAD_BUILDING),
        # a room, as it would be typed there
        (5, {"topic": WASTE, "building": "1201"}, DoorRefusal.BAD_BUILDING),
        (5, {"topic": WASTE, "building": "B301"}, DoorRefusal.BAD_BUILDING),
        (5, {"topic": WASTE, "building": "3", "entrance": 302}, DoorRefusal.BAD_ENTRANCE),
        (FEWEST_DOORS - 1, {"topic": WASTE, "building": "3"}, DoorRefusal.FEW_DOORS),
        (FEWEST_DOORS, {"topic": WASTE, "building": "3"}, None),
        (1, {"topic": WASTE, "agreed": 1}, None),
    ],
)
def test_R278_what_of_a_visit_to_households_is_written(
    doors: int, wish: dict[str, Any], refusal: DoorRefusal | None
) -> None:
    found = what_is_wrong_at_doors(doors, DoorWish(**wish))
    assert (found[1] if found else None) is refusal


FLATS = (
    "3号楼2单元301", "3-2-301", "3 - 2 - 1201", "３－２－３０１", "12B-2-301", "3-301", "3栋2-301",
    "301室堆放杂物", "1201 房", "二单元三〇一", "2单元，301", "3號樓301", "3#301已讲解",
    "3号楼2单元5楼东户", "Building 3, unit 2, room 301", "flat 301", "2单元301户",
    # a room could have the number of a year
    "3-2001", "12-1901", "3/2/301", "3号楼2001", "3-301年久失修", "3号楼11-2026",
    "13-2026", "3-2026室",
)  # fmt: skip
NO_FLATS = (
    "讲解垃圾分类", "3号楼120户居民", "3号楼2单元", "发放宣传单50-100份", "2026-11-30上门",
    "19:00-20:30上门", "3、4号楼共走访120户", "山东户籍居民", "全部1-6号楼", "走访301户",
    "11-2026", "2026年，11-2026已讲解", "3号楼2024年修", "3号楼1998 年建", "2单元2019年改造",
    "3-2012年", "1/1000", "30-11-2026", "30/11/2026上门", "3号楼二〇二四年修",
)  # fmt: skip


@pytest.mark.parametrize("text", FLATS)
def test_R278_words_that_name_a_flat_are_no_words_of_a_visit(text: str) -> None:
    at = DoorWish(WASTE)
    for changes in ({"words": text}, {"words": "讲解垃圾分类", "reason": text}):
        wish = LogWish(**{"duty": DutyKind.PUBLICITY, "doors": 5, "at_doors": at, **changes})
        found = what_is_wrong(wish)
        assert found == (list(changes)[-1], DoorRefusal.FLAT)


@pytest.mark.parametrize("text", NO_FLATS)
def test_R278_words_that_name_no_flat_are_kept(text: str) -> None:
    wish = LogWish(DutyKind.PUBLICITY, text, doors=5, at_doors=DoorWish(WASTE))
    assert what_is_wrong(wish) is None


@given(
    building=st.integers(1, 99), entrance=st.integers(1, 9), floor=st.integers(1, 33),
    room=st.integers(1, 12), before=st.sampled_from(["", "住", "在", "已到 ", "，"]),
    after=st.sampled_from(["", "的住户", "，堆物", "王家", "年久失修"]),
)  # fmt: skip
def test_R278_no_flat_is_taken_for_a_month_or_a_year(
    building: int, entrance: int, floor: int, room: int, before: str, after: str
) -> None:
    door = f"{floor}{room:02d}"
    for flat in (
        f"{building}-{entrance}-{door}", f"{building}号楼{entrance}单元{door}",
        f"{building}栋{door}室", f"{building}/{entrance}/{door}", f"{door}室",
    ):  # fmt: skip
        assert names_flat(f"{before}{flat}{after}"), flat
    # only 年 behind a number like a year is taken for one
    if not (after.startswith("年") and floor in {19, 20}):
        for flat in (f"{building}-{door}", f"{building}号楼{door}", f"{entrance}单元{door}"):
            assert names_flat(f"{before}{flat}{after}"), flat


@given(month=st.integers(1, 12), year=st.integers(2013, 2099), day=st.integers(1, 31))
def test_R278_no_day_month_or_year_is_taken_for_a_flat(month: int, year: int, day: int) -> None:
    for text in (
        f"{month}-{year}", f"{month:02d}/{year}", f"{day}-{month}-{year}",
        f"{day}/{month:02d}/{year}", f"{year}-{month:02d}", f"3号楼{year}年修", f"1/{year}",
    ):  # fmt: skip
        assert not names_flat(text), text


def test_R278_days_without_a_visit_are_counted() -> None:
    today = date(2026, 11, 30)
    assert days_without([], today) == DAYS_SHOWN
    before = today - timedelta(days=DAYS_SHOWN)
    assert days_without([today, today, before], today) == DAYS_SHOWN - 1


def test_R278_a_visit_is_kept_with_its_entry_and_a_flaw_keeps_nothing(walk: Walk) -> None:
    at = DoorWish(WASTE, agreed=3, building="12b", entrance=2)
    walk.write(walk.members[0], duty=DutyKind.PUBLICITY, words="讲解垃圾分类", doors=4, at_doors=at)
    for words, wish, code in (
        ("讲解垃圾分类", DoorWish(WASTE, agreed=9), DoorRefusal.MANY_AGREED),
        # words that lead to a household are refused as in every entry
        ("张先生家在楼道堆物", DoorWish(WASTE), PatrolRefusal.NAME),
    ):
        with pytest.raises(Refused) as caught:
            walk.write(walk.members[0], words=words, doors=4, at_doors=wish)
        assert caught.value.code is code
    with walk.database.read() as session:
        row = session.scalars(select(Doorstep)).one()
        assert (row.topic, row.agreed, row.building, row.entrance) == (WASTE, 3, "12B", 2)
    assert walk.count(PatrolEntry) == 1


def test_R278_organisers_read_visits_day_by_day(
    app: Flask, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("patrols", "doorsteps"):
        monkeypatch.setattr(f"volunteers.views.{module}.now", lambda: START)
    member = Browser(app)
    sign_in_as(member, walk.people[0])
    form = (
        member.in_language("en")
        .get(f"/volunteers/patrols/{walk.number}/log", status=200)
        .form(button="Keep")
    )
    filled = {"duty": "publicity", "words": "讲解垃圾分类", "doors": "2", "topic": "waste",
              "agreed": "1", "building": "3"}  # fmt: skip
    refused = form.fill(**filled).send(status=422)
    assert "fewer than 3 households" in refused.text
    kept = refused.form(button="Keep")
    assert kept.values.getlist("topic") == ["waste"]
    shown = kept.fill(doors="6", agreed="4", entrance="2").send(status=200)
    assert "Sorting waste" in shown.text
    assert "Building 3, entrance 2" in shown.text
    # everybody reads the sums, and nothing of a building
    public = Browser(app).in_language("en").get(f"/volunteers/patrols/{walk.number}", status=200)
    assert "households that said yes" in public.text
    assert "Building 3" not in public.text
    desk = Browser(app)
    with walk.database.read() as session:
        sign_in_as(desk, session.get_one(Person, walk.desk.person_id))
    page = desk.in_language("en").get("/desk/volunteers/doorsteps", status=200)
    assert "On 30 of the last 31 days" in page.text
    assert "6 households called at" in page.text
    assert "4 households said yes" in page.text


def test_R278_days_and_sums_count_all_visits_however_few_are_listed(
    app: Flask, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day whose visits are not listed is no day without a visit."""
    zone = ZoneInfo("Asia/Shanghai")
    first = START.astimezone(zone).replace(hour=0, minute=0, second=0)
    with walk.database.write() as session:
        # both edges of yesterday, and the first moment of today
        for at in (first - timedelta(days=1), first - timedelta(seconds=1), first):
            entry = PatrolEntry(
                shift_id=walk.shift_id, duty=DutyKind.PUBLICITY, made_at=at, words="讲解", doors=5,
                actor_id=walk.desk.person_id, reason="补记",
            )  # fmt: skip
            session.add(entry)
            session.flush()
            session.add(Doorstep(entry_id=entry.id, topic=WASTE, agreed=2))
    monkeypatch.setattr("volunteers.views.doorsteps.now", lambda: START)
    monkeypatch.setattr("volunteers.queries.doorsteps.MOST", 1)
    desk = Browser(app)
    with walk.database.read() as session:
        sign_in_as(desk, session.get_one(Person, walk.desk.person_id))
    page = desk.in_language("en").get("/desk/volunteers/doorsteps", status=200)
    assert "On 29 of the last 31 days" in page.text
    assert "The newest 1 of 3 visits are listed" in page.text
    today, yesterday = (one.get_text() for one in page.soup.select("main section"))
    assert "5 households called at" in today
    assert "10 households called at" in yesterday
    assert "4 households said yes" in yesterday
    assert "Sorting waste" in today
    assert "Sorting waste" not in yesterday


def test_R278_no_other_place_reads_them(app: Flask, walk: Walk) -> None:
    stranger = Browser(app)
    with walk.database.read() as session:
        sign_in_as(stranger, session.get_one(Person, walk.stranger.person_id))
    stranger.get("/desk/volunteers/doorsteps", status=403)
