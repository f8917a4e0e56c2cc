"""Views of articles (R107): summed in memory, written down together, leading to nobody.

There is no cookie, no address and no row of a reader. Of what a worker that dies had not written
down, at most a minute is lost.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal.kernel.errors import Busy
from portal.publicity.models import Article
from portal.publicity.rules.articles import WRITE_EVERY


class ViewCounter:
    """What one worker has seen and not written down."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: Counter[UUID] = Counter()
        self._written = float("-inf")

    def add(self, article_id: UUID) -> None:
        """One more."""
        with self._lock:
            self._seen[article_id] += 1

    def take_due(self) -> Mapping[UUID, int]:
        """What is to be written down now; nothing while the last time was not long ago."""
        with self._lock:
            moment = time.monotonic()
            if not self._seen or moment - self._written < WRITE_EVERY.total_seconds():
                return {}
            taken, self._seen, self._written = self._seen, Counter(), moment
            return taken

    @contextmanager
    def until_written(self, counts: Mapping[UUID, int]) -> Iterator[None]:
        """What cannot be written down in here waits for the next time."""
        try:
            yield
        except (Busy, SQLAlchemyError):
            with self._lock:
                self._seen.update(counts)


def write_views(session: Session, counts: Mapping[UUID, int]) -> None:
    """Add sums to articles, in one order for all, so that no two workers wait for each other."""
    for article_id in sorted(counts):
        session.execute(
            update(Article)
            .where(Article.id == article_id)
            .values(views=Article.views + counts[article_id])
        )
