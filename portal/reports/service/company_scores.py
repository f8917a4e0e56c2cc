"""Scores of service companies (R249): made once for a quarter that is over, and never changed."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from credit.rules.canonical import Json, canonical
from portal.accounts.rules import Actor
from portal.kernel.errors import Conflict
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of
from portal.organisations.queries import OrganisationRow
from portal.reports.models import CompanyScore
from portal.reports.queries.companies import (
    ScoreRow,
    case_counts,
    companies,
    resident_sums,
    scores,
    spot_count,
)
from portal.reports.queries.counting import counted_at
from portal.reports.rules.companies import CompanyRefusal, Matter, Outcome
from portal.reports.rules.company_scores import (
    Count,
    Formula,
    Part,
    banded,
    bounds_of,
    days_of,
    formula_of,
    last_closed,
    score,
)
from portal.reports.service.companies import limits_of, settle, tell_company
from portal.satisfaction.queries import settings_of


def freeze_scores(session: Session, quarter: str, *, now: datetime) -> int:
    """Make the score of each company for a quarter, where there is none; how many were made.

    The counts behind it must know all of the quarter; until then nothing is made.
    """
    formula = formula_of(quarter)
    zone = instance_of(session).city.zone
    counted, after = counted_at(session), bounds_of(quarter, zone)[1]
    if formula is None or counted is None or counted < after:
        return 0
    listed = [
        row.unit
        for row in companies(session)
        if row.unit.valid_from < days_of(quarter)[1]
        and any(one.valid_from < days_of(quarter)[1] for one in row.contracts)
    ]
    there = {row.unit_id for row in scores(session, [unit.id for unit in listed])
             if row.quarter == quarter}  # fmt: skip
    missing = [unit for unit in listed if unit.id not in there]
    made = 0
    for unit in missing:
        counts = _all_counts(session, unit, quarter, now)
        # another run may be first
        with suppress(Conflict):
            _freeze(session, unit, quarter, formula, counts, now=now)
            made += 1
    return made


def quarter_due(session: Session, now: datetime) -> str:
    """The last quarter whose score can be made."""
    return last_closed(now, instance_of(session).city.zone, settings_of(session).window_days)


def _all_counts(
    session: Session, unit: OrganisationRow, quarter: str, now: datetime
) -> dict[Part, Count]:
    found = _own_counts(session, unit, quarter, now)
    start, end = bounds_of(quarter, instance_of(session).city.zone)
    raters, answers, satisfied = resident_sums(session, unit.id, start, end)
    residents = banded(satisfied, answers, raters)
    return found | ({Part.RESIDENT: residents} if residents else {})


def _own_counts(
    session: Session, unit: OrganisationRow, quarter: str, now: datetime
) -> dict[Part, Count]:
    return {
        **case_counts(session, unit.id, quarter),
        Part.SPOT: spot_count(session, unit.id, quarter, now),
    }


def _freeze(
    session: Session,
    unit: OrganisationRow,
    quarter: str,
    formula: Formula,
    counts: Mapping[Part, Count],
    *,
    now: datetime,
    revision: int = 1,
) -> None:
    parts: dict[str, Json] = {
        part.value: {"got": one.got, "known": one.known, "of": one.of}
        for part, one in counts.items()
    }
    inputs = canonical(
        {"company": unit.code, "quarter": quarter, "revision": revision,
         "formula": formula.version, "parts": parts}
    )  # fmt: skip
    row = CompanyScore(
        id=new_id(), number=new_number(), unit_id=unit.id, made_at=now, made_by=None,
        answer_until=now + (limits_of(session).objection if revision == 1 else timedelta(0)),
        quarter=quarter, revision=revision, formula=formula.version, points=score(formula, counts),
        inputs=inputs.decode(), digest=sha256(inputs).hexdigest(),
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise Conflict(CompanyRefusal.SETTLED) from error
    tell_company(session, unit, "company.score", row.number, now)


def settle_score(
    session: Session,
    unit: OrganisationRow,
    row: ScoreRow,
    outcome: Outcome | None,
    *,
    words: str | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Answer the company's objection. If it is right, the score is made anew, as a revision.

    Of the residents' answers the revision says what the first one said: from two figures about
    different answers somebody could compute a single one.
    """
    settle(
        session, Matter.SCORE, unit, row, outcome, words=words, actor=actor, now=now, objected=True
    )
    formula = formula_of(row.quarter)
    if outcome is not Outcome.DROPPED or formula is None:
        return
    residents = {part: one for part, one in row.counts.items() if part is Part.RESIDENT}
    counts = _own_counts(session, unit, row.quarter, now) | residents
    _freeze(session, unit, row.quarter, formula, counts, now=now, revision=row.revision + 1)
