"""R005: the library of standards cites a rule for each kind of problem, in versions."""

import csv
import io
from datetime import date, timedelta
from itertools import pairwise

import pytest
from flask import Flask

from portal.kernel.db import Database
from portal.reports.models import CategoryLimit
from portal.reports.queries.categories import categories_on
from portal.reports.queries.standards import limit_versions
from portal.reports.rules.standards import (
    EVERY_KIND,
    cited_on,
    cited_rules,
    kinds_cited,
    names_text,
    standards,
)
from portal.reports.service.categories import load_categories
from tests.make.reports import NOW
from tests.pages import Browser

TODAY = date(2026, 12, 1)


def test_r005_versions_of_a_text_follow_one_another_without_gap_or_overlap() -> None:
    by_code: dict[str, list[tuple[date, date | None]]] = {}
    for one in standards():
        by_code.setdefault(one.code, []).append((one.valid_from, one.valid_to))
    for code, terms in by_code.items():
        terms.sort()
        for (_, end), (start, _last) in pairwise(terms):
            assert end == start, code


def test_r005_a_citation_holds_where_both_the_text_and_the_article_do() -> None:
    litter = [rule for rule in cited_rules("litter") if rule.standard.code == "solid_waste"]
    assert [(rule.article, rule.standard.number) for rule in litter] == [
        (49, "主席令第43号"),
        (None, "主席令第31号"),
    ]
    assert litter[1].valid_to == litter[0].valid_from == date(2020, 9, 1)
    before = {rule.standard.code for rule in cited_on("noise", date(2022, 6, 4))}
    after = {rule.standard.code for rule in cited_on("noise", date(2022, 6, 5))}
    assert before - after == {"old_noise"}
    assert after - before == {"noise"}


def test_r005_every_kind_rests_on_something_and_the_library_names_no_unknown_kind(
    database: Database,
) -> None:
    with database.write() as session:
        load_categories(session, None, NOW)
        kinds = {row.code for row in categories_on(session, TODAY)}
    assert kinds_cited() <= kinds
    assert all(cited_on(kind, TODAY) for kind in kinds)
    assert EVERY_KIND not in kinds_cited()
    assert names_text(cited_rules("small_ads"), " 101号")
    assert not names_text(cited_rules("small_ads"), "道路交通")


@pytest.fixture
def library(database: Database) -> Database:
    """The shipped kinds; the limit of litter changed in August."""
    with database.write() as session:
        load_categories(session, None, NOW)
        session.add(
            CategoryLimit(
                category_code="litter",
                valid_from=date(2026, 8, 1),
                minutes=240,
                source="平城管〔2026〕8号",
            )
        )
    return database


def test_r005_a_limit_has_its_days_and_nothing_is_forgotten(library: Database) -> None:
    with library.read() as session:
        newest, oldest = limit_versions(session)["litter"]
    assert (newest.limit.minutes, newest.valid_to) == (240, None)
    assert oldest.valid_to == newest.limit.valid_from
    assert oldest.limit.valid_from < oldest.valid_to - timedelta(days=1)


def test_r005_anybody_finds_a_kind_by_its_name_or_its_law_and_reads_its_history(
    app: Flask, library: Database
) -> None:
    browser = Browser(app)
    everything = browser.get("/standards/", status=200)
    assert "/standards/manhole" in everything.links()
    by_word = browser.get("/standards/?q=牛皮癣", status=200)
    assert "/standards/small_ads" in by_word.links()
    assert "/standards/manhole" not in by_word.links()
    by_law = browser.get("/standards/?q=城市道路管理条例", status=200)
    assert {"/standards/manhole", "/standards/road_works"} <= set(by_law.links())
    assert "/standards/litter" not in by_law.links()
    assert "/standards/litter" not in browser.get("/standards/?q=不存在的条例", status=200).links()
    page = browser.get("/standards/litter", status=200)
    for words in ("平城管〔2026〕8号", "2026年8月1日", "主席令第43号", "主席令第31号"):
        assert words in page.text
    browser.get("/standards/nothing", status=404)


def test_r005_programs_get_the_same_versions(app: Flask, library: Database) -> None:
    client = app.test_client()
    with client.get("/data/standards.json") as answer:
        told = {one["code"]: one for one in answer.get_json()["categories"]}
    assert [one["minutes"] for one in told["litter"]["limits"]] == [240, 480]
    with client.get("/data/standards.csv") as answer:
        rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    mine = [row for row in rows if row["category"] == "litter"]
    assert len(mine) == len(told["litter"]["limits"]) + len(told["litter"]["rules"])
    assert {row["number"] for row in mine} >= {"主席令第43号", "CJ/T 315—2009"}
