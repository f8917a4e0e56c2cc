"""The register of adoptable things, adoptions, their people, care, checks, plaques, dry weeks."""

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
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number
from volunteers.rules.adoption.life import (
    AdoptionState,
    CareState,
    Party,
    PlotState,
    Role,
    Step,
    Who,
)

_HOLDS = text("state IN ('offered', 'signed', 'active', 'reminded', 'to_rectify', 'leaving')")
_APPLIES = text("state = 'applied'")
_LEADS = text("role = 'lead' AND left_at IS NULL")
_STAYS = text("left_at IS NULL")


class AdoptionPlot(Base):
    """One thing of the register: a plot, a tree, a bench. An old and notable tree is never given.

    ``version`` counts changes: a form says which one it was made from.
    """

    __tablename__ = "adoption_plot"
    __table_args__ = (
        CheckConstraint("NOT (heritage AND adoptable)", name="heritage"),
        CheckConstraint("square_metres IS NULL OR square_metres > 0", name="square_metres"),
        CheckConstraint("lon BETWEEN -180 AND 180", name="lon"),
        CheckConstraint("lat BETWEEN -90 AND 90", name="lat"),
        Index("ix_adoption_plot_place_path", "place_path"),
        Index("ix_adoption_plot_listed", "state", "listed_from"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    register_number: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(80))
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    place_path: Mapped[str] = mapped_column(String(255))
    lon: Mapped[float] = mapped_column(Float)
    lat: Mapped[float] = mapped_column(Float)
    square_metres: Mapped[int | None] = mapped_column(Integer)
    owner: Mapped[str] = mapped_column(String(120))
    adoptable: Mapped[bool]
    heritage: Mapped[bool]
    new_green: Mapped[bool]
    state: Mapped[PlotState] = code_column(PlotState, default=PlotState.THERE)
    listed_from: Mapped[date]
    version: Mapped[int] = mapped_column(Integer, default=1)
    updated_at: Mapped[datetime]


class AdoptionModel(Base):
    """A version of the model agreement, published once and never changed."""

    __tablename__ = "adoption_model"
    __table_args__ = (CheckConstraint("version >= 1", name="version"),)

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text_zh_hans: Mapped[str] = mapped_column(Text)
    text_zh_hant: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(200))
    published_at: Mapped[datetime]
    published_by: Mapped[UUID | None]


