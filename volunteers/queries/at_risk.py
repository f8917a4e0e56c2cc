"""The coming shifts that may not take place as planned: six queries, however many there are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteers.models import ShiftPost, SignUp
from volunteers.queries.candidates import experienced_among, learnt_by
from volunteers.queries.shifts import ShiftRow, planned_in
from volunteers.rules.at_risk import (
    LOOKED_AT,
    Known,
    OnIt,
    Risk,
    Seat,
    Urgency,
    Watched,
    rank_of,
    risks_of,
    urgency_of,
)
from volunteers.rules.fitness import Clock
from volunteers.rules.reminders import Messaging
from volunteers.rules.signing_up import SEATED, SignUpState

_LOOKED_FOR = (*SEATED, SignUpState.WITHDRAWN, SignUpState.WITHDRAWN_LATE)


@dataclass(frozen=True)
class AtRisk:
    """A shift with what stands against it."""

    shift: ShiftRow
    risks: Mapping[Risk, int]
    urgency: Urgency


@dataclass(frozen=True)
class Board:
    """The most urgent first. ``all_looked_at``: no more shifts lie ahead than were read."""

    rows: Sequence[AtRisk]
    all_looked_at: bool


def shifts_at_risk(
    session: Session, scopes: Sequence[str] | None, messaging: Messaging, clock: Clock
) -> Board:
    """The shifts of some places (None: all) that need somebody's attention."""
    now = clock.now
    found = planned_in(session, scopes, now, now + messaging.board, limit=LOOKED_AT + 1)
    shifts = found[:LOOKED_AT]
    people = _people(session, [one.id for one in shifts])
    everyone = {one.person_id for on in people.values() for one in on}
    known = Known(
        experienced_among(session, everyone, clock.limits, now), learnt_by(session, everyone)
    )
    rows = []
    for one in shifts:
        watched = Watched(one.span, one.sequence, _seats(one), people[one.id])
        risks = risks_of(watched, known, alarm=messaging.alarm, zone=clock.zone)
        if risks:
            rows.append(AtRisk(one, risks, urgency_of(risks, one.starts_at, now)))
    return Board(sorted(rows, key=_first), len(found) <= LOOKED_AT)


def _first(row: AtRisk) -> tuple[int, datetime, UUID]:
    return rank_of(row.urgency), row.shift.starts_at, row.shift.id


def _seats(shift: ShiftRow) -> list[Seat]:
    return [Seat(post.least, post.seats, post.taken) for post in shift.posts]


def _people(session: Session, shifts: Iterable[UUID]) -> Mapping[UUID, list[OnIt]]:
    rows: Any = session.execute(
        select(
            SignUp.shift_id, SignUp.person_id, SignUp.state, SignUp.sequence, SignUp.changed_at,
            ShiftPost.leads, ShiftPost.qualification,
        )
        .join(ShiftPost, ShiftPost.id == SignUp.post_id)
        .where(SignUp.shift_id.in_(list(shifts)), SignUp.state.in_(_LOOKED_FOR))
    )  # fmt: skip
    found: dict[UUID, list[OnIt]] = defaultdict(list)
    for shift_id, *one in rows:
        found[shift_id].append(OnIt(*one))
    return found
