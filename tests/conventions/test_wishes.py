"""Wishes: said and typed, looked at before others read them, gone when they are taken back."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.rules import Actor
from portal.conventions.models import Round, Wish
from portal.conventions.queries.talk import wishes_by, wishes_of
from portal.conventions.rules.talk import MOST_WISHES, SaidState, TalkRefusal
from portal.conventions.rules.texts import Topic
from portal.conventions.rules.way import RoundState
from portal.conventions.service.wishes import decide_wish, say_wish, take_wish_back, type_wish
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from tests.make import conventions as make
from tests.make.accounts import actor, person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.conventions import COMMUNITY, NOW
from tests.make.together import at_once
from tests.pages import Browser

WORDS = "希望楼道不放自行车。"


class Collecting:
    """A community that collects wishes."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as session:
            tree = small_tree(session)
            of = make.convention(session, tree[COMMUNITY])
            self.number = make.a_round(session, of, state=RoundState.WISHES).number
            self.resident = actor(session, person(session))
            self.committee = actor(
                session, staff(session, "community_committee", area=tree[COMMUNITY])
            )
            self.elsewhere = actor(
                session, staff(session, "community_committee", area=tree["370283002001"])
            )

    def say(self, who: Actor | None = None) -> None:
        with self.database.write() as session:
            say_wish(session, who or self.resident, self.number, WORDS, Topic.PETS, now=NOW)

    def decide(self, number: str, by: Actor, *, show: bool = True, reason: str = "") -> None:
        with self.database.write() as session:
            decide_wish(session, by, number, show=show, reason=reason, now=NOW)

    @property
    def wishes(self) -> list[Wish]:
        with self.database.read() as session:
            return list(session.scalars(select(Wish).order_by(Wish.id)))


@pytest.fixture
def there(app: Flask, database: Database) -> Collecting:
    return Collecting(database)


def test_what_is_said_is_read_by_others_when_somebody_has_looked(there: Collecting) -> None:
    there.say()
    [one] = there.wishes
    assert WORDS not in (one.sealed_words or "")
    with there.database.read() as session:
        assert wishes_of(session, one.round_id, shown=True) == []
    with pytest.raises(Missing):
        there.decide(one.number, there.elsewhere)
    there.decide(one.number, there.committee)
    with pytest.raises(Conflict):
        there.decide(one.number, there.committee, show=False, reason="重复")
    with there.database.read() as session:
        assert [row.words for row in wishes_of(session, one.round_id, shown=True)] == [WORDS]


def test_what_is_hidden_has_a_reason_and_nobody_decides_her_own(there: Collecting) -> None:
    there.say(there.committee)
    there.say()
    own, other = there.wishes
    for number, code, reason in (
        (own.number, TalkRefusal.OWN, "x"), (other.number, TalkRefusal.NO_REASON, ""),
    ):  # fmt: skip
        with pytest.raises(Refused) as told:
            there.decide(number, there.committee, show=False, reason=reason)
        assert told.value.code is code
    there.decide(other.number, there.committee, show=False, reason="写了邻居的姓名")
    with there.database.read() as session:
        [mine] = wishes_by(session, there.resident.person_id)
    assert (mine.state, mine.hidden_why) == (SaidState.HIDDEN, "写了邻居的姓名")


def test_paper_is_typed_for_nobody(there: Collecting) -> None:
    with there.database.write() as session:
        type_wish(session, there.committee, there.number, WORDS, Topic.PETS, now=NOW)
    [one] = there.wishes
    assert (one.person_id, one.state) == (None, SaidState.SHOWN)
    assert one.typed_by == there.committee.person_id


def test_what_is_taken_back_loses_its_words(there: Collecting) -> None:
    there.say()
    [one] = there.wishes
    with there.database.write() as session, pytest.raises(Missing):
        take_wish_back(session, there.elsewhere, one.number, now=NOW)
    with there.database.write() as session:
        take_wish_back(session, there.resident, one.number, now=NOW)
    with there.database.write() as session, pytest.raises(Conflict):
        take_wish_back(session, there.resident, one.number, now=NOW)
    assert there.wishes[0].sealed_words is None


def test_many_wishes_at_once_are_never_too_many(there: Collecting) -> None:
    for _ in range(MOST_WISHES - 1):
        there.say()

    def act() -> str:
        try:
            there.say()
        except Refused as told:
            return told.code.value
        return "said"

    assert sorted(at_once(*[act] * 4)) == ["said", *["talk.too_many"] * 3]


def test_nothing_is_collected_at_another_step(there: Collecting) -> None:
    with there.database.write() as session:
        session.scalars(select(Round)).one().state = RoundState.DRAFT
    with pytest.raises(Refused) as told:
        there.say()
    assert told.value.code is TalkRefusal.CLOSED


def test_a_resident_says_it_the_committee_looks_and_she_takes_it_back(
    app: Flask, database: Database, browser: Browser
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        of = make.a_round(
            session,
            make.convention(session, tree[COMMUNITY]),
            state=RoundState.WISHES,
            until=(NOW + timedelta(days=9)).date(),
        )
        number, her = of.number, person(session)
        committee = staff(session, "community_committee", area=tree[COMMUNITY])
    sign_in_as(browser.in_language("en"), her)
    desk, stranger = Browser(app).in_language("en"), Browser(app).in_language("en")
    sign_in_as(desk, committee)
    form = browser.get(f"/conventions/{number}/wish").form(button="Send it")
    page = form.fill(words=WORDS).send()
    assert page.path == f"/conventions/{number}"
    assert WORDS not in stranger.get(page.path).text
    page = desk.get(f"/desk/conventions/{number}/wishes/", status=200)
    look = page.soup.select_one("main a[href^='/desk/wishes/']")
    assert look is not None
    desk.get(str(look["href"])).form(button="Save").fill(show="yes").send()
    form = desk.get(f"/desk/conventions/{number}/wishes/paper").form(button="Save")
    form.fill(words="多放几个分类桶").send()
    public = stranger.get(f"/conventions/{number}")
    assert WORDS in public.text
    assert "多放几个分类桶" in public.text
    page = browser.get("/me/wishes/").form(button="Take it back").send()
    assert "taken back" in page.text
    assert WORDS not in stranger.get(f"/conventions/{number}").text
