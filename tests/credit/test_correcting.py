"""``gongzhi ledger correct``: what was written in error is taken back by hand, and says why."""

import json
from typing import Any
from uuid import UUID

import pyotp
import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from credit.models import AccountHolder, Entry
from credit.queries.own import details_of
from credit.rules.correcting import CorrectionRefusal, why_not_by_hand
from credit.rules.kinds import TAKEN_BACK_BY, Kind, LedgerRefusal
from credit.service import Details, spend_held
from credit.service.sealing import seal
from portal.accounts.models import Person, SecondFactor
from portal.accounts.rules import Refusal
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.kernel.errors import Missing, Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import Instance
from tests.accounts.test_cli import Tools
from tests.credit.test_ledger_cli import administrator, run
from tests.credit.test_sealing import files_of
from tests.make.accounts import sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.credit import DISTRICT, NOW, account, adult, given, posted, standing, try_hold
from tests.make.process import in_effect, world
from tests.pages import Browser

WHY = "同一班次记了两次"


@pytest.fixture
def tools(database: Database, instance: Instance, app: Flask) -> Tools:
    return Tools(database, instance, app)


@pytest.fixture
def by(database: Database) -> tuple[str, str]:
    with database.write() as session:
        return administrator(session, small_tree(session))


@pytest.fixture
def mine(database: Database) -> tuple[Person, UUID, UUID]:
    """A resident, her account, and the entry that gave her five points."""
    with database.write() as session:
        who = adult(session)
        held = account(session, holder=who.id)
        return who, held, given(session, held, 5).entry.id


def correct(tools: Tools, by: tuple[str, str], entry: UUID, amount: int, why: str = WHY) -> Any:
    words = ["correct", str(entry), "--amount", str(amount), "--reason", why, "--by", by[0]]
    return run(tools, *words, text=f"{pyotp.TOTP(by[1]).now()}\n")


def written(session: Session) -> list[Entry]:
    return list(session.scalars(select(Entry).where(Entry.kind == Kind.CORRECTION)))


def test_L14_part_of_an_award_is_taken_back_and_its_holder_reads_why(
    tools: Tools, app: Flask, by: tuple[str, str], mine: tuple[Person, UUID, UUID]
) -> None:
    who, held, award = mine
    told = correct(tools, by, award, 2)
    assert "2 taken back, 3 left of" in told.output
    assert "balance is 3 now" in told.output
    assert pyotp.TOTP(by[1]).now() not in told.output
    with tools.database.read() as session:
        assert standing(session, held).balance == 3
        [entry] = written(session)
        assert (entry.amount, entry.of_id) == (2, award)
        assert details_of(session, DISTRICT, held)[entry.id] == {
            "reason": WHY, "source": f"entry:{award}",
        }  # fmt: skip
        line = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "ledger:correct")
        ).one()
        assert (line.reason, line.subject, line.person_id) == (WHY, f"entry:{award}", None)
        assert line.actor_id == session.scalar(select(Person.id).where(Person.number == by[0]))
    browser = Browser(app)
    sign_in_as(browser, who)
    page = browser.in_language("en").get("/credit/", status=200)
    assert "Corrected" in page.text
    page = browser.get(json_of(browser, entry.id), status=200)
    assert "Reason of the correction" in page.text
    assert WHY in page.text
    assert json.dumps(WHY, ensure_ascii=False)[1:-1] in told_of(browser)
    assert run(tools, "seal").output == "Sealed 2 entries.\n"


def json_of(browser: Browser, entry_id: UUID) -> str:
    """The address of an entry's page, whose fields name the entry."""
    page = browser.get("/credit/")
    links = [link for link in page.links() if link.startswith("/credit/entries/")]
    return next(link for link in links if str(entry_id) in browser.get(link).text)


def told_of(browser: Browser) -> str:
    """Her download, as readers of JSON see it."""
    return json.dumps(json.loads(browser.get("/credit/ledger.json").response.data),
                      ensure_ascii=False)  # fmt: skip


