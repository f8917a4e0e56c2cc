"""Inspection groups: the tour is planned, its members judge each stop, a report is published."""

import json
from collections.abc import Mapping
from dataclasses import astuple
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.instance import instance_of
from volunteers.models import Activity, TourReport, TourScore, TourStop
from volunteers.queries.activities import ActivityRow, activity
from volunteers.queries.tours import StopRow, is_member, means_of, stops_of
from volunteers.rules.activities import ActivityKind, ActivityState
from volunteers.rules.tours import (
    LONGEST_REMARK,
    LONGEST_REPORT,
    BadTour,
    TourRefusal,
    axes,
    flaw_of_scores,
    read_tour,
)
from volunteers.service.activities import activity_to_manage
from volunteers.service.acts import note, who


def group_to_manage(session: Session, actor: Actor, number: str) -> ActivityRow:
    """An inspection group of her own places. Raises Missing for any other activity."""
    row = activity_to_manage(session, actor, number)
    if row.kind is not ActivityKind.INSPECTION_GROUP:
        raise Missing
    return row


def plan_tour(
    session: Session, actor: Actor, number: str, *, day: date | None, text: str, now: datetime
) -> None:
    """Write the stops of a tour, while nobody has judged any of them."""
    row = group_to_manage(session, actor, number)
    if day is None:
        raise Refused(TourRefusal.NO_DAY, field="day")
    try:
        stops = read_tour(text)
    except BadTour as bad:
        raise Refused(bad.code, field="stops", facts={"line": bad.line}) from bad
    # a sheet that is being filled in waits, and finds the stops of the new plan
    session.execute(select(Activity.id).where(Activity.id == row.id).with_for_update())
    mine = select(TourStop.id).where(TourStop.activity_id == row.id)
    if session.scalar(select(exists().where(TourScore.stop_id.in_(mine)))):
        raise Conflict(TourRefusal.SCORED)
    session.execute(delete(TourStop).where(TourStop.activity_id == row.id))
    zone = instance_of(session).city.zone
    session.add_all(
        TourStop(
            activity_id=row.id, position=at, place=stop.place,
            at=datetime.combine(day, stop.at, zone).astimezone(UTC),
        )
        for at, stop in enumerate(stops, start=1)
    )  # fmt: skip
    note(session, actor, "tour:plan", number, now)


def stop_to_judge(
    session: Session, actor: Actor, number: str, position: int
) -> tuple[ActivityRow, StopRow]:
    """A stop of a group of which she is a member. Raises Missing for everybody else."""
    row = activity(session, number)
    if row is None or actor.person_id is None or row.kind is not ActivityKind.INSPECTION_GROUP:
        raise Missing
    stop = next((one for one in stops_of(session, row.id) if one.position == position), None)
    if stop is None or not is_member(session, row.id, actor.person_id):
        raise Missing
    return row, stop


def judge_stop(
    session: Session,
    actor: Actor,
    number: str,
    position: int,
    scores: Mapping[str, int | None],
    *,
    remark: str,
    now: datetime,
) -> None:
    """Fill in the sheet of a stop, or fill it in anew until the report is published."""
    # the plan does not change, and no report is published, while this is written
    lock = select(Activity.id).where(Activity.number == number).with_for_update()
    session.execute(lock)
    row, stop = stop_to_judge(session, actor, number, position)
    if row.state is ActivityState.CANCELLED or session.get(TourReport, row.id) is not None:
        raise Conflict(TourRefusal.PUBLISHED)
    if now < stop.at:
        raise Refused(TourRefusal.TOO_EARLY)
    wrong = flaw_of_scores(scores)
    if wrong is not None:
        raise Refused(TourRefusal.NO_SCORE, field=wrong)
    person, words = who(actor), remark.strip()[:LONGEST_REMARK] or None
    mine = (TourScore.stop_id == stop.id, TourScore.person_id == person)
    session.execute(delete(TourScore).where(*mine))
    session.add_all(
        TourScore(
            stop_id=stop.id, person_id=person, axis=axis, score=scores[axis], remark=words,
            given_at=now,
        )
        for axis in axes()
    )  # fmt: skip


def publish_report(
    session: Session, actor: Actor, number: str, *, words: str, now: datetime
) -> None:
    """Publish the report of a tour with the means as they stand. It is published once."""
    session.execute(select(Activity.id).where(Activity.number == number).with_for_update())
    row = group_to_manage(session, actor, number)
    said = words.strip()
    if not said or len(said) > LONGEST_REPORT:
        raise Refused(TourRefusal.NO_WORDS, field="words")
    means = means_of(session, row.id)
    if not means:
        raise Refused(TourRefusal.NOTHING)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    first = (
        dialect.insert(TourReport)
        .values(
            activity_id=row.id, words=said, figures=json.dumps([astuple(one) for one in means]),
            published_at=now, publisher_id=who(actor),
        )
        .on_conflict_do_nothing()
        .returning(TourReport.activity_id)
    )  # fmt: skip
    if session.scalar(first) is None:
        raise Conflict(TourRefusal.PUBLISHED)
    note(session, actor, "tour:publish", number, now)


def forget_judge(session: Session, person_id: UUID) -> None:
    """Keep what a group found, and forget who of it said so; her own words go."""
    mine = TourScore.person_id == person_id
    forget = update(TourScore).where(mine).values(person_id=None, remark=None)
    session.execute(forget.execution_options(synchronize_session=False))
