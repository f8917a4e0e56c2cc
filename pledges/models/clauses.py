"""Clause sets, their versions and clauses. What is published never changes."""

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
)
from sqlalchemy.orm import Mapped, mapped_column

from pledges.models.keys import only_one
from pledges.rules.clauses import CODE_LENGTH, LONGEST_NAME, LONGEST_SOURCE, Axis, Letter
from pledges.rules.premises import TRADE_LENGTH, PremisesKind
from portal.areas.models import Area
from portal.areas.rules import PATH_LENGTH
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id


class ClauseSet(Base):
    """Which texts are meant for which places. ``kind`` or ``trade`` None: for every one.

    ``extra``: signed beside a main set, and only by whoever wants it (一店一桶).
    """

    __tablename__ = "clause_set"
    __table_args__ = (Index("ix_clause_set_place_path", "place_path", "letter"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH), unique=True)
    letter: Mapped[Letter] = code_column(Letter)
    extra: Mapped[bool] = mapped_column(Boolean)
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    kind: Mapped[PremisesKind | None] = code_column(PremisesKind)
    trade: Mapped[str | None] = mapped_column(String(TRADE_LENGTH))
    name_zh_hans: Mapped[str] = mapped_column(String(LONGEST_NAME))
    name_zh_hant: Mapped[str] = mapped_column(String(LONGEST_NAME))
    name_en: Mapped[str] = mapped_column(String(LONGEST_NAME))
    ended_on: Mapped[date | None]


class ClauseVersion(Base):
    """A draft until it is published. From then on ``digest`` is the hash of its canonical form,
    ``entry_id`` its statement in the ledger, and a newer one takes its place from a day on."""

    __tablename__ = "clause_version"
    __table_args__ = (
        UniqueConstraint("set_id", "version"),
        UniqueConstraint("set_id", "effective_from"),
        only_one("clause_version_draft", "set_id", where="published_at IS NULL"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("(published_at IS NULL) = (digest IS NULL)", name="published"),
        CheckConstraint("entry_id IS NULL OR published_at IS NOT NULL", name="sealed"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    set_id: Mapped[UUID] = mapped_column(ForeignKey("clause_set.id"))
    version: Mapped[int] = mapped_column(Integer)
    effective_from: Mapped[date]
    source: Mapped[str] = mapped_column(String(LONGEST_SOURCE))
    written_at: Mapped[datetime]
    written_by: Mapped[UUID | None]
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None]
    digest: Mapped[str | None] = mapped_column(String(64))
    entry_id: Mapped[UUID | None]


class Clause(Base):
    """One clause of a version. ``code`` is the same in every version that has it. ``plain_…`` says
    it in one sentence, for hurried readers and for reading aloud; ``text_khb`` is in Dai."""

    __tablename__ = "clause"
    __table_args__ = (
        UniqueConstraint("version_id", "code"),
        UniqueConstraint("version_id", "position"),
        CheckConstraint("position >= 1", name="position"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("clause_version.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH))
    axis: Mapped[Axis] = code_column(Axis)
    pictogram: Mapped[str] = mapped_column(String(CODE_LENGTH))
    text_zh_hans: Mapped[str] = mapped_column(Text)
    text_zh_hant: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    text_khb: Mapped[str | None] = mapped_column(Text)
    plain_zh_hans: Mapped[str] = mapped_column(Text)
    plain_zh_hant: Mapped[str] = mapped_column(Text)
    plain_en: Mapped[str] = mapped_column(Text)
