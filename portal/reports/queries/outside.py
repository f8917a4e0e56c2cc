"""Where a case was sent that is not ours, and the list of bodies it can be sent to."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.reports.models import CaseOutside
from portal.reports.queries.case import CaseRow
from portal.reports.rules.codes import State
from portal.reports.rules.outside import Body, OutsideKind

LIST = Path(__file__).parents[1] / "data" / "outside-bodies.tsv"
LANGUAGES = ("zh_Hans", "zh_Hant", "en")
_SENT_AWAY = frozenset({State.NOT_ACCEPTED, State.HANDED_OVER})


@cache
def bodies() -> Mapping[str, Body]:
    """Every body by its code, in the order of the list."""
    with LIST.open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Body(
                row["code"],
                row["phone"],
                row["link"],
                {language: row[language] for language in LANGUAGES},
                {language: row[f"when_{language}"] for language in LANGUAGES},
            )
            for row in csv.DictReader(file, delimiter="\t")
        }


@dataclass(frozen=True)
class Outside:
    """A body that a step named. Reference and awaited answer are not the public's."""

    kind: OutsideKind
    body: Body
    reference: str | None
    answer_by: date | None
    at: datetime


def outside_of(session: Session, case: CaseRow) -> Outside | None:
    """Where a case that has left us went, the last time."""
    if case.state not in _SENT_AWAY:
        return None
    row = session.scalar(
        select(CaseOutside)
        .where(CaseOutside.district == case.district, CaseOutside.case_id == case.id)
        .order_by(CaseOutside.event_id.desc())
        .limit(1)
    )
    body = bodies().get(row.body) if row is not None else None
    if row is None or body is None:
        return None
    return Outside(row.kind, body, row.reference, row.answer_by, row.at)
