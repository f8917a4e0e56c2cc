"""Ratings of shifts by those who served; a word of an organiser to one volunteer, hers alone."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.rules import Actor
from portal.accounts.service import erase_person, export_person
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.satisfaction.models import Rating
from portal.satisfaction.rules import (
    Answers,
    Given,
    Level,
    Opinion,
    RatingConflict,
    Settings,
    counted_until,
    opinion_in_batches,
)
from portal.satisfaction.rules.bands import Band
from tests.make import volunteers as make
from tests.make.accounts import actor, person, staff
from tests.make.credit import adult
from tests.make.together import at_once
from tests.volunteers.test_hours import DAY, World, refused
from volunteers.models import Feedback
from volunteers.queries.rating import feedback_to, opinion_of_activity, opinion_of_unit
from volunteers.rules.hours import HoursRefusal
from volunteers.rules.rating import (
    KEEP_FEEDBACK,
    LONGEST_FEEDBACK,
    FeedbackKind,
    FeedbackRefusal,
    RatingRefusal,
)
from volunteers.service.feedback import (
    Word,
    erase_feedback,
    forget_old_feedback,
    people_to_thank,
    write_feedback,
)
from volunteers.service.rating import rate_shift

WORDS = "谢谢您冒雨值守。"
GOOD = Answers(solved=True, result=Level.SATISFIED, service=Level.VERY_SATISFIED)
BAD = Answers(solved=False, result=Level.DISSATISFIED, service=Level.VERY_DISSATISFIED)
OVER = timedelta(days=Settings().window_days)


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def as_actor(session: Session, who: Person) -> Actor:
    return actor(session, session.get_one(Person, who.id), make.NOW)


def rate(
    world: World, who: Person, answers: Answers = GOOD, *, seen: int = 0, now: Any = make.NOW
) -> None:
    world.write(
        lambda session: rate_shift(
            session, as_actor(session, who), world.shift.number, answers, seen=seen, now=now
        )
    )


MANY = Band(80, 100)

# --- pure -----------------------------------------------------------------------------------------


def given(*levels: int) -> list[Given]:
    return [Given(uuid4(), level <= 3, level, level) for level in levels]


def test_figures_appear_in_whole_batches_of_different_people() -> None:
    settings = Settings()
    some = given(*[1] * 9)
    assert opinion_in_batches(some, settings) is None
    # the same person again makes no batch full
    assert opinion_in_batches([*some, some[0]], settings) is None
    ten = [*some, *given(5)]
    found = opinion_in_batches(ten, settings)
    assert found == Opinion(10, MANY, MANY, MANY, 10)
    # that all were content tells every answer, so it is never told; nor that nobody was
    assert opinion_in_batches(given(*[1] * 10), settings) == found
    none = opinion_in_batches(given(*[5] * 10), settings)
    assert none is not None
    assert none == opinion_in_batches(given(*[5] * 9, 1), settings)
    # the eleventh to nineteenth change nothing that anybody sees
    for more in range(1, 10):
        assert opinion_in_batches([*ten, *given(*[5] * more)], settings) == found
    assert opinion_in_batches([*ten, *given(*[5] * 10)], settings) != found


def test_figures_are_counted_at_the_end_of_a_month_and_a_day_later() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    november, december = (datetime(2026, month, 1, tzinfo=zone) for month in (11, 12))
    assert counted_until(december, zone) == november
    assert counted_until(december + timedelta(days=1, seconds=-1), zone) == november
    assert counted_until(december + timedelta(days=1), zone) == december
    assert counted_until(datetime(2026, 12, 31, tzinfo=zone), zone) == december


# --- on both engines ------------------------------------------------------------------------------


def test_only_who_served_rates_once_and_until_the_window_ends(world: World) -> None:
    refused(RatingRefusal.NOT_SERVED, lambda: rate(world, world.people[0]))
    world.confirm(0)
    rate(world, world.people[0])
    refused(RatingConflict.RATED_MEANWHILE, lambda: rate(world, world.people[0]), Conflict)
    rate(world, world.people[0], BAD, seen=1, now=make.NOW + OVER - timedelta(seconds=1))
    refused(
        RatingConflict.WINDOW_OVER,
        lambda: rate(world, world.people[0], seen=2, now=make.NOW + OVER),
    )
    refused(RatingRefusal.NOT_SERVED, lambda: rate(world, world.people[1]))
    with world.database.read() as session:
        [row] = session.scalars(select(Rating)).all()
        assert (row.result_level, row.service_level, row.solved) == (4, 5, False)
        # nothing in the row leads to her
        assert world.people[0].id not in (row.rater_key, row.subject_id)
    with pytest.raises(Forbidden):
        world.write(
            lambda session: rate_shift(
                session, Actor(), world.shift.number, GOOD, seen=0, now=make.NOW
            )
        )


def test_two_pages_of_one_person_keep_one_rating(world: World) -> None:
    world.confirm(0)

    def act() -> str:
        try:
            rate(world, world.people[0])
        except Conflict as refusal:
            return refusal.code.value
        return "kept"

    told = sorted(at_once(*[act] * 4))
    assert told == sorted(["kept"] + [RatingConflict.RATED_MEANWHILE.value] * 3)


def test_the_unit_sees_figures_of_ten_and_never_of_nine(world: World) -> None:
    def more(session: Session) -> None:
        for _ in range(6):
            world.people.append(adult(session))
            world.sign_ups.append(make.sign_up(session, world.shift, world.people[-1].id))

    world.write(more)
    world.confirm(*range(9))
    for one in world.people[:9]:
        rate(world, one)
    # the answers are final in the middle of December, and counted a day after it
    final, later = make.NOW + OVER, datetime(2027, 1, 1, 16, tzinfo=UTC)
    with world.database.read() as session:
        assert opinion_of_activity(session, world.activity.id, later) is None

    def another(session: Session) -> Any:
        again = make.shift(session, world.activity, starts_at=world.shift.starts_at)
        who = adult(session)
        world.people.append(who)
        world.sign_ups.append(make.sign_up(session, again, who.id))
        return again

    world.shift = world.write(another)
    world.confirm(9)
    rate(world, world.people[9], BAD)
    with world.database.read() as session:
        # when the tenth can no longer change her answer is nothing that anybody sees
        for early in (final, later - timedelta(seconds=1)):
            assert opinion_of_activity(session, world.activity.id, early) is None
        found = opinion_of_activity(session, world.activity.id, later)
        assert found == Opinion(10, MANY, MANY, MANY, 10)
        assert opinion_of_unit(session, uuid4(), later) is None


def test_what_she_rated_is_handed_out_and_names_nobody_after_an_erasure(world: World) -> None:
    world.confirm(0)
    who = world.people[0]
    rate(world, who)
    with world.database.read() as session:
        tables = set(export_person(session, who.id, now=make.NOW)["records"])
    assert "shift_rating" in tables
    world.write(lambda session: erase_person(session, None, who.id, now=make.NOW))
    with world.database.read() as session:
        assert len(session.scalars(select(Rating.id)).all()) == 1


# --- a word to one volunteer ----------------------------------------------------------------------


def write(world: World, which: int, words: str = WORDS, by: Actor | None = None) -> None:
    word = Word(world.sign_ups[which].number, FeedbackKind.THANKS, words)
    world.write(
        lambda session: write_feedback(
            session, by or world.organiser, world.shift.number, word, now=make.NOW
        )
    )


def read(world: World, who: Person) -> list[Any]:
    with world.database.read() as session:
        return feedback_to(session, who.id)


def test_a_word_to_a_volunteer_is_read_by_her_alone_and_erased_by_her_alone(
    world: World,
) -> None:
    world.confirm(0)
    write(world, 0)
    [row] = read(world, world.people[0])
    assert (row.words, row.kind) == ("谢谢您冒雨值守。", FeedbackKind.THANKS)
    assert read(world, world.people[1]) == []
    with world.database.read() as session:
        [kept] = session.scalars(select(Feedback)).all()
        assert "谢谢" not in kept.sealed_words

    def erase(who: Person) -> None:
        world.write(lambda session: erase_feedback(session, as_actor(session, who), row.number))

    with pytest.raises(Missing):
        erase(world.people[1])
    with pytest.raises(Missing):
        world.write(lambda session: erase_feedback(session, world.organiser, row.number))
    erase(world.people[0])
    assert read(world, world.people[0]) == []


def test_an_organiser_writes_once_to_whose_service_is_confirmed(world: World) -> None:
    refused(FeedbackRefusal.NOT_SERVED, lambda: write(world, 0))
    world.confirm(0)
    refused(FeedbackRefusal.NO_WORDS, lambda: write(world, 0, "  "))
    refused(FeedbackRefusal.NO_WORDS, lambda: write(world, 0, "字" * (LONGEST_FEEDBACK + 1)))
    resident = world.write(lambda session: actor(session, person(session), make.NOW))
    with pytest.raises(Forbidden):
        write(world, 0, by=resident)

    def act() -> str:
        try:
            write(world, 0)
        except Conflict as refusal:
            return refusal.code.value
        return "kept"

    told = sorted(at_once(*[act] * 3))
    assert told == sorted(["kept"] + [FeedbackRefusal.WRITTEN.value] * 2)
    with world.database.read() as session:
        assert people_to_thank(session, world.organiser, world.shift.id) == []


def test_nobody_writes_to_herself_or_about_a_shift_that_runs(world: World) -> None:
    def mine(session: Session) -> Actor:
        who = staff(session, "volunteer_organiser", area=world.place)
        world.sign_ups.append(make.sign_up(session, world.shift, who.id))
        return actor(session, who, make.NOW)

    me = world.write(mine)
    world.confirm(3)
    refused(FeedbackRefusal.ONESELF, lambda: write(world, 3, by=me))

    def early(session: Session) -> None:
        word = Word(world.sign_ups[3].number, FeedbackKind.ADVICE, "请早到。")
        now = world.shift.starts_at
        write_feedback(session, world.organiser, world.shift.number, word, now=now)

    with pytest.raises(Refused) as caught:
        world.write(early)
    assert caught.value.code is HoursRefusal.NOT_OVER


def test_words_are_handed_out_forgotten_after_a_year_and_at_an_erasure(world: World) -> None:
    world.confirm(0, 1)
    write(world, 0)
    write(world, 1)
    with world.database.read() as session:
        records = export_person(session, world.people[0].id, now=make.NOW)["records"]
    [kept] = records["volunteer_feedback"]
    assert kept["words"] == WORDS
    world.write(lambda session: erase_person(session, None, world.people[0].id, now=make.NOW))
    assert (len(read(world, world.people[0])), len(read(world, world.people[1]))) == (0, 1)
    kept = KEEP_FEEDBACK * DAY
    early, late = make.NOW + kept - DAY, make.NOW + kept
    assert world.write(lambda session: forget_old_feedback(session, early)) == 0
    assert world.write(lambda session: forget_old_feedback(session, late)) == 1
