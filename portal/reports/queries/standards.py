"""The versions of what is promised for a kind of problem: every limit there ever was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.reports.models import CategoryLimit
from portal.reports.queries.limits import limits_of
from portal.reports.rules.categories import LimitRow
from portal.reports.rules.limits import Limit


@dataclass(frozen=True)
class LimitVersion:
    """A limit and the day on which the next one follows; None: none is known yet."""

    limit: LimitRow
    valid_to: date | None


def limit_versions(session: Session) -> dict[str, list[LimitVersion]]:
    """By kind of problem, the newest first, in one query."""
    rows = session.execute(
        select(
            CategoryLimit.category_code, CategoryLimit.minutes, CategoryLimit.round_the_clock,
            CategoryLimit.source, CategoryLimit.valid_from,
        ).order_by(CategoryLimit.valid_from.desc())
    )  # fmt: skip
    found: dict[str, list[LimitVersion]] = {}
    for code, minutes, round_the_clock, source, valid_from in rows:
        known = found.setdefault(code, [])
        following = known[-1].limit.valid_from if known else None
        limit = LimitRow(minutes, round_the_clock, source, valid_from)
        known.append(LimitVersion(limit, following))
    return found


def special_limits(session: Session, code: str) -> Sequence[Limit]:
    """The limits of a kind for conditions, places and stages, the newest first."""
    rows = [one for one in limits_of(session, code) if one.stages[-1].closing or one.condition]
    return sorted(rows, key=lambda one: (one.valid_from, one.condition, one.tag), reverse=True)
