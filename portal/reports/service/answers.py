"""Keeping, handing out and forgetting the answers to the further questions of a kind."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.kernel.clock import local
from portal.kernel.errors import Refused
from portal.kernel.instance import instance_of
from portal.reports.models import CaseAnswer
from portal.reports.queries.answers import subkind_of
from portal.reports.queries.case import CaseRow
from portal.reports.queries.categories import category_row_of
from portal.reports.queries.kinds import questions_of, subkinds_of, trade_of
from portal.reports.rules.kinds import (
    SUBKIND,
    Audience,
    BadAnswer,
    Question,
    RequestKind,
    TradeCodes,
    is_hazard,
    read_answer,
    trade_codes,
)
from portal.reports.rules.transitions import holds


def checked_answers(
    session: Session, category: str, given: Mapping[str, str], now: datetime
) -> dict[str, str]:
    """The answers that belong to a kind, read again. Raises Refused beside the wrong one."""
    moment = local(now, instance_of(session).city.zone)
    found = {q.key: _read(q, given, moment) for q in questions_of(category)}
    return {key: value for key, value in found.items() if value}


def _read(question: Question, given: Mapping[str, str], moment: datetime) -> str:
    try:
        return read_answer(question, given.get(question.key, ""), moment)
    except BadAnswer as error:
        raise Refused(error.refusal, field=question.field) from error


def says_hazard(category: str, answers: Mapping[str, str]) -> bool:
    """Whether the finer kind that was chosen belongs into the urgent lane."""
    return is_hazard(subkinds_of(category), answers.get(SUBKIND))


def answered_hazard(session: Session, case: CaseRow, category: str) -> bool:
    """Whether what was answered about a case belongs into the urgent lane under some name."""
    return is_hazard(subkinds_of(category), subkind_of(session, case.district, case.id))


def keep_answers(
    session: Session, district: str, case_id: UUID, category: str, answers: Mapping[str, str]
) -> None:
    """Put the answers on a case: personal ones sealed."""
    vault = instance_of(session).vault
    questions = {q.key: q for q in questions_of(category)}
    for key, value in answers.items():
        personal = questions[key].personal
        session.add(
            CaseAnswer(
                district=district,
                case_id=case_id,
                key=key,
                value=None if personal else value,
                sealed_value=vault.seal(value) if personal else None,
            )
        )


def audiences_of(actor: Actor, case: CaseRow, *, insider: bool) -> frozenset[Audience]:
    """Which answers somebody at the desk may read: a number that leads to whoever advertised is
    for those alone who dispatch, and never for a unit (R197).
    """
    dispatching = holds(actor, Permission.REPORT_DISPATCH, case.place_path, None)
    return frozenset(Audience) if insider and dispatching else frozenset(Audience) - {Audience.DESK}


def codes_of_case(session: Session, case: CaseRow) -> TradeCodes:
    """What the trade calls a case: by its finer kind, or all that its plain name may mean."""
    category = category_row_of(session, case.category_code)
    own = trade_of(category) if category else TradeCodes((), (), (RequestKind.OTHER,))
    chosen = subkind_of(session, case.district, case.id)
    return trade_codes(own, subkinds_of(case.category_code), chosen)


def export_answers(session: Session, number: str, district: str, case_id: UUID) -> list[Any]:
    """What the reporter answered, for her own page."""
    vault = instance_of(session).vault
    rows = session.execute(
        select(CaseAnswer.key, CaseAnswer.value, CaseAnswer.sealed_value)
        .where(CaseAnswer.district == district, CaseAnswer.case_id == case_id)
        .order_by(CaseAnswer.key)
    )
    return [
        {
            "table": "case_answer",
            "number": number,
            "key": row.key,
            "value": vault.unseal(row.sealed_value) if row.sealed_value else row.value,
        }
        for row in rows
    ]


def erase_answers(session: Session, district: str, case_id: UUID) -> None:
    """Forget them with the reporter; the finer kind stays: it says nothing of anybody."""
    session.execute(
        delete(CaseAnswer).where(
            CaseAnswer.district == district,
            CaseAnswer.case_id == case_id,
            CaseAnswer.key != SUBKIND,
        )
    )
