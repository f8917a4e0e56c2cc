"""Time: the system clock only, always aware, UTC inside and the city's zone outside."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1900, 2200


def now() -> datetime:
    """The present moment in UTC. Views and jobs ask once and pass it down as an argument."""
    return datetime.now(UTC)


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    """The same moment on the city's wall clock."""
    return moment.astimezone(zone)


def city_day(moment: datetime, zone: ZoneInfo) -> date:
    """The calendar day in the city: what people mean by "today"."""
    return moment.astimezone(zone).date()


def city_month(moment: datetime, zone: ZoneInfo) -> str:
    """The city's month as ``2026-11``: the name of a period everywhere."""
    return moment.astimezone(zone).strftime("%Y-%m")


def is_countable(day: date) -> bool:
    """Whether a day is so far from both ends of the calendar that others can be counted from it."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def month_bounds(month: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """First moment of the city's month and of the next, in UTC (half-open). Raises ValueError."""
    year, number = (int(part) for part in month.split("-"))
    if not is_countable(date(year, number, 1)):
        raise ValueError(month)
    start = datetime(year, number, 1, tzinfo=zone)
    end = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=zone)
    return start.astimezone(UTC), end.astimezone(UTC)
