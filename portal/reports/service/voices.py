"""Neighbours say that a closed matter is still there; enough of them open it again."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from credit.rules.guard import ProtectedAct
from portal.kernel.errors import Refused
from portal.kernel.ids import new_token
from portal.kernel.instance import instance_of
from portal.kernel.uploads import KeptPhotos, UploadRow, take_uploads
from portal.reports.models import CasePhoto, CaseStillThere
from portal.reports.queries.case import CaseReporterRow, CaseRow
from portal.reports.queries.neighbours import has_said
from portal.reports.rules.codes import PhotoKind, Review, State
from portal.reports.rules.neighbours import VOICES, VoiceRefusal, why_no_voice
from portal.reports.service.handling import reopen_case
from portal.reports.service.holding import hold_case
from portal.reports.service.protection import protect_verdict
from portal.reports.service.steps import file_facts
from portal.satisfaction.queries import settings_of


def why_silent(
    session: Session, case: CaseRow, reporter: CaseReporterRow, now: datetime
) -> VoiceRefusal | None:
    """Why somebody cannot say now that it is still there, or None."""
    ends = settings_of(session).window_ends(case.closed_at) if case.closed_at else None
    own = reporter.relation.began
    why = why_no_voice(case.state, case.closed_at, ends, now, reporter.created_at, own=own)
    if why is None and has_said(session, case, reporter.id):
        return VoiceRefusal.SAID
    return why


def voices_needed(session: Session) -> int:
    """How many neighbours it takes (``neighbours_to_reopen`` of the city)."""
    wanted = instance_of(session).city.thresholds.get("neighbours_to_reopen", VOICES)
    return max(1, int(wanted))


def say_still_there(
    session: Session,
    case: CaseRow,
    reporter: CaseReporterRow,
    *,
    now: datetime,
    photos: KeptPhotos | None = None,
) -> bool:
    """One neighbour's word; whether it opened the matter again. Once a person and closing."""
    # whoever comes second waits here, and then counts the first
    hold_case(session, case, {State.CLOSED})
    refusal = why_silent(session, case, reporter, now)
    if refusal is None and not add_voice(session, case, reporter, now):
        refusal = VoiceRefusal.SAID
    if refusal is not None:
        raise Refused(refusal)
    protect_verdict(session, case, reporter, ProtectedAct.REOPENING, now=now)
    taken = take_uploads(session, photos, now) if photos else []
    session.add_all(_photos(case, reporter, taken, now))
    return reopen_if_enough(session, case, now=now)


def voice_of_rating(
    session: Session, case: CaseRow, reporter: CaseReporterRow, *, unhappy: bool, now: datetime
) -> bool:
    """A neighbour's rating is her word too, and may take it back; whether the matter reopened."""
    hold_case(session, case, {State.CLOSED})
    if not unhappy:
        session.execute(
            delete(CaseStillThere).where(
                CaseStillThere.district == case.district,
                CaseStillThere.case_id == case.id,
                CaseStillThere.cycle == case.cycle,
                CaseStillThere.reporter_id == reporter.id,
            )
        )
        return False
    add_voice(session, case, reporter, now)
    return reopen_if_enough(session, case, now=now)


def add_voice(session: Session, case: CaseRow, reporter: CaseReporterRow, now: datetime) -> bool:
    """Count somebody; False when she was counted for this closing already."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(CaseStillThere)
        .values(
            district=case.district,
            case_id=case.id,
            cycle=case.cycle,
            reporter_id=reporter.id,
            at=now,
        )
        .on_conflict_do_nothing()
        .returning(CaseStillThere.reporter_id)
    )
    return session.scalar(statement) is not None


def reopen_if_enough(session: Session, case: CaseRow, *, now: datetime) -> bool:
    """The same step as that of an unhappy reporter, once enough have spoken."""
    said = session.scalar(
        select(func.count())
        .select_from(CaseStillThere)
        .where(
            CaseStillThere.district == case.district,
            CaseStillThere.case_id == case.id,
            CaseStillThere.cycle == case.cycle,
        )
    )
    if (said or 0) < voices_needed(session):
        return False
    reopen_case(session, case, now=now)
    return True


def _photos(
    case: CaseRow, reporter: CaseReporterRow, taken: Sequence[UploadRow], now: datetime
) -> list[CasePhoto]:
    return [
        CasePhoto(
            district=case.district,
            code=new_token(),
            case_id=case.id,
            kind=PhotoKind.BEFORE,
            **file_facts(photo),
            review=Review.PENDING,
            by_reporter=True,
            cycle=case.cycle,
            created_at=now,
            reporter_id=reporter.id,
        )
        for photo in taken
    ]
