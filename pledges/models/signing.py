"""Notices of the duty area, pledges, what was ticked, and their history."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pledges.models.keys import DISTRICT_LENGTH, InDistrict, only_one, within
from pledges.rules.clauses import Letter
from pledges.rules.signing import (
    LANGUAGE_LENGTH,
    LONGEST_NOTICE,
    LONGEST_REASON,
    NoticeWay,
    PledgeState,
    PledgeStep,
    SigningWay,
    Who,
)
from portal.areas.rules import PATH_LENGTH
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_number


class DutyNotice(InDistrict):
    """The duty area as an operator was told of it, in writing, with her receipt. Never changed:
    a duty area that changes is noticed again."""

    __tablename__ = "pledge_duty_notice"
    __table_args__ = (
        within("pledge_duty_notice", "premises_id", "premises"),
        within("pledge_duty_notice", "operator_id", "premises_operator"),
        UniqueConstraint(
            "district", "operator_id", "duty_version", name="uq_pledge_duty_notice_once"
        ),
        CheckConstraint("duty_version >= 1", name="duty_version"),
        CheckConstraint("received_at IS NULL OR received_at >= given_at", name="received"),
        Index("ix_pledge_duty_notice_premises_id", "district", "premises_id", "given_at"),
    )

    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    premises_id: Mapped[UUID]
    operator_id: Mapped[UUID]
    duty_version: Mapped[int] = mapped_column(Integer)
    area_text: Mapped[str] = mapped_column(String(LONGEST_NOTICE))
    way: Mapped[NoticeWay] = code_column(NoticeWay)
    given_at: Mapped[datetime]
    given_by: Mapped[UUID | None]
    received_at: Mapped[datetime | None]


class Pledge(InDistrict):
    """What one operator signed for one place. ``version_id``: the main text; see ``PledgeExtra``.

    ``digest`` is the hash that ``entry_id`` sealed, of what was signed, by whom, when, and the
    salt. ``witness_id``: who assisted, or took the signature at the desk. ``paper_key``: the photo
    of what was signed on paper. ``batch_id``: signed at once with those of other branches.
    ``renews_id``: the pledge that this one follows.
    """

    __tablename__ = "pledge"
    __table_args__ = (
        within("pledge", "premises_id", "premises"),
        within("pledge", "operator_id", "premises_operator"),
        within("pledge", "notice_id", "pledge_duty_notice"),
        within("pledge", "renews_id", "pledge"),
        CheckConstraint("(state = 'in_force') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("letter <> 'frontage' OR notice_id IS NOT NULL", name="notice"),
        CheckConstraint("way = 'code' OR witness_id IS NOT NULL", name="witness"),
        CheckConstraint("(paper_key IS NULL) = (paper_thumbnail_key IS NULL)", name="paper"),
        only_one(
            "pledge_in_force", "district", "premises_id", "letter", where="state = 'in_force'"
        ),
        Index("ix_pledge_premises_id", "district", "premises_id", "signed_at"),
        Index("ix_pledge_operator_id", "district", "operator_id"),
        Index("ix_pledge_place_path", "place_path", "letter", "state"),
        Index("ix_pledge_version_id", "version_id", "state"),
        Index("ix_pledge_signer_id", "signer_id"),
        Index("ix_pledge_batch_id", "batch_id"),
        Index("ix_pledge_ended_at", "ended_at"),
        Index("ix_pledge_paper_key", "paper_key"),
        Index("ix_pledge_paper_thumbnail_key", "paper_thumbnail_key"),
    )  # fmt: skip

    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    letter: Mapped[Letter] = code_column(Letter)
    premises_id: Mapped[UUID]
    operator_id: Mapped[UUID]
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("clause_version.id"))
    notice_id: Mapped[UUID | None]
    state: Mapped[PledgeState] = code_column(PledgeState, default=PledgeState.IN_FORCE)
    way: Mapped[SigningWay] = code_column(SigningWay)
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH))
    signer_id: Mapped[UUID | None]
    sealed_signature: Mapped[str | None] = mapped_column(Text)
    witness_id: Mapped[UUID | None]
    paper_key: Mapped[str | None] = mapped_column(String(80))
    paper_thumbnail_key: Mapped[str | None] = mapped_column(String(80))
    signed_at: Mapped[datetime]
    salt: Mapped[str | None] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    entry_id: Mapped[UUID | None]
    batch_id: Mapped[UUID | None]
    renews_id: Mapped[UUID | None]
    renewal_asked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class PledgeExtra(Base):
    """An extra text that was signed along, in the version of that day."""

    __tablename__ = "pledge_extra"
    __table_args__ = (
        within("pledge_extra", "pledge_id", "pledge", ondelete="CASCADE"),
        Index("ix_pledge_extra_version_id", "version_id"),
    )

    district: Mapped[str] = mapped_column(String(DISTRICT_LENGTH), primary_key=True)
    pledge_id: Mapped[UUID] = mapped_column(primary_key=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("clause_version.id"), primary_key=True)


class PledgeTick(Base):
    """That a clause was ticked, one by one, when the pledge was signed."""

    __tablename__ = "pledge_tick"
    __table_args__ = (
        within("pledge_tick", "pledge_id", "pledge", ondelete="CASCADE"),
        Index("ix_pledge_tick_clause_id", "clause_id"),
    )

    district: Mapped[str] = mapped_column(String(DISTRICT_LENGTH), primary_key=True)
    pledge_id: Mapped[UUID] = mapped_column(primary_key=True)
    clause_id: Mapped[UUID] = mapped_column(ForeignKey("clause.id"), primary_key=True)


class PledgeEvent(InDistrict):
    """The history of a pledge, in order; only added to. ``actor_id`` is staff: a signer's own steps
    keep nobody."""

    __tablename__ = "pledge_event"
    __table_args__ = (
        within("pledge_event", "pledge_id", "pledge"),
        Index("ix_pledge_event_pledge_id", "district", "pledge_id", "at"),
    )

    pledge_id: Mapped[UUID]
    step: Mapped[PledgeStep] = code_column(PledgeStep)
    who: Mapped[Who] = code_column(Who)
    actor_id: Mapped[UUID | None]
    at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
