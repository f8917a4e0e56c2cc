"""Single ratings end two years after the figures of their month were released; figures stay."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from portal.accounts.labels import kept_in_words
from portal.accounts.service import due_personal_data, forget_in_time, personal_fields
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.reports.jobs import close_months, release_month
from portal.satisfaction.models import Rating, RatingReason, RatingShown, RatingWords
from portal.satisfaction.queries import final_ratings, settings_of
from portal.satisfaction.queries.releases import cells, first_counted_month, release_file
from portal.satisfaction.rules import Reason, SubjectKind, opinion_in_batches
from portal.satisfaction.rules.files import FILES
from portal.satisfaction.rules.personal import COUNTED_FOR_EVER
from portal.satisfaction.rules.release import ANSWERS_DAYS, ReleaseRefusal
from portal.satisfaction.service import forgetting
from portal.satisfaction.service.demo import plant_ratings
from tests.make.releases import MIDDLE, MONTH, NOVEMBER, rate_many, rating, release, town

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
KEPT = timedelta(days=ANSWERS_DAYS)
END = NOVEMBER + KEPT


def _rated(database: Database, *kinds: SubjectKind, times: int = 12) -> None:
    with database.write() as session:
        path = town(session)["first"].path
        for kind in kinds:
            rate_many(session, path, times, kind=kind)


def _left(database: Database, kind: SubjectKind = SubjectKind.CASE) -> int:
    with database.read() as session:
        mine = select(func.count()).select_from(Rating).where(Rating.subject_kind == kind)
        return session.scalar(mine) or 0


def test_p1_answers_end_two_years_after_their_month_was_released_and_the_release_stays(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "BATCH", 5)
    _rated(database, SubjectKind.CASE)
    release(database)
    with database.write() as session:
        one = session.scalars(select(Rating)).first()
        assert one is not None
        mine = {"district": one.district, "rating_id": one.id}
        session.execute(insert(RatingReason).values(**mine, reason=Reason.SLOW))
        session.execute(insert(RatingWords).values(**mine, sealed_text="x", written_at=END))
        # in a backup that is restored after years they are there still
        shown = {**mine, "words_version": 1, "agreed_at": MIDDLE}
        session.execute(insert(RatingShown).values(**shown))
    with database.read() as session:
        before = [release_file(session, MONTH, name) for name in FILES], cells(session, MONTH)
        assert due_personal_data(session, now=END - SECOND)["rating"] == 0
        assert due_personal_data(session, now=END)["rating"] == 12
    forget_in_time(database, now=END - SECOND)
    assert _left(database) == 12
    forget_in_time(database, now=END)
    assert _left(database) == 0
    with database.read() as session:
        after = [release_file(session, MONTH, name) for name in FILES], cells(session, MONTH)
        assert session.scalar(select(func.count()).select_from(RatingReason)) == 0
        # what assessments ask: from which month on there are releases
        assert first_counted_month(session) == MONTH
    assert after == before


def test_a_month_that_was_not_released_keeps_its_answers(database: Database) -> None:
    _rated(database, SubjectKind.CASE, SubjectKind.FRONTAGE)
    release(database)
    forget_in_time(database, now=END)
    assert _left(database) == 0
    assert _left(database, SubjectKind.FRONTAGE) == 12
    # and it is released late from all of them, and never a second time without
    assert f"{MONTH}-frontage" in close_months(database, END)
    assert MONTH not in close_months(database, END)


def test_an_answer_that_no_release_counts_ends_too(database: Database) -> None:
    with database.write() as session:
        path = town(session)["first"].path
        plant_ratings(session, [rating(path, who=None)])
    forget_in_time(database, now=MIDDLE + KEPT - SECOND)
    assert _left(database) == 1
    forget_in_time(database, now=MIDDLE + KEPT)
    assert _left(database) == 0


def test_P4_a_month_is_not_counted_once_more_while_or_after_its_answers_are_deleted(
    database: Database,
) -> None:
    _rated(database, SubjectKind.CASE)
    release(database)
    late = END - DAY
    fixed = release_month(
        database, SubjectKind.CASE, MONTH, now=late - SECOND, reason="a street was missing"
    )
    assert fixed == f"{MONTH}-r2"
    for now in (late, END, END + DAY):
        with pytest.raises(Refused) as refused:
            release_month(database, SubjectKind.CASE, MONTH, now=now, reason="again")
        assert refused.value.code is ReleaseRefusal.ANSWERS_GONE
    # the correction does not keep the answers longer
    forget_in_time(database, now=END)
    assert _left(database) == 0


def test_P4_an_opinion_of_all_answers_does_not_move_and_only_its_unit_keys_end(
    database: Database,
) -> None:
    kinds = sorted(COUNTED_FOR_EVER)
    _rated(database, *kinds, times=25)
    for kind in kinds:
        release(database, kind=kind)

    def opinions() -> list[object]:
        with database.read() as session:
            subjects = select(Rating.subject_id)
            return [
                opinion_in_batches(
                    final_ratings(session, kind, subjects, END), settings_of(session)
                )
                for kind in kinds
            ]

    before = opinions()
    assert None not in before
    forget_in_time(database, now=END)
    assert opinions() == before
    with database.read() as session:
        bound = select(func.count()).select_from(Rating).where(Rating.unit_key.is_not(None))
        assert session.scalar(bound) == 0
        assert due_personal_data(session, now=END)["rating"] == 0
    assert [_left(database, kind) for kind in kinds] == [25, 25]


# what is said does not depend on the engine
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_p1_no_page_says_that_answers_end_with_the_account(app: Flask) -> None:
    fields = [field for field in personal_fields() if field.table in {"rating", "rating_reason"}]
    fields += [field for field in personal_fields() if field.table == "survey_sheet"]
    assert len({field.until for field in fields}) == 2
    with app.test_request_context("/?lang=en"):
        told = {line.how_long for line in kept_in_words(fields)}
    assert told == {
        "2 years after the figures of the month are published",
        "no end is set, also when the account is erased; it bears no name",
    }
