"""One's own ledger in the browser: every entry with why and what to do, and nobody else's."""

import json
from datetime import timedelta
from hashlib import sha256

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from credit.models import EntryDetail
from credit.queries.accounts import account_of
from credit.queries.mine import PAGE
from credit.rules.kinds import Party
from credit.rules.leaf import Unit, commitment, read_leaf
from credit.rules.note import read_verifier_key
from credit.rules.receipt import verify_receipt
from credit.service import Holder, give_consent, publish_rule, record_fact
from credit.service.looks import note_look
from credit.service.sealing import seal
from portal.accounts.models import Person
from portal.accounts.rules import AgeBand
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.ids import new_id
from tests.credit.rulebook import shift_rule
from tests.make.accounts import person, sign_in_as
from tests.make.credit import DISTRICT, account, adult, given, posted, try_hold, try_notice
from tests.pages import Browser, Page
from tests.reports.test_queries_per_page import counted

DAY = timedelta(days=1)


@pytest.fixture
def resident(database: Database) -> Person:
    with database.write() as session:
        return adult(session)


@pytest.fixture
def visitor(app: Flask, resident: Person) -> Browser:
    browser = Browser(app)
    sign_in_as(browser, resident)
    return browser.in_language("en")


def points_of(session: Session, who: Person) -> object:
    return account(session, holder=who.id, now=now())


def earn(database: Database, who: Person, source: str = "shift:S-17", times: int = 3) -> None:
    """A shift under a rule that was published and sealed before."""
    start = now() - 2 * DAY
    with database.write() as session:
        publish_rule(session, DISTRICT, shift_rule(start), actor_id=None, now=start)
        give_consent(session, DISTRICT, who.id, now=start)
    seal(database, start)
    with database.write() as session:
        posted(
            record_fact(
                session, district=DISTRICT, fact="shift_done", source=source,
                holder=Holder.person(who.id), happened_at=now() - DAY, now=now(), times=times,
                by={"zh_Hans": "东阁街道", "en": "Dongge Street"},
            )
        )  # fmt: skip


def entry_page(visitor: Browser, words: str = "志愿服务") -> Page:
    return visitor.get("/credit/").click(words, status=200)


def test_L5_a_passer_by_reads_what_it_is_and_that_all_works_without_it(browser: Browser) -> None:
    page = browser.in_language("en").get("/credit/", status=200)
    assert page.h1 == "Self-discipline points"
    assert "Everything else works in full without points" in page.text
    assert any(url.startswith("/sign-in") for url in page.links())


def test_L5_saying_yes_and_ending_it_are_buttons_of_one_size(visitor: Browser) -> None:
    page = visitor.get("/credit/", status=200)
    assert "Nothing is written down for you now." in page.text
    yes = page.form(button="Write down my points")
    page = yes.send()
    assert page.notices[0] == "From now on your points are written down."
    no = page.form(button="Stop writing down my points")
    assert [b["class"] for b in yes.tag("button")] == [b["class"] for b in no.tag("button")]
    assert "You agreed to points" in page.text
    page = no.send()
    assert "Nothing more is written down." in page.notices[0]
    assert page.form(button="Write down my points")


def test_a_child_is_told_who_has_to_agree(
    visitor: Browser, database: Database, resident: Person
) -> None:
    with database.write() as session:
        session.execute(
            update(Person).where(Person.id == resident.id).values(age_band=AgeBand.UNDER_14)
        )
    page = visitor.get("/credit/", status=200)
    assert "a parent or guardian has to agree first" in page.text
    assert not page.soup.select("main form")
    assert (
        "a parent or guardian has to agree first" in visitor.get("/credit/consent", status=200).text
    )


def test_an_entry_says_what_why_by_which_rule_from_whom_and_what_is_left(
    visitor: Browser, database: Database, resident: Person
) -> None:
    earn(database, resident)
    page = visitor.get("/credit/", status=200)
    assert "6 Points you can use" in page.text
    assert "6 points expire next, on" in page.text
    for words in ("志愿服务, 3 times", "Points earned", "version 1", "From Dongge Street", "+6"):
        assert words in page.text, words
    assert "waits to be sealed" in page.text
    page = entry_page(visitor)
    assert "Volunteer shift S-17" in page.text
    assert "That takes a minute or two" in page.text
    visitor.get(f"{page.path}/proof", status=404)
    visitor.get(f"{page.path}/receipt", status=404)


