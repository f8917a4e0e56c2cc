"""Items of the exposure column."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.areas.models import Area
from portal.areas.rules import PATH_LENGTH
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number, new_token
from portal.publicity.rules.exposure import (
    LONGEST_ACT,
    LONGEST_PLACE,
    LONGEST_REASON,
    MOST_DAYS,
    NUMBER_LENGTH,
    Basis,
    ExposureState,
)


class Exposure(Base):
    """An act and a place; never a person. ``sent``: how often it was sent for approval, so that
    nobody approves other words than she read.

    ``blob_key`` is the picture beneath, which only the desk sees; the public gets ``public_key``,
    drawn anew with the rectangles of ``covers`` (empty: there is nothing to cover), at an address
    (``code``) of its own. ``first_looked`` and ``second_looked``: whoever approved said that
    everything on it is covered that has to be; no photo is approved without.
    """

    __tablename__ = "exposure"
    __table_args__ = (
        CheckConstraint(
            "state <> 'shown' OR (first_by IS NOT NULL AND second_by IS NOT NULL AND shown_at "
            "IS NOT NULL AND expires_at IS NOT NULL)",
            name="approved",
        ),
        CheckConstraint(
            "(second_by IS NULL OR first_by <> second_by) AND (first_by IS NULL OR first_by <> "
            "made_by) AND (second_by IS NULL OR second_by <> made_by)",
            name="two_people",
        ),
        CheckConstraint("(state = 'down') = (down_why IS NOT NULL)", name="down"),
        CheckConstraint("blob_key IS NULL OR state IN ('draft', 'down') OR covers IS NOT NULL",
                        name="covered"),
        CheckConstraint("(covers IS NULL) = (public_key IS NULL)", name="public"),
        CheckConstraint(
            "blob_key IS NULL OR ((first_by IS NULL OR first_looked) AND (second_by IS NULL OR "
            "second_looked))",
            name="looked",
        ),
        CheckConstraint(f"days BETWEEN 1 AND {MOST_DAYS}", name="days"),
        Index("ix_exposure_place_path", "place_path", "state", "expires_at"),
        Index("ix_exposure_state", "state", "expires_at"),
        Index("ix_exposure_blob_key", "blob_key"),
        Index("ix_exposure_thumbnail_key", "thumbnail_key"),
        Index("ix_exposure_public_key", "public_key"),
        Index("ix_exposure_public_thumbnail_key", "public_thumbnail_key"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(NUMBER_LENGTH), unique=True, default=new_number)
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    basis: Mapped[Basis] = code_column(Basis)
    basis_number: Mapped[str] = mapped_column(String(NUMBER_LENGTH))
    about_person: Mapped[bool] = mapped_column(Boolean)
    act: Mapped[str] = mapped_column(String(LONGEST_ACT))
    located: Mapped[str] = mapped_column(String(LONGEST_PLACE))
    days: Mapped[int] = mapped_column(Integer)
    state: Mapped[ExposureState] = code_column(ExposureState, default=ExposureState.DRAFT)
    sent: Mapped[int] = mapped_column(Integer, default=0)
    code: Mapped[str] = mapped_column(String(64), unique=True, default=new_token)
    blob_key: Mapped[str | None] = mapped_column(String(80))
    thumbnail_key: Mapped[str | None] = mapped_column(String(80))
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    public_key: Mapped[str | None] = mapped_column(String(80))
    public_thumbnail_key: Mapped[str | None] = mapped_column(String(80))
    covers: Mapped[str | None] = mapped_column(String(1000))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]
    first_at: Mapped[datetime | None]
    first_by: Mapped[UUID | None]
    first_looked: Mapped[bool] = mapped_column(Boolean, default=False)
    second_by: Mapped[UUID | None]
    second_looked: Mapped[bool] = mapped_column(Boolean, default=False)
    shown_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    back_why: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    down_why: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    down_at: Mapped[datetime | None]
    down_by: Mapped[UUID | None]
