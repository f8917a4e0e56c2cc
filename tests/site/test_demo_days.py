"""The demo loads on whatever day somebody tries the portal."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from time_machine import travel

from portal.kernel.db import Database
from portal.kernel.instance import Instance
from portal.site.demo.command import plant_everything
from portal.site.demo.load import draw_pictures
from portal.site.packages import load_city_data
from volunteers.models import SignUp

HERE = ZoneInfo("Asia/Shanghai")
# on Tuesdays and Fridays the first shift of tomorrow is one of the series
TUESDAY = datetime(2026, 12, 1, 10, tzinfo=HERE)
DAYS = [
    *(TUESDAY + timedelta(days=days, hours=2 * days - 8) for days in range(1, 7)),
    datetime(2026, 12, 31, 23, 50, tzinfo=HERE),
    datetime(2027, 1, 1, 0, 10, tzinfo=HERE),
    datetime(2028, 2, 29, 12, tzinfo=HERE),
    datetime(2027, 3, 1, 7, tzinfo=HERE),
    datetime(2027, 10, 3, 16, tzinfo=HERE),
]


# days are the same to both
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "at", [TUESDAY, *(pytest.param(day, marks=pytest.mark.long) for day in DAYS)], ids=str
)
def test_the_whole_demo_loads(database: Database, instance: Instance, at: datetime) -> None:
    with travel(at):
        with database.write() as session:
            list(load_city_data(session, instance.city, at))
        plant_everything(database, draw_pictures(looks=1), residents=30, cases=120)
        with database.read() as session:
            assert session.scalar(select(func.count()).select_from(SignUp))
