"""One case and what hangs on it, as frozen rows."""

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from portal.reports.models import (
    Case,
    CaseEvent,
    CasePause,
    CasePhoto,
    CaseReporter,
    CaseText,
)
from portal.reports.rules.codes import (
    Event,
    Means,
    Pause,
    PhotoKind,
    Relation,
    Review,
    Source,
    State,
    TextKind,
)
from portal.reports.rules.masking import masked
from portal.reports.rules.pauses import Spell, stands_still


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
    means: Means | None
    times_returned: int
    times_sent_back: int
    times_urged: int
    times_extended: int
    times_suspended: int
    times_reassigned: int
    condition: str | None
    limit_tag: str | None
    limit_from: date | None
    calendar_code: str | None
    clock_from: datetime | None
    extended_minutes: int
    pause: Pause | None
    paused_at: datetime | None
    paused_until: datetime | None
    promise_if_over: datetime | None
    confirm_until: datetime | None
    question_open: bool
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
    reporter_id: UUID | None = None

    def for_unit(self, *, sealed: bool) -> str:
        """Without numbers; of a report under seal what the check left: it may have cut a name."""
        checked = self.public_text if sealed and self.by_reporter else None
        return masked(checked or self.text)

    @property
    def hers(self) -> bool:
        """Whether it is of whoever began the case; a neighbour's bears her key."""
        return self.by_reporter and self.reporter_id is None


@dataclass(frozen=True)
class PhotoRow:
    """A photo of a case."""

    id: UUID
    code: str
    event_id: UUID | None
    kind: PhotoKind
    blob_key: str
    thumbnail_key: str | None
    public_key: str | None
    public_thumbnail_key: str | None
    covers: str | None
    width: int
    height: int
    review: Review
    review_reason: str | None
    by_reporter: bool
    cycle: int
    created_at: datetime
    reporter_id: UUID | None = None

    @property
    def hers(self) -> bool:
        """Whether it is of whoever began the case; a neighbour's bears her key."""
        return self.by_reporter and self.reporter_id is None

    def file(self, *, small: bool, uncovered: bool = False) -> str:
        """The key of the file to show: the covered one wherever there is one."""
        if self.public_key is not None and not uncovered:
            return (self.public_thumbnail_key if small else None) or self.public_key
        return (self.thumbnail_key if small else None) or self.blob_key


@dataclass(frozen=True)
class PauseRow:
    """A spell in which a case's clock stood still."""

    id: UUID
    kind: Pause
    started_at: datetime
    until: datetime
    ended_at: datetime | None

    @property
    def spell(self) -> Spell:
        return Spell(self.started_at, self.ended_at or self.until)


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
    merged_from: UUID | None = None

    @property
    def own(self) -> bool:
        """Whether the case began with her: its words and photos are hers."""
        return self.began(self.case_id)

    def began(self, case_id: UUID) -> bool:
        """Whether a case began with her, be it the one that she stands behind now or not."""
        came_with = self.merged_from or self.case_id
        return self.relation.began and came_with == case_id

    @property
    def joined_at(self) -> datetime | None:
        """When a neighbour joined what others had reported."""
        return None if self.relation.began else self.created_at


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


def as_it_stands(case: CaseRow, now: datetime) -> CaseRow:
    """The case as its readers see it: a pause that ran out is over, whoever has noted it or not."""
    if case.paused_until is None or stands_still(case, now):
        return case
    return replace(
        case,
        promised_at=case.promise_if_over,
        pause=None,
        paused_at=None,
        paused_until=None,
        promise_if_over=None,
    )


def pauses_of(session: Session, case: CaseRow) -> list[PauseRow]:
    """The spells in which the case's clock stood still, oldest first."""
    found = session.execute(
        select(*columns(CasePause, PauseRow))
        .where(CasePause.district == case.district, CasePause.case_id == case.id)
        .order_by(CasePause.id)
    )
    return [PauseRow(*row) for row in found]


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


def question_of(session: Session, case: CaseRow) -> str:
    """The last thing that the reporter was asked."""
    asked = [text.text for text in texts_of(session, case) if text.kind is TextKind.QUESTION]
    return asked[-1] if asked else ""


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
