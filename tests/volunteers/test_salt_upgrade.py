"""An upgrade seals the salt of an agreement, which stood in clear beside its digest."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import text

from portal.kernel.db import Database, open_database
from portal.kernel.vault import Vault
from portal.site import schema
from tests.house import words
from tests.house.test_migrations import empty_url
from tests.house.test_upgrades import plant_people, put

__all__ = ["empty_url"]
NOW = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
VAULT = Vault("the key of a test, long enough for it")
SALT = "00112233445566778899aabbccddeeff"
BEFORE = "0052"


def opened(url: str, vault: Vault | None) -> Database:
    words.import_everything()
    return open_database(url, {"instance": SimpleNamespace(vault=vault)} if vault else {})


@pytest.fixture
def old(empty_url: str) -> Iterator[Database]:
    """A database of the version before, opened by an installation with a SECRET_KEY."""
    database = opened(empty_url, VAULT)
    schema.upgrade(database, BEFORE)
    yield database
    database.dispose()


def plant(database: Database, salts: list[str | None]) -> list[str]:
    """Adoptions as the version before wrote them; their numbers."""
    planted = plant_people(database)
    area = planted["area"]
    moment = NOW.replace(tzinfo=None) if database.is_sqlite else NOW
    numbers = []
    with database.writer.begin() as connection:
        for at, salt in enumerate(salts):
            plot, row = uuid4(), uuid4()
            key = (lambda value: value.hex) if database.is_sqlite else str
            put(
                connection, "adoption_plot", id=key(plot), number=f"P{at}", kind="tree",
                register_number=f"R{at}", title="t", area_id=area, place_path="/370283/",
                lon=119.9, lat=36.7, state="there", owner="城管局", adoptable=True, heritage=False,
                new_green=False, listed_from=date(2026, 1, 1), version=1, updated_at=moment,
            )  # fmt: skip
            put(
                connection, "adoption", id=key(row), number=f"A{at}", plot_id=key(plot),
                place_path="/370283/", form="care", party="person", people=1, cost_percent=0,
                state="active", applicant_id=planted["person"], applied_at=moment,
                starts_on=date(2026, 11, 29), salt=salt, digest="0" * 64,
            )  # fmt: skip
            numbers.append(f"A{at}")
    return numbers


def test_an_upgrade_seals_each_salt_and_leaves_none_in_clear(old: Database) -> None:
    plant(old, [SALT, None])
    schema.upgrade(old)
    assert schema.differences(old) == []
    with old.reader.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT number, sealed_text, signer_id, at, digest FROM adoption_agreement"
                " JOIN adoption ON adoption.id = adoption_id"
            )
        ).all()
    # with whose it is, when, and what was sealed in the ledger
    signers = {row.number: row.signer_id for row in rows}
    with old.reader.connect() as connection:
        [person] = connection.scalars(text("SELECT id FROM person"))
    assert signers == {"A0": person, "A1": None}
    moment = NOW.replace(tzinfo=None).isoformat(" ")
    assert {str(row.at)[:19] for row in rows} == {moment}
    assert {row.digest for row in rows} == {"0" * 64}
    # what was sealed of an agreement moved into its own row
    found = {row.number: row.sealed_text for row in rows}
    assert found["A1"] is None
    assert SALT not in str(found["A0"])
    assert VAULT.unseal(found["A0"]) == SALT


def test_without_the_key_it_stops_with_the_old_state(empty_url: str) -> None:
    database = opened(empty_url, None)
    try:
        schema.upgrade(database, BEFORE)
        plant(database, [SALT])
        with pytest.raises(RuntimeError, match="SECRET_KEY"):
            schema.upgrade(database)
        assert schema.revision(database) == BEFORE
        with database.reader.connect() as connection:
            assert connection.scalar(text("SELECT salt FROM adoption")) == SALT
    finally:
        database.dispose()
