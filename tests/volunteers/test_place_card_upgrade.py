"""An upgrade gives a card of a meeting place the area in which it hangs."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import text

from portal.kernel.db import Database
from portal.site import schema
from tests.house import words
from tests.house.test_migrations import empty_url, opened
from tests.house.test_upgrades import plant_people, put

__all__ = ["empty_url"]
NOW = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
BEFORE = "0088"


def _plant(database: Database) -> tuple[str, str]:
    """Two cards as the version before wrote them; the city and the community of the shifts."""
    city = plant_people(database)["area"]
    sqlite = database.is_sqlite
    key = (lambda: uuid4().hex) if sqlite else (lambda: str(uuid4()))
    at = NOW.replace(tzinfo=None) if sqlite else NOW
    activity, community = key(), key()
    with database.writer.begin() as connection:
        put(
            connection, "area", id=community, code="370283001", level="community",
            path="/370283/370283001/", name_zh_hans="东阁社区", valid_from=at.date(),
            made_up=False,
        )  # fmt: skip
        put(
            connection, "volunteer_activity", id=activity, number="A1", kind="patrol",
            state="open", area_id=city, place_path="/370283/", meeting_place="北门",
            risky=False, risks="", insurance="", gear="", youngest="under_18", version=1,
            writer_id=key(), written_at=at,
        )  # fmt: skip
        for number, area, days in (("S1", city, 1), ("S2", community, 2)):
            starts = at + timedelta(days=days)
            put(
                connection, "volunteer_shift", id=key(), number=number, activity_id=activity,
                detached=False, duty="patrol", starts_at=starts,
                ends_at=starts + timedelta(hours=2), area_id=area, place_path="/370283/",
                meeting_place="北门", state="planned", sequence=0, made_at=at,
            )  # fmt: skip
        for place in ("北门", "西门"):
            put(
                connection, "volunteer_place_card", id=key(), activity_id=activity,
                meeting_place=place, code_hash=place, made_at=at, maker_id=key(),
            )  # fmt: skip
    return city, community


def test_a_card_from_before_hangs_where_the_newest_shift_of_its_words_meets(
    empty_url: str,
) -> None:
    words.import_everything()
    with opened(empty_url) as database:
        schema.upgrade(database, BEFORE)
        city, community = _plant(database)
        schema.upgrade(database)
        assert schema.differences(database) == []
        with database.reader.connect() as connection:
            rows = connection.execute(
                text("SELECT meeting_place, area_id FROM volunteer_place_card")
            ).all()
        found = {row.meeting_place: str(row.area_id) for row in rows}
        assert found == {"北门": community, "西门": city}
