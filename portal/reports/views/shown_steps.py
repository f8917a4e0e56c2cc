"""The public timeline of a case: its steps, and when it stood on the list of supervision."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.kernel.clock import now
from portal.kernel.web import reading
from portal.kernel.words import Words
from portal.reports.labels.case import EVENTS
from portal.reports.labels.supervision import ENDINGS, LISTED
from portal.reports.queries.case_parts import units_at_work
from portal.reports.queries.page import CasePage
from portal.reports.queries.supervision import listings_of
from portal.reports.rules.codes import Event


@dataclass(frozen=True)
class ShownStep:
    """One line of the timeline, with its words."""

    at: datetime
    title: Words
    unit: Mapping[str, str] | None = None
    reason_code: str | None = None
    words: str | None = None


def shown_steps(page: CasePage) -> list[ShownStep]:
    """The steps, oldest first; those of the board only where the public reads it there."""
    found = [
        ShownStep(step.at, EVENTS[step.event], step.unit, step.reason_code, step.words)
        for step in page.steps
    ]
    for row in listings_of(reading(), page.case, now()) if page.case.listed else ():
        found.append(ShownStep(row.listed_at, LISTED))
        if row.delisted_at is not None and row.ending is not None:
            found.append(ShownStep(row.delisted_at, ENDINGS[row.ending]))
    return sorted(found, key=lambda step: step.at)


def units_working(page: CasePage) -> int:
    """How many units share the matter; nought where it is one alone."""
    shared = any(step.event is Event.SPLIT_OFF for step in page.steps)
    count = len(units_at_work(reading(), page.case)) if shared else 0
    return count if count > 1 else 0
