"""Matters that are not ours: the receipt says where to go (R045), or we hand them over (R152)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.clock import city_day
from portal.kernel.errors import Refused
from portal.kernel.instance import instance_of
from portal.reports.models import CaseEvent, CaseOutside
from portal.reports.queries.case import CaseRow
from portal.reports.queries.outside import bodies
from portal.reports.rules.codes import Event
from portal.reports.rules.outside import Body, OutsideKind, OutsideRefusal, why_not_answer_by
from portal.reports.rules.reasons import Reason
from portal.reports.service.loop import Brought, move_case
from portal.reports.service.notices import tell_step


@dataclass(frozen=True)
class HandOver:
    """The record of a hand-over: to whom, their number if there is one, until when they answer."""

    body: str
    reference: str | None = None
    answer_by: date | None = None


def where_to(body: Body) -> Mapping[str, str]:
    """A body with its telephone, in each language."""
    return {language: f"{name} {body.phone}".strip() for language, name in body.names.items()}


def _body(code: str | None) -> Body:
    body = bodies().get(code or "")
    if body is None:
        raise Refused(OutsideRefusal.BODY_MISSING, field="body")
    return body


def refuse_case(
    session: Session,
    case: CaseRow,
    *,
    actor: Actor,
    now: datetime,
    reason: Reason | None,
    words: str | None = None,
    body: str | None = None,
) -> CaseRow:
    """Do not accept a report. One that is out of scope names the body it belongs to."""
    named = _body(body) if reason is Reason.OUT_OF_SCOPE else None
    brought = Brought(reason=reason, words=words)
    moved = move_case(session, case, Event.REFUSE, actor=actor, now=now, brought=brought)
    if named is not None:
        _record(session, moved, OutsideKind.REFERRED, HandOver(named.code), now)
    about = {"body": where_to(named)} if named else None
    tell_step(session, moved, Event.REFUSE, now=now, reason=reason, about=about)
    return moved


def hand_over_case(
    session: Session,
    case: CaseRow,
    *,
    actor: Actor,
    now: datetime,
    to: HandOver,
    words: str | None = None,
) -> CaseRow:
    """Hand a matter over to a body outside: it ends here as handed over, which is not closed."""
    named = _body(to.body)
    today = city_day(now, instance_of(session).city.zone)
    refusal = why_not_answer_by(to.answer_by, today)
    if refusal is not None:
        raise Refused(refusal, field="answer_by")
    brought = Brought(words=words)
    moved = move_case(session, case, Event.HAND_OVER, actor=actor, now=now, brought=brought)
    _record(session, moved, OutsideKind.HANDED_OVER, to, now)
    tell_step(session, moved, Event.HAND_OVER, now=now, about={"body": where_to(named)})
    return moved


def answer_case(
    session: Session, case: CaseRow, *, actor: Actor, now: datetime, words: str | None
) -> CaseRow:
    """What the body answered goes into the history and to the reporter; no answer is awaited."""
    brought = Brought(words=words)
    moved = move_case(session, case, Event.OUTSIDE_ANSWER, actor=actor, now=now, brought=brought)
    await_no_answer(session, case)
    tell_step(session, moved, Event.OUTSIDE_ANSWER, now=now)
    return moved


def await_no_answer(session: Session, case: CaseRow) -> None:
    """They have answered: the matter is not on the list of those that wait for it."""
    session.execute(
        update(CaseOutside)
        .where(CaseOutside.district == case.district, CaseOutside.case_id == case.id)
        .values(answer_by=None)
    )


def _record(
    session: Session, case: CaseRow, kind: OutsideKind, to: HandOver, now: datetime
) -> None:
    """Beside the step that was taken a moment ago."""
    event_id = session.scalars(
        select(CaseEvent.id)
        .where(CaseEvent.district == case.district, CaseEvent.case_id == case.id)
        .order_by(CaseEvent.id.desc())
        .limit(1)
    ).one()
    session.add(
        CaseOutside(
            district=case.district,
            event_id=event_id,
            case_id=case.id,
            kind=kind,
            body=to.body,
            reference=(to.reference or "").strip()[:80] or None,
            answer_by=to.answer_by,
            at=now,
        )
    )
