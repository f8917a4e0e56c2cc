"""What is offered for points, its history, and who has one kept for her."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from credit.rules.benefits import (
    LONGEST_OFFERER,
    LONGEST_PLACE,
    LONGEST_REASON,
    LONGEST_TITLE,
    BenefitState,
    BenefitStep,
    RedemptionState,
)
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id

_HELD = text(f"state = '{RedemptionState.HELD.value}'")


class Benefit(Base):
    """One offer. ``in_stock`` is what nobody has been promised yet; None: there is always more.

    ``version`` counts what was written; a change of the stock is no new version.
    """

    __tablename__ = "credit_benefit"
    __table_args__ = (
        CheckConstraint("price >= 1", name="price"),
        CheckConstraint("in_stock >= 0", name="in_stock"),
        CheckConstraint("per_person >= 1", name="per_person"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
        # nobody offers what she alone has found to be no essential service (N8)
        CheckConstraint("checker_id IS NULL OR checker_id <> writer_id", name="two_people"),
        CheckConstraint("(checker_id IS NULL) = (checked_at IS NULL)", name="checked"),
        CheckConstraint("state <> 'offered' OR checker_id IS NOT NULL", name="offered"),
        Index("ix_credit_benefit_state_place", "state", "place_path", "id"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    area_id: Mapped[UUID]
    place_path: Mapped[str] = mapped_column(String(200))
    title_zh_hans: Mapped[str | None] = mapped_column(String(LONGEST_TITLE))
    title_zh_hant: Mapped[str | None] = mapped_column(String(LONGEST_TITLE))
    title_en: Mapped[str | None] = mapped_column(String(LONGEST_TITLE))
    words_zh_hans: Mapped[str | None] = mapped_column(Text)
    words_zh_hant: Mapped[str | None] = mapped_column(Text)
    words_en: Mapped[str | None] = mapped_column(Text)
    pick_up: Mapped[str] = mapped_column(String(LONGEST_PLACE))
    offered_by: Mapped[str] = mapped_column(String(LONGEST_OFFERER))
    price: Mapped[int] = mapped_column(Integer)
    in_stock: Mapped[int | None] = mapped_column(Integer)
    per_person: Mapped[int | None] = mapped_column(Integer)
    hold_days: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    state: Mapped[BenefitState] = code_column(BenefitState)
    version: Mapped[int] = mapped_column(Integer, default=1)
    writer_id: Mapped[UUID]
    checker_id: Mapped[UUID | None]
    checked_at: Mapped[datetime | None]


class BenefitEvent(Base):
    """One step of an offer: what, by whom, how many, why."""

    __tablename__ = "credit_benefit_event"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "benefit_id"],
            ["credit_benefit.district", "credit_benefit.id"],
            name="fk_credit_benefit_event_benefit",
        ),
        Index("ix_credit_benefit_event_benefit", "district", "benefit_id", "id"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    benefit_id: Mapped[UUID]
    at: Mapped[datetime]
    step: Mapped[BenefitStep] = code_column(BenefitStep)
    amount: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    actor_id: Mapped[UUID]


class Redemption(Base):
    """A benefit kept for somebody. Its id is that of the entry that holds her points.

    Whose it is is told by the account alone, and that goes at an erasure. The code is kept as a
    hash: the page computes it, so nobody reads it from here.
    """

    __tablename__ = "credit_redemption"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "benefit_id"],
            ["credit_benefit.district", "credit_benefit.id"],
            name="fk_credit_redemption_benefit",
        ),
        ForeignKeyConstraint(
            ["district", "id"],
            ["credit_entry.district", "credit_entry.id"],
            name="fk_credit_redemption_entry",
        ),
        CheckConstraint("(state = 'held') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("until > made_at", name="until"),
        Index("ix_credit_redemption_account", "district", "account_id", "benefit_id"),
        Index(
            "ix_credit_redemption_held",
            "district",
            "benefit_id",
            sqlite_where=_HELD,
            postgresql_where=_HELD,
        ),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    benefit_id: Mapped[UUID]
    account_id: Mapped[UUID | None]
    price: Mapped[int] = mapped_column(Integer)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[RedemptionState] = code_column(RedemptionState)
    made_at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    handed_by: Mapped[UUID | None]
