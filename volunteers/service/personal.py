"""What voluntary service keeps about people: handed out, and forgotten at an erasure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import PersonalField
from portal.accounts.service import register_personal_data
from portal.kernel.uploads import forget_files
from portal.satisfaction.service import export_ratings
from volunteers.models import (
    AnnouncementReceiver,
    AskMe,
    AskMeWindow,
    CalendarFeed,
    Certificate,
    CloudLink,
    Feedback,
    Handover,
    Qualification,
    RosterProposal,
    ServiceHours,
    ShiftPost,
    ShiftReminder,
    SignUp,
    SignUpEvent,
    TeamMember,
    Volunteer,
    VolunteerInterest,
)
from volunteers.queries.personal import records_of
from volunteers.queries.volunteers import qualifications_of
from volunteers.rules.personal import PERSONAL_FIELDS
from volunteers.rules.signing_up import SEATED
from volunteers.service.feedback import forget_old_feedback, old_feedback
from volunteers.service.guardians import forget_guardians
from volunteers.service.rating import rater_key
from volunteers.service.tours import forget_judge

_HERS = (
    AnnouncementReceiver, SignUp, TeamMember, CalendarFeed, CloudLink, Feedback, Qualification,
    VolunteerInterest, AskMeWindow, AskMe, Volunteer,
)  # fmt: skip


@dataclass(frozen=True)
class ServiceOfAPerson:
    """The provider of voluntary service; see ``portal.accounts.service.privacy``."""

    fields: tuple[PersonalField, ...] = PERSONAL_FIELDS

    def export(self, session: Session, person_id: UUID) -> list[dict[str, Any]]:
        ratings = [
            {"table": "shift_rating", **row}
            for row in export_ratings(session, [rater_key(session, person_id)])
        ]
        return [*records_of(session, person_id), *ratings]

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        """Give her seats back, and forget that she was ever there."""
        mine = SignUp.person_id == person_id
        for post_id in session.scalars(
            select(SignUp.post_id).where(mine, SignUp.state.in_(SEATED))
        ):
            one = update(ShiftPost).where(ShiftPost.id == post_id)
            session.execute(one.values(taken=ShiftPost.taken - 1))
        hers = select(SignUp.id).where(mine)
        for column in (Handover.sign_up_id, Handover.taken_by_id):
            session.execute(delete(Handover).where(column.in_(hers)))
        hanging_on = (SignUpEvent.sign_up_id, RosterProposal.sign_up_id, ShiftReminder.sign_up_id)
        for hanging in hanging_on:
            session.execute(delete(hanging.class_).where(hanging.in_(hers)))
        # the minutes stay for the figures, and a paper that somebody holds can still be checked
        session.execute(
            update(ServiceHours).where(ServiceHours.person_id == person_id).values(person_id=None)
        )
        papers = update(Certificate).where(Certificate.person_id == person_id)
        session.execute(papers.values(person_id=None, sealed_snapshot=None))
        forget_judge(session, person_id)
        forget_guardians(session, person_id, now)
        files = [
            key
            for row in qualifications_of(session, person_id)
            for key in (row.blob_key, row.thumbnail_key)
            if key
        ]
        for table in _HERS:
            session.execute(delete(table).where(table.person_id == person_id))
        forget_files(session, files)

    def expire(self, session: Session, now: datetime) -> int:
        """Words of organisers go after a year; the rest stays as long as the account."""
        return forget_old_feedback(session, now)

    def due(self, session: Session, now: datetime) -> Mapping[str, int]:
        old = old_feedback(session, now)
        return {"volunteer_feedback": old} if old else {}


register_personal_data(ServiceOfAPerson())
