"""Reads of what was answered to the further questions of a kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from portal.kernel.db import once
from portal.kernel.instance import instance_of
from portal.reports.models import CaseAnswer
from portal.reports.queries.hung import hangs
from portal.reports.queries.kinds import questions_of
from portal.reports.queries.page import CasePage
from portal.reports.rules.contracts import UPKEEP
from portal.reports.rules.kinds import SUBKIND, Asked, Audience, Question, whole_metres
from portal.reports.rules.masking import masked
from portal.reports.rules.routing import CaseKey


@dataclass(frozen=True)
class AnswerRow:
    """One answer with its question, as a reader may see it."""

    question: Question
    value: str


def _rows(session: Session, district: str, case_id: UUID) -> list[Row[str, str | None, str | None]]:
    if not hangs(session, case_id, CaseAnswer):
        return []
    statement = select(CaseAnswer.key, CaseAnswer.value, CaseAnswer.sealed_value)
    here = (CaseAnswer.district == district, CaseAnswer.case_id == case_id)
    return once(
        session, (CaseAnswer, case_id), lambda: list(session.execute(statement.where(*here)))
    )


def answers_of(
    session: Session, case: Any, audiences: frozenset[Audience], *, to_unit: bool = False
) -> list[AnswerRow]:
    """The answers on a case for some readers, in the order of the questions.

    What the category of today does not ask (a case was sorted anew) is left out. A unit reads
    words without telephone numbers.
    """
    vault = instance_of(session).vault
    questions = {q.key: q for q in questions_of(case.category_code)}
    found = []
    for row in _rows(session, case.district, case.id):
        question = questions.get(row.key)
        if question is not None and question.audience in audiences:
            value = row.value if row.sealed_value is None else vault.unseal(row.sealed_value)
            shown = masked(value or "") if to_unit and question.asked is Asked.TEXT else value
            found.append(AnswerRow(question, shown or ""))
    order = list(questions)
    return sorted(found, key=lambda row: order.index(row.question.key))


def answers_shown(session: Session, case: Any, page: CasePage) -> list[AnswerRow]:
    """For the public page: to the reporter her own answers, to everybody else only chosen ones
    that are meant for all, and none about a person or a shop (P5).
    """
    if page.own:
        return answers_of(session, case, frozenset(Audience))
    if page.publicity.protected:
        return []
    rows = answers_of(session, case, frozenset({Audience.PUBLIC}))
    return [row for row in rows if row.question.asked in {Asked.CHOICE, Asked.YES_NO}]


ROUTED = frozenset({key.value for key in CaseKey} | {UPKEEP})


def said_for_routing(session: Session, cases: Sequence[Any]) -> dict[UUID, dict[str, str]]:
    """What reporters said that decides who is responsible, of several cases in one query.

    A size as the list reads it; units in the reporter's own words, which the register must know.
    """
    cases = [case for case in cases if hangs(session, case.id, CaseAnswer)]
    if not cases:
        return {}
    vault = instance_of(session).vault
    rows = session.execute(
        select(CaseAnswer.case_id, CaseAnswer.key, CaseAnswer.value, CaseAnswer.sealed_value).where(
            CaseAnswer.district.in_({case.district for case in cases}),
            CaseAnswer.case_id.in_([case.id for case in cases]),
            CaseAnswer.key.in_(ROUTED),
        )
    )
    found: dict[UUID, dict[str, str]] = {}
    for row in rows:
        said = vault.unseal(row.sealed_value) if row.sealed_value else row.value
        if said:
            size = row.key == CaseKey.AREA_M2.value
            found.setdefault(row.case_id, {})[row.key] = whole_metres(said) if size else said
    return found


def subkind_of(session: Session, district: str, case_id: UUID) -> str | None:
    """Which finer kind a case is, if somebody said so."""
    return next((r.value for r in _rows(session, district, case_id) if r.key == SUBKIND), None)
