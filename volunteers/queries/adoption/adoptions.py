"""Reads of adoptions: one, somebody's own, the desk's queues, their people and history."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from portal.areas.rules import codes_of
from portal.kernel.instance import instance_of
from volunteers.models.adoption import (
    Adoption,
    AdoptionEvent,
    AdoptionMember,
    AdoptionPlaque,
    AdoptionPlot,
)
from volunteers.queries.adoption.plots import in_places
from volunteers.rules.adoption.life import (
    BELONGING,
    HOLDING,
    LIVE,
    AdoptionState,
    Party,
    Role,
    Step,
    Who,
)

MOST = 200


@dataclass(frozen=True)
class AdoptionRow:
    """An adoption as it is read, what was sealed opened."""

    id: UUID
    number: str
    plot_id: UUID
    place_path: str
    form: str
    party: Party
    people: int
    cost_percent: int
    applicant_id: UUID | None
    named_until: date | None
    state: AdoptionState
    applied_at: datetime
    checked_by: UUID | None
    offered_until: date | None
    model_version: int | None
    signed_at: datetime | None
    countersigned_at: datetime | None
    starts_on: date | None
    ends_on: date | None
    renewal_asked_at: datetime | None
    step_from: date | None
    rectify_by: date | None
    leaves_on: date | None
    ended_at: datetime | None
    first_right_until: date | None
    first_right_of: UUID | None
    group: str
    words: str
    plot_name: str

    @property
    def live(self) -> bool:
        """Whether the agreement is in force."""
        return self.state in LIVE

    @property
    def district(self) -> str:
        return codes_of(self.place_path)[0]


_SEALED = ("group", "words", "plot_name")
_OPEN = tuple(f.name for f in fields(AdoptionRow) if f.name not in _SEALED)
_COLUMNS = (
    *(getattr(Adoption, name) for name in _OPEN),
    *(getattr(Adoption, f"sealed_{name}") for name in _SEALED),
)


def _rows(session: Session, statement: Any) -> list[AdoptionRow]:
    vault, plain = instance_of(session).vault, len(_OPEN)
    return [
        AdoptionRow(*row[:plain], *(vault.unseal(text) if text else "" for text in row[plain:]))
        for row in session.execute(statement)
    ]


def adoption_by_number(session: Session, number: str, *, lock: bool = False) -> AdoptionRow | None:
    """One by its number; ``lock`` makes others wait who want to move it."""
    statement = select(*_COLUMNS).where(Adoption.number == number)
    rows = _rows(session, statement.with_for_update() if lock else statement)
    return rows[0] if rows else None


def holder_of_plot(session: Session, plot_id: UUID) -> AdoptionRow | None:
    """The adoption that holds a thing, if one does."""
    holds = (Adoption.plot_id == plot_id, Adoption.state.in_(HOLDING))
    rows = _rows(session, select(*_COLUMNS).where(*holds))
    return rows[0] if rows else None


def adoptions_of(session: Session, person_id: UUID | None) -> list[AdoptionRow]:
    """Those in which somebody stands or for which she applied, the newest first."""
    if person_id is None:
        return []
    stands = exists().where(
        AdoptionMember.adoption_id == Adoption.id,
        AdoptionMember.person_id == person_id,
    )
    statement = select(*_COLUMNS).where(or_(Adoption.applicant_id == person_id, stands))
    return _rows(session, statement.order_by(Adoption.applied_at.desc(), Adoption.id.desc()))


def adoptions_in(
    session: Session, states: Iterable[AdoptionState], places: Collection[str] | None
) -> list[AdoptionRow]:
    """Adoptions of somebody's places in some states, the oldest first."""
    statement = (
        select(*_COLUMNS)
        .where(Adoption.state.in_(set(states)), in_places(places, Adoption.place_path))
        .order_by(Adoption.applied_at, Adoption.id)
        .limit(MOST)
    )
    return _rows(session, statement)


def due_adoptions(session: Session, condition: ColumnElement[bool]) -> list[AdoptionRow]:
    """Those for which a day has come; the caller says which."""
    return _rows(session, select(*_COLUMNS).where(condition).order_by(Adoption.id).limit(MOST))


def due_condition(today: date) -> ColumnElement[bool]:
    """What the clock ends by itself: offers nobody signed, notices that ran out, terms over."""
    return or_(
        and_(Adoption.state == AdoptionState.OFFERED, Adoption.offered_until < today),
        and_(Adoption.state == AdoptionState.LEAVING, Adoption.leaves_on < today),
        and_(Adoption.state.in_(LIVE), Adoption.ends_on < today),
    )


