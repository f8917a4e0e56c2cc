"""Elections of an alliance as they are read. Who voted what is nowhere; who voted, only whether
this member did, so that she is not asked twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from pledges.models import (
    AllianceBallot,
    AllianceCandidate,
    AllianceElection,
    AllianceVoter,
)
from pledges.queries.alliances import AllianceRow
from pledges.rules.elections import ElectionKind, Outcome

SHOWN = 10


@dataclass(frozen=True)
class ElectionRow:
    """One election, running or over."""

    district: str
    id: UUID
    number: str
    alliance_id: UUID
    kind: ElectionKind
    term_days: int
    called_at: datetime
    polls_at: datetime
    closes_at: datetime
    roll: int
    closed_at: datetime | None
    outcome: Outcome | None
    turnout: int | None
    blank: int | None
    lot: bool
    digest: str | None


_E = AllianceElection
_ELECTION: Any = (
    _E.district, _E.id, _E.number, _E.alliance_id, _E.kind, _E.term_days, _E.called_at,
    _E.polls_at, _E.closes_at, _E.roll, _E.closed_at, _E.outcome, _E.turnout, _E.blank, _E.lot,
    _E.digest,
)  # fmt: skip


def election_by_number(session: Session, number: str, *, lock: bool = False) -> ElectionRow | None:
    """One election; ``lock``: nobody votes or counts meanwhile."""
    statement = select(*_ELECTION).where(_E.number == number)
    found = session.execute(statement.with_for_update() if lock else statement).one_or_none()
    return ElectionRow(*found) if found else None


def elections_of(session: Session, alliance: AllianceRow) -> list[ElectionRow]:
    """The latest elections of an alliance, the newest first."""
    rows = session.execute(
        select(*_ELECTION)
        .where(_E.district == alliance.district, _E.alliance_id == alliance.id)
        .order_by(_E.called_at.desc(), _E.id)
        .limit(SHOWN)
    )
    return [ElectionRow(*row) for row in rows]


def due_elections(session: Session, now: datetime) -> list[str]:
    """The numbers of elections that are to be counted."""
    statement = select(_E.number).where(_E.closed_at.is_(None), _E.closes_at <= now)
    return list(session.scalars(statement.order_by(_E.closes_at)))


@dataclass(frozen=True)
class CandidateRow:
    """A member who may be voted for. ``person_id`` for the service alone."""

    id: UUID
    number: str
    election_id: UUID
    member_id: UUID
    person_id: UUID | None
    agreed_at: datetime | None
    withdrawn_at: datetime | None
    votes: int | None


def candidates_of(session: Session, election: ElectionRow) -> list[CandidateRow]:
    """Everybody who was proposed, in the order of their public numbers, which are of chance."""
    c = AllianceCandidate
    rows = session.execute(
        select(
            c.id, c.number, c.election_id, c.member_id, c.person_id, c.agreed_at, c.withdrawn_at,
            c.votes,
        )
        .where(c.district == election.district, c.election_id == election.id)
        .order_by(c.number)
    )  # fmt: skip
    return [CandidateRow(*row) for row in rows]


def voted(session: Session, election: ElectionRow, members: Iterable[UUID]) -> set[UUID]:
    """Which of one's own members have voted already."""
    v = AllianceVoter
    statement = select(v.member_id).where(
        v.district == election.district, v.election_id == election.id,
        v.member_id.in_(set(members)),
    )  # fmt: skip
    return set(session.scalars(statement))


def ballots_of(session: Session, election: ElectionRow) -> list[tuple[str, str]]:
    """Every vote: its code of chance, and the number of the candidate or "". By code."""
    b, c = AllianceBallot, AllianceCandidate
    rows = session.execute(
        select(b.id, c.number)
        .outerjoin(c, (c.district == b.district) & (c.id == b.candidate_id))
        .where(b.district == election.district, b.election_id == election.id)
    )
    return sorted((row.id.hex, row.number or "") for row in rows)