def test_a_proof_is_handed_out_that_a_stranger_can_check(
    visitor: Browser, browser: Browser, database: Database, resident: Person
) -> None:
    earn(database, resident)
    seal(database, now())
    page = entry_page(visitor)
    key = read_verifier_key(browser.get("/credit/log/vkey").text.strip())
    proven = verify_receipt(visitor.get(f"{page.path}/proof").response.data, [key])
    told = json.loads(visitor.get(f"{page.path}/details.json").response.data)
    leaf = proven.entry()
    assert leaf.commitment == commitment(bytes.fromhex(told["salt"]), told["details"])
    assert told["details"]["source"] == "shift:S-17"
    receipt = visitor.get(f"{page.path}/receipt", status=200)
    assert receipt.h1 == f"Receipt no. {proven.index}"
    assert str(key) in receipt.text
    assert sha256(b"\0" + proven.leaf).hexdigest() in receipt.text


def test_nobody_else_sees_an_entry(
    app: Flask, visitor: Browser, database: Database, resident: Person
) -> None:
    earn(database, resident)
    seal(database, now())
    path = entry_page(visitor).path
    with database.write() as session:
        other = adult(session)
        given(session, account(session, holder=other.id), 1)
    stranger = Browser(app)
    sign_in_as(stranger, other)
    for more in ("", "/proof", "/details.json", "/receipt"):
        stranger.get(path + more, status=404)
        visitor.get(path + more, status=200)
    for bad in ("x", "A" * 22, path[-22:-1] + "!", "é" * 22):
        visitor.get(f"/credit/entries/{bad}", status=404)
    assert "sign-in" in Browser(app).get(path).path


def test_an_address_tells_no_order_and_no_time(app: Flask) -> None:
    vault = app.extensions["gongzhi_instance"].vault
    keys = [new_id() for _ in range(50)]
    codes = [vault.cover("credit/entry", key) for key in keys]
    assert [vault.uncover("credit/entry", code) for code in codes] == keys
    assert sorted(codes) != codes
    assert len({code[:3] for code in codes}) > 40
    assert vault.uncover("cookies", codes[0]) != keys[0]


def test_what_is_held_and_what_was_announced_are_told_apart(
    visitor: Browser, database: Database, resident: Person
) -> None:
    with database.write() as session:
        points = account(session, holder=resident.id, points=5, now=now())
        conduct = account(session, Unit.CONDUCT, holder=resident.id, now=now())
        posted(try_hold(session, points, 2, now=now(), until=now() + 30 * DAY))
        posted(try_notice(session, conduct, 3, now=now(), until=now() + 60 * DAY))
    page = visitor.get("/credit/", status=200)
    for words in (
        "3 Points you can use", "2 Points held for a benefit", "0 Self-discipline record",
        "Deductions of 3 are announced and count nothing yet.", "2 held", "3 held",
        "Announced, not in effect",
    ):  # fmt: skip
        assert words in page.text, words


def test_L12_an_expired_deduction_is_shown_to_nobody(
    visitor: Browser, database: Database, resident: Person
) -> None:
    with database.write() as session:
        conduct = account(session, Unit.CONDUCT, holder=resident.id, now=now())
        notice = posted(try_notice(session, conduct, 3, now=now(), until=now() + 60 * DAY))
    path = entry_page(visitor, "Deduction announced").path
    with database.write() as session:
        session.delete(session.get_one(EntryDetail, (DISTRICT, notice.entry.id)))
    assert "Deduction announced" not in visitor.get("/credit/", status=200).text
    visitor.get(path, status=404)


