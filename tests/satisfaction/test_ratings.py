"""A rating is kept once, changed until its window ends, and its words can be erased."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Refused
from portal.kernel.ids import new_id
from portal.satisfaction.models import Rating, RatingReason, RatingWords
from portal.satisfaction.queries import rating_of
from portal.satisfaction.rules import Answers, Level, RatingConflict, Reason
from portal.satisfaction.service import (
    Subject,
    erase_rating_words,
    export_ratings,
    forget_words,
    record_rating,
)
from tests.make.ratings import HAPPY, UNSOLVED, subject

ENDS = datetime(2026, 11, 20, 4, tzinfo=UTC)
BEFORE = ENDS - timedelta(days=3)
FULL = Answers(
    False,
    Level.VERY_DISSATISFIED,
    Level.FAIRLY_SATISFIED,
    frozenset({Reason.SLOW, Reason.NOT_SOLVED}),
    "等了两个星期",
)


def keep(
    database: Database,
    about: Subject,
    rater: UUID,
    answers: Answers = HAPPY,
    *,
    seen: int = 0,
    now: datetime = BEFORE,
) -> None:
    with database.write() as session:
        record_rating(session, about, rater, answers, seen=seen, now=now)


def kept(database: Database, about: Subject, rater: UUID) -> Answers:
    with database.read() as session:
        row = rating_of(session, about.kind, about.id, about.cycle, rater)
    assert row is not None
    return row.answers


def test_a_rating_is_kept_as_it_was_given(database: Database) -> None:
    about, rater = subject("/1/", window_ends=ENDS), new_id()
    keep(database, about, rater, FULL)
    assert kept(database, about, rater) == FULL


def test_a_change_keeps_one_row_and_drops_what_was_taken_back(database: Database) -> None:
    about, rater = subject("/1/", window_ends=ENDS), new_id()
    keep(database, about, rater, FULL)
    keep(database, about, rater, HAPPY, seen=1)
    assert kept(database, about, rater) == HAPPY
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Rating)) == 1
        assert session.scalar(select(func.count()).select_from(RatingReason)) == 0
        assert session.scalar(select(func.count()).select_from(RatingWords)) == 0


def test_each_cycle_and_each_rater_has_a_rating_of_its_own(database: Database) -> None:
    about, rater = subject("/1/", window_ends=ENDS), new_id()
    again = replace(about, cycle=2)
    keep(database, about, rater, UNSOLVED)
    keep(database, again, rater, HAPPY)
    keep(database, about, new_id(), HAPPY)
    assert kept(database, about, rater) == UNSOLVED
    assert kept(database, again, rater) == HAPPY


def test_the_window_is_open_until_its_very_last_moment(database: Database) -> None:
    about, rater = subject("/1/", window_ends=ENDS), new_id()
    last = ENDS - timedelta(microseconds=1)
    keep(database, about, rater, UNSOLVED, now=last)
    keep(database, about, rater, HAPPY, seen=1, now=last)
    assert kept(database, about, rater) == HAPPY


@pytest.mark.parametrize("seen", [0, 1])
def test_nothing_is_kept_or_changed_from_the_end_of_the_window_on(
    database: Database, seen: int
) -> None:
    about, rater = subject("/1/", window_ends=ENDS), new_id()
    if seen:
        keep(database, about, rater, UNSOLVED)
    with pytest.raises(Refused) as refused:
        keep(database, about, rater, HAPPY, seen=seen, now=ENDS)
    assert refused.value.code is RatingConflict.WINDOW_OVER


@pytest.mark.parametrize("seen", [0, 2])
def test_a_form_made_from_another_version_is_told_so(database: Database, seen: int) -> None:
    about, rater = subject("/1/", window_ends=ENDS), new_id()
    keep(database, about, rater, UNSOLVED)
    with pytest.raises(Conflict):
        keep(database, about, rater, HAPPY, seen=seen)
    assert kept(database, about, rater) == UNSOLVED


@pytest.mark.parametrize("seen", [0, 1], ids=["first", "change"])
def test_of_two_forms_sent_at_once_one_wins_and_the_other_is_told(
    database: Database, seen: int
) -> None:
    about, rater = subject("/1/", window_ends=ENDS), new_id()
    if seen:
        keep(database, about, rater, FULL)
    start, outcomes = Barrier(6), []

    def send(answers: Answers) -> None:
        start.wait()
        try:
            keep(database, about, rater, answers, seen=seen)
            outcomes.append(answers)
        except Conflict:
            outcomes.append(None)

    threads = [Thread(target=send, args=(answers,)) for answers in (HAPPY, UNSOLVED) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [answers for answers in outcomes if answers is not None]
    assert len(outcomes) == 6
    assert winners == [kept(database, about, rater)]


@pytest.mark.parametrize(
    "column", [{"result_level": 0}, {"result_level": 6}, {"service_level": 9}, {"cycle": 0}]
)
def test_the_database_itself_refuses_levels_that_do_not_exist(
    database: Database, column: dict[str, int]
) -> None:
    values = {
        "district": "370283",
        "subject_kind": "case",
        "subject_id": new_id(),
        "cycle": 1,
        "rater_key": new_id(),
        "solved": True,
        "result_level": 1,
        "service_level": 1,
        "place_path": "/1/",
        "category_code": "litter",
        "created_at": BEFORE,
        "changed_at": BEFORE,
        "window_ends": ENDS,
    }
    with pytest.raises(IntegrityError), database.write() as session:
        session.add(Rating(**{**values, **column}))


def test_words_are_sealed_exported_to_their_writer_and_erased_apart(database: Database) -> None:
    about, rater, other = subject("/1/", window_ends=ENDS), new_id(), new_id()
    keep(database, about, rater, FULL)
    keep(database, about, other, FULL)
    with database.read() as session:
        assert "等了" not in " ".join(session.scalars(select(RatingWords.sealed_text)))
        (mine,) = export_ratings(session, [rater])
    assert mine["words"] == FULL.words
    assert mine["reasons"] == ["not_solved", "slow"]
    with database.write() as session:
        assert erase_rating_words(session, [rater]) == 1
    assert kept(database, about, rater) == replace(FULL, words="")
    assert kept(database, about, other) == FULL


def test_old_words_are_forgotten_and_young_ones_kept(database: Database) -> None:
    about, rater = subject("/1/", window_ends=ENDS), new_id()
    keep(database, about, rater, FULL)
    with database.write() as session:
        assert forget_words(session, before=BEFORE) == 0
        assert forget_words(session, before=BEFORE + timedelta(seconds=1)) == 1
    assert kept(database, about, rater).words == ""
