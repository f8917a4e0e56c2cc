"""The staff check of words and photos before the public sees them (law P5 allows some never)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, literal, null, or_, select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.errors import Conflict, Refused
from portal.reports.models import CasePhoto, CaseText
from portal.reports.queries.case import CaseRow
from portal.reports.rules.codes import Event, Review
from portal.reports.rules.guarding import Act, act_on_text
from portal.reports.rules.masking import for_public, only_taken_away
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import Refusal
from portal.reports.service.decisions import Decided, note_decisions, tell_decisions
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
    told = _told(reason, words)
    decided = [_decide(session, case, one, None if one.show else told) for one in decisions]
    note_decisions(session, case, decided, actor_id=actor.person_id, now=now)
    index_case(session, case)
    tell_decisions(session, case, decided, reason=reason, now=now)
    return case


def _told(reason: Reason | None, words: str | None) -> str | None:
    """What the reporter reads: the code of a reason, or the officer's words for "other"."""
    if reason is Reason.OTHER and words:
        return words.strip()[:200]
    return reason.value if reason else None


@dataclass(frozen=True)
class _Was:
    """One text or photo before the decision; a photo has no words."""

    text: str
    public_text: str | None
    by_reporter: bool
    reporter_id: UUID | None


def _decide(session: Session, case: CaseRow, decision: Decision, told: str | None) -> Decided:
    """The conditional UPDATE: only what stands as it was seen is decided."""
    kind = decision.kind
    was = _was(session, case, decision)
    values: dict[str, object] = {
        "review": Review.APPROVED if decision.show else Review.WITHHELD,
        "review_reason": told,
    }
    public = None
    if kind is CaseText:
        public = _public_words(was, decision) if decision.show else None
        values["public_text"] = public
    result = session.execute(
        update(kind)
        .where(
            *_this(kind, case, decision.id),
            kind.review == decision.seen,
            # what the reporter keeps to herself stays so, whoever asks (law P1)
            or_(literal(not decision.show), kind.review_reason.is_distinct_from(Reason.NOT_AGREED)),
        )
        .values(**values)
    )
    if cast("CursorResult[object]", result).rowcount != 1:
        raise Conflict(Refusal.STALE)
    if kind is not CaseText:
        act = Act.SHOWN if decision.show else Act.WITHHELD
        return Decided(decision.id, act, was.by_reporter, told, reporter_id=was.reporter_id)
    act = act_on_text(was.text, public)
    # words that were never public are not copied into the record
    before = was.public_text if decision.seen is Review.APPROVED else None
    return Decided(decision.id, act, was.by_reporter, told, before, public, was.reporter_id)


def _this(
    kind: type[CaseText] | type[CasePhoto], case: CaseRow, item_id: UUID
) -> tuple[ColumnElement[bool], ...]:
    return kind.district == case.district, kind.case_id == case.id, kind.id == item_id


def _was(session: Session, case: CaseRow, decision: Decision) -> _Was:
    kind = decision.kind
    words = (CaseText.text, CaseText.public_text) if kind is CaseText else (literal(""), null())
    row = session.execute(
        select(*words, kind.by_reporter, kind.reporter_id).where(*_this(kind, case, decision.id))
    ).one_or_none()
    if row is None:
        raise Conflict(Refusal.STALE)
    return _Was(row[0], row[1], row[2], row[3])


def _public_words(was: _Was, decision: Decision) -> str:
    """The words as the officer leaves them, without numbers; nothing may be added."""
    public = decision.public_text if decision.public_text is not None else was.text
    if not only_taken_away(was.text, public):
        raise Refused(Refusal.WORDS_ADDED, field=f"public_{decision.id.hex}")
    return for_public(public)
