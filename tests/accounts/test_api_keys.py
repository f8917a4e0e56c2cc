"""Keys of programs: issued once, shown once, ended at once, and every step noted."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import ApiKey, Person
from portal.accounts.queries.api_keys import holder_of_key
from portal.accounts.rules import ApiScope, KeyRefusal, Refusal
from portal.accounts.service import erase_person, export_person
from portal.accounts.service.api_keys import (
    KeyWish,
    issue_key,
    keys_in_reach,
    note_use,
    revoke_key,
)
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.kernel.errors import Missing, Refused
from portal.kernel.ids import hash_token
from tests.make.accounts import actor, person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.keys import key
from tests.make.organisations import unit
from tests.pages import Browser

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
BOTH = frozenset(ApiScope)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Office:
    """An administrator of the city and one of a street, with a unit in each street."""

    def __init__(self, database: Database) -> None:
        with database.write() as session:
            tree = small_tree(session)
            unit(session, "U-EAST", area=tree["370283001"])
            unit(session, "U-WEST", area=tree["370283002"])
            self.city: Person = staff(session, "administrator", area=tree["370283"])
            self.street: Person = staff(session, "administrator", area=tree["370283001"])
            self.somebody = person(session, "李四")


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def test_of_a_key_only_its_hash_is_kept_and_every_step_is_noted(
    office: Office, database: Database
) -> None:
    with database.write() as session:
        city = actor(session, office.city)
        issued = issue_key(session, city, KeyWish("an app", "U-EAST", "", BOTH), now=NOW)
    with database.write() as session:
        holder = holder_of_key(session, issued.key)
        assert holder is not None
        assert holder.scopes == BOTH
        row = session.scalars(select(ApiKey)).one()
        assert row.token_hash == hash_token(issued.key)
        assert issued.key not in {str(value) for value in vars(row).values()}
        note_use(session, holder, NOW.date())
    with database.write() as session:
        assert [row.last_used_on for row in keys_in_reach(session, city)] == [NOW.date()]
        revoke_key(session, city, issued.number, now=NOW)
        revoke_key(session, city, issued.number, now=NOW)
        assert holder_of_key(session, issued.key) is None
    with database.read() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        noted = [(row.action, row.actor_id) for row in entries if row.action[:7] == "api_key"]
    assert noted == [("api_key:issue", office.city.id), ("api_key:revoke", office.city.id)]


@on_sqlite
def test_an_administrator_looks_after_the_keys_of_her_own_places(
    office: Office, database: Database
) -> None:
    with database.write() as session:
        street = actor(session, office.street)
        mine = issue_key(session, street, KeyWish("east", "U-EAST", "", BOTH), now=NOW)
        for wish, code in (
            (KeyWish("west", "U-WEST", "", BOTH), Refusal.NOT_YOUR_PLACE),
            (KeyWish("whose", "", office.somebody.number, BOTH), Refusal.NOT_YOUR_PLACE),
            (KeyWish("two", "U-EAST", office.somebody.number, BOTH), KeyRefusal.ONE_OWNER),
            (KeyWish("none", "", "", BOTH), KeyRefusal.ONE_OWNER),
            (KeyWish("none", "U-NONE", "", BOTH), Refusal.UNKNOWN_ORGANISATION),
            (KeyWish("none", "", "13800001299", BOTH), Refusal.UNKNOWN_PERSON),
            (KeyWish("nothing", "U-EAST", "", ()), KeyRefusal.NO_SCOPE),
        ):
            with pytest.raises(Refused) as refused:
                issue_key(session, street, wish, now=NOW)
            assert refused.value.code is code
    with database.write() as session:
        city = actor(session, office.city)
        other = issue_key(session, city, KeyWish("west", "U-WEST", "", BOTH), now=NOW)
        assert [row.number for row in keys_in_reach(session, street)] == [mine.number]
        assert len(keys_in_reach(session, city)) == 2
        with pytest.raises(Missing):
            revoke_key(session, street, other.number, now=NOW)


@on_sqlite
def test_p2_a_persons_keys_are_told_to_her_and_end_with_her_account(
    office: Office, database: Database
) -> None:
    with database.write() as session:
        issued = key(session, office.somebody)
    with database.read() as session:
        told = export_person(session, office.somebody.id, now=NOW)["records"]["api_key"]
    assert told[0]["number"] == issued.number
    assert issued.key not in str(told)
    with database.write() as session:
        erase_person(session, None, office.somebody.id, now=NOW)
        assert holder_of_key(session, issued.key) is None


@on_sqlite
def test_the_page_shows_a_key_once_and_ends_it(
    office: Office, app: Flask, database: Database
) -> None:
    browser = Browser(app)
    sign_in_as(browser.client, office.city)
    browser.in_language("en")
    page = browser.get("/admin/keys", status=200)
    assert "No key was issued yet." in page.text
    page = browser.get("/admin/keys/new", status=200)
    refused = page.form().fill(name="an app").send("Issue a key", status=422)
    assert "Say whose key it is" in refused.text
    shown = refused.form().fill(organisation="U-EAST").send("Issue a key", status=200)
    found = next(word for word in shown.text.split() if word.startswith("gz_"))
    with database.read() as session:
        assert holder_of_key(session, found) is not None
    listed = browser.get("/admin/keys", status=200)
    assert found not in listed.text
    assert "not used yet" in listed.text
    ended = listed.form(button="End this key").send("End this key", status=200)
    assert "stopped" in ended.text
    with database.read() as session:
        assert holder_of_key(session, found) is None
