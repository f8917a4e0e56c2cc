"""Alarms of open seats, the board of shifts at risk, and the list for newcomers."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.accounts.models import Person
from portal.kernel import clock
from portal.kernel.db import Database
from portal.kernel.errors import Conflict
from portal.kernel.ids import new_id
from portal.kernel.outbox import OutboxMessage
from tests.make import volunteers as make
from tests.make.accounts import staff
from tests.make.together import at_once
from tests.make.volunteers import NOW
from tests.pages import Browser
from tests.reports.test_queries_per_page import counted
from tests.volunteers.planning import OTHER, STREET, Town
from volunteers.models import Shift, SignUp
from volunteers.queries.sign_ups import my_place
from volunteers.rules.at_risk import (
    Known,
    OnIt,
    Risk,
    Seat,
    Urgency,
    Watched,
    rank_of,
    risks_of,
    urgency_of,
)
from volunteers.rules.shifts import Span
from volunteers.rules.signing_up import SignUpState
from volunteers.service.messages import Told
from volunteers.service.signing_up import decline, wait, withdraw
from volunteers.service.waiting import settle_post

CITY = ZoneInfo("Asia/Shanghai")
STARTS = datetime(2026, 12, 5, 6, tzinfo=UTC)
DAY = timedelta(days=1)
WHO = new_id()


def on_it(state: SignUpState = SignUpState.TAKEN, **changes: Any) -> OnIt:
    values: dict[str, Any] = {
        "person_id": WHO, "state": state, "agreed": 0, "changed_at": NOW, "leads": False,
        "qualification": None,
    }  # fmt: skip
    return OnIt(**values | changes)


def risks(*people: OnIt, seats: Sequence[Seat] = (), sequence: int = 0, **known: Any) -> Any:
    shift = Watched(Span(STARTS, STARTS + DAY / 24), sequence, seats, people)
    facts = Known(known.get("experienced", {WHO}), known.get("learnt", {}))
    return risks_of(shift, facts, alarm=DAY, zone=CITY)


def test_a_shift_with_everything_has_no_risk() -> None:
    assert risks(on_it(), seats=[Seat(1, 2, 1)]) == {}


@pytest.mark.parametrize(
    ("people", "seats", "found"),
    [
        ([on_it()], [Seat(3, 5, 1), Seat(1, 1, 0)], {Risk.FEW: 3}),
        ([on_it(person_id=new_id())], [], {Risk.NOBODY_LEADS: 1}),
        ([on_it(person_id=new_id(), leads=True)], [], {}),
        ([on_it(), on_it(SignUpState.PROPOSED), on_it(SignUpState.OFFERED)], [],
         {Risk.UNANSWERED: 2}),
        # what was taken again is no loss; what was left in time is none
        ([on_it(), on_it(SignUpState.WITHDRAWN_LATE)], [Seat(0, 1, 1)], {}),
        ([on_it(), on_it(SignUpState.WITHDRAWN_LATE)], [Seat(0, 2, 1)], {Risk.LEFT_LATE: 1}),
        ([on_it(), on_it(SignUpState.WITHDRAWN, changed_at=STARTS - DAY)], [Seat(0, 2, 1)],
         {Risk.LEFT_LATE: 1}),
        ([on_it(), on_it(SignUpState.WITHDRAWN, changed_at=STARTS - DAY - DAY / 24)],
         [Seat(0, 2, 1)], {}),
    ],
)  # fmt: skip
def test_each_risk_is_found_and_counted(
    people: list[OnIt], seats: list[Seat], found: dict[Risk, int]
) -> None:
    assert risks(*people, seats=seats) == found


def test_a_change_counts_until_it_is_confirmed() -> None:
    assert risks(on_it(), on_it(agreed=2), on_it(agreed=1), sequence=2) == {Risk.UNCONFIRMED: 2}


@pytest.mark.parametrize(
    ("until", "ends"),
    [(date(2026, 12, 5), False), (date(2026, 12, 4), True), (None, False)],
)
def test_a_qualification_must_last_through_the_day(until: date | None, ends: bool) -> None:
    learnt = {WHO: {"first_aid": [(date(2026, 1, 1), until)]}}
    found = risks(on_it(qualification="first_aid"), learnt=learnt)
    assert found == ({Risk.QUALIFICATION: 1} if ends else {})


@given(st.lists(st.tuples(st.sets(st.sampled_from(list(Risk)), min_size=1), st.integers(1, 400))))
def test_what_is_grave_and_near_comes_first(found: list[tuple[set[Risk], int]]) -> None:
    ranks = {
        (frozenset(codes), hours): rank_of(urgency_of(codes, NOW + timedelta(hours=hours), NOW))
        for codes, hours in found
    }
    for (codes, hours), rank in ranks.items():
        worse = urgency_of({*codes, Risk.FEW}, NOW + timedelta(hours=hours), NOW)
        nearer = urgency_of(codes, NOW + timedelta(hours=1), NOW)
        assert rank_of(worse) <= rank
        assert rank_of(nearer) <= rank
    assert urgency_of({Risk.FEW}, NOW + DAY, NOW) is Urgency.NOW
    assert urgency_of({Risk.UNCONFIRMED}, NOW + DAY, NOW) is Urgency.SOON
    assert urgency_of({Risk.UNCONFIRMED}, NOW + 2 * DAY, NOW) is Urgency.LATER


class Alarm:
    """A shift of one seat in two days, an organiser of its street, and others."""

    def __init__(self, town: Town, *, seats: int = 1) -> None:
        self.database = town.database
        with town.database.write() as session:
            of = make.activity(session, town.tree[STREET])
            self.shift = make.shift(session, of, seats={"member": seats})
            self.post = make.post(session, self.shift)
            self.people = [make.volunteer(session) for _ in range(3)]
            self.sign_up = make.sign_up(session, self.shift, self.people[0].id)

    def leave(self, *, hours: float) -> bool:
        with self.database.write() as session:
            at = self.shift.starts_at - timedelta(hours=hours)
            number, who = self.sign_up.number, self.people[0].id
            return withdraw(session, number, who, reason="孩子发烧", now=at)

    def wait(self, who: Person, *, standby: bool = False) -> str:
        with self.database.write() as session:
            return wait(session, who.id, self.post.id, has_read=True, standby=standby, now=NOW)

    def told(self) -> list[str]:
        with self.database.read() as session:
            return list(session.scalars(select(OutboxMessage.template).order_by(OutboxMessage.id)))


def test_an_open_seat_within_the_window_alarms_at_once(town: Town) -> None:
    scene = Alarm(town)
    scene.leave(hours=24)
    assert scene.told() == [Told.SEAT_OPEN]


def test_an_open_seat_before_the_window_alarms_nobody(town: Town) -> None:
    scene = Alarm(town)
    scene.leave(hours=24.01)
    assert scene.told() == []


def test_leaving_a_changed_shift_is_not_late_and_alarms_all_the_same(town: Town) -> None:
    scene = Alarm(town)
    with town.database.write() as session:
        session.get_one(Shift, scene.shift.id).sequence = 1
    assert not scene.leave(hours=5)
    assert scene.told() == [Told.SEAT_OPEN]


@pytest.mark.parametrize("standby", [False, True])
def test_who_waits_or_stands_by_is_asked_first_and_the_alarm_comes_with_her_no(
    town: Town, standby: bool
) -> None:
    scene = Alarm(town)
    number = scene.wait(scene.people[1], standby=standby)
    scene.leave(hours=5)
    assert scene.told() == [Told.OFFERED, Told.LATE_CANCEL]
    with town.database.write() as session:
        decline(session, number, scene.people[1].id, now=scene.shift.starts_at - DAY / 6)
    assert scene.told()[-1] == Told.SEAT_OPEN


def test_the_alarm_comes_when_nobody_answered(town: Town) -> None:
    scene = Alarm(town)
    scene.wait(scene.people[1])
    scene.leave(hours=5)
    with town.database.write() as session:
        settle_post(session, scene.post.id, scene.shift.starts_at - DAY / 24)
    assert scene.told()[-1] == Told.SEAT_OPEN
    with town.database.write() as session:
        settle_post(session, scene.post.id, scene.shift.starts_at - DAY / 24)
    assert scene.told().count(Told.SEAT_OPEN) == 1


def test_a_double_click_alarms_once(town: Town) -> None:
    scene = Alarm(town)

    def act() -> bool:
        try:
            return scene.leave(hours=5)
        except Conflict:
            return False

    assert sorted(at_once(act, act, act)) == [False, False, True]
    assert scene.told() == [Told.SEAT_OPEN]


def plant(town: Town, many: int) -> list[Shift]:
    """Shifts of the next days that lack people, each with one newcomer on it."""
    with town.database.write() as session:
        of = make.activity(session, town.tree[STREET])
        start = clock.now() + timedelta(days=4)
        found = []
        for at in range(many):
            on = make.shift(session, of, starts_at=start + timedelta(hours=at), seats={"member": 4})
            make.post(session, on).least = 3
            who = make.volunteer(session, experienced=False)
            make.sign_up(session, on, who.id, at=clock.now())
            found.append(on)
    return found


def test_the_board_takes_the_same_few_queries_however_long(town: Town, database: Database) -> None:
    desk = town.browser()
    sizes = []
    for many in (2, 20):
        plant(town, many)
        desk.get("/desk/volunteers/at-risk", status=200)
        with counted(database) as sent:
            desk.get("/desk/volunteers/at-risk", status=200)
        sizes.append(len(sent))
    assert sizes[0] == sizes[1] <= 8


def test_the_board_says_what_is_wrong_and_where_to_put_it_right(town: Town) -> None:
    _later, soon = plant(town, 2)
    with town.database.write() as session:
        near = session.get_one(Shift, soon.id)
        near.starts_at, near.ends_at = clock.now() + DAY / 2, clock.now() + DAY
        near.sequence = 1
    page = town.browser().get("/desk/volunteers/", status=200).click("Shifts at risk", status=200)
    said = page.text.replace(" :", ":")
    for words in ("Act today", "Too few people: 2 seats", "Nobody with experience",
                  "Change not confirmed: 1 person"):  # fmt: skip
        assert words in said
    assert page.text.index("Act today") < page.text.index("Keep an eye on it")
    message = page.click("Write to all on the shift", status=200)
    assert soon.number in message.path
    with town.database.write() as session:
        foreign = staff(session, "volunteer_organiser", area=town.tree[OTHER])
    other = town.browser(foreign).get("/desk/volunteers/at-risk", status=200)
    assert "Every shift of the next days has its people." in other.text


def test_the_organiser_sees_how_many_have_not_confirmed(town: Town) -> None:
    [on] = plant(town, 1)
    with town.database.write() as session:
        session.get_one(Shift, on.id).sequence = 1
    page = town.browser().get(f"/desk/volunteers/shifts/{on.number}/people", status=200)
    assert "1 person has not confirmed the change yet." in page.text


def test_a_newcomer_is_sent_only_where_somebody_experienced_has_said_yes(town: Town) -> None:
    [alone, kept, led] = plant(town, 3)
    with town.database.write() as session:
        make.sign_up(session, led, make.volunteer(session).id, at=clock.now())
        offered = make.volunteer(session)
        make.sign_up(session, kept, offered.id, state=SignUpState.OFFERED, at=clock.now(),
                     until=clock.now() + DAY)  # fmt: skip
    visitor = Browser(town.app).in_language("en")
    page = visitor.get("/volunteers/", status=200).click("Everything that lacks people", status=200)
    links = page.links()
    assert f"/volunteers/shifts/{led.number}" in links
    assert not {f"/volunteers/shifts/{one.number}" for one in (alone, kept)} & set(links)


def test_three_shifts_make_somebody_experienced(town: Town) -> None:
    [on] = plant(town, 1)
    with town.database.write() as session:
        who = session.query(SignUp).filter_by(shift_id=on.id).one().person_id
        of = make.activity(session, town.tree[STREET])
        past = [make.shift(session, of, starts_at=clock.now() - day * DAY) for day in (3, 4, 5)]
        for one in past[:2]:
            make.sign_up(session, one, who)
    visitor = Browser(town.app).in_language("en")
    address = f"/volunteers/shifts/{on.number}"
    assert address not in visitor.get("/volunteers/help", status=200).links()
    with town.database.write() as session:
        make.sign_up(session, past[2], who)
    assert address in visitor.get("/volunteers/help", status=200).links()
    with town.database.read() as session:
        assert my_place(session, on.id, who) is not None


def test_the_list_of_needs_takes_the_same_few_queries(town: Town, database: Database) -> None:
    visitor = Browser(town.app).in_language("en")
    sizes = []
    for many in (2, 12):
        for on in plant(town, many):
            with town.database.write() as session:
                make.sign_up(session, on, make.volunteer(session).id, at=clock.now())
        with counted(database) as sent:
            page = visitor.get("/volunteers/help", status=200)
        sizes.append((len(sent), sum("/volunteers/shifts/" in link for link in page.links())))
    assert sizes[0][0] == sizes[1][0] <= 4
    assert (sizes[0][1], sizes[1][1]) == (2, 14)


def test_a_week_is_a_list_too(town: Town) -> None:
    [on] = plant(town, 1)
    visitor = Browser(town.app).in_language("en")
    week = visitor.get(f"/volunteers/weeks/{on.starts_at.date()}", status=200)
    listed = week.click("As a list", status=200)
    assert "2 more are needed" in listed.text
    assert listed.soup.select_one(".day-shift") is not None
    assert f"/volunteers/shifts/{on.number}" in listed.links()
    nothing = visitor.get("/volunteers/weeks/2030-01-07?view=list", status=200)
    assert "Nothing is planned in this week." in nothing.text
