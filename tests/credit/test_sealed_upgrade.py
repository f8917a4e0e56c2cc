"""An upgrade seals what stood in clear: where proposals went, and the salts of details."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from credit.rules.guard import MATTER, OUTCOME, Route, unbound_route
from credit.rules.leaf import commitment, commitment_of, unpack
from portal.kernel.db import Database, open_database
from portal.kernel.vault import Vault
from portal.site import schema
from tests.house import words
from tests.house.test_migrations import empty_url
from tests.house.test_upgrades import put

__all__ = ["empty_url"]
NOW = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
VAULT = Vault("the key of a test, long enough for it")
SALT = bytes(range(16))
DETAILS = {"source": "班次:1", "minutes": 120, "a": {"z": ["“", 1]}}


@pytest.fixture
def old(empty_url: str) -> Iterator[Database]:
    """A database of the version before, opened by an installation with a SECRET_KEY."""
    words.import_everything()
    database = open_database(empty_url, {"instance": SimpleNamespace(vault=VAULT)})
    schema.upgrade(database, "0039")
    yield database
    database.dispose()


class Planted:
    """Rows as the version before wrote them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def _key(self, value: UUID) -> str:
        return value.hex if self._database.is_sqlite else str(value)

    @property
    def _now(self) -> datetime:
        return NOW.replace(tzinfo=None) if self._database.is_sqlite else NOW

    def put(self, table: str, **values: Any) -> None:
        spelt = {
            name: self._key(value) if isinstance(value, UUID) else value
            for name, value in values.items()
        }
        with self._database.writer.begin() as connection:
            put(connection, table, **spelt)

    def matter(self, basis: UUID, state: str, route: str | None) -> UUID:
        row_id = uuid4()
        self.put(
            "credit_matter", id=row_id, number=row_id.hex[:10], district="370283", state=state,
            subject_person_id=uuid4(), basis_id=basis, rule_code="litter", rule_version=1,
            amount=3, repaired=0, proposer_id=uuid4(), route=route, happened_at=self._now,
            proposed_at=self._now, confirmer_id=uuid4() if state == "announced" else None,
        )  # fmt: skip
        return row_id

    def basis(self) -> UUID:
        row_id = uuid4()
        self.put(
            "credit_basis", id=row_id, number="B1", district="370283", kind="legal", title="t",
            reference="r", source="s", valid_from=NOW.date(), created_at=self._now,
        )  # fmt: skip
        return row_id

    def outcome(self, route: str) -> UUID:
        row_id = uuid4()
        self.put(
            "credit_guard_outcome", district="370283", id=row_id, proposal_hash=row_id.bytes * 2,
            route=route, proposer_id=uuid4(), at=self._now,
        )  # fmt: skip
        return row_id

    def detail(self) -> UUID:
        row_id = uuid4()
        self.put(
            "credit_entry", district="370283", id=row_id, kind="consent", digest=bytes(32),
            salt=bytes(16), commitment=commitment(SALT, DETAILS), at=self._now,
        )  # fmt: skip
        self.put(
            "credit_detail", district="370283", entry_id=row_id, salt=SALT,
            sealed_details=VAULT.seal(json.dumps(DETAILS)),
        )  # fmt: skip
        return row_id


def sealed(database: Database, table: str) -> dict[UUID, str | None]:
    with database.reader.connect() as connection:
        rows = connection.execute(text(f"SELECT id, sealed_route FROM {table}")).all()
    return {UUID(str(row[0])): row[1] for row in rows}


def test_N1_an_upgrade_seals_where_proposals_went(old: Database) -> None:
    planted = Planted(old)
    basis = planted.basis()
    waiting = {planted.matter(basis, "waiting", route.value): route for route in Route}
    others = {planted.matter(basis, "proposed", None), planted.matter(basis, "lapsed", "never")}
    answered = {planted.outcome(route.value): route for route in Route}
    planted.detail()
    schema.upgrade(old)
    assert schema.differences(old) == []
    found = sealed(old, MATTER)
    assert {found[each] for each in others} == {None}
    for table, routes in ((MATTER, waiting), (OUTCOME, answered)):
        kept = sealed(old, table)
        lengths = {len(str(kept[row_id])) for row_id in routes}
        assert len(lengths) == 1
        for row_id, route in routes.items():
            assert unbound_route(VAULT.unseal(str(kept[row_id])), table, row_id) is route


def test_L14_an_upgrade_seals_the_salts_with_the_details(old: Database) -> None:
    planted = Planted(old)
    there = [planted.detail() for _ in range(1_203)]  # more than one batch
    schema.upgrade(old)
    with old.reader.connect() as connection:
        rows = connection.execute(text("SELECT * FROM credit_detail")).mappings().all()
    assert len(rows) == len(there)
    for row in rows:
        assert "salt" not in row
        packed = VAULT.unseal(row["sealed_details"])
        assert unpack(packed) == (SALT, DETAILS)
        assert commitment_of(packed) == commitment(SALT, DETAILS)


def test_without_the_key_what_is_sealed_stays_as_it_was(old: Database) -> None:
    Planted(old).detail()
    other = open_database(old.url.render_as_string(hide_password=False))
    with pytest.raises(RuntimeError, match="SECRET_KEY"):
        schema.upgrade(other)
    other.info["instance"] = SimpleNamespace(vault=Vault("another key, long enough for a test"))
    with pytest.raises(ValueError, match="another SECRET_KEY"):
        schema.upgrade(other)
    assert schema.revision(other) == "0039"
    other.dispose()
    schema.upgrade(old)
    assert schema.revision(old) == schema.head()
