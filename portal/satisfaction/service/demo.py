"""Plants past ratings in bulk, for the demo and for benchmarks: no rule is asked, nobody told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from portal.kernel.ids import id_at
from portal.kernel.instance import instance_of
from portal.satisfaction.models import Rating
from portal.satisfaction.rules.release import Bound
from portal.satisfaction.service.ratings import Subject, unit_of


@dataclass(frozen=True)
class PlannedRating:
    """A past rating of a subject; levels 1 (best) to 5."""

    subject: Subject
    rater_key: UUID
    solved: bool
    result: int
    service: int
    at: datetime
    bound: Bound | None = None


def plant_ratings(session: Session, plans: Iterable[PlannedRating]) -> int:
    """Insert past ratings; how many."""
    instance = instance_of(session)
    rows = [
        {
            "district": plan.subject.district,
            "id": id_at(plan.at),
            "subject_kind": plan.subject.kind,
            "subject_id": plan.subject.id,
            "cycle": plan.subject.cycle,
            "rater_key": plan.rater_key,
            "solved": plan.solved,
            "result_level": plan.result,
            "service_level": plan.service,
            "place_path": plan.subject.place_path,
            "category_code": plan.subject.category_code,
            "version": 1,
            "created_at": plan.at,
            "changed_at": plan.at,
            "window_ends": plan.subject.window_ends,
            **unit_of(instance, plan.subject, plan.bound, plan.at),
        }
        for plan in plans
    ]
    if rows:
        session.execute(insert(Rating), rows)
    return len(rows)
