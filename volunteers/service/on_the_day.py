"""What was is written down: arrivals, departures, absences. Added to, never changed.

Of two who write the same at once one row is made (UNIQUE per sign-up, coming or going, and round).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.kernel.city import City
from portal.kernel.config import BadSetting
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.instance import instance_of
from portal.kernel.moving_codes import code_holds, code_now
from portal.kernel.uploads import KeptPhotos, uploads_of
from volunteers.models import Absence, Attendance, AttendanceVoid
from volunteers.queries.on_the_day import (
    DayShift,
    MySignUp,
    my_sign_up,
    shift_by_number,
    standing_mark,
    voided_before,
)
from volunteers.queries.patrols import is_public
from volunteers.rules.on_the_day import (
    OPEN_ABSENCES,
    AbsenceState,
    DayRefusal,
    Mark,
    Settings,
    VoidWhy,
    Way,
    metres,
    settings_from,
    why_not_arrive,
    why_not_leave,
)
from volunteers.rules.shifts import ShiftState

_PURPOSE = "volunteers/check-in"


@dataclass(frozen=True)
class Note:
    """One thing that is written down. ``actor_id``: the organiser, None for herself."""

    mark: Mark
    way: Way
    at: datetime
    actor_id: UUID | None = None
    reason: str | None = None
    batch_id: UUID | None = None


def check_settings(city: City) -> None:
    """Stop the start when the city file says what cannot be meant."""
    try:
        settings_from(city.thresholds)
    except ValueError as error:
        raise BadSetting("GONGZHI_CITY", f"thresholds that can be meant: {error}") from error


def settings_of(session: Session) -> Settings:
    """The city's windows and days."""
    return settings_from(instance_of(session).city.thresholds)


def shift_here(session: Session, number: str, actor: Actor) -> DayShift:
    """A shift in the reach of one of its organisers; Missing otherwise."""
    shift = shift_by_number(session, number)
    if shift is None or not actor.may(Permission.SHIFT_MANAGE, place_path=shift.place_path):
        raise Missing
    return shift


def own_shift(session: Session, number: str, actor: Actor) -> tuple[DayShift, MySignUp]:
    """A shift that somebody is signed up for; says so in words when she is not."""
    shift = shift_by_number(session, number)
    if shift is None or actor.person_id is None:
        raise Missing
    mine = my_sign_up(session, shift.id, actor.person_id)
    if mine is None and not is_public(session, shift.activity_id):
        raise Missing
    if mine is None:
        raise Refused(DayRefusal.NOT_ON_IT)
    return shift, mine


def refuse_if_called_off(shift: DayShift) -> None:
    if shift.state is ShiftState.CANCELLED:
        raise Refused(DayRefusal.CALLED_OFF)


def screen_code(session: Session, shift_id: UUID, now: datetime) -> str:
    """The code on the organiser's screen now."""
    return code_now(instance_of(session).vault, _PURPOSE, shift_id, now)


def come_by_code(
    session: Session, actor: Actor, number: str, code: str, mark: Mark, *, now: datetime
) -> str:
    """She scanned the organiser's screen and says that she is here, or leaves. Signs nobody in."""
    shift, mine = own_shift(session, number, actor)
    if not code_holds(instance_of(session).vault, _PURPOSE, shift.id, code, now):
        raise Refused(DayRefusal.OLD_CODE)
    return come(session, shift, mine, Note(mark, Way.CODE, now), now)


def come_by_place(
    session: Session, actor: Actor, number: str, photos: KeptPhotos, mark: Mark, *, now: datetime
) -> str:
    """She shows by a photo's place that she is there. Photo and place are not kept."""
    shift, mine = own_shift(session, number, actor)
    if shift.point is None:
        raise Refused(DayRefusal.NO_PLACE)
    settings = settings_of(session)
    _check_photo(session, photos, shift.point, settings, now)
    return come(session, shift, mine, Note(mark, Way.PLACE, now), now)


