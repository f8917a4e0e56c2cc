"""Reads of inspections: the door, its checklist, what was found, its scores and photos."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session

from pledges.models import (
    Clause,
    ClauseSet,
    ClauseVersion,
    Inspection,
    InspectionAnswer,
    InspectionScore,
    Pledge,
    PledgeExtra,
    Premises,
    PremisesOperator,
)
from pledges.queries.clauses import texts_for
from pledges.rules.clauses import Axis, Letter
from pledges.rules.inspections import Body, Finding, InspectionState
from pledges.rules.premises import PremisesKind, PremisesState
from pledges.rules.signing import PledgeState

SHOWN = 50


@dataclass(frozen=True)
class DoorRow:
    """What stands at a door, as far as an inspector needs it."""

    district: str
    id: UUID
    number: str
    title: str
    kind: PremisesKind
    state: PremisesState
    trade: str
    road: str
    door: str
    area_id: UUID
    place_path: str
    lon: float | None
    lat: float | None
    duty_words: str | None


_DOOR: Any = (
    Premises.district, Premises.id, Premises.number, Premises.title, Premises.kind, Premises.state,
    Premises.trade, Premises.road, Premises.door, Premises.area_id, Premises.place_path,
    Premises.lon, Premises.lat, Premises.duty_words,
)  # fmt: skip


def in_places(places: Collection[str] | None, path: Any) -> ColumnElement[bool]:
    """The condition of lying in some places; None: everywhere."""
    if places is None:
        return true()
    return or_(false(), *(path.startswith(place, autoescape=True) for place in places))


def door_by_number(session: Session, number: str, *, lock: bool = False) -> DoorRow | None:
    """One place of the register; ``lock``: nobody else changes it meanwhile."""
    statement = select(*_DOOR).where(Premises.number == number)
    if lock:
        statement = statement.with_for_update()
    found = session.execute(statement).one_or_none()
    return DoorRow(*found) if found else None


def doors_by_ids(session: Session, ids: Iterable[UUID]) -> dict[UUID, DoorRow]:
    """Some places by their ids: one query."""
    rows = session.execute(select(*_DOOR).where(Premises.id.in_(set(ids))))
    return {row.id: DoorRow(*row) for row in rows}


@dataclass(frozen=True)
class OperatorRow:
    """Who runs a place now; no name and no phone."""

    id: UUID
    person_id: UUID | None
    organisation_id: UUID | None


def operator_now(
    session: Session, district: str, premises_id: UUID, *, lock: bool = False
) -> OperatorRow | None:
    """The operator who answers for a place today."""
    o = PremisesOperator
    statement = select(o.id, o.person_id, o.organisation_id).where(
        o.district == district, o.premises_id == premises_id, o.ends_on.is_(None)
    )
    found = session.execute(statement.with_for_update() if lock else statement).one_or_none()
    return OperatorRow(*found) if found else None


@dataclass(frozen=True)
class ClauseRow:
    """A clause as it is read, in the languages of the site."""

    id: UUID
    version_id: UUID
    code: str
    axis: Axis
    pictogram: str
    texts: Mapping[str, str]
    plain: Mapping[str, str]


def clauses_of_version(session: Session, version_id: UUID) -> list[ClauseRow]:
    """The clauses of a text in their order: one query."""
    return _clauses(session, Clause.version_id == version_id)


@dataclass(frozen=True)
class Checklist:
    """What is looked at: the clauses of what was pledged, or of the text that would count here."""

    version_id: UUID
    pledge_id: UUID | None
    clauses: Sequence[ClauseRow]


def _clauses(session: Session, condition: ColumnElement[bool]) -> list[ClauseRow]:
    statement = (
        select(Clause)
        .join(ClauseVersion, ClauseVersion.id == Clause.version_id)
        .join(ClauseSet, ClauseSet.id == ClauseVersion.set_id)
        .where(condition)
        .order_by(ClauseSet.extra, ClauseSet.code, Clause.position)
    )
    return [
        ClauseRow(
            row.id, row.version_id, row.code, row.axis, row.pictogram,
            {"zh_Hans": row.text_zh_hans, "zh_Hant": row.text_zh_hant, "en": row.text_en},
            {"zh_Hans": row.plain_zh_hans, "zh_Hant": row.plain_zh_hant, "en": row.plain_en},
        )
        for row in session.scalars(statement)
    ]  # fmt: skip


def clauses_by_ids(session: Session, ids: Iterable[UUID]) -> dict[UUID, ClauseRow]:
    """Some clauses by their ids: one query."""
    return {row.id: row for row in _clauses(session, Clause.id.in_(set(ids)))}


def checklist_for(session: Session, door: DoorRow, on: date) -> Checklist | None:
    """The clauses of the pledge in force with its extra texts, else of the nearest text.

    None where no text was published for such a place.
    """
    pledged = session.execute(
        select(Pledge.id, Pledge.version_id).where(
            Pledge.district == door.district, Pledge.premises_id == door.id,
            Pledge.letter == Letter.FRONTAGE, Pledge.state == PledgeState.IN_FORCE,
        )
    ).one_or_none()  # fmt: skip
    version_id = pledged.version_id if pledged else _version_for(session, door, on)
    if version_id is None:
        return None
    versions = select(PledgeExtra.version_id).where(
        PledgeExtra.district == door.district,
        PledgeExtra.pledge_id == (pledged.id if pledged else None),
    )
    extra = Clause.version_id.in_(versions) if pledged else false()
    clauses = _clauses(session, or_(Clause.version_id == version_id, extra))
    return Checklist(version_id, pledged.id if pledged else None, clauses)


def _version_for(session: Session, door: DoorRow, on: date) -> UUID | None:
    """The version that a shop without a pledge would sign on a day."""
    main = texts_for(session, Letter.FRONTAGE, door.place_path, door.kind, door.trade, on=on).main
    return main[1].id if main else None


@dataclass(frozen=True)
class InspectionRow:
    """One inspection as it is read."""

    district: str
    id: UUID
    number: str
    premises_id: UUID
    operator_id: UUID | None
    pledge_id: UUID | None
    version_id: UUID
    place_path: str
    body: Body
    organisation_id: UUID | None
    alliance_id: UUID | None
    inspector_id: UUID | None
    at: datetime
    sent_at: datetime
    words: str | None
    state: InspectionState
    voided_at: datetime | None
    void_reason: str | None


_INSPECTION: Any = (
    Inspection.district, Inspection.id, Inspection.number, Inspection.premises_id,
    Inspection.operator_id, Inspection.pledge_id, Inspection.version_id, Inspection.place_path,
    Inspection.body, Inspection.organisation_id, Inspection.alliance_id, Inspection.inspector_id,
    Inspection.at, Inspection.sent_at, Inspection.words, Inspection.state, Inspection.voided_at,
    Inspection.void_reason,
)  # fmt: skip


def inspection_by_number(
    session: Session, number: str, *, lock: bool = False
) -> InspectionRow | None:
    """One inspection."""
    statement = select(*_INSPECTION).where(Inspection.number == number)
    found = session.execute(statement.with_for_update() if lock else statement).one_or_none()
    return InspectionRow(*found) if found else None


def inspection_of_draft(session: Session, draft_key: str) -> InspectionRow | None:
    """The inspection that a draft of a phone became."""
    found = session.execute(
        select(*_INSPECTION).where(Inspection.draft_key == draft_key)
    ).one_or_none()
    return InspectionRow(*found) if found else None


def inspection_by_id(session: Session, district: str, key: UUID) -> InspectionRow | None:
    """One inspection by its key."""
    found = session.execute(
        select(*_INSPECTION).where(Inspection.district == district, Inspection.id == key)
    ).one_or_none()
    return InspectionRow(*found) if found else None


def inspections_in(
    session: Session, places: Collection[str] | None, most: int = SHOWN
) -> list[InspectionRow]:
    """The latest inspections of some places."""
    rows = session.execute(
        select(*_INSPECTION)
        .where(in_places(places, Inspection.place_path))
        .order_by(Inspection.at.desc(), Inspection.id)
        .limit(most)
    )
    return [InspectionRow(*row) for row in rows]


@dataclass(frozen=True)
class AnswerRow:
    """What was found of a clause, with its words."""

    clause: ClauseRow
    finding: Finding
    note: str | None


def answers_of(session: Session, row: InspectionRow) -> list[AnswerRow]:
    """Every answer of an inspection in the order of the checklist: two queries."""
    a = InspectionAnswer
    found = session.execute(
        select(a.clause_id, a.finding, a.note).where(
            a.district == row.district, a.inspection_id == row.id
        )
    )
    by_clause = {one.clause_id: one for one in found}
    clauses = clauses_by_ids(session, by_clause)
    return [
        AnswerRow(clause, by_clause[key].finding, by_clause[key].note)
        for key, clause in clauses.items()
    ]


def scores_of(
    session: Session, rows: Iterable[InspectionRow]
) -> dict[UUID, dict[Axis, int]]:  # fmt: skip
    """The scores of some inspections by their ids: one query."""
    s = InspectionScore
    found: dict[UUID, dict[Axis, int]] = {row.id: {} for row in rows}
    for row in session.execute(
        select(s.inspection_id, s.axis, s.score).where(s.inspection_id.in_(found))
    ):
        found[row.inspection_id][row.axis] = row.score
    return found
