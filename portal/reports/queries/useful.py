"""Reads of confirmed reports whose first reporters may earn points for them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.reports.models import Case, CaseReporter, Category, UsefulCase, UsefulMonth
from portal.reports.rules.codes import Relation, Source, State, Target
from portal.reports.rules.kinds import OWN_DOORS


@dataclass(frozen=True)
class MonthRow:
    """A month that is told, or is being told."""

    district: str
    month: str
    ended_from: datetime
    ended_before: datetime
    told_at: datetime
    done_at: datetime | None


def last_month(session: Session, district: str) -> MonthRow | None:
    """The newest month that was begun."""
    row = session.execute(
        select(
            UsefulMonth.district, UsefulMonth.month, UsefulMonth.ended_from,
            UsefulMonth.ended_before, UsefulMonth.told_at, UsefulMonth.done_at,
        )
        .where(UsefulMonth.district == district)
        .order_by(UsefulMonth.month.desc())
        .limit(1)
    ).one_or_none()  # fmt: skip
    return None if row is None else MonthRow(*row)


_CONFIRMED: Final = (
    Case.state == State.CLOSED,
    Case.source == Source.RESIDENT,
    Case.category_code.not_in(OWN_DOORS),
    Category.target == Target.THING,
)
_HERS: Final = (
    CaseReporter.relation == Relation.FIRST,
    CaseReporter.merged_from.is_(None),
    CaseReporter.erased_at.is_(None),
    *(
        or_(worker.is_(None), worker != CaseReporter.person_id)
        for worker in (Case.dispatcher_id, Case.handler_id, Case.verifier_id)
    ),
)


def useful_reports(
    session: Session, district: str, ended_from: datetime, ended_before: datetime
) -> dict[UUID, list[UUID]]:
    """Reports that were confirmed and solved in a stretch of time, by who reported them first.

    Of residents with accounts; only what is aimed at a thing, because nobody earns points by
    informing on a person, a shop or a member of staff; never of whoever worked on it herself. What
    counted already is left out, and so is what was void, merged away, refused or withdrawn.
    """
    statement = (
        select(CaseReporter.person_id, Case.id)
        .join(
            CaseReporter,
            (CaseReporter.district == Case.district) & (CaseReporter.case_id == Case.id),
        )
        .join(Category, Category.code == Case.category_code)
        .outerjoin(
            UsefulCase, (UsefulCase.district == Case.district) & (UsefulCase.case_id == Case.id)
        )
        .where(
            Case.district == district,
            Case.closed_at >= ended_from,
            Case.closed_at < ended_before,
            UsefulCase.case_id.is_(None),
            *_CONFIRMED,
            *_HERS,
        )
        # two who tell at once mark the same reports in the same order
        .order_by(Case.id)
    )
    found: dict[UUID, list[UUID]] = {}
    for person_id, case_id in session.execute(statement):
        if person_id is not None:
            found.setdefault(person_id, []).append(case_id)
    return found