def _check_photo(
    session: Session,
    photos: KeptPhotos,
    point: tuple[float, float],
    settings: Settings,
    now: datetime,
) -> None:
    """Refuse a photo without a place, one of another time, one from elsewhere."""
    shown = [
        photo
        for photo in uploads_of(session, photos, now).values()
        if photo.lon is not None and photo.lat is not None
    ]
    if not shown:
        raise Refused(DayRefusal.NO_POINT, field="photos")
    photo = shown[-1]
    if photo.taken_at is not None and abs(now - photo.taken_at) > settings.window + timedelta(
        minutes=1
    ):
        raise Refused(DayRefusal.OLD_PHOTO, field="photos")
    far = metres(point, (photo.lon or 0.0, photo.lat or 0.0))
    if far > settings.near_metres:
        raise Refused(DayRefusal.FAR, field="photos", facts={"metres": settings.near_metres})


def come(session: Session, shift: DayShift, mine: MySignUp, note: Note, now: datetime) -> str:
    """Write down that she came or left, within the windows; however it is known."""
    refuse_if_called_off(shift)
    window = settings_of(session).window
    minutes = {"minutes": int(window.total_seconds()) // 60}
    if note.mark is Mark.LEFT:
        refusal = why_not_leave(shift.span, window, now)
        if refusal is None and not is_here(session, mine.id):
            refusal = DayRefusal.NOT_HERE_YET
    else:
        refusal = why_not_arrive(shift.span, window, now)
    if refusal is not None:
        raise Refused(refusal, facts={**minutes, "starts_at": shift.starts_at})
    write_mark(session, shift.id, mine.id, note, now=now)
    return mine.number


def is_here(session: Session, sign_up_id: UUID) -> bool:
    """Whether it stands that somebody came."""
    coming = standing_mark(session, sign_up_id, leaving=False)
    return coming is not None and coming.mark is Mark.ARRIVED


def write_mark(
    session: Session, shift_id: UUID, sign_up_id: UUID, note: Note, *, now: datetime
) -> bool:
    """Write it down, once; False when it stood there already.

    Who came after all is no longer absent. Nobody who came is made absent: raises Conflict.
    """
    if _insert(session, shift_id, sign_up_id, note, now):
        return True
    leaving = note.mark is Mark.LEFT
    stands = standing_mark(session, sign_up_id, leaving=leaving)
    if stands is None or stands.mark is note.mark:
        return False
    if note.mark is Mark.ABSENT:
        raise Conflict(DayRefusal.THERE_ALREADY)
    void_mark(session, stands.id, note.actor_id, VoidWhy.CAME, now=now)
    return _insert(session, shift_id, sign_up_id, note, now)


def _insert(session: Session, shift_id: UUID, sign_up_id: UUID, note: Note, now: datetime) -> bool:
    leaving = note.mark is Mark.LEFT
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(Attendance).values(
        shift_id=shift_id, sign_up_id=sign_up_id, mark=note.mark, leaving=leaving,
        round=voided_before(session, sign_up_id, leaving=leaving), way=note.way, at=note.at,
        made_at=now, actor_id=note.actor_id, reason=note.reason, batch_id=note.batch_id,
    )  # fmt: skip
    return changed_rows(session, statement.on_conflict_do_nothing()) == 1


def void_mark(
    session: Session,
    attendance_id: UUID,
    actor_id: UUID | None,
    why: VoidWhy,
    reason: str | None = None,
    *,
    now: datetime,
) -> bool:
    """Take one row back, once; a no-show that somebody was told of ends with it."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(AttendanceVoid).values(
        attendance_id=attendance_id, at=now, actor_id=actor_id, why=why, reason=reason
    )
    if changed_rows(session, statement.on_conflict_do_nothing()) != 1:
        return False
    told = update(Absence).where(
        Absence.attendance_id == attendance_id, Absence.state.in_(OPEN_ABSENCES)
    )
    changed_rows(session, told.values(state=AbsenceState.WITHDRAWN))
    return True
