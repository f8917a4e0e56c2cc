"""The rules of time once more, minute by minute: slow, and plain enough to be believed."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from volunteers.rules.shifts import Span

MINUTE = timedelta(minutes=1)


def minutes(span: Span) -> Iterator[datetime]:
    at = span.starts_at
    while at < span.ends_at:
        yield at
        at += MINUTE


def overlap(one: Span, other: Span) -> bool:
    return bool(set(minutes(one)) & set(minutes(other)))


def rested(one: Span, other: Span, rest: timedelta) -> bool:
    """Whether so many minutes lie free between two that do not overlap."""
    first, second = sorted((one, other), key=lambda span: span.starts_at)
    return all(
        first.ends_at + MINUTE * at <= second.starts_at
        for at in range(int(rest / MINUTE) + 1)
    )  # fmt: skip


def by_day(spans: Iterable[Span], zone: ZoneInfo) -> dict[date, int]:
    return dict(Counter(at.astimezone(zone).date() for span in spans for at in minutes(span)))


def by_week(spans: Iterable[Span], zone: ZoneInfo) -> dict[tuple[int, int], int]:
    """By year and number of the week as the calendar counts them."""
    days = (at.astimezone(zone).date() for span in spans for at in minutes(span))
    return dict(Counter(tuple(day.isocalendar())[:2] for day in days))
