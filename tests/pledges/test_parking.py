"""Off-peak parking: a unit writes and signs it, the street checks it, one finds it by time."""

from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from math import dist
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from credit.models import Entry
from credit.rules.kinds import Kind
from pledges.models import ParkingOffer, Pledge, PremisesOperator
from pledges.queries.parking import (
    Sought,
    all_offers,
    events_of,
    hours_of,
    offer_by_number,
    offers_in,
    offers_of_speaker,
)
from pledges.queries.signing import signature_of
from pledges.rules.parking import (
    HOLIDAY,
    Moment,
    ParkingRefusal,
    ParkingState,
    ParkingStep,
    ParkingUser,
    Span,
    is_open,
    kind_of_day,
    moment_of,
    read_spans,
    written,
)
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.register import OperatorWish
from pledges.rules.signing import PledgeState, SigningRefusal
from pledges.service.parking import change_offer, offer_shown, take_step, write_offer
from pledges.service.parking_map import apart
from pledges.service.premises import change_tenant
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import new_id
from portal.kernel.worktime import Calendar, DayKind
from tests.make.parking import LANDLINE, Unit, unit, wish
from tests.make.pledges import NOW, TODAY
from tests.make.together import at_once

NEW_YEAR = date(2026, 1, 1)
CALENDAR = Calendar(
    frozenset({2026}),
    {NEW_YEAR: DayKind.HOLIDAY, date(2026, 1, 4): DayKind.MAKEUP},
)


@pytest.fixture
def made(database: Database) -> Unit:
    return unit(database)


def row_of(made: Unit, number: str) -> Any:
    return made.read(offer_by_number, number)


def found(made: Unit, at: Moment | None = None, user: ParkingUser | None = None) -> list[str]:
    sought = Sought(at=at, open_to=user)
    return [row.number for row in made.read(all_offers, sought, TODAY)]


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("", []),
        ("18:00-08:00", [(1080, 1920)]),
        ("8:00-9:30", [(480, 570)]),
        ("12:00-14:00，18:00–24:00", [(720, 840), (1080, 1440)]),
        ("00:00-24:00", [(0, 1440)]),
        ("00:00-00:00", [(0, 1440)]),
        ("18:00", None),
        ("25:00-26:00", None),
        ("24:00-08:00", None),
        ("08:00-24:30", None),
        ("08:00-12:00, 11:00-13:00", None),
        ("早上到晚上", None),
        ("1:00-2:00,3:00-4:00,5:00-6:00,7:00-8:00,9:00-10:00", None),
    ],
)
def test_how_hours_are_read(typed: str, spans: list[tuple[int, int]] | None) -> None:
    expected = None if spans is None else [Span(2, *one) for one in spans]
    assert read_spans(2, typed) == expected
    if expected:
        assert read_spans(2, written(expected)) == expected


def test_holidays_have_hours_of_their_own_and_a_worked_weekend_those_of_a_monday() -> None:
    assert kind_of_day(CALENDAR, NEW_YEAR) == HOLIDAY
    assert kind_of_day(CALENDAR, date(2026, 1, 4)) == 0
    assert kind_of_day(CALENDAR, date(2026, 1, 3)) == 5
    # nobody knows the holidays of that year
    assert kind_of_day(CALENDAR, date(2027, 1, 1)) == 4
    # the night before belongs to the day before
    morning = datetime(2026, 1, 2, 7, 30, tzinfo=UTC)
    assert moment_of(CALENDAR, morning) == Moment(4, HOLIDAY, 450)


@pytest.mark.parametrize(
    ("at", "is_so"),
    [
        (Moment(0, 6, 1080), True),
        (Moment(0, 6, 1079), False),
        (Moment(1, 0, 479), True),
        (Moment(1, 0, 480), False),
        (Moment(2, 1, 100), False),
    ],
)
def test_hours_over_midnight_run_into_the_next_day(made: Unit, at: Moment, *, is_so: bool) -> None:
    spans = [Span(0, 1080, 1920)]
    assert is_open(spans, at) is is_so
    number = made.offered(hours=spans)
    # the query says the same as the rule
    assert found(made, at) == ([number] if is_so else [])


