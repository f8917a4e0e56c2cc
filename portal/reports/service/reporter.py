"""What a reporter does with her own case. Callers have recognised her (account or receipt)."""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from credit.rules.guard import ProtectedAct
from portal.kernel.clock import city_day
from portal.kernel.errors import Refused
from portal.kernel.instance import instance_of
from portal.kernel.uploads import KeptPhotos
from portal.reports.models import CaseUrge
from portal.reports.queries.case import CaseReporterRow, CaseRow
from portal.reports.rules.codes import Event
from portal.reports.rules.transitions import Refusal
from portal.reports.service.holding import hold_case
from portal.reports.service.loop import Brought, move_case
from portal.reports.service.notices import tell_step
from portal.reports.service.protection import protect
from portal.reports.service.steps import take_photos


def withdraw_case(
    session: Session, case: CaseRow, reporter: CaseReporterRow | None = None, *, now: datetime
) -> CaseRow:
    """Take one's report back (撤回), as long as nothing was done about it."""
    if reporter is not None and not reporter.own:
        # who joined takes nothing back that others reported
        raise Refused(Refusal.NOT_ALONE)
    # somebody may be joining it at this moment
    hold_case(session, case)
    moved = move_case(session, case, Event.WITHDRAW, actor=None, now=now)
    tell_step(session, moved, Event.WITHDRAW, now=now)
    return moved


def urge_case(
    session: Session, case: CaseRow, reporter: CaseReporterRow, *, now: datetime
) -> CaseRow:
    """Ask for speed (催办), once a day."""
    first = _note_urge(session, reporter, now)
    return move_case(session, case, Event.URGE, actor=None, now=now, urged_today=not first)


def _note_urge(session: Session, reporter: CaseReporterRow, now: datetime) -> bool:
    """Whether this is the reporter's first of the city's day; the key decides a race."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(CaseUrge)
        .values(
            district=reporter.district,
            reporter_id=reporter.id,
            day=city_day(now, instance_of(session).city.zone),
        )
        .on_conflict_do_nothing()
        .returning(CaseUrge.reporter_id)
    )
    return session.scalar(statement) is not None


def add_reporter_photo(
    session: Session,
    case: CaseRow,
    photos: KeptPhotos,
    *,
    now: datetime,
    reporter: CaseReporterRow | None = None,
) -> CaseRow:
    """Add photos later; the public sees them after a check."""
    shown = take_photos(session, photos, now)
    if reporter is not None:
        protect(session, case, [reporter], ProtectedAct.ADDITION, now=now)
    whose = None if reporter is None or reporter.own else reporter.id
    brought = Brought(photos=shown, reporter_id=whose)
    return move_case(session, case, Event.ADD_PHOTO, actor=None, now=now, brought=brought)
