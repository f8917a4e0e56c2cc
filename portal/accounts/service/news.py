"""What is new for somebody, told on her own page: the packages above say what there is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

# how many things are new for a person
Count = Callable[[Session, UUID, datetime], int]


@dataclass(frozen=True)
class NewsSource:
    """A page with news: its endpoint, and how many there are for somebody."""

    endpoint: str
    count: Count


@dataclass(frozen=True)
class NewsRow:
    """That something is new, and on which page."""

    endpoint: str
    count: int


_SOURCES: list[NewsSource] = []


def register_news(endpoint: str, count: Count) -> None:
    """Add a page that has news. Called once, when its views are imported."""
    if all(source.endpoint != endpoint for source in _SOURCES):
        _SOURCES.append(NewsSource(endpoint, count))


def own_news(session: Session, person_id: UUID | None, now: datetime) -> list[NewsRow]:
    """What is new for somebody, page by page."""
    if person_id is None:
        return []
    rows = [NewsRow(s.endpoint, s.count(session, person_id, now)) for s in _SOURCES]
    return [row for row in rows if row.count]
