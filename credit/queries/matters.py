"""Reads of deductions on their way: one, those of a list, their words, photos and objections.

What has expired, or whose details are erased, is in no answer, job or no job (L12).
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, not_, or_, select
from sqlalchemy.orm import Session

from credit.models import (
    BasisConsent,
    DeductionBasis,
    Matter,
    MatterFile,
    MatterStep,
    MatterText,
    Objection,
)
from credit.rules.objections import MOST_ATTEMPTS
from credit.rules.process import (
    BasisKind,
    Clocks,
    Decision,
    MatterEvent,
    MatterState,
    stands,
)
from portal.kernel.instance import instance_of

_COLUMNS: Final = tuple(Matter.__table__.columns)
_OPEN: Final = (
    Objection.id.label("open_objection"),
    Objection.step.label("open_step"),
    Objection.answer_by,
)


@dataclass(frozen=True)
class MatterRow:
    """A deduction as it is read, with the objection that is open, if one is."""

    id: UUID
    number: str
    district: str
    state: MatterState
    subject_person_id: UUID | None
    subject_shop_id: UUID | None
    basis_id: UUID
    rule_code: str
    rule_version: int
    amount: int
    repaired: int
    happened_at: datetime
    source: str | None
    proposer_id: UUID
    unit_id: UUID | None
    unit_place: str | None
    proposed_at: datetime
    confirm_by: datetime | None
    sealed_route: str | None
    confirmer_id: UUID | None
    account_id: UUID | None
    notice_id: UUID | None
    announced_at: datetime | None
    object_until: datetime | None
    lapses_at: datetime | None
    posted_id: UUID | None
    effective_at: datetime | None
    expires_at: datetime | None
    basis_ended_at: datetime | None
    ended_at: datetime | None
    ended_by_event: MatterEvent | None
    end_id: UUID | None
    erased_at: datetime | None
    open_objection: UUID | None
    open_step: str | None
    answer_by: datetime | None

    @property
    def rule(self) -> str:
        return f"{self.rule_code}@{self.rule_version}"

    @property
    def left(self) -> int:
        """What of the deduction was not given back yet."""
        return self.amount - self.repaired

    @property
    def clocks(self) -> Clocks:
        return Clocks(
            state=self.state,
            confirm_by=self.confirm_by,
            lapses_at=self.lapses_at,
            expires_at=self.expires_at,
            answer_by=self.answer_by if self.open_objection else None,
            basis_ended_at=self.basis_ended_at,
        )

    def stands(self, now: datetime) -> MatterState:
        """Where it stands, whether or not a job has written that down."""
        return stands(self.clocks, now)


def shown(now: datetime) -> ColumnElement[bool]:
    """The condition for what any query may show (L12)."""
    return and_(
        Matter.erased_at.is_(None),
        Matter.state != MatterState.EXPIRED,
        or_(Matter.expires_at.is_(None), Matter.expires_at > now),
    )


def open_to_objection() -> ColumnElement[bool]:
    """The condition that she can object: not answered, and not taken back for the last time."""
    used = exists().where(
        Objection.matter_id == Matter.id,
        or_(Objection.decision != Decision.DROPPED, Objection.attempt + 1 >= MOST_ATTEMPTS),
    )
    return and_(
        Matter.state.in_((MatterState.ANNOUNCED, MatterState.IN_EFFECT)),
        Matter.basis_ended_at.is_(None),
        not_(used),
    )


def select_matters() -> Select[Any]:
    """Matters with their open objection."""
    return select(*_COLUMNS, *_OPEN).join(
        Objection,
        (Objection.matter_id == Matter.id) & Objection.decided_at.is_(None),
        isouter=True,
    )


def read_matters(session: Session, statement: Select[Any]) -> list[MatterRow]:
    return [MatterRow(**row._mapping) for row in session.execute(statement)]


def matter_by_id(session: Session, matter_id: UUID) -> MatterRow | None:
    """One matter, whatever its state: for the services, not for pages."""
    rows = read_matters(session, select_matters().where(Matter.id == matter_id))
    return rows[0] if rows else None


def matter_by_number(session: Session, number: str, now: datetime) -> MatterRow | None:
    """One matter that may be shown, by its public number."""
    rows = read_matters(session, select_matters().where(Matter.number == number, shown(now)))
    return rows[0] if rows else None


@dataclass(frozen=True)
class TextRow:
    """Words about a matter, opened."""

    matter_id: UUID
    objection_id: UUID | None
    about: str
    words: str
    at: datetime


def texts_of(session: Session, matter_ids: Collection[UUID]) -> list[TextRow]:
    """All words about some matters, the oldest first, in one query."""
    vault = instance_of(session).vault
    rows = session.execute(
        select(
            MatterText.matter_id, MatterText.objection_id, MatterText.about,
            MatterText.sealed_words, MatterText.at,
        )
        .where(MatterText.matter_id.in_(matter_ids))
        .order_by(MatterText.at, MatterText.id)
    )  # fmt: skip
    return [
        TextRow(
            row.matter_id, row.objection_id, row.about,
            json.loads(vault.unseal(row.sealed_words)), row.at,
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True)
class FileRow:
    """A photo of a matter."""

    matter_id: UUID
    objection_id: UUID | None
    code: str
    blob_key: str
    thumbnail_key: str
    width: int
    height: int


_FILE = (
    MatterFile.matter_id, MatterFile.objection_id, MatterFile.code, MatterFile.blob_key,
    MatterFile.thumbnail_key, MatterFile.width, MatterFile.height,
)  # fmt: skip


def files_of(session: Session, matter_ids: Collection[UUID]) -> list[FileRow]:
    """All photos of some matters, in one query."""
    statement = select(*_FILE).where(MatterFile.matter_id.in_(matter_ids))
    return [FileRow(*row) for row in session.execute(statement.order_by(MatterFile.id))]


def file_by_code(session: Session, code: str) -> FileRow | None:
    row = session.execute(select(*_FILE).where(MatterFile.code == code)).one_or_none()
    return None if row is None else FileRow(*row)


@dataclass(frozen=True)
class ObjectionRow:
    """One step of the ladder for a matter."""

    id: UUID
    matter_id: UUID
    step: str
    attempt: int
    opened_at: datetime
    typed_by: UUID | None
    answer_by: datetime | None
    taken_on_at: datetime | None
    extended_at: datetime | None
    opened_id: UUID | None
    decided_at: datetime | None
    decided_by: UUID | None
    decision: Decision | None
    decided_id: UUID | None


def objections_of(session: Session, matter_ids: Collection[UUID]) -> list[ObjectionRow]:
    """The objections to some matters, the oldest first, in one query."""
    statement = (
        select(*Objection.__table__.columns)
        .where(Objection.matter_id.in_(matter_ids))
        .order_by(Objection.opened_at, Objection.id)
    )
    return [ObjectionRow(**row._mapping) for row in session.execute(statement)]


@dataclass(frozen=True)
class StepRow:
    """What happened to a matter."""

    event: MatterEvent
    after: MatterState
    actor_id: UUID | None
    no_interest: bool
    at: datetime


def steps_of(session: Session, matter_id: UUID) -> list[StepRow]:
    """Everything that happened to a matter, the oldest first."""
    statement = (
        select(
            MatterStep.event, MatterStep.after, MatterStep.actor_id, MatterStep.no_interest,
            MatterStep.at,
        )
        .where(MatterStep.matter_id == matter_id)
        .order_by(MatterStep.at, MatterStep.id)
    )  # fmt: skip
    return [StepRow(*row) for row in session.execute(statement)]


def stood_aside(session: Session, matter_id: UUID, actor_id: UUID) -> bool:
    """Whether somebody said that the matter touches her own interest."""
    found = select(MatterStep.id).where(
        MatterStep.matter_id == matter_id,
        MatterStep.event == MatterEvent.STAND_ASIDE,
        MatterStep.actor_id == actor_id,
    )
    return session.scalar(found.limit(1)) is not None


@dataclass(frozen=True)
class BasisRow:
    """What deductions can rest on."""

    id: UUID
    number: str
    district: str
    kind: BasisKind
    title: str
    reference: str
    source: str
    valid_from: date
    valid_to: date | None
    revoked_at: datetime | None
    revoked_because: str | None
    marker: str | None

    def holds(self, on: date) -> bool:
        """Whether it is in force on a day and not revoked."""
        begun = self.valid_from <= on and (self.valid_to is None or on < self.valid_to)
        return begun and self.revoked_at is None


BASIS_COLUMNS: tuple[Any, ...] = (
    DeductionBasis.id, DeductionBasis.number, DeductionBasis.district, DeductionBasis.kind,
    DeductionBasis.title, DeductionBasis.reference, DeductionBasis.source,
    DeductionBasis.valid_from, DeductionBasis.valid_to, DeductionBasis.revoked_at,
    DeductionBasis.revoked_because, DeductionBasis.marker,
)  # fmt: skip


def bases(session: Session, district: str) -> list[BasisRow]:
    """Every basis of a district, revoked ones too, the newest first."""
    statement = select(*BASIS_COLUMNS).where(DeductionBasis.district == district)
    ordered = statement.order_by(DeductionBasis.valid_from.desc(), DeductionBasis.number)
    return [BasisRow(*row) for row in session.execute(ordered)]


def bases_by_ids(session: Session, ids: Iterable[UUID]) -> dict[UUID, BasisRow]:
    """Bases by id, in one query."""
    rows = session.execute(select(*BASIS_COLUMNS).where(DeductionBasis.id.in_(set(ids))))
    return {row.id: BasisRow(*row) for row in rows}


def basis_by_number(session: Session, number: str) -> BasisRow | None:
    row = session.execute(
        select(*BASIS_COLUMNS).where(DeductionBasis.number == number)
    ).one_or_none()
    return None if row is None else BasisRow(*row)


def consents_to_basis(
    session: Session, basis_id: UUID, person_id: UUID, at: datetime | None = None
) -> bool:
    """Whether this very person agreed to a basis, and (if asked) had done so at a moment (L2)."""
    found = select(BasisConsent.basis_id).where(
        BasisConsent.basis_id == basis_id,
        BasisConsent.person_id == person_id,
        BasisConsent.ended_at.is_(None),
    )
    if at is not None:
        found = found.where(BasisConsent.given_at <= at)
    return session.scalar(found) is not None


@dataclass(frozen=True)
class BasisConsentRow:
    """A person's yes to a basis."""

    basis: str
    given_at: datetime
    ended_at: datetime | None


def basis_consents_of(session: Session, person_id: UUID) -> list[BasisConsentRow]:
    """Which conventions a person agreed to as a basis, and until when."""
    rows = session.execute(
        select(DeductionBasis.title, BasisConsent.given_at, BasisConsent.ended_at)
        .join(DeductionBasis, DeductionBasis.id == BasisConsent.basis_id)
        .where(BasisConsent.person_id == person_id)
        .order_by(BasisConsent.given_at)
    )
    return [BasisConsentRow(*row) for row in rows]
