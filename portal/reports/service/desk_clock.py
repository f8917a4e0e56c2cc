"""What the desk reads of a case's time: which limit holds, its stages, and how much was used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.areas.rules import Tag
from portal.kernel.worktime import Measure
from portal.reports.models import CasePause
from portal.reports.queries.case import CaseRow, pauses_of
from portal.reports.queries.hung import hangs
from portal.reports.queries.limits import (
    condition_names,
    conditions_of,
    limit_of_case,
    limits_of,
)
from portal.reports.rules.limits import ANY, Limit, Stage
from portal.reports.rules.pauses import Spell, clock_at, overdue_multiple, promise_at, used_minutes
from portal.reports.service.limits import measure_for, started, today_of


@dataclass(frozen=True)
class StageEnd:
    """A stage of a limit, and when it ends for this case (None: a year is missing)."""

    stage: Stage
    ends_at: datetime | None


@dataclass(frozen=True)
class DeskClock:
    """The time of a case. ``multiple``: (used - limit) / limit, once it is over the limit."""

    limit: Limit | None
    condition: Mapping[str, str]
    tag: Tag | None
    conditions: Mapping[str, Mapping[str, str]]
    stages: tuple[StageEnd, ...]
    used: float | None
    allowed: int
    multiple: float | None


def clock_of(session: Session, case: CaseRow, now: datetime) -> DeskClock:
    """Everything about a case's time that the desk may ask."""
    measure = measure_for(session, case)
    paused = hangs(session, case.id, CasePause)
    spells = [one.spell for one in pauses_of(session, case)] if paused else []
    limits = limits_of(session, case.category_code)
    conditional = any(one.condition != ANY for one in limits)
    today = today_of(session, now)
    limit = limit_of_case(limits, case.condition, case.limit_tag, case.limit_from)
    allowed = case.limit_minutes + case.extended_minutes
    used = used_minutes(started(case), _stopped_at(case, now), spells, measure)
    multiple = overdue_multiple(used, allowed) if used is not None else None
    return DeskClock(
        limit=limit,
        condition=condition_names(session, case.condition),
        tag=Tag(case.limit_tag) if case.limit_tag in set(Tag) else None,
        conditions=conditions_of(session, case.category_code, today) if conditional else {},
        stages=_stages(case, limit, spells, measure),
        used=used,
        allowed=allowed,
        multiple=multiple if multiple is not None and multiple > 0 else None,
    )


def _stopped_at(case: CaseRow, now: datetime) -> datetime:
    """Until when time was used: the work's end, or now."""
    if case.handled_at is not None and case.handled_at > started(case):
        return case.handled_at
    return case.fed_back_at or clock_at(case, now)


def _stages(
    case: CaseRow, limit: Limit | None, spells: list[Spell], measure: Measure
) -> tuple[StageEnd, ...]:
    """Each stage's own end; more time that was given belongs to the last."""
    if limit is None:
        return ()
    last = limit.stages[-1]
    return tuple(
        StageEnd(
            stage,
            promise_at(started(case), stage.minutes, spells, measure)
            if stage is not last
            else case.promised_at,
        )
        for stage in limit.stages
    )
