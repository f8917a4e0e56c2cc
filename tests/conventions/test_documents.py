"""A PDF or Word file where a photo or words are asked: it is told so, and nothing typed is lost."""

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Person
from portal.conventions.models import ConventionFiling, DraftClause, PaperTally, Round, SignOn
from portal.conventions.rules.way import RoundState
from portal.kernel.db import Database
from tests.make.accounts import sign_in_as
from tests.make.photos import jpeg
from tests.make.published import PUBLISHED_AT, Adopted
from tests.make.signed import Signing
from tests.make.votes import AFTER, CALL, Voting
from tests.pages import Browser, Page

# as a scanner and as Word write them
SCAN = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/XObject/Subtype/Image>>\n%%EOF"
WORD = b"PK\x03\x04\x14\x00\x06\x00word/document.xml" + b"\x00" * 300
WHAT_TO_DO = "Please take a photo or a screenshot of the page"


def signed_in(app: Flask, who: Person) -> Browser:
    browser = Browser(app).in_language("en")
    sign_in_as(browser, who)
    return browser


def pages_on(monkeypatch: pytest.MonkeyPatch, pages: str, moment: datetime) -> None:
    """Pages are read, and photos kept, at a moment."""
    for module in (f"portal.conventions.views.{pages}", "portal.kernel.photo_fields"):
        monkeypatch.setattr(f"{module}.now", lambda: moment)


def count(database: Database, table: Any) -> int:
    with database.read() as session:
        return len(session.scalars(select(table)).all())


def kept_as_typed(page: Page, button: str, typed: dict[str, str], content: bytes) -> Page:
    """Send it with a document: told what to do, everything typed is there; then with a photo."""
    form = page.form(button=button).fill(**typed)
    page = form.attach("photos", content).send(status=422)
    assert any(WHAT_TO_DO in one for one in page.errors), page.errors
    values = page.form(button=button).values
    # a browser leaves out the first line break of a text area
    assert {name: values[name].lstrip("\r\n") for name in typed} == typed
    return page.form(button=button).attach("photos", jpeg()).send(status=200)


@pytest.mark.parametrize("content", [SCAN, WORD])
def test_the_receipt_of_a_filing(
    app: Flask, database: Database, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = Adopted(database)
    town.adopt()
    pages_on(monkeypatch, "publish_desk", PUBLISHED_AT)
    desk = signed_in(app, town.staff[0])
    page = desk.get(f"/desk/conventions/{town.round}/filing", status=200)
    day = str(town.day(PUBLISHED_AT))
    typed = {"filed_with": "城区街道办事处", "filing_number": "乳备〔2026〕18号", "filed_on": day}
    kept_as_typed(page, "Save", typed, content)
    with database.read() as session:
        assert session.scalars(select(ConventionFiling.document_key)).one()


@pytest.mark.parametrize("content", [SCAN, WORD])
def test_the_photo_of_a_count(
    app: Flask, database: Database, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = Voting(database, papers=1)
    town.call(CALL)
    pages_on(monkeypatch, "vote_desk", AFTER)
    page = signed_in(app, town.staff[0]).get(f"/desk/votes/{town.number}/papers", status=200)
    typed = {"box": "1号票箱", "yes": "7", "no": "2", "abstain": "0", "spoilt": "1"}
    kept_as_typed(page, "Save", typed, content)
    with database.read() as session:
        row = session.scalars(select(PaperTally)).one()
    assert (row.yes, row.no, bool(row.photo_key)) == (7, 2, True)


@pytest.mark.parametrize("content", [SCAN, WORD])
def test_the_photo_of_a_sheet_of_signatures(app: Flask, database: Database, content: bytes) -> None:
    town = Signing(database)
    desk = signed_in(app, town.committee_person)
    page = desk.get(f"/desk/conventions/{town.number}/signatures/paper", status=200)
    kept_as_typed(page, "Save", {"typed": "李明,3-102\n张伟,3-103"}, content)
    assert count(database, SignOn) == 2


@pytest.mark.parametrize("content", [SCAN, WORD])
def test_a_roll_that_is_a_document(app: Flask, database: Database, content: bytes) -> None:
    town = Voting(database)
    page = signed_in(app, town.staff[0]).get(f"/desk/conventions/{town.round}/votes/new")
    days = {"opens_day": "2027-01-10", "closes_day": "2027-01-12"}
    form = page.form(button="Announce the vote").fill(**days)
    page = form.attach("file", content, "roll.pdf").send(status=422)
    assert any("type or paste its lines" in one for one in page.errors), page.errors
    values = page.form(button="Announce the vote").values
    assert {name: values[name] for name in days} == days
    assert town.votes == 0


def test_a_text_out_of_word_becomes_clauses_and_an_empty_one_is_told(
    app: Flask, database: Database
) -> None:
    town = Voting(database)
    with database.write() as session:
        session.scalars(select(Round)).one().state = RoundState.DRAFT
    desk = signed_in(app, town.staff[0])
    before = count(database, DraftClause)
    page = desk.get(f"/desk/conventions/{town.round}/paste", status=200)
    # what is copied out of a scan without a layer of text
    page = page.form(button="Put it in").fill(text="\u3000\r\n\x0c\r\n ").send(status=422)
    assert any("scanned picture has none" in one for one in page.errors), page.errors
    word = "第一条\u3000楼道不堆杂物。\r\n第二条\t养犬牵绳\u200b。\x0b第三条 轻声。"
    page.form(button="Put it in").fill(text=word).send(status=200)
    assert count(database, DraftClause) == before + 3
