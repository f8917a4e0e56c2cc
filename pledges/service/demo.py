"""Plants what was seen and said of frontages in the past, for the demo: no rule is asked."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from pledges.models import Inspection, InspectionAnswer
from pledges.queries.inspections import door_by_number, operator_now
from pledges.queries.plaques import plaque_by_code
from pledges.rules.inspections import Body, Finding
from pledges.service.ratings import frontage_subject
from portal.kernel.errors import Missing
from portal.kernel.ids import id_at, new_id
from portal.satisfaction.rules import SATISFIED_LEVELS, Level
from portal.satisfaction.service.demo import PlannedRating, plant_ratings


def plant_look(
    session: Session,
    number: str,
    by: UUID,
    version_id: UUID,
    answers: dict[UUID, Finding],
    at: datetime,
) -> None:
    """A look of the street at a frontage on a day that is over."""
    door = door_by_number(session, number)
    operator = operator_now(session, door.district, door.id) if door else None
    if door is None or operator is None:
        raise Missing
    key = id_at(at)
    session.add(
        Inspection(
            district=door.district, id=key, premises_id=door.id, operator_id=operator.id,
            version_id=version_id, place_path=door.place_path, body=Body.STREET, inspector_id=by,
            at=at, sent_at=at,
        )
    )  # fmt: skip
    # its answers refer to it
    session.flush()
    session.add_all(
        InspectionAnswer(
            district=door.district, inspection_id=key, clause_id=clause, finding=finding
        )
        for clause, finding in answers.items()
    )


def plant_frontage_ratings(
    session: Session, code: str, levels: Sequence[Level], at: datetime
) -> None:
    """What so many passers-by said of the shop behind a plaque, each another person."""
    row = plaque_by_code(session, code)
    if row is None:
        raise Missing
    subject = frontage_subject(session, row, at)
    plant_ratings(
        session,
        (
            PlannedRating(subject, new_id(), level <= SATISFIED_LEVELS, level, level, at)
            for level in levels
        ),
    )
