"""What is known of a shop: stars of closed quarters, lists, the owner's replies, uncounted taps."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from pledges.models.keys import DISTRICT_LENGTH, InDistrict, only_one, within
from pledges.rules.standing import (
    FEWEST_STARS,
    FORMULA_LENGTH,
    LONGEST_BASIS,
    LONGEST_REASON,
    MOST_STARS,
    QUARTER_LENGTH,
    ListingState,
    ListKind,
    ReplyState,
)
from portal.areas.models import Area
from portal.areas.rules import PATH_LENGTH
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number


class Standing(Base):
    """The standing of a place in a closed quarter (``2026-4``), computed once and never changed.

    ``stars`` None: too little is known. ``low`` and ``high`` are the interval in stars; ``ratings``
    None: fewer than are published. ``figures``: what went into it, as JSON of numbers.
    """

    __tablename__ = "pledge_standing"
    __table_args__ = (
        within("pledge_standing", "premises_id", "premises"),
        within("pledge_standing", "operator_id", "premises_operator"),
        CheckConstraint(f"stars BETWEEN {FEWEST_STARS} AND {MOST_STARS}", name="stars"),
        CheckConstraint(
            "(stars IS NULL) = (low IS NULL) AND (stars IS NULL) = (high IS NULL)", name="interval"
        ),
        CheckConstraint("high >= low", name="order"),
        CheckConstraint("inspections >= 0 AND reports >= 0 AND ratings >= 0", name="counts"),
        Index("ix_pledge_standing_place_path", "quarter", "place_path", "stars"),
    )

    district: Mapped[str] = mapped_column(String(DISTRICT_LENGTH), primary_key=True)
    premises_id: Mapped[UUID] = mapped_column(primary_key=True)
    quarter: Mapped[str] = mapped_column(String(QUARTER_LENGTH), primary_key=True)
    operator_id: Mapped[UUID | None]
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    stars: Mapped[int | None] = mapped_column(SmallInteger)
    low: Mapped[float | None] = mapped_column(Float)
    high: Mapped[float | None] = mapped_column(Float)
    inspections: Mapped[int] = mapped_column(Integer)
    ratings: Mapped[int | None] = mapped_column(Integer)
    reports: Mapped[int] = mapped_column(Integer)
    figures: Mapped[str] = mapped_column(Text)
    formula: Mapped[str] = mapped_column(String(FORMULA_LENGTH))
    computed_at: Mapped[datetime]


class ListSwitch(Base):
    """That 待整改公示 is on in a place, on which legal basis. Without a row it is off."""

    __tablename__ = "pledge_list_switch"
    __table_args__ = (
        CheckConstraint("basis <> ''", name="basis"),
        CheckConstraint("off_at IS NULL OR off_at >= on_at", name="off"),
        only_one("pledge_list_switch_on", "area_id", where="off_at IS NULL"),
        Index("ix_pledge_list_switch_place_path", "place_path"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    basis: Mapped[str] = mapped_column(String(LONGEST_BASIS))
    on_at: Mapped[datetime]
    on_by: Mapped[UUID | None]
    off_at: Mapped[datetime | None]
    off_by: Mapped[UUID | None]


class Listing(InDistrict):
    """A place on one of the two lists, proposed by one and confirmed by another, with an end."""

    __tablename__ = "pledge_listing"
    __table_args__ = (
        within("pledge_listing", "premises_id", "premises"),
        within("pledge_listing", "operator_id", "premises_operator"),
        within("pledge_listing", "breach_id", "pledge_breach"),
        CheckConstraint("ends_on >= starts_on", name="days"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> proposed_by", name="two_people"),
        CheckConstraint("state = 'proposed' OR confirmed_at IS NOT NULL OR ended_at IS NOT NULL",
                        name="confirmed"),
        CheckConstraint("which <> 'to_rectify' OR breach_id IS NOT NULL", name="breach"),
        CheckConstraint("which <> 'to_rectify' OR switch_id IS NOT NULL", name="basis"),
        CheckConstraint("(ended_at IS NOT NULL) = (state IN ('removed', 'expired'))", name="ended"),
        only_one(
            "pledge_listing_now", "district", "premises_id", "which", where="ended_at IS NULL"
        ),
        Index("ix_pledge_listing_premises_id", "district", "premises_id"),
        Index("ix_pledge_listing_breach_id", "district", "breach_id"),
        Index("ix_pledge_listing_place_path", "which", "state", "place_path", "ends_on"),
    )  # fmt: skip

    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    which: Mapped[ListKind] = code_column(ListKind)
    state: Mapped[ListingState] = code_column(ListingState, default=ListingState.PROPOSED)
    premises_id: Mapped[UUID]
    operator_id: Mapped[UUID]
    breach_id: Mapped[UUID | None]
    switch_id: Mapped[UUID | None] = mapped_column(ForeignKey("pledge_list_switch.id"))
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    evidence: Mapped[str] = mapped_column(String(LONGEST_REASON))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))


class OwnerReply(InDistrict):
    """What an owner says in public on her shop's page, once staff have looked at it."""

    __tablename__ = "pledge_reply"
    __table_args__ = (
        within("pledge_reply", "premises_id", "premises"),
        within("pledge_reply", "operator_id", "premises_operator"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided"),
        Index("ix_pledge_reply_premises_id", "district", "premises_id", "at"),
        Index("ix_pledge_reply_person_id", "person_id"),
        Index("ix_pledge_reply_state", "state", "place_path", "at"),
    )

    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    premises_id: Mapped[UUID]
    operator_id: Mapped[UUID]
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    person_id: Mapped[UUID | None]
    sealed_words: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]
    state: Mapped[ReplyState] = code_column(ReplyState, default=ReplyState.WAITING)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))


class Tap(Base):
    """Taps on a plaque that count nowhere: how many of a level in an hour. Nobody is in it."""

    __tablename__ = "pledge_tap"
    __table_args__ = (
        within("pledge_tap", "premises_id", "premises"),
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        CheckConstraint("many >= 1", name="many"),
        Index("ix_pledge_tap_hour", "hour"),
    )

    district: Mapped[str] = mapped_column(String(DISTRICT_LENGTH), primary_key=True)
    premises_id: Mapped[UUID] = mapped_column(primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    many: Mapped[int] = mapped_column(Integer)
