"""Meetings of communities as they are read: agenda, list, resolutions, minutes, and who is told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, or_, select, tuple_
from sqlalchemy.orm import Session

from portal.conventions.models import (
    AgendaItem,
    Attendance,
    Consultation,
    Head,
    Invited,
    Meeting,
    MeetingResolution,
    MinutesAddendum,
    Round,
)
from portal.conventions.rules.meetings import AttendanceWay, MeetingKind, MeetingState, Resolved
from portal.kernel.instance import instance_of

PAGE: Final = 30
MOST_COMING: Final = 60
MOST_TOLD: Final = 5000


@dataclass(frozen=True)
class MeetingRow:
    """A meeting. Its numbers and minutes are there when they are published."""

    id: UUID
    number: str
    kind: MeetingKind
    area_id: UUID
    place_path: str
    title: str
    venue: str
    starts_at: datetime
    ends_at: datetime
    state: MeetingState
    made_at: datetime
    invited_at: datetime | None
    present: int | None
    women: int | None
    minutes: str | None
    minutes_at: datetime | None
    minutes_digest: str | None
    notice_id: UUID | None
    called_off_why: str | None

    @property
    def published(self) -> bool:
        return self.minutes_at is not None


def _meetings(*where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return select(
        Meeting.id, Meeting.number, Meeting.kind, Meeting.area_id, Meeting.place_path,
        Meeting.title, Meeting.venue, Meeting.starts_at, Meeting.ends_at, Meeting.state,
        Meeting.made_at, Meeting.invited_at, Meeting.present, Meeting.women, Meeting.minutes,
        Meeting.minutes_at, Meeting.minutes_digest, Meeting.notice_id, Meeting.called_off_why,
    ).where(*where)  # fmt: skip


def meeting_by_number(session: Session, number: str, *, lock: bool = False) -> MeetingRow | None:
    """One of them. ``lock``: whoever writes about a meeting waits for whoever does already."""
    statement = _meetings(Meeting.number == number)
    row = session.execute(statement.with_for_update() if lock else statement).one_or_none()
    return MeetingRow(*row) if row else None


def inside(column: Any, paths: Iterable[str] | None) -> list[ColumnElement[bool]]:
    """The condition that something lies in some places; None is everywhere."""
    if paths is None:
        return []
    return [or_(false(), *(column.startswith(path, autoescape=True) for path in paths))]


def _announced(*, public: bool) -> list[ColumnElement[bool]]:
    return [Meeting.state != MeetingState.PLANNED] if public else []


def coming_meetings(
    session: Session, paths: Iterable[str] | None, *, public: bool, now: datetime
) -> list[MeetingRow]:
    """What is not over yet, the next one first."""
    where = [*inside(Meeting.place_path, paths), *_announced(public=public), Meeting.ends_at > now]
    statement = _meetings(*where).order_by(Meeting.starts_at, Meeting.id).limit(MOST_COMING)
    return [MeetingRow(*row) for row in session.execute(statement)]


def past_meetings(
    session: Session, paths: Iterable[str] | None, *, public: bool, now: datetime, after: str = ""
) -> list[MeetingRow]:
    """A page of what is over, the newest first, and one more."""
    where = [*inside(Meeting.place_path, paths), *_announced(public=public), Meeting.ends_at <= now]
    key = tuple_(Meeting.starts_at, Meeting.id)
    last = meeting_by_number(session, after) if after else None
    if last is not None:
        where.append(key < (last.starts_at, last.id))
    order = (Meeting.starts_at.desc(), Meeting.id.desc())
    statement = _meetings(*where).order_by(*order).limit(PAGE + 1)
    return [MeetingRow(*row) for row in session.execute(statement)]


def meetings_about(session: Session, round_id: UUID) -> list[MeetingRow]:
    """The announced meetings with a point about a text, the newest first (R073)."""
    about = select(AgendaItem.meeting_id).where(AgendaItem.round_id == round_id)
    where = [Meeting.id.in_(about), *_announced(public=True)]
    statement = _meetings(*where).order_by(Meeting.starts_at.desc()).limit(PAGE)
    return [MeetingRow(*row) for row in session.execute(statement)]


@dataclass(frozen=True)
class ItemRow:
    """A point of an agenda; what it is about, when that is a text or a question."""

    id: UUID
    position: int
    title: str
    round_number: str | None
    consultation_number: str | None


def agenda_of(session: Session, meeting_id: UUID) -> list[ItemRow]:
    """The points of an agenda in their order."""
    rows = session.execute(
        select(
            AgendaItem.id, AgendaItem.position, AgendaItem.title, Round.number, Consultation.number
        )
        .outerjoin(Round, Round.id == AgendaItem.round_id)
        .outerjoin(Consultation, Consultation.id == AgendaItem.consultation_id)
        .where(AgendaItem.meeting_id == meeting_id)
        .order_by(AgendaItem.position)
    )
    return [ItemRow(*row) for row in rows]


@dataclass(frozen=True)
class ResolutionRow:
    """A resolution with its numbers."""

    id: UUID
    number: str
    item_id: UUID | None
    said: Resolved


def resolutions_of(session: Session, meeting_id: UUID) -> list[ResolutionRow]:
    """What was resolved, in the order in which it was written down."""
    one = MeetingResolution
    rows = session.execute(
        select(one.id, one.number, one.item_id, one.resolved, one.yes, one.no, one.abstain)
        .where(one.meeting_id == meeting_id)
        .order_by(one.id)
    )
    return [
        ResolutionRow(row.id, row.number, row.item_id, Resolved(*row[3:])) for row in rows.all()
    ]


@dataclass(frozen=True)
class AddendumRow:
    """What was put right in minutes later."""

    words: str
    digest: str
    at: datetime


def addenda_of(session: Session, meeting_id: UUID) -> list[AddendumRow]:
    """What was put right, the oldest first."""
    one = MinutesAddendum
    rows = session.execute(
        select(one.words, one.digest, one.at).where(one.meeting_id == meeting_id).order_by(one.id)
    )
    return [AddendumRow(*row) for row in rows]


@dataclass(frozen=True)
class PresentRow:
    """Somebody who was there, for the committee's eyes. ``name``: of the list that was signed."""

    id: UUID
    person_id: UUID | None
    name: str
    way: AttendanceWay
    at: datetime


