"""A case's clock: stopped while the reporter is asked or the matter must wait, lengthened once.

The case's own row decides every race; the spells beside it only tell how long each pause was.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.db import changed_rows
from portal.kernel.errors import Missing, Refused
from portal.kernel.instance import instance_of
from portal.kernel.uploads import KeptPhotos
from portal.reports.models import Case, CasePause
from portal.reports.queries.case import CaseReporterRow, CaseRow, pauses_of
from portal.reports.queries.limits import conditions_of
from portal.reports.rules.codes import Event, Pause
from portal.reports.rules.pauses import (
    ANSWER_DAYS,
    LONGEST_EXTENSION_DAYS,
    LONGEST_SUSPENSION_DAYS,
    after_pause,
    answer_until,
    due_at,
    end_of_day,
    extended,
    promise_at,
)
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import Refusal
from portal.reports.service.limits import (
    measure_for,
    new_limit,
    promise_columns,
    promised,
    started,
    today_of,
)
from portal.reports.service.loop import Brought, move_case
from portal.reports.service.notices import tell_step
from portal.reports.service.steps import take_photos


def _setting(session: Session, name: str, default: int) -> int:
    return int(instance_of(session).city.thresholds.get(name, default))


def ask_reporter(
    session: Session, case: CaseRow, *, actor: Actor, now: datetime, words: str | None
) -> CaseRow:
    """Ask the reporter, and wait some days for her answer: so long the clock stands."""
    until = answer_until(now, _setting(session, "answer_days", ANSWER_DAYS))
    values = (*_stopped(session, case, Pause.ASKED, now, until).items(), ("question_open", True))
    brought = Brought(words=words, values=values)
    moved = move_case(session, case, Event.ASK, actor=actor, now=now, brought=brought)
    _begin(session, moved, now)
    tell_step(session, moved, Event.ASK, now=now, more={"until": _day(session, until)})
    return moved


def suspend_case(
    session: Session,
    case: CaseRow,
    *,
    actor: Actor,
    now: datetime,
    reason: Reason | None,
    words: str | None,
    until: date | None,
) -> CaseRow:
    """挂账: the matter cannot be settled before a day, for a reason that everybody may read."""
    end = _end_of_suspension(session, until, now)
    values = {
        **_stopped(session, case, Pause.SUSPENDED, now, end),
        "times_suspended": case.times_suspended + 1,
    }
    brought = Brought(reason=reason, words=words, values=tuple(values.items()))
    moved = move_case(session, case, Event.SUSPEND, actor=actor, now=now, brought=brought)
    _begin(session, moved, now)
    told = {"until": f"{until:%Y-%m-%d}"}
    tell_step(session, moved, Event.SUSPEND, now=now, reason=reason, more=told)
    return moved


def _end_of_suspension(session: Session, until: date | None, now: datetime) -> datetime:
    """The end of the last day of a suspension, which lies ahead and not for ever."""
    most = _setting(session, "longest_suspension_days", LONGEST_SUSPENSION_DAYS)
    today = today_of(session, now)
    if until is None or not 0 < (until - today).days <= most:
        raise Refused(Refusal.UNTIL_MISSING, field="until", facts={"most": most})
    return end_of_day(until, instance_of(session).city.zone)


def _stopped(
    session: Session, case: CaseRow, kind: Pause, now: datetime, until: datetime
) -> dict[str, Any]:
    """The columns of a clock that is stopped, with the promise that holds once it runs again."""
    measure = measure_for(session, case)
    return {
        "pause": kind,
        "paused_at": now,
        "paused_until": until,
        "promise_if_over": after_pause(due_at(case, now), now, until, measure),
    }


def _begin(session: Session, case: CaseRow, now: datetime) -> None:
    session.add(
        CasePause(
            district=case.district,
            case_id=case.id,
            kind=case.pause,
            started_at=now,
            until=case.paused_until,
        )
    )


def resume_case(
    session: Session, case: CaseRow, *, actor: Actor, now: datetime, words: str | None = None
) -> CaseRow:
    """Go on before the end of a pause, for instance because the works were done early."""
    brought = Brought(words=words)
    moved = move_case(session, case, Event.RESUME, actor=actor, now=now, brought=brought)
    _tell_resumed(session, moved, now)
    return moved


def resume_by_itself(session: Session, case: CaseRow, *, now: datetime) -> CaseRow:
    """Note that a pause has run out. Readers knew it already; now the columns say it too."""
    moved = move_case(session, case, Event.RESUME, actor=None, now=now, by_clock=True)
    _tell_resumed(session, moved, now)
    return moved


def _tell_resumed(session: Session, case: CaseRow, now: datetime) -> None:
    tell_step(session, case, Event.RESUME, now=now, more=_until(session, case))


def answer_question(
    session: Session,
    case: CaseRow,
    reporter: CaseReporterRow,
    *,
    words: str | None,
    photos: KeptPhotos,
    now: datetime,
) -> CaseRow:
    """What the reporter says to a question: the work goes on, and staff alone reads it."""
    if not reporter.own:
        raise Missing
    shown = take_photos(session, photos, now)
    brought = Brought(words=words, photos=shown, values=(("question_open", False),))
    return move_case(session, case, Event.REPLY, actor=None, now=now, brought=brought)


def extend_case(
    session: Session,
    case: CaseRow,
    *,
    actor: Actor,
    now: datetime,
    reason: Reason | None,
    words: str | None,
    days: int | None,
) -> CaseRow:
    """延期: some more working days, once, for a reason that the reporter is told."""
    most = _setting(session, "longest_extension_working_days", LONGEST_EXTENSION_DAYS)
    if days is None or not 1 <= days <= most:
        raise Refused(Refusal.DAYS_MISSING, field="days", facts={"most": most})
    measure = measure_for(session, case)
    more = case.extended_minutes + days * measure.minutes_a_day
    at = extended(due_at(case, now), days, measure)
    made = promised(started(case), at, case.limit_minutes + more, measure)
    values = {
        **promise_columns(made),
        "extended_minutes": more,
        "times_extended": case.times_extended + 1,
    }
    brought = Brought(reason=reason, words=words, values=tuple(values.items()))
    moved = move_case(session, case, Event.EXTEND, actor=actor, now=now, brought=brought)
    tell_step(session, moved, Event.EXTEND, now=now, reason=reason, more=_until(session, moved))
    return moved


def _until(session: Session, case: CaseRow) -> dict[str, Any]:
    """What a message says of the promise: its day, or how many days the limit takes."""
    if case.promised_at is None:
        return {"days": case.promised_days or 1}
    return {"until": _day(session, case.promised_at)}


def _day(session: Session, moment: datetime) -> str:
    return f"{moment.astimezone(instance_of(session).city.zone):%Y-%m-%d}"


def grade_case(
    session: Session,
    case: CaseRow,
    *,
    actor: Actor,
    now: datetime,
    condition: str | None,
    words: str | None,
) -> CaseRow:
    """Say how bad it is, or under which condition it falls: another limit may hold then (R024)."""
    today = today_of(session, now)
    if condition == (case.condition or ""):
        raise Refused(Refusal.SAME_GRADE, field="condition")
    if condition and condition not in conditions_of(session, case.category_code, today):
        raise Refused(Refusal.NO_GRADE, field="condition")
    values = new_limit(session, case, case.category_code, now, condition or None)
    values["condition"] = condition or None
    brought = Brought(words=words, values=tuple(values.items()))
    return move_case(session, case, Event.GRADE, actor=actor, now=now, brought=brought)


def date_promise(session: Session, case: CaseRow) -> CaseRow:
    """Work out what could not be promised while a year was missing; the case as it should be."""
    measure, spells = measure_for(session, case), pauses_of(session, case)
    over = [one.spell for one in spells if one.ended_at is not None]
    minutes = case.limit_minutes + case.extended_minutes
    at = case.promised_at or promise_at(started(case), minutes, over, measure)
    made = promised(started(case), at, minutes, measure)
    if case.paused_at is None or case.paused_until is None:
        return replace(case, promised_at=made.at, promised_days=made.days)
    after = after_pause(at, case.paused_at, case.paused_until, measure)
    return replace(case, promised_at=made.at, promised_days=made.days, promise_if_over=after)


def keep_date(session: Session, before: CaseRow, after: CaseRow) -> bool:
    """Write the date down, unless somebody has changed the case meanwhile."""
    claim = update(Case).where(
        Case.district == before.district, Case.id == before.id, Case.version == before.version
    )
    return (
        changed_rows(
            session,
            claim.values(
                promised_at=after.promised_at,
                promised_days=after.promised_days,
                promise_if_over=after.promise_if_over,
            ),
        )
        == 1
    )
