"""What can be reported: the shipped lists, their search, their limits and the public promise."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.errors import BadData
from portal.reports.models import CategoryLimit
from portal.reports.queries.categories import categories_on, category_on, limits_on
from portal.reports.rules.categories import CategoryRow, FunctionGroup, find_categories
from portal.reports.rules.codes import Closing, Precision, Target
from portal.reports.service.categories import DATA, load_categories
from portal.reports.service.limits import limit_at
from tests.make.intake import visitor

TODAY = date(2026, 11, 22)


@pytest.fixture
def loaded(database: Database) -> Database:
    with database.write() as session:
        load_categories(session, None, now())
    return database


@pytest.fixture
def rows(loaded: Database) -> list[CategoryRow]:
    with loaded.read() as session:
        return categories_on(session, TODAY)


def test_r009_about_thirty_plain_names_in_the_eight_groups_and_a_way_out(
    rows: list[CategoryRow],
) -> None:
    assert 28 <= len(rows) <= 40
    assert {row.group for row in rows} == set(FunctionGroup)
    assert [row.code for row in rows if row.group is FunctionGroup.OTHER] == ["unsure"]


def test_every_name_and_hint_is_there_in_three_languages(rows: list[CategoryRow]) -> None:
    for row in rows:
        assert {"zh_Hans", "zh_Hant", "en"} <= set(row.names), row.code
        assert {"zh_Hans", "zh_Hant", "en"} <= set(row.hints), row.code
        assert row.names["en"].isascii() or "’" in row.names["en"]


def test_loading_again_changes_nothing(loaded: Database) -> None:
    with loaded.write() as session:
        again = load_categories(session, None, now())

    assert (again.names, again.limits) == (0, 0)


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("categories.tsv", "sanitation\t垃圾没人清", "rubbish\t垃圾没人清", "group"),
        ("categories.tsv", "Rubbish not cleared", "", "name_en"),
        ("categories.tsv", "0102 0108\t", "0102 9999\t", "9999 is no event class"),
        ("categories.tsv", "litter\tsanitation", "dust\tsanitation", "stands here twice"),
        ("category_limits.tsv", "litter\t2026-01-01\t480", "litter\t2026-01-01\t-1", "minutes"),
        ("category_limits.tsv", "litter\t2026-01-01", "litter\t2026-13-01", "valid_from"),
        ("category_limits.tsv", "litter\t", "lottery\t", "lottery is no category"),
    ],
)
def test_a_damaged_list_is_refused_by_line_and_nothing_is_loaded(
    database: Database, tmp_path: Path, file: str, old: str, new: str, reason: str
) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    path = tmp_path / "data" / file
    text = path.read_text("utf-8")
    line = text[: text.index(old)].count("\n") + 1
    path.write_text(text.replace(old, new, 1), "utf-8")

    with pytest.raises(BadData) as caught, database.write() as session:
        load_categories(session, None, now(), folder=tmp_path / "data")

    assert any(reason in words for _, words in caught.value.problems)
    assert reason == "stands here twice" or line in {at for at, _ in caught.value.problems}
    with database.read() as session:
        assert categories_on(session, TODAY) == []


FOUND = {
    "small_ads": ("牛皮癣", "小广告", "乱张贴", "牛皮癬", "小廣告", "墙上又有牛皮癣了，请处理"),
    "shop_overflow": ("店外经营", "跨门经营", "出店经营", "跨門經營"),
    "noise": ("噪音", "噪声", "噪聲", "NOISE", "noisy loud music"),
    "street_lamp": ("我家楼下路灯坏了好几天", "the street lights are out"),
    "road_damage": ("pothole", "  ｐｏｔｈｏｌｅ "),
    "manhole": ("井盖",),
    "gas_leak": ("煤气",),
}


def test_everyday_words_find_the_name_in_any_script(rows: list[CategoryRow]) -> None:
    wrong = {
        typed: [row.code for row in find_categories(rows, typed)]
        for code, many in FOUND.items()
        for typed in many
        if [row.code for row in find_categories(rows, typed)][:1] != [code]
    }

    assert wrong == {}


def test_words_that_fit_nothing_find_nothing(rows: list[CategoryRow]) -> None:
    for typed in ("", "   ", "qqqq", "\ud800", "%", "x" * 10_000):
        assert find_categories(rows, typed) == []


def test_p5_whatever_names_a_person_or_shop_is_protected(rows: list[CategoryRow]) -> None:
    by_code = {row.code: row for row in rows}

    for code in ("noise", "shop_overflow", "illegal_building", "dogs", "car_parking", "unsure"):
        assert by_code[code].target is Target.PERSON_OR_SHOP, code
        assert by_code[code].place_precision is not Precision.EXACT, code
    assert by_code["noise"].place_precision is Precision.COMMUNITY
    assert by_code["noise"].closing is Closing.WORDS
    assert by_code["litter"].closing is Closing.AFTER_PHOTO


def _limit(session: Session, code: str, on: date) -> tuple[int, bool]:
    limit = limit_at(session, code, "/370283/", on)
    return limit.minutes, limit.round_the_clock


def test_r002_a_new_limit_holds_from_its_day_and_not_before(loaded: Database) -> None:
    with loaded.write() as session:
        later = CategoryLimit(
            category_code="litter", valid_from=TODAY, minutes=60, round_the_clock=True, source="x"
        )
        session.add(later)
    with loaded.read() as session:
        assert _limit(session, "litter", TODAY - timedelta(days=1)) == (480, False)
        assert _limit(session, "litter", TODAY) == (60, True)
        assert limits_on(session, TODAY)["litter"].source == "x"


def test_a_name_without_a_limit_gets_the_city_s(loaded: Database) -> None:
    with loaded.read() as session:
        assert _limit(session, "litter", date(2020, 1, 1)) == (2400, False)


def test_a_name_is_there_only_while_it_is_in_use(loaded: Database) -> None:
    with loaded.read() as session:
        assert category_on(session, "litter", TODAY) is not None
        assert category_on(session, "litter", date(2025, 12, 31)) is None
        assert category_on(session, "unknown", TODAY) is None


def test_r241_the_promise_for_each_kind_is_public(loaded: Database, app: Flask) -> None:
    page = visitor(app).get("/reports/categories", status=200)

    for words in (
        "Rubbish not cleared",
        "1 working day",
        "2 hours, day and night",
        "5 working hours",
    ):
        assert words in page.text
    assert len(page.soup.select(".promises li")) == 40
