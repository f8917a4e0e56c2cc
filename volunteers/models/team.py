"""Teams: who serves together, and which unit stands behind them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.areas.models import Area
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number
from volunteers.rules.activities import LONGEST_TITLE, TeamKind
from volunteers.rules.teams import PartnerKind

_THERE = text("left_at IS NULL")


class Team(Base):
    """A team of a place. It ends, and is never deleted."""

    __tablename__ = "volunteer_team"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates"),
        Index("ix_volunteer_team_place_path", "place_path"),
        Index("ix_volunteer_team_organisation_id", "organisation_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    kind: Mapped[TeamKind] = code_column(TeamKind)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    place_path: Mapped[str] = mapped_column(String(200))
    name_zh_hans: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    name_zh_hant: Mapped[str | None] = mapped_column(String(LONGEST_TITLE))
    name_en: Mapped[str | None] = mapped_column(String(LONGEST_TITLE))
    phone: Mapped[str | None] = mapped_column(String(40))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class TeamMember(Base):
    """That somebody belongs to a team, from when until when. ``muted_at``: since when she does not
    want what is written to the team."""

    __tablename__ = "volunteer_team_member"
    __table_args__ = (
        CheckConstraint("left_at IS NULL OR left_at >= joined_at", name="left"),
        Index(
            "uq_volunteer_team_member_there",
            "team_id",
            "person_id",
            unique=True,
            sqlite_where=_THERE,
            postgresql_where=_THERE,
        ),
        Index("ix_volunteer_team_member_person_id", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_team.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    leads: Mapped[bool] = mapped_column(Boolean, default=False)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    muted_at: Mapped[datetime | None]


class Partner(Base):
    """An organisation of the register that takes part, and as what. It ends, and may come back."""

    __tablename__ = "volunteer_partner"
    __table_args__ = (CheckConstraint("until IS NULL OR until >= since", name="dates"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    kind: Mapped[PartnerKind] = code_column(PartnerKind)
    since: Mapped[date]
    until: Mapped[date | None]
