"""Wishes to hand out personal fields, and whose they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from portal.kernel.instance import instance_of
from portal.reports.models import Case, CaseReporter, CaseText, PersonalExport
from portal.reports.queries.case import columns
from portal.reports.queries.counting import day_bounds
from portal.reports.rules.codes import Relation, Source, State
from portal.reports.rules.kinds import BEHAVIOUR
from portal.reports.rules.personal_export import OWN_WORDS, ExportState

MOST_SHOWN, PAGE = 30, 200


@dataclass(frozen=True)
class ExportRow:
    """One wish."""

    number: str
    state: ExportState
    asked_by: UUID
    asked_at: datetime
    purpose: str
    basis: str
    fields: str
    place_path: str | None
    category_code: str | None
    first_day: date
    last_day: date
    people: int
    left_out: int
    decided_by: UUID | None
    decided_at: datetime | None
    refusal: str | None
    expires_at: datetime | None
    taken_at: datetime | None
    rows: int | None

    @property
    def chosen(self) -> list[str]:
        return self.fields.split()


@dataclass(frozen=True)
class PersonRow:
    """A reporter of a case, with what a wish may name. Sealed as it lies there."""

    id: UUID
    district: str
    case_id: UUID
    relation: Relation
    person_id: UUID | None
    sealed_name: str | None
    sealed_phone: str | None
    number: str
    category_code: str
    source: Source
    state: State
    found_at: datetime
    lon: float | None
    lat: float | None
    came_at: datetime

    @property
    def began(self) -> bool:
        """Whether the case's first words and its point are hers."""
        return self.relation.began


@dataclass(frozen=True)
class Whose:
    """Which cases a wish is about."""

    first: date
    last: date
    place_path: str | None = None
    category: str | None = None


def exports_asked(session: Session, person_id: UUID | None) -> list[ExportRow]:
    """What somebody asked for, the newest first."""
    return _exports(session, PersonalExport.asked_by == person_id)


def exports_shown(session: Session) -> list[ExportRow]:
    """What waits for a decision, and what was decided, the newest first."""
    return _exports(session, PersonalExport.id.is_not(None))


def _exports(session: Session, *conditions: ColumnElement[bool]) -> list[ExportRow]:
    newest = select(*columns(PersonalExport, ExportRow)).where(*conditions)
    rows = session.execute(newest.order_by(PersonalExport.id.desc()).limit(MOST_SHOWN))
    return [ExportRow(*row) for row in rows]


def export_by_number(session: Session, number: str) -> ExportRow | None:
    """One wish by its number."""
    found = select(*columns(PersonalExport, ExportRow)).where(PersonalExport.number == number)
    row = session.execute(found).first()
    return ExportRow(*row) if row else None


def _cases(session: Session, whose: Whose) -> list[ColumnElement[bool]]:
    zone = instance_of(session).city.zone
    start, end = day_bounds(whose.first, zone)[0], day_bounds(whose.last, zone)[1]
    found = [Case.found_at >= start, Case.found_at < end]
    if whose.place_path is not None:
        found.append(Case.place_path.startswith(whose.place_path, autoescape=True))
    if whose.category is not None:
        found.append(Case.category_code == whose.category)
    return found


def _known() -> ColumnElement[bool]:
    """Somebody who can still be named; who reported without a name has nothing here."""
    return and_(
        CaseReporter.erased_at.is_(None),
        or_(
            CaseReporter.person_id.is_not(None),
            CaseReporter.sealed_name.is_not(None),
            CaseReporter.sealed_phone.is_not(None),
        ),
    )


_LEADING = aliased(Case)


def _open_to_export() -> ColumnElement[bool]:
    """Never of who asked to stay unknown to others, nor of reports on conduct (P5, R259)."""
    return and_(~Case.sealed, ~_LEADING.sealed, Case.category_code != BEHAVIOUR)


# the case she came with holds her words, wherever it goes on now
_SAME = and_(
    CaseReporter.district == Case.district,
    func.coalesce(CaseReporter.merged_from, CaseReporter.case_id) == Case.id,
)
_GOES_ON = and_(CaseReporter.district == _LEADING.district, CaseReporter.case_id == _LEADING.id)


def people_of(session: Session, whose: Whose) -> tuple[int, int]:
    """How many reporters a wish would hand out, and how many it leaves out."""
    handed = func.count(case((_open_to_export(), 1)))
    statement = (
        select(handed, func.count())
        .select_from(CaseReporter)
        .join(Case, _SAME)
        .join(_LEADING, _GOES_ON)
        .where(_known(), *_cases(session, whose))
    )
    handed_out, everybody = session.execute(statement).one()
    return handed_out, everybody - handed_out


def people_exported(session: Session, whose: Whose) -> Iterator[PersonRow]:
    """The reporters whom a wish hands out, page by page."""
    after: UUID | None = None
    while True:
        statement = _people(session, whose)
        if after is not None:
            statement = statement.where(CaseReporter.id > after)
        rows = session.execute(statement.order_by(CaseReporter.id).limit(PAGE)).all()
        yield from (PersonRow(*row) for row in rows)
        if len(rows) < PAGE:
            return
        after = rows[-1][0]


def _people(session: Session, whose: Whose) -> Select[*tuple[Any, ...]]:
    of_reporter = ("id", "district")
    of_person = ("relation", "person_id", "sealed_name", "sealed_phone")
    of_case = ("number", "category_code", "source", "state", "found_at", "lon", "lat")
    return (
        select(
            *(getattr(CaseReporter, name) for name in of_reporter),
            Case.id.label("case_id"),
            *(getattr(CaseReporter, name) for name in of_person),
            *(getattr(Case, name) for name in of_case),
            CaseReporter.created_at.label("came_at"),
        )
        .join(Case, _SAME)
        .join(_LEADING, _GOES_ON)
        .where(_known(), _open_to_export(), *_cases(session, whose))
    )


def words_of(session: Session, rows: list[PersonRow]) -> dict[UUID, str]:
    """What first reporters wrote themselves, by case; a neighbour's words are her own."""
    keys = {(row.district, row.case_id) for row in rows if row.began}
    if not keys:
        return {}
    found: dict[UUID, list[str]] = {}
    statement = (
        select(CaseText.case_id, CaseText.text)
        .where(
            tuple_(CaseText.district, CaseText.case_id).in_(keys),
            CaseText.kind.in_(OWN_WORDS),
            CaseText.reporter_id.is_(None),
        )
        .order_by(CaseText.id)
    )
    for case_id, text in session.execute(statement):
        found.setdefault(case_id, []).append(text)
    return {key: "\n".join(texts) for key, texts in found.items()}
