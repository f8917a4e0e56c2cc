"""What deductions can rest on, as one person reads it: each basis with her own yes to it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from credit.models import BasisConsent, DeductionBasis
from credit.queries.matters import BASIS_COLUMNS, BasisRow
from credit.rules.process import BasisKind


@dataclass(frozen=True)
class OwnBasis:
    """A basis, and when this person agreed to it and ended that; ``on``: the day of the look."""

    basis: BasisRow
    given_at: datetime | None
    ended_at: datetime | None
    on: date

    @property
    def is_convention(self) -> bool:
        return self.basis.kind is BasisKind.CONVENTION

    @property
    def holds(self) -> bool:
        return self.basis.holds(self.on)

    @property
    def agreed(self) -> bool:
        """Whether her yes stands (L2)."""
        return self.given_at is not None and self.ended_at is None


def own_bases(
    session: Session, districts: Collection[str], person_id: UUID, on: date
) -> list[OwnBasis]:
    """Every basis in force in some districts, and each that her yes still stands for, in one
    query: a yes can be ended wherever and however old it is (L5)."""
    holds = and_(
        DeductionBasis.district.in_(districts), DeductionBasis.revoked_at.is_(None),
        DeductionBasis.valid_from <= on,
        or_(DeductionBasis.valid_to.is_(None), DeductionBasis.valid_to > on),
    )  # fmt: skip
    stands = and_(BasisConsent.given_at.is_not(None), BasisConsent.ended_at.is_(None))
    statement = (
        _own(person_id)
        .where(or_(holds, stands))
        .order_by(DeductionBasis.district, DeductionBasis.valid_from.desc(), DeductionBasis.number)
    )
    rows: Any = session.execute(statement)
    return [OwnBasis(BasisRow(*row[:-2]), row[-2], row[-1], on) for row in rows]


def _own(person_id: UUID) -> Select[*tuple[Any, ...]]:
    return select(*BASIS_COLUMNS, BasisConsent.given_at, BasisConsent.ended_at).outerjoin(
        BasisConsent,
        (BasisConsent.basis_id == DeductionBasis.id) & (BasisConsent.person_id == person_id),
    )


def own_marked(session: Session, marker: str, person_id: UUID, on: date) -> OwnBasis | None:
    """A published convention as a basis, with somebody's yes; None where it is none on a day."""
    statement = _own(person_id).where(
        DeductionBasis.marker == marker, DeductionBasis.revoked_at.is_(None)
    )
    row: Any = session.execute(statement).one_or_none()
    if row is None:
        return None
    found = OwnBasis(BasisRow(*row[:-2]), row[-2], row[-1], on)
    return found if found.holds else None


def live_marked(session: Session, markers: Collection[str]) -> list[BasisRow]:
    """The bases of some markers that nobody has revoked."""
    statement = select(*BASIS_COLUMNS).where(
        DeductionBasis.marker.in_(markers), DeductionBasis.revoked_at.is_(None)
    )
    return [BasisRow(*row) for row in session.execute(statement)]


def yeses_to_marker(session: Session, marker: str, person_id: UUID) -> list[str]:
    """The numbers of the bases of a marker to which somebody's yes stands, revoked ones too."""
    statement = (
        select(DeductionBasis.number)
        .join(BasisConsent, BasisConsent.basis_id == DeductionBasis.id)
        .where(
            DeductionBasis.marker == marker, BasisConsent.person_id == person_id,
            BasisConsent.ended_at.is_(None),
        )
    )  # fmt: skip
    return list(session.scalars(statement))


def live_markers(session: Session) -> list[str]:
    """Every marker of a basis that nobody has revoked."""
    statement = select(DeductionBasis.marker).where(
        DeductionBasis.marker.is_not(None), DeductionBasis.revoked_at.is_(None)
    )
    return [marker for marker in session.scalars(statement) if marker is not None]
