"""Matters of the demo whose time stands still or was lengthened: one of each kind."""

import csv
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.queries import actor_for
from portal.accounts.rules import Actor
from portal.kernel.clock import city_day
from portal.kernel.instance import instance_of
from portal.kernel.outbox import cancel_messages
from portal.reports.queries.case import CaseRow, case_by_number
from portal.reports.rules.reasons import Reason
from portal.reports.service.clockwork import (
    ask_reporter,
    extend_case,
    grade_case,
    suspend_case,
)
from portal.reports.service.demo import PlantedCase

# how long it cannot be settled: within the years that are known, if it may be
REST: Final = timedelta(days=20)
WORDS: Final = Path(__file__).resolve().parents[1] / "data" / "demo-clocks.tsv"


def stage_clocks(
    session: Session, planted: Sequence[PlantedCase], desk_id: UUID, now: datetime
) -> None:
    """Ask, suspend, lengthen and grade, each once; the demo sends no messages."""
    by: dict[str, Any] = {"actor": _desk(session, desk_id, now), "now": now}
    until = city_day(now + REST, instance_of(session).city.zone)
    words = _words()
    asked, suspended, longer, graded = (_row(session, case) for case in planted)
    ask_reporter(session, asked, words=words["ask"], **by)
    suspend_case(
        session, suspended, reason=Reason.SEASON, words=words["suspend"], until=until, **by
    )
    extend_case(session, longer, reason=Reason.SEVERAL_UNITS, words=None, days=3, **by)
    grade_case(session, graded, condition="serious", words=None, **by)
    for case in planted:
        cancel_messages(session, f"case:{case.number}")


def _words() -> dict[str, str]:
    with WORDS.open(encoding="utf-8", newline="") as file:
        return {row["step"]: row["words"] for row in csv.DictReader(file, delimiter="\t")}


def _desk(session: Session, desk_id: UUID, now: datetime) -> Actor:
    """The officer at her desk: signed in, second step and all."""
    return actor_for(session, desk_id, now, second_factor=True)


def _row(session: Session, planted: PlantedCase) -> CaseRow:
    case = case_by_number(session, planted.number)
    if case is None:
        raise LookupError(planted.number)
    return case
