"""L14: whoever finds something wrong in her ledger asks, is answered in time, and two people
correct it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from credit.models import CorrectionRequest, Entry
from credit.queries.asking import desk_requests, own_requests
from credit.rules.asking import About, AskRefusal, AskState, AskStep, is_late, why_not_step
from credit.rules.correcting import CorrectionRefusal
from credit.rules.kinds import Kind
from credit.service.asked import (
    answer_request,
    confirm_correction,
    prepare_correction,
    request_here,
    send_back,
    steps_open,
)
from credit.service.asking import PER_PERSON, ask_correction, withdraw_request
from portal.accounts.models import Person
from portal.accounts.service import erase_part, export_person
from portal.kernel.audit import AuditEntry
from portal.kernel.clock import now as clock_now
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import new_id
from portal.kernel.outbox import OutboxMessage
from tests.make.accounts import actor, person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.credit import DISTRICT, NOW, account, adult, given, standing
from tests.make.together import at_once
from tests.pages import Browser, Page

WHY = "同一班次记了两次"
WORDS = "这个班次我没有参加"


class Town:
    """A resident with five points, the centre that prepares, two administrators, a street desk."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as session:
            tree = small_tree(session)
            self.who = adult(session)
            self.who.phone_verified_at = NOW
            self.held = account(session, holder=self.who.id)
            self.entry = given(session, self.held, 5).entry.id
            self.centre = staff(session, "city_centre", area=tree[DISTRICT])
            self.admin = staff(session, "administrator", area=tree[DISTRICT])
            self.other = staff(session, "administrator", area=tree[DISTRICT])
            self.street = staff(session, "street_desk", area=tree["370283001"])

    def ask(self, entry: UUID | None, words: str = WORDS, **named: Any) -> str:
        at = named.pop("now", NOW)
        with self.database.write() as session:
            return ask_correction(session, self.who.id, entry, words, now=at)

    def do(self, by: Person, act: Callable[..., Any], *given: Any, **named: Any) -> Any:
        with self.database.write() as session:
            return act(session, actor(session, by), *given, now=NOW, **named)

    def row(self) -> Any:
        with self.database.read() as session:
            return own_requests(session, self.who.id)[0]

    def corrections(self) -> int:
        with self.database.read() as session:
            found = session.scalars(select(Entry.id).where(Entry.kind == Kind.CORRECTION))
            return len(list(found))


@pytest.fixture
def town(database: Database) -> Town:
    return Town(database)


def code_of(act: Callable[[], Any]) -> Any:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.code


def test_L14_a_request_is_prepared_by_one_and_written_by_another(town: Town) -> None:
    number = town.ask(town.entry)
    row = town.row()
    assert (row.state, row.words, row.about) == (AskState.OPEN, WORDS, About.ENTRY)
    # three working days, as an objection is answered (L8)
    assert row.answer_by is not None
    assert timedelta(days=2) < row.answer_by - NOW < timedelta(days=8)
    town.do(town.centre, prepare_correction, number, 2, WHY)
    assert town.corrections() == 0
    assert code_of(lambda: withdraw(town, number)) is AskRefusal.NOT_NOW
    town.do(town.admin, confirm_correction, number)
    row = town.row()
    assert (row.state, row.answer, row.answered_at) == (AskState.CORRECTED, WHY, NOW)
    with town.database.read() as session:
        assert standing(session, town.held).balance == 3
        assert session.get_one(Entry, (DISTRICT, row.corrected_id)).of_id == town.entry
        about = select(AuditEntry.action).where(AuditEntry.person_id == town.who.id)
        assert set(session.scalars(about)) == {
            "correction:ask", "correction:prepare", "correction:confirm",
        }  # fmt: skip
        # no line of the audit leads from her to the entry
        hers = select(AuditEntry.subject).where(AuditEntry.person_id == town.who.id)
        assert set(session.scalars(hers)) == {f"correction:{number}"}
        templates = set(session.scalars(select(OutboxMessage.template)))
        assert templates == {"credit.correction_received", "credit.correction_answered"}


def withdraw(town: Town, number: str) -> None:
    with town.database.write() as session:
        withdraw_request(session, town.who.id, number, now=NOW)


