"""The register as a file, and photos of the care log, as everybody and as staff get them."""

import csv
import hashlib
import io
import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.service import erase_person
from portal.kernel import clock
from portal.kernel.db import Database
from portal.kernel.sheets import open_sheet
from tests.make.adoption import PUBLIC_NAME, Park, active, park, plot, row_of, signature
from tests.make.photos import jpeg
from tests.pages import Browser, Page
from tests.reports.test_queries_per_page import counted
from tests.volunteers.test_adoption_pages import browser_of
from volunteers.models.adoption import AdoptionAgreement, AdoptionCare, AdoptionPhoto
from volunteers.queries.adoption.adoptions import members_of
from volunteers.queries.adoption.agreements import agreements_of, agreements_signed_by
from volunteers.rules.adoption.life import Role
from volunteers.service.adoption.members import answer_joining, ask_to_join, change_lead
from volunteers.service.adoption.signing import ForTheCity, ask_renewal, renew

WIDTH = {"public": 12, "desk": 17}


@pytest.fixture
def made(app: Flask, database: Database) -> Park:
    return park(database)


def table(browser: Browser, address: str, folder: Path) -> list[list[str]]:
    """A file as an office program would open it."""
    content = browser.get(address, status=200).response.data
    if address.endswith(".xlsx"):
        path = folder / "table.xlsx"
        path.write_bytes(content)
        sheet = open_sheet(path)
        return [list(sheet.header), *(list(row.cells.values()) for row in sheet.rows)]
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_public_register_says_what_the_list_says_and_names_nobody(
    app: Flask, database: Database, made: Park, tmp_path: Path, suffix: str
) -> None:
    with database.write() as session:
        held = plot(session, made, register_number="A-1", name="=1+1")
        number = active(session, made, held, now=clock.now(), public=PUBLIC_NAME)
        plot(session, made, register_number="A-2", kind="tree", name="银杏", square_metres=None)
        plot(
            session, made, register_number="A-3", listed_from=clock.now().date().replace(year=2099)
        )
    rows = table(Browser(app).in_language("en"), f"/adoption/register.{suffix}", tmp_path)
    assert [len(row) for row in rows] == [WIDTH["public"]] * 3
    # never run as a formula, and what is not listed yet is not told
    assert [(row[0], row[2]) for row in rows[1:]] == [("A-1", "'=1+1"), ("A-2", "银杏")]
    words = "\n".join(cell for row in rows for cell in row)
    for name in (PUBLIC_NAME, "孙梅", number):
        assert name not in words
    filtered = Browser(app).in_language("en").get(f"/adoption/register.{suffix}?kind=tree")
    assert filtered.status == 200
    one = table(Browser(app), "/adoption/register.csv?kind=tree", tmp_path)
    assert [row[0] for row in one[1:]] == ["A-2"]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_desk_gets_its_own_places_with_adoptions_and_their_days(
    app: Flask, database: Database, made: Park, tmp_path: Path, suffix: str
) -> None:
    with database.write() as session:
        held = plot(session, made, register_number="A-1", name="＝HYPERLINK(1)")
        number = active(session, made, held, now=clock.now())
        plot(session, made, register_number="A-2", adoptable=False)
    address = f"/desk/adoption/register.{suffix}"
    rows = table(browser_of(app, database, made.desk), address, tmp_path)
    assert [len(row) for row in rows] == [WIDTH["desk"]] * 3
    assert rows[1][2].startswith("'")
    assert rows[1][13] == number
    assert rows[1][15][:4] == str(clock.now().year)
    assert rows[2][13:] == ["", "", "", ""]
    # another street's desk has none of it, a resident no such file
    assert len(table(browser_of(app, database, made.other_desk), address, tmp_path)) == 1
    assert browser_of(app, database, made.lead).get(address).status in {403, 404}


def test_a_file_takes_as_few_queries_however_long(
    app: Flask, database: Database, made: Park
) -> None:
    visitor, sizes = Browser(app), []
    for many in (2, 20):
        with database.write() as session:
            for nth in range(many):
                plot(session, made, register_number=f"Q{many}-{nth}")
        visitor.get("/adoption/register.csv", status=200)
        with counted(database) as sent:
            visitor.get("/adoption/register.csv", status=200)
        sizes.append(len(sent))
    assert sizes[0] == sizes[1]


