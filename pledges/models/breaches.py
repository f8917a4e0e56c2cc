"""Breaches of a pledge, the steps of their ladder, and what the shop says."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pledges.models.keys import InDistrict, only_one, within
from pledges.rules.breaches import (
    LONGEST_NOTICE,
    LONGEST_REASON,
    AnswerKind,
    AppealOutcome,
    BreachState,
    BreachStep,
)
from pledges.rules.signing import Who
from portal.areas.rules import PATH_LENGTH
from portal.kernel.db import code_column
from portal.kernel.ids import new_number


class Breach(InDistrict):
    """A clause that was not kept, from the reminder to its end.

    ``case_number``: the report that was opened of it; ``matter_number``: the conduct entry that
    was proposed. ``suspended_at``: since when an appeal stops the ladder. ``opened_by`` and whoever
    took a step do not decide an appeal (L9).
    """

    __tablename__ = "pledge_breach"
    __table_args__ = (
        within("pledge_breach", "premises_id", "premises"),
        within("pledge_breach", "operator_id", "premises_operator"),
        within("pledge_breach", "pledge_id", "pledge"),
        within("pledge_breach", "inspection_id", "pledge_inspection"),
        CheckConstraint(
            "(ended_at IS NOT NULL) = (state IN ('rectified', 'void', 'handed_over'))", name="ended"
        ),
        CheckConstraint("state <> 'to_rectify' OR rectify_by IS NOT NULL", name="rectify_by"),
        only_one(
            "pledge_breach_clause", "district", "premises_id", "clause_id",
            where="ended_at IS NULL",
        ),
        Index("ix_pledge_breach_premises_id", "district", "premises_id", "opened_at"),
        Index("ix_pledge_breach_inspection_id", "district", "inspection_id"),
        Index("ix_pledge_breach_place_path", "place_path", "state", "rectify_by"),
        Index("ix_pledge_breach_rectify_by", "state", "rectify_by"),
        Index("ix_pledge_breach_case_number", "case_number"),
    )  # fmt: skip

    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    premises_id: Mapped[UUID]
    operator_id: Mapped[UUID]
    pledge_id: Mapped[UUID | None]
    inspection_id: Mapped[UUID]
    clause_id: Mapped[UUID] = mapped_column(ForeignKey("clause.id"))
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    state: Mapped[BreachState] = code_column(BreachState, default=BreachState.REMINDED)
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID | None]
    rectify_by: Mapped[date | None]
    rectified_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    case_number: Mapped[str | None] = mapped_column(String(16))
    matter_number: Mapped[str | None] = mapped_column(String(16))


class BreachEvent(InDistrict):
    """One step of the ladder with its notice; only added to. ``actor_id`` is staff; the shop's own
    steps keep nobody. ``due_on``: the day that the step sets."""

    __tablename__ = "pledge_breach_event"
    __table_args__ = (
        within("pledge_breach_event", "breach_id", "pledge_breach"),
        Index("ix_pledge_breach_event_breach_id", "district", "breach_id", "at"),
    )

    breach_id: Mapped[UUID]
    step: Mapped[BreachStep] = code_column(BreachStep)
    who: Mapped[Who] = code_column(Who)
    actor_id: Mapped[UUID | None]
    at: Mapped[datetime]
    due_on: Mapped[date | None]
    notice: Mapped[str | None] = mapped_column(String(LONGEST_NOTICE))
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))


class BreachAnswer(InDistrict):
    """What the shop says: a reply, that it is put right, or an appeal, of which one is open."""

    __tablename__ = "pledge_breach_answer"
    __table_args__ = (
        within("pledge_breach_answer", "breach_id", "pledge_breach"),
        CheckConstraint("(decided_at IS NULL) = (outcome IS NULL)", name="decided"),
        CheckConstraint("outcome IS NULL OR kind = 'appeal'", name="appeal"),
        CheckConstraint("outcome <> 'rejected' OR reason IS NOT NULL", name="reason"),
        only_one(
            "pledge_breach_answer_open", "district", "breach_id",
            where="kind = 'appeal' AND decided_at IS NULL",
        ),
        Index("ix_pledge_breach_answer_breach_id", "district", "breach_id", "at"),
        Index("ix_pledge_breach_answer_person_id", "person_id"),
        Index("ix_pledge_breach_answer_decided_at", "kind", "decided_at"),
    )  # fmt: skip

    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    breach_id: Mapped[UUID]
    kind: Mapped[AnswerKind] = code_column(AnswerKind)
    person_id: Mapped[UUID | None]
    sealed_words: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]
    answer_due: Mapped[date | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    outcome: Mapped[AppealOutcome | None] = code_column(AppealOutcome)
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
