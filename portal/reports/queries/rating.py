"""How the rating of a case stands for one of its reporters; and what was closed when."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.areas.queries import feature_live
from portal.areas.rules import Feature
from portal.kernel.clock import city_day
from portal.kernel.instance import instance_of
from portal.reports.models import Case, CaseEvent
from portal.reports.queries.case import CaseRow
from portal.reports.queries.case_parts import a_whole
from portal.reports.rules.codes import Event
from portal.reports.rules.neighbours import may_judge
from portal.reports.rules.rating import RatingRefusal, last_rated_cycle, why_not_rate
from portal.satisfaction.queries import RatingRow, rating_of, settings_of
from portal.satisfaction.rules import Settings, SubjectKind


@dataclass(frozen=True)
class Standing:
    """Whether a reporter may rate, what she said, and until when she may say it."""

    refusal: RatingRefusal | None
    mine: RatingRow | None
    window_ends: datetime | None
    settings: Settings

    @property
    def seen(self) -> int:
        """The version a form made now would show: 0 for a first rating."""
        return self.mine.version if self.mine is not None else 0


def rating_standing(
    session: Session,
    case: CaseRow,
    reporter_id: UUID,
    now: datetime,
    *,
    joined_at: datetime | None = None,
) -> Standing:
    """How the rating of a case stands for a reporter; ``joined_at`` of a neighbour who joined."""
    settings = settings_of(session)
    today = city_day(now, instance_of(session).city.zone)
    live = feature_live(session, Feature.RATINGS, case.place_path, today)
    cycle = last_rated_cycle(case.state, case.cycle)
    refusal = why_not_rate(case.state, case.closed_at, now, settings, live=live)
    if refusal is None and joined_at and not may_judge(joined_at, case.closed_at, own=False):
        refusal = RatingRefusal.JOINED_LATER
    return Standing(
        refusal=refusal,
        mine=rating_of(session, SubjectKind.CASE, case.id, cycle, reporter_id),
        window_ends=settings.window_ends(case.closed_at) if case.closed_at else None,
        settings=settings,
    )


def closings_between(
    session: Session, start: datetime, end: datetime
) -> dict[tuple[str, str], int]:
    """How often a matter was closed after ``start`` and not later than ``end``, by its place and
    kind of problem."""
    statement = (
        select(Case.place_path, Case.category_code, func.count())
        .join(CaseEvent, (CaseEvent.district == Case.district) & (CaseEvent.case_id == Case.id))
        .where(CaseEvent.event == Event.CLOSE, CaseEvent.at > start, CaseEvent.at <= end)
        .where(a_whole())
        .group_by(Case.place_path, Case.category_code)
    )
    return {(path, category): count for path, category, count in session.execute(statement)}
