"""Upgrades keep what is there, and make the same database as the models do, triggers included."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, create_engine, text

from portal.kernel.db import Base, Database
from portal.site import schema
from tests.house import words
from tests.house.test_migrations import empty_url, opened

__all__ = ["empty_url"]
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' OR sql LIKE '%fts5%'",
    "postgresql": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
}


def put(connection: Connection, table: str, **values: object) -> None:
    """Insert by name, as an old version of the program would have done."""
    columns, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({places})"), values)


def plant_people(database: Database) -> dict[str, str]:
    """An area, a unit and a person, as they lay there before reports existed."""
    sqlite = database.is_sqlite
    area, unit, person = uuid4(), uuid4(), uuid4()
    key = (lambda value: value.hex) if sqlite else str
    moment = NOW.replace(tzinfo=None) if sqlite else NOW
    with database.writer.begin() as connection:
        put(
            connection, "area", id=key(area), code="370283", level="city", path="/370283/",
            name_zh_hans="平度市", valid_from=date(2023, 6, 30), made_up=False,
        )  # fmt: skip
        put(
            connection, "organisation", id=key(unit), code="PD-1", kind="department",
            name_zh_hans="环卫中心", area_id=key(area), valid_from=date(2023, 6, 30),
        )  # fmt: skip
        put(
            connection, "person", id=key(person), number="00000-00000", display_name="某人",
            language="zh_Hans", age_band="unknown", demo=False, created_at=moment,
        )  # fmt: skip
    return {"area": key(area), "organisation": key(unit), "person": key(person)}


def test_an_upgrade_with_data_keeps_every_row(empty_url: str) -> None:
    words.import_everything()
    with opened(empty_url) as database:
        schema.upgrade(database, "0004")
        planted = plant_people(database)
        schema.upgrade(database)
        assert schema.revision(database) == schema.head()
        with database.reader.connect() as connection:
            for table, key in planted.items():
                found = connection.execute(text(f"SELECT id FROM {table}")).scalars().all()
                assert [str(value) for value in found] == [key]


def test_an_item_that_was_approved_before_somebody_had_to_say_so_is_approved_anew(
    empty_url: str,
) -> None:
    words.import_everything()
    with opened(empty_url) as database:
        schema.upgrade(database, "0094")
        keys = plant_people(database)
        photo: dict[str, Any] = {"blob_key": "a.jpg", "covers": "0,0,1,1", "public_key": "b.jpg"}
        _plant_exposure(database, keys, "PICTURED", **photo, days=365_000)
        _plant_exposure(database, keys, "PICTURED-OVER", **photo)
        _plant_exposure(database, keys, "WORDS")
        schema.upgrade(database)
        with database.reader.connect() as connection:
            columns = "number, state, first_by IS NULL, first_looked"
            found = connection.execute(text(f"SELECT {columns} FROM exposure ORDER BY number"))
            told = [(row[0], row[1], bool(row[2]), bool(row[3])) for row in found]
    assert told == [
        ("PICTURED", "waiting", True, False),
        # what was over is not shown a second time by mistake
        ("PICTURED-OVER", "draft", True, False),
        ("WORDS", "shown", False, False),
    ]


def _plant_exposure(
    database: Database,
    keys: dict[str, str],
    number: str,
    days: int = 0,
    **photo: object,
) -> None:
    """An item of the exposure column that two have approved."""
    sqlite = database.is_sqlite
    moment = NOW.replace(tzinfo=None) if sqlite else NOW
    hands = {name: uuid4().hex if sqlite else str(uuid4())
             for name in ("id", "made_by", "first_by", "second_by")}  # fmt: skip
    moments = dict.fromkeys(("made_at", "first_at", "shown_at"), moment)
    moments["expires_at"] = moment + timedelta(days=days)
    with database.writer.begin() as connection:
        put(
            connection, "exposure", **hands, **moments, **photo, number=number, code=number,
            area_id=keys["area"], place_path="/370283/", basis="case", basis_number="1",
            about_person=False, act="乱堆", located="东阁路", days=7, state="shown", sent=1,
        )  # fmt: skip


def test_an_upgrade_that_fails_leaves_the_old_state(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words.import_everything()
    with opened(empty_url) as database:
        schema.upgrade(database, "0004")
        monkeypatch.setattr(schema, "_check_references", _power_cut)
        with pytest.raises(RuntimeError, match="power"):
            schema.upgrade(database)
        monkeypatch.undo()
        assert schema.revision(database) == "0004"
        schema.upgrade(database)
        assert schema.revision(database) == schema.head()


def _power_cut(_connection: Connection) -> None:
    raise RuntimeError("the power went")


def test_triggers_of_the_migrations_are_those_of_the_models(empty_url: str, tmp_path: Path) -> None:
    words.import_everything()
    with opened(empty_url) as database:
        query = TRIGGERS["sqlite" if database.is_sqlite else "postgresql"]
        schema.upgrade(database)
        with database.reader.connect() as connection:
            migrated = {tuple(row) for row in connection.execute(text(query))}
        engine = database.writer
        if database.is_sqlite:
            engine = create_engine(f"sqlite:///{tmp_path}/models.db")
        else:
            with engine.begin() as connection:
                connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        Base.metadata.create_all(engine)
        with engine.connect() as connection:
            assert migrated == {tuple(row) for row in connection.execute(text(query))}
        engine.dispose()
    assert migrated
