"""Who a visitor is to a case: by her account, or by a receipt she showed in this browser.

A receipt counts for half a day, so that a shared computer does not remember it for long.
"""

from uuid import UUID

from flask import session

from portal.accounts.access import current_actor
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.ids import clean_number
from portal.kernel.web import instance, reading
from portal.reports.queries.case import CaseReporterRow, CaseRow, case_by_number, reporters_of

KEPT = "cases"
MOST_KEPT = 20
SECONDS = 12 * 3600


def remember_reporter(number: str, reporter_id: UUID) -> None:
    """This browser showed a receipt: her case is open to it for a while."""
    until = int(now().timestamp()) + SECONDS
    kept = {key: value for key, value in _kept().items() if key != number}
    rows = [*kept.items(), (number, [_mark(reporter_id), until])]
    session[KEPT] = dict(rows[-MOST_KEPT:])
    session.permanent = True


def forget_reporter(number: str) -> None:
    """Close a case on this browser again."""
    session[KEPT] = {key: value for key, value in _kept().items() if key != number}


def _kept() -> dict[str, list[object]]:
    kept = session.get(KEPT)
    return dict(kept) if isinstance(kept, dict) else {}


def _mark(reporter_id: UUID) -> str:
    # the cookie can be read by its holder: it names nobody
    return instance().vault.keyed_hash("receipt", reporter_id.hex)[:32]


def _shown_mark(number: str) -> str | None:
    mark, until = _kept().get(number) or (None, 0)
    if not isinstance(until, int) or until < now().timestamp():
        return None
    return str(mark)


def reporter_for(case: CaseRow) -> CaseReporterRow | None:
    """The visitor as one of the case's reporters, or None."""
    person_id, mark = current_actor().person_id, _shown_mark(case.number)
    if person_id is None and mark is None:
        return None
    for row in reporters_of(reading(), case):
        if row.erased_at is not None:
            continue
        if (person_id is not None and row.person_id == person_id) or mark == _mark(row.id):
            return row
    return None


def by_receipt(number: str) -> bool:
    """Whether the case is open here because of a receipt, and can be closed again."""
    return _shown_mark(number) is not None


def case_or_missing(number: str) -> CaseRow:
    """The case with a public number as typed, or 404; not yet whether it may be seen."""
    known = clean_number(number)
    case = case_by_number(reading(), known) if known else None
    if case is None:
        raise Missing
    return case


def own_case(number: str) -> tuple[CaseRow, CaseReporterRow]:
    """The visitor's own case, or 404."""
    case = case_or_missing(number)
    reporter = reporter_for(case)
    if reporter is None:
        raise Missing
    return case, reporter
