"""The card at a meeting place: whom it counts for, when, and that it ends."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.rules import Actor
from portal.areas.models import Area
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing
from tests.make import volunteers as make
from tests.make.accounts import actor, person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.together import at_once
from tests.pages import Browser
from tests.volunteers.test_on_the_day import END, SECOND, START, STREET, WINDOW, Day, refused
from volunteers.models import Activity, Attendance, PlaceCard, Shift
from volunteers.queries.on_the_day import standing_mark
from volunteers.rules.on_the_day import DayRefusal, Mark, Way
from volunteers.rules.place_cards import CardRefusal
from volunteers.service.place_cards import (
    at_card,
    card_of_shift,
    code_of,
    come_by_card,
    hang_card,
    take_card_down,
)

NEAR, FAR = (119.9005, 36.7), (119.95, 36.7)


@pytest.fixture
def day(database: Database) -> Day:
    return Day(database)


def hung(day: Day, number: str = "") -> str:
    """A card hangs at the meeting place of the shift: its letters."""

    def act(session: Session) -> str:
        number_of = number or day.number
        _shift, old = card_of_shift(session, number_of, day.desk)
        hang_card(session, day.desk, number_of, seen=old.id if old else None, now=START)
        session.flush()
        _shift, card = card_of_shift(session, number_of, day.desk)
        assert card is not None
        return code_of(session, card.id)

    code: str = day.act(act)
    return code


def come(
    day: Day, who: Actor, code: str, moment: datetime, mark: Mark = Mark.ARRIVED, **given: Any
) -> Callable[[], Any]:
    return lambda: day.act(come_by_card, who, day.number, code, mark, now=moment, **given)


def test_a_card_counts_at_both_edges_of_the_window_and_not_beside_them(day: Day) -> None:
    first, second, third = day.actors
    code = hung(day)
    assert refused(come(day, first, code, START - WINDOW - SECOND)) is DayRefusal.EARLY
    come(day, first, code, START - WINDOW)()
    come(day, second, code, END - SECOND)()
    assert refused(come(day, third, code, END)) is DayRefusal.OVER
    come(day, first, code, END + WINDOW, Mark.LEFT)()
    late = come(day, second, code, END + WINDOW + SECOND, Mark.LEFT)
    assert refused(late) is DayRefusal.LATE
    with day.database.read() as session:
        ways = set(session.scalars(select(Attendance.way)))
    assert ways == {Way.PLACE}


def test_a_card_that_was_taken_down_or_replaced_counts_for_nobody(day: Day) -> None:
    first, second, third = day.actors
    old = hung(day)
    come(day, first, old, START)()
    new = hung(day)
    assert new != old
    assert refused(come(day, second, old, START)) is CardRefusal.NO_CARD
    # typed as people type: small letters, no dash, O for 0
    come(day, second, new.lower().replace("-", " ").replace("0", "o"), START)()
    with day.database.read() as session:
        _shift, card = card_of_shift(session, day.number, day.desk)
        assert card is not None
    with pytest.raises(Conflict):
        day.act(take_card_down, day.desk, day.number, seen=None, now=START)
    day.act(take_card_down, day.desk, day.number, seen=card.id, now=START)
    assert refused(come(day, third, new, START)) is CardRefusal.NO_CARD


def test_a_wrong_letter_is_found_and_the_table_holds_no_code(day: Day) -> None:
    code = hung(day)
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    assert refused(come(day, day.actors[0], wrong, START)) is CardRefusal.NO_CARD
    with day.database.read() as session:
        [row] = session.scalars(select(PlaceCard)).all()
        kept = [str(getattr(row, one.key)) for one in inspect(PlaceCard).column_attrs]
    assert not [text for text in kept if code in text or code.replace("-", "") in text]


def test_a_card_counts_at_its_own_place_and_for_who_is_signed_up(day: Day) -> None:
    with day.database.write() as session:
        on = session.get_one(Shift, day.shift_id)
        # a later shift of the same activity, at another gate
        other = make.shift(
            session, session.get_one(Activity, on.activity_id), starts_at=START,
            meeting_place="西门",
        )  # fmt: skip
        number = other.number
        stranger = actor(session, person(session))
        elsewhere = actor(session, staff(session, "volunteer_organiser", area=day.other))
    code, west = hung(day), hung(day, number)
    assert refused(come(day, day.actors[0], west, START)) is CardRefusal.ELSEWHERE
    assert refused(come(day, stranger, code, START)) is DayRefusal.NOT_ON_IT
    with pytest.raises(Missing):
        day.act(hang_card, elsewhere, day.number, seen=None, now=START)

    def look(who: Actor, which: str) -> Callable[[], Any]:
        return lambda: day.act(at_card, who, which, now=START).shift.number

    assert look(day.actors[0], code)() == day.number
    assert refused(look(day.actors[0], west)) is DayRefusal.NOT_ON_IT


def test_the_same_words_in_two_areas_are_two_places(day: Day) -> None:
    """An organiser of one community neither ends nor makes the card of another."""
    first, second = day.actors[:2]
    with day.database.write() as session:
        on = session.get_one(Shift, day.shift_id)
        there = session.get_one(Area, day.other)
        other = make.shift(
            session, session.get_one(Activity, on.activity_id), starts_at=START,
            area_id=there.id, place_path=there.path,
        )  # fmt: skip
        assert other.meeting_place == on.meeting_place
        number = other.number
        assert second.person_id is not None
        make.sign_up(session, other, second.person_id)
        elsewhere = actor(session, staff(session, "volunteer_organiser", area=there))
    code = hung(day)
    # nothing hangs in the other community yet; what is made there leaves the first one's alone
    day.act(hang_card, elsewhere, number, seen=None, now=START)
    assert day.count(PlaceCard) == 2
    with day.database.read() as session:
        _shift, card = card_of_shift(session, number, elsewhere)
        assert card is not None
        its_code, its_id = code_of(session, card.id), card.id
    assert refused(come(day, first, its_code, START)) is CardRefusal.ELSEWHERE
    day.act(take_card_down, elsewhere, number, seen=its_id, now=START)
    come(day, first, code, START)()
    # a card leads to the shift of its own place, not to hers elsewhere with the same words
    came = day.act(at_card, second, code, now=START).shift.number
    assert came == day.number
    day.act(hang_card, elsewhere, number, seen=None, now=START)
    with day.database.read() as session:
        _shift, card = card_of_shift(session, number, elsewhere)
        assert card is not None
        its_code = code_of(session, card.id)
    assert day.act(at_card, second, its_code, now=START).shift.number == number


def test_of_two_shifts_at_one_place_the_card_means_the_one_where_she_is(day: Day) -> None:
    who = day.actors[0]
    with day.database.write() as session:
        on = session.get_one(Shift, day.shift_id)
        activity = session.get_one(Activity, on.activity_id)
        later = make.shift(session, activity, starts_at=END)
        number = later.number
        assert who.person_id is not None
        make.sign_up(session, later, who.person_id)
    code = hung(day)

    def meant(moment: datetime) -> Any:
        return day.act(at_card, who, code, now=moment).shift.number

    assert meant(START) == day.number
    come(day, who, code, START)()
    # both are open now: first she leaves the one where she is, then she comes to the other, even
    # while the first one is not over
    early = END - timedelta(minutes=1)
    assert meant(early) == day.number
    come(day, who, code, early, Mark.LEFT)()
    assert meant(early) == number
    assert meant(END + SECOND) == number


def test_a_position_is_compared_where_it_is_given_and_not_kept(day: Day) -> None:
    first, second, third = day.actors
    with day.database.write() as session:
        on = session.get_one(Shift, day.shift_id)
        on.lon, on.lat = 119.9, 36.7
    code = hung(day)
    assert refused(come(day, first, code, START, point=FAR)) is CardRefusal.FAR
    assert day.count(Attendance) == 0
    come(day, first, code, START, point=NEAR)()
    come(day, second, code, START)()
    with day.database.read() as session:
        for row in session.scalars(select(Attendance)):
            kept = [str(getattr(row, one.key)) for one in inspect(Attendance).column_attrs]
            assert not [text for text in kept if "119.9" in text or "36.7" in text]
    assert third


def test_two_who_make_a_card_at_once_make_one(day: Day) -> None:
    def act() -> bool:
        try:
            day.act(hang_card, day.desk, day.number, seen=None, now=START)
        except Conflict as conflict:
            return conflict.code is not CardRefusal.CHANGED
        return True

    assert sorted(at_once(act, act, act)) == [False, False, True]
    assert day.count(PlaceCard) == 1


class Gate:
    """A shift that runs now, its organiser and a volunteer."""

    def __init__(self, app: Flask, database: Database) -> None:
        self.app, self.database = app, database
        with database.write() as session:
            place = small_tree(session)[STREET]
            on = make.activity(session, place, lon=119.9, lat=36.7)
            shift = make.shift(session, on, starts_at=now() - timedelta(minutes=5))
            self.number, self.desk = shift.number, staff(session, "volunteer_organiser", area=place)
            self.who = person(session, "陈来")
            self.seat = make.sign_up(session, shift, self.who.id).id

    def browser(self, who: Person) -> Browser:
        browser = Browser(self.app).in_language("en")
        sign_in_as(browser, who)
        return browser


def test_from_the_printed_card_to_being_written_down(app: Flask, database: Database) -> None:
    with time_machine.travel(now(), tick=False):
        gate = Gate(app, database)
        desk, mine = gate.browser(gate.desk), gate.browser(gate.who)
        address = f"/desk/volunteers/shifts/{gate.number}/card"
        page = desk.get(address, status=200).form(button="Make a card").send(status=200)
        [letters] = page.soup.select(".sheet p.sheet-title[translate=no]")
        code = letters.get_text()
        card = mine.get(f"/volunteers/point/{code}", status=200)
        near = card.soup.select_one("form[data-position]")
        assert near is not None
        assert near.has_attr("hidden")
        far = card.form(button="Show my position too").fill(point="119.95, 36.7").send(status=422)
        assert "Nothing was written down or kept" in far.text
        assert "119.95" not in far.html
        assert "You came at" in far.form(button="I am here").send(status=200).text
        with database.read() as session:
            stands = standing_mark(session, gate.seat, leaving=False)
        assert stands is not None
        assert stands.way is Way.PLACE
        # the letters do as well where there is no camera
        typed = mine.get(f"/volunteers/shifts/{gate.number}/place", status=200).form()
        assert "You left at" in typed.fill(code=code.lower()).send(status=200).text
        ended = desk.get(address, status=200).form(button="End this card")
        assert "Make a card" in ended.send("End this card", status=200).text
        again = mine.get(f"/volunteers/point/{code}")
        assert again.status == 404
        assert "not the code of a card" in again.text
