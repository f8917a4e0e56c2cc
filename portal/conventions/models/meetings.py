"""Meetings with agenda, attendance and resolutions; the tracker of tasks."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.areas.models import Area
from portal.areas.rules import PATH_LENGTH
from portal.conventions.models.keys import only_one
from portal.conventions.rules.meetings import (
    LONGEST_ITEM,
    LONGEST_PLACE,
    AttendanceWay,
    MeetingKind,
    MeetingState,
)
from portal.conventions.rules.tasks import LONGEST_UNIT, TaskState, UnitPart
from portal.conventions.rules.texts import DIGEST_LENGTH, LONGEST_REASON
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number


class Meeting(Base):
    """A meeting of self-government (R296). ``present`` and ``women`` are numbers of the minutes;
    ``minutes_digest`` is of everything that they say, resolutions included."""

    __tablename__ = "community_meeting"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="times"),
        CheckConstraint("women IS NULL OR (women >= 0 AND women <= present)", name="women"),
        CheckConstraint("(state = 'called_off') = (called_off_why IS NOT NULL)", name="called_off"),
        CheckConstraint("(minutes_at IS NULL) = (minutes_digest IS NULL)", name="minutes"),
        Index("ix_community_meeting_place_path", "place_path", "starts_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    kind: Mapped[MeetingKind] = code_column(MeetingKind)
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    title: Mapped[str] = mapped_column(String(LONGEST_ITEM))
    venue: Mapped[str] = mapped_column(String(LONGEST_PLACE))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[MeetingState] = code_column(MeetingState, default=MeetingState.PLANNED)
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    invited_at: Mapped[datetime | None]
    present: Mapped[int | None] = mapped_column(Integer)
    women: Mapped[int | None] = mapped_column(Integer)
    minutes: Mapped[str | None] = mapped_column(Text)
    minutes_at: Mapped[datetime | None]
    minutes_by: Mapped[UUID | None]
    minutes_digest: Mapped[str | None] = mapped_column(String(DIGEST_LENGTH))
    # the invitation on the notice board, which is taken down when the meeting is called off
    notice_id: Mapped[UUID | None] = mapped_column(ForeignKey("community_notice.id"))
    called_off_why: Mapped[str | None] = mapped_column(String(LONGEST_REASON))


class AgendaItem(Base):
    """A point of the agenda; it may be about a text, or about a consultation."""

    __tablename__ = "community_agenda_item"
    __table_args__ = (
        UniqueConstraint("meeting_id", "position", name="uq_community_agenda_item_position"),
        CheckConstraint("position >= 1", name="position"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("community_meeting.id"))
    position: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(LONGEST_ITEM))
    round_id: Mapped[UUID | None] = mapped_column(ForeignKey("convention_round.id"))
    consultation_id: Mapped[UUID | None] = mapped_column(ForeignKey("community_consultation.id"))


class Attendance(Base):
    """That somebody was there: by the code in the room, or from the list that was signed."""

    __tablename__ = "community_attendance"
    __table_args__ = (
        only_one(
            "community_attendance_person", "meeting_id", "person_id", where="person_id IS NOT NULL"
        ),
        Index("ix_community_attendance_meeting_id", "meeting_id"),
        Index("ix_community_attendance_person_id", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("community_meeting.id"))
    person_id: Mapped[UUID | None]
    sealed_name: Mapped[str | None] = mapped_column(Text)
    way: Mapped[AttendanceWay] = code_column(AttendanceWay)
    typed_by: Mapped[UUID | None]
    at: Mapped[datetime]


class MeetingResolution(Base):
    """What a meeting resolved, with its numbers."""

    __tablename__ = "community_resolution"
    __table_args__ = (
        CheckConstraint("yes >= 0 AND no >= 0 AND abstain >= 0", name="counts"),
        Index("ix_community_resolution_meeting_id", "meeting_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("community_meeting.id"))
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("community_agenda_item.id"))
    resolved: Mapped[str] = mapped_column(Text)
    yes: Mapped[int | None] = mapped_column(Integer)
    no: Mapped[int | None] = mapped_column(Integer)
    abstain: Mapped[int | None] = mapped_column(Integer)
    at: Mapped[datetime]


class MinutesAddendum(Base):
    """What was put right in minutes later. Only ever added; the minutes stay as they are."""

    __tablename__ = "community_minutes_addendum"
    __table_args__ = (Index("ix_community_minutes_addendum_meeting_id", "meeting_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("community_meeting.id"))
    words: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    written_by: Mapped[UUID | None]
    at: Mapped[datetime]


class Invited(Base):
    """That somebody wants to be told of the meetings of a place."""

    __tablename__ = "community_invited"
    __table_args__ = (Index("ix_community_invited_person_id", "person_id"),)

    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class Task(Base):
    """A line of the public tracker (R162): what, by whom, until when. Overdue is derived."""

    __tablename__ = "community_task"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
        Index("ix_community_task_place_path", "place_path", "state", "due_on"),
        Index("ix_community_task_resolution_id", "resolution_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    resolution_id: Mapped[UUID | None] = mapped_column(ForeignKey("community_resolution.id"))
    title: Mapped[str] = mapped_column(String(LONGEST_ITEM))
    due_on: Mapped[date]
    state: Mapped[TaskState] = code_column(TaskState, default=TaskState.OPEN)
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(LONGEST_REASON))


class TaskUnit(Base):
    """A unit of a task line: lead, co-unit or responsible one; in words if not registered."""

    __tablename__ = "community_task_unit"
    __table_args__ = (
        CheckConstraint("(organisation_id IS NULL) <> (unit IS NULL)", name="one"),
        only_one("community_task_unit_lead", "task_id", where="part = 'lead'"),
        Index("ix_community_task_unit_task_id", "task_id", "part"),
        Index("ix_community_task_unit_organisation_id", "organisation_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("community_task.id", ondelete="CASCADE"))
    part: Mapped[UnitPart] = code_column(UnitPart)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    unit: Mapped[str | None] = mapped_column(String(LONGEST_UNIT))


class TaskEvent(Base):
    """What was reported of a task, or that its day was moved or its state changed, and why. Only
    ever added. ``organisation_id``: the unit that reported; without one, whoever keeps the list."""

    __tablename__ = "community_task_event"
    __table_args__ = (Index("ix_community_task_event_task_id", "task_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("community_task.id"))
    said: Mapped[str] = mapped_column(String(LONGEST_REASON))
    due_on: Mapped[date | None]
    state: Mapped[TaskState | None] = code_column(TaskState)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    actor_id: Mapped[UUID | None]
    at: Mapped[datetime]