def test_r017_an_offer_is_shown_once_it_is_signed_and_checked(made: Unit) -> None:
    number = made.written()
    assert found(made) == []
    with pytest.raises(Conflict):
        made.admit(number)
    made.sign(number)
    assert row_of(made, number).state is ParkingState.WAITING
    assert found(made) == []
    # the unit does not check itself, and no other street does
    with pytest.raises(Missing):
        made.do(take_step, made.owner, number, ParkingStep.ADMIT, "", desk=False)
    with pytest.raises(Missing):
        made.admit(number, who=made.far_desk)
    made.admit(number)
    assert found(made) == [number]
    with made.database.read() as session:
        assert session.scalars(select(Entry.kind)).all() == [Kind.PLEDGE_SIGNED]
        pledge = session.scalars(select(Pledge)).one()
        assert pledge.state is PledgeState.IN_FORCE
        assert "王秀英" not in (pledge.sealed_signature or "")


def test_r135_it_says_hours_kind_of_user_and_fee(made: Unit) -> None:
    number = made.offered()
    row = row_of(made, number)
    assert (row.spaces, row.open_to, row.phone) == (30, ParkingUser.RESIDENTS, LANDLINE)
    assert len(made.read(hours_of, [row])[row.id]) == 8
    assert found(made, user=ParkingUser.VISITORS) == []
    assert found(made, user=ParkingUser.RESIDENTS) == [number]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"spaces": 0}, ParkingRefusal.SPACES),
        ({"hours": []}, ParkingRefusal.NO_HOURS),
        ({"phone": "13900000017"}, ParkingRefusal.MOBILE),
        ({"phone": "keine"}, ParkingRefusal.PHONE),
        ({"ends_on": TODAY - timedelta(days=1)}, ParkingRefusal.DAYS),
        ({"point": (200.0, 10.0)}, ParkingRefusal.POINT),
        ({"entrance": "找王经理 13900000017"}, PledgeRefusal.LEADS_TO_PERSON),
        ({"fee_note": "多" * 201}, PledgeRefusal.LONG),
    ],
)
def test_what_is_no_offer(made: Unit, changes: dict[str, Any], code: object) -> None:
    with pytest.raises(Refused) as told:
        made.written(**changes)
    assert told.value.code is code
    assert made.read(offers_of_speaker, made.owner.id) == []


def test_every_clause_is_ticked_and_a_name_is_typed(made: Unit) -> None:
    number = made.written()
    for changes, code in (
        ({"ticks": frozenset(list(made.letter.ticks)[1:])}, SigningRefusal.NOT_TICKED),
        ({"name": "  "}, SigningRefusal.NO_NAME),
        ({"version_id": new_id()}, SigningRefusal.NEW_TEXT),
        ({"operator": "someone"}, SigningRefusal.OTHER_OPERATOR),
        # signed in is not proved: the phone of the register was not
        ({"phone_hash": None}, SigningRefusal.OTHER_PHONE),
        ({"seen": 9}, PledgeRefusal.CHANGED),
    ):
        with pytest.raises(Refused) as told:
            made.sign(number, **changes)
        assert told.value.code is code
    with pytest.raises(Missing):
        made.sign(number, who=made.other)
    assert row_of(made, number).state is ParkingState.WRITTEN


