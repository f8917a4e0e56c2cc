"""What comes with a step of a case, and how its words and photos are kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from portal.kernel.ids import new_token
from portal.kernel.uploads import KeptPhotos, take_uploads
from portal.reports.models import CasePhoto, CaseText
from portal.reports.queries.case import CaseRow
from portal.reports.rules.codes import Event, Means, PhotoKind, Review, TextKind
from portal.reports.rules.masking import for_public
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import ActorFacts, CaseFacts, Offer, Transition

# looked at on the spot: for whoever decides, neither for the unit nor for the public
SPOT = frozenset({Event.VERIFY_SPOT, Event.RECHECK_SPOT})
# what is said between staff and reporter stays between them
_SAID = {Event.ASK: TextKind.QUESTION, Event.REPLY: TextKind.REPLY}


class StoredPhoto(Protocol):
    """What every kind of photo that is kept knows of its file."""

    @property
    def blob_key(self) -> str: ...
    @property
    def thumbnail_key(self) -> str | None: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...


def file_facts(photo: StoredPhoto) -> dict[str, Any]:
    """The columns that tell of the file, the same in every table of photos."""
    return {
        "blob_key": photo.blob_key,
        "thumbnail_key": photo.thumbnail_key,
        "width": photo.width,
        "height": photo.height,
    }


@dataclass(frozen=True)
class NewPhoto:
    """A photo already re-encoded and stored."""

    blob_key: str
    width: int
    height: int
    thumbnail_key: str | None = None


def new_photos(photos: Iterable[StoredPhoto]) -> tuple[NewPhoto, ...]:
    """Photos as a step of a case brings them."""
    return tuple(NewPhoto(**file_facts(photo)) for photo in photos)


def take_photos(session: Session, photos: KeptPhotos, now: datetime) -> tuple[NewPhoto, ...]:
    """What was pending, as a step brings it."""
    return new_photos(take_uploads(session, photos, now))


@dataclass(frozen=True)
class Brought:
    """Everything that may come with a step. ``values`` are further columns of the case.

    ``reporter_id``: whose words and photos they are, where it is not the first reporter.
    ``withheld``: why a reporter's words and photos are never to be shown.
    """

    reason: Reason | None = None
    words: str | None = None
    unit_id: UUID | None = None
    photos: Sequence[NewPhoto] = ()
    means: Means | None = None
    reporter_id: UUID | None = None
    withheld: str | None = None
    values: tuple[tuple[str, Any], ...] = ()

    @property
    def offer(self) -> Offer:
        return Offer(self.reason, self.words, len(self.photos), self.unit_id, self.means)


NOTHING = Brought()


@dataclass(frozen=True)
class Step:
    """One step about to be taken, with all that decides it."""

    event: Event
    row: Transition
    case: CaseRow
    facts: CaseFacts
    who: ActorFacts
    brought: Brought
    now: datetime
    # columns of a clock that runs again because of this step
    runs: Mapping[str, Any]


def add_words(session: Session, step: Step, event_id: UUID) -> None:
    """Keep the words. Staff's answer is public at once without numbers; all else stays inside."""
    words = (step.brought.words or "").strip()
    if not words:
        return
    kind = _SAID.get(step.event) or _kind_of(step)
    public = kind in {TextKind.ANSWER, TextKind.REASON} and not step.facts.protected
    hidden = step.facts.protected or step.brought.withheld
    waits = step.event is Event.SELF_SOLVE and not hidden
    session.add(
        CaseText(
            district=step.case.district,
            case_id=step.case.id,
            event_id=event_id,
            kind=kind,
            text=words,
            public_text=for_public(words) if public else None,
            review=Review.APPROVED if public else Review.PENDING if waits else Review.WITHHELD,
            review_reason=step.brought.withheld,
            by_reporter=step.who.is_reporter,
            created_at=step.now,
            reporter_id=step.brought.reporter_id,
        )
    )


def _kind_of(step: Step) -> TextKind:
    """What the words are. A dispatch's instruct the unit; those of a case sent back look alike."""
    if step.event is Event.SELF_SOLVE:
        return TextKind.ADDITION
    if step.event in {Event.REOPEN, Event.SEND_BACK, Event.DENY}:
        return TextKind.PASSED_ON
    if step.event is Event.DISPATCH or not step.row.public:
        return TextKind.NOTE
    return TextKind.REASON if step.brought.reason is not None else TextKind.ANSWER


def add_photos(session: Session, step: Step, event_id: UUID) -> None:
    """Hang photos on the step. All wait for a check: the unit's for that of the verifier."""
    by_reporter = step.who.is_reporter
    before = step.event is Event.VERIFY_SPOT or (by_reporter and step.event is not Event.SELF_SOLVE)
    for photo in step.brought.photos:
        session.add(
            CasePhoto(
                district=step.case.district,
                code=new_token(),
                case_id=step.case.id,
                event_id=event_id,
                kind=PhotoKind.BEFORE if before else PhotoKind.AFTER,
                **file_facts(photo),
                review=_first_review(step),
                review_reason=step.brought.withheld,
                by_reporter=by_reporter,
                cycle=step.case.cycle,
                created_at=step.now,
                reporter_id=step.brought.reporter_id,
            )
        )


def _first_review(step: Step) -> Review:
    """Withheld where nobody of the public is meant: what was seen on the spot, or must stay in."""
    inside = step.brought.withheld or step.event in SPOT
    return Review.WITHHELD if inside else Review.PENDING
