"""Reads of what organisers wrote: who gets it, what was written before, what somebody got."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from volunteers.models import (
    Activity,
    Announcement,
    AnnouncementReceiver,
    Shift,
    SignUp,
    Team,
    TeamMember,
    Volunteer,
)
from volunteers.queries.activities import said_in
from volunteers.queries.on_the_day import EXPECTED
from volunteers.rules.announcing import MOST_SHOWN

# older ones are no news any more, read or not
NEWS: Final = timedelta(days=30)


@dataclass(frozen=True)
class Target:
    """To whom something is written: a team, or all on a shift."""

    team_id: UUID | None = None
    shift_id: UUID | None = None

    def holds(self) -> Any:
        """That a message went there."""
        if self.team_id is not None:
            return Announcement.team_id == self.team_id
        return Announcement.shift_id == self.shift_id


def receivers(session: Session, target: Target) -> list[UUID]:
    """Who gets what is written now: members who did not mute their team; all who are expected on
    a shift, for a mute is about teams only."""
    if target.team_id is not None:
        found = select(TeamMember.person_id).where(
            TeamMember.team_id == target.team_id,
            TeamMember.left_at.is_(None),
            TeamMember.muted_at.is_(None),
        )
    else:
        found = select(SignUp.person_id).where(
            SignUp.shift_id == target.shift_id, SignUp.state.in_(EXPECTED)
        )
    return sorted(set(session.scalars(found)))


@dataclass(frozen=True)
class SentRow:
    """What was written to a team or a shift, for its organisers."""

    number: str
    writer_id: UUID
    sent_at: datetime
    words: str
    people: int


def sent_to(session: Session, target: Target) -> list[SentRow]:
    """What was written there, the latest first."""
    people = (
        select(func.count())
        .where(AnnouncementReceiver.announcement_id == Announcement.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Announcement.number, Announcement.writer_id, Announcement.sent_at,
            Announcement.words, people,
        )
        .where(target.holds())
        .order_by(Announcement.id.desc())
        .limit(MOST_SHOWN)
    )  # fmt: skip
    return [SentRow(*row) for row in rows]


@dataclass(frozen=True)
class GotRow:
    """What somebody got. ``names``: of the team, or the title of the shift's activity."""

    number: str
    sent_at: datetime
    words: str
    read_at: datetime | None
    names: Mapping[str, str]
    shift: str | None
    starts_at: datetime | None


_NAMES: Final = (Team.name_zh_hans, Team.name_zh_hant, Team.name_en)
_TITLES: Final = (Activity.title_zh_hans, Activity.title_zh_hant, Activity.title_en)


def got_by(session: Session, person_id: UUID) -> list[GotRow]:
    """What was written to somebody, the latest first."""
    rows = session.execute(
        select(
            Announcement.number, Announcement.sent_at, Announcement.words,
            AnnouncementReceiver.read_at, Shift.number.label("shift"), Shift.starts_at,
            *_NAMES, *_TITLES,
        )
        .join(AnnouncementReceiver, AnnouncementReceiver.announcement_id == Announcement.id)
        .join(Team, Team.id == Announcement.team_id, isouter=True)
        .join(Shift, Shift.id == Announcement.shift_id, isouter=True)
        .join(Activity, Activity.id == Shift.activity_id, isouter=True)
        .where(AnnouncementReceiver.person_id == person_id)
        .order_by(Announcement.id.desc())
        .limit(MOST_SHOWN)
    )  # fmt: skip
    return [
        GotRow(
            row.number, row.sent_at, row.words, row.read_at,
            said_in(row, "name") or said_in(row, "title"), row.shift, row.starts_at,
        )
        for row in rows
    ]  # fmt: skip


def unread_of(session: Session, person_id: UUID, now: datetime) -> int:
    """How many messages of organisers somebody has not read yet."""
    counted = (
        select(func.count())
        .select_from(AnnouncementReceiver)
        .join(Announcement, Announcement.id == AnnouncementReceiver.announcement_id)
        .where(
            AnnouncementReceiver.person_id == person_id,
            AnnouncementReceiver.read_at.is_(None),
            Announcement.sent_at > now - NEWS,
        )
    )
    return session.scalar(counted) or 0


@dataclass(frozen=True)
class MyTeam:
    """A team of somebody's, and whether she has muted it."""

    number: str
    names: Mapping[str, str]
    muted: bool


@dataclass(frozen=True)
class Wishes:
    """What a volunteer wants to be told. ``registered`` is False for who is none."""

    registered: bool
    day_before: bool
    hours_before: bool
    teams: tuple[MyTeam, ...]


def wishes_of(session: Session, person_id: UUID) -> Wishes:
    """What somebody wants to be told, and by which teams."""
    chosen = session.execute(
        select(Volunteer.day_before, Volunteer.hours_before).where(Volunteer.person_id == person_id)
    ).one_or_none()
    teams = session.execute(
        select(Team.number, TeamMember.muted_at, *_NAMES)
        .join(TeamMember, TeamMember.team_id == Team.id)
        .where(TeamMember.person_id == person_id, TeamMember.left_at.is_(None))
        .order_by(Team.id)
    )
    found = tuple(
        MyTeam(row.number, said_in(row, "name"), row.muted_at is not None) for row in teams
    )
    return Wishes(chosen is not None, *(chosen or (True, True)), teams=found)
