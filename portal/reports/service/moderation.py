"""The staff check of words and photos before the public sees them (law P5 allows some never)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import CursorResult, literal, or_, select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.errors import Conflict, Refused
from portal.reports.models import CasePhoto, CaseText
from portal.reports.queries.case import CaseRow
from portal.reports.rules.codes import Event, Review
from portal.reports.rules.masking import masked, only_taken_away
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import Refusal
from portal.reports.service.loop import Brought, move_case
from portal.reports.service.search import index_case


@dataclass(frozen=True)
class Decision:
    """Whether the public may see one text or photo. ``public_text`` may leave things out."""

    kind: type[CaseText] | type[CasePhoto]
    id: UUID
    show: bool
    seen: Review = Review.PENDING
    public_text: str | None = None


def about_text(
    text_id: UUID, *, show: bool, seen: Review = Review.PENDING, public_text: str | None = None
) -> Decision:
    """A decision about words."""
    return Decision(CaseText, text_id, show, seen, public_text)


def about_photo(photo_id: UUID, *, show: bool, seen: Review = Review.PENDING) -> Decision:
    """A decision about a photo."""
    return Decision(CasePhoto, photo_id, show, seen)


def moderate_case(
    session: Session,
    case: CaseRow,
    decisions: Sequence[Decision],
    *,
    actor: Actor,
    now: datetime,
    reason: Reason | None = None,
    words: str | None = None,
) -> CaseRow:
    """Show some, keep some inside with a reason the reporter reads. A lost race raises Conflict."""
    if not decisions:
        raise Refused(Refusal.UNDECIDED)
    shown = [decision for decision in decisions if decision.show]
    kept = [decision for decision in decisions if not decision.show]
    if shown:
        values = (("listed", True),)
        brought = Brought(values=values)
        case = move_case(session, case, Event.MODERATE, actor=actor, now=now, brought=brought)
    if kept:
        if reason is None:
            raise Refused(Refusal.REASON_MISSING, field="reason")
        brought = Brought(reason=reason, words=words)
        case = move_case(session, case, Event.MODERATE, actor=actor, now=now, brought=brought)
    for decision in decisions:
        told = None if decision.show else _told(reason, words)
        _decide(session, case, decision, told)
    index_case(session, case)
    return case


def _told(reason: Reason | None, words: str | None) -> str | None:
    """What the reporter reads: the code of a reason, or the officer's words for "other"."""
    if reason is Reason.OTHER and words:
        return words.strip()[:200]
    return reason.value if reason else None


def _decide(session: Session, case: CaseRow, decision: Decision, told: str | None) -> None:
    """The conditional UPDATE: only what stands as it was seen is decided."""
    kind = decision.kind
    values: dict[str, object] = {
        "review": Review.APPROVED if decision.show else Review.WITHHELD,
        "review_reason": told,
    }
    if kind is CaseText:
        values["public_text"] = _public_words(session, case, decision) if decision.show else None
    result = session.execute(
        update(kind)
        .where(
            kind.district == case.district,
            kind.case_id == case.id,
            kind.id == decision.id,
            kind.review == decision.seen,
            # what the reporter keeps to herself stays so, whoever asks (law P1)
            or_(literal(not decision.show), kind.review_reason.is_distinct_from(Reason.NOT_AGREED)),
        )
        .values(**values)
    )
    if cast("CursorResult[object]", result).rowcount != 1:
        raise Conflict(Refusal.STALE)


def _public_words(session: Session, case: CaseRow, decision: Decision) -> str:
    """The words as the officer leaves them, without numbers; nothing may be added."""
    original = session.scalar(
        select(CaseText.text).where(
            CaseText.district == case.district,
            CaseText.case_id == case.id,
            CaseText.id == decision.id,
        )
    )
    if original is None:
        raise Conflict(Refusal.STALE)
    public = decision.public_text if decision.public_text is not None else original
    if not only_taken_away(original, public):
        raise Refused(Refusal.WORDS_ADDED, field=f"public_{decision.id.hex}")
    return masked(public)
