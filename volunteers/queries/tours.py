"""Reads of inspection tours."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from volunteers.models import (
    ActivityTeam,
    Shift,
    SignUp,
    TeamMember,
    TourReport,
    TourScore,
    TourStop,
)
from volunteers.rules.signing_up import SignUpState
from volunteers.rules.tours import Mean


@dataclass(frozen=True)
class StopRow:
    """One stop of a tour."""

    id: UUID
    position: int
    at: datetime
    place: str


def stops_of(session: Session, activity_id: UUID) -> list[StopRow]:
    """The stops of a tour, in order."""
    rows = session.execute(
        select(TourStop.id, TourStop.position, TourStop.at, TourStop.place)
        .where(TourStop.activity_id == activity_id)
        .order_by(TourStop.position)
    )
    return [StopRow(*row) for row in rows]


def is_member(session: Session, activity_id: UUID, person_id: UUID) -> bool:
    """Whether somebody has a place in the group: on a shift of it, or in a team that takes part."""
    signed = exists().where(
        SignUp.shift_id == Shift.id, Shift.activity_id == activity_id,
        SignUp.person_id == person_id, SignUp.state == SignUpState.TAKEN,
    )  # fmt: skip
    team = exists().where(
        ActivityTeam.activity_id == activity_id, TeamMember.team_id == ActivityTeam.team_id,
        TeamMember.person_id == person_id, TeamMember.left_at.is_(None),
    )  # fmt: skip
    return bool(session.scalar(select(or_(signed, team))))


def own_scores(session: Session, stop_id: UUID, person_id: UUID) -> dict[str, int]:
    """What somebody thinks of a stop, by axis."""
    mine = select(TourScore.axis, TourScore.score).where(
        TourScore.stop_id == stop_id, TourScore.person_id == person_id
    )
    return {row.axis: row.score for row in session.execute(mine)}


def judged_by(session: Session, activity_id: UUID, person_id: UUID) -> set[UUID]:
    """The stops of a tour for which somebody has filled in a sheet."""
    mine = select(TourScore.stop_id).join(TourStop, TourStop.id == TourScore.stop_id)
    return set(
        session.scalars(
            mine.where(TourStop.activity_id == activity_id, TourScore.person_id == person_id)
        )
    )


def means_of(session: Session, activity_id: UUID) -> list[Mean]:
    """The mean of every stop and axis, and of how many sheets."""
    rows = session.execute(
        select(TourStop.position, TourScore.axis, func.avg(TourScore.score), func.count())
        .join(TourScore, TourScore.stop_id == TourStop.id)
        .where(TourStop.activity_id == activity_id)
        .group_by(TourStop.position, TourScore.axis)
        .order_by(TourStop.position, TourScore.axis)
    )
    return [Mean(position, axis, round(float(mean), 2), int(n)) for position, axis, mean, n in rows]


def remarks_of(session: Session, activity_id: UUID) -> list[tuple[int, str]]:
    """(stop, remark) for the organisers, without names."""
    rows = session.execute(
        select(TourStop.position, TourScore.remark)
        .join(TourScore, TourScore.stop_id == TourStop.id)
        .where(TourStop.activity_id == activity_id, TourScore.remark.is_not(None))
        .distinct()
        .order_by(TourStop.position, TourScore.remark)
    )
    return [(row.position, row.remark) for row in rows]


@dataclass(frozen=True)
class ReportRow:
    """A published report."""

    words: str
    means: Sequence[Mean]
    published_at: datetime


def report_of(session: Session, activity_id: UUID) -> ReportRow | None:
    """The report of a tour, once it is published."""
    row = session.get(TourReport, activity_id)
    if row is None:
        return None
    return ReportRow(row.words, [Mean(*one) for one in json.loads(row.figures)], row.published_at)
