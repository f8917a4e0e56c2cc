"""What the day of a shift keeps about one person, for herself."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteers.models import Activity, Attendance, Shift, SignUp
from volunteers.queries.absences import absences_of
from volunteers.queries.on_the_day import NOT_VOIDED, SHIFT_COLUMNS, day_shift


def day_records_of(session: Session, person_id: UUID) -> Iterator[dict[str, Any]]:
    """What stands about her coming and going, and her no-shows, oldest first."""
    marks: Any = session.execute(
        select(*SHIFT_COLUMNS, Attendance.mark, Attendance.at, Attendance.way, Attendance.reason)
        .join(Activity, Activity.id == Shift.activity_id)
        .join(Attendance, Attendance.shift_id == Shift.id)
        .join(SignUp, SignUp.id == Attendance.sign_up_id)
        .where(SignUp.person_id == person_id, NOT_VOIDED)
        .order_by(Attendance.id)
    )
    for row in marks:
        shift = day_shift(row)
        yield {
            "table": "volunteer_attendance",
            "shift": shift.number,
            "names": shift.titles,
            "mark": row.mark.value,
            "at": row.at.isoformat(),
            "way": row.way.value,
            "reason": row.reason,
        }
    for absence in reversed(absences_of(session, person_id)):
        yield {
            "table": "volunteer_absence",
            "names": absence.shift.titles,
            "starts_at": absence.shift.starts_at.isoformat(),
            "told_at": absence.told_at.isoformat(),
            "state": absence.state.value,
            "words": absence.words,
            "answer": absence.answer,
        }
