"""Reads of service companies: the list, what each is heard about, and what a score counts."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from portal.organisations.queries import OrganisationRow, organisation_by_code, organisations
from portal.organisations.rules import CONTRACTOR_KINDS, CompanyStanding
from portal.reports.models import (
    Case,
    CaseEvent,
    CaseReporter,
    CompanyCheck,
    CompanyCheckPhoto,
    CompanyScore,
    CompanyStep,
)
from portal.reports.queries.contracts import contracts
from portal.reports.queries.figures import Chosen, Reach, counted
from portal.reports.rules.codes import Event
from portal.reports.rules.companies import BEST, Heard, Matter, counts
from portal.reports.rules.company_scores import Count, Part, days_of
from portal.reports.rules.contracts import Contract
from portal.reports.rules.figures import By, Span
from portal.reports.rules.transitions import OPEN
from portal.satisfaction.queries import service_answers

MODELS: Mapping[Matter, type[CompanyStep] | type[CompanyCheck] | type[CompanyScore]] = {
    Matter.STEP: CompanyStep,
    Matter.CHECK: CompanyCheck,
    Matter.SCORE: CompanyScore,
}


@dataclass(frozen=True)
class HearingRow(Heard):
    """What a company is heard about, whichever it is."""

    id: UUID
    number: str
    unit_id: UUID
    made_at: datetime
    said: str | None
    settled_at: datetime | None
    answer: str | None


@dataclass(frozen=True)
class StepRow(HearingRow):
    """A step of its standing."""

    before: CompanyStanding | None
    after: CompanyStanding
    reason: str
    basis: str
    since: date | None
    digest: str | None


@dataclass(frozen=True)
class CheckRow(HearingRow):
    """A spot check."""

    contract_code: str
    area_code: str | None
    spot: str
    checked_on: date
    marks: Mapping[str, int]
    finding: str | None

    @property
    def got(self) -> int:
        return sum(self.marks.values())

    @property
    def of(self) -> int:
        return BEST * len(self.marks)


@dataclass(frozen=True)
class ScoreRow(HearingRow):
    """The score of a quarter."""

    quarter: str
    revision: int
    formula: int
    points: int | None
    inputs: str
    digest: str

    @property
    def counts(self) -> Mapping[Part, Count]:
        """What it was computed from."""
        parts = json.loads(self.inputs)["parts"]
        return {Part(name): Count(**numbers) for name, numbers in parts.items()}


def _heard(row: Any) -> dict[str, Any]:
    names = (
        "made_by", "answer_until", "said_at", "outcome", "id", "number", "unit_id", "made_at",
        "said", "settled_at", "answer",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names}


def _step(row: CompanyStep) -> StepRow:
    return StepRow(
        **_heard(row), before=row.before, after=row.after, reason=row.reason, basis=row.basis,
        since=row.since, digest=row.digest,
    )  # fmt: skip


def _check(row: CompanyCheck) -> CheckRow:
    return CheckRow(
        **_heard(row), contract_code=row.contract_code, area_code=row.area_code, spot=row.spot,
        checked_on=row.checked_on, marks=json.loads(row.marks), finding=row.finding,
    )  # fmt: skip


def _score(row: CompanyScore) -> ScoreRow:
    return ScoreRow(
        **_heard(row), quarter=row.quarter, revision=row.revision, formula=row.formula,
        points=row.points, inputs=row.inputs, digest=row.digest,
    )  # fmt: skip


# --- the list -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CompanyRow:
    """A company on the list, with its contracts."""

    unit: OrganisationRow
    contracts: Sequence[Contract]


def companies(session: Session) -> list[CompanyRow]:
    """Every contractor that has a standing or a contract, by code."""
    of_unit: dict[str, list[Contract]] = {}
    for row in contracts(session):
        of_unit.setdefault(row.contractor, []).append(row)
    return [
        CompanyRow(unit, of_unit.get(unit.code, []))
        for unit in organisations(session)
        if unit.kind in CONTRACTOR_KINDS and (unit.standing or unit.code in of_unit)
    ]


def company(session: Session, code: str) -> CompanyRow | None:
    """One contractor, ended or not, listed or not yet."""
    unit = organisation_by_code(session, code)
    if unit is None or unit.kind not in CONTRACTOR_KINDS:
        return None
    return CompanyRow(unit, [row for row in contracts(session) if row.contractor == code])


def steps_of(session: Session, unit_id: UUID) -> list[StepRow]:
    """Every step of a company, the newest first."""
    of = CompanyStep
    rows = session.scalars(
        select(of).where(of.unit_id == unit_id).order_by(of.made_at.desc(), of.id.desc())
    )
    return [_step(row) for row in rows]


def checks_of(session: Session, unit_id: UUID) -> list[CheckRow]:
    """Every spot check of a company, the newest first."""
    of = CompanyCheck
    rows = session.scalars(
        select(of).where(of.unit_id == unit_id).order_by(of.checked_on.desc(), of.id.desc())
    )
    return [_check(row) for row in rows]


@dataclass(frozen=True)
class CheckPhoto:
    """A photo of a check: what leads to it, and its size."""

    code: str
    width: int
    height: int


def photos_of_check(session: Session, check_id: UUID) -> list[CheckPhoto]:
    """The photos of one check, in the order in which they were chosen."""
    of = CompanyCheckPhoto
    rows = session.execute(
        select(of.code, of.width, of.height).where(of.check_id == check_id).order_by(of.id)
    )
    return [CheckPhoto(*row) for row in rows]


def scores(session: Session, unit_ids: Collection[UUID]) -> list[ScoreRow]:
    """The scores of some companies, the newest quarter and revision first."""
    of = CompanyScore
    rows = session.scalars(
        select(of)
        .where(of.unit_id.in_(unit_ids))
        .order_by(of.quarter.desc(), of.unit_id, of.revision.desc())
    )
    return [_score(row) for row in rows]


def standing_scores(rows: Sequence[ScoreRow]) -> list[ScoreRow]:
    """Of each company and quarter the revision that stands."""
    found: dict[tuple[UUID, str], ScoreRow] = {}
    for row in rows:
        found.setdefault((row.unit_id, row.quarter), row)
    return list(found.values())


def hearing(session: Session, number: str) -> tuple[Matter, StepRow | CheckRow | ScoreRow] | None:
    """What a company is heard about under a number."""
    step = session.scalar(select(CompanyStep).where(CompanyStep.number == number))
    if step is not None:
        return Matter.STEP, _step(step)
    check = session.scalar(select(CompanyCheck).where(CompanyCheck.number == number))
    if check is not None:
        return Matter.CHECK, _check(check)
    row = session.scalar(select(CompanyScore).where(CompanyScore.number == number))
    return (Matter.SCORE, _score(row)) if row is not None else None


def open_cases_of(session: Session, unit_id: UUID) -> int:
    """How many matters a unit still has."""
    statement = select(func.count()).where(Case.unit_id == unit_id, Case.state.in_(OPEN))
    return session.execute(statement).scalar_one()


# --- what a score counts --------------------------------------------------------------------------


def case_counts(session: Session, unit_id: UUID, quarter: str) -> dict[Part, Count]:
    """What of its matters found in a quarter was done in time, and held at the first time.

    The counts are those behind the figures of staff (decision 0025).
    """
    first, after = days_of(quarter)
    span = Span(first, after - timedelta(days=1))
    rows = counted(session, Reach(), span, Chosen(unit_id=unit_id), By.UNIT).rows
    row: Mapping[str, int] = rows.get(unit_id.hex, {})
    due, tried = row.get("due", 0), row.get("tried", 0)
    return {
        Part.IN_TIME: Count(row.get("in_time", 0), due, due),
        Part.KEPT: Count(tried - row.get("reworked", 0), tried, tried),
    }


def spot_count(session: Session, unit_id: UUID, quarter: str, now: datetime) -> Count:
    """The marks of the spot checks of a quarter that count."""
    first, after = days_of(quarter)
    rows = [
        row
        for row in checks_of(session, unit_id)
        if first <= row.checked_on < after and counts(row, now)
    ]
    return Count(sum(row.got for row in rows), sum(row.of for row in rows), len(rows))


def resident_sums(
    session: Session, unit_id: UUID, start: datetime, end: datetime
) -> tuple[int, int, int]:
    """How residents rated the service of what this unit had when it was closed, in a period: people
    (by what outlives their names), answers, and satisfied ones."""
    of_case = (CaseReporter.district == CaseEvent.district) & (
        CaseReporter.case_id == CaseEvent.case_id
    )
    raters = (
        select(
            CaseEvent.district,
            CaseEvent.case_id,
            CaseEvent.cycle,
            CaseReporter.id,
            func.coalesce(CaseReporter.pseudonym, cast(CaseReporter.id, String)).label("who"),
        )
        .join(CaseReporter, of_case)
        .where(
            CaseEvent.event == Event.CLOSE,
            CaseEvent.unit_id == unit_id,
            CaseEvent.at >= start,
            CaseEvent.at < end,
        )
        .distinct()
    )
    return service_answers(session, raters)
