"""Station, heads, organisations, estates with their five parties and owners' committees."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.areas.models import Area
from portal.areas.rules import PATH_LENGTH
from portal.conventions.models.keys import only_one
from portal.conventions.rules.community import (
    LONGEST_ADDRESS,
    LONGEST_COVERS,
    LONGEST_HOURS,
    LONGEST_NAME,
    LONGEST_PHONE,
    BodyKind,
    ErrandState,
    HandlingEnd,
    HandlingWay,
    HeadRole,
    Party,
)
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number


class OfPlace(Base):
    """What stands in a place of the tree."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))


class Station(OfPlace):
    """A self-government station (自治工作站) or a liaison station (R173, R252); one in a place.

    City, street and community have one each: a tree beside that of the grids (R251).
    """

    __tablename__ = "community_station"
    __table_args__ = (
        only_one("community_station_now", "area_id", where="ended_on IS NULL"),
        Index("ix_community_station_place_path", "place_path"),
    )

    title: Mapped[str] = mapped_column(String(LONGEST_NAME))
    located: Mapped[str] = mapped_column(String(LONGEST_ADDRESS))
    hours: Mapped[str] = mapped_column(String(LONGEST_HOURS))
    # of the office, never of a person
    office_phone: Mapped[str] = mapped_column(String(LONGEST_PHONE))
    markdown: Mapped[str | None] = mapped_column(Text)
    updated_at: Mapped[datetime]
    updated_by: Mapped[UUID | None]
    ended_on: Mapped[date | None]


class Head(OfPlace):
    """A building head, road head or liaison officer with a term. Her name is shown while she wants
    it; she is reached through the station's telephone, never through her own."""

    __tablename__ = "community_head"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="days"),
        Index("ix_community_head_place_path", "place_path", "role"),
        Index("ix_community_head_person_id", "person_id"),
    )

    role: Mapped[HeadRole] = code_column(HeadRole)
    covers: Mapped[str] = mapped_column(String(LONGEST_COVERS))
    person_id: Mapped[UUID | None]
    sealed_name: Mapped[str | None] = mapped_column(Text)
    named_at: Mapped[datetime | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]


class Body(OfPlace):
    """A self-discipline organisation (R256) or a council of residents."""

    __tablename__ = "community_body"
    __table_args__ = (
        CheckConstraint("members IS NULL OR members >= 0", name="members"),
        CheckConstraint("ended_on IS NULL OR ended_on >= founded_on", name="days"),
        Index("ix_community_body_place_path", "place_path", "kind"),
    )

    kind: Mapped[BodyKind] = code_column(BodyKind)
    title: Mapped[str] = mapped_column(String(LONGEST_NAME))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    members: Mapped[int | None] = mapped_column(Integer)
    does: Mapped[str | None] = mapped_column(String(LONGEST_ADDRESS))
    founded_on: Mapped[date]
    ended_on: Mapped[date | None]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]


class Estate(OfPlace):
    """A residential estate: the place of an owners' committee and of a five-party page (R136)."""

    __tablename__ = "community_estate"
    __table_args__ = (Index("ix_community_estate_place_path", "place_path"),)

    title: Mapped[str] = mapped_column(String(LONGEST_NAME))
    homes: Mapped[int | None] = mapped_column(Integer)
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    ended_on: Mapped[date | None]


