"""Conventions, the rounds of their way, clauses and drafts. A clause keeps its id for ever."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.areas.models import Area
from portal.areas.rules import PATH_LENGTH
from portal.conventions.models.keys import only_one
from portal.conventions.rules.kinds import Kind
from portal.conventions.rules.published import EndWay
from portal.conventions.rules.texts import (
    LONGEST_HEADING,
    LONGEST_REASON,
    LONGEST_TITLE,
    SCRIPT_LENGTH,
    EditState,
    Topic,
)
from portal.conventions.rules.way import Move, RoundState
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number


class Convention(Base):
    """A convention of a place. ``title`` is in the words of those who made it. ``reminded_of``: of
    which version the committee was told that its review is due."""

    __tablename__ = "convention"
    __table_args__ = (
        CheckConstraint("(ended_on IS NULL) = (ended_why IS NULL)", name="ended"),
        CheckConstraint("(ended_on IS NULL) = (ended_way IS NULL)", name="ended_way"),
        Index("ix_convention_place_path", "place_path", "kind"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    kind: Mapped[Kind] = code_column(Kind)
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    # the estate or the road, where a convention is for less than its place
    covers: Mapped[str | None] = mapped_column(String(LONGEST_TITLE))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    ended_on: Mapped[date | None]
    ended_why: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    ended_way: Mapped[EndWay | None] = code_column(EndWay)
    reminded_of: Mapped[int | None] = mapped_column(Integer)


class Round(Base):
    """One run of the way: the first text, or a revision of what is in force.

    ``kind_version`` is the rule it began with, and keeps. ``until``: the last day of the step that
    runs. ``revision`` counts every change of its text. ``reading``: the plain reading that will
    stand beside it. ``repeals``: its text is a decision that the convention ends.
    """

    __tablename__ = "convention_round"
    __table_args__ = (
        UniqueConstraint("convention_id", "sequence", name="uq_convention_round_sequence"),
        CheckConstraint("sequence >= 1", name="sequence"),
        CheckConstraint("kind_version >= 1", name="kind_version"),
        CheckConstraint(
            "(ended_at IS NULL) = (state NOT IN ('published', 'given_up'))", name="ended"
        ),
        only_one("convention_round_open", "convention_id", where="ended_at IS NULL"),
        Index("ix_convention_round_place_path", "place_path", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    convention_id: Mapped[UUID] = mapped_column(ForeignKey("convention.id"))
    sequence: Mapped[int] = mapped_column(Integer)
    kind_version: Mapped[int] = mapped_column(Integer)
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    state: Mapped[RoundState] = code_column(RoundState)
    until: Mapped[date | None]
    asked: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    preamble: Mapped[str | None] = mapped_column(Text)
    reading: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Integer, default=0)
    # the version that is changed; no reference, because versions name their round
    base_version: Mapped[int | None] = mapped_column(Integer)
    repeals: Mapped[bool] = mapped_column(Boolean, default=False)
    started_at: Mapped[datetime]
    started_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]


class RoundEvent(Base):
    """A move of a round. Only ever added. ``reason`` is public."""

    __tablename__ = "convention_event"
    __table_args__ = (Index("ix_convention_event_round_id", "round_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("convention_round.id"))
    move: Mapped[Move] = code_column(Move)
    to: Mapped[RoundState] = code_column(RoundState)
    actor_id: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    at: Mapped[datetime]


class ConventionClause(Base):
    """That there is a clause. What it says stands in drafts and versions; comments hang on it."""

    __tablename__ = "convention_clause"
    __table_args__ = (Index("ix_convention_clause_convention_id", "convention_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    convention_id: Mapped[UUID] = mapped_column(ForeignKey("convention.id"))
    made_at: Mapped[datetime]


class DraftClause(Base):
    """A clause as a round has it now. Taken out, it stays with ``removed_at``: whoever was writing
    a comment on it loses nothing. ``revision`` is what a drafter says she saw."""

    __tablename__ = "convention_draft_clause"
    __table_args__ = (
        UniqueConstraint("round_id", "clause_id", name="uq_convention_draft_clause_once"),
        CheckConstraint("position >= 1", name="position"),
        CheckConstraint("revision >= 1", name="revision"),
        Index("ix_convention_draft_clause_round_id", "round_id", "position"),
        Index("ix_convention_draft_clause_clause_id", "clause_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("convention_round.id"))
    clause_id: Mapped[UUID] = mapped_column(ForeignKey("convention_clause.id"))
    position: Mapped[int] = mapped_column(Integer)
    topic: Mapped[Topic] = code_column(Topic)
    heading: Mapped[str] = mapped_column(String(LONGEST_HEADING))
    markdown: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Integer, default=1)
    removed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]


class DraftScript(Base):
    """The same clause in another script, e.g. Dai. ``revision``: of the Chinese that it follows, so
    that an older one is told apart."""

    __tablename__ = "convention_draft_script"

    draft_id: Mapped[UUID] = mapped_column(
        ForeignKey("convention_draft_clause.id", ondelete="CASCADE"), primary_key=True
    )
    script: Mapped[str] = mapped_column(String(SCRIPT_LENGTH), primary_key=True)
    markdown: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Integer)


class ClauseEdit(Base):
    """What a drafter saved, word for word. ``ASIDE``: somebody else had saved meanwhile; both texts
    are shown until she puts them together."""

    __tablename__ = "convention_edit"
    __table_args__ = (
        CheckConstraint("(state = 'aside') = (settled_at IS NULL)", name="settled"),
        Index("ix_convention_edit_draft_id", "draft_id", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("convention_draft_clause.id"))
    seen_revision: Mapped[int] = mapped_column(Integer)
    revision: Mapped[int | None] = mapped_column(Integer)
    heading: Mapped[str] = mapped_column(String(LONGEST_HEADING))
    markdown: Mapped[str] = mapped_column(Text)
    state: Mapped[EditState] = code_column(EditState)
    actor_id: Mapped[UUID | None]
    at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