def waiting_first_right(session: Session, plot_id: UUID) -> bool:
    """Whether somebody whose plot was moved has applied for this one: she goes first."""
    statement = select(Adoption.id).where(
        Adoption.plot_id == plot_id,
        Adoption.state == AdoptionState.APPLIED,
        Adoption.first_right_of.is_not(None),
    )
    return session.scalar(statement.limit(1)) is not None


def first_right_of(session: Session, person_id: UUID, today: date) -> UUID | None:
    """The adoption from which somebody has the first right to another thing, if she has it."""
    statement = (
        select(Adoption.id)
        .join(AdoptionMember, AdoptionMember.adoption_id == Adoption.id)
        .where(
            Adoption.first_right_until >= today,
            AdoptionMember.person_id == person_id,
            AdoptionMember.role == Role.LEAD,
        )
        .order_by(Adoption.first_right_until.desc())
        .limit(1)
    )
    return session.scalar(statement)


@dataclass(frozen=True)
class MemberRow:
    """Somebody in an adoption. ``public_name`` is empty unless she wants to be shown."""

    id: UUID
    number: str
    adoption_id: UUID
    person_id: UUID
    role: Role
    joined_at: datetime
    left_at: datetime | None
    signed_at: datetime | None
    signature: str
    public_name: str


_MEMBER = (
    AdoptionMember.id, AdoptionMember.number, AdoptionMember.adoption_id,
    AdoptionMember.person_id, AdoptionMember.role, AdoptionMember.joined_at,
    AdoptionMember.left_at, AdoptionMember.signed_at, AdoptionMember.sealed_signature,
    AdoptionMember.sealed_public_name,
)  # fmt: skip


def members_of(session: Session, adoption_ids: Iterable[UUID]) -> Mapping[UUID, list[MemberRow]]:
    """Who stands in some adoptions, or stood there when they ended; the lead first."""
    vault = instance_of(session).vault
    statement = (
        select(*_MEMBER)
        .where(AdoptionMember.adoption_id.in_(set(adoption_ids)))
        .order_by(AdoptionMember.joined_at, AdoptionMember.id)
    )
    found: dict[UUID, list[MemberRow]] = {}
    for row in session.execute(statement):
        opened = (vault.unseal(text) if text else "" for text in row[8:])
        found.setdefault(row.adoption_id, []).append(MemberRow(*row[:8], *opened))
    for rows in found.values():
        rows.sort(key=lambda row: row.role is not Role.LEAD)
    return found


def member_in(session: Session, adoption_id: UUID, person_id: UUID | None) -> MemberRow | None:
    """Somebody's own row in an adoption."""
    rows = members_of(session, [adoption_id]).get(adoption_id, [])
    return next((row for row in rows if row.person_id == person_id), None)


def belongs(member: MemberRow | None) -> bool:
    """Whether somebody is an adopter, not only one who asked."""
    return member is not None and member.role in BELONGING


@dataclass(frozen=True)
class EventRow:
    """A step of the history."""

    step: Step
    who: Who
    actor_id: UUID | None
    at: datetime
    reason: str | None


def events_of(session: Session, adoption_id: UUID) -> list[EventRow]:
    """The history, the first first."""
    e = AdoptionEvent
    statement = select(e.step, e.who, e.actor_id, e.at, e.reason)
    rows = session.execute(statement.where(e.adoption_id == adoption_id).order_by(e.at, e.id))
    return [EventRow(*row) for row in rows]


@dataclass(frozen=True)
class PlaqueRow:
    """A plaque by its code, the thing on which it hangs, and whether it still holds."""

    code: str
    adoption_id: UUID | None
    plot_number: str
    made_at: datetime
    ended_at: datetime | None


def _plaques() -> Any:
    p = AdoptionPlaque
    return select(p.code, p.adoption_id, AdoptionPlot.number, p.made_at, p.ended_at).join(
        AdoptionPlot, AdoptionPlot.id == p.plot_id
    )


def plaque_by_code(session: Session, code: str) -> PlaqueRow | None:
    """A plaque, old ones too."""
    row = session.execute(_plaques().where(AdoptionPlaque.code == code)).one_or_none()
    return PlaqueRow(*row) if row else None


def plaque_of(session: Session, adoption_id: UUID) -> PlaqueRow | None:
    """The plaque of an adoption that holds now."""
    holds = (AdoptionPlaque.adoption_id == adoption_id, AdoptionPlaque.ended_at.is_(None))
    row = session.execute(_plaques().where(*holds).limit(1)).one_or_none()
    return PlaqueRow(*row) if row else None
