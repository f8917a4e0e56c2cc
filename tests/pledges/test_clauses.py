"""Clause sets: what is shipped, what is meant for a place, what is sealed, what differs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from credit.models import Entry
from credit.rules.canonical import canonical
from credit.rules.differences import Change, put_together
from credit.rules.kinds import Kind
from pledges.models import Clause, ClauseSet, ClauseVersion
from pledges.queries.clauses import clauses_by_version, running_sets, set_by_code, texts_for
from pledges.rules.clause_texts import (
    ClauseText,
    Meant,
    changes_between,
    content_of,
    fitting,
)
from pledges.rules.clauses import Axis, Letter
from pledges.rules.premises import PremisesKind
from pledges.service.clause_lists import (
    CLAUSES,
    DATA,
    SETS,
    ClausesLoaded,
    load_clauses,
    read_clauses,
    read_sets,
)
from portal.areas.models import Area
from portal.kernel import clock
from portal.kernel.db import Database
from portal.kernel.errors import BadData
from portal.kernel.instance import instance_of
from portal.site.pictograms import signs
from tests.house.session import examples
from tests.make import pledges as make
from tests.make.areas import small_tree
from tests.make.pledges import NOW, TODAY
from tests.pages import Browser

PATHS = ("/a/", "/a/b/", "/a/b/c/", "/a/d/")
meant = st.builds(
    Meant,
    code=st.sampled_from("uvwxyz"),
    place_path=st.sampled_from(PATHS),
    kind=st.sampled_from([None, PremisesKind.SHOP, PremisesKind.MARKET]),
    trade=st.sampled_from([None, "food", "books"]),
)
HERE = ("/a/b/c/", PremisesKind.SHOP, "food")


@given(st.lists(meant, max_size=8, unique_by=lambda one: one.code))
@settings(max_examples=examples(200))
def test_the_deepest_place_wins_then_the_trade_then_the_kind(texts: list[Meant]) -> None:
    found = fitting(texts, *HERE)
    assert set(found) == {one for one in texts if one.fits(*HERE)}
    for near, far in pairwise(found):
        assert len(near.place_path) >= len(far.place_path)
        if near.place_path == far.place_path:
            assert (near.trade is not None) >= (far.trade is not None)
            if (near.trade is None) == (far.trade is None):
                assert (near.kind is not None) >= (far.kind is not None)


@given(st.lists(meant, max_size=4, unique_by=lambda one: one.code))
@settings(max_examples=examples(50))
def test_the_order_in_which_texts_are_read_does_not_matter(texts: list[Meant]) -> None:
    assert all(fitting(one, *HERE) == fitting(texts, *HERE) for one in permutations(texts))


def test_a_text_for_another_place_kind_or_trade_is_not_meant() -> None:
    of = Meant(code="x", place_path="/a/b/", kind=PremisesKind.SHOP, trade="food")
    assert of.fits(*HERE)
    assert not of.fits("/a/d/", PremisesKind.SHOP, "food")
    assert not of.fits("/a/b/", PremisesKind.MARKET, "food")
    assert not of.fits("/a/b/", PremisesKind.SHOP, "books")


def clause(code: str, words: str) -> ClauseText:
    said = {"zh_Hans": words, "zh_Hant": words, "en": words}
    return ClauseText(code, Axis.CLEAN, "litter", said, said)


def test_what_came_went_and_changed_is_told() -> None:
    old = [clause("a", "每天清扫"), clause("b", "垃圾入桶")]
    new = [clause("c", "灯箱完好"), clause("a", "每天清扫两次")]
    first, second, third = changes_between(old, new, "zh_Hans")
    assert [first.change, second.change, third.change] == [Change.NEW, Change.KEPT, Change.GONE]
    assert second.said("new") == ["两次"]
    assert put_together(second.pieces, without=Change.NEW) == "每天清扫"
    assert third.clause.code == "b"


def test_the_shipped_texts_are_whole() -> None:
    clauses = read_clauses((DATA / CLAUSES).read_bytes())
    sets = {row["code"]: row for row in read_sets((DATA / SETS).read_bytes(), clauses)}
    assert {row["pictogram"] for row in clauses.values()} <= set(signs())
    used = {code for row in sets.values() for code in row["clauses"].split()}
    assert used == set(clauses)
    # the same five duties are read in four ways; what three duties share stands in each
    fives = [set(row["clauses"].split()) for code, row in sets.items() if code.startswith("five_")]
    assert len(fives) == len({frozenset(one) for one in fives}) == 4
    assert all(set(sets["three"]["clauses"].split()) < one for one in fives)
    assert {"one_bin", "shop_sign", "parking_order", "waste_sorting"} <= sets.keys()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("swept,clean", "swept,tidy", "tidy is no axis"),
        ("门前责任区内每天清扫，无垃圾、污水、积雪。", "", "text_zh_hans"),
        ("no_scribbles,clean", "swept,clean", "a code named twice"),
    ],
)
def test_a_damaged_list_of_clauses_is_refused_by_line(old: str, new: str, told: str) -> None:
    content = (DATA / CLAUSES).read_text("utf-8").replace(old, new, 1)
    with pytest.raises(BadData) as bad:
        read_clauses(content.encode())
    assert any(told in words for _line, words in bad.value.problems)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("three,frontage", "three,backyard", "letter"),
        (",market,", ",bazaar,", "kind"),
        ("swept no_scribbles", "swept swept", "clauses"),
        ("swept no_scribbles", "swept nothing_known", "clauses"),
    ],
)
def test_a_damaged_list_of_sets_is_refused_by_line(old: str, new: str, told: str) -> None:
    clauses = read_clauses((DATA / CLAUSES).read_bytes())
    content = (DATA / SETS).read_text("utf-8").replace(old, new, 1)
    with pytest.raises(BadData) as bad:
        read_sets(content.encode(), clauses)
    assert any(told in words for _line, words in bad.value.problems)


@pytest.fixture
def tree(database: Database) -> Mapping[str, Area]:
    with database.write() as session:
        return small_tree(session)


def load(database: Database, now: datetime = NOW) -> ClausesLoaded:
    with database.write() as session:
        return load_clauses(session, instance_of(session).city, now)


def test_what_is_published_is_sealed_and_a_draft_is_shown_nowhere(
    database: Database, tree: Mapping[str, Area], browser: Browser
) -> None:
    loaded = load(database)
    assert (loaded.added, loaded.published) == (14, 10)
    with database.read() as session:
        running = running_sets(session, TODAY)
        assert "three" in {row.code for row, _version in running}
        assert not [row.code for row, _version in running if row.code.startswith("five_")]
        row = set_by_code(session, "three")
        assert row is not None
        _row, version = next(one for one in running if one[0].code == "three")
        said = clauses_by_version(session, [version.id])[version.id]
        content = content_of("three", 1, TODAY, version.source, said)
        assert version.digest == sha256(canonical(content)).hexdigest()
        entry = session.scalars(select(Entry).where(Entry.kind == Kind.CLAUSES_PUBLISHED)).all()
        assert len(entry) == loaded.published
    browser.get("/pledges/clauses/five_light_facilities", status=404)
    browser.get("/pledges/clauses/nothing", status=404)


def test_loading_again_leaves_a_citys_own_texts_alone(
    database: Database, tree: Mapping[str, Area]
) -> None:
    with database.write() as session:
        version, _kept = make.clauses(session, tree["370283"], "three")
    assert load(database).added == 13
    assert load(database) == ClausesLoaded()
    own = select(Clause.text_en).where(Clause.code == "lamps", Clause.version_id == version.id)
    with database.read() as session:
        assert session.scalar(own) == "lamps"


def test_a_market_a_shop_and_a_street_of_its_own_are_offered_what_is_meant_for_them(
    database: Database, tree: Mapping[str, Area]
) -> None:
    load(database)
    street = tree["370283001"]

    def main(kind: PremisesKind, trade: str, path: str) -> Any:
        with database.read() as session:
            offered = texts_for(session, Letter.FRONTAGE, path, kind, trade, on=TODAY)
            return offered.main and offered.main[0].code, [row.code for row, _v in offered.extras]

    assert main(PremisesKind.MARKET, "food", street.path)[0] == "market"
    assert main(PremisesKind.SHOP, "books", street.path)[0] == "three"
    extras = main(PremisesKind.SHOP, "food", street.path)[1]
    assert set(extras) == {
        "one_bin", "shop_sign", "parking_order", "waste_sorting", "kitchen_waste",
    }  # fmt: skip
    with database.write() as session:
        make.clauses(session, street, "of_the_street")
    assert main(PremisesKind.MARKET, "food", street.path)[0] == "of_the_street"
    assert main(PremisesKind.SHOP, "books", "/elsewhere/") == (None, [])


def second_version(database: Database, begins: date) -> None:
    """A version of "three" from a later day on, with one clause changed and one left out."""
    with database.write() as session:
        row = session.scalars(select(ClauseSet).where(ClauseSet.code == "three")).one()
        version = ClauseVersion(
            set_id=row.id, version=2, effective_from=begins, source="测试",
            written_at=NOW, published_at=NOW, digest="f" * 64,
        )  # fmt: skip
        session.add(version)
        session.flush()
        session.add(
            Clause(
                version_id=version.id, position=1, code="swept", axis=Axis.CLEAN,
                pictogram="litter", text_zh_hans="每天清扫两次", text_zh_hant="每天清掃兩次",
                text_en="Swept twice", plain_zh_hans="扫两次", plain_zh_hant="掃兩次",
                plain_en="Twice",
            )
        )  # fmt: skip


def test_a_version_counts_from_its_day(database: Database, tree: Mapping[str, Area]) -> None:
    load(database)
    second_version(database, TODAY + timedelta(days=10))
    with database.read() as session:
        for day, number in ((9, 1), (10, 2)):
            running = running_sets(session, TODAY + timedelta(days=day))
            assert {row.code: v.version for row, v in running}["three"] == number


def test_the_pages_show_texts_versions_and_differences(
    database: Database, tree: Mapping[str, Area], browser: Browser
) -> None:
    # pages look at the clock themselves
    load(database, clock.now())
    second_version(database, clock.now().date() + timedelta(days=10))
    english = browser.in_language("en")
    assert "Frontage pledge of three duties" in english.get("/pledges/clauses/", status=200).text
    page = english.get("/pledges/clauses/three", status=200)
    assert any("twice" in one.text for one in page.soup.find_all("ins"))
    assert "no longer in it" in page.text
    # announced for a later day: the text of today still stands in full
    assert "counts from" in page.text
    assert str(page.soup).count("<svg") >= 5
    assert "From version 1 to version 2" in page.text
    english.get("/pledges/clauses/three?old=1&new=3", status=404)
    chinese = browser.in_language("zh_Hans").get("/pledges/clauses/one_bin", status=200)
    assert "一店一桶" in chinese.text
    assert "清洁" in chinese.text


def test_a_hash_changes_with_every_word() -> None:
    one = clause("a", "每天清扫")
    other = replace(one, plain={**one.plain, "en": "!"})
    assert len({canonical(content_of("x", 1, TODAY, "s", [it])) for it in (one, other)}) == 2
