"""A draft in clauses: two drafters lose nothing, Word text is cut, scripts stay signs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.rules import Actor
from portal.conventions.queries.reviews import notes_of
from portal.conventions.queries.texts import (
    DraftRow,
    RoundRow,
    asides_of,
    draft_of,
    flags_in,
    round_by_number,
)
from portal.conventions.rules.checking import Finding
from portal.conventions.rules.kinds import Kind
from portal.conventions.rules.pasting import clauses_in
from portal.conventions.rules.talk import ReviewState
from portal.conventions.rules.texts import MOST_CLAUSES, TextRefusal
from portal.conventions.rules.way import Move, RoundState, WayRefusal
from portal.conventions.service.drafting import (
    ClauseWish,
    add_clause,
    begin_from_model,
    paste_text,
    put_together,
    save_clause,
    take_out,
)
from portal.conventions.service.reviewing import NoteWish, let_stand, write_note
from portal.conventions.service.rounds import RoundWish, move_round, start_round
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import new_id
from portal.kernel.markdown import rendered
from tests.make.accounts import actor, staff
from tests.make.areas import small_tree
from tests.make.conventions import COMMUNITY, NOW
from tests.make.together import at_once

STREET, OTHER = "370283001", "370283002"
DAY = timedelta(days=1)
FORWARD = {
    RoundState.STUDY: 1,
    RoundState.WISHES: 16,
    RoundState.DRAFT: 1,
    RoundState.DISCUSSION: 16,
}


@dataclass
class Desk:
    """A committee that started a convention, its street, and the street beside."""

    database: Database
    number: str
    committee: Actor
    street: Actor
    elsewhere: Actor
    now: Any = NOW

    def do(
        self, act: Callable[..., Any], *given: Any, by: Actor | None = None, **named: Any
    ) -> Any:
        with self.database.write() as session:
            return act(session, by or self.committee, self.number, *given, now=self.now, **named)

    def move(self, move: Move = Move.GO_ON, reason: str = "", by: Actor | None = None) -> None:
        self.do(move_round, move, reason, by=by)

    def to(self, state: RoundState) -> None:
        """Go on step by step until it stands there."""
        while self.row.state is not state:
            self.now += FORWARD[self.row.state] * DAY
            self.move()

    @property
    def row(self) -> RoundRow:
        with self.database.read() as session:
            found = round_by_number(session, self.number)
        assert found is not None
        return found

    @property
    def draft(self) -> list[DraftRow]:
        with self.database.read() as session:
            return draft_of(session, self.row.id)


@pytest.fixture
def desk(app: Flask, database: Database) -> Desk:
    with database.write() as session:
        tree = small_tree(session)
        committee = actor(session, staff(session, "community_committee", area=tree[COMMUNITY]))
        number = start_round(
            session, committee, RoundWish(Kind.RESIDENTS, COMMUNITY, "东阁社区居民公约"), now=NOW
        )
        return Desk(
            database, number, committee,
            actor(session, staff(session, "street_desk", area=tree[STREET])),
            actor(session, staff(session, "street_desk", area=tree[OTHER])),
        )  # fmt: skip


@pytest.fixture
def writing(desk: Desk) -> Desk:
    desk.to(RoundState.DRAFT)
    return desk


def test_a_round_goes_its_way_and_gives_people_their_days(desk: Desk) -> None:
    assert desk.row.state == "study"
    desk.move()
    assert desk.row.state == "wishes"
    with pytest.raises(Refused) as told:
        desk.move()
    assert told.value.code is WayRefusal.TIME_RUNS
    desk.now += 16 * DAY
    desk.move()
    with pytest.raises(Refused) as told:
        desk.move()
    assert told.value.code is WayRefusal.NO_CLAUSE
    desk.do(begin_from_model)
    desk.to(RoundState.REVIEW)
    with pytest.raises(Refused) as told:
        desk.do(add_clause, ClauseWish("", "再加一条"))
    assert told.value.code is TextRefusal.NOT_NOW
    desk.move(Move.APPROVE, by=desk.street)
    assert desk.row.state == "vote"
    for move in (Move.ADOPT, Move.GO_ON):
        with pytest.raises(Refused):
            desk.move(move)


def test_others_see_and_start_nothing_here(desk: Desk) -> None:
    with pytest.raises(Missing):
        desk.move(by=desk.elsewhere)
    with desk.database.write() as session, pytest.raises(Refused) as told:
        start_round(session, desk.elsewhere, RoundWish(Kind.VILLAGE, COMMUNITY, "规约"), now=NOW)
    assert told.value.code is WayRefusal.NO_PLACE


def test_of_two_who_go_on_at_once_one_does(desk: Desk) -> None:
    def go() -> str:
        try:
            desk.move()
        except Refused as refusal:
            return refusal.code.value
        return "done"

    # the second finds people's days running
    assert sorted(at_once(*[go] * 4)).count("done") == 1
    assert desk.row.state == "wishes"


def test_two_drafters_who_save_at_once_lose_nothing(writing: Desk) -> None:
    writing.do(add_clause, ClauseWish("楼道", "楼道不堆杂物。"))
    [clause] = writing.draft
    saved = at_once(
        *(
            lambda words=words: writing.do(
                save_clause, clause.clause_id, ClauseWish("楼道", words), seen=clause.revision
            )
            for words in ("甲写的。", "乙写的。", "丙写的。")
        )
    )
    [now] = writing.draft
    with writing.database.read() as session:
        aside = asides_of(session, writing.row.id)
    assert sum(one.aside is None for one in saved) == 1
    assert {now.markdown, *(one.markdown for one in aside)} == {"甲写的。", "乙写的。", "丙写的。"}
    both = ClauseWish("楼道", "甲和乙写的。")
    for one in aside:
        seen = writing.draft[0].revision
        assert writing.do(put_together, one.id, both, seen=seen).aside is None
        with pytest.raises(Conflict):
            writing.do(put_together, one.id, both, seen=seen)
    with writing.database.read() as session:
        assert asides_of(session, writing.row.id) == []


def test_who_puts_together_on_old_words_lays_the_new_ones_aside(writing: Desk) -> None:
    writing.do(add_clause, ClauseWish("", "一"))
    [clause] = writing.draft
    for words in ("二", "三"):
        saved = writing.do(save_clause, clause.clause_id, ClauseWish("", words), seen=1)
    again = writing.do(put_together, saved.aside, ClauseWish("", "四"), seen=1)
    with writing.database.read() as session:
        [aside] = asides_of(session, writing.row.id)
    assert (aside.id, aside.markdown) == (again.aside, "四")


def test_words_on_a_clause_that_was_taken_out_become_one_of_their_own(writing: Desk) -> None:
    writing.do(add_clause, ClauseWish("", "一"))
    [clause] = writing.draft
    writing.do(take_out, clause.clause_id, seen=1)
    assert writing.draft == []
    with pytest.raises(Conflict):
        writing.do(take_out, clause.clause_id, seen=1)
    saved = writing.do(save_clause, clause.clause_id, ClauseWish("", "还是要写"), seen=1)
    writing.do(put_together, saved.aside, ClauseWish("", "还是要写"), seen=2)
    [found] = writing.draft
    assert (found.markdown, found.clause_id == clause.clause_id) == ("还是要写", False)


def test_two_hundred_clauses_and_no_more(writing: Desk) -> None:
    text = "\n".join(f"第{at}条 第{at}件事。" for at in range(1, MOST_CLAUSES + 1))
    assert writing.do(paste_text, text) == MOST_CLAUSES
    assert [one.position for one in writing.draft] == list(range(1, MOST_CLAUSES + 1))
    with pytest.raises(Refused) as told:
        writing.do(add_clause, ClauseWish("", "多一条"))
    assert told.value.code is TextRefusal.TOO_MANY


def test_a_picture_without_text_is_told_so(writing: Desk) -> None:
    with pytest.raises(Refused) as told:
        writing.do(paste_text, " \u3000\n\n")
    assert told.value.code is TextRefusal.EMPTY


def test_P7_a_fine_is_refused_until_the_street_says_why_it_stands(writing: Desk) -> None:
    writing.do(add_clause, ClauseWish("处理", "乱停车的，罚款五十元。"))
    writing.to(RoundState.REVIEW)
    with pytest.raises(Refused) as told:
        writing.move(Move.APPROVE, by=writing.street)
    assert told.value.code is WayRefusal.WORDS_FLAGGED
    [clause] = writing.draft
    with writing.database.read() as session:
        [flag] = flags_in(session, writing.row.id, writing.draft)
    given = (clause.clause_id, Finding.FINE)
    with pytest.raises(Refused):
        writing.do(let_stand, *given, "", seen=flag.quote_hash, by=writing.street)
    with pytest.raises(Conflict):
        writing.do(let_stand, *given, "原文引用条例", seen="0" * 64, by=writing.street)
    writing.do(let_stand, *given, "原文引用条例", seen=flag.quote_hash, by=writing.street)
    with pytest.raises(Conflict):
        writing.do(let_stand, *given, "原文引用条例", seen=flag.quote_hash, by=writing.street)
    writing.move(Move.APPROVE, by=writing.street)


def test_a_note_on_the_law_is_public_and_a_text_that_it_forbids_is_returned(writing: Desk) -> None:
    writing.do(begin_from_model)
    clause = writing.draft[0].clause_id
    with pytest.raises(Refused):
        writing.do(write_note, NoteWish("太早", must=False), by=writing.street)
    writing.to(RoundState.REVIEW)
    for by, wrong in ((writing.committee, Forbidden), (writing.elsewhere, Missing)):
        with pytest.raises(wrong):
            writing.do(write_note, NoteWish("不是街道", must=False), by=by)
    stranger = NoteWish("没有这一条", must=True, clause_id=new_id())
    with pytest.raises(Missing):
        writing.do(write_note, stranger, by=writing.street)
    writing.do(write_note, NoteWish("可写得更明白。", must=False), by=writing.street)
    bad = NoteWish("与民法典第二百八十七条不符。", must=True, clause_id=clause)
    writing.do(write_note, bad, by=writing.street)
    with pytest.raises(Refused) as told:
        writing.move(Move.APPROVE, by=writing.street)
    assert told.value.code is WayRefusal.NOTES
    writing.move(Move.RETURN, "见意见", by=writing.street)
    # the next review is another one: what was noted before is read, and binds no more
    writing.to(RoundState.REVIEW)
    writing.do(write_note, NoteWish("现在可以。", must=False), by=writing.street)
    writing.move(Move.APPROVE, by=writing.street)
    with writing.database.read() as session:
        notes = notes_of(session, writing.row.id)
    assert [(one.note, one.clause_id, one.state) for one in notes] == [
        ("现在可以。", None, ReviewState.PASSED),
        ("可写得更明白。", None, ReviewState.RETURNED),
        ("与民法典第二百八十七条不符。", clause, ReviewState.RETURNED),
    ]


def test_what_comes_back_has_a_reason_that_everybody_reads(writing: Desk) -> None:
    writing.do(begin_from_model)
    writing.to(RoundState.REVIEW)
    with pytest.raises(Refused) as told:
        writing.move(Move.RETURN, by=writing.street)
    assert told.value.code is WayRefusal.NO_REASON
    writing.move(Move.RETURN, "第三条请写清楚", by=writing.street)
    assert writing.row.state is RoundState.DRAFT


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("居民公约\n第一条 宗旨：共建家园。\n第二条 【环境】不乱倒。",
         [("", "居民公约"), ("宗旨", "共建家园。"), ("环境", "不乱倒。")]),
        ("一、爱护环境\n不乱扔。\n二、邻里和睦：多商量。",
         [("", "爱护环境\n不乱扔。"), ("邻里和睦", "多商量。")]),
        ("1.　不养鸡\n2.　不种菜", [("", "不养鸡"), ("", "不种菜")]),
        ("不养鸡。\n\n\n不种菜。", [("", "不养鸡。"), ("", "不种菜。")]),
        ("用 *号* 和 #1", [("用", r"\*号\* 和 \#1")]),
        ("\u3000\n", []),
    ],
)  # fmt: skip
def test_word_text_is_cut_into_clauses(text: str, found: list[tuple[str, str]]) -> None:
    assert [(one.heading, one.words) for one in clauses_in(text)] == found


@given(st.lists(st.text("天地人 *。：第一条、1.\n\u3000", max_size=12), max_size=8))
def test_no_sign_of_a_pasted_text_is_lost_but_numbers_and_spaces(lines: list[str]) -> None:
    text = "\n".join(lines)
    kept = "".join(one.heading + one.words for one in clauses_in(text))
    for sign in "天地人*":
        assert kept.count(sign) == text.count(sign)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>", "[好](javascript:alert(1))", "![图](http://x/y.png)",
        "<img src=x onerror=alert(1)>", "<a href='http://x'>x</a>",
    ],
)  # fmt: skip
def test_a_script_tag_is_words(hostile: str) -> None:
    html = str(rendered(f"不乱倒。{hostile}"))
    assert not any(f"<{tag}" in html for tag in ("script", "img", "a "))
    assert "不乱倒。" in html


def test_lists_and_emphasis_are_shown() -> None:
    html = str(rendered("**不**乱倒：\n\n1. 垃圾\n2. 污水"))
    assert "<strong>不</strong>" in html
    assert html.count("<li>") == 2