def test_hours_that_change_are_told(made: Unit) -> None:
    number = made.offered()
    row, later = row_of(made, number), NOW + timedelta(hours=1)
    other = wish(hours=[Span(5, 0, 1440)])
    made.do(change_offer, made.owner, number, other, seen=row.version, now=later)
    # the form was made from an older version
    with pytest.raises(Conflict):
        made.do(change_offer, made.owner, number, wish(), seen=row.version)
    changed = row_of(made, number)
    assert changed.hours_changed_at == later
    assert made.read(events_of, changed)[-1].step is ParkingStep.CHANGE_HOURS
    # nobody parks by hours that were neither signed nor checked
    assert (changed.state, found(made)) == (ParkingState.WRITTEN, [])
    made.sign(number)
    made.admit(number)
    assert found(made, Moment(0, 6, 1200)) == []
    assert found(made, Moment(5, 4, 1200)) == [number]


def test_what_is_signed_holds_for_what_was_signed_alone(made: Unit) -> None:
    number = made.offered()
    row = row_of(made, number)
    with made.database.read() as session:
        first = session.scalars(select(Pledge)).one()
        whole = signature_of(session, first.id, first.district)
        assert whole is not None
        assert whole.digest().hex() == first.digest
        assert (whole.offer or {})["spaces"] == 30
    more = wish(spaces=300)
    made.do(change_offer, made.owner, number, more, seen=row.version)
    assert (row_of(made, number).state, found(made)) == (ParkingState.WRITTEN, [])
    with made.database.read() as session:
        old = session.scalars(select(Pledge)).one()
        assert old.state is PledgeState.WITHDRAWN
        assert signature_of(session, old.id, old.district) is None
    with pytest.raises(Conflict):
        made.admit(number)
    made.sign(number)
    made.admit(number)
    assert found(made) == [number]


def test_other_words_about_an_offer_go_to_the_street_first(made: Unit) -> None:
    number = made.offered()
    entrance = wish(entrance="西门")
    made.do(change_offer, made.owner, number, entrance, seen=made.version(number))
    assert (row_of(made, number).state, found(made)) == (ParkingState.WAITING, [])
    made.admit(number)
    assert found(made) == [number]
    # the same once more changes nothing
    before = row_of(made, number)
    made.do(change_offer, made.owner, number, entrance, seen=before.version)
    assert row_of(made, number) == before


def test_the_street_shows_only_what_it_has_read(made: Unit) -> None:
    number = made.signed()
    seen = made.version(number)
    with pytest.raises(Conflict) as told:
        made.do(take_step, made.desk, number, ParkingStep.ADMIT, "", desk=True)
    assert told.value.code is PledgeRefusal.CHANGED
    made.do(change_offer, made.owner, number, wish(entrance="后门"), seen=seen)
    with pytest.raises(Conflict) as told:
        made.admit(number, seen=seen)
    assert told.value.code is PledgeRefusal.CHANGED
    assert found(made) == []
    made.admit(number)
    assert found(made) == [number]


def test_of_a_change_and_an_admission_at_once_nothing_unread_is_shown(
    app: Flask, made: Unit
) -> None:
    number = made.signed()
    seen = made.version(number)

    def run(act: Any, *given: Any, **named: Any) -> Any:
        def once() -> str:
            try:
                act(*given, **named)
            except Conflict:
                return "lost"
            return "done"

        return once

    change = run(made.do, change_offer, made.owner, number, wish(entrance="后门"), seen=seen)
    at_once(change, run(made.admit, number, seen=seen))
    shown = [row.entrance for row in made.read(all_offers, Sought(), TODAY)]
    assert shown in ([], ["东门"])


