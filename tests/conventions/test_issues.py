"""The co-governance board: raised by residents and units, looked at, supported, decided, done."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.rules import Actor
from portal.accounts.service import erase_person
from portal.conventions.models import Issue
from portal.conventions.queries.issues import (
    MyProposalRow,
    proposals_by,
    proposals_of,
    support_of,
)
from portal.conventions.rules.community import CommunityRefusal, IssueState, IssueStep
from portal.conventions.service.issues import (
    MOST_WAITING,
    issue_here,
    look_at_proposal,
    propose,
    raise_issue,
    take_issue_back,
    take_issue_step,
    take_proposal_back,
    toggle_support,
)
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.vault import Vault
from tests.make.accounts import actor, person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.conventions import COMMUNITY, NOW
from tests.make.organisations import unit
from tests.make.together import at_once
from tests.pages import Browser
from tests.reports.test_queries_per_page import counted


class Board:
    """A community with its committee, two residents and a unit."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as session:
            tree = small_tree(session)
            self.desk_person = staff(session, "community_committee", area=tree[COMMUNITY])
            self.her_person = person(session)
            team = unit(session, area=tree["370283001"])
            self.desk = actor(session, self.desk_person)
            self.her, self.other = actor(session, self.her_person), actor(session, person(session))
            self.unit = actor(session, staff(session, "handling_unit", organisation=team))

    def raised(self, who: Actor | None = None, *, for_unit: bool = False) -> str:
        with self.database.write() as session:
            return raise_issue(
                session, who or self.her, COMMUNITY, "晚上停车难", "车位不够。", for_unit=for_unit,
                now=NOW,
            )  # fmt: skip

    def step(self, number: str, step: IssueStep, words: str = "", who: Actor | None = None) -> None:
        with self.database.write() as session:
            take_issue_step(session, who or self.desk, number, step, words, now=NOW)

    def open(self) -> str:
        number = self.raised()
        self.step(number, IssueStep.SHOW)
        return number

    def propose(self, number: str, who: Actor | None = None) -> None:
        with self.database.write() as session:
            propose(session, who or self.other, number, "夜间开放操场。", for_unit=False, now=NOW)


@pytest.fixture
def board(database: Database) -> Board:
    return Board(database)


def test_many_at_once_raise_no_more_than_may_wait(board: Board) -> None:
    for _ in range(MOST_WAITING - 1):
        board.raised()

    def act() -> str:
        try:
            board.raised()
        except Refused as told:
            return told.code.value
        return "raised"

    assert sorted(at_once(act, act, act)) == ["community.too_many"] * 2 + ["raised"]


def test_r114_an_issue_goes_its_way_with_words_and_never_by_whoever_raised_it(board: Board) -> None:
    number = board.raised(board.desk)
    with pytest.raises(Refused) as told:
        board.step(number, IssueStep.SHOW)
    assert told.value.code is CommunityRefusal.OWN
    number = board.raised()
    with pytest.raises(Missing):
        board.step(number, IssueStep.SHOW, who=board.other)
    with pytest.raises(Refused) as told:
        board.step(number, IssueStep.REFUSE)
    assert told.value.code is CommunityRefusal.NO_REASON
    board.step(number, IssueStep.SHOW)
    board.step(number, IssueStep.DECIDE, "开放。")
    board.step(number, IssueStep.DONE, "开了。")
    with board.database.read() as session:
        row = issue_here(session, board.desk, number)
    assert (row.state, row.decision, row.result) == (IssueState.DONE, "开放。", "开了。")


def test_of_two_steps_at_once_one_is_told(board: Board) -> None:
    number = board.raised()

    def act(step: IssueStep) -> str:
        try:
            board.step(number, step, "因为")
        except Conflict as told:
            return told.code.value
        return "done"

    found = at_once(lambda: act(IssueStep.SHOW), lambda: act(IssueStep.REFUSE))
    assert sorted(found) == ["community.state", "done"]


