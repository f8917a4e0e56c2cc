"""Who follows what: a receiver for each way of telling, and the things that go to it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id
from portal.reports.models.case import of_case
from portal.reports.rules.following import FollowWay

_UNCONFIRMED = text("confirmed_at IS NULL")
_AT_ONCE = text("at_once")


class Follower(Base):
    """One receiver: a person on her page or by her phone, or a telephone or address without one.

    ``told_from`` to ``told_until`` is what the last digest told of, and ``digest_on`` its day:
    whoever moves them sends it, once. ``seen_at`` (of the page here): what she has marked as read.
    """

    __tablename__ = "follower"
    __table_args__ = (
        UniqueConstraint("person_id", "way"),
        UniqueConstraint("way", "to_hash"),
        CheckConstraint("(person_id IS NULL) = (to_hash IS NOT NULL)", name="receiver"),
        CheckConstraint("(to_hash IS NULL) = (sealed_to IS NULL)", name="sealed"),
        Index("ix_follower_digest_on", "digest_on", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID | None]
    way: Mapped[FollowWay] = code_column(FollowWay)
    sealed_to: Mapped[str | None] = mapped_column(Text)
    to_hash: Mapped[str | None] = mapped_column(String(64))
    stop_hash: Mapped[str] = mapped_column(String(64), unique=True)
    language: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]
    digest_on: Mapped[date]
    told_from: Mapped[datetime]
    told_until: Mapped[datetime]
    seen_at: Mapped[datetime]


class Follow(Base):
    """One thing that a receiver follows. Nothing is sent before ``confirmed_at``.

    ``at_once``: each public step of a matter by itself, instead of in the digest; then its own
    ``told_from`` and ``told_until`` say what was told.
    """

    __tablename__ = "follow"
    __table_args__ = (
        of_case("follow"),
        UniqueConstraint("follower_id", "what"),
        CheckConstraint("(case_id IS NULL) = (district IS NULL)", name="case_key"),
        CheckConstraint("NOT at_once OR case_id IS NOT NULL", name="at_once"),
        Index("ix_follow_case", "district", "case_id"),
        Index(
            "ix_follow_unconfirmed",
            "created_at",
            sqlite_where=_UNCONFIRMED,
            postgresql_where=_UNCONFIRMED,
        ),
        Index("ix_follow_at_once", "id", sqlite_where=_AT_ONCE, postgresql_where=_AT_ONCE),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    follower_id: Mapped[UUID] = mapped_column(ForeignKey(Follower.id, ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(String(120))
    district: Mapped[str | None] = mapped_column(String(12))
    case_id: Mapped[UUID | None]
    area_code: Mapped[str | None] = mapped_column(String(32))
    category_code: Mapped[str | None] = mapped_column(String(40))
    at_once: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirm_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    stop_hash: Mapped[str] = mapped_column(String(64), unique=True)
    told_from: Mapped[datetime]
    told_until: Mapped[datetime]
