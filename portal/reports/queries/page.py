"""One case as somebody may see it: the public, or its reporter."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.areas.queries import AreaRow, areas_by_codes
from portal.organisations.queries import organisations_by_ids
from portal.reports.models import Case, CasePhoto
from portal.reports.queries.case import (
    CaseReporterRow,
    CaseRow,
    EventRow,
    PhotoRow,
    TextRow,
    columns,
    events_of,
    photos_of,
    texts_of,
)
from portal.reports.queries.public import KindRow, kinds
from portal.reports.rules.codes import Event, PhotoKind, Review, State, TextKind
from portal.reports.rules.publicity import (
    STRICTEST,
    Publicity,
    TimePrecision,
    public_codes,
    public_point,
)

# why a matter came back is nobody's business: a check and an unhappy reporter read the same
_SILENT = frozenset({Event.SEND_BACK, Event.REOPEN, Event.DENY})
_TELLING = (
    TextKind.ANSWER,
    TextKind.REASON,
    TextKind.ADDITION,
    TextKind.QUESTION,
    TextKind.REPLY,
    TextKind.OUTSIDE_REPLY,
)
_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")


class Shown(StrEnum):
    """Why the reporter's words are there, or are not."""

    PUBLIC = "public"
    BEING_CHECKED = "being_checked"
    WITHHELD = "withheld"
    PROTECTED = "protected"
    NONE = "none"


@dataclass(frozen=True)
class Picture:
    """A photo on the page; ``public`` False is for its reporter only."""

    code: str
    public: bool


@dataclass(frozen=True)
class Step:
    """One line of the timeline."""

    at: datetime
    event: Event
    unit: Mapping[str, str] | None
    reason_code: str | None
    words: str | None


@dataclass(frozen=True)
class CasePage:
    """A case for one reader. ``own`` is its reporter, who sees more."""

    case: CaseRow
    kind: KindRow | None
    publicity: Publicity
    areas: list[AreaRow]
    point: tuple[float, float] | None
    unit: Mapping[str, str] | None
    words: str | None
    shown: Shown
    review_reason: str | None
    place_words: str | None
    before: list[Picture]
    after: list[Picture]
    photos_waiting: bool
    steps: list[Step]
    own: bool
    additions: list[str]

    @property
    def protected(self) -> bool:
        """Whether this reader sees only what law P5 leaves public."""
        return self.publicity.protected and not self.own

    @property
    def time(self) -> TimePrecision:
        return TimePrecision.MINUTE if self.own else self.publicity.time


@dataclass(frozen=True)
class StoredPicture:
    """A photo with all that decides who may see it."""

    photo: PhotoRow
    case: CaseRow
    publicity: Publicity

    @property
    def public(self) -> bool:
        """Whether anybody may see it."""
        checked = self.photo.review is Review.APPROVED
        return checked and self.case.listed and not self.publicity.protected


@dataclass(frozen=True)
class Hung:
    """What hangs on one case, of the public steps only."""

    texts: Sequence[TextRow]
    photos: Sequence[PhotoRow]
    events: Sequence[EventRow]


def case_page(session: Session, case: CaseRow, reporter: CaseReporterRow | None) -> CasePage:
    """Everything of a case that this reader may see."""
    kind = kinds(session).get(case.category_code)
    publicity = kind.publicity if kind else STRICTEST
    own = reporter is not None and reporter.own
    events = [event for event in events_of(session, case) if event.public]
    hung = Hung(texts_of(session, case), photos_of(session, case), events)
    areas = areas_by_codes(session, public_codes(case.place_path, publicity))
    hidden = publicity.protected and not own
    units = {} if hidden else _unit_names(session, case, events)
    return page_of(case, kind, hung, areas, units, own=own)


def page_of(
    case: CaseRow,
    kind: KindRow | None,
    hung: Hung,
    areas: Mapping[str, AreaRow],
    units: Mapping[UUID, Mapping[str, str]],
    *,
    own: bool,
) -> CasePage:
    """The page of what was read already. Pure: the one decision on what a reader may see."""
    publicity = kind.publicity if kind else STRICTEST
    hidden = publicity.protected and not own
    units = {} if hidden else units
    texts, photos = hung.texts, hung.photos
    described = next((t for t in texts if t.kind is TextKind.DESCRIPTION), None)
    words, shown = _words(described, own=own, protected=publicity.protected)
    codes = public_codes(case.place_path, publicity)
    return CasePage(
        case=case,
        kind=kind,
        publicity=publicity,
        areas=[areas[code] for code in codes if code in areas and code.isdecimal()],
        point=_point(case, publicity),
        unit=units.get(case.unit_id) if case.unit_id else None,
        words=words,
        shown=shown,
        review_reason=described.review_reason if described and own else None,
        place_words=_place_words(texts, publicity, own=own),
        before=_pictures(photos, PhotoKind.BEFORE, case, own=own, protected=publicity.protected),
        after=_pictures(photos, PhotoKind.AFTER, case, own=own, protected=publicity.protected),
        photos_waiting=not hidden and any(p.review is Review.PENDING for p in photos),
        steps=[_step(event, texts, units, own=own, hidden=hidden) for event in hung.events],
        own=own,
        additions=_additions(texts, publicity),
    )


