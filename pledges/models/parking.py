"""Off-peak parking: which unit lets whom use how many spaces, and when."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Float, Index, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from pledges.models.keys import DISTRICT_LENGTH, InDistrict, within
from pledges.rules.parking import (
    DAY_MINUTES,
    HOLIDAY,
    LONGEST_PHONE,
    LONGEST_REASON,
    LONGEST_WORDS,
    MOST_SPACES,
    ParkingFee,
    ParkingState,
    ParkingStep,
    ParkingUser,
)
from pledges.rules.signing import Who
from portal.areas.rules import PATH_LENGTH
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_number


class ParkingOffer(InDistrict):
    """Spaces of a unit that others may use (R017, R135). ``pledge_id``: the letter by which it is
    offered, ``phone``: the unit's own, of no person. ``fee_note`` says what is paid on the spot;
    nothing is paid here (P7). ``reason``: why it pauses, ended, or was sent back."""

    __tablename__ = "parking_offer"
    __table_args__ = (
        within("parking_offer", "premises_id", "premises"),
        within("parking_offer", "pledge_id", "pledge"),
        CheckConstraint(f"spaces BETWEEN 1 AND {MOST_SPACES}", name="spaces"),
        CheckConstraint("lon BETWEEN -180 AND 180", name="lon"),
        CheckConstraint("lat BETWEEN -90 AND 90", name="lat"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="days"),
        CheckConstraint("state NOT IN ('offered', 'paused') OR pledge_id IS NOT NULL",
                        name="signed"),
        Index("ix_parking_offer_premises_id", "district", "premises_id"),
        Index("ix_parking_offer_place_path", "state", "place_path", "id"),
    )  # fmt: skip

    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    premises_id: Mapped[UUID]
    pledge_id: Mapped[UUID | None]
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    lon: Mapped[float] = mapped_column(Float)
    lat: Mapped[float] = mapped_column(Float)
    spaces: Mapped[int] = mapped_column(Integer)
    open_to: Mapped[ParkingUser] = code_column(ParkingUser)
    fee: Mapped[ParkingFee] = code_column(ParkingFee)
    fee_note: Mapped[str | None] = mapped_column(String(LONGEST_WORDS))
    entrance: Mapped[str | None] = mapped_column(String(LONGEST_WORDS))
    phone: Mapped[str | None] = mapped_column(String(LONGEST_PHONE))
    state: Mapped[ParkingState] = code_column(ParkingState, default=ParkingState.WRITTEN)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    version: Mapped[int] = mapped_column(Integer, default=1)
    hours_changed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]


class ParkingHours(Base):
    """When: minutes of the city's day; an end above 1440 lies on the next day."""

    __tablename__ = "parking_hours"
    __table_args__ = (
        within("parking_hours", "offer_id", "parking_offer", ondelete="CASCADE"),
        CheckConstraint(f"weekday BETWEEN 0 AND {HOLIDAY}", name="weekday"),
        CheckConstraint(f"opens BETWEEN 0 AND {DAY_MINUTES - 1}", name="opens"),
        CheckConstraint(f"closes > opens AND closes <= opens + {DAY_MINUTES}", name="closes"),
    )

    district: Mapped[str] = mapped_column(String(DISTRICT_LENGTH), primary_key=True)
    offer_id: Mapped[UUID] = mapped_column(primary_key=True)
    weekday: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    opens: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    closes: Mapped[int] = mapped_column(Integer)


class ParkingEvent(InDistrict):
    """The history of an offer, in order; only added to. ``actor_id`` is staff: a unit's own steps
    keep nobody."""

    __tablename__ = "parking_event"
    __table_args__ = (
        within("parking_event", "offer_id", "parking_offer"),
        Index("ix_parking_event_offer_id", "district", "offer_id", "at"),
    )

    offer_id: Mapped[UUID]
    step: Mapped[ParkingStep] = code_column(ParkingStep)
    who: Mapped[Who] = code_column(Who)
    actor_id: Mapped[UUID | None]
    at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
