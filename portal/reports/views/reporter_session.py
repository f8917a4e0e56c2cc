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
from portal.reports.queries.doors import proxy_by_reporter
from portal.reports.queries.neighbours import leads_to
from portal.reports.rules.codes import State

KEPT = "cases"
MOST_KEPT = 20
SECONDS = 12 * 3600
# a matter of these was none, or is part of another
NO_VOICE = frozenset(
    {State.NOT_ACCEPTED, State.NOT_FILED, State.VOID, State.WITHDRAWN, State.MERGED}
)


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


def reporter_for(case: CaseRow, *, receipt: str | None = None) -> CaseReporterRow | None:
    """The visitor as one of the case's reporters, or None.

    ``receipt``: the number on the receipt she showed, if that case has become part of this one.
    """
    person_id, mark = current_actor().person_id, _shown_mark(receipt or case.number)
    if person_id is None and mark is None:
        return None
    rows = [row for row in reporters_of(reading(), case) if row.erased_at is None]
    for row in rows:
        mine = person_id is not None and row.person_id == person_id
        if mine or (mark == _mark(row.id) and not _filed_for_her(row, person_id)):
            return _first_of(rows, row)
    return None


def _filed_for_her(row: CaseReporterRow, person_id: UUID | None) -> bool:
    """Whether the visitor filed it for somebody else: she follows it, and neither rates nor says
    in the resident's place that it is solved, whatever receipt she holds.
    """
    if person_id is None:
        return False
    proxy = proxy_by_reporter(reading(), row.district, row.id)
    return proxy is not None and proxy.filer_id == person_id


def _first_of(rows: list[CaseReporterRow], found: CaseReporterRow) -> CaseReporterRow:
    """One person is one voice, though two of her reports may have become this case."""
    if found.person_id is None:
        return found
    return next(row for row in rows if row.person_id == found.person_id)


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
    asked = case_or_missing(number)
    # a case that was joined with another goes on there
    case = leads_to(reading(), asked) if asked.state is State.MERGED else asked
    reporter = reporter_for(case, receipt=asked.number)
    if reporter is None:
        raise Missing
    return case, reporter


def reporter_at(place_path: str) -> CaseReporterRow | None:
    """The visitor as somebody who showed here the receipt of a matter in a place, or around it.

    What came to nothing gives no voice.
    """
    for number in _kept():
        case = case_by_number(reading(), number)
        if case is None or case.state in NO_VOICE:
            continue
        near = place_path.startswith(case.place_path) or case.place_path.startswith(place_path)
        found = reporter_for(case) if near else None
        if found is not None:
            return found
    return None
