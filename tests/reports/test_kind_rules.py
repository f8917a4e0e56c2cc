"""Finer kinds, questions, seasons, zones and words of emergencies: the rules and the tables."""

import shutil
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from portal.kernel.city import load_city
from portal.kernel.config import DEFAULT_CITY
from portal.kernel.errors import BadData
from portal.reports.queries.kind_flaws import find_kind_flaws
from portal.reports.queries.kinds import (
    DATA,
    emergencies,
    questions_of,
    seasons,
    subkinds_of,
)
from portal.reports.queries.zones import city_zones
from portal.reports.rules.emergency import Emergency, numbers_for, sounds_like
from portal.reports.rules.kinds import (
    AnswerRefusal,
    Asked,
    Audience,
    BadAnswer,
    Question,
    read_answer,
)
from portal.reports.rules.seasons import Effect, Season, boosted, out_of_season
from portal.reports.rules.zones import ZoneRule, within, zones_about, zones_at, zones_of_place

NOW = datetime(2026, 11, 29, 14, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def _asked(how: Asked, *, required: bool = False) -> Question:
    return Question("x", "x", how, required, Audience.STAFF, False, {"en": "x"}, {})


@pytest.mark.parametrize(
    ("how", "typed", "kept"),
    [
        (Asked.NUMBER, " ５００ 平方米", "500"),
        (Asked.NUMBER, "1,200.50", "1200.5"),
        (Asked.PLATE, "鲁b·12 345", "鲁B12345"),
        (Asked.PLATE, "345", "345"),
        (Asked.TIME, "2026-11-29T14:30", "2026-11-29T14:30"),
        (Asked.TIME, "2026年11月2日 9时", "2026-11-02T09:00"),
        (Asked.YES_NO, "yes", "yes"),
        (Asked.TEXT, "  东  到 西 ", "东 到 西"),
        (Asked.TEXT, "", ""),
    ],
)
def test_answers_are_read_as_people_write_them(how: Asked, typed: str, kept: str) -> None:
    assert read_answer(_asked(how), typed, NOW) == kept


@pytest.mark.parametrize(
    ("how", "typed", "refusal"),
    [
        (Asked.NUMBER, "很大", AnswerRefusal.NO_NUMBER),
        (Asked.NUMBER, "-5", AnswerRefusal.NO_NUMBER),
        (Asked.NUMBER, "99999999", AnswerRefusal.NO_NUMBER),
        (Asked.PLATE, "'; --", AnswerRefusal.NO_PLATE),
        (Asked.TIME, "昨天", AnswerRefusal.NO_TIME),
        (Asked.TIME, "2026-02-30 10:00", AnswerRefusal.NO_TIME),
        (Asked.TIME, "2026-11-29 14:31", AnswerRefusal.NOT_YET),
        (Asked.CHOICE, "made up", AnswerRefusal.UNKNOWN_CHOICE),
        (Asked.TEXT, "长" * 101, AnswerRefusal.TOO_LONG),
    ],
)
def test_a_wrong_answer_is_told_by_its_reason(
    how: Asked, typed: str, refusal: AnswerRefusal
) -> None:
    with pytest.raises(BadAnswer) as caught:
        read_answer(_asked(how), typed, NOW)
    assert caught.value.refusal is refusal
    with pytest.raises(BadAnswer):
        read_answer(_asked(how, required=True), " ", NOW)


def test_r118_the_tables_fit_together_and_a_component_stands_beside_an_event() -> None:
    assert find_kind_flaws() == []
    pairs = {row.code: (row.event_codes, row.component_codes) for row in subkinds_of("small_ads")}
    assert pairs["bus_shelter"] == (("0201",), ("0203",))
    assert pairs["street_name"] == (("0201",), ("0213",))
    shelters = [row for row in subkinds_of("street_furniture") if "0203" in row.component_codes]
    assert "shelter" in {row.code for row in shelters}


def test_r011_works_on_a_road_are_asked_whether_a_permit_is_shown_and_by_whom() -> None:
    asked = {question.key: question for question in questions_of("road_works")}
    assert asked["permit_shown"].asked is Asked.YES_NO
    assert asked["permit_shown"].audience is Audience.PUBLIC
    # a firm's name on a board is for those who look into it
    assert asked["permit_holder"].audience is Audience.STAFF
    assert {row.code for row in subkinds_of("road_works")} >= {"digging", "occupying"}


def test_r117_r119_r137_every_case_that_the_texts_name_is_a_finer_kind_of_its_own() -> None:
    named = {
        "bad_sign": {"unapproved", "empty", "worn", "unsafe"},
        "dogs": {"no_licence", "no_vaccine", "off_lead", "forbidden"},
        "estate": {"hygiene", "parking", "greenery", "fire_safety", "repairs", "noise"},
    }
    for kind, codes in named.items():
        rows = {row.code: row for row in subkinds_of(kind)}
        assert codes <= set(rows), kind
        assert all(set(rows[code].names) >= {"zh_Hans", "zh_Hant", "en"} for code in codes)


@pytest.mark.parametrize(
    ("file", "old", "new", "flaw"),
    [
        ("subkinds.tsv", "\t0501\t\tcomplaint report\t", "\t0999\t\tcomplaint\t", "0999"),
        ("subkinds.tsv", "dogs\toff_lead", "cats\toff_lead", "belongs to no category"),
        ("request_kinds.tsv", "litter\thelp report", "litter\thelp praise", "praise"),
        ("questions.tsv", "plate\tno\tstaff\tyes", "plate\tno\tpublic\tyes", "would be public"),
        ("seasons.tsv", "05-20", "05-40", "are no days"),
        ("emergency.tsv", "fire\t119", "fire\t", "nobody to call"),
        ("categories.tsv", "0117 0118 0203", "0117 0118", "0203"),
    ],
)
def test_a_planted_flaw_is_found_by_the_check(
    tmp_path: Path, file: str, old: str, new: str, flaw: str
) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    path = tmp_path / "data" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    found = find_kind_flaws(tmp_path / "data")
    assert any(flaw in words for words in found), found


SAID = {
    Emergency.FIRE: ("楼道着火了", "隔壁冒浓烟", "The house is on fire!"),
    Emergency.GAS: ("一进门就有燃气味", "煤氣洩漏，煤气泄漏", "I smell gas in the stairway"),
    Emergency.MEDICAL: ("有个老人晕倒在路边", "a man is unconscious"),
    Emergency.WATER: ("孩子掉进河里了", "a boy is drowning"),
    Emergency.TRAPPED: ("有人困在电梯里", "people trapped in the lift"),
    Emergency.CRIME: ("楼下有人持刀打架", "a man with a knife"),
    Emergency.TRAFFIC: ("路口发生交通事故", "a road accident"),
}
CALM = ("垃圾桶满了，三天没人清，有臭味", "消火栓坏了", "路灯不亮", "firefighters' gate is dirty")


def test_r025_words_that_sound_like_an_emergency_are_heard_and_others_are_not() -> None:
    for kind, many in SAID.items():
        for words in many:
            assert kind in {row.kind for row in sounds_like(emergencies(), words)}, words
    for words in CALM:
        assert sounds_like(emergencies(), "", words) == [], words
    rows = sounds_like(emergencies(), "着火了，有燃气味")
    assert numbers_for(rows, "0532-1") == ["119", "0532-1"]
    assert numbers_for(rows, None) == ["119"]


def test_r133_a_window_holds_on_both_edges_and_over_new_year() -> None:
    yearly = Season("flooding", "snow", "11-15", "03-15", Effect.ONLY, {})
    for day, holds in (
        (date(2026, 11, 14), False),
        (date(2026, 11, 15), True),
        (date(2027, 1, 1), True),
        (date(2027, 3, 15), True),
        (date(2027, 3, 16), False),
    ):
        assert yearly.holds(day) is holds, day
    once = Season("burning", "fireworks", "2027-01-29", "2027-02-21", Effect.BOOST, {})
    assert once.holds(date(2027, 2, 21))
    assert not once.holds(date(2028, 2, 1))
    assert "burning" in boosted(seasons(), date(2027, 2, 10))
    assert out_of_season(seasons(), "flooding", date(2027, 7, 1)) == {"snow"}
    summer = [choice.code for choice in questions_of("flooding", date(2027, 7, 1))[0].choices]
    winter = [choice.code for choice in questions_of("flooding", date(2027, 1, 10))[0].choices]
    assert (summer, winter) == (["water"], ["water", "snow"])


def test_r199_a_zone_holds_by_place_or_by_outline_within_its_days() -> None:
    zones = city_zones(load_city(DEFAULT_CITY))
    on, path = date(2026, 11, 29), ("370283", "370283001", "370283001001")
    rules = [zone.rule for zone in zones_at(zones, path, None, on)]
    assert rules == [ZoneRule.NO_BURNING, ZoneRule.NO_LIVESTOCK]
    assert zones_at(zones, path, None, date(2025, 12, 31)) == []
    park = zones_at(zones, ("370283", "370283003"), (119.95, 36.78), on)
    assert [zone.rule for zone in park] == [ZoneRule.NO_FIREWORKS]
    assert zones_at(zones, ("370283", "370283003"), (119.99, 36.78), on) == []
    assert {zone.rule for zone in zones_about(zones, "burning")} == {
        ZoneRule.NO_BURNING,
        ZoneRule.NO_FIREWORKS,
    }
    assert len(zones_of_place(zones, ("370283",), None, on)) == 3
    assert zones_of_place(zones, ("370283", "370283003"), None, on) == []
    ring = ((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (2.0, 1.0), (0.0, 4.0))
    assert within(ring, (3.5, 2.0))
    assert not within(ring, (2.0, 3.0)), "the notch is outside"


def test_a_damaged_list_of_zones_is_refused_by_line(tmp_path: Path) -> None:
    city = load_city(DEFAULT_CITY)
    head = "rule,name_zh_Hans,words_zh_Hans,places,outline,valid_from\n"
    (tmp_path / "z.csv").write_text(
        head + "no_burning,甲,乙,370283,,2026-01-01\nno_dancing,甲,乙,370283,,2026-01-01\n"
        "no_burning,甲,乙,,1 2;3 4,2026-01-01\n",
        "utf-8",
    )
    raw = {**city.raw, "lists": {"zones": ["z.csv"]}}
    with pytest.raises(BadData) as caught:
        city_zones(type(city)(**{**vars(city), "raw": raw, "folder": tmp_path}))
    assert [line for line, _ in caught.value.problems] == [3, 4]
