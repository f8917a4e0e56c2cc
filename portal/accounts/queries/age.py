"""Reads of age bands: what holds now, since when, and everything that was said before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import AgeStatement, Person
from portal.accounts.rules import AgeBand, Seen


@dataclass(frozen=True)
class Age:
    """The band of somebody, and since when it is kept. ``confirmed``: a desk looked at a paper."""

    band: AgeBand
    since: datetime
    confirmed: bool


@dataclass(frozen=True)
class AgeLine:
    """One statement. ``seen`` None: said, and not checked."""

    at: datetime
    band: AgeBand
    seen: Seen | None


def age_band_of(session: Session, person_id: UUID) -> AgeBand | None:
    """A living account's age band; UNKNOWN when nobody has said it."""
    living = select(Person.age_band).where(Person.id == person_id, Person.erased_at.is_(None))
    return session.scalar(living)


def age_of(session: Session, person_id: UUID | None) -> Age | None:
    """A living account's band with its date: the day of the account where no statement is kept."""
    row = session.execute(
        select(Person.age_band, Person.created_at, AgeStatement.at, AgeStatement.seen)
        .outerjoin(
            AgeStatement,
            (AgeStatement.person_id == Person.id) & (AgeStatement.band == Person.age_band),
        )
        .where(Person.id == person_id, Person.erased_at.is_(None))
        .order_by(AgeStatement.at.desc(), AgeStatement.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return Age(row.age_band, row.at or row.created_at, row.seen is not None)


def age_history(session: Session, person_id: UUID | None) -> Sequence[AgeLine]:
    """Everything that was said of somebody's age, the newest first."""
    statement = (
        select(AgeStatement.at, AgeStatement.band, AgeStatement.seen)
        .where(AgeStatement.person_id == person_id)
        .order_by(AgeStatement.at.desc(), AgeStatement.id.desc())
    )
    return [AgeLine(*row) for row in session.execute(statement)]
