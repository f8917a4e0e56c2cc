"""Co-governance board, notice board, monthly print sheets, mobile stations, service atlas."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.areas.models import Area
from portal.areas.rules import PATH_LENGTH
from portal.conventions.models.community import OfPlace
from portal.conventions.rules.community import (
    LONGEST_ADDRESS,
    LONGEST_HOURS,
    LONGEST_PHONE,
    LONGEST_TITLE,
    MONTH_LENGTH,
    IssueState,
    NoticeKind,
)
from portal.conventions.rules.texts import LONGEST_REASON
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id


class Issue(OfPlace):
    """An issue of the co-governance board (R114). Others read it when staff have looked."""

    __tablename__ = "community_issue"
    __table_args__ = (
        CheckConstraint("(state = 'refused') = (refused_why IS NOT NULL)", name="refused"),
        Index("ix_community_issue_place_path", "place_path", "state"),
        Index("ix_community_issue_person_id", "person_id"),
    )

    person_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    sealed_words: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(String(LONGEST_TITLE))
    state: Mapped[IssueState] = code_column(IssueState, default=IssueState.WAITING)
    refused_why: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    decision: Mapped[str | None] = mapped_column(Text)
    result: Mapped[str | None] = mapped_column(Text)
    raised_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    done_at: Mapped[datetime | None]


class IssueProposal(Base):
    """A proposal for an issue, by a resident or by a unit."""

    __tablename__ = "community_issue_proposal"
    __table_args__ = (
        Index("ix_community_issue_proposal_issue_id", "issue_id", "at"),
        Index("ix_community_issue_proposal_person_id", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    issue_id: Mapped[UUID] = mapped_column(ForeignKey("community_issue.id"))
    person_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    sealed_words: Mapped[str | None] = mapped_column(Text)
    state: Mapped[IssueState] = code_column(IssueState, default=IssueState.WAITING)
    refused_why: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    at: Mapped[datetime]
    decided_by: Mapped[UUID | None]


class IssueSupport(Base):
    """That somebody is for an issue, or for one of its proposals. Only how many is ever shown."""

    __tablename__ = "community_issue_support"
    __table_args__ = (
        Index("ix_community_issue_support_person_id", "person_id"),
        Index("ix_community_issue_support_issue_id", "issue_id"),
    )

    # the id of the issue or of a proposal
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    issue_id: Mapped[UUID] = mapped_column(ForeignKey("community_issue.id"))


class Notice(OfPlace):
    """A notice on the board of a place (宣传栏, R296)."""

    __tablename__ = "community_notice"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="days"),
        Index("ix_community_notice_place_path", "place_path", "starts_on"),
    )

    kind: Mapped[NoticeKind] = code_column(NoticeKind)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    markdown: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    taken_down_at: Mapped[datetime | None]
    # stands before the others
    pinned: Mapped[bool] = mapped_column(default=False)


class PrintSheet(Base):
    """The one sheet of a month for a board of glass and pins, with QR codes to its notices."""

    __tablename__ = "community_sheet"
    __table_args__ = (UniqueConstraint("area_id", "month", name="uq_community_sheet_month"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    # like 2026-12
    month: Mapped[str] = mapped_column(String(MONTH_LENGTH))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]


class SheetNotice(Base):
    """A notice on a sheet, in its order."""

    __tablename__ = "community_sheet_notice"
    __table_args__ = (CheckConstraint("position >= 1", name="position"),)

    sheet_id: Mapped[UUID] = mapped_column(
        ForeignKey("community_sheet.id", ondelete="CASCADE"), primary_key=True
    )
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("community_notice.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)


class MobileStop(OfPlace):
    """Where a mobile service station stands, and when (R076)."""

    __tablename__ = "community_mobile_stop"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="times"),
        Index("ix_community_mobile_stop_place_path", "place_path", "starts_at"),
    )

    located: Mapped[str] = mapped_column(String(LONGEST_ADDRESS))
    offers: Mapped[str] = mapped_column(String(LONGEST_ADDRESS))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    called_off_at: Mapped[datetime | None]


class AtlasEntry(OfPlace):
    """A line of the service atlas of a community (城市管理服务图册, R076)."""

    __tablename__ = "community_atlas_entry"
    __table_args__ = (Index("ix_community_atlas_entry_place_path", "place_path", "position"),)

    position: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    located: Mapped[str] = mapped_column(String(LONGEST_ADDRESS))
    hours: Mapped[str | None] = mapped_column(String(LONGEST_HOURS))
    office_phone: Mapped[str | None] = mapped_column(String(LONGEST_PHONE))
    offers: Mapped[str] = mapped_column(Text)
    bring: Mapped[str | None] = mapped_column(String(LONGEST_ADDRESS))
    updated_at: Mapped[datetime]
    updated_by: Mapped[UUID | None]
    ended_on: Mapped[date | None]
