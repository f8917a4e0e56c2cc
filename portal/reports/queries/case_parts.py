"""A case and its parts, and what the joint meeting said of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from portal.reports.models import Case, CaseDispute, CasePart, CasePhoto, CaseText
from portal.reports.queries.case import CaseRow, columns
from portal.reports.queries.hung import hangs
from portal.reports.rules.codes import PhotoKind, Source, TextKind
from portal.reports.rules.transitions import OPEN

_PART = aliased(Case)


@dataclass(frozen=True)
class PartResult:
    """A part as its whole shows it: who does it, how far it is, what was answered and shown."""

    case: CaseRow
    answer: str
    photos: Sequence[str]


@dataclass(frozen=True)
class DisputeRow:
    """A case before the meeting, or what the meeting resolved."""

    id: UUID
    meeting_id: UUID
    put_at: datetime
    decided_at: datetime | None
    held_on: date | None
    resolution: str | None
    unit_id: UUID | None


def a_whole() -> ColumnElement[bool]:
    """Not a part: in figures each matter counts once."""
    return Case.source != Source.PART


def waits_for_parts() -> ColumnElement[bool]:
    """Cases that wait for a part: nobody can go on with them yet."""
    keys = (
        select(CasePart.district, CasePart.whole_id)
        .join(_PART, and_(_PART.district == CasePart.district, _PART.id == CasePart.case_id))
        .where(_PART.state.in_(OPEN))
    )
    return tuple_(Case.district, Case.id).in_(keys)


def taken_off(
    names: Iterable[ColumnElement[Any]], conditions: Iterable[ColumnElement[bool]]
) -> Select[*tuple[Any, ...]]:
    """(names …, minus how many): the parts among what was counted. Walks the few parts only, so
    that the count itself stays within an index that knows nothing of them."""
    same = and_(Case.district == CasePart.district, Case.id == CasePart.case_id)
    found = [
        select(name).where(same).correlate(CasePart).scalar_subquery().label(f"name_{at}")
        for at, name in enumerate(names)
    ]
    inside = exists().where(same, *conditions).correlate(CasePart)
    if not found:
        return select(-func.count()).select_from(CasePart).where(inside)
    parts = select(*found).select_from(CasePart).where(inside).subquery()
    return select(*parts.c, -func.count()).group_by(*parts.c)


def whole_of(session: Session, part: CaseRow) -> CaseRow | None:
    """The case that this one is a part of."""
    if part.source is not Source.PART:
        return None
    same = and_(Case.district == CasePart.district, Case.id == CasePart.whole_id)
    found = session.execute(
        select(*columns(Case, CaseRow))
        .join(CasePart, same)
        .where(CasePart.district == part.district, CasePart.case_id == part.id)
    ).one_or_none()
    return CaseRow(*found) if found else None


def parts_under(session: Session, whole: CaseRow) -> list[CaseRow]:
    """The parts of a case, the oldest first."""
    if not hangs(session, whole.id, CasePart):
        return []
    found = session.execute(
        select(*columns(Case, CaseRow))
        .join(CasePart, and_(Case.district == CasePart.district, Case.id == CasePart.case_id))
        .where(CasePart.district == whole.district, CasePart.whole_id == whole.id)
        .order_by(Case.id)
    )
    return [CaseRow(*row) for row in found]


def open_parts(session: Session, whole: CaseRow) -> int:
    """How many parts of a case have not ended."""
    if not hangs(session, whole.id, CasePart):
        return 0
    count = (
        select(func.count())
        .select_from(CasePart)
        .join(Case, and_(Case.district == CasePart.district, Case.id == CasePart.case_id))
        .where(
            CasePart.district == whole.district,
            CasePart.whole_id == whole.id,
            Case.state.in_(OPEN),
        )
    )
    return session.scalar(count) or 0


def units_at_work(session: Session, whole: CaseRow) -> set[UUID]:
    """The unit of a case and those of its parts."""
    units = {part.unit_id for part in parts_under(session, whole)} | {whole.unit_id}
    return {unit for unit in units if unit is not None}


def results_of(session: Session, parts: Sequence[CaseRow]) -> list[PartResult]:
    """What each part has come to: its last answer and its photos, in two queries."""
    if not parts:
        return []
    district, ids = parts[0].district, [part.id for part in parts]
    photos: dict[UUID, list[str]] = {}
    said = (
        select(CaseText.case_id, CaseText.text)
        .where(CaseText.district == district, CaseText.case_id.in_(ids))
        .where(CaseText.kind == TextKind.ANSWER)
        .order_by(CaseText.id)
    )
    # of several answers of one part the last stays
    answers = dict(session.execute(said).all())
    shown = (
        select(CasePhoto.case_id, CasePhoto.code)
        .where(CasePhoto.district == district, CasePhoto.case_id.in_(ids))
        .where(CasePhoto.kind == PhotoKind.AFTER)
        .order_by(CasePhoto.id)
    )
    for case_id, code in session.execute(shown):
        photos.setdefault(case_id, []).append(code)
    return [PartResult(one, answers.get(one.id, ""), photos.get(one.id, ())) for one in parts]


def shares_photos(
    session: Session, case: CaseRow, kind: PhotoKind, units: Collection[UUID]
) -> bool:
    """Whether a unit may see a photo because of a part: the whole's from before are those of its
    parts, and what the parts show is a result of the whole."""
    if not units:
        return False
    if case.source is Source.PART:
        whole = whole_of(session, case) if kind is PhotoKind.AFTER else None
        return whole is not None and whole.unit_id in units
    if kind is not PhotoKind.BEFORE:
        return False
    return any(part.unit_id in units for part in parts_under(session, case))


def disputes_of(session: Session, case: CaseRow) -> list[DisputeRow]:
    """How often a case came before the meeting, the oldest first."""
    found = session.execute(
        select(*columns(CaseDispute, DisputeRow))
        .where(CaseDispute.district == case.district, CaseDispute.case_id == case.id)
        .order_by(CaseDispute.id)
    )
    return [DisputeRow(*row) for row in found]


def meetings_waited_for(session: Session, keys: Collection[tuple[str, UUID]]) -> Mapping[UUID, Any]:
    """Of some cases the last time that each came before the meeting, in one query."""
    found = session.execute(
        select(CaseDispute.case_id, *columns(CaseDispute, DisputeRow))
        .where(tuple_(CaseDispute.district, CaseDispute.case_id).in_(keys))
        .order_by(CaseDispute.id)
    )
    return {row[0]: DisputeRow(*row[1:]) for row in found}
