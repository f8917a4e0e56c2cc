"""What hangs on a case at all: most cases have no parts, no pauses, no links, no listing.

The page of a case looks once, in one query, and then asks only where something is. Whoever has not
looked (any other page, and every step) asks as ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.kernel.db import once, recall
from portal.reports.models import (
    CaseAlert,
    CaseAnswer,
    CaseAttribute,
    CaseContract,
    CaseCoUnit,
    CaseMerge,
    CasePart,
    CasePass,
    CasePause,
    CasePhoto,
    CaseProxy,
    CaseReporter,
    GridEntryCase,
    SupervisionListing,
)
from portal.reports.queries.case import CaseRow

# each table with the column that names the case
_TABLES: Final[Mapping[type[Any], InstrumentedAttribute[UUID]]] = {
    CaseAlert: CaseAlert.case_id,
    CaseAnswer: CaseAnswer.case_id,
    CaseAttribute: CaseAttribute.case_id,
    CaseCoUnit: CaseCoUnit.case_id,
    CaseContract: CaseContract.case_id,
    CaseMerge: CaseMerge.into_id,
    CasePart: CasePart.whole_id,
    CasePass: CasePass.case_id,
    CasePause: CasePause.case_id,
    CasePhoto: CasePhoto.case_id,
    CaseProxy: CaseProxy.case_id,
    GridEntryCase: GridEntryCase.case_id,
    SupervisionListing: SupervisionListing.case_id,
}


@dataclass(frozen=True)
class _Hung:
    """The tables that hold something of a case, and how many stand behind it."""

    tables: frozenset[type[Any]]
    reporters: int


def look_what_hangs(session: Session, case: CaseRow) -> None:
    """Look into all tables at once; what is asked of this case afterwards is asked where it is."""
    once(session, (_Hung, case.id), lambda: _look(session, case))


def hangs(session: Session, case_id: UUID, table: type[Any]) -> bool:
    """Whether a table may hold something of a case: yes, unless somebody looked and saw nothing."""
    known: _Hung | None = recall(session, (_Hung, case_id))
    return known is None or table in known.tables


def count_reporters(session: Session, case: CaseRow) -> int:
    """How many stand behind a case."""
    known: _Hung | None = recall(session, (_Hung, case.id))
    if known is not None:
        return known.reporters
    return session.scalar(select(_reporters(case))) or 0


def _look(session: Session, case: CaseRow) -> _Hung:
    found = [
        select(table).where(table.district == case.district, key == case.id).exists()
        for table, key in _TABLES.items()
    ]
    *there, reporters = session.execute(select(*found, _reporters(case))).one()
    tables = frozenset(table for table, is_there in zip(_TABLES, there, strict=True) if is_there)
    return _Hung(tables, reporters)


def _reporters(case: CaseRow) -> Any:
    return (
        select(func.count())
        .select_from(CaseReporter)
        .where(CaseReporter.district == case.district, CaseReporter.case_id == case.id)
        .scalar_subquery()
    )
