"""One case and what hangs on it, as frozen rows."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from portal.reports.models import Case, CaseEvent, CasePhoto, CaseReporter, CaseText
from portal.reports.rules.codes import (
    Event,
    PhotoKind,
    Relation,
    Review,
    Source,
    State,
    TextKind,
)


@dataclass(frozen=True)
class CaseRow:
    """Every column of a case."""

    district: str
    id: UUID
    number: str
    category_code: str
    state: State
    cycle: int
    version: int
    source: Source
    external_number: str | None
    area_id: UUID
    place_path: str
    lon: float | None
    lat: float | None
    urgent: bool
    sealed: bool
    listed: bool
    unit_id: UUID | None
    dispatcher_id: UUID | None
    handler_id: UUID | None
    verifier_id: UUID | None
    limit_minutes: int
    round_the_clock: bool
    promised_at: datetime | None
    promised_days: int | None
    found_at: datetime
    accepted_at: datetime | None
    responded_at: datetime | None
    dispatched_at: datetime | None
    handled_at: datetime | None
    closed_at: datetime | None
    fed_back_at: datetime | None
    times_returned: int
    times_sent_back: int
    times_urged: int
    updated_at: datetime


@dataclass(frozen=True)
class EventRow:
    """One step of the history."""

    id: UUID
    at: datetime
    event: Event
    from_state: State | None
    to_state: State
    cycle: int
    actor_id: UUID | None
    unit_id: UUID | None
    reason_code: str | None
    public: bool


@dataclass(frozen=True)
class TextRow:
    """Words on a case."""

    id: UUID
    event_id: UUID | None
    kind: TextKind
    text: str
    public_text: str | None
    review: Review
    review_reason: str | None
    by_reporter: bool
    created_at: datetime


@dataclass(frozen=True)
class PhotoRow:
    """A photo of a case."""

    id: UUID
    code: str
    event_id: UUID | None
    kind: PhotoKind
    blob_key: str
    thumbnail_key: str | None
    width: int
    height: int
    review: Review
    review_reason: str | None
    by_reporter: bool
    cycle: int
    created_at: datetime


@dataclass(frozen=True)
class CaseReporterRow:
    """Somebody behind a case. Name and phone stay sealed until a look with a reason."""

    district: str
    id: UUID
    case_id: UUID
    person_id: UUID | None
    relation: Relation
    sealed_name: str | None
    sealed_phone: str | None
    phone_hash: str | None
    verified: bool
    language: str
    created_at: datetime
    erased_at: datetime | None


def columns(model: type[Any], row: type[Any]) -> list[Any]:
    """The columns of a model that a row dataclass names, in its order."""
    return [getattr(model, field.name) for field in fields(row)]


def case_by_number(session: Session, number: str) -> CaseRow | None:
    """The case with a public number."""
    found = session.execute(select(*columns(Case, CaseRow)).where(Case.number == number)).first()
    return CaseRow(*found) if found else None


def case_by_id(session: Session, district: str, case_id: UUID) -> CaseRow | None:
    """The case with a key."""
    found = session.execute(
        select(*columns(Case, CaseRow)).where(Case.district == district, Case.id == case_id)
    ).first()
    return CaseRow(*found) if found else None


def events_of(session: Session, case: CaseRow) -> list[EventRow]:
    """The history, oldest first."""
    found = session.execute(
        select(*columns(CaseEvent, EventRow))
        .where(CaseEvent.district == case.district, CaseEvent.case_id == case.id)
        .order_by(CaseEvent.id)
    )
    return [EventRow(*row) for row in found]


def texts_of(session: Session, case: CaseRow) -> list[TextRow]:
    """All words, public or not, oldest first."""
    found = session.execute(
        select(*columns(CaseText, TextRow))
        .where(CaseText.district == case.district, CaseText.case_id == case.id)
        .order_by(CaseText.id)
    )
    return [TextRow(*row) for row in found]


def photos_of(session: Session, case: CaseRow) -> list[PhotoRow]:
    """All photos, public or not, oldest first."""
    found = session.execute(
        select(*columns(CasePhoto, PhotoRow))
        .where(CasePhoto.district == case.district, CasePhoto.case_id == case.id)
        .order_by(CasePhoto.id)
    )
    return [PhotoRow(*row) for row in found]


def reporters_of(session: Session, case: CaseRow) -> list[CaseReporterRow]:
    """Everybody behind a case, the first reporter first."""
    found = session.execute(
        select(*columns(CaseReporter, CaseReporterRow))
        .where(CaseReporter.district == case.district, CaseReporter.case_id == case.id)
        .order_by(CaseReporter.id)
    )
    return [CaseReporterRow(*row) for row in found]


def had_before(session: Session, number: str, unit_ids: Collection[UUID]) -> bool:
    """Whether a case was once given to one of some units."""
    found = session.scalar(
        select(CaseEvent.id)
        .join(Case, and_(Case.district == CaseEvent.district, Case.id == CaseEvent.case_id))
        .where(
            Case.number == number,
            CaseEvent.event == Event.DISPATCH,
            CaseEvent.unit_id.in_(unit_ids),
        )
        .limit(1)
    )
    return found is not None
