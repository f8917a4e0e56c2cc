"""Model texts, and the check of words that refuses fines until a person lets them stand."""

import re
from dataclasses import replace
from datetime import date

import pytest

from portal.conventions.rules.checking import HARMLESS, Finding, findings_in, flags_of
from portal.conventions.rules.kinds import Kind, rules_on
from portal.conventions.rules.lists import rows_of
from portal.conventions.rules.model_texts import model_texts
from portal.conventions.rules.texts import ClauseText, Topic, quote_hash
from portal.conventions.rules.way import (
    Move,
    RoundState,
    Standing,
    WayRefusal,
    is_reviewed_early,
    why_not,
)
from portal.kernel.markdown import plain, rendered


def test_r021_residents_agree_on_sorting_their_waste() -> None:
    texts = model_texts()
    sorting = {kind for kind in Kind if any("垃圾分类" in one.words or one.heading == "垃圾分类"
                                            for one in texts[kind])}  # fmt: skip
    assert {Kind.RESIDENTS, Kind.VILLAGE} <= sorting


@pytest.mark.parametrize("kind", list(Kind))
def test_P7_no_model_text_fines_forces_or_shames_anybody(kind: Kind) -> None:
    clauses = model_texts()[kind]
    assert 9 <= len(clauses) <= 15
    assert clauses[0].topic is Topic.AIM
    assert Topic.HANDLING in {one.topic for one in clauses}
    for one in clauses:
        # 约定的物业费 and the like are no fines; nothing here needs overruling
        assert not findings_in(one.heading + one.words), one.heading


@pytest.mark.parametrize(
    ("words", "finding"),
    [
        ("乱倒垃圾的，罚款50元。", Finding.FINE),
        ("乱倒垃圾的，**罚** 款 50 元。", Finding.FINE),
        ("违者罚200元", Finding.FINE),
        ("罚\u200b款50元", Finding.FINE),
        ("亂倒垃圾的，罰款50元。", Finding.FINE),
        ("违者罚两百元", Finding.FINE),
        ("每户交押金一百元", Finding.FINE),
        ("扣发当年补助", Finding.FINE),
        ("不交费的停水停电", Finding.FORCE),
        ("公开姓名，列入黑名单", Finding.SHAME),
        ("取消其选举权", Finding.RIGHTS),
        ("外嫁女不得参加分配", Finding.UNEQUAL),
    ],
)
def test_P7_what_a_convention_may_not_say_is_found(words: str, finding: Finding) -> None:
    assert finding in findings_in(words)


def test_P7_whoever_lets_words_stand_is_shown_every_one_of_them() -> None:
    words = "违者**罚** 款50元，再犯收押金，罚款加倍。"
    assert set(findings_in(words)[Finding.FINE]) == {"罚款", "押金"}
    [flag] = flags_of([ClauseText("1", "处理", words)], set())
    assert set(flag.words) == {"罚款", "押金"}


def test_plain_words_are_left_alone() -> None:
    for words in (
        "不店外经营",
        "劝导、提醒、调解",
        "电动车停到车棚",
        "水电煤气外出关好",
        "节约用水",
    ):
        assert not findings_in(words), words


def test_what_was_let_stand_is_for_these_words_of_this_clause_only() -> None:
    one = ClauseText("a", "处理", "本社区不罚款。")
    [flag] = flags_of([one], [])
    assert not flag.let_stand
    overruled = [("a", Finding.FINE, quote_hash("处理", "本社区不罚款。"))]
    assert [flag.let_stand for flag in flags_of([one], overruled)] == [True]
    other = ClauseText("a", "处理", "本社区罚款。")
    assert [flag.let_stand for flag in flags_of([other], overruled)] == [False]
    twin = ClauseText("b", "处理", "本社区不罚款。")
    assert [flag.let_stand for flag in flags_of([twin], overruled)] == [False]


def test_what_looks_like_a_code_of_a_sign_stays_as_it_was_typed() -> None:
    # or words that the check cannot see would stand on the page
    assert "&amp;#27454;" in rendered("罚&#27454;50元")


def test_a_kind_without_review_is_asked_before_the_vote_and_by_the_street() -> None:
    rules = rules_on(date(2026, 11, 1))
    owners, residents = rules[Kind.OWNERS], rules[Kind.RESIDENTS]
    at = Standing(RoundState.DISCUSSION, clauses=3, flagged=1, to=RoundState.VOTE)
    assert why_not(at, Move.GO_ON, date(2026, 11, 1)) is WayRefusal.WORDS_FLAGGED
    early = replace(at, to=RoundState.REVIEW)
    assert why_not(early, Move.GO_ON, date(2026, 11, 1)) is None
    assert is_reviewed_early(owners, RoundState.DISCUSSION)
    assert not is_reviewed_early(residents, RoundState.DISCUSSION)
    assert not is_reviewed_early(owners, RoundState.VOTE)


def test_a_clause_is_quoted_by_its_words_and_not_by_its_signs() -> None:
    assert plain("1\\. 楼道**不堆**杂物。\n\n- 轻声") == "1. 楼道不堆杂物。 轻声"


@pytest.mark.parametrize(
    "words",
    [
        "楼道内不停电动车",
        "不乱停電動車",
        "楼下不停 **电瓶车**",
        "停网约车请到西门",
        "自行判断水质、电器是否安全",
        "犬只按规定接种强制免疫的疫苗",
        "帮助老人领取高龄补贴",
        "为残疾居民争取福利",
        "冬季取暖补助公示",
    ],
)
def test_a_refused_word_inside_a_harmless_longer_one_is_not_found(words: str) -> None:
    assert not findings_in(words)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("不停电动车，违者停电", "停电"),
        ("领取补助的，停发补助", "停发补助"),
        ("冒领取消低保", "取消低保"),
        ("扣取暖补贴", "扣取暖补贴"),
        ("违者一年内不得领取福利", "取福利"),
        ("违者不得再领取集体分红", "取集体分红"),
        ("对违者停电动车充电", "停电"),
        ("经研判断水", "断水"),
        ("停车位分红", "停车位分红"),
        ("判断后强制拆除", "强制"),
    ],
)
def test_P7_no_harmless_word_hides_a_refused_one_beside_it(words: str, found: str) -> None:
    assert found in {one for told in findings_in(words).values() for one in told}


def test_words_that_are_called_harmless_hold_a_refused_one() -> None:
    """A row that covers nothing, or a sign that only covers, is a mistake in the list."""
    rows = list(rows_of(HARMLESS))
    assert rows
    for row in rows:
        assert Finding(row["finding"])
        assert not re.fullmatch(row["pattern"], "")