@pytest.mark.parametrize(
    ("step", "state", "about", "by", "why"),
    [
        (AskStep.CONFIRM, AskState.PREPARED, About.ENTRY, "first", AskRefusal.SAME_PERSON),
        (AskStep.CONFIRM, AskState.PREPARED, About.ENTRY, "asker", AskRefusal.ONESELF),
        (AskStep.CONFIRM, AskState.OPEN, About.ENTRY, "other", AskRefusal.NOT_NOW),
        (AskStep.PREPARE, AskState.OPEN, About.PERSONAL, "other", AskRefusal.NO_ENTRY),
        (AskStep.ANSWER, AskState.PREPARED, About.ENTRY, "other", AskRefusal.NOT_NOW),
        (AskStep.ANSWER, AskState.OPEN, About.ENTRY, "other", None),
        (AskStep.CONFIRM, AskState.PREPARED, About.ENTRY, "other", None),
    ],
)
def test_L11_nobody_answers_herself_or_both_prepares_and_confirms(
    step: AskStep, state: AskState, about: About, by: str, why: AskRefusal | None
) -> None:
    people = {name: new_id() for name in ("first", "asker", "other")}
    found = why_not_step(
        step, state=state, about=about, asker_id=people["asker"],
        prepared_by=people["first"] if state is AskState.PREPARED else None, actor_id=people[by],
    )  # fmt: skip
    assert found is why


def test_L14_only_who_works_for_the_whole_district_sees_it(town: Town) -> None:
    number = town.ask(town.entry)
    with town.database.read() as session:
        with pytest.raises(Missing):
            request_here(session, actor(session, town.street), number)
        desk = actor(session, town.centre)
        row = request_here(session, desk, number)
        assert steps_open(session, desk, row) == [AskStep.PREPARE, AskStep.ANSWER]
        assert steps_open(session, actor(session, town.admin), row) == []
    with pytest.raises(Forbidden):
        town.do(town.admin, prepare_correction, number, 2, WHY)
    too_much = code_of(lambda: town.do(town.centre, prepare_correction, number, 6, WHY))
    assert too_much is CorrectionRefusal.TOO_MUCH


def test_L14_what_the_second_does_not_agree_to_is_open_again(town: Town) -> None:
    number = town.ask(town.entry)
    promised = town.row().answer_by
    town.do(town.centre, prepare_correction, number, 2, WHY)
    town.do(town.admin, send_back, number)
    row = town.row()
    assert (row.state, row.answer, row.answer_by) == (AskState.OPEN, "", promised)
    town.do(town.centre, answer_request, number, "名单上有您", put_right=False)
    row = town.row()
    assert (row.state, row.answer) == (AskState.REFUSED, "名单上有您")
    assert town.corrections() == 0
    # she may ask again
    town.ask(town.entry)


def test_L14_something_else_is_answered_in_words_and_an_entry_only_by_an_entry(
    town: Town,
) -> None:
    detail, entry = town.ask(None, "来源写错了"), town.ask(town.entry)
    assert (
        code_of(lambda: town.do(town.centre, answer_request, entry, "改了", put_right=True))
        is AskRefusal.NOT_NOW
    )
    town.do(town.centre, answer_request, detail, "改了", put_right=True)
    with town.database.read() as session:
        states = {row.number: row.state for row in own_requests(session, town.who.id)}
    assert states == {detail: AskState.CORRECTED, entry: AskState.OPEN}


def test_L14_of_the_same_one_request_is_open_and_nobody_asks_for_others(town: Town) -> None:
    town.ask(town.entry)
    assert code_of(lambda: town.ask(town.entry)) is AskRefusal.ASKED_ALREADY
    with town.database.write() as session:
        stranger = person(session).id
        with pytest.raises(Missing):
            ask_correction(session, stranger, town.entry, WORDS, now=NOW)
    for words in (" ", "错" * 1001):
        assert code_of(lambda words=words: town.ask(None, words)) is AskRefusal.NO_WORDS
    codes = set()
    for _ in range(PER_PERSON.limit):
        try:
            withdraw(town, town.ask(None))
        except Refused as refused:
            codes.add(refused.code)
    assert codes == {AskRefusal.TOO_OFTEN}


