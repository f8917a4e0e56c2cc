"""Reads of what can be rated, of what was said, and of words to one volunteer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.kernel.instance import instance_of
from portal.satisfaction.queries import final_ratings, settings_of
from portal.satisfaction.rules import (
    Opinion,
    SubjectKind,
    counted_until,
    opinion_in_batches,
)
from volunteers.models import Activity, Feedback, ServiceHours, Shift
from volunteers.models.adoption import AdoptionPlot
from volunteers.queries.hours import titles_of
from volunteers.rules.rating import FeedbackKind


@dataclass(frozen=True)
class Served:
    """A shift on which somebody's service is confirmed, and since when."""

    shift_id: UUID
    number: str
    activity: str
    titles: Mapping[str, str]
    place_path: str
    confirmed_at: datetime


def served_on(session: Session, number: str, person_id: UUID) -> Served | None:
    """A shift by its number, if somebody served there and it was confirmed."""
    row: Any = session.execute(
        select(
            Shift.id, Shift.number, Activity.number.label("activity"), Activity.title_zh_hans,
            Activity.title_zh_hant, Activity.title_en, Shift.place_path, ServiceHours.confirmed_at,
        )
        .join(Activity, Activity.id == Shift.activity_id)
        .join(ServiceHours, ServiceHours.shift_id == Shift.id)
        .where(
            Shift.number == number, ServiceHours.person_id == person_id,
            ServiceHours.voided_at.is_(None),
        )
    ).first()  # fmt: skip
    if row is None:
        return None
    return Served(
        row.id, row.number, row.activity, titles_of(row), row.place_path, row.confirmed_at
    )


def opinion_of_activity(session: Session, activity_id: UUID, now: datetime) -> Opinion | None:
    """What those said who served in an activity, once enough have."""
    shifts = select(Shift.id).where(Shift.activity_id == activity_id)
    return _opinion(session, SubjectKind.SHIFT, shifts, now)


def opinion_of_unit(session: Session, organisation_id: UUID, now: datetime) -> Opinion | None:
    """What those said who served with an organising unit, in all its activities."""
    shifts = (
        select(Shift.id)
        .join(Activity, Activity.id == Shift.activity_id)
        .where(Activity.organisation_id == organisation_id)
    )
    return _opinion(session, SubjectKind.SHIFT, shifts, now)


def opinion_of_plot(session: Session, plot_id: UUID, now: datetime) -> Opinion | None:
    """What residents said of an adopted thing in the quarters that are over."""
    plot = select(AdoptionPlot.id).where(AdoptionPlot.id == plot_id)
    return _opinion(session, SubjectKind.ADOPTION, plot, now)


def _opinion(
    session: Session, kind: SubjectKind, subjects: Select[UUID], now: datetime
) -> Opinion | None:
    """As of the last month's end: a figure that is read twice in a month is the same."""
    until = counted_until(now, instance_of(session).city.zone)
    return opinion_in_batches(final_ratings(session, kind, subjects, until), settings_of(session))


@dataclass(frozen=True)
class FeedbackRow:
    """A word to one volunteer, as she reads it."""

    id: UUID
    number: str
    person_id: UUID
    kind: FeedbackKind
    words: str
    titles: Mapping[str, str]
    starts_at: datetime
    written_at: datetime


def feedback_to(session: Session, person_id: UUID, number: str | None = None) -> list[FeedbackRow]:
    """What organisers wrote to somebody, the newest first."""
    statement: Any = (
        select(
            Feedback.id, Feedback.number, Feedback.person_id, Feedback.kind, Feedback.sealed_words,
            Feedback.written_at, Shift.starts_at, Activity.title_zh_hans, Activity.title_zh_hant,
            Activity.title_en,
        )
        .join(Shift, Shift.id == Feedback.shift_id)
        .join(Activity, Activity.id == Shift.activity_id)
        .where(Feedback.person_id == person_id)
        .order_by(Feedback.id.desc())
    )  # fmt: skip
    if number is not None:
        statement = statement.where(Feedback.number == number)
    vault = instance_of(session).vault
    return [
        FeedbackRow(
            row.id, row.number, row.person_id, row.kind, vault.unseal(row.sealed_words),
            titles_of(row), row.starts_at, row.written_at,
        )
        for row in session.execute(statement)
    ]  # fmt: skip


def written_by(session: Session, shift_id: UUID, author_id: UUID) -> set[UUID]:
    """The sign-ups of a shift to whom an organiser wrote already; not what."""
    mine = (Feedback.shift_id == shift_id, Feedback.author_id == author_id)
    return set(session.scalars(select(Feedback.sign_up_id).where(*mine)))