def test_a_person_supports_once_however_often_at_once(board: Board) -> None:
    number = board.open()

    def act() -> None:
        with board.database.write() as session:
            toggle_support(session, board.other, number, 0)

    def support() -> int:
        with board.database.read() as session:
            row = issue_here(session, board.desk, number)
            return support_of(session, [row.id]).get(row.id, 0)

    at_once(act, act, act)
    assert support() == 1
    act()
    assert support() == 0


def test_r145_a_unit_takes_part_under_its_name_and_nobody_else_under_it(board: Board) -> None:
    number = board.raised(board.unit, for_unit=True)
    with board.database.read() as session:
        assert issue_here(session, board.desk, number).organisation_id is not None
    with pytest.raises(Refused) as told:
        board.raised(board.her, for_unit=True)
    assert told.value.code is CommunityRefusal.NO_UNIT


def test_a_proposal_is_looked_at_once_and_taken_only_while_it_is_discussed(board: Board) -> None:
    number = board.open()
    board.propose(number)
    with board.database.write() as session:
        look_at_proposal(session, board.desk, number, 1, show=True)
    with pytest.raises(Conflict), board.database.write() as session:
        look_at_proposal(session, board.desk, number, 1, show=False, reason="重复。")
    with pytest.raises(Missing), board.database.write() as session:
        look_at_proposal(session, board.desk, number, 2, show=True)
    board.step(number, IssueStep.DECIDE, "开放。")
    with pytest.raises(Refused):
        board.propose(number)
    with board.database.read() as session:
        row = issue_here(session, board.desk, number)
        assert [one.state for one in proposals_of(session, row.id)] == [IssueState.OPEN]


def test_whoever_proposed_reads_why_it_is_not_shown_and_takes_it_back(board: Board) -> None:
    number = board.open()
    board.propose(number)
    with pytest.raises(Missing), board.database.write() as session:
        # nobody reads it yet
        toggle_support(session, board.her, number, 1)
    with pytest.raises(Refused) as told, board.database.write() as session:
        look_at_proposal(session, board.desk, number, 1, show=False)
    assert (told.value.code, told.value.field) == (CommunityRefusal.NO_REASON, "reason")
    with board.database.write() as session:
        look_at_proposal(session, board.desk, number, 1, show=False, reason="点了别人的名字。")

    def mine(who: Actor) -> list[MyProposalRow]:
        with board.database.read() as session:
            return proposals_by(session, who.person_id)

    [row] = mine(board.other)
    assert (row.state, row.refused_why) == (IssueState.REFUSED, "点了别人的名字。")
    assert mine(board.her) == []
    with pytest.raises(Missing), board.database.write() as session:
        take_proposal_back(session, board.her, row.id)
    with board.database.write() as session:
        take_proposal_back(session, board.other, row.id)
    [row] = mine(board.other)
    assert (row.state, row.words, row.refused_why) == (IssueState.TAKEN_BACK, "", None)
    with pytest.raises(Conflict), board.database.write() as session:
        take_proposal_back(session, board.other, row.id)