def test_a_photo_of_the_log_is_the_adopters_and_the_desks_until_it_is_confirmed(
    app: Flask, database: Database, made: Park
) -> None:
    with database.write() as session:
        where = plot(session, made)
        number = active(session, made, where, now=clock.now())
    adopter, desk = (browser_of(app, database, who) for who in (made.lead, made.desk))
    form = adopter.get(f"/me/adoptions/{number}/care", status=200).form().fill(deed="watering")
    form.attach("photos", jpeg(), "green.jpg", "image/jpeg").send(status=200)
    with database.read() as session:
        code = session.scalars(select(AdoptionPhoto.code)).one()
        line = session.scalars(select(AdoptionCare.number)).one()
    address = f"/adoption/photos/{code}"
    others = (
        Browser(app),
        *(browser_of(app, database, x) for x in (made.neighbour, made.other_desk)),
    )
    for size in ("", "/small"):
        for browser in (adopter, desk):
            shown = browser.get(address + size, status=200).response
            assert (shown.mimetype, shown.headers["Cache-Control"]) == (
                "image/jpeg", "private, no-store",
            )  # fmt: skip
        for browser in others:
            assert browser.get(address + size).status == 404
    assert address not in Browser(app).get(f"/adoption/{where.number}", status=200).html
    page = desk.get(f"/desk/adoption/{number}", status=200)
    assert code in page.html
    assert line in page.html
    page.form(button="Confirm").send(status=200)
    assert address in Browser(app).get(f"/adoption/{where.number}", status=200).html
    for browser in others:
        assert browser.get(address, status=200).response.mimetype == "image/jpeg"


def _joined(database: Database, made: Park) -> str:
    """An agreement in force with somebody beside its lead; its number."""
    with database.write() as session:
        where = plot(session, made)
        number = active(session, made, where, now=clock.now())
        ask_to_join(session, made.friend, where.number, now=clock.now())
        session.flush()
        asked = members_of(session, [row_of(session, number).id])
        friend = next(one for ones in asked.values() for one in ones if one.role is Role.ASKED)
        answer_joining(session, made.lead, number, friend.number, yes=True)
    return number


def _handed_over(database: Database, made: Park, number: str) -> None:
    with database.write() as session:
        [found] = members_of(session, [row_of(session, number).id]).values()
        lead = next(one for one in found if one.role is Role.LEAD)
        successor = next(one for one in found if one.person_id == made.friend.person_id)
        change_lead(session, row_of(session, number), lead, successor)


def _lines(page: Page) -> list[str]:
    """What a page of agreements gives to copy: letters, and lines where the reader has them."""
    return [line.get_text() for line in page.soup.select("p.words[translate=no]")]


def test_an_agreement_proves_its_hash_to_who_signed_it_and_to_the_city_also_after_her_lead(
    app: Flask, database: Database, made: Park
) -> None:
    number = _joined(database, made)
    with database.read() as session:
        stored = session.scalars(select(AdoptionAgreement)).one()
        digest, sealed = stored.digest, str(stored.sealed_text)
    mine, desk = f"/me/adoptions/{number}/agreement", f"/desk/adoption/{number}/agreements"
    lead, friend, city = (
        browser_of(app, database, who) for who in (made.lead, made.friend, made.desk)
    )
    shown, text = _lines(lead.get(mine, status=200))
    # what she copies from the page makes the letters that the ledger holds
    assert shown == digest == hashlib.sha256(text.encode()).hexdigest()
    said = json.loads(text)
    assert (said["adoption"], said["adopter"]) == (number, "孙梅签")
    assert len(said["salt"]) == 32
    assert said["salt"] not in sealed
    # it bears her name: who adopts with her does not read it
    assert _lines(friend.get(mine, status=200)) == [digest]
    assert _lines(city.get(desk, status=200)) == [digest, text]
    _handed_over(database, made, number)
    # both who signed it still prove it; the new lead did not sign it
    assert _lines(lead.get(mine, status=200)) == [digest, text]
    assert _lines(city.get(desk, status=200)) == [digest, text]
    assert _lines(friend.get(mine, status=200)) == [digest]
    assert browser_of(app, database, made.other_desk).get(desk).status == 404


def test_a_renewal_stands_beside_the_agreement_before_it(database: Database, made: Park) -> None:
    number = _joined(database, made)
    _handed_over(database, made, number)
    with database.write() as session:
        ends = row_of(session, number).ends_on
        assert ends is not None
        late = datetime.combine(ends, time(4), UTC) - timedelta(days=3)
        ask_renewal(session, made.friend, number, signature(session), now=late)
        renew(session, made.desk, number, ForTheCity("徐值班签"), now=late)
        session.flush()
        new, old = agreements_of(session, row_of(session, number).id)
        for one, by in ((new, made.friend), (old, made.lead)):
            assert one.text is not None
            assert hashlib.sha256(one.text.encode()).hexdigest() == one.digest
            assert one.signer_id == by.person_id
            assert by.person_id is not None
            assert agreements_signed_by(session, by.person_id) == [one]
        # whoever is erased takes her own along, and the city keeps the other
        erase_person(session, None, made.lead.person_id, now=late)
        session.flush()
        new, old = agreements_of(session, row_of(session, number).id)
        assert (old.signer_id, old.text) == (None, None)
        assert new.text is not None
