"""Law P2 and L14 for the ledger: handed out in full, forgotten whole; every proof still holds."""

import json
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from credit.models import AccountHolder, Consent, Entry, EntryDetail
from credit.queries.accounts import accounts_of, wrong_balances
from credit.queries.entries import entry
from credit.queries.log import sealed_entry
from credit.rules.kinds import Kind, Party
from credit.rules.leaf import Unit, unpack
from credit.rules.merkle import verify_inclusion
from credit.rules.tiles import TiledTree
from credit.service import Details, give_consent
from credit.service.logfiles import LogFiles
from credit.service.sealing import seal
from credit.service.writing import leaf_hash
from portal.accounts.labels import records_in_words
from portal.accounts.models import Person
from portal.accounts.service import erase_person, export_person, personal_fields
from portal.kernel.config import Config
from portal.kernel.db import Base, Database
from portal.kernel.i18n import in_language
from portal.site.app import create_app
from tests.make.credit import (
    DISTRICT,
    NOW,
    account,
    adult,
    given,
    posted,
    standing,
    try_hold,
    try_notice,
)

SECRET = "shift:very-own-91"


def full_life(session: Session) -> Person:
    """Points earned, points held, a deduction announced, and a neighbour who has some too."""
    who = adult(session)
    give_consent(session, DISTRICT, who.id, now=NOW)
    mine = account(session, holder=who.id)
    given(session, mine, 9, source=SECRET)
    posted(try_hold(session, mine, 4, details=Details("benefit:own-91", {"for": "own-91"})))
    conduct = account(session, Unit.CONDUCT, holder=who.id)
    posted(try_notice(session, conduct, 3, details=Details("proposal:own-91")))
    account(session, points=2)
    return who


def test_everything_is_handed_out_and_can_be_read(database: Database) -> None:
    app = create_app(database.info["instance"], database)
    with database.write() as session:
        who = full_life(session)
        records = export_person(session, who.id, now=NOW)["records"]
    accounts = {row["unit"]: (row["balance"], row["held"]) for row in records["credit_account"]}
    assert accounts == {"points": (9, 4), "conduct": (0, 3)}
    kinds = [row["kind"] for row in records["credit_detail"]]
    assert sorted(kinds) == ["award", "deduction_notice", "redeem_hold"]
    assert SECRET in json.dumps(records)
    assert len(records["credit_consent"]) == 1
    with app.test_request_context(), in_language("en"):
        words = repr(records_in_words(records, personal_fields()))
    for said in ("Volunteer shift very-own-91", "Points earned", "Deduction announced"):
        assert said in words


def salt_of(database: Database, sealed: str) -> bytes:
    """The salt of some details, by whoever has SECRET_KEY."""
    return unpack(database.info["instance"].vault.unseal(sealed))[0]


def test_L14_whoever_has_the_tables_cannot_try_out_what_was_committed_to(
    database: Database,
) -> None:
    """Details are easily guessed ("a shift"), so the commitment is worth what its salt is worth."""
    with database.write() as session:
        full_life(session)
        dump = everything(session)
        sealed = session.scalars(select(EntryDetail.sealed_details)).all()
    salts = [salt_of(database, each) for each in sealed]
    assert len(set(salts)) == len(sealed) > 2
    for salt in salts:
        assert repr(salt) not in dump
        assert salt.hex() not in dump


def everything(session: Session) -> str:
    """Every cell of every table of the ledger."""
    found: list[Any] = []
    for table in Base.metadata.sorted_tables:
        if table.name.startswith("credit_"):
            found += [tuple(row) for row in session.execute(select(table))]
    return repr(found)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_L14_erased_details_are_in_no_free_page_and_no_other_file(
    database: Database, config: Config
) -> None:
    """On SQLite; PostgreSQL clears its own pages when it next vacuums them."""
    with database.write() as session:
        who = full_life(session)
        mine = [found.account_id for found in accounts_of(session, Party.PERSON, who.id)]
    seal(database, NOW)
    with database.write() as session:
        rows = session.execute(
            select(EntryDetail.sealed_details).where(EntryDetail.account_id.in_(mine))
        ).all()
        salts = [salt_of(database, row.sealed_details) for row in rows]
        erase_person(session, None, who.id, now=NOW)
    with database.writer.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = b"".join(
        path.read_bytes() for path in sorted(config.instance.rglob("*")) if path.is_file()
    )
    assert b"SQLite format 3" in kept
    assert len(rows) > 2
    for row in rows:
        assert row.sealed_details.encode() not in kept
    for salt in salts:
        assert salt not in kept
        assert salt.hex().encode() not in kept
    assert b"own-91" not in kept


def test_L14_after_an_erasure_nothing_leads_to_her_and_every_proof_still_holds(
    database: Database,
) -> None:
    with database.write() as session:
        who = full_life(session)
        mine = [found.account_id for found in accounts_of(session, Party.PERSON, who.id)]
        entries = session.scalars(select(Entry.id)).all()
    seal(database, NOW)
    with database.write() as session:
        sealed = session.scalars(
            select(EntryDetail.sealed_details).where(EntryDetail.account_id.in_(mine))
        ).all()
        erase_person(session, None, who.id, now=NOW)
    seal(database, NOW)
    tree = TiledTree(_size(database), _files(database).read_tile)
    with database.read() as session:
        for table in (AccountHolder, Consent):
            assert str(who.id) not in repr(session.execute(select(table.__table__)).all())
        dump = everything(session)
        assert str(who.id) not in dump
        assert sealed
        assert not any(each in dump for each in sealed)
        for entry_id in entries:
            found, row = (
                entry(session, DISTRICT, entry_id),
                sealed_entry(session, DISTRICT, entry_id),
            )
            assert found is not None
            assert row is not None
            assert leaf_hash(found) == row.leaf_hash
            verify_inclusion(
                row.leaf_hash, row.seq, tree.size, tree.inclusion(row.seq), tree.root()
            )
        # what was on hold is let go, and the books still balance
        assert [standing(session, one).held for one in mine] == [0, 0]
        assert wrong_balances(session) == []
        said = session.scalars(select(Entry.kind).where(Entry.kind == Kind.ERASURE)).all()
        assert len(said) == 2
        assert session.scalar(text("SELECT count(*) FROM credit_holder")) == 1


def _files(database: Database) -> LogFiles:
    return LogFiles(database.info["instance"].config.instance / "ledger")


def _size(database: Database) -> int:
    noted = _files(database).noted()
    assert noted is not None
    return noted.size
