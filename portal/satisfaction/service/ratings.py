"""Recording a rating once, changing it until its window ends, hiding it, erasing its words."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.kernel.clock import city_month
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import Instance, instance_of
from portal.satisfaction.models import Rating, RatingReason, RatingShown, RatingWords
from portal.satisfaction.queries import ratings_by
from portal.satisfaction.rules import (
    SHOWN_WORDS,
    WORDS_LENGTH,
    Answers,
    RatingConflict,
    SubjectKind,
)
from portal.satisfaction.rules.release import Bound, month_to_count


@dataclass(frozen=True)
class Subject:
    """What is rated: one cycle of a thing, where it lay, and until when it may be rated."""

    kind: SubjectKind
    id: UUID
    district: str
    cycle: int
    place_path: str
    category_code: str
    window_ends: datetime


def record_rating(
    session: Session,
    subject: Subject,
    rater_key: UUID,
    answers: Answers,
    *,
    seen: int,
    now: datetime,
    bound: Bound | None = None,
    shown: bool = False,
) -> None:
    """Keep a rater's answer, or change it. ``seen`` is the version the form showed, 0 for none.

    ``bound`` says whose it is, so that she counts once in a month's release; without it the rating
    enters none. ``shown``: she lets the unit see it. Of two forms sent at once one wins; the other
    raises Conflict and is shown what is kept.
    """
    if now >= subject.window_ends:
        raise Refused(RatingConflict.WINDOW_OVER)
    if seen == 0:
        rating_id = _insert(session, subject, rater_key, answers, bound, now)
    else:
        rating_id = _change(session, subject, rater_key, answers, seen, now)
    _keep_reasons(session, subject.district, rating_id, answers)
    _keep_words(session, subject.district, rating_id, answers.words[:WORDS_LENGTH], now)
    _keep_shown(session, subject.district, rating_id, now, shown=shown)


def _insert(
    session: Session,
    subject: Subject,
    rater_key: UUID,
    answers: Answers,
    bound: Bound | None,
    now: datetime,
) -> UUID:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    rating_id = new_id()
    statement = (
        dialect.insert(Rating)
        .values(
            district=subject.district,
            id=rating_id,
            subject_kind=subject.kind,
            subject_id=subject.id,
            cycle=subject.cycle,
            rater_key=rater_key,
            place_path=subject.place_path,
            category_code=subject.category_code,
            version=1,
            created_at=now,
            window_ends=subject.window_ends,
            **unit_of(instance_of(session), subject, bound, now),
            **_values(answers, now),
        )
        .on_conflict_do_nothing()
        .returning(Rating.id)
    )
    if session.scalar(statement) is None:
        raise Conflict(RatingConflict.RATED_MEANWHILE)
    return rating_id


def unit_of(
    instance: Instance, subject: Subject, bound: Bound | None, now: datetime
) -> dict[str, Any]:
    """In which month's release a rating counts, and a key that its rater's others of that month
    and kind share: no key leads to a person, and none is the same in two months."""
    zone = instance.city.zone
    # the last moment in which it can be given: a window may end with its month, at midnight
    last = city_month(subject.window_ends - timedelta(microseconds=1), zone)
    month = month_to_count(last, city_month(now, zone))
    if bound is None:
        return {"month": month, "unit_key": None}
    said = f"{subject.kind}:{month}:{bound.by}:{bound.key}"
    return {"month": month, "unit_key": UUID(instance.vault.keyed_hash("release/unit", said)[:32])}


def _change(
    session: Session,
    subject: Subject,
    rater_key: UUID,
    answers: Answers,
    seen: int,
    now: datetime,
) -> UUID:
    mine = (
        Rating.district == subject.district,
        Rating.subject_kind == subject.kind,
        Rating.subject_id == subject.id,
        Rating.cycle == subject.cycle,
        Rating.rater_key == rater_key,
    )
    statement = (
        update(Rating)
        .where(*mine, Rating.version == seen, Rating.window_ends > now)
        .values(version=seen + 1, **_values(answers, now))
    )
    if changed_rows(session, statement) != 1:
        raise Conflict(RatingConflict.RATED_MEANWHILE)
    return session.execute(select(Rating.id).where(*mine)).scalar_one()


def _values(answers: Answers, now: datetime) -> dict[str, Any]:
    return {
        "solved": answers.solved,
        "result_level": int(answers.result),
        "service_level": int(answers.service),
        "changed_at": now,
    }


def _keep_reasons(session: Session, district: str, rating_id: UUID, answers: Answers) -> None:
    session.execute(
        delete(RatingReason).where(
            RatingReason.district == district, RatingReason.rating_id == rating_id
        )
    )
    rows = [
        {"district": district, "rating_id": rating_id, "reason": reason}
        for reason in sorted(answers.reasons)
    ]
    if rows:
        session.execute(insert(RatingReason), rows)


def _keep_words(
    session: Session, district: str, rating_id: UUID, words: str, now: datetime
) -> None:
    session.execute(
        delete(RatingWords).where(
            RatingWords.district == district, RatingWords.rating_id == rating_id
        )
    )
    if words:
        session.execute(
            insert(RatingWords).values(
                district=district,
                rating_id=rating_id,
                sealed_text=instance_of(session).vault.seal(words),
                written_at=now,
            )
        )


def _keep_shown(
    session: Session, district: str, rating_id: UUID, now: datetime, *, shown: bool
) -> None:
    these = (RatingShown.district == district, RatingShown.rating_id == rating_id)
    session.execute(delete(RatingShown).where(*these))
    if shown:
        values = {"words_version": SHOWN_WORDS, "agreed_at": now}
        session.execute(
            insert(RatingShown).values(district=district, rating_id=rating_id, **values)
        )


def hide_ratings(session: Session, rater_keys: Collection[UUID]) -> int:
    """From now on no unit sees what some raters said; how many ratings were shown.

    The rows are taken first and count on, so that a form that was opened before, with the tick in
    it, shows nothing again.
    """
    hers = Rating.rater_key.in_(set(rater_keys))
    session.execute(
        update(Rating)
        .where(hers)
        .values(version=Rating.version + 1)
        .execution_options(synchronize_session=False)
    )
    ids = select(Rating.id).where(hers)
    return changed_rows(session, delete(RatingShown).where(RatingShown.rating_id.in_(ids)))


def export_ratings(session: Session, rater_keys: Collection[UUID]) -> list[dict[str, Any]]:
    """Everything kept of some raters' ratings, as plain data for its owner."""
    return [
        {
            "subject_kind": row.subject_kind.value,
            "subject_id": str(row.subject_id),
            "cycle": row.cycle,
            "solved": row.answers.solved,
            "result_level": int(row.answers.result),
            "service_level": int(row.answers.service),
            "reasons": sorted(reason.value for reason in row.answers.reasons),
            "words": row.answers.words,
            "created_at": row.created_at.isoformat(),
            "changed_at": row.changed_at.isoformat(),
            "window_ends": row.window_ends.isoformat(),
            "shown_since": row.shown_since.isoformat() if row.shown_since else None,
        }
        for row in ratings_by(session, rater_keys)
    ]


def erase_rating_words(session: Session, rater_keys: Collection[UUID]) -> int:
    """Erase what some raters wrote, and hide the rest from the units; the levels stay, and say
    nothing of who gave them."""
    hide_ratings(session, rater_keys)
    ids = select(Rating.id).where(Rating.rater_key.in_(set(rater_keys)))
    statement = delete(RatingWords).where(RatingWords.rating_id.in_(ids))
    return changed_rows(session, statement)


def forget_words(session: Session, *, before: datetime) -> int:
    """Erase words whose time has passed; as long ago a tick no longer shows anything."""
    session.execute(delete(RatingShown).where(RatingShown.agreed_at < before))
    statement = delete(RatingWords).where(RatingWords.written_at < before)
    return changed_rows(session, statement)