def present_at(session: Session, meeting_id: UUID) -> list[PresentRow]:
    """Everybody who is noted as present."""
    vault = instance_of(session).vault
    rows = session.execute(
        select(
            Attendance.id, Attendance.person_id, Attendance.sealed_name, Attendance.way,
            Attendance.at,
        )
        .where(Attendance.meeting_id == meeting_id)
        .order_by(Attendance.id)
    )  # fmt: skip
    return [
        PresentRow(
            row.id, row.person_id, vault.unseal(row.sealed_name) if row.sealed_name else "",
            row.way, row.at,
        )
        for row in rows
    ]  # fmt: skip


def listed_at(session: Session, meeting_id: UUID) -> int:
    """How many are noted as present."""
    statement = select(func.count()).where(Attendance.meeting_id == meeting_id)
    return session.scalar(statement) or 0


def attends(session: Session, meeting_id: UUID, person_id: UUID | None) -> bool:
    """Whether somebody noted herself as present."""
    mine = (Attendance.meeting_id == meeting_id, Attendance.person_id == person_id)
    return person_id is not None and session.scalar(select(Attendance.id).where(*mine)) is not None


def wants_invitations(session: Session, area_id: UUID, person_id: UUID | None) -> bool:
    """Whether somebody asked to be told of the meetings of a place."""
    mine = (Invited.area_id == area_id, Invited.person_id == person_id)
    found = session.scalar(select(Invited.person_id).where(*mine)) if person_id else None
    return found is not None


def people_to_invite(
    session: Session, area_id: UUID, place_path: str, today: date
) -> list[UUID]:  # fmt: skip
    """Who asked to be told, and the heads and liaison officers in office there."""
    asked = select(Invited.person_id).where(Invited.area_id == area_id)
    heads = select(Head.person_id).where(
        Head.person_id.is_not(None), *inside(Head.place_path, [place_path]),
        Head.starts_on <= today, or_(Head.ends_on.is_(None), Head.ends_on >= today),
    )  # fmt: skip
    return list(session.scalars(asked.union(heads).limit(MOST_TOLD)))


def round_with(session: Session, number: str) -> UUID | None:
    """The text with a number."""
    return session.scalar(select(Round.id).where(Round.number == number))


def consultation_with(session: Session, number: str) -> UUID | None:
    """The question with a number."""
    return session.scalar(select(Consultation.id).where(Consultation.number == number))
