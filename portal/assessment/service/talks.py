"""Talks (约谈): called by the rules when a period is frozen, held and followed up by people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.assessment.models import TalkRecord
from portal.assessment.queries.frozen import newest_frozen, rows_of
from portal.assessment.queries.talks import TalkRow, called_already, talk_by_number
from portal.assessment.rules import Refusal, TalkState
from portal.assessment.rules.periods import period_of
from portal.assessment.rules.sets import Talk, talks
from portal.assessment.rules.talks import called
from portal.assessment.service.objecting import may_decide
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number
from portal.kernel.instance import instance_of

Rows = Sequence[Mapping[str, Any]]


def call_to_talks(session: Session, name: str, slug: str, table: Rows, *, now: datetime) -> None:
    """Note whom the rules of a period's span name; a later version calls nobody twice."""
    period = period_of(name)
    for rule in talks():
        if period is None or rule.span is not period.span:
            continue
        known = called_already(session, name, rule.code)
        for unit in called(rule, _looked_at(session, rule, name, table)):
            if unit not in known:
                session.add(
                    TalkRecord(
                        slug=slug, rule_code=rule.code, group=rule.group, unit=unit, made_at=now
                    )
                )


def _looked_at(session: Session, rule: Talk, name: str, table: Rows) -> list[Rows]:
    """The period's rows, then those of the periods just before it, as far as they are frozen."""
    period, found = period_of(name), [table]
    for back in range(1, rule.number):
        line = newest_frozen(session, period.before(back)) if period else None
        if line is None:
            break
        rows = rows_of(session, line.slug)
        found.append(
            [
                {"group": row.group, "unit": row.unit, "failed": "yes" if row.failed else "no"}
                for row in rows
            ]
        )
    return found


@dataclass(frozen=True)
class Held:
    """What is written down of a talk. ``office``: for whom was spoken, never a name."""

    office: str
    held_on: date
    promise: str
    follow_up_on: date | None


def talk_here(session: Session, actor: Actor, number: str) -> TalkRow:
    """A talk, for those who hold talks."""
    row = talk_by_number(session, clean_number(number) or "")
    if row is None or not may_decide(session, actor):
        raise Missing
    return row


def hold_talk(session: Session, actor: Actor, number: str, held: Held, *, now: datetime) -> None:
    """Write down that a talk was held, what was promised, and when it is looked at again."""
    row = talk_here(session, actor, number)
    if held.held_on > city_day(now, instance_of(session).city.zone):
        raise Refused(Refusal.FUTURE, field="held_on")
    _move(
        session, row, TalkState.DUE, state=TalkState.HELD, office=held.office,
        held_on=held.held_on, promise=held.promise, follow_up_on=held.follow_up_on,
        recorded_by=actor.person_id,
    )  # fmt: skip


def follow_talk(session: Session, actor: Actor, number: str, words: str) -> None:
    """Write down what became of the promise."""
    row = talk_here(session, actor, number)
    _move(session, row, TalkState.HELD, state=TalkState.FOLLOWED, followed=words)


def _move(session: Session, row: TalkRow, stands: TalkState, **values: Any) -> None:
    mine = (TalkRecord.number == row.number, TalkRecord.state == stands)
    if not changed_rows(session, update(TalkRecord).where(*mine).values(**values)):
        raise Conflict(Refusal.DECIDED)
