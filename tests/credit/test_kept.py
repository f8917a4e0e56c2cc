"""Nobody changes what is in the ledger: the database refuses, and a role may not even ask."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from credit.models import KEPT_TABLES, RetaliationMonth, Sealed
from credit.queries.accounts import wrong_balances
from credit.service import Posted, Rejected, give_consent, publish_rule, spend_held
from credit.service.posting import Details
from credit.service.sealing import seal
from portal.accounts.service import erase_person
from portal.kernel.db import Database, open_database
from portal.kernel.ids import new_id
from portal.site import schema
from tests.credit.rulebook import shift_rule
from tests.house import words
from tests.house.test_migrations import empty_url, opened
from tests.house.test_upgrades import put
from tests.house.tree import ROOT
from tests.make.credit import DISTRICT, NOW, account, adult, posted, standing, try_hold

__all__ = ["empty_url"]
ROLE = (ROOT / "docs/ledger-role.sql").read_text("utf-8")


@pytest.fixture
def full(database: Database) -> Database:
    """A row in every table that is only added to."""
    with database.write() as session:
        mine = account(session, points=5)
        assert isinstance(try_hold(session, mine, 9), Rejected)
        publish_rule(session, DISTRICT, shift_rule(NOW), actor_id=None, now=NOW)
        session.add(RetaliationMonth(month="2026-10", computed_at=NOW, smallest_cell=10))
    seal(database, NOW)
    return database


@pytest.mark.parametrize("table", KEPT_TABLES)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_the_database_refuses_to_change_or_drop_a_row(
    full: Database, table: str, verb: str
) -> None:
    others = {
        "credit_sealed": "log",
        "credit_checkpoint": "log",
        "credit_retaliation_month": "month",
    }
    column = others.get(table, "district")
    statement = {
        "UPDATE": f"UPDATE {table} SET {column} = {column}",
        "DELETE": f"DELETE FROM {table}",
    }[verb]
    with pytest.raises(DatabaseError, match="only added to"), full.writer.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_refuses_to_truncate_too(full: Database) -> None:
    for table in KEPT_TABLES:
        with (
            pytest.raises(DatabaseError, match="only added to"),
            full.writer.begin() as connection,
        ):
            connection.execute(text(f"TRUNCATE {table} CASCADE"))


def test_a_number_in_a_log_that_does_not_exist_is_refused(full: Database) -> None:
    with pytest.raises(DatabaseError, match="no such log"), full.write() as session:
        session.execute(
            insert(Sealed).values(
                log=9, seq=0, district=DISTRICT, entry_id=new_id(), leaf_hash=bytes(32)
            )
        )


def test_the_table_made_anew_by_an_upgrade_keeps_its_rows_and_its_guards(empty_url: str) -> None:
    words.import_everything()
    with opened(empty_url) as database:
        schema.upgrade(database, "0045")
        with database.writer.begin() as connection:
            put(connection, "credit_log", number=1, origin="x/credit/log", size=1,
                frontier=bytes(32), started_at=NOW.replace(tzinfo=None))  # fmt: skip
            put(connection, "credit_sealed", log=1, seq=0, district=DISTRICT,
                entry_id=new_id().hex, leaf_hash=bytes(32))  # fmt: skip
            before = connection.execute(text("SELECT * FROM credit_sealed")).all()
        schema.upgrade(database, "0046")
        with database.reader.connect() as connection:
            assert connection.execute(text("SELECT * FROM credit_sealed")).all() == before
        for statement in ("UPDATE credit_sealed SET log = log", "DELETE FROM credit_sealed"):
            with (
                pytest.raises(DatabaseError, match="only added to"),
                database.writer.begin() as connection,
            ):
                connection.execute(text(statement))


@pytest.mark.parametrize(
    "values", ["balance = -1", "held = 6", "held = -1", "balance = 4, held = 5"]
)
def test_the_database_itself_keeps_the_floor(full: Database, values: str) -> None:
    with pytest.raises(IntegrityError), full.writer.begin() as connection:
        connection.execute(text(f"UPDATE credit_account SET {values} WHERE unit = 'points'"))


@pytest.mark.parametrize("values", ["balance = 1", "balance = -101", "balance = -50, held = 51"])
def test_the_database_itself_keeps_conduct_between_its_bounds(
    database: Database, values: str
) -> None:
    with database.writer.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO credit_account (district, id, unit, party, balance, held, opened_at)"
                " VALUES ('1', :id, 'conduct', 'shop', 0, 0, :now)"
            ),
            {"id": new_id().hex, "now": NOW.replace(tzinfo=None)},
        )
    with pytest.raises(IntegrityError), database.writer.begin() as connection:
        connection.execute(text(f"UPDATE credit_account SET {values}"))


@pytest.fixture
def as_role(full: Database) -> Iterator[Database]:
    """The portal under the documented role; on SQLite a file has no roles."""
    if full.is_sqlite:
        yield full
        return
    with full.writer.begin() as connection:
        connection.exec_driver_sql(ROLE)
    limited = open_database(full.url.render_as_string(hide_password=False), full.info)
    for engine in (limited.writer, limited.reader):

        @event.listens_for(engine, "connect")
        def become(connection: Any, _record: Any) -> None:
            with connection.cursor() as cursor:
                cursor.execute("SET ROLE gongzhi_app")
            connection.commit()

    yield limited
    limited.dispose()
    with full.writer.begin() as connection:
        connection.exec_driver_sql("DROP OWNED BY gongzhi_app; DROP ROLE gongzhi_app")


def test_the_documented_role_can_do_the_whole_work(as_role: Database) -> None:
    with as_role.write() as session:
        who = adult(session)
        give_consent(session, DISTRICT, who.id, now=NOW)
        mine = account(session, holder=who.id, points=7, until=NOW + timedelta(days=1))
        hold = posted(try_hold(session, mine, 4)).entry
        spent = spend_held(
            session,
            district=DISTRICT,
            entry_id=new_id(),
            of=hold.id,
            details=Details("desk:1"),
            now=NOW,
        )
        assert isinstance(spent, Posted)
    assert seal(as_role, NOW) == 4
    with as_role.write() as session:
        assert isinstance(try_hold(session, mine, 1, now=NOW + timedelta(days=2)), Rejected)
        assert standing(session, mine).balance == 0
        erase_person(session, None, who.id, now=NOW)
        assert wrong_balances(session) == []


WAYS_IN = (
    *(f"{verb} {table}" for table in KEPT_TABLES for verb in ("DELETE FROM", "TRUNCATE")),
    *(f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in KEPT_TABLES),
    *(f"DROP TRIGGER {table}_no_change ON {table}" for table in KEPT_TABLES),
    "UPDATE credit_entry SET amount = 9",
    "UPDATE credit_sealed SET leaf_hash = ''",
    "SET session_replication_role = replica",
    "DROP FUNCTION credit_is_kept CASCADE",
    "DROP TABLE credit_entry",
)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_documented_role_finds_no_way_around(as_role: Database) -> None:
    for statement in WAYS_IN:
        with (
            pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
            as_role.writer.begin() as connection,
        ):
            connection.execute(text(statement))


def test_the_role_is_kept_from_every_table_that_is_only_added_to() -> None:
    revoked = ROLE.split("REVOKE UPDATE, DELETE, TRUNCATE ON", 1)[1].split("FROM", 1)[0]
    assert {name.strip() for name in revoked.split(",")} == set(KEPT_TABLES)
