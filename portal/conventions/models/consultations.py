"""Consultations: who is asked, what they think, and the reply to each group of opinions."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.areas.models import Area
from portal.areas.rules import PATH_LENGTH
from portal.conventions.rules.consultations import ConsultationKind, ConsultationState
from portal.conventions.rules.meetings import LONGEST_ITEM
from portal.conventions.rules.talk import Answer, Channel, SaidState
from portal.conventions.rules.texts import DIGEST_LENGTH, LONGEST_REASON
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number


class Consultation(Base):
    """A question to communities (R179) or to everybody (R202), with a summary and replies."""

    __tablename__ = "community_consultation"
    __table_args__ = (
        CheckConstraint("closes_on >= opens_on", name="days"),
        CheckConstraint("(state = 'answered') = (answered_at IS NOT NULL)", name="answered"),
        CheckConstraint("(answered_at IS NULL) = (digest IS NULL)", name="digest"),
        Index("ix_community_consultation_place_path", "place_path", "closes_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    kind: Mapped[ConsultationKind] = code_column(ConsultationKind)
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    title: Mapped[str] = mapped_column(String(LONGEST_ITEM))
    markdown: Mapped[str] = mapped_column(Text)
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    state: Mapped[ConsultationState] = code_column(
        ConsultationState, default=ConsultationState.DRAFT
    )
    # why people have less time than is usual for a major decision
    short_why: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    summary: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    opened_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    digest: Mapped[str | None] = mapped_column(String(DIGEST_LENGTH))


class ConsultationPlace(Base):
    """A place that is asked, and what it answers as a place."""

    __tablename__ = "community_consultation_place"
    __table_args__ = (
        CheckConstraint("(answered IS NULL) = (answered_at IS NULL)", name="answered"),
        Index("ix_community_consultation_place_place_path", "place_path"),
        Index("ix_community_consultation_place_group_id", "group_id"),
    )

    consultation_id: Mapped[UUID] = mapped_column(
        ForeignKey("community_consultation.id"), primary_key=True
    )
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id), primary_key=True)
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    answered: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("community_opinion_group.id"))


class OpinionGroup(Base):
    """Opinions that say much the same, and the one reply to all of them. ``size``: how many
    opinions were in it when the reply was published."""

    __tablename__ = "community_opinion_group"
    __table_args__ = (
        UniqueConstraint("consultation_id", "position", name="uq_community_opinion_group_position"),
        CheckConstraint("(answer IS NULL) = (reply IS NULL)", name="answered"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey("community_consultation.id"))
    position: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(LONGEST_ITEM))
    answer: Mapped[Answer | None] = code_column(Answer)
    reply: Mapped[str | None] = mapped_column(Text)
    size: Mapped[int | None] = mapped_column(Integer)


class Opinion(Base):
    """What somebody thinks of a question; of a unit of the area too (R145)."""

    __tablename__ = "community_opinion"
    __table_args__ = (
        CheckConstraint("(state = 'hidden') = (hidden_why IS NOT NULL)", name="hidden"),
        CheckConstraint("channel = 'screen' OR typed_by IS NOT NULL", name="typed"),
        Index("ix_community_opinion_consultation_id", "consultation_id", "state", "id"),
        Index("ix_community_opinion_group_id", "group_id"),
        Index("ix_community_opinion_person_id", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey("community_consultation.id"))
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("community_opinion_group.id"))
    person_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    channel: Mapped[Channel] = code_column(Channel)
    sealed_words: Mapped[str | None] = mapped_column(Text)
    state: Mapped[SaidState] = code_column(SaidState, default=SaidState.WAITING)
    hidden_why: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    typed_by: Mapped[UUID | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    at: Mapped[datetime]
