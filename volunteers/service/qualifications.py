"""The register of qualifications: handed in with a picture, checked by another, told before they
end. The picture is forgotten as soon as it is checked."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.queries import area_by_code
from portal.kernel.clock import city_day
from portal.kernel.db import Database, changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.instance import instance_of
from portal.kernel.uploads import KeptPhotos, forget_files, register_blob_keeper, take_uploads
from volunteers.models import Qualification
from volunteers.queries.volunteers import (
    QualificationRow,
    ending,
    evidence_in_use,
    qualification_by_number,
)
from volunteers.rules.activities import qualifications
from volunteers.rules.qualifications import QualificationRefusal, QualificationState, flaw_of
from volunteers.service.limits import limits_of
from volunteers.service.messages import Told, tell


def hand_in(
    session: Session,
    person_id: UUID,
    *,
    code: str,
    place: str,
    valid_from: date,
    valid_to: date | None,
    photos: KeptPhotos,
    now: datetime,
) -> str:
    """Hand in a qualification with a picture of its evidence, for the desk of a place to check."""
    if code not in qualifications():
        raise Refused(QualificationRefusal.UNKNOWN, field="code")
    area = area_by_code(session, place)
    if area is None:
        raise Refused(QualificationRefusal.NO_PLACE, field="place")
    flaw = flaw_of(valid_from, valid_to, city_day(now, instance_of(session).city.zone))
    if flaw is not None:
        raise Refused(flaw, field="valid_to")
    found = take_uploads(session, photos, now)
    if not found:
        raise Refused(QualificationRefusal.NO_PHOTO, field="photos")
    row = Qualification(
        person_id=person_id, code=code, place_path=area.path, valid_from=valid_from,
        valid_to=valid_to, blob_key=found[0].blob_key, thumbnail_key=found[0].thumbnail_key,
        state=QualificationState.WAITING, handed_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()  # its number is given by the table
    return row.number


def may_check(actor: Actor, row: QualificationRow) -> bool:
    """Whether somebody checks this one: in her places, and never her own."""
    there = actor.may(Permission.VOLUNTEER_CHECK, place_path=row.place_path)
    return there and row.person_id != actor.person_id


def checkable(session: Session, actor: Actor, number: str) -> QualificationRow:
    """A qualification that waits for this desk. Raises Missing."""
    row = qualification_by_number(session, number)
    if row is None or not may_check(actor, row) or row.state is not QualificationState.WAITING:
        raise Missing
    return row


def check_qualification(
    session: Session, actor: Actor, number: str, *, good: bool, reason: str = "", now: datetime
) -> None:
    """Say whether the evidence holds; a no has a reason that she reads. The picture goes."""
    row = qualification_by_number(session, number)
    if row is None or not may_check(actor, row):
        raise Missing
    if not good and not reason.strip():
        raise Refused(QualificationRefusal.NO_REASON, field="reason")
    one = (
        update(Qualification)
        .where(Qualification.id == row.id, Qualification.state == QualificationState.WAITING)
        .values(
            state=QualificationState.VALID if good else QualificationState.REJECTED,
            checker_id=actor.person_id, checked_at=now, reason=reason.strip() or None,
            blob_key=None, thumbnail_key=None,
        )
    )  # fmt: skip
    if changed_rows(session, one) != 1:
        raise Conflict(QualificationRefusal.CHANGED)
    subject = f"qualification:{row.number}"
    tell(session, [row.person_id], Told.QUALIFICATION_CHECKED, now, subject=subject)
    forget_files(session, [key for key in (row.blob_key, row.thumbnail_key) if key])


def remind_of_ends(database: Database, now: datetime) -> int:
    """Tell people once that a qualification ends soon; how many were told. A job."""
    with database.read() as session:
        today = city_day(now, instance_of(session).city.zone)
        found = ending(session, today, today + limits_of(session).reminder)
    for row in found:
        with database.write() as session:
            _remind(session, row, now)
    return len(found)


def _remind(session: Session, row: QualificationRow, now: datetime) -> None:
    one = update(Qualification).where(
        Qualification.id == row.id, Qualification.reminded_at.is_(None)
    )
    if changed_rows(session, one.values(reminded_at=now)) == 1:
        facts = {"day": f"{row.valid_to}"}
        subject = f"qualification:{row.number}"
        tell(session, [row.person_id], Told.QUALIFICATION_ENDS, now, subject=subject, facts=facts)


register_blob_keeper(evidence_in_use)
