"""The record of what staff looked at and changed: written once, shown to auditors and to people."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Index, String, Text, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_id

FORGOTTEN_PERSON: Final = "person:erased"
"""The subject of a look at somebody, once nobody may know any more at whom."""


class AuditEntry(Base):
    """One look or change. ``person_id`` is the person looked at, so that she can see it too."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_person_id_at", "person_id", "at"),
        Index("ix_audit_entry_action_at", "action", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(120))
    person_id: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(Text)


def note_action(
    session: Session,
    *,
    at: datetime,
    actor_id: UUID | None,
    action: str,
    subject: str,
    person_id: UUID | None = None,
    reason: str | None = None,
) -> UUID:
    """Write one entry: ``action`` like ``identity:look``, ``subject`` like ``case:7K3M9-QX2HD``."""
    entry = AuditEntry(
        at=at, actor_id=actor_id, action=action, subject=subject, person_id=person_id, reason=reason
    )
    session.add(entry)
    # the entry's id must exist in the database before others refer to it
    session.flush()
    return entry.id


def noted_since(
    session: Session, moment: datetime, *, actor_id: UUID | None, action: str, subject: str
) -> bool:
    """Whether somebody did this to the subject after a moment."""
    found = select(AuditEntry.id).where(
        AuditEntry.action == action,
        AuditEntry.at > moment,
        AuditEntry.actor_id == actor_id,
        AuditEntry.subject == subject,
    )
    return session.scalar(found.limit(1)) is not None


def forget_subject(session: Session, subject: str, *, person_id: UUID, looks: str) -> None:
    """The details of a subject are erased: no line may tell any more whose it was.

    Who did what and when stays for the auditors. ``looks`` is the action of looks at the person
    whose reason is, or ends with, the number of the subject.
    """
    number = subject.partition(":")[2]
    hers = (
        update(AuditEntry)
        .where(AuditEntry.person_id == person_id)
        .execution_options(synchronize_session=False)
    )
    for_it = (
        AuditEntry.action == looks,
        or_(AuditEntry.reason == number, AuditEntry.reason.endswith(f" {number}", autoescape=True)),
    )
    session.execute(
        hers.where(*for_it).values(subject=FORGOTTEN_PERSON, person_id=None, reason=None)
    )
    session.execute(hers.where(AuditEntry.subject == subject).values(person_id=None, reason=None))
