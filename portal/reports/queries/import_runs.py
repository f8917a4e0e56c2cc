"""Files of work orders that staff handed in, and the cases that came of one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from portal.reports.models import Case, ExternalOrder, ImportRun
from portal.reports.queries.case import columns
from portal.reports.rules.import_runs import WAITING, RunState

MOST_RUNS, MOST_CASES = 20, 50


@dataclass(frozen=True)
class RunRow:
    """One file, and how far it has come."""

    number: str
    state: RunState
    handed_by: UUID
    handed_at: datetime
    file_name: str
    blob_key: str | None
    layout: str
    encoding: str
    partial: bool
    rows: int
    bad: int
    done: int
    found: str | None
    outcome: str | None
    worked_at: datetime | None
    taken_at: datetime | None

    @property
    def findings(self) -> Mapping[str, Any]:
        """What a look at the file found."""
        return cast("Mapping[str, Any]", json.loads(self.found or "{}"))

    @property
    def result(self) -> Mapping[str, Any]:
        """What became of its rows."""
        return cast("Mapping[str, Any]", json.loads(self.outcome or "{}"))


def last_runs(session: Session) -> list[RunRow]:
    """The files handed in last."""
    newest = select(*columns(ImportRun, RunRow)).order_by(ImportRun.id.desc()).limit(MOST_RUNS)
    return [RunRow(*row) for row in session.execute(newest)]


def run_by_number(session: Session, number: str) -> RunRow | None:
    """One file by the number of its run."""
    found = select(*columns(ImportRun, RunRow)).where(ImportRun.number == number)
    row = session.execute(found).first()
    return RunRow(*row) if row else None


def waiting_runs(session: Session, silent_since: datetime) -> list[str]:
    """The numbers of files that wait for a worker, the oldest first."""
    free = or_(ImportRun.worked_at.is_(None), ImportRun.worked_at <= silent_since)
    waiting = select(ImportRun.number).where(ImportRun.state.in_(WAITING), free)
    return list(session.scalars(waiting.order_by(ImportRun.id)))


def cases_taken(session: Session, system: str, taken_at: datetime) -> list[tuple[str, str]]:
    """The first cases that an import made: (their number there, the number of the case)."""
    same = and_(ExternalOrder.district == Case.district, ExternalOrder.case_id == Case.id)
    statement = (
        select(ExternalOrder.number, Case.number)
        .join(Case, same)
        .where(ExternalOrder.system == system, ExternalOrder.imported_at == taken_at)
        .order_by(ExternalOrder.number)
        .limit(MOST_CASES)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]
