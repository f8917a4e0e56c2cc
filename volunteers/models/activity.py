"""Activities: what is done, where, for whom, with which risks."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Float, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.rules import AgeBand
from portal.areas.models import Area
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number
from volunteers.rules.activities import (
    LONGEST_NOTE,
    LONGEST_PLACE,
    LONGEST_TITLE,
    TAG_LENGTH,
    ActivityKind,
    ActivityState,
)
from volunteers.rules.shifts import LONGEST_REASON


class Activity(Base):
    """What people can take part in. Its shifts say when. ``version`` counts what was written.

    ``youngest`` is the lowest band of age that may come. ``risky``: insurance is stated before
    anybody signs up (条例, article 16).
    """

    __tablename__ = "volunteer_activity"
    __table_args__ = (
        CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point"),
        CheckConstraint("NOT risky OR insurance <> ''", name="insured"),
        Index("ix_volunteer_activity_state_place", "state", "place_path", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    kind: Mapped[ActivityKind] = code_column(ActivityKind)
    state: Mapped[ActivityState] = code_column(ActivityState)
    title_zh_hans: Mapped[str | None] = mapped_column(String(LONGEST_TITLE))
    title_zh_hant: Mapped[str | None] = mapped_column(String(LONGEST_TITLE))
    title_en: Mapped[str | None] = mapped_column(String(LONGEST_TITLE))
    words_zh_hans: Mapped[str | None] = mapped_column(Text)
    words_zh_hant: Mapped[str | None] = mapped_column(Text)
    words_en: Mapped[str | None] = mapped_column(Text)
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    place_path: Mapped[str] = mapped_column(String(200))
    meeting_place: Mapped[str] = mapped_column(String(LONGEST_PLACE))
    lon: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    risky: Mapped[bool] = mapped_column(Boolean, default=False)
    risks: Mapped[str] = mapped_column(String(LONGEST_NOTE), default="")
    insurance: Mapped[str] = mapped_column(String(LONGEST_NOTE), default="")
    gear: Mapped[str] = mapped_column(String(LONGEST_NOTE), default="")
    youngest: Mapped[AgeBand] = code_column(AgeBand, default=AgeBand.UNDER_18)
    cancel_reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    version: Mapped[int] = mapped_column(Integer, default=1)
    writer_id: Mapped[UUID]
    written_at: Mapped[datetime]


class ActivityTag(Base):
    """A campaign, means or theme of an activity (``data/activity-tags.tsv``)."""

    __tablename__ = "volunteer_activity_tag"

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_activity.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(TAG_LENGTH), primary_key=True)


class ActivityTeam(Base):
    """Teams that take part; several make a joint patrol (联巡联查, R029)."""

    __tablename__ = "volunteer_activity_team"
    __table_args__ = (Index("ix_volunteer_activity_team_team_id", "team_id"),)

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_activity.id"), primary_key=True)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_team.id"), primary_key=True)
