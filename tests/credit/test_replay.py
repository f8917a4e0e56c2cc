"""The same wishes with the same chance write the same bytes into every table, twice."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from credit.rules.kinds import Party
from credit.rules.leaf import Unit
from credit.service import Posted, correct, give_back_held, open_account, posting, spend_held
from credit.service import accounts as account_service
from credit.service.due import settle_due
from credit.service.logfiles import LogFiles
from credit.service.posting import Details
from credit.service.sealing import seal
from portal.kernel.db import Base, Database, open_database
from portal.kernel.ids import id_at
from tests.engines import empty
from tests.make.credit import DISTRICT, NOW, try_give, try_hold

DAY = timedelta(days=1)
# sealed with chance of their own, so that nobody sees that two are the same
OPEN_TO_CHANCE = {"sealed_details"}


@contextmanager
def same_chance(patch: pytest.MonkeyPatch) -> Iterator[Random]:
    """Salts and account ids of a seeded chance, as if the machine were the same again."""
    chance = Random(7)
    with patch.context() as here:
        here.setattr(posting.secrets, "token_bytes", chance.randbytes)
        here.setattr(account_service, "new_id", lambda: UUID(int=chance.getrandbits(128)))
        yield chance


def walk(database: Database, chance: Random) -> None:
    """A month of two shops: whatever comes, sealed now and then."""
    with database.write() as session:
        accounts = [
            open_account(session, DISTRICT, Party.SHOP, UUID(int=n), Unit.POINTS, now=NOW)
            for n in (1, 2)
        ]
    holds: list[UUID] = []
    for step in range(60):
        at = NOW + step * DAY / 2
        entry_id, mine, amount = id_at(at, step), chance.choice(accounts), chance.randint(1, 6)
        wish: dict[str, Any] = {
            "district": DISTRICT,
            "entry_id": entry_id,
            "details": Details("desk:1"),
            "now": at,
        }
        with database.write() as session:
            if step % 3 == 0:
                until = at + chance.randint(1, 9) * DAY
                try_give(session, mine, amount, entry_id=entry_id, now=at, until=until)
            elif step % 3 == 1:
                outcome = try_hold(
                    session, mine, amount, entry_id=entry_id, now=at, until=at + 3 * DAY
                )
                holds += [outcome.entry.id] if isinstance(outcome, Posted) else []
            elif holds:
                act = chance.choice([spend_held, give_back_held])
                done = act(session, **wish, of=holds.pop(chance.randrange(len(holds))))
                if isinstance(done, Posted) and act is spend_held:
                    back = {
                        **wish,
                        "entry_id": id_at(at, 1000 + step),
                        "of": done.entry.id,
                        "amount": 1,
                    }
                    correct(session, **back)
        if step % 10 == 9:
            settle_due(database, at)
            seal(database, at)


def dump(database: Database) -> dict[str, list[str]]:
    with database.read() as session:
        return {
            table.name: sorted(
                repr(tuple(row))
                for row in session.execute(
                    select(*[c for c in table.columns if c.name not in OPEN_TO_CHANCE])
                )
            )
            for table in Base.metadata.sorted_tables
            if table.name.startswith("credit_")
        }


def test_a_replay_gives_byte_identical_dumps(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    with same_chance(monkeypatch) as chance:
        walk(database, chance)
    first = dump(database)
    assert len(first["credit_entry"]) > 50
    assert first["credit_refusal"]
    assert first["credit_checkpoint"]
    files = LogFiles(database.info["instance"].config.instance / "ledger")
    tiles = _public(files)
    # the key stays: it is the installation's. What was noted belongs to the first database
    (files.folder / "state").unlink()
    shutil.rmtree(files.public)
    again = database
    if database.is_sqlite:
        path = tmp_path / "again.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        again = open_database(f"sqlite:///{path}", database.info)
    else:
        empty(database)
    with same_chance(monkeypatch) as chance:
        walk(again, chance)
    assert dump(again) == first
    assert _public(files) == tiles
    if again is not database:
        again.dispose()


def _public(files: LogFiles) -> dict[str, bytes]:
    return {
        str(path.relative_to(files.public)): path.read_bytes()
        for path in files.public.rglob("*")
        if path.is_file()
    }
