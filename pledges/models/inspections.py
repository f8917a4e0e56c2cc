"""Plans of visits, inspections with answers and scores, and their photos."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from pledges.models.keys import DISTRICT_LENGTH, InDistrict, within
from pledges.rules.clauses import Axis
from pledges.rules.inspections import (
    BEST_SCORE,
    DRAFT_KEY_LENGTH,
    LONGEST_NOTE,
    LONGEST_REASON,
    LONGEST_WORDS,
    Body,
    Finding,
    InspectionState,
    PhotoSide,
)
from pledges.rules.premises import LONGEST_TITLE
from portal.areas.models import Area
from portal.areas.rules import PATH_LENGTH
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_number


class VisitPlan(InDistrict):
    """Which places are to be looked at between two days, by which body."""

    __tablename__ = "pledge_visit_plan"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="days"),
        Index("ix_pledge_visit_plan_place_path", "place_path", "ends_on"),
    )

    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    body: Mapped[Body] = code_column(Body)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]


class VisitPlanStop(Base):
    """A place of a plan, in the order of the way. It is done when an inspection names the plan."""

    __tablename__ = "pledge_visit_plan_stop"
    __table_args__ = (
        within("pledge_visit_plan_stop", "plan_id", "pledge_visit_plan", ondelete="CASCADE"),
        within("pledge_visit_plan_stop", "premises_id", "premises"),
        UniqueConstraint(
            "district", "plan_id", "position", name="uq_pledge_visit_plan_stop_position"
        ),
        Index("ix_pledge_visit_plan_stop_premises_id", "district", "premises_id"),
    )

    district: Mapped[str] = mapped_column(String(DISTRICT_LENGTH), primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    premises_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(Integer)


class Inspection(InDistrict):
    """One look at a place, by the clauses of a version; never edited.

    ``body``: as what the inspector came; ``organisation_id`` or ``alliance_id``: for whom.
    ``draft_key`` was made on the phone: a draft that is sent twice is one inspection. ``at`` is
    when it was looked at, ``sent_at`` when it came here.
    """

    __tablename__ = "pledge_inspection"
    __table_args__ = (
        within("pledge_inspection", "premises_id", "premises"),
        within("pledge_inspection", "operator_id", "premises_operator"),
        within("pledge_inspection", "pledge_id", "pledge"),
        within("pledge_inspection", "plan_id", "pledge_visit_plan"),
        within("pledge_inspection", "alliance_id", "alliance"),
        CheckConstraint("sent_at >= at", name="sent"),
        CheckConstraint("(state = 'void') = (void_reason IS NOT NULL)", name="void"),
        CheckConstraint("organisation_id IS NULL OR alliance_id IS NULL", name="one_body"),
        Index("ix_pledge_inspection_premises_id", "district", "premises_id", "at"),
        Index("ix_pledge_inspection_pledge_id", "district", "pledge_id"),
        Index("ix_pledge_inspection_plan_id", "district", "plan_id"),
        Index("ix_pledge_inspection_place_path", "place_path", "at"),
        Index("ix_pledge_inspection_inspector_id", "inspector_id", "at"),
    )

    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    draft_key: Mapped[str | None] = mapped_column(String(DRAFT_KEY_LENGTH), unique=True)
    premises_id: Mapped[UUID]
    operator_id: Mapped[UUID | None]
    pledge_id: Mapped[UUID | None]
    version_id: Mapped[UUID] = mapped_column(ForeignKey("clause_version.id"))
    plan_id: Mapped[UUID | None]
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    body: Mapped[Body] = code_column(Body)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    alliance_id: Mapped[UUID | None]
    inspector_id: Mapped[UUID | None]
    at: Mapped[datetime]
    sent_at: Mapped[datetime]
    words: Mapped[str | None] = mapped_column(String(LONGEST_WORDS))
    state: Mapped[InspectionState] = code_column(InspectionState, default=InspectionState.STANDS)
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[UUID | None]
    void_reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))


class InspectionAnswer(Base):
    """What was found of one clause."""

    __tablename__ = "pledge_inspection_answer"
    __table_args__ = (
        within(
            "pledge_inspection_answer", "inspection_id", "pledge_inspection", ondelete="CASCADE"
        ),
        Index("ix_pledge_inspection_answer_clause_id", "clause_id"),
    )

    district: Mapped[str] = mapped_column(String(DISTRICT_LENGTH), primary_key=True)
    inspection_id: Mapped[UUID] = mapped_column(primary_key=True)
    clause_id: Mapped[UUID] = mapped_column(ForeignKey("clause.id"), primary_key=True)
    finding: Mapped[Finding] = code_column(Finding)
    note: Mapped[str | None] = mapped_column(String(LONGEST_NOTE))


class InspectionScore(Base):
    """The score of one axis. An axis of which nothing was seen has no row."""

    __tablename__ = "pledge_inspection_score"
    __table_args__ = (
        within("pledge_inspection_score", "inspection_id", "pledge_inspection", ondelete="CASCADE"),
        CheckConstraint(f"score BETWEEN 0 AND {BEST_SCORE}", name="score"),
    )

    district: Mapped[str] = mapped_column(String(DISTRICT_LENGTH), primary_key=True)
    inspection_id: Mapped[UUID] = mapped_column(primary_key=True)
    axis: Mapped[Axis] = code_column(Axis, primary_key=True)
    score: Mapped[int] = mapped_column(SmallInteger)


class PledgePhoto(InDistrict):
    """A re-encoded photo of a frontage, from an inspection or an owner's rectification.

    Nobody outside sees it before ``shown_at``: staff look whether somebody is in it.
    """

    __tablename__ = "pledge_photo"
    __table_args__ = (
        within("pledge_photo", "premises_id", "premises"),
        within("pledge_photo", "inspection_id", "pledge_inspection", ondelete="CASCADE"),
        within("pledge_photo", "answer_id", "pledge_breach_answer", ondelete="CASCADE"),
        CheckConstraint("(inspection_id IS NULL) <> (answer_id IS NULL)", name="of_one"),
        CheckConstraint("width > 0 AND height > 0", name="size"),
        CheckConstraint("shown_at IS NULL OR checked_at IS NOT NULL", name="checked"),
        Index("ix_pledge_photo_premises_id", "district", "premises_id", "at"),
        Index("ix_pledge_photo_inspection_id", "district", "inspection_id"),
        Index("ix_pledge_photo_answer_id", "district", "answer_id"),
        Index("ix_pledge_photo_blob_key", "blob_key"),
        Index("ix_pledge_photo_thumbnail_key", "thumbnail_key"),
    )

    code: Mapped[str] = mapped_column(String(32), unique=True)
    premises_id: Mapped[UUID]
    inspection_id: Mapped[UUID | None]
    answer_id: Mapped[UUID | None]
    clause_id: Mapped[UUID | None] = mapped_column(ForeignKey("clause.id"))
    side: Mapped[PhotoSide] = code_column(PhotoSide)
    blob_key: Mapped[str] = mapped_column(String(80))
    thumbnail_key: Mapped[str] = mapped_column(String(80))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    checked_by: Mapped[UUID | None]
    shown_at: Mapped[datetime | None]
