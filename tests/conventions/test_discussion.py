"""Discussion: comments hang on clauses for ever, support counts once, one answer serves many."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.rules import Actor
from portal.conventions.models import Comment, DraftClause, Round
from portal.conventions.queries.comments import CommentRow, comments_of
from portal.conventions.rules.talk import MOST_COMMENTS, Answer, SaidKind, SaidState, TalkRefusal
from portal.conventions.rules.texts import quote_hash
from portal.conventions.rules.way import Move, RoundState, WayRefusal
from portal.conventions.service.commenting import (
    CommentWish,
    answer_comments,
    decide_comment,
    say_comment,
    support_comment,
    take_comment_back,
    type_comment,
)
from portal.conventions.service.drafting import ClauseWish, add_clause, save_clause, take_out
from portal.conventions.service.rounds import move_round
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from tests.make import conventions as make
from tests.make.accounts import actor, person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.conventions import COMMUNITY, NOW
from tests.make.together import at_once
from tests.pages import Browser


class Discussed:
    """A draft of one clause under discussion."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as session:
            tree = small_tree(session)
            of = make.a_round(session, make.convention(session, tree[COMMUNITY]))
            self.number = of.number
            self.resident, self.other = (actor(session, person(session)) for _ in range(2))
            self.row = staff(session, "community_committee", area=tree[COMMUNITY])
            self.committee = actor(session, self.row)
            elsewhere = staff(session, "community_committee", area=tree["370283002001"])
            self.elsewhere = actor(session, elsewhere)
        self.by(self.committee, add_clause, self.number, ClauseWish("楼道", "楼道不堆杂物。"))
        with database.write() as session:
            session.scalars(select(Round)).one().state = RoundState.DISCUSSION
            self.clause = session.scalars(select(DraftClause.clause_id)).one()
        self.seen = quote_hash("楼道", "楼道不堆杂物。")

    def by(self, who: Actor, act: Callable[..., Any], *given: Any, **named: Any) -> Any:
        with self.database.write() as session:
            return act(session, who, *given, **{"now": NOW} | named)

    def say(self, who: Actor | None = None, **changes: Any) -> str:
        """The number of a comment on the clause, shown to everybody."""
        wish: dict[str, Any] = {"words": "写得太长。", "clause_id": self.clause, "seen": self.seen}
        before = {row.number for row in self.rows}
        self.by(who or self.resident, say_comment, self.number, CommentWish(**wish | changes))
        [number] = {row.number for row in self.rows} - before
        self.by(self.committee, decide_comment, number, show=True, reason="")
        return number

    @property
    def rows(self) -> list[CommentRow]:
        with self.database.read() as session:
            return comments_of(session, session.scalars(select(Round.id)).one(), shown=False)


@pytest.fixture
def there(app: Flask, database: Database) -> Discussed:
    return Discussed(database)


def test_a_comment_hangs_on_its_clause_and_tells_when_the_words_changed(there: Discussed) -> None:
    there.say()
    [one] = there.rows
    assert (one.clause_id, one.quote, one.changed) == (there.clause, "楼道不堆杂物。", False)
    there.by(
        there.committee, save_clause, there.number, there.clause, ClauseWish("楼道", "改了。"),
        seen=1,
    )  # fmt: skip
    [one] = there.rows
    assert (one.quote, one.changed, one.gone) == ("楼道不堆杂物。", True, False)
    # she read the old words and sends only now: hers are kept with what she saw
    there.say(there.other)
    assert {(row.quote, row.changed) for row in there.rows} == {("楼道不堆杂物。", True)}


def test_a_clause_that_is_taken_out_while_somebody_writes_loses_no_comment(
    there: Discussed,
) -> None:
    there.by(there.committee, take_out, there.number, there.clause, seen=1)
    there.say(proposal="楼道不放东西。")
    [one] = there.rows
    assert (one.gone, one.kind, one.proposal) == (True, SaidKind.PROPOSAL, "楼道不放东西。")
    assert one.quote == "楼道不堆杂物。"


def test_support_counts_once_and_can_be_taken_away(there: Discussed) -> None:
    number = there.say()

    def support(who: Actor) -> str:
        with there.database.write() as session:
            return support_comment(session, who, number)

    with pytest.raises(Refused) as told:
        support(there.resident)
    assert told.value.code is TalkRefusal.OWN
    at_once(*(lambda who=who: support(who) for who in (there.other, there.elsewhere)))
    assert there.rows[0].supporters == 2
    support(there.other)
    assert there.rows[0].supporters == 1