class EstateParty(Base):
    """What one of the five parties does for an estate, and where it is reached."""

    __tablename__ = "community_estate_party"

    estate_id: Mapped[UUID] = mapped_column(
        ForeignKey("community_estate.id", ondelete="CASCADE"), primary_key=True
    )
    party: Mapped[Party] = code_column(Party, primary_key=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    title: Mapped[str] = mapped_column(String(LONGEST_NAME))
    does: Mapped[str] = mapped_column(Text)
    office_phone: Mapped[str | None] = mapped_column(String(LONGEST_PHONE))
    updated_at: Mapped[datetime]
    updated_by: Mapped[UUID | None]


class OwnersCommittee(Base):
    """A row of the filing register of owners' committees (R051): filed within 30 days."""

    __tablename__ = "community_owners_committee"
    __table_args__ = (
        CheckConstraint("term_ends_on > term_starts_on", name="term"),
        CheckConstraint("(filed_on IS NULL) = (filing_number IS NULL)", name="filed"),
        CheckConstraint("filed_on IS NULL OR filed_on >= elected_on", name="filed_after"),
        only_one("community_owners_committee_now", "estate_id", where="ended_on IS NULL"),
        Index("ix_community_owners_committee_document_key", "document_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    estate_id: Mapped[UUID] = mapped_column(ForeignKey("community_estate.id"))
    elected_on: Mapped[date]
    term_starts_on: Mapped[date]
    term_ends_on: Mapped[date]
    filed_with: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    filing_number: Mapped[str | None] = mapped_column(String(60))
    filed_on: Mapped[date | None]
    document_key: Mapped[str | None] = mapped_column(String(80))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    ended_on: Mapped[date | None]


class OwnersMember(Base):
    """A member of an owners' committee. Shown by name only while she wants it."""

    __tablename__ = "community_owners_member"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="days"),
        Index("ix_community_owners_member_committee_id", "committee_id"),
        Index("ix_community_owners_member_person_id", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    committee_id: Mapped[UUID] = mapped_column(ForeignKey("community_owners_committee.id"))
    person_id: Mapped[UUID | None]
    sealed_name: Mapped[str | None] = mapped_column(Text)
    office: Mapped[str] = mapped_column(String(40))
    named_at: Mapped[datetime | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class Handling(OfPlace):
    """What a community did under a clause (R254): it persuades, reminds, mediates. Whom is written
    nowhere; the note is for those who handle it, never public. What a building head put right with
    the neighbours (``head_id``, R282) needs no clause."""

    __tablename__ = "community_handling"
    __table_args__ = (
        CheckConstraint("(version_id IS NULL) = (clause_id IS NULL)", name="clause"),
        CheckConstraint("clause_id IS NOT NULL OR way = 'put_right'", name="way"),
        CheckConstraint("(outcome IS NULL) = (closed_at IS NULL)", name="closed"),
        Index("ix_community_handling_place_path", "place_path", "at"),
        Index("ix_community_handling_clause_id", "clause_id"),
        Index("ix_community_handling_head_id", "head_id"),
    )

    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("convention_version.id"))
    clause_id: Mapped[UUID | None] = mapped_column(ForeignKey("convention_clause.id"))
    head_id: Mapped[UUID | None] = mapped_column(ForeignKey("community_head.id"))
    way: Mapped[HandlingWay] = code_column(HandlingWay)
    located: Mapped[str] = mapped_column(String(LONGEST_ADDRESS))
    sealed_note: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[HandlingEnd | None] = code_column(HandlingEnd)
    at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]


class Errand(OfPlace):
    """What a head is asked to do (R252): by a resident, whose words reach her through the portal
    and who never learns her telephone, or by the committee. What belongs to her building she
    settles herself (R282)."""

    __tablename__ = "community_errand"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
        Index("ix_community_errand_head_id", "head_id", "state"),
        Index("ix_community_errand_person_id", "person_id"),
        Index("ix_community_errand_place_path", "place_path", "state"),
    )

    head_id: Mapped[UUID] = mapped_column(ForeignKey("community_head.id"))
    # None: the committee asks, or whoever asked is gone
    person_id: Mapped[UUID | None]
    sealed_words: Mapped[str | None] = mapped_column(Text)
    due_on: Mapped[date | None]
    state: Mapped[ErrandState] = code_column(ErrandState, default=ErrandState.OPEN)
    outcome: Mapped[HandlingEnd | None] = code_column(HandlingEnd)
    sealed_answer: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
