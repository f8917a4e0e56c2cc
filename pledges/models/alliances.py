"""Alliances of shops: members, heads with terms, links, covenants, notices, requests for help."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from pledges.models.keys import InDistrict, only_one, within
from pledges.rules.alliances import (
    LONGEST_LABEL,
    LONGEST_NAME,
    LONGEST_TITLE,
    LONGEST_WORDS,
    HelpState,
    LinkKind,
)
from portal.areas.models import Area
from portal.areas.rules import PATH_LENGTH
from portal.kernel.db import code_column
from portal.kernel.ids import new_number


class Alliance(InDistrict):
    """Shops of a road or a market that keep together (R280). It ends, and is never deleted.

    ``inspects``: the street lets its members look at each other's frontages.
    """

    __tablename__ = "alliance"
    __table_args__ = (
        CheckConstraint("ended_on IS NULL OR ended_on >= founded_on", name="days"),
        Index("ix_alliance_place_path", "place_path", "id"),
    )

    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    name_zh_hans: Mapped[str] = mapped_column(String(LONGEST_NAME))
    name_zh_hant: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    name_en: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    founded_on: Mapped[date]
    ended_on: Mapped[date | None]
    inspects: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]


class AllianceMember(InDistrict):
    """That a shop belongs to an alliance. Whoever speaks for its operator speaks for the member.
    ``muted_at``: since when the shop wants no message when there is a notice."""

    __tablename__ = "alliance_member"
    __table_args__ = (
        within("alliance_member", "alliance_id", "alliance"),
        within("alliance_member", "premises_id", "premises"),
        within("alliance_member", "operator_id", "premises_operator"),
        CheckConstraint("left_at IS NULL OR left_at >= joined_at", name="left"),
        only_one(
            "alliance_member_there", "district", "alliance_id", "premises_id",
            where="left_at IS NULL",
        ),
        Index("ix_alliance_member_premises_id", "district", "premises_id"),
        Index("ix_alliance_member_operator_id", "district", "operator_id"),
    )  # fmt: skip

    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    alliance_id: Mapped[UUID]
    premises_id: Mapped[UUID]
    operator_id: Mapped[UUID]
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    muted_at: Mapped[datetime | None]


class AllianceHead(InDistrict):
    """Whoever was elected to lead an alliance, for a term; one at a time. ``votes``: how many."""

    __tablename__ = "alliance_head"
    __table_args__ = (
        within("alliance_head", "alliance_id", "alliance"),
        within("alliance_head", "member_id", "alliance_member"),
        CheckConstraint("ends_on > starts_on", name="days"),
        CheckConstraint("votes >= 0", name="votes"),
        only_one("alliance_head_now", "district", "alliance_id", where="ended_at IS NULL"),
        Index("ix_alliance_head_member_id", "district", "member_id"),
        Index("ix_alliance_head_person_id", "person_id"),
    )

    alliance_id: Mapped[UUID]
    member_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    elected_on: Mapped[date]
    votes: Mapped[int | None] = mapped_column(Integer)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    entered_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]


class AllianceLink(InDistrict):
    """A link to a group of the alliance, for members only."""

    __tablename__ = "alliance_link"
    __table_args__ = (
        within("alliance_link", "alliance_id", "alliance"),
        Index("ix_alliance_link_alliance_id", "district", "alliance_id"),
    )

    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    alliance_id: Mapped[UUID]
    kind: Mapped[LinkKind] = code_column(LinkKind)
    label: Mapped[str] = mapped_column(String(LONGEST_LABEL))
    sealed_link: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class AllianceCovenant(InDistrict):
    """A version of an alliance's covenant (R281); once published its hash is sealed, and it never
    changes."""

    __tablename__ = "alliance_covenant"
    __table_args__ = (
        within("alliance_covenant", "alliance_id", "alliance"),
        UniqueConstraint("district", "alliance_id", "version", name="uq_alliance_covenant_version"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("(published_at IS NULL) = (digest IS NULL)", name="published"),
    )

    alliance_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(Integer)
    text_zh_hans: Mapped[str] = mapped_column(Text)
    text_zh_hant: Mapped[str | None] = mapped_column(Text)
    text_en: Mapped[str | None] = mapped_column(Text)
    written_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    digest: Mapped[str | None] = mapped_column(String(64))
    entry_id: Mapped[UUID | None]


class AllianceSignOn(InDistrict):
    """That a member stands by a version of the covenant, until it withdraws. ``digest`` is sealed;
    ``salt`` goes with whoever signed, and the hash leads to nobody."""

    __tablename__ = "alliance_sign_on"
    __table_args__ = (
        within("alliance_sign_on", "covenant_id", "alliance_covenant"),
        within("alliance_sign_on", "member_id", "alliance_member"),
        only_one(
            "alliance_sign_on_now", "district", "covenant_id", "member_id",
            where="withdrawn_at IS NULL",
        ),
        Index("ix_alliance_sign_on_member_id", "district", "member_id"),
        Index("ix_alliance_sign_on_person_id", "person_id"),
    )  # fmt: skip

    covenant_id: Mapped[UUID]
    member_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    sealed_signature: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[str | None] = mapped_column(String(64))
    digest: Mapped[str | None] = mapped_column(String(64))
    entry_id: Mapped[UUID | None]
    signed_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class AllianceNotice(InDistrict):
    """A notice of the head or the street to the members."""

    __tablename__ = "alliance_notice"
    __table_args__ = (
        within("alliance_notice", "alliance_id", "alliance"),
        Index("ix_alliance_notice_alliance_id", "district", "alliance_id", "made_at"),
    )

    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    alliance_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    words: Mapped[str] = mapped_column(String(LONGEST_WORDS))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class AllianceHelp(InDistrict):
    """A member asks the others for help; only members read it."""

    __tablename__ = "alliance_help"
    __table_args__ = (
        within("alliance_help", "alliance_id", "alliance"),
        within("alliance_help", "member_id", "alliance_member"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        Index("ix_alliance_help_alliance_id", "district", "alliance_id", "state", "made_at"),
        Index("ix_alliance_help_person_id", "person_id"),
    )

    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    alliance_id: Mapped[UUID]
    member_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    sealed_words: Mapped[str | None] = mapped_column(Text)
    state: Mapped[HelpState] = code_column(HelpState, default=HelpState.OPEN)
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class AllianceHelpAnswer(InDistrict):
    """What another member answers."""

    __tablename__ = "alliance_help_answer"
    __table_args__ = (
        within("alliance_help_answer", "help_id", "alliance_help"),
        within("alliance_help_answer", "member_id", "alliance_member"),
        Index("ix_alliance_help_answer_help_id", "district", "help_id", "at"),
        Index("ix_alliance_help_answer_person_id", "person_id"),
    )

    help_id: Mapped[UUID]
    member_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    sealed_words: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]
