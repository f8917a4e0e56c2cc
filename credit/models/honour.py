"""Honours from the nomination on, and the voices that nominated. Nothing here is in the ledger."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from credit.rules.honours import HonourState, Wish
from credit.rules.kinds import Party
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number

_KNOWN = text("holder_id IS NOT NULL")


class Honour(Base):
    """One nominee for one kind in one year. Without ``holder_id`` nobody has said yet who it is.

    A rejected one is deleted. What the public may read (the citation, and the name under which a
    person wants to stand) is sealed: it is hers.
    """

    __tablename__ = "credit_honour"
    __table_args__ = (
        CheckConstraint("state = 'nominated' OR holder_id IS NOT NULL", name="known"),
        CheckConstraint("(state = 'granted') = (granted_at IS NOT NULL)", name="granted"),
        CheckConstraint("checker_id <> decider_id", name="two_people"),
        # the same nominee is honoured for the same thing once a year, however many nominate
        Index(
            "uq_credit_honour_one",
            "district",
            "kind",
            "year",
            "holder_id",
            unique=True,
            sqlite_where=_KNOWN,
            postgresql_where=_KNOWN,
        ),
        Index("ix_credit_honour_holder", "holder_id"),
        Index("ix_credit_honour_state", "state", "nominated_at"),
        Index("ix_credit_honour_granted", "granted_at"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    kind: Mapped[str] = mapped_column(String(40))
    year: Mapped[int] = mapped_column(Integer)
    place_path: Mapped[str] = mapped_column(String(200))
    party: Mapped[Party] = code_column(Party)
    holder_id: Mapped[UUID | None]
    state: Mapped[HonourState] = code_column(HonourState, default=HonourState.NOMINATED)
    wish: Mapped[Wish | None] = code_column(Wish)
    sealed_citation: Mapped[str | None] = mapped_column(Text)
    sealed_name: Mapped[str | None] = mapped_column(Text)
    link_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    nominated_at: Mapped[datetime]
    checker_id: Mapped[UUID | None]
    asked_at: Mapped[datetime | None]
    answer_until: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    decider_id: Mapped[UUID | None]
    granted_at: Mapped[datetime | None]
    shown_until: Mapped[datetime | None]


class HonourVoice(Base):
    """Somebody nominated, in her own words. Read by those who check, erased after a while."""

    __tablename__ = "credit_honour_voice"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "honour_id"],
            ["credit_honour.district", "credit_honour.id"],
            name="fk_credit_honour_voice_honour",
            ondelete="CASCADE",
        ),
        UniqueConstraint(
            "district", "honour_id", "nominator_id", name="uq_credit_honour_voice_one"
        ),
        Index("ix_credit_honour_voice_nominator", "nominator_id"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    honour_id: Mapped[UUID]
    nominator_id: Mapped[UUID]
    sealed_whom: Mapped[str] = mapped_column(Text)
    sealed_words: Mapped[str] = mapped_column(Text)
    said_at: Mapped[datetime]
