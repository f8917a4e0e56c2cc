"""Articles with their versions, whose hands were in them, and photos."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.areas.models import Area
from portal.areas.rules import PATH_LENGTH
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number, new_token
from portal.publicity.rules.articles import (
    LONGEST_ADDRESS,
    LONGEST_ALT,
    LONGEST_AUTHOR,
    LONGEST_SOURCE,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    LONGEST_WHY,
    NUMBER_LENGTH,
    ArticleKind,
    ArticleState,
    Provenance,
    VersionState,
)


class Article(Base):
    """What stays while versions come and go. ``shown_version``: what everybody reads.

    ``views`` is a sum and leads to nobody. A role model's page is shown only as far as she, on her
    own account, has agreed (``agreed_version``); of nobody else is a person named.
    """

    __tablename__ = "article"
    __table_args__ = (
        CheckConstraint("(state = 'published') = (shown_version IS NOT NULL)", name="shown"),
        CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name="published"),
        CheckConstraint(
            "kind <> 'role_model' OR shown_version IS NULL OR (person_id IS NOT NULL AND "
            "sealed_name IS NOT NULL AND agreed_version >= shown_version)",
            name="agreed",
        ),
        CheckConstraint("person_id IS NULL OR kind = 'role_model'", name="person"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_why IS NOT NULL)", name="withdrawn"),
        Index("ix_article_seen", "state", "published_at"),
        Index("ix_article_place_path", "place_path"),
        Index("ix_article_person_id", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(NUMBER_LENGTH), unique=True, default=new_number)
    kind: Mapped[ArticleKind] = code_column(ArticleKind)
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    state: Mapped[ArticleState] = code_column(ArticleState, default=ArticleState.DRAFT)
    last_version: Mapped[int] = mapped_column(Integer, default=1)
    shown_version: Mapped[int | None] = mapped_column(Integer)
    views: Mapped[int] = mapped_column(Integer, default=0)
    made_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    person_id: Mapped[UUID | None]
    agreed_version: Mapped[int | None] = mapped_column(Integer)
    agreed_sent: Mapped[int | None] = mapped_column(Integer)
    agreed_at: Mapped[datetime | None]
    sealed_name: Mapped[str | None] = mapped_column(Text)
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]
    withdrawn_why: Mapped[str | None] = mapped_column(String(LONGEST_WHY))


class ArticleVersion(Base):
    """The words of an article. ``sent``: how often they were sent for approval, so that nobody
    approves, or agrees to, other words than she read."""

    __tablename__ = "article_version"
    __table_args__ = (
        UniqueConstraint("article_id", "version"),
        CheckConstraint(
            "(state = 'approved') = (approved_by IS NOT NULL AND approved_at IS NOT NULL)",
            name="approved",
        ),
        CheckConstraint(
            "provenance <> 'reposted' OR (origin_url IS NOT NULL AND origin_day IS NOT NULL)",
            name="origin",
        ),
        CheckConstraint("version = 1 OR change_why IS NOT NULL", name="change_why"),
        Index("ix_article_version_policy_id", "policy_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    article_id: Mapped[UUID] = mapped_column(ForeignKey(Article.id))
    version: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    summary: Mapped[str] = mapped_column(String(LONGEST_SUMMARY))
    body: Mapped[str] = mapped_column(Text)
    provenance: Mapped[Provenance] = code_column(Provenance)
    source: Mapped[str] = mapped_column(String(LONGEST_SOURCE))
    author: Mapped[str | None] = mapped_column(String(LONGEST_AUTHOR))
    origin_url: Mapped[str | None] = mapped_column(String(LONGEST_ADDRESS))
    origin_day: Mapped[date | None]
    case_number: Mapped[str | None] = mapped_column(String(NUMBER_LENGTH))
    policy_id: Mapped[UUID | None] = mapped_column(ForeignKey(Article.id))
    masked_why: Mapped[str | None] = mapped_column(String(LONGEST_WHY))
    change_why: Mapped[str | None] = mapped_column(String(LONGEST_WHY))
    state: Mapped[VersionState] = code_column(VersionState, default=VersionState.DRAFT)
    sent: Mapped[int] = mapped_column(Integer, default=0)
    back_why: Mapped[str | None] = mapped_column(String(LONGEST_WHY))
    made_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None]


class ArticleHand(Base):
    """Somebody who wrote of a version: whoever did, does not approve it."""

    __tablename__ = "article_hand"

    version_id: Mapped[UUID] = mapped_column(ForeignKey(ArticleVersion.id), primary_key=True)
    actor_id: Mapped[UUID] = mapped_column(primary_key=True)


class ArticlePhoto(Base):
    """A photo of a version, cleaned as all are, with the words for whoever does not see it.

    Versions share files; each has an address (``code``) of its own.
    """

    __tablename__ = "article_photo"
    __table_args__ = (
        Index("ix_article_photo_version_id", "version_id"),
        Index("ix_article_photo_blob_key", "blob_key"),
        Index("ix_article_photo_thumbnail_key", "thumbnail_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version_id: Mapped[UUID] = mapped_column(ForeignKey(ArticleVersion.id))
    code: Mapped[str] = mapped_column(String(64), unique=True, default=new_token)
    alt: Mapped[str] = mapped_column(String(LONGEST_ALT))
    blob_key: Mapped[str] = mapped_column(String(80))
    thumbnail_key: Mapped[str] = mapped_column(String(80))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
