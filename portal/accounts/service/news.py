"""What is new for somebody, told on her own page: the packages above say what there is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

# what is new for a person: whatever the sentence's template needs; what is false is no news
Find = Callable[[Session, UUID, datetime], object]


@dataclass(frozen=True)
class NewsSource:
    """A page with news: its endpoint, what there is for somebody, and the template that says so."""

    endpoint: str
    find: Find
    template: str


@dataclass(frozen=True)
class NewsRow:
    """That something is new, on which page; ``template`` makes a sentence of ``found``."""

    endpoint: str
    template: str
    found: object


_SOURCES: list[NewsSource] = []


def register_news(endpoint: str, find: Find, template: str) -> None:
    """Add a page that has news. Called once, when its views are imported.

    ``template`` holds the sentence alone, and sees ``row.found``.
    """
    if all(source.endpoint != endpoint for source in _SOURCES):
        _SOURCES.append(NewsSource(endpoint, find, template))


def own_news(session: Session, person_id: UUID | None, now: datetime) -> list[NewsRow]:
    """What is new for somebody, page by page."""
    if person_id is None:
        return []
    rows = [NewsRow(s.endpoint, s.template, s.find(session, person_id, now)) for s in _SOURCES]
    return [row for row in rows if row.found]
