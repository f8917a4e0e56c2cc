"""The register: doors, who answers for them from when to when, and what is claimed about them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Float, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pledges.models.keys import InDistrict, only_one, within
from pledges.rules.premises import (
    LONGEST_DOOR,
    LONGEST_DUTY,
    LONGEST_KEY,
    LONGEST_REASON,
    LONGEST_ROAD,
    LONGEST_TITLE,
    MOST_HEADS,
    TRADE_LENGTH,
    ClaimKind,
    ClaimState,
    OperatorEnd,
    PremisesKind,
    PremisesState,
    PremisesStep,
)
from pledges.rules.register import KEY_LENGTH, search_key
from portal.areas.models import Area
from portal.areas.rules import PATH_LENGTH
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number

# compared sign by sign, so that an index finds a beginning on both engines
KEY = String(KEY_LENGTH).with_variant(String(KEY_LENGTH, collation="C"), "postgresql")


def _title_key(context: Any) -> str:
    return search_key(context.get_current_parameters()["title"])


def _road_key(context: Any) -> str:
    said = context.get_current_parameters()
    return search_key(f"{said['road']}{said['door']}")


class PremisesImport(Base):
    """A table that was taken in. It can be undone while nothing was built upon any of its lines;
    ``place_path``: the place in which all of them lie."""

    __tablename__ = "premises_import"
    __table_args__ = (
        CheckConstraint("lines >= 1", name="lines"),
        Index("ix_premises_import_place_path", "place_path", "made_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    lines: Mapped[int] = mapped_column(Integer)
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]


class Premises(InDistrict):
    """What stands at a door. ``title`` is what its sign says; ``door_key`` road and number as they
    are compared: there is one place at a door. ``title_key`` and ``road_key`` are looked for by
    their beginning. ``within_id``: the market in which a stall stands.

    The duty area is words, an outline (GeoJSON, WGS-84), or both; ``duty_version`` counts its
    changes, 0 while the street has not fixed it. ``heads``: how many people work there, no more.
    ``version`` counts changes: a form says which one it was made from.
    """

    __tablename__ = "premises"
    __table_args__ = (
        within("premises", "within_id", "premises"),
        CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point"),
        CheckConstraint("lon BETWEEN -180 AND 180", name="lon"),
        CheckConstraint("lat BETWEEN -90 AND 90", name="lat"),
        CheckConstraint(f"heads BETWEEN 0 AND {MOST_HEADS}", name="heads"),
        CheckConstraint("duty_version >= 0", name="duty_version"),
        CheckConstraint(
            "duty_version = 0 OR duty_words IS NOT NULL OR duty_geojson IS NOT NULL", name="duty"
        ),
        CheckConstraint("(state = 'gone') = (gone_on IS NOT NULL)", name="gone"),
        CheckConstraint("within_id IS NULL OR within_id <> id", name="within"),
        only_one("premises_door", "district", "door_key", where="state <> 'gone'"),
        Index("ix_premises_place_path", "place_path", "state", "id"),
        Index("ix_premises_road", "district", "road", "id"),
        Index("ix_premises_within_id", "district", "within_id"),
        Index("ix_premises_title_key", "title_key"),
        Index("ix_premises_road_key", "road_key"),
        Index("ix_premises_import_id", "import_id"),
    )

    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    kind: Mapped[PremisesKind] = code_column(PremisesKind)
    state: Mapped[PremisesState] = code_column(PremisesState, default=PremisesState.EMPTY)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    trade: Mapped[str] = mapped_column(String(TRADE_LENGTH))
    road: Mapped[str] = mapped_column(String(LONGEST_ROAD))
    door: Mapped[str] = mapped_column(String(LONGEST_DOOR))
    door_key: Mapped[str] = mapped_column(String(LONGEST_KEY))
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    within_id: Mapped[UUID | None]
    title_key: Mapped[str] = mapped_column(KEY, default=_title_key)
    road_key: Mapped[str] = mapped_column(KEY, default=_road_key)
    import_id: Mapped[UUID | None]
    lon: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    duty_words: Mapped[str | None] = mapped_column(String(LONGEST_DUTY))
    duty_geojson: Mapped[str | None] = mapped_column(Text)
    duty_version: Mapped[int] = mapped_column(Integer, default=0)
    heads: Mapped[int | None] = mapped_column(Integer)
    listed_on: Mapped[date]
    gone_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(Integer, default=1)
    updated_at: Mapped[datetime]


class PremisesOperator(InDistrict):
    """Who runs a place, from its first day to the day after its last; one at a time.

    ``sealed_name``: of the business on its licence, which of a sole trader is a person's name; the
    public knows the place by its ``title``. ``person_id``: the account that speaks for it now.
    ``organisation_id``: its row of the register of organisations, under which alone something can
    be written into the ledger.
    """

    __tablename__ = "premises_operator"
    __table_args__ = (
        within("premises_operator", "premises_id", "premises"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="days"),
        CheckConstraint("(ends_on IS NULL) = (ended_why IS NULL)", name="ended"),
        CheckConstraint("(sealed_phone IS NULL) = (phone_hash IS NULL)", name="phone"),
        CheckConstraint("(person_id IS NULL) = (speaks_since IS NULL)", name="speaks"),
        CheckConstraint("NOT (sole_trader AND organisation_id IS NOT NULL)", name="sole_trader"),
        only_one(
            "premises_operator_now", "district", "premises_id", where="ends_on IS NULL"
        ),
        Index("ix_premises_operator_premises_id", "district", "premises_id", "starts_on"),
        Index("ix_premises_operator_person_id", "person_id"),
        Index("ix_premises_operator_phone_hash", "phone_hash"),
        Index("ix_premises_operator_organisation_id", "organisation_id"),
        Index("ix_premises_operator_ends_on", "ends_on"),
    )  # fmt: skip

    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    premises_id: Mapped[UUID]
    sole_trader: Mapped[bool] = mapped_column(Boolean)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    sealed_name: Mapped[str | None] = mapped_column(Text)
    sealed_phone: Mapped[str | None] = mapped_column(Text)
    phone_hash: Mapped[str | None] = mapped_column(String(64))
    person_id: Mapped[UUID | None]
    speaks_since: Mapped[datetime | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    ended_why: Mapped[OperatorEnd | None] = code_column(OperatorEnd)
    entered_at: Mapped[datetime]
    entered_by: Mapped[UUID | None]


class PremisesClaim(InDistrict):
    """What somebody says about a place, until it is decided. Several may wait at once; whoever
    decides sees them all. ``operator_id``: who answered for the place when it was said."""

    __tablename__ = "premises_claim"
    __table_args__ = (
        within("premises_claim", "premises_id", "premises"),
        within("premises_claim", "operator_id", "premises_operator"),
        CheckConstraint("(sealed_phone IS NULL) = (phone_hash IS NULL)", name="phone"),
        CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("state <> 'refused' OR reason IS NOT NULL", name="reason"),
        only_one(
            "premises_claim_waiting", "district", "premises_id", "person_id",
            where="state = 'waiting'",
        ),
        Index("ix_premises_claim_premises_id", "district", "premises_id"),
        Index("ix_premises_claim_person_id", "person_id"),
        Index("ix_premises_claim_state", "state", "place_path", "id"),
        Index("ix_premises_claim_ended_at", "ended_at"),
    )  # fmt: skip

    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    premises_id: Mapped[UUID]
    operator_id: Mapped[UUID | None]
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    kind: Mapped[ClaimKind] = code_column(ClaimKind)
    state: Mapped[ClaimState] = code_column(ClaimState, default=ClaimState.WAITING)
    person_id: Mapped[UUID | None]
    sealed_name: Mapped[str | None] = mapped_column(Text)
    sealed_phone: Mapped[str | None] = mapped_column(Text)
    phone_hash: Mapped[str | None] = mapped_column(String(64))
    sealed_words: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))


class PremisesEvent(InDistrict):
    """The history of a door, in order; only added to. ``actor_id`` is staff: an owner's own steps
    keep nobody."""

    __tablename__ = "premises_event"
    __table_args__ = (
        within("premises_event", "premises_id", "premises"),
        Index("ix_premises_event_premises_id", "district", "premises_id", "at"),
    )

    premises_id: Mapped[UUID]
    step: Mapped[PremisesStep] = code_column(PremisesStep)
    actor_id: Mapped[UUID | None]
    at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
