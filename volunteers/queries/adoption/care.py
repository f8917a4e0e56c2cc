"""Reads of care, inspections, dry weeks and the model agreement."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.kernel.instance import instance_of
from volunteers.models.adoption import (
    Adoption,
    AdoptionCare,
    AdoptionDryWeek,
    AdoptionInspection,
    AdoptionModel,
    AdoptionScore,
)
from volunteers.queries.adoption.plots import in_places
from volunteers.rules.adoption.life import CareState
from volunteers.rules.adoption.lists import total

PAGE = 30


@dataclass(frozen=True)
class CareRow:
    """One line of the care log."""

    id: UUID
    number: str
    adoption_id: UUID
    plot_id: UUID
    person_id: UUID | None
    deed: str
    done_on: date
    minutes: int
    at: datetime
    state: CareState
    decided_at: datetime | None
    void_reason: str | None
    words: str


_CARE = (
    AdoptionCare.id, AdoptionCare.number, AdoptionCare.adoption_id, AdoptionCare.plot_id,
    AdoptionCare.person_id, AdoptionCare.deed, AdoptionCare.done_on, AdoptionCare.minutes,
    AdoptionCare.at, AdoptionCare.state, AdoptionCare.decided_at, AdoptionCare.void_reason,
    AdoptionCare.sealed_words,
)  # fmt: skip


def _rows(session: Session, statement: Any) -> list[CareRow]:
    vault = instance_of(session).vault
    return [
        CareRow(*row[:-1], *(vault.unseal(text) if text else "" for text in row[-1:]))
        for row in session.execute(statement)
    ]


def care_by_number(session: Session, number: str, *, lock: bool = False) -> CareRow | None:
    """One entry; ``lock`` makes others wait who want to decide on it."""
    statement = select(*_CARE).where(AdoptionCare.number == number)
    rows = _rows(session, statement.with_for_update() if lock else statement)
    return rows[0] if rows else None


def care_by_id(session: Session, care_id: UUID) -> CareRow | None:
    """The entry to which a photo belongs."""
    rows = _rows(session, select(*_CARE).where(AdoptionCare.id == care_id))
    return rows[0] if rows else None


def care_of_plot(session: Session, plot_id: UUID) -> list[CareRow]:
    """What the public reads of a thing's log: what counts, the newest first."""
    statement = select(*_CARE).where(
        AdoptionCare.plot_id == plot_id, AdoptionCare.state != CareState.VOID
    )
    order = (AdoptionCare.done_on.desc(), AdoptionCare.id.desc())
    return _rows(session, statement.order_by(*order).limit(PAGE))


def care_of_adoption(session: Session, adoption_id: UUID) -> list[CareRow]:
    """The log of an adoption as its adopters and the desk read it: void lines too."""
    order = (AdoptionCare.done_on.desc(), AdoptionCare.id.desc())
    statement = select(*_CARE).where(AdoptionCare.adoption_id == adoption_id)
    return _rows(session, statement.order_by(*order).limit(200))


def care_to_confirm(session: Session, places: Collection[str] | None) -> list[CareRow]:
    """What waits for the desk, the oldest first."""
    statement = (
        select(*_CARE)
        .join(Adoption, Adoption.id == AdoptionCare.adoption_id)
        .where(
            AdoptionCare.state == CareState.WRITTEN,
            in_places(places, Adoption.place_path),
        )
        .order_by(AdoptionCare.at, AdoptionCare.id)
        .limit(200)
    )
    return _rows(session, statement)


@dataclass(frozen=True)
class InspectionRow:
    """A check with its points by axis."""

    id: UUID
    actor_id: UUID | None
    at: datetime
    words: str
    scores: Mapping[str, int]

    @property
    def total(self) -> int:
        """Of a hundred."""
        return total(self.scores.values())


def inspections_of(session: Session, plot_id: UUID, limit: int = 12) -> list[InspectionRow]:
    """The checks of a thing, the newest first."""
    i = AdoptionInspection
    statement = select(i.id, i.actor_id, i.at, i.words).where(i.plot_id == plot_id)
    rows = session.execute(statement.order_by(i.at.desc(), i.id.desc()).limit(limit)).all()
    scores: dict[UUID, dict[str, int]] = {}
    s = AdoptionScore
    for row in session.execute(
        select(s.inspection_id, s.axis, s.score).where(s.inspection_id.in_([r.id for r in rows]))
    ):
        scores.setdefault(row.inspection_id, {})[row.axis] = row.score
    return [InspectionRow(*row, scores.get(row.id, {})) for row in rows]


def last_inspected(session: Session, adoption_ids: Iterable[UUID]) -> Mapping[UUID, datetime]:
    """When some adoptions were looked at last."""
    i = AdoptionInspection
    statement = (
        select(i.adoption_id, func.max(i.at).label("at"))
        .where(i.adoption_id.in_(set(adoption_ids)))
        .group_by(i.adoption_id)
    )
    return {row.adoption_id: row.at for row in session.execute(statement)}


@dataclass(frozen=True)
class DryWeekRow:
    """A dry week in a place."""

    id: UUID
    area_id: UUID
    place_path: str
    monday: date
    marked_at: datetime
    told_at: datetime | None


_DRY = (
    AdoptionDryWeek.id, AdoptionDryWeek.area_id, AdoptionDryWeek.place_path,
    AdoptionDryWeek.monday, AdoptionDryWeek.marked_at, AdoptionDryWeek.told_at,
)  # fmt: skip


def dry_weeks(session: Session, places: Collection[str] | None) -> list[DryWeekRow]:
    """What was marked in somebody's places, the newest first."""
    statement = (
        select(*_DRY)
        .where(in_places(places, AdoptionDryWeek.place_path))
        .order_by(AdoptionDryWeek.monday.desc(), AdoptionDryWeek.id.desc())
        .limit(PAGE)
    )
    return [DryWeekRow(*row) for row in session.execute(statement)]


def untold_dry_weeks(session: Session, monday: date) -> list[DryWeekRow]:
    """Weeks from a Monday on whose adopters were not told yet."""
    d = AdoptionDryWeek
    statement = select(*_DRY).where(d.told_at.is_(None), d.monday >= monday).order_by(d.id)
    return [DryWeekRow(*row) for row in session.execute(statement)]


@dataclass(frozen=True)
class ModelRow:
    """A version of the model agreement."""

    version: int
    texts: Mapping[str, str]
    source: str
    published_at: datetime


_MODEL = (
    AdoptionModel.version, AdoptionModel.text_zh_hans, AdoptionModel.text_zh_hant,
    AdoptionModel.text_en, AdoptionModel.source, AdoptionModel.published_at,
)  # fmt: skip


def agreement_versions(session: Session) -> list[ModelRow]:
    """Every version of the model agreement, the newest first."""
    rows = session.execute(select(*_MODEL).order_by(AdoptionModel.version.desc()))
    return [_model(row) for row in rows]


def model_now(session: Session) -> ModelRow | None:
    """The version that is signed now."""
    rows = session.execute(select(*_MODEL).order_by(AdoptionModel.version.desc()).limit(1)).all()
    return _model(rows[0]) if rows else None


def model_of(session: Session, version: int | None) -> ModelRow | None:
    """One version."""
    rows = session.execute(select(*_MODEL).where(AdoptionModel.version == version)).all()
    return _model(rows[0]) if rows else None


def _model(row: Any) -> ModelRow:
    texts = {"zh_Hans": row.text_zh_hans, "zh_Hant": row.text_zh_hant, "en": row.text_en}
    return ModelRow(row.version, texts, row.source, row.published_at)