def test_what_was_spent_in_error_comes_back_and_no_more_than_that(
    tools: Tools, by: tuple[str, str], mine: tuple[Person, UUID, UUID]
) -> None:
    _, held, award = mine
    with tools.database.write() as session:
        hold = posted(try_hold(session, held, 4)).entry.id
        spent = new_id()
        posted(
            spend_held(
                session, district=DISTRICT, entry_id=spent, of=hold,
                details=Details("benefit:tea"), now=NOW,
            )
        )  # fmt: skip
    # what is spent cannot be taken back
    with pytest.raises(Refused) as caught:
        correct(tools, by, award, 2)
    assert caught.value.code is LedgerRefusal.NOT_ENOUGH
    with tools.database.read() as session:
        assert written(session) == []
        assert not session.scalars(
            select(AuditEntry).where(AuditEntry.action == "ledger:correct")
        ).all()
    with pytest.raises(Refused) as caught:
        run(tools, *f"correct {spent} --amount 5 --reason x --by {by[0]}".split())
    assert (caught.value.code, caught.value.facts) == (CorrectionRefusal.TOO_MUCH, {"left": 4})


def test_a_whole_redemption_comes_back_once(
    tools: Tools, by: tuple[str, str], mine: tuple[Person, UUID, UUID]
) -> None:
    _, held, _award = mine
    with tools.database.write() as session:
        hold = posted(try_hold(session, held, 4)).entry.id
        spent = new_id()
        details = Details("benefit:tea")
        wish = {"district": DISTRICT, "entry_id": spent, "of": hold, "details": details}
        posted(spend_held(session, **wish, now=NOW))
    assert "4 taken back, 0 left of" in correct(tools, by, spent, 4).output
    with tools.database.read() as session:
        assert standing(session, held).balance == 5
    with pytest.raises(Refused) as caught:
        correct(tools, by, spent, 1)
    assert (caught.value.code, caught.value.facts) == (CorrectionRefusal.TOO_MUCH, {"left": 0})
    with pytest.raises(Refused) as caught:
        correct(tools, by, hold, 1)
    assert caught.value.code is CorrectionRefusal.OTHER_KIND


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("reason", CorrectionRefusal.NO_REASON),
        ("long", CorrectionRefusal.NO_REASON),
        ("stopped", LedgerRefusal.HALTED),
        ("erased", CorrectionRefusal.NO_HOLDER),
        ("own", CorrectionRefusal.OWN),
        ("role", Refusal.NOT_YOUR_PLACE),
        ("code", Refusal.WRONG_FACTOR),
    ],
)
def test_nothing_is_taken_back_without_right_and_reason(
    tools: Tools, by: tuple[str, str], mine: tuple[Person, UUID, UUID], change: str, code: Any
) -> None:
    _, held, award = mine
    database, why = tools.database, {"reason": " ", "long": "长" * 501}.get(change, WHY)
    if change == "stopped":
        seal(database, NOW)
        (files_of(database).folder / "state").unlink()
    if change == "code":
        by = (by[0], pyotp.random_base32())
    with database.write() as session:
        if change == "erased":
            session.execute(delete(AccountHolder).where(AccountHolder.account_id == held))
        if change == "own":
            her = session.scalars(select(Person.id).where(Person.number == by[0])).one()
            award = given(session, account(session, holder=her), 5).entry.id
        if change == "role":
            by = as_desk(session, by)
    with pytest.raises(Refused) as caught:
        correct(tools, by, award, 1, why)
    assert caught.value.code is code
    with database.read() as session:
        assert written(session) == []


def as_desk(session: Session, by: tuple[str, str]) -> tuple[str, str]:
    """The same factor in the hands of somebody who may not vouch."""
    her = session.scalars(select(Person.id).where(Person.number == by[0])).one()
    row = session.get_one(SecondFactor, her)
    desk = staff(session, "city_centre")
    kept = SecondFactor(
        person_id=desk.id, sealed_secret=row.sealed_secret, created_at=NOW, confirmed_at=NOW,
        last_step=0,
    )  # fmt: skip
    session.add(kept)
    session.flush()
    return desk.number, by[1]


def test_an_entry_that_nobody_knows_is_named(tools: Tools, by: tuple[str, str]) -> None:
    with pytest.raises(Missing, match="There is no entry"):
        correct(tools, by, UUID(int=7), 1)
    assert run(tools, *f"correct {UUID(int=7)} --amount 0 --reason x --by A".split()).exit_code == 2


def test_L9_a_deduction_falls_by_its_due_process_and_not_here(
    database: Database, tools: Tools
) -> None:
    made = world(database)
    posted_id = made.row(in_effect(made)).posted_id
    assert posted_id is not None
    with pytest.raises(Refused) as caught:
        run(tools, *f"correct {posted_id} --amount 1 --reason x --by A".split())
    assert caught.value.code is CorrectionRefusal.DEDUCTION
    by_hand = {kind for kind in Kind if why_not_by_hand(kind) is None}
    assert by_hand == set(TAKEN_BACK_BY) - {Kind.DEDUCTION_POST}