def test_two_who_press_at_once_make_one_request_and_one_correction(town: Town) -> None:
    def tried(act: Callable[[], Any]) -> str:
        try:
            act()
        except Conflict:
            return "told"
        except Refused as refused:
            return str(refused.code)
        return "done"

    for _ in range(4):
        found = at_once(*[lambda: tried(lambda: town.ask(town.entry))] * 3)
        assert found.count("done") == 1
        number, before = town.row().number, town.corrections()
        town.do(town.centre, prepare_correction, number, 1, WHY)
        done = at_once(
            lambda number=number: tried(lambda: town.do(town.admin, confirm_correction, number)),
            lambda number=number: tried(lambda: town.do(town.other, confirm_correction, number)),
            lambda number=number: tried(lambda: town.do(town.other, send_back, number)),
        )
        assert done.count("done") == 1
        if done[2] == "done":
            assert town.corrections() == before
            withdraw(town, number)
        else:
            assert town.corrections() == before + 1


def test_L14_what_nobody_answered_in_time_is_late_on_every_read(town: Town) -> None:
    number = town.ask(town.entry)
    row = town.row()
    assert row.answer_by is not None
    assert not row.is_late(row.answer_by - timedelta(seconds=1))
    assert row.is_late(row.answer_by)
    assert not is_late(AskState.REFUSED, row.answer_by, row.answer_by)
    with town.database.read() as session:
        [waits] = desk_requests(session, [DISTRICT], waiting=True)
        assert waits.number == number
        assert list(desk_requests(session, [DISTRICT], waiting=False)) == []


def test_P2_requests_are_handed_out_and_go_with_the_ledger(town: Town) -> None:
    number = town.ask(town.entry)
    with town.database.write() as session:
        [mine] = export_person(session, town.who.id, now=NOW)["records"][
            "credit_correction_request"
        ]
        assert (mine["number"], mine["words"]) == (number, WORDS)
        assert str(town.entry) not in str(mine)
        erase_part(session, actor(session, town.who), town.who.id, "credit", now=NOW)
        assert session.scalars(select(CorrectionRequest)).all() == []


def browser(app: Flask, who: Person) -> Browser:
    found = Browser(app).in_language("en")
    sign_in_as(found, who)
    return found


def test_L14_from_the_entry_to_its_correction_through_the_pages(app: Flask, town: Town) -> None:
    hers, centre, admin = (browser(app, who) for who in (town.who, town.centre, town.admin))
    ledger = hers.get("/credit/")
    page = hers.get(str(ledger.soup.select_one(".ledger-title a")["href"]))
    form = page.click("This entry is wrong").form()
    assert form.send(status=422).errors == ["Please write what you have to say."]
    page = form.fill(words=WORDS).send(status=200)
    assert page.path == "/credit/corrections/"
    assert "Waits for an answer" in page.text
    number = town.row().number
    here = f"/desk/corrections/{number}"
    listed = centre.get("/desk/corrections/")
    assert number in listed.text
    desk = centre.get(here)
    assert WORDS in desk.text
    typed = desk.form(f"{here}/prepare").fill(amount="9", reason=WHY).send(status=422)
    assert "of this entry is left" in typed.errors[0]
    assert WHY in typed.html
    prepared = typed.form(f"{here}/prepare").fill(amount="2").send(status=200)
    assert "2 are taken back" in prepared.text
    done = admin.get(here).form(f"{here}/confirm").send(status=200)
    assert "Put right" in done.text
    mine = hers.get("/credit/corrections/")
    assert WHY in mine.text
    assert mine.click("The entry that corrects it").h1
    assert "1 answer to what you asked" in hers.get("/me").text
    looks = hers.get("/credit/looks").text
    assert number in looks
    assert browser(app, town.street).get(here).status == 404


def test_L14_a_request_about_something_else_is_taken_back_on_the_page(
    app: Flask, town: Town
) -> None:
    hers = browser(app, town.who)
    page: Page = hers.get("/credit/corrections/").click("Something else about me is wrong")
    page = page.form().fill(words=WORDS).send(status=200)
    page = page.form(button="Take it back").send(status=200)
    assert "Taken back" in page.text
    assert town.row().answered_at <= clock_now()