def test_it_pauses_and_ends_with_a_reason_and_its_letter_ends_with_it(made: Unit) -> None:
    number = made.offered()
    with pytest.raises(Refused) as told:
        made.do(take_step, made.owner, number, ParkingStep.PAUSE, " ", desk=False)
    assert told.value.code is PledgeRefusal.NO_REASON
    made.do(take_step, made.owner, number, ParkingStep.PAUSE, "地面翻修", desk=False)
    assert found(made) == []
    assert row_of(made, number).reason == "地面翻修"
    made.do(take_step, made.owner, number, ParkingStep.RESUME, "", desk=False)
    assert found(made) == [number]
    # what the street paused is the street's to offer again
    made.do(take_step, made.desk, number, ParkingStep.PAUSE, "入口不安全", desk=True)
    with pytest.raises(Refused) as kept:
        made.do(take_step, made.owner, number, ParkingStep.RESUME, "", desk=False)
    assert kept.value.code is ParkingRefusal.STREET_PAUSED
    made.do(take_step, made.desk, number, ParkingStep.RESUME, "", desk=True)
    assert found(made) == [number]
    made.do(take_step, made.desk, number, ParkingStep.END, "与登记不符", desk=True)
    assert found(made) == []
    with made.database.read() as session:
        assert session.scalars(select(Pledge.state)).one() is PledgeState.ENDED
    # a new one can be written then
    assert made.offered() != number


def test_an_offer_sent_back_is_signed_anew(made: Unit) -> None:
    number = made.signed()
    made.do(take_step, made.desk, number, ParkingStep.SEND_BACK, "请写明入口", desk=True)
    assert row_of(made, number).state is ParkingState.WRITTEN
    made.sign(number)
    with made.database.read() as session:
        states = session.scalars(select(Pledge.state)).all()
    assert sorted(states) == [PledgeState.ENDED, PledgeState.IN_FORCE]


def test_whoever_withdraws_the_letter_withdraws_the_offer(made: Unit) -> None:
    number = made.offered()
    with made.database.write() as session:
        pledge = session.scalars(select(Pledge)).one()
        pledge.state, pledge.ended_at = PledgeState.WITHDRAWN, NOW
    assert found(made) == []
    with pytest.raises(Missing), made.database.read() as session:
        offer_shown(session, number, NOW)


def test_a_change_of_tenant_ends_the_offer(made: Unit) -> None:
    number = made.offered()
    with made.database.read() as session:
        seen = session.scalars(select(PremisesOperator.number)).one()
    who = OperatorWish("李四", None, sole_trader=False)
    made.do(change_tenant, made.desk, made.premises, who, seen=seen)
    assert row_of(made, number).state is ParkingState.ENDED
    assert made.read(offers_in, None) == []


def test_of_two_who_write_at_once_one_offer_stands(app: Flask, made: Unit) -> None:
    def run() -> str:
        try:
            made.written()
        except Conflict:
            return "lost"
        return "done"

    assert sorted(at_once(run, run)) == ["done", "lost"]
    with made.database.read() as session:
        assert len(session.scalars(select(ParkingOffer.id)).all()) == 1


def test_of_a_signature_twice_at_once_one_counts(app: Flask, made: Unit) -> None:
    number = made.written()
    seen = made.version(number)

    def run() -> str:
        try:
            made.sign(number, seen=seen)
        except Conflict:
            return "lost"
        return "done"

    assert sorted(at_once(run, run)) == ["done", "lost"]


def test_nobody_else_writes_changes_or_ends_it(made: Unit) -> None:
    number = made.offered()
    with pytest.raises(Missing):
        made.do(write_offer, made.other, made.premises, wish())
    with pytest.raises(Missing):
        made.do(change_offer, made.other, number, wish(), seen=1)
    with pytest.raises(Missing):
        made.do(take_step, made.other, number, ParkingStep.END, "因为", desk=False)


def test_no_mark_of_the_map_lies_under_another() -> None:
    crowd = [(693.3, 33.3)] * 20 + [(700.0, 40.0), (10.0, 5.0), (300.0, 200.0)]
    placed = apart(crowd, 400)
    assert placed[0] == (693.3, 33.3)
    assert placed[-1] == (300.0, 200.0)
    assert all(dist(one, other) >= 30 for one, other in combinations(placed, 2))
    assert all(0 < x < 720 and 0 < y < 400 for x, y in placed)
    # more than there is room for: they stay where they are
    assert apart([(300.0, 200.0)] * 100, 400)[-1] == (300.0, 200.0)