def test_many_entries_come_a_page_at_a_time_in_a_fixed_number_of_queries(
    visitor: Browser, database: Database, resident: Person
) -> None:
    earn(database, resident)
    seal(database, now())

    def sent(path: str) -> int:
        with counted(database) as statements:
            visitor.get(path, status=200)
        return len(statements)

    visitor.get("/credit/")
    few, few_whole = sent("/credit/"), sent("/credit/print")
    with database.write() as session:
        held = account_of(session, DISTRICT, Party.PERSON, resident.id, Unit.POINTS)
        assert held
        for at in range(3 * PAGE):
            given(session, held, 1, now=now() + at * timedelta(seconds=1), until=now() + 90 * DAY)
        posted(try_hold(session, held, 5, now=now() + DAY, until=now() + 30 * DAY))
    many, many_whole = sent("/credit/"), sent("/credit/print")
    # whoever is signed in costs one of them
    assert few == many <= 4
    assert few_whole == many_whole <= 4
    seen, page, pages = list[str](), visitor.get("/credit/"), 0
    while True:
        pages += 1
        seen += [str(a["href"]) for a in page.soup.select(".ledger-title a")]
        older = page.soup.select("a[rel=next]")
        if not older:
            break
        page = visitor.get(str(older[0]["href"]), status=200)
    # the shifts, what is held, the first award and the consent
    assert len(seen) == len(set(seen)) == 3 * PAGE + 3
    assert pages == 4
    visitor.get("/credit/?before=nonsense", status=404)


def test_L14_everything_can_be_taken_away_and_checked(
    visitor: Browser, database: Database, resident: Person
) -> None:
    earn(database, resident)
    seal(database, now())
    found = json.loads(visitor.get("/credit/ledger.json", status=200).response.data)
    assert [one["kind"] for one in found["entries"]] == ["consent", "award"]
    assert found["accounts"][0]["balance"] == found["entries"][-1]["balance_after"] == 6
    for one in found["entries"]:
        leaf = one["leaf"].encode()
        assert sha256(b"\0" + leaf).hexdigest() == one["leaf_hash"]
        salt = bytes.fromhex(one["details_salt"])
        assert read_leaf(leaf).commitment == commitment(salt, one["details"])
    printed = visitor.get("/credit/print", status=200)
    assert "志愿服务, 3 times" in printed.text


def test_L14_the_ledger_can_be_erased_alone_and_its_proof_still_holds(
    visitor: Browser, browser: Browser, database: Database, resident: Person
) -> None:
    earn(database, resident)
    seal(database, now())
    path = entry_page(visitor).path
    proof = visitor.get(f"{path}/proof").response.data
    page = visitor.get("/credit/erase", status=200)
    assert "Proofs that you keep still hold." in page.text
    page = page.form(button="Erase my points").send(status=422)
    assert page.errors == ["Tick the box to say that you are sure."]
    page = page.form(button="Erase my points").fill(sure=True).send(status=200)
    assert "Your points and records are erased." in page.notices[0]
    assert "There is no entry yet." in page.text
    visitor.get(path, status=404)
    seal(database, now())
    key = read_verifier_key(browser.get("/credit/log/vkey").text.strip())
    assert verify_receipt(proof, [key]).index == 2
    with database.read() as session:
        rows = session.scalars(select(EntryDetail.account_id)).all()
        assert set(rows) == {None}
        assert session.get_one(Person, resident.id).erased_at is None
    assert "Points and records erased" in visitor.get("/me/looks", status=200).text


def test_L15_she_sees_who_of_the_staff_looked(
    visitor: Browser, database: Database, resident: Person
) -> None:
    assert "Nobody has looked." in visitor.get("/credit/looks", status=200).text
    with database.write() as session:
        clerk = person(session, "李同志")
        session.flush()
        note_look(
            session, actor_id=clerk.id, subject_person_id=resident.id, why="异议复核", now=now()
        )
    page = visitor.get("/credit/looks", status=200)
    for words in ("Points and records seen", "李同志", "异议复核"):
        assert words in page.text


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant", "en"])
def test_pages_stand_in_every_language(
    visitor: Browser, database: Database, resident: Person, language: str
) -> None:
    earn(database, resident)
    seal(database, now())
    path = entry_page(visitor).path
    visitor.in_language(language)
    for url in (
        "/credit/", "/credit/consent", "/credit/looks", "/credit/print", "/credit/erase",
        "/credit/check", path, f"{path}/receipt",
    ):  # fmt: skip
        visitor.get(url, status=200)


def test_the_programs_that_check_are_handed_out(browser: Browser) -> None:
    page = browser.get("/credit/check", status=200)
    for name in ("check.py", "check.sh", "check-details.py"):
        assert f"/credit/check/{name}" in page.links()
        assert browser.get(f"/credit/check/{name}", status=200).html
    browser.get("/credit/check/other.py", status=404)
