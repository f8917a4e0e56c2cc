"""What is kept about one person, for herself."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.areas.queries import area_by_code
from portal.areas.rules import codes_of
from volunteers.models import (
    Activity,
    CalendarFeed,
    CloudLink,
    Shift,
    SignUp,
    Team,
    TeamMember,
    TourScore,
    TourStop,
    Volunteer,
)
from volunteers.queries.announcing import got_by
from volunteers.queries.hours import certificates_of, hours_of
from volunteers.queries.rating import feedback_to
from volunteers.queries.rosters import wish_of
from volunteers.queries.volunteers import guardian_rows_with, interests_of, qualifications_of
from volunteers.rules.activities import qualifications
from volunteers.rules.tours import axes

_TITLES = (Activity.title_zh_hans, Activity.title_zh_hant, Activity.title_en)
_NAMES = (Team.name_zh_hans, Team.name_zh_hant, Team.name_en)
_LANGUAGES = ("zh_Hans", "zh_Hant", "en")


def records_of(session: Session, person_id: UUID) -> Iterator[dict[str, Any]]:
    """Her registration, her teams and her sign-ups, oldest first."""
    registered: Any = session.execute(
        select(
            Volunteer.registered_at,
            Volunteer.named_at,
            Volunteer.day_before,
            Volunteer.hours_before,
        ).where(Volunteer.person_id == person_id)
    )
    for row in registered:
        named = row.named_at.isoformat() if row.named_at else None
        yield {
            "table": "volunteer",
            "registered_at": row.registered_at.isoformat(),
            "named_at": named,
            "interests": interests_of(session, person_id),
            "day_before": row.day_before,
            "hours_before": row.hours_before,
        }
    yield from _teams(session, person_id)
    yield from _wish(session, person_id)
    yield from _sign_ups(session, person_id)
    yield from _messages(session, person_id)
    yield from _hours(session, person_id)
    yield from _sheets(session, person_id)
    yield from _papers(session, person_id)
    yield from _feedback(session, person_id)


def _teams(session: Session, person_id: UUID) -> Iterator[dict[str, Any]]:
    teams: Any = session.execute(
        select(TeamMember.joined_at, TeamMember.left_at, TeamMember.muted_at, *_NAMES)
        .join(Team, Team.id == TeamMember.team_id)
        .where(TeamMember.person_id == person_id)
        .order_by(TeamMember.id)
    )
    for row in teams:
        left = row.left_at.isoformat() if row.left_at else None
        names = dict(zip(_LANGUAGES, row[3:], strict=True))
        yield {
            "table": "volunteer_team_member",
            "names": names,
            "joined_at": row.joined_at.isoformat(),
            "left_at": left,
            "muted_at": row.muted_at.isoformat() if row.muted_at else None,
        }


def _messages(session: Session, person_id: UUID) -> Iterator[dict[str, Any]]:
    for got in got_by(session, person_id):
        yield {
            "table": "volunteer_announcement_receiver",
            "names": got.names,
            "sent_at": got.sent_at.isoformat(),
            "words": got.words,
            "read_at": got.read_at.isoformat() if got.read_at else None,
        }


def _wish(session: Session, person_id: UUID) -> Iterator[dict[str, Any]]:
    wish = wish_of(session, person_id)
    if wish is not None:
        code = codes_of(wish.place_path)[-1]
        yield {
            "table": "volunteer_ask_me",
            "place": place.names if (place := area_by_code(session, code)) else {},
            "away_until": wish.away_until.isoformat() if wish.away_until else None,
            "windows": [[one.weekday, one.start, one.end] for one in wish.windows],
        }


def _feedback(session: Session, person_id: UUID) -> Iterator[dict[str, Any]]:
    for word in feedback_to(session, person_id):
        yield {
            "table": "volunteer_feedback",
            "kind": word.kind.value,
            "words": word.words,
            "written_at": word.written_at.isoformat(),
        }


def _papers(session: Session, person_id: UUID) -> Iterator[dict[str, Any]]:
    for one in qualifications_of(session, person_id):
        yield {
            "table": "volunteer_qualification",
            "names": dict(qualifications()[one.code].names),
            "valid_from": one.valid_from.isoformat(),
            "valid_to": one.valid_to.isoformat() if one.valid_to else None,
            "reason": one.reason,
        }
    for one_guardian in guardian_rows_with(session, person_id):
        yield {
            "table": "volunteer_guardian",
            "role": "child" if one_guardian.child_id == person_id else "guardian",
            "agreed_at": one_guardian.agreed_at.isoformat() if one_guardian.agreed_at else None,
            "ended_at": one_guardian.ended_at.isoformat() if one_guardian.ended_at else None,
        }


def _sheets(session: Session, person_id: UUID) -> Iterator[dict[str, Any]]:
    rows: Any = session.execute(
        select(
            TourStop.place, TourScore.axis, TourScore.score, TourScore.remark, TourScore.given_at
        )
        .join(TourStop, TourStop.id == TourScore.stop_id)
        .where(TourScore.person_id == person_id)
        .order_by(TourScore.id)
    )
    for row in rows:
        yield {
            "table": "volunteer_tour_score",
            "place": row.place,
            "axis": axes()[row.axis].names if row.axis in axes() else {},
            "score": row.score,
            "remark": row.remark,
            "given_at": row.given_at.isoformat(),
        }


def _sign_ups(session: Session, person_id: UUID) -> Iterator[dict[str, Any]]:
    rows: Any = session.execute(
        select(Shift.number, Shift.starts_at, Shift.ends_at, SignUp.state, *_TITLES)
        .join(Shift, Shift.id == SignUp.shift_id)
        .join(Activity, Activity.id == Shift.activity_id)
        .where(SignUp.person_id == person_id)
        .order_by(SignUp.id)
    )
    for row in rows:
        yield {
            "table": "volunteer_sign_up",
            "shift": row.number,
            "names": dict(zip(_LANGUAGES, row[4:], strict=True)),
            "starts_at": row.starts_at.isoformat(),
            "ends_at": row.ends_at.isoformat(),
            "state": row.state.value,
        }


def _hours(session: Session, person_id: UUID) -> Iterator[dict[str, Any]]:
    for hours in hours_of(session, person_id):
        yield {
            "table": "volunteer_hours",
            "number": hours.number,
            "names": dict(hours.titles),
            "starts_at": hours.span.starts_at.isoformat(),
            "ends_at": hours.span.ends_at.isoformat(),
            "minutes": hours.minutes,
            "voided_at": hours.voided_at.isoformat() if hours.voided_at else None,
            "void_reason": hours.void_reason,
        }
    link = session.execute(
        select(CloudLink.cloud_id, CloudLink.linked_at).where(CloudLink.person_id == person_id)
    ).one_or_none()
    if link is not None:
        yield {
            "table": "volunteer_cloud_link",
            "cloud_id": link.cloud_id,
            "linked_at": link.linked_at.isoformat(),
        }
    made = session.scalar(select(CalendarFeed.made_at).where(CalendarFeed.person_id == person_id))
    if made is not None:
        yield {"table": "volunteer_calendar", "made_at": made.isoformat()}
    for paper in certificates_of(session, person_id):
        yield {
            "table": "volunteer_certificate",
            "number": paper.number,
            "made_at": paper.made_at.isoformat(),
            "revoked_at": paper.revoked_at.isoformat() if paper.revoked_at else None,
        }
