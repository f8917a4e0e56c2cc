"""Reads of cases for whoever shows their outcome to the public: closed when, aimed at whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.reports.models import Case
from portal.reports.queries.public import kinds
from portal.reports.rules.codes import State
from portal.reports.rules.publicity import STRICTEST


@dataclass(frozen=True)
class CaseBasis:
    """A case: since when it is closed (None: it is not, or was opened again), and whether law P5
    protects whom it is aimed at."""

    number: str
    place_path: str
    closed_at: datetime | None
    protected: bool


def case_bases(session: Session, numbers: Collection[str]) -> dict[str, CaseBasis]:
    """Cases by number, in one query and that of the kinds; sealed ones are not told of."""
    if not numbers:
        return {}
    known = kinds(session)
    rows = session.execute(
        select(
            Case.number, Case.place_path, Case.state, Case.closed_at, Case.category_code
        ).where(Case.number.in_(numbers), Case.sealed.is_(False))
    )  # fmt: skip
    found = {}
    for row in rows:
        kind = known.get(row.category_code)
        publicity = kind.publicity if kind else STRICTEST
        closed_at = row.closed_at if row.state is State.CLOSED else None
        found[row.number] = CaseBasis(row.number, row.place_path, closed_at, publicity.protected)
    return found
