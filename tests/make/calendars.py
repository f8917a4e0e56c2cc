"""The city's calendars for tests: as shipped, or with a further year."""

from sqlalchemy.orm import Session

from portal.kernel.calendars import calendar_rows, load_calendars, set_year
from portal.kernel.instance import instance_of
from tests.make.reports import NOW


def know_next_year(session: Session, year: int = NOW.year + 1) -> None:
    """Enter a year without any holiday into every calendar."""
    load_calendars(session, instance_of(session).city, NOW)
    for row in calendar_rows(session):
        seen = str(row.token)
        set_year(session, row.code, year, {}, source="test", seen=seen, actor_id=None, now=NOW)
