"""A case (案件), its history that is only added to, and the erasable words, photos and people."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id
from portal.reports.rules.codes import (
    Event,
    Means,
    Pause,
    PhotoKind,
    Relation,
    Review,
    Source,
    State,
    TextKind,
)


def of_case(table: str) -> ForeignKeyConstraint:
    """The reference of a table to its case."""
    return ForeignKeyConstraint(
        ["district", "case_id"], ["cases.district", "cases.id"], name=f"fk_{table}_case"
    )


def of_neighbours(table: str) -> Index:
    """Finds the few rows that are not the first reporter's by whose they are."""
    named = text("reporter_id IS NOT NULL")
    return Index(
        f"ix_{table}_reporter",
        "district",
        "reporter_id",
        sqlite_where=named,
        postgresql_where=named,
    )


class Case(Base):
    """One matter. Coordinates are WGS-84; ``place_path`` is the place as it was when reported."""

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint("cycle >= 1", name="cycle"),
        CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point"),
        Index("ix_cases_paused_until", "paused_until"),
        Index("ix_cases_listed_id", "listed", "id"),
        Index("ix_cases_listed_category_code_id", "listed", "category_code", "id"),
        Index("ix_cases_listed_state_id", "listed", "state", "id"),
        Index("ix_cases_place_path_id", "place_path", "id"),
        Index("ix_cases_state_place_path", "state", "place_path"),
        Index("ix_cases_unit_id_state", "unit_id", "state"),
        # figures are counted in these alone
        Index("ix_cases_closed_at", "closed_at", "state", "place_path"),
        Index("ix_cases_found_at", "found_at", "state", "place_path"),
        # what changed since the figures were counted
        Index("ix_cases_updated_at", "updated_at"),
        # the newest of a kind, for the desk's proposals
        Index("ix_cases_district_category_code_found_at", "district", "category_code", "found_at"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    category_code: Mapped[str] = mapped_column(String(40))
    state: Mapped[State] = code_column(State)
    cycle: Mapped[int] = mapped_column(Integer, default=1)
    version: Mapped[int] = mapped_column(Integer, default=1)
    source: Mapped[Source] = code_column(Source)
    external_number: Mapped[str | None] = mapped_column(String(64))
    area_id: Mapped[UUID]
    place_path: Mapped[str] = mapped_column(String(200))
    lon: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    urgent: Mapped[bool] = mapped_column(Boolean, default=False)
    sealed: Mapped[bool] = mapped_column(Boolean, default=False)
    listed: Mapped[bool] = mapped_column(Boolean, default=False)
    unit_id: Mapped[UUID | None]
    dispatcher_id: Mapped[UUID | None]
    handler_id: Mapped[UUID | None]
    verifier_id: Mapped[UUID | None]
    limit_minutes: Mapped[int] = mapped_column(Integer)
    round_the_clock: Mapped[bool] = mapped_column(Boolean, default=False)
    promised_at: Mapped[datetime | None]
    promised_days: Mapped[int | None] = mapped_column(Integer)
    # the three clocks (R285): found, handled, fed back; and the grid lead's first response (R287)
    found_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    responded_at: Mapped[datetime | None]
    dispatched_at: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    fed_back_at: Mapped[datetime | None]
    # how it was solved (721): asked when it is closed, and gone when it is opened again
    means: Mapped[Means | None] = code_column(Means)
    times_returned: Mapped[int] = mapped_column(Integer, default=0)
    times_sent_back: Mapped[int] = mapped_column(Integer, default=0)
    times_urged: Mapped[int] = mapped_column(Integer, default=0)
    times_extended: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    times_suspended: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    times_reassigned: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    # which limit holds: of a condition, of a kind of place, since when, in whose working time
    condition: Mapped[str | None] = mapped_column(String(40))
    limit_tag: Mapped[str | None] = mapped_column(String(32))
    limit_from: Mapped[date | None]
    calendar_code: Mapped[str | None] = mapped_column(String(40))
    # the clock: since when it runs (None: since the report), what it was given beside the limit,
    # and whether it stands still. promise_if_over is the promise once the pause has run out
    clock_from: Mapped[datetime | None]
    extended_minutes: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    pause: Mapped[Pause | None] = code_column(Pause)
    paused_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    promise_if_over: Mapped[datetime | None]
    # a small matter that the head of a building settled: until when the reporter is asked
    confirm_until: Mapped[datetime | None]
    question_open: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    updated_at: Mapped[datetime]


class CasePause(Base):
    """A spell in which a case's clock stood still, so that its time can be told at any moment."""

    __tablename__ = "case_pause"
    __table_args__ = (
        of_case("case_pause"),
        Index("ix_case_pause_case", "district", "case_id", "id"),
        CheckConstraint("until > started_at", name="until"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID]
    kind: Mapped[Pause] = code_column(Pause)
    started_at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class CaseEvent(Base):
    """One step of the history. Only added: triggers refuse UPDATE and DELETE on both engines."""

    __tablename__ = "case_event"
    __table_args__ = (
        of_case("case_event"),
        Index("ix_case_event_case", "district", "case_id", "id"),
        # what happened since a moment: followers are told by it
        Index("ix_case_event_at", "at"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID]
    at: Mapped[datetime]
    event: Mapped[Event] = code_column(Event)
    from_state: Mapped[State | None] = code_column(State)
    to_state: Mapped[State] = code_column(State)
    cycle: Mapped[int] = mapped_column(Integer)
    actor_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    reason_code: Mapped[str | None] = mapped_column(String(40))
    public: Mapped[bool] = mapped_column(Boolean)


class CaseText(Base):
    """Words on a case: as written, and as the public may read them after a check."""

    __tablename__ = "case_text"
    __table_args__ = (
        of_case("case_text"),
        Index("ix_case_text_case", "district", "case_id", "id"),
        Index("ix_case_text_review", "review"),
        of_neighbours("case_text"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID]
    event_id: Mapped[UUID | None]
    kind: Mapped[TextKind] = code_column(TextKind)
    text: Mapped[str] = mapped_column(Text)
    public_text: Mapped[str | None] = mapped_column(Text)
    review: Mapped[Review] = code_column(Review)
    review_reason: Mapped[str | None] = mapped_column(String(200))
    by_reporter: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime]
    # whose words they are, where it was not the first reporter
    reporter_id: Mapped[UUID | None]


class CasePhoto(Base):
    """A re-encoded photo: the original file is never stored.

    ``public_key`` is another file with parts covered: then the first is for moderators alone.
    """

    __tablename__ = "case_photo"
    __table_args__ = (
        of_case("case_photo"),
        Index("ix_case_photo_case", "district", "case_id", "id"),
        Index("ix_case_photo_review", "review"),
        Index("ix_case_photo_blob_key", "blob_key"),
        Index("ix_case_photo_public_key", "public_key"),
        of_neighbours("case_photo"),
        CheckConstraint("(public_key IS NULL) = (covers IS NULL)", name="covers"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    case_id: Mapped[UUID]
    event_id: Mapped[UUID | None]
    kind: Mapped[PhotoKind] = code_column(PhotoKind)
    blob_key: Mapped[str] = mapped_column(String(80))
    thumbnail_key: Mapped[str | None] = mapped_column(String(80))
    public_key: Mapped[str | None] = mapped_column(String(80))
    public_thumbnail_key: Mapped[str | None] = mapped_column(String(80))
    covers: Mapped[str | None] = mapped_column(Text)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    review: Mapped[Review] = code_column(Review)
    review_reason: Mapped[str | None] = mapped_column(String(200))
    by_reporter: Mapped[bool] = mapped_column(Boolean)
    cycle: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime]
    reporter_id: Mapped[UUID | None]


class CaseReporter(Base):
    """Somebody behind a case. Hashes for look-up; the rest is sealed and can be erased.

    ``pseudonym`` is a keyed hash of the person or phone that outlives the removal of identity
    (law N1: a reporter must stay protected after her name is gone).
    """

    __tablename__ = "case_reporter"
    __table_args__ = (
        of_case("case_reporter"),
        UniqueConstraint("token_hash"),
        Index("ix_case_reporter_case", "district", "case_id", "id"),
        Index("ix_case_reporter_person_id_id", "person_id", "id"),
        Index("ix_case_reporter_phone_hash", "phone_hash"),
        # who is still known, the oldest first: what the job of retention looks for
        Index("ix_case_reporter_erased_at_id", "erased_at", "id"),
        CheckConstraint("failed_tries >= 0", name="failed_tries"),
        # nobody joins a case twice; the key is another one for each case, so that it links nothing
        Index("ix_case_reporter_joined", "district", "case_id", "joined_key", unique=True),
        Index("ix_case_reporter_merged_from", "district", "merged_from"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    relation: Mapped[Relation] = code_column(Relation)
    pseudonym: Mapped[str | None] = mapped_column(String(64))
    sealed_name: Mapped[str | None] = mapped_column(Text)
    sealed_phone: Mapped[str | None] = mapped_column(Text)
    phone_hash: Mapped[str | None] = mapped_column(String(64))
    verified: Mapped[bool] = mapped_column(Boolean, default=False)
    lookup_hash: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str] = mapped_column(String(64))
    failed_tries: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None]
    language: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    joined_key: Mapped[str | None] = mapped_column(String(64))
    # the case she first stood behind, as long as that one is part of this one (并案)
    merged_from: Mapped[UUID | None]
