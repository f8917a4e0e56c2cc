"""Reads of guardians: what a child asked, and for whom somebody has agreed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from credit.models import Guardianship
from credit.rules.guardian import Ended
from portal.accounts.models import Person
from portal.accounts.rules import AgeBand


@dataclass(frozen=True)
class GuardianRow:
    """A request of a child and what became of it, with the child's name and age as they are now."""

    id: UUID
    number: str
    child_id: UUID
    guardian_id: UUID | None
    phone_hash: str | None
    asked_at: datetime
    expires_at: datetime
    agreed_at: datetime | None
    ended_at: datetime | None
    ended_by: Ended | None
    child_name: str
    child_age: AgeBand

    @property
    def holds(self) -> bool:
        """Whether a guardian has agreed, and nobody has ended it."""
        return self.agreed_at is not None and self.ended_at is None

    def waits(self, now: datetime) -> bool:
        """Whether it can still be answered."""
        return self.agreed_at is None and self.ended_at is None and now < self.expires_at


_COLUMNS: tuple[Any, ...] = (
    Guardianship.id, Guardianship.number, Guardianship.child_id, Guardianship.guardian_id,
    Guardianship.phone_hash, Guardianship.asked_at, Guardianship.expires_at,
    Guardianship.agreed_at, Guardianship.ended_at, Guardianship.ended_by,
    Person.display_name, Person.age_band,
)  # fmt: skip


def _rows(session: Session, *conditions: ColumnElement[bool]) -> Sequence[GuardianRow]:
    statement = (
        select(*_COLUMNS)
        .join(Person, Person.id == Guardianship.child_id)
        .where(*conditions)
        .order_by(Guardianship.asked_at.desc(), Guardianship.id.desc())
    )
    return [GuardianRow(*row) for row in session.execute(statement)]


def last_request(session: Session, child_id: UUID) -> GuardianRow | None:
    """What a child asked last."""
    return next(iter(_rows(session, Guardianship.child_id == child_id)), None)


def request_by_token(session: Session, token_hash: str) -> GuardianRow | None:
    """The request that a link leads to, as long as it was not answered or ended."""
    rows = _rows(session, Guardianship.token_hash == token_hash, Guardianship.ended_at.is_(None))
    return next(iter(rows), None)


def agreed_by(session: Session, guardian_id: UUID) -> Sequence[GuardianRow]:
    """The children for whom somebody has agreed, also those whose yes has ended."""
    return _rows(session, Guardianship.guardian_id == guardian_id)


def requests_with(session: Session, person_id: UUID) -> Sequence[GuardianRow]:
    """Everything with somebody in it, as a child or as a guardian."""
    mine = (Guardianship.child_id == person_id) | (Guardianship.guardian_id == person_id)
    return _rows(session, mine)


def guardian_agreed(session: Session, child_id: UUID) -> bool:
    """Whether a guardian's yes for a child holds now."""
    held = select(Guardianship.id).where(
        Guardianship.child_id == child_id,
        Guardianship.agreed_at.is_not(None),
        Guardianship.ended_at.is_(None),
    )
    return session.scalar(held) is not None


def outgrown(session: Session) -> Sequence[GuardianRow]:
    """Children whose guardian's yes stands although they are under 14 no more."""
    return _rows(session, Guardianship.ended_at.is_(None), Person.age_band != AgeBand.UNDER_14)


def unanswered(session: Session, now: datetime) -> Sequence[GuardianRow]:
    """Requests whose time is over."""
    return _rows(
        session,
        Guardianship.ended_at.is_(None),
        Guardianship.agreed_at.is_(None),
        Guardianship.expires_at <= now,
    )
