"""How closed matters were solved: the 721 gauge, month by month (R155)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import case, false, func, or_, select
from sqlalchemy.orm import Session

from portal.reports.models import Case
from portal.reports.queries.case_parts import a_whole
from portal.reports.queries.desk import inside
from portal.reports.rules.codes import Means, State


@dataclass(frozen=True)
class MeansCounts:
    """The closings of one stretch of time. ``unknown``: closed before anybody was asked."""

    known: dict[Means, int]
    unknown: int


def means_between(
    session: Session, scopes: Collection[str] | None, moments: Sequence[datetime]
) -> list[MeansCounts]:
    """The closings between each moment and the next, in one query."""
    pairs = list(pairwise(moments))
    which = case(*((Case.closed_at < end, at) for at, (_, end) in enumerate(pairs)))
    statement = (
        select(which, Case.means, func.count())
        .where(
            Case.closed_at >= moments[0],
            Case.closed_at < moments[-1],
            Case.state == State.CLOSED,
            a_whole(),
        )
        .group_by(which, Case.means)
    )
    if scopes is not None:
        statement = statement.where(or_(false(), *(inside(path) for path in scopes)))
    found = [MeansCounts({}, 0) for _ in pairs]
    for at, means, count in session.execute(statement):
        if means is None:
            found[at] = MeansCounts(found[at].known, count)
        else:
            found[at].known[means] = count
    return found
