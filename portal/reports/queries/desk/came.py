"""Cases for which something came by a link and waits, and those of which nothing came in time."""

from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select, tuple_

from portal.reports.models import Case, CaseOutside, CasePassEntry
from portal.reports.rules.codes import State
from portal.reports.rules.passes import EntryKind, EntryState
from portal.reports.rules.transitions import AT_THE_UNIT

_WITH_THE_UNIT = (*AT_THE_UNIT, State.ACCEPTED, State.FILED)


def handed_in() -> ColumnElement[bool]:
    """A helper handed in her work, and nobody has taken it over."""
    return and_(Case.state.in_(_WITH_THE_UNIT), _waiting(EntryKind.DONE))


def outside_waits(today: date) -> ColumnElement[bool]:
    """A body outside answered and nobody has read it, or the city's day of its answer is over."""
    silent = select(CaseOutside.district, CaseOutside.case_id).where(CaseOutside.answer_by < today)
    return and_(
        Case.state == State.HANDED_OVER,
        or_(
            _waiting(EntryKind.ANSWERED, EntryKind.DECLINED),
            tuple_(Case.district, Case.id).in_(silent),
        ),
    )


def _waiting(*kinds: EntryKind) -> ColumnElement[bool]:
    """Found by the few entries that wait, not by all cases."""
    keys = select(CasePassEntry.district, CasePassEntry.case_id).where(
        CasePassEntry.state == EntryState.WAITING, CasePassEntry.kind.in_(kinds)
    )
    return tuple_(Case.district, Case.id).in_(keys)
