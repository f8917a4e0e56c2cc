"""Reads of who is registered, what she has learnt, and who agreed for her."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.rules import AgeBand
from volunteers.models import GuardianYes, Qualification, Volunteer, VolunteerInterest
from volunteers.rules.qualifications import QualificationState

MOST: Final = 100


@dataclass(frozen=True)
class VolunteerRow:
    """Somebody who registered."""

    number: str
    registered_at: datetime
    named_at: datetime | None
    interests: tuple[str, ...]


def volunteer_of(session: Session, person_id: UUID | None) -> VolunteerRow | None:
    """The registration of somebody, if there is one."""
    row = session.execute(
        select(Volunteer.number, Volunteer.registered_at, Volunteer.named_at).where(
            Volunteer.person_id == person_id
        )
    ).one_or_none()
    if row is None:
        return None
    return VolunteerRow(row[0], row[1], row[2], tuple(interests_of(session, person_id)))


def interests_of(session: Session, person_id: UUID | None) -> list[str]:
    """What somebody would like to do: codes of tags."""
    return list(
        session.scalars(
            select(VolunteerInterest.tag)
            .where(VolunteerInterest.person_id == person_id)
            .order_by(VolunteerInterest.tag)
        )
    )


def age_of(session: Session, person_id: UUID | None) -> AgeBand:
    """The band of age that somebody stated."""
    found = session.scalar(select(Person.age_band).where(Person.id == person_id))
    return found or AgeBand.UNKNOWN


def named_among(session: Session, person_ids: Collection[UUID]) -> dict[UUID, str]:
    """Names of those who agreed that theirs is shown (条例, article 20); nobody else's."""
    rows = session.execute(
        select(Person.id, Person.display_name)
        .join(Volunteer, Volunteer.person_id == Person.id)
        .where(Person.id.in_(person_ids), Volunteer.named_at.is_not(None))
        .where(Person.erased_at.is_(None), Person.display_name != "")
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class QualificationRow:
    """A qualification as its holder and its desk see it."""

    id: UUID
    number: str
    person_id: UUID
    code: str
    place_path: str
    valid_from: date
    valid_to: date | None
    blob_key: str | None
    thumbnail_key: str | None
    state: QualificationState
    handed_at: datetime
    reason: str | None

    def over(self, today: date) -> bool:
        """Whether it has run out; its last day is part of it."""
        return self.valid_to is not None and self.valid_to < today


_COLUMNS: Final = (
    Qualification.id, Qualification.number, Qualification.person_id, Qualification.code,
    Qualification.place_path, Qualification.valid_from, Qualification.valid_to,
    Qualification.blob_key, Qualification.thumbnail_key, Qualification.state,
    Qualification.handed_at, Qualification.reason,
)  # fmt: skip


def _rows(session: Session, statement: Select[*tuple[Any, ...]]) -> list[QualificationRow]:
    found: list[tuple[Any, ...]] = [tuple(row) for row in session.execute(statement)]
    return [QualificationRow(*row) for row in found]


def qualifications_of(session: Session, person_id: UUID | None) -> list[QualificationRow]:
    """What somebody has handed in, the latest first."""
    mine = Qualification.person_id == person_id
    return _rows(session, select(*_COLUMNS).where(mine).order_by(Qualification.id.desc()))


def qualification_by_number(session: Session, number: str) -> QualificationRow | None:
    """One by its number, whoever's it is."""
    found = _rows(session, select(*_COLUMNS).where(Qualification.number == number))
    return found[0] if found else None


def to_check(session: Session, places: Sequence[str] | None) -> list[QualificationRow]:
    """What waits for a check below some places (None: everywhere), oldest first."""
    statement = select(*_COLUMNS).where(Qualification.state == QualificationState.WAITING)
    if places is not None:
        below = [Qualification.place_path.startswith(path, autoescape=True) for path in places]
        statement = statement.where(or_(*below) if below else Qualification.id.is_(None))
    return _rows(session, statement.order_by(Qualification.id).limit(MOST))


def ending(session: Session, today: date, upto: date) -> list[QualificationRow]:
    """Valid ones that end soon, of which nobody was told; one that is renewed already is none."""
    newer = (
        select(Qualification.person_id)
        .where(Qualification.state == QualificationState.VALID)
        .where(or_(Qualification.valid_to.is_(None), Qualification.valid_to > upto))
    )
    where: tuple[ColumnElement[bool], ...] = (
        Qualification.state == QualificationState.VALID,
        Qualification.valid_to >= today,
        Qualification.valid_to <= upto,
        Qualification.reminded_at.is_(None),
    )
    found = _rows(session, select(*_COLUMNS).where(*where).order_by(Qualification.id))
    renewed = {
        (row[0], row[1]) for row in session.execute(newer.add_columns(Qualification.code)) if found
    }
    return [row for row in found if (row.person_id, row.code) not in renewed]


def evidence_in_use(session: Session, keys: frozenset[str]) -> set[str | None]:
    """Which of some files are pictures of evidence."""
    rows = session.execute(
        select(Qualification.blob_key, Qualification.thumbnail_key).where(
            or_(Qualification.blob_key.in_(keys), Qualification.thumbnail_key.in_(keys))
        )
    )
    return {key for row in rows for key in row}


@dataclass(frozen=True)
class GuardianRow:
    """A request of a child to her guardian, or a guardian's yes."""

    id: UUID
    number: str
    child_id: UUID
    guardian_id: UUID | None
    phone_hash: str | None
    expires_at: datetime
    agreed_at: datetime | None
    ended_at: datetime | None

    def waits(self, now: datetime) -> bool:
        return self.agreed_at is None and self.ended_at is None and now < self.expires_at


_GUARDIAN: Final = (
    GuardianYes.id, GuardianYes.number, GuardianYes.child_id, GuardianYes.guardian_id,
    GuardianYes.phone_hash, GuardianYes.expires_at, GuardianYes.agreed_at, GuardianYes.ended_at,
)  # fmt: skip


def _guardians(session: Session, *where: ColumnElement[bool]) -> list[GuardianRow]:
    statement = select(*_GUARDIAN).where(*where).order_by(GuardianYes.id.desc())
    found: list[tuple[Any, ...]] = [tuple(row) for row in session.execute(statement)]
    return [GuardianRow(*row) for row in found]


def guardian_of(session: Session, child_id: UUID | None) -> GuardianRow | None:
    """The request or the yes that stands for a child."""
    found = _guardians(session, GuardianYes.child_id == child_id, GuardianYes.ended_at.is_(None))
    return found[0] if found else None


def guardian_by_token(session: Session, token_hash: str) -> GuardianRow | None:
    """The request behind a link."""
    found = _guardians(session, GuardianYes.token_hash == token_hash)
    return found[0] if found else None


def in_care_of(session: Session, guardian_id: UUID | None) -> list[GuardianRow]:
    """For whom somebody has agreed."""
    mine = GuardianYes.guardian_id == guardian_id
    return _guardians(session, mine, GuardianYes.ended_at.is_(None))


def guardian_rows_with(session: Session, person_id: UUID) -> list[GuardianRow]:
    """Every request that concerns somebody, as child or as guardian."""
    return _guardians(
        session, or_(GuardianYes.child_id == person_id, GuardianYes.guardian_id == person_id)
    )


def phone_of(session: Session, person_id: UUID) -> tuple[str | None, bool]:
    """The hash of somebody's phone, and whether she has proved it."""
    row = session.execute(
        select(Person.phone_hash, Person.phone_verified_at).where(Person.id == person_id)
    ).one_or_none()
    return (row[0], row[1] is not None) if row else (None, False)
