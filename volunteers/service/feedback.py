"""A word of an organiser to one volunteer after a shift: only she reads it and may erase it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of
from volunteers.models import Feedback
from volunteers.queries.hours import ToConfirm, people_to_confirm
from volunteers.queries.rating import written_by
from volunteers.rules.rating import (
    KEEP_FEEDBACK,
    LONGEST_FEEDBACK,
    FeedbackKind,
    FeedbackRefusal,
)
from volunteers.service.hours import shift_for_hours
from volunteers.service.messages import Told, tell


@dataclass(frozen=True)
class Word:
    """What is said, and to whom: the number of her sign-up."""

    sign_up: str
    kind: FeedbackKind
    words: str


def people_to_thank(session: Session, actor: Actor, shift_id: UUID) -> list[ToConfirm]:
    """Those who served on a shift and to whom this organiser has not written yet."""
    if actor.person_id is None:
        return []
    done = written_by(session, shift_id, actor.person_id)
    return [
        one
        for one in people_to_confirm(session, shift_id)
        if one.record and one.person_id != actor.person_id and one.id not in done
    ]


def write_feedback(
    session: Session, actor: Actor, number: str, word: Word, *, now: datetime
) -> None:
    """Write to one who served. It cannot be read again here: it is hers. Raises Refused."""
    shift = shift_for_hours(session, actor, number, now)
    text = word.words.strip()
    if not 1 <= len(text) <= LONGEST_FEEDBACK:
        raise Refused(FeedbackRefusal.NO_WORDS, field="words")
    people = {one.number: one for one in people_to_confirm(session, shift.id)}
    who = people.get(word.sign_up)
    if who is None or who.record is None:
        raise Refused(FeedbackRefusal.NOT_SERVED, field="sign_up")
    if actor.person_id is None or who.person_id == actor.person_id:
        raise Refused(FeedbackRefusal.ONESELF, field="sign_up")
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    made = new_number()
    once = dialect.insert(Feedback).values(
        id=new_id(), number=made, shift_id=shift.id, sign_up_id=who.id, person_id=who.person_id,
        kind=word.kind, sealed_words=instance_of(session).vault.seal(text),
        author_id=actor.person_id, written_at=now,
    )  # fmt: skip
    if session.scalar(once.on_conflict_do_nothing().returning(Feedback.id)) is None:
        raise Conflict(FeedbackRefusal.WRITTEN)
    tell(session, [who.person_id], Told.FEEDBACK, now, subject=f"feedback:{made}")


def erase_feedback(session: Session, actor: Actor, number: str) -> None:
    """She erases what was written to her. Raises Missing: of another's nobody learns anything."""
    if actor.person_id is None:
        raise Forbidden
    hers = (Feedback.number == number, Feedback.person_id == actor.person_id)
    if changed_rows(session, delete(Feedback).where(*hers)) != 1:
        raise Missing


def _old(now: datetime) -> datetime:
    return now - timedelta(days=KEEP_FEEDBACK)


def forget_old_feedback(session: Session, now: datetime) -> int:
    """What has stood for a year is forgotten."""
    return changed_rows(session, delete(Feedback).where(Feedback.written_at <= _old(now)))


def old_feedback(session: Session, now: datetime) -> int:
    """How much of it there is."""
    many = select(func.count()).select_from(Feedback).where(Feedback.written_at <= _old(now))
    return session.scalar(many) or 0
