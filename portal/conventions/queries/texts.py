"""Conventions, rounds and drafts, as they are read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from portal.conventions.models import (
    ClauseEdit,
    Convention,
    DraftClause,
    Overruled,
    Round,
    RoundEvent,
)
from portal.conventions.rules.checking import Finding, Flag, flags_of
from portal.conventions.rules.kinds import Kind, KindRule, rule_of
from portal.conventions.rules.texts import ClauseText, EditState, Topic
from portal.conventions.rules.way import Move, RoundState

PAGE = 30


@dataclass(frozen=True)
class RoundRow:
    """A round with its convention."""

    id: UUID
    number: str
    convention_id: UUID
    kind: Kind
    kind_version: int
    title: str
    area_id: UUID
    place_path: str
    covers: str | None
    sequence: int
    state: RoundState
    until: date | None
    asked: str | None
    preamble: str | None
    revision: int
    started_at: datetime
    reading: str | None
    base_version: int | None
    convention_number: str
    repeals: bool

    @property
    def rule(self) -> KindRule:
        """The rule it began with."""
        return rule_of(self.kind, self.kind_version)


def _rounds() -> Select[*tuple[Any, ...]]:
    return select(
        Round.id, Round.number, Round.convention_id, Convention.kind, Round.kind_version,
        Round.title, Convention.area_id, Round.place_path, Convention.covers, Round.sequence,
        Round.state, Round.until, Round.asked, Round.preamble, Round.revision, Round.started_at,
        Round.reading, Round.base_version, Convention.number, Round.repeals,
    ).join(Convention, Convention.id == Round.convention_id)  # fmt: skip


def round_by_number(session: Session, number: str, *, lock: bool = False) -> RoundRow | None:
    """The round with a number."""
    statement = _rounds().where(Round.number == number)
    row = session.execute(statement.with_for_update(of=Round) if lock else statement).one_or_none()
    return RoundRow(*row) if row else None


def rounds_page(
    session: Session, places: Sequence[str] | None, *, after: str = ""
) -> list[RoundRow]:
    """A page of rounds, the newest first, and one more. ``places``: path prefixes, None all."""
    statement = _rounds().order_by(Round.id.desc()).limit(PAGE + 1)
    if places is not None:
        statement = statement.where(_in(places))
    last = session.scalar(select(Round.id).where(Round.number == after)) if after else None
    if last is not None:
        statement = statement.where(Round.id < last)
    return [RoundRow(*row) for row in session.execute(statement)]


def _in(places: Sequence[str]) -> ColumnElement[bool]:
    return or_(False, *(Round.place_path.startswith(place) for place in places))


@dataclass(frozen=True)
class DraftRow:
    """A clause of a draft."""

    id: UUID
    clause_id: UUID
    position: int
    topic: Topic
    heading: str
    markdown: str
    revision: int
    removed_at: datetime | None

    @property
    def text(self) -> ClauseText:
        return ClauseText(str(self.clause_id), self.heading, self.markdown, self.topic)


_DRAFT = (
    DraftClause.id, DraftClause.clause_id, DraftClause.position, DraftClause.topic,
    DraftClause.heading, DraftClause.markdown, DraftClause.revision, DraftClause.removed_at,
)  # fmt: skip


def draft_of(session: Session, round_id: UUID) -> list[DraftRow]:
    """The clauses of a round in their order, without those that were taken out."""
    statement = (
        select(*_DRAFT)
        .where(DraftClause.round_id == round_id, DraftClause.removed_at.is_(None))
        .order_by(DraftClause.position, DraftClause.id)
    )
    return [DraftRow(*row) for row in session.execute(statement)]


def draft_clause(session: Session, round_id: UUID, clause_id: UUID) -> DraftRow | None:
    """One of them, taken out or not."""
    statement = select(*_DRAFT).where(
        DraftClause.round_id == round_id, DraftClause.clause_id == clause_id
    )
    row = session.execute(statement).one_or_none()
    return DraftRow(*row) if row else None


def clauses_in_draft(session: Session, round_id: UUID) -> tuple[int, int]:
    """How many clauses stand in a draft, and the last position that was ever given."""
    here = DraftClause.removed_at.is_(None)
    statement = select(func.count().filter(here), func.max(DraftClause.position)).where(
        DraftClause.round_id == round_id
    )
    count, last = session.execute(statement).one()
    return count, last or 0


@dataclass(frozen=True)
class AsideRow:
    """What somebody wrote while somebody else saved; ``clause_id``: of which clause."""

    id: UUID
    clause_id: UUID
    draft_id: UUID
    round_id: UUID
    heading: str
    markdown: str
    seen_revision: int
    state: EditState
    at: datetime


def _asides() -> Select[*tuple[Any, ...]]:
    return select(
        ClauseEdit.id, DraftClause.clause_id, DraftClause.id, DraftClause.round_id,
        ClauseEdit.heading, ClauseEdit.markdown, ClauseEdit.seen_revision, ClauseEdit.state,
        ClauseEdit.at,
    ).join(DraftClause, DraftClause.id == ClauseEdit.draft_id)  # fmt: skip


def asides_of(session: Session, round_id: UUID) -> list[AsideRow]:
    """What lies aside in a round, the oldest first."""
    statement = _asides().where(
        DraftClause.round_id == round_id, ClauseEdit.state == EditState.ASIDE
    )
    return [AsideRow(*row) for row in session.execute(statement.order_by(ClauseEdit.id))]


def aside_by_id(session: Session, edit_id: UUID) -> AsideRow | None:
    """One of them, put together or not."""
    row = session.execute(_asides().where(ClauseEdit.id == edit_id)).one_or_none()
    return AsideRow(*row) if row else None


@dataclass(frozen=True)
class EventRow:
    """A move of a round."""

    move: Move
    to: RoundState
    reason: str | None
    at: datetime


def events_of(session: Session, round_id: UUID) -> list[EventRow]:
    """How a round came to where it stands."""
    statement = (
        select(RoundEvent.move, RoundEvent.to, RoundEvent.reason, RoundEvent.at)
        .where(RoundEvent.round_id == round_id)
        .order_by(RoundEvent.id)
    )
    return [EventRow(*row) for row in session.execute(statement)]


def flags_in(session: Session, round_id: UUID, draft: Sequence[DraftRow]) -> list[Flag]:
    """What the check of words refuses in a draft, and what of it was let stand."""
    rows = session.execute(
        select(Overruled.clause_id, Overruled.finding, Overruled.quote_hash).where(
            Overruled.round_id == round_id
        )
    )
    overruled = {(str(row.clause_id), Finding(row.finding), row.quote_hash) for row in rows}
    return flags_of([one.text for one in draft], overruled)
