"""Ratings for tests, and the switch that lets people rate."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from portal.areas.models import Area, FeatureSwitch
from portal.areas.rules import Feature
from portal.kernel.ids import new_id
from portal.satisfaction.rules import Answers, Level, SubjectKind
from portal.satisfaction.service import Subject, record_rating
from portal.satisfaction.service.demo import PlannedRating, plant_ratings

HAPPY = Answers(True, Level.SATISFIED, Level.VERY_SATISFIED)
UNSOLVED = Answers(False, Level.SATISFIED, Level.SATISFIED)
DISSATISFIED = Answers(True, Level.DISSATISFIED, Level.SATISFIED)
WINDOW = timedelta(days=14)


def ratings_on(session: Session, area: Area, since: date = date(2020, 1, 1)) -> None:
    """Switch rating on in a place."""
    session.add(FeatureSwitch(feature=Feature.RATINGS, area_id=area.id, since=since))
    # the services ask at once
    session.flush()


def subject(place_path: str, *, window_ends: datetime, cycle: int = 1) -> Subject:
    """Some matter that may be rated until a moment."""
    return Subject(
        kind=SubjectKind.CASE,
        id=new_id(),
        district="370283",
        cycle=cycle,
        place_path=place_path,
        category_code="litter",
        window_ends=window_ends,
    )


def rate_often(session: Session, place_path: str, times: int, *, window_ends: datetime) -> None:
    """So many ratings, half of them unsolved and the other half dissatisfied, in one statement."""
    at = window_ends - WINDOW
    plant_ratings(
        session,
        (
            PlannedRating(
                subject=subject(place_path, window_ends=window_ends),
                rater_key=new_id(),
                solved=answers.solved,
                result=answers.result,
                service=answers.service,
                at=at,
            )
            for number in range(times)
            for answers in [(UNSOLVED, DISSATISFIED)[number % 2]]
        ),
    )


def rate(
    session: Session,
    place_path: str,
    answers: Answers = HAPPY,
    *,
    window_ends: datetime,
    rater: UUID | None = None,
) -> None:
    """One rating of a matter of its own."""
    record_rating(
        session,
        subject(place_path, window_ends=window_ends),
        rater or new_id(),
        answers,
        seen=0,
        now=window_ends - WINDOW,
    )