class Adoption(Base):
    """One undertaking for one thing, from the application to its end; several people may share it.

    A thing is held by one at a time: a plot is not split. What the adopter wrote is sealed.
    """

    __tablename__ = "adoption"
    __table_args__ = (
        CheckConstraint("people >= 1", name="people"),
        CheckConstraint("cost_percent BETWEEN 0 AND 100", name="cost_percent"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="days"),
        Index(
            "uq_adoption_holds",
            "plot_id",
            unique=True,
            sqlite_where=_HOLDS,
            postgresql_where=_HOLDS,
        ),
        Index(
            "uq_adoption_applies",
            "plot_id",
            "applicant_id",
            unique=True,
            sqlite_where=_APPLIES,
            postgresql_where=_APPLIES,
        ),
        Index("ix_adoption_state", "state", "applied_at"),
        Index("ix_adoption_plot_id", "plot_id"),
        Index("ix_adoption_applicant_id", "applicant_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    plot_id: Mapped[UUID] = mapped_column(ForeignKey("adoption_plot.id"))
    place_path: Mapped[str] = mapped_column(String(255))
    form: Mapped[str] = mapped_column(String(40))
    party: Mapped[Party] = code_column(Party)
    people: Mapped[int] = mapped_column(Integer)
    cost_percent: Mapped[int] = mapped_column(SmallInteger)
    applicant_id: Mapped[UUID | None]
    sealed_group: Mapped[str | None] = mapped_column(Text)
    sealed_words: Mapped[str | None] = mapped_column(Text)
    sealed_plot_name: Mapped[str | None] = mapped_column(Text)
    named_until: Mapped[date | None]
    state: Mapped[AdoptionState] = code_column(AdoptionState, default=AdoptionState.APPLIED)
    applied_at: Mapped[datetime]
    checked_by: Mapped[UUID | None]
    offered_until: Mapped[date | None]
    model_version: Mapped[int | None] = mapped_column(ForeignKey("adoption_model.version"))
    signed_at: Mapped[datetime | None]
    countersigned_by: Mapped[UUID | None]
    countersigned_at: Mapped[datetime | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    renewal_asked_at: Mapped[datetime | None]
    step_from: Mapped[date | None]
    rectify_by: Mapped[date | None]
    leaves_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    first_right_until: Mapped[date | None]
    first_right_of: Mapped[UUID | None]


class AdoptionAgreement(Base):
    """One agreement as both signed it; the next one stands beside it and replaces nothing.

    ``digest`` is sealed in the ledger; ``sealed_text`` is the very line that it is the hash of, for
    ``signer_id``, whose name is in it, and for the city. Both go with her; the digest stays.
    """

    __tablename__ = "adoption_agreement"
    __table_args__ = (
        Index("ix_adoption_agreement_adoption_id", "adoption_id", "at"),
        Index("ix_adoption_agreement_signer_id", "signer_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    adoption_id: Mapped[UUID] = mapped_column(ForeignKey("adoption.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(64))
    signer_id: Mapped[UUID | None]
    sealed_text: Mapped[str | None] = mapped_column(Text)


class AdoptionMember(Base):
    """Somebody in an adoption. One and only one of them is its lead, and a plot has one lead.

    ``sealed_public_name`` is the name under which she wants to be shown; without it she is not.
    """

    __tablename__ = "adoption_member"
    __table_args__ = (
        Index(
            "uq_adoption_member_lead", "plot_id", unique=True, sqlite_where=_LEADS,
            postgresql_where=_LEADS,
        ),
        Index(
            "uq_adoption_member_once", "adoption_id", "person_id", unique=True,
            sqlite_where=_STAYS, postgresql_where=_STAYS,
        ),
        Index("ix_adoption_member_person_id", "person_id"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    adoption_id: Mapped[UUID] = mapped_column(ForeignKey("adoption.id", ondelete="CASCADE"))
    plot_id: Mapped[UUID] = mapped_column(ForeignKey("adoption_plot.id"))
    person_id: Mapped[UUID]
    role: Mapped[Role] = code_column(Role)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    sealed_signature: Mapped[str | None] = mapped_column(Text)
    signed_at: Mapped[datetime | None]
    sealed_public_name: Mapped[str | None] = mapped_column(Text)


class AdoptionEvent(Base):
    """What happened, in order; only added to. ``actor_id`` is staff; an adopter's is not kept."""

    __tablename__ = "adoption_event"
    __table_args__ = (Index("ix_adoption_event_adoption_id", "adoption_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    adoption_id: Mapped[UUID] = mapped_column(ForeignKey("adoption.id", ondelete="CASCADE"))
    step: Mapped[Step] = code_column(Step)
    who: Mapped[Who] = code_column(Who)
    actor_id: Mapped[UUID | None]
    at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(String(300))


class AdoptionCare(Base):
    """One line of the care log: added, then confirmed or void, never edited."""

    __tablename__ = "adoption_care"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 0 AND 1440", name="minutes"),
        CheckConstraint("(state = 'void') = (void_reason IS NOT NULL)", name="void"),
        Index("ix_adoption_care_plot_id", "plot_id", "done_on"),
        Index("ix_adoption_care_adoption_id", "adoption_id"),
        Index("ix_adoption_care_person_id", "person_id"),
        Index("ix_adoption_care_state", "state", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    adoption_id: Mapped[UUID] = mapped_column(ForeignKey("adoption.id", ondelete="CASCADE"))
    plot_id: Mapped[UUID] = mapped_column(ForeignKey("adoption_plot.id"))
    person_id: Mapped[UUID | None]
    deed: Mapped[str] = mapped_column(String(40))
    done_on: Mapped[date]
    minutes: Mapped[int] = mapped_column(Integer)
    sealed_words: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]
    state: Mapped[CareState] = code_column(CareState, default=CareState.WRITTEN)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    void_reason: Mapped[str | None] = mapped_column(String(200))


class AdoptionPhoto(Base):
    """A re-encoded photo of a thing (the desk's) or of a care entry (the adopter's)."""

    __tablename__ = "adoption_photo"
    __table_args__ = (
        CheckConstraint("width > 0 AND height > 0", name="size"),
        Index("ix_adoption_photo_plot_id", "plot_id"),
        Index("ix_adoption_photo_care_id", "care_id"),
        Index("ix_adoption_photo_blob_key", "blob_key"),
        Index("ix_adoption_photo_thumbnail_key", "thumbnail_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    plot_id: Mapped[UUID] = mapped_column(ForeignKey("adoption_plot.id"))
    care_id: Mapped[UUID | None] = mapped_column(ForeignKey("adoption_care.id", ondelete="CASCADE"))
    blob_key: Mapped[str] = mapped_column(String(80))
    thumbnail_key: Mapped[str] = mapped_column(String(80))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]


class AdoptionInspection(Base):
    """A check of a thing that is looked after, with points for each axis."""

    __tablename__ = "adoption_inspection"
    __table_args__ = (
        Index("ix_adoption_inspection_adoption_id", "adoption_id", "at"),
        Index("ix_adoption_inspection_plot_id", "plot_id", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    adoption_id: Mapped[UUID] = mapped_column(ForeignKey("adoption.id", ondelete="CASCADE"))
    plot_id: Mapped[UUID] = mapped_column(ForeignKey("adoption_plot.id"))
    actor_id: Mapped[UUID | None]
    at: Mapped[datetime]
    words: Mapped[str] = mapped_column(String(300))


class AdoptionScore(Base):
    """The points of one axis of an inspection."""

    __tablename__ = "adoption_score"
    __table_args__ = (CheckConstraint("score BETWEEN 1 AND 5", name="score"),)

    inspection_id: Mapped[UUID] = mapped_column(
        ForeignKey("adoption_inspection.id", ondelete="CASCADE"), primary_key=True
    )
    axis: Mapped[str] = mapped_column(String(40), primary_key=True)
    score: Mapped[int] = mapped_column(SmallInteger)


class AdoptionPlaque(Base):
    """A plaque by its code. An old one stays known: whoever scans it is told what became of it."""

    __tablename__ = "adoption_plaque"
    __table_args__ = (
        Index("ix_adoption_plaque_adoption_id", "adoption_id"),
        Index("ix_adoption_plaque_plot_id", "plot_id"),
    )

    code: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_number)
    adoption_id: Mapped[UUID | None] = mapped_column(ForeignKey("adoption.id", ondelete="SET NULL"))
    plot_id: Mapped[UUID] = mapped_column(ForeignKey("adoption_plot.id"))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class AdoptionDryWeek(Base):
    """A week without rain in a place, by its Monday; ``told_at`` when the adopters were told."""

    __tablename__ = "adoption_dry_week"
    __table_args__ = (UniqueConstraint("place_path", "monday"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    place_path: Mapped[str] = mapped_column(String(255))
    monday: Mapped[date]
    marked_by: Mapped[UUID | None]
    marked_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
