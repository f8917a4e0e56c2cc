"""Reads of breaches: one, those of a place or a shop, their steps, what the shop said."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select, true
from sqlalchemy.orm import Session

from pledges.models import (
    Breach,
    BreachAnswer,
    BreachEvent,
    Inspection,
    Listing,
    ListSwitch,
    PremisesOperator,
)
from pledges.queries.inspections import in_places
from pledges.rules.breaches import AnswerKind, AppealOutcome, BreachState, BreachStep
from pledges.rules.signing import Who
from portal.kernel.instance import instance_of

SHOWN = 100


@dataclass(frozen=True)
class BreachRow:
    """A breach as it is read."""

    district: str
    id: UUID
    number: str
    premises_id: UUID
    operator_id: UUID
    pledge_id: UUID | None
    inspection_id: UUID
    clause_id: UUID
    place_path: str
    state: BreachState
    opened_at: datetime
    opened_by: UUID | None
    rectify_by: date | None
    rectified_at: datetime | None
    suspended_at: datetime | None
    ended_at: datetime | None
    case_number: str | None
    matter_number: str | None

    @property
    def suspended(self) -> bool:
        """Whether an appeal is open."""
        return self.suspended_at is not None


_BREACH: Any = (
    Breach.district, Breach.id, Breach.number, Breach.premises_id, Breach.operator_id,
    Breach.pledge_id, Breach.inspection_id, Breach.clause_id, Breach.place_path, Breach.state,
    Breach.opened_at, Breach.opened_by, Breach.rectify_by, Breach.rectified_at,
    Breach.suspended_at, Breach.ended_at, Breach.case_number, Breach.matter_number,
)  # fmt: skip
_ITS_OPERATOR = and_(
    PremisesOperator.district == Breach.district, PremisesOperator.id == Breach.operator_id
)


def breach_by_number(session: Session, number: str, *, lock: bool = False) -> BreachRow | None:
    """One breach; ``lock``: nobody else moves it meanwhile."""
    statement = select(*_BREACH).where(Breach.number == number)
    found = session.execute(statement.with_for_update() if lock else statement).one_or_none()
    return BreachRow(*found) if found else None


def breach_by_id(session: Session, district: str, key: UUID) -> BreachRow | None:
    """One breach by its key."""
    found = session.execute(
        select(*_BREACH).where(Breach.district == district, Breach.id == key)
    ).one_or_none()
    return BreachRow(*found) if found else None


def open_breaches_in(session: Session, places: Collection[str] | None) -> list[BreachRow]:
    """What is open in some places, the oldest first; what was handed over is no longer open."""
    rows = session.execute(
        select(*_BREACH)
        .where(in_places(places, Breach.place_path), Breach.ended_at.is_(None))
        .order_by(Breach.opened_at, Breach.id)
        .limit(SHOWN)
    )
    return [BreachRow(*row) for row in rows]


def breaches_in(
    session: Session, places: Collection[str] | None, most: int
) -> list[BreachRow]:  # fmt: skip
    """The latest breaches of some places, ended ones too."""
    rows = session.execute(
        select(*_BREACH)
        .where(in_places(places, Breach.place_path))
        .order_by(Breach.opened_at.desc(), Breach.id)
        .limit(most)
    )
    return [BreachRow(*row) for row in rows]


def breaches_of_inspection(session: Session, district: str, key: UUID) -> list[BreachRow]:
    """The breaches that were opened of an inspection."""
    rows = session.execute(
        select(*_BREACH).where(Breach.district == district, Breach.inspection_id == key)
    )
    return [BreachRow(*row) for row in rows]


def open_breaches_of_operator(
    session: Session, district: str, operator_id: UUID
) -> list[BreachRow]:  # fmt: skip
    """What is open of whoever runs a place."""
    rows = session.execute(
        select(*_BREACH).where(
            Breach.district == district, Breach.operator_id == operator_id,
            Breach.ended_at.is_(None),
        )
    )  # fmt: skip
    return [BreachRow(*row) for row in rows]


def _noted(step: BreachStep, day: Any) -> ColumnElement[bool]:
    """Whether the passing of a day was written down already."""
    return exists().where(
        BreachEvent.district == Breach.district, BreachEvent.breach_id == Breach.id,
        BreachEvent.step == step, BreachEvent.due_on == day,
    )  # fmt: skip


def days_passed(
    session: Session, today: date, number: str | None = None
) -> list[tuple[BreachRow, BreachStep, date]]:
    """Days that have passed and are not written down yet: of putting right, and of appeals that
    were to be decided; of one breach, or some at a time."""
    one = true() if number is None else Breach.number == number
    late = (
        select(*_BREACH)
        .where(
            one, Breach.state == BreachState.TO_RECTIFY, Breach.rectify_by < today,
            Breach.suspended_at.is_(None), Breach.rectified_at.is_(None),
            ~_noted(BreachStep.MISS, Breach.rectify_by),
        )
        .order_by(Breach.rectify_by, Breach.id)
        .limit(SHOWN)
    )  # fmt: skip
    waiting = (
        select(*_BREACH, BreachAnswer.answer_due)
        .join(
            BreachAnswer,
            and_(BreachAnswer.district == Breach.district, BreachAnswer.breach_id == Breach.id),
        )
        .where(
            one, BreachAnswer.kind == AnswerKind.APPEAL, BreachAnswer.decided_at.is_(None),
            BreachAnswer.answer_due < today,
            ~_noted(BreachStep.MISS_APPEAL, BreachAnswer.answer_due),
        )
        .order_by(BreachAnswer.answer_due, Breach.id)
        .limit(SHOWN)
    )  # fmt: skip
    found = [BreachRow(*row) for row in session.execute(late)]
    passed = [(row, BreachStep.MISS, row.rectify_by) for row in found if row.rectify_by]
    asked = session.execute(waiting)
    return passed + [(BreachRow(*row[:-1]), BreachStep.MISS_APPEAL, row[-1]) for row in asked]


def open_breach_of(
    session: Session, district: str, premises_id: UUID, clause_id: UUID
) -> str | None:  # fmt: skip
    """The number of the open breach of a clause at a place."""
    return session.scalar(
        select(Breach.number).where(
            Breach.district == district, Breach.premises_id == premises_id,
            Breach.clause_id == clause_id, Breach.ended_at.is_(None),
        )
    )  # fmt: skip


def breaches_of_speaker(session: Session, person_id: UUID | None) -> list[BreachRow]:
    """The breaches of the shops for which somebody speaks, the latest first."""
    rows = session.execute(
        select(*_BREACH)
        .join(PremisesOperator, _ITS_OPERATOR)
        .where(PremisesOperator.person_id == person_id, PremisesOperator.person_id.is_not(None))
        .order_by(Breach.opened_at.desc(), Breach.id)
        .limit(SHOWN)
    )
    return [BreachRow(*row) for row in rows]


@dataclass(frozen=True)
class SpeakerRow:
    """Who answers for a breach: the account that speaks, and the organisation, if it is one."""

    person_id: UUID | None
    organisation_id: UUID | None
    gone: bool


def speaker_of(session: Session, row: BreachRow) -> SpeakerRow:
    """Whoever ran the place when it was found."""
    o = PremisesOperator
    found = session.execute(
        select(o.person_id, o.organisation_id, o.ends_on.is_not(None)).where(
            o.district == row.district, o.id == row.operator_id
        )
    ).one()
    return SpeakerRow(*found)


@dataclass(frozen=True)
class EventRow:
    """One step, as it was noticed."""

    id: UUID
    step: BreachStep
    who: Who
    actor_id: UUID | None
    at: datetime
    due_on: date | None
    notice: str | None
    reason: str | None


def events_of(session: Session, row: BreachRow) -> list[EventRow]:
    """The steps of a breach in their order."""
    e = BreachEvent
    rows = session.execute(
        select(e.id, e.step, e.who, e.actor_id, e.at, e.due_on, e.notice, e.reason)
        .where(e.district == row.district, e.breach_id == row.id)
        .order_by(e.at, e.id)
    )
    return [EventRow(*one) for one in rows]


@dataclass(frozen=True)
class SaidRow:
    """What the shop said, its words opened."""

    id: UUID
    number: str
    kind: AnswerKind
    words: str
    at: datetime
    answer_due: date | None
    decided_at: datetime | None
    outcome: AppealOutcome | None
    reason: str | None


def said_of(session: Session, row: BreachRow) -> list[SaidRow]:
    """What the shop said about a breach, in order."""
    a, vault = BreachAnswer, instance_of(session).vault
    rows = session.execute(
        select(
            a.id, a.number, a.kind, a.sealed_words, a.at, a.answer_due, a.decided_at, a.outcome,
            a.reason,
        )
        .where(a.district == row.district, a.breach_id == row.id)
        .order_by(a.at, a.id)
    )  # fmt: skip
    return [
        SaidRow(
            one.id, one.number, one.kind,
            vault.unseal(one.sealed_words) if one.sealed_words else "", one.at, one.answer_due,
            one.decided_at, one.outcome, one.reason,
        )
        for one in rows
    ]  # fmt: skip


def breach_of_answer(session: Session, answer_id: UUID) -> BreachRow | None:
    """The breach that an answer belongs to."""
    found = session.execute(
        select(*_BREACH)
        .join(
            BreachAnswer,
            and_(BreachAnswer.district == Breach.district, BreachAnswer.breach_id == Breach.id),
        )
        .where(BreachAnswer.id == answer_id)
    ).one_or_none()
    return BreachRow(*found) if found else None


def inspector_of(session: Session, row: BreachRow) -> UUID | None:
    """Who made the inspection of which a breach came."""
    return session.scalar(
        select(Inspection.inspector_id).where(
            Inspection.district == row.district, Inspection.id == row.inspection_id
        )
    )


def listed_by(session: Session, row: BreachRow) -> set[UUID | None]:
    """Who proposed the place for a list because of it, and who confirmed that."""
    found = session.execute(
        select(Listing.proposed_by, Listing.confirmed_by).where(
            Listing.district == row.district, Listing.breach_id == row.id
        )
    )
    return {person for one in found for person in one}


def list_switch_for(session: Session, place_path: str) -> UUID | None:
    """The switch by which the list of what is to be put right is on, of the deepest place."""
    rows = session.execute(
        select(ListSwitch.id, ListSwitch.place_path)
        .where(ListSwitch.off_at.is_(None))
        .order_by(func.length(ListSwitch.place_path).desc())
    )
    return next((row.id for row in rows if place_path.startswith(row.place_path)), None)
