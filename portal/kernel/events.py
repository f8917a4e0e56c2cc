"""Calendars for others (RFC 5545): the one place that knows which library writes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from icalendar import Calendar, Event


class EventStatus(StrEnum):
    """Whether it takes place; values of the RFC."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class CalendarEvent:
    """An event. Times are aware; ``changed_at``: when something of it last happened."""

    uid: str
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str
    url: str
    status: EventStatus
    sequence: int = 0


def written(events: Iterable[CalendarEvent], product: str) -> bytes:
    """A calendar of events: the same bytes for the same events."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Gongzhi//{product}//EN")
    calendar.add("version", "2.0")
    for row in events:
        event = Event()
        event.add("uid", row.uid)
        event.add("dtstamp", row.changed_at)
        event.add("sequence", row.sequence)
        event.add("dtstart", row.starts_at)
        event.add("dtend", row.ends_at)
        event.add("summary", row.summary)
        event.add("location", row.location)
        event.add("url", row.url)
        event.add("status", row.status.value)
        calendar.add_component(event)
    out: bytes = calendar.to_ical()
    return out
