"""Wishes, comments with support, answers, and the street's review with its notes."""

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

from portal.conventions.models.keys import only_one
from portal.conventions.rules.talk import Answer, Channel, ReviewState, SaidKind, SaidState
from portal.conventions.rules.texts import DIGEST_LENGTH, LONGEST_QUOTE, LONGEST_REASON, Topic
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number


class Said(Base):
    """What somebody says. ``organisation_id``: for a unit of the area (R145). On paper there is no
    account: staff type it, with a photo of the sheet. Others read it when staff have looked."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("convention_round.id"))
    person_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    channel: Mapped[Channel] = code_column(Channel)
    sealed_words: Mapped[str | None] = mapped_column(Text)
    state: Mapped[SaidState] = code_column(SaidState, default=SaidState.WAITING)
    hidden_why: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    paper_key: Mapped[str | None] = mapped_column(String(80))
    typed_by: Mapped[UUID | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    at: Mapped[datetime]


class Wish(Said):
    """What a resident wishes a convention to say (征集民意). Taken up in clauses, or not."""

    __tablename__ = "convention_wish"
    __table_args__ = (
        CheckConstraint("(state = 'hidden') = (hidden_why IS NOT NULL)", name="hidden"),
        CheckConstraint("channel = 'screen' OR typed_by IS NOT NULL", name="typed"),
        Index("ix_convention_wish_round_id", "round_id", "state", "id"),
        Index("ix_convention_wish_person_id", "person_id"),
        Index("ix_convention_wish_paper_key", "paper_key"),
    )

    topic: Mapped[Topic] = code_column(Topic)


class Comment(Said):
    """A comment on a clause, or other words for it; without a clause on the whole text.

    It hangs on the clause's id. ``quote_hash`` says which words it speaks of, so that the page can
    tell when they have changed since; ``quote`` shows them when they have.
    """

    __tablename__ = "convention_comment"
    __table_args__ = (
        CheckConstraint("(state = 'hidden') = (hidden_why IS NOT NULL)", name="hidden"),
        CheckConstraint("channel = 'screen' OR typed_by IS NOT NULL", name="typed"),
        CheckConstraint("kind = 'comment' OR clause_id IS NOT NULL", name="proposal"),
        CheckConstraint("(clause_id IS NULL) = (quote_hash IS NULL)", name="quote"),
        CheckConstraint("supporters >= 0", name="supporters"),
        Index("ix_convention_comment_round_id", "round_id", "state", "id"),
        Index("ix_convention_comment_clause_id", "clause_id"),
        Index("ix_convention_comment_answer_id", "answer_id"),
        Index("ix_convention_comment_person_id", "person_id"),
        Index("ix_convention_comment_paper_key", "paper_key"),
    )

    clause_id: Mapped[UUID | None] = mapped_column(ForeignKey("convention_clause.id"))
    kind: Mapped[SaidKind] = code_column(SaidKind)
    quote: Mapped[str | None] = mapped_column(String(LONGEST_QUOTE))
    quote_hash: Mapped[str | None] = mapped_column(String(DIGEST_LENGTH))
    sealed_proposal: Mapped[str | None] = mapped_column(Text)
    supporters: Mapped[int] = mapped_column(Integer, default=0)
    answer_id: Mapped[UUID | None] = mapped_column(ForeignKey("convention_answer.id"))


class Support(Base):
    """That somebody supports a comment, once. Its number stands in the comment and outlives it."""

    __tablename__ = "convention_support"
    __table_args__ = (Index("ix_convention_support_person_id", "person_id"),)

    comment_id: Mapped[UUID] = mapped_column(
        ForeignKey("convention_comment.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(primary_key=True)


class CommentAnswer(Base):
    """One answer to one comment or to many: taken, partly, not, and why (public)."""

    __tablename__ = "convention_answer"
    __table_args__ = (Index("ix_convention_answer_round_id", "round_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("convention_round.id"))
    answer: Mapped[Answer] = code_column(Answer)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    answered_by: Mapped[UUID | None]


class Review(Base):
    """A review of the text by the street. ``revision``: of which text."""

    __tablename__ = "convention_review"
    __table_args__ = (
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided"),
        only_one("convention_review_open", "round_id", where="decided_at IS NULL"),
        Index("ix_convention_review_round_id", "round_id", "asked_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("convention_round.id"))
    revision: Mapped[int] = mapped_column(Integer)
    state: Mapped[ReviewState] = code_column(ReviewState, default=ReviewState.ASKED)
    asked_at: Mapped[datetime]
    due_on: Mapped[date | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))


class ReviewNote(Base):
    """A legality note on a clause, or on the whole text; ``must``: it does not pass with it."""

    __tablename__ = "convention_review_note"
    __table_args__ = (Index("ix_convention_review_note_review_id", "review_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    review_id: Mapped[UUID] = mapped_column(ForeignKey("convention_review.id"))
    clause_id: Mapped[UUID | None] = mapped_column(ForeignKey("convention_clause.id"))
    note: Mapped[str] = mapped_column(Text)
    must: Mapped[bool] = mapped_column(Boolean)
    written_by: Mapped[UUID | None]
    at: Mapped[datetime]


class Overruled(Base):
    """That somebody let a word stand which the check of words refuses (fines), and why. It is for
    the words of a clause as they were: other words are checked again."""

    __tablename__ = "convention_overruled"
    __table_args__ = (
        UniqueConstraint(
            "round_id", "clause_id", "finding", "quote_hash", name="uq_convention_overruled_once"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("convention_round.id"))
    clause_id: Mapped[UUID] = mapped_column(ForeignKey("convention_clause.id"))
    finding: Mapped[str] = mapped_column(String(32))
    quote_hash: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    overruled_by: Mapped[UUID | None]
    at: Mapped[datetime]