def test_one_answer_serves_many_and_none_is_answered_twice(there: Discussed) -> None:
    numbers = [there.say(), there.say(there.other), there.say()]
    with pytest.raises(Refused) as told:
        there.by(there.committee, move_round, there.number, Move.GO_ON, "")
    assert told.value.code is WayRefusal.OPEN_COMMENTS
    for given, reason, code in (
        ([], "因为", TalkRefusal.NOTHING_CHOSEN), (numbers, "", TalkRefusal.NO_REASON),
    ):  # fmt: skip
        with pytest.raises(Refused) as told:
            there.by(
                there.committee, answer_comments, there.number, given, Answer.TAKEN, reason
            )  # fmt: skip
        assert told.value.code is code

    def answer(which: Answer) -> Any:
        try:
            return there.by(
                there.committee, answer_comments, there.number, numbers, which, "都改短了"
            )
        except Refused as refusal:
            return refusal.code

    found = at_once(lambda: answer(Answer.TAKEN), lambda: answer(Answer.NOT_TAKEN))
    assert sorted(map(str, found)) == ["3", "talk.nothing_chosen"]
    assert len({row.answer for row in there.rows}) == 1
    there.by(there.committee, move_round, there.number, Move.GO_ON, "")


def test_others_places_and_other_steps_are_shut(there: Discussed) -> None:
    number = there.say()
    for act, given in (
        (decide_comment, (number,)), (answer_comments, (there.number, [number], Answer.TAKEN, "x")),
        (type_comment, (there.number, CommentWish("x"))),
    ):  # fmt: skip
        more = {"show": True, "reason": ""} if act is decide_comment else {}
        with pytest.raises(Missing):
            there.by(there.elsewhere, act, *given, **more)
    with pytest.raises(Missing):
        there.by(there.other, take_comment_back, number)
    there.by(there.resident, take_comment_back, number)
    with pytest.raises(Conflict):
        there.by(there.resident, take_comment_back, number)
    with there.database.write() as session:
        assert session.scalars(select(Comment.sealed_words)).one() is None
        session.scalars(select(Round)).one().state = RoundState.REVIEW
    with pytest.raises(Refused) as told:
        there.by(there.resident, say_comment, there.number, CommentWish("晚了"))
    assert told.value.code is TalkRefusal.NOT_DISCUSSED


def test_many_comments_at_once_are_never_too_many(there: Discussed) -> None:
    with there.database.write() as session:
        of = session.scalars(select(Round)).one()
        for _ in range(MOST_COMMENTS - 1):
            make.comment(session, of, person_id=there.resident.person_id)

    def act() -> str:
        try:
            there.by(there.resident, say_comment, there.number, CommentWish("再说一句"))
        except Refused as told:
            return told.code.value
        return "said"

    assert sorted(at_once(*[act] * 3)) == ["said", "talk.too_many", "talk.too_many"]


def test_a_proposal_from_paper_is_never_lost(app: Flask, there: Discussed) -> None:
    """Of the whole text, or of a clause that is gone: refused, with everything that was typed."""
    desk = Browser(app).in_language("en")
    sign_in_as(desk, there.row)
    form = desk.get(f"/desk/conventions/{there.number}/comments/paper").form(button="Save")
    page = form.fill(words="太长。", proposal="楼道不放东西。", clause="").send(status=422)
    assert "Other words can be proposed for one clause only." in page.text
    assert "楼道不放东西。" in page.html
    form = page.form(button="Save").fill(clause=str(there.clause))
    with there.database.write() as session:
        clause = session.scalars(select(DraftClause)).one()
        clause.removed_at = NOW
    page = form.send(status=422)
    assert "This clause was taken out meanwhile." in page.text
    assert "楼道不放东西。" in page.html
    assert there.rows == []
    page.form(button="Save").fill(proposal="", clause="").send(status=200)
    assert [row.kind for row in there.rows] == [SaidKind.COMMENT]


def test_a_comment_goes_its_way_on_pages(app: Flask, there: Discussed, browser: Browser) -> None:
    with there.database.write() as session:
        her = person(session)
    sign_in_as(browser.in_language("en"), her)
    desk, stranger = Browser(app).in_language("en"), Browser(app).in_language("en")
    sign_in_as(desk, there.row)
    url = f"/conventions/{there.number}"
    form = browser.get(f"{url}/clauses/{there.clause}/comment").form(button="Send it")
    page = form.fill(words="请写短些。", proposal="楼道不放东西。").send()
    assert page.path == f"{url}/comments/"
    assert "请写短些。" not in stranger.get(f"{url}/comments/").text
    [one] = there.rows
    desk.get(f"/desk/comments/{one.number}").form(button="Save").fill(show="yes").send()
    public = stranger.get(f"{url}/comments/").text
    assert "请写短些。" in public
    assert "楼道不放东西。" in public
    form = desk.get(f"/desk/conventions/{there.number}/comments/paper").form(button="Save")
    form.fill(words="同意。", clause="").send()
    form = desk.get(f"/desk/conventions/{there.number}/comments/").form(button="Answer")
    page = form.fill(answer="taken", reason="已改短。").send()
    assert "Please choose what you answer to." in page.text
    form = page.form(button="Answer")
    page = form.fill(numbers=[row.number for row in there.rows]).send()
    assert "Answered: 2 comments." in str(page.soup)
    assert "已改短。" in stranger.get(f"{url}/comments/").text
    assert "已改短。" in desk.get(f"/desk/comments/{one.number}").text
    page = browser.get("/me/comments/").form(button="Take it back").send()
    assert "请写短些。" not in stranger.get(f"{url}/comments/").text
    assert there.rows[1].state is SaidState.TAKEN_BACK