def _additions(texts: Sequence[TextRow], publicity: Publicity) -> list[str]:
    """What neighbours added, as far as it was checked for everybody."""
    added = [t for t in texts if t.kind is TextKind.ADDITION and t.event_id is None]
    return [t.public_text or "" for t in added if _approved(t) and not publicity.protected]


def _point(case: CaseRow, publicity: Publicity) -> tuple[float, float] | None:
    """The point of the small map: only where the exact one is public, or a square of it."""
    if publicity.protected or case.lon is None or case.lat is None:
        return None
    return public_point(publicity, (case.lon, case.lat), None)


def _words(text: TextRow | None, *, own: bool, protected: bool) -> tuple[str | None, Shown]:
    if text is None or not text.text:
        return None, Shown.NONE
    if protected:
        return (text.text if own else None), Shown.PROTECTED
    shown = {
        Review.PENDING: Shown.BEING_CHECKED,
        Review.APPROVED: Shown.PUBLIC,
        Review.WITHHELD: Shown.WITHHELD,
    }[text.review]
    public = text.public_text if text.review is Review.APPROVED else None
    return (text.text if own else public), shown


def _place_words(texts: Sequence[TextRow], publicity: Publicity, *, own: bool) -> str | None:
    text = next((t for t in texts if t.kind is TextKind.PLACE), None)
    if text is None:
        return None
    if own:
        return text.text or None
    return text.public_text if publicity.place_words and _approved(text) else None


def _approved(text: TextRow) -> bool:
    return text.review is Review.APPROVED and bool(text.public_text)


def _pictures(
    photos: Sequence[PhotoRow], kind: PhotoKind, case: CaseRow, *, own: bool, protected: bool
) -> list[Picture]:
    found = []
    for photo in photos:
        public = photo.review is Review.APPROVED and not protected
        if photo.kind is kind and (public or (own and reporter_sees(photo, case))):
            found.append(Picture(photo.code, public))
    return found


def reporter_sees(photo: PhotoRow, case: CaseRow) -> bool:
    """Her own photos at once; the unit's when they were checked, or the case is closed."""
    if photo.review is Review.APPROVED:
        return True
    if photo.by_reporter:
        # a neighbour's is hers alone until it was checked
        return photo.reporter_id is None
    # what she is asked about, or has confirmed, she must be able to see
    asked = case.state is State.HANDLED and case.confirm_until is not None
    shown = asked or case.state in {State.CLOSED, State.SETTLED}
    return photo.review is Review.PENDING and shown


def _step(
    event: EventRow,
    texts: Sequence[TextRow],
    units: Mapping[UUID, Mapping[str, str]],
    *,
    own: bool,
    hidden: bool,
) -> Step:
    silent = event.event in _SILENT
    said = [
        t.text if own and t.reporter_id is None else t.public_text
        for t in texts
        if t.event_id == event.id
        and t.kind in _TELLING
        and ((own and t.reporter_id is None) or _approved(t))
    ]
    words = "\n".join(text for text in said if text)
    dispatched = event.event is Event.DISPATCH and event.unit_id is not None
    return Step(
        at=event.at,
        event=event.event,
        unit=units.get(event.unit_id) if dispatched and event.unit_id else None,
        reason_code=None if silent else event.reason_code,
        words=None if silent or hidden or not words else words,
    )


def _unit_names(
    session: Session, case: CaseRow, events: Sequence[EventRow]
) -> dict[UUID, Mapping[str, str]]:
    ids = {event.unit_id for event in events if event.unit_id}
    ids |= {case.unit_id} if case.unit_id else set()
    return {key: row.names for key, row in organisations_by_ids(session, ids).items()}


def stored_picture(session: Session, code: str) -> StoredPicture | None:
    """The photo with a public code."""
    if not _CODE.match(code):
        return None
    photo_columns, case_columns = columns(CasePhoto, PhotoRow), columns(Case, CaseRow)
    row = session.execute(
        select(*photo_columns, *case_columns)
        .join(Case, (Case.district == CasePhoto.district) & (Case.id == CasePhoto.case_id))
        .where(CasePhoto.code == code)
    ).first()
    if row is None:
        return None
    case = CaseRow(*row[len(photo_columns) :])
    kind = kinds(session).get(case.category_code)
    photo = PhotoRow(*row[: len(photo_columns)])
    return StoredPicture(photo, case, kind.publicity if kind else STRICTEST)