def test_taking_a_proposal_back_opens_nobodys_words(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = board.open()
    for words in ("加装长椅。", "种树。"):
        with board.database.write() as session:
            propose(session, board.other, number, words, for_unit=False, now=NOW)
    with board.database.read() as session:
        newest, oldest = proposals_by(session, board.other.person_id)
    opened: list[str] = []

    def unseal(_vault: Vault, sealed: str) -> str:
        opened.append(sealed)
        return ""

    monkeypatch.setattr(Vault, "unseal", unseal)
    with board.database.write() as session:
        take_proposal_back(session, board.other, oldest.id)
    assert opened == []
    monkeypatch.undo()
    with board.database.read() as session:
        kept, gone = proposals_by(session, board.other.person_id)
    assert (kept.id, kept.words, gone.state) == (newest.id, "种树。", IssueState.TAKEN_BACK)


@pytest.mark.parametrize("decided", [False, True])
def test_an_issue_goes_with_whoever_raised_it_and_a_decision_stays(
    board: Board, *, decided: bool
) -> None:
    kept, erased = board.open(), board.open()
    if decided:
        for number in (kept, erased):
            board.step(number, IssueStep.DECIDE, "开放。")
    with pytest.raises(Missing), board.database.write() as session:
        take_issue_back(session, board.other, kept, now=NOW)
    with board.database.write() as session:
        take_issue_back(session, board.her, kept, now=NOW)
    with pytest.raises(Conflict), board.database.write() as session:
        take_issue_back(session, board.her, kept, now=NOW)
    with board.database.write() as session:
        assert board.her.person_id is not None
        erase_person(session, None, board.her.person_id, now=NOW)
    for number in (kept, erased):
        with board.database.read() as session:
            row = issue_here(session, board.desk, number)
        assert (row.title, row.words) == ("", "")
        assert row.state is (IssueState.DECIDED if decided else IssueState.TAKEN_BACK)
        assert row.decision == ("开放。" if decided else None)
    with board.database.read() as session:
        # an end, from which what others proposed below it is forgotten in time
        assert None not in session.scalars(select(Issue.decided_at)).all()


def test_r114_the_board_from_a_resident_to_the_result(
    app: Flask, board: Board, browser: Browser
) -> None:
    sign_in_as(browser.in_language("en"), board.her_person)
    desk, stranger = Browser(app).in_language("en"), Browser(app).in_language("en")
    sign_in_as(desk, board.desk_person)
    form = browser.get(f"/communities/{COMMUNITY}/issues/new").form(button="Send it")
    page = form.fill(title="晚上停车难", words="车位不够。").send()
    assert "is being checked" in page.text
    assert "晚上停车难" not in stranger.get(f"/communities/{COMMUNITY}/issues/", status=200).text
    link = desk.get(f"/desk/communities/{COMMUNITY}/issues").soup.select_one(
        "main a[href^='/desk/issues/']"
    )
    assert link is not None
    address = str(link["href"])
    page = desk.get(address).form(button="Save").fill(step="refuse").send()
    assert "Please write down why" in page.text
    page.form(button="Save").fill(step="show").send()
    public = address.removeprefix("/desk")
    form = browser.get(f"{public}/propose").form(button="Send it")
    form.fill(words="夜间开放操场。").send()
    form = desk.get(f"{address}/proposals/1").form(button="Save")
    form.fill(show="yes").send()
    page = browser.get(public).form("/support/0").send()
    assert "1 supports it" in page.text
    desk.get(address).form(button="Save").fill(step="decide", words="晚六点到早八点开放。").send()
    desk.get(address).form(button="Save").fill(step="done", words="已开放六十个车位。").send()
    page = stranger.get(public, status=200)
    for words in ("夜间开放操场。", "晚六点到早八点开放。", "已开放六十个车位。", "a resident"):
        assert words in page.text
    mine = browser.get("/me/issues/", status=200)
    assert "夜间开放操场。" in mine.text
    assert "夜间开放操场。" not in mine.form("/me/proposals/").send().text
    assert "晚上停车难" not in browser.get("/me/issues/").form("/me/issues/").send().text
    page = stranger.get(public, status=200)
    assert "晚六点到早八点开放。" in page.text
    assert "An issue whose words were deleted" in page.text


def test_a_long_board_takes_no_more_queries(board: Board, browser: Browser) -> None:
    found = list[list[int]]()
    public = browser.in_language("en")
    for many in (1, 4):
        for _ in range(many):
            number = board.open()
            for _ in range(many):
                board.propose(number)
        pages = (f"/communities/{COMMUNITY}/issues/", f"/issues/{number}")
        for page in pages:
            public.get(page)
        found.append([])
        for page in pages:
            with counted(board.database) as statements:
                public.get(page, status=200)
            found[-1].append(len(statements))
    assert found[0] == found[1]
