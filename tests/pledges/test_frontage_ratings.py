"""Ratings of frontages: whose count, once a month; what nobody stands behind is only a tap."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pledges.models import Pledge, PremisesOperator, Tap
from pledges.queries.taps import rushes
from pledges.rules.premises import OperatorEnd
from pledges.rules.ratings import RUSH_DAYS, RUSH_RESTS, FrontageRefusal, rush_band
from pledges.service.inspections import INSPECT
from pledges.service.ratings import PERSON_LIMIT, TAP_LIMIT, Rater, rater_key
from portal.accounts.models import Person
from portal.accounts.service import export_person
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.reports.queries.case import CaseReporterRow
from portal.reports.rules.codes import Relation
from portal.satisfaction.models import Rating
from portal.satisfaction.rules import Level, RatingConflict
from tests.make.accounts import actor, person
from tests.make.frontages import AUGUST, NOBODY, Rated, rated_shop
from tests.make.inspections import counted
from tests.make.pledges import PHONE, door_of, operator
from tests.make.together import at_once


@pytest.fixture
def shop(app: Flask, database: Database) -> Rated:
    return rated_shop(database)


def somebody(shop: Rated) -> Any:
    with shop.made.database.write() as session:
        return actor(session, person(session))


def refusal_of(act: Callable[[], Any]) -> Any:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.code


def all_of(shop: Rated, table: Any) -> list[Any]:
    with shop.made.database.read() as session:
        return list(session.scalars(select(table)))


def test_an_account_rates_a_shop_once_a_month_and_may_change_it(shop: Rated) -> None:
    her = somebody(shop)
    assert shop.rate(Level.SATISFIED, her)
    assert refusal_of(lambda: shop.rate(Level.DISSATISFIED, her)) is RatingConflict.RATED_MEANWHILE
    assert shop.rate(Level.DISSATISFIED, her, seen=1)
    [kept] = all_of(shop, Rating)
    assert (kept.result_level, kept.version) == (Level.DISSATISFIED, 2)
    assert kept.window_ends == datetime(2026, 8, 31, 16, tzinfo=UTC)
    # the next month is another one
    assert shop.rate(Level.SATISFIED, her, now=AUGUST + timedelta(days=30))
    assert counted(shop.made, Rating) == 2
    assert counted(shop.made, Tap) == 0


def test_without_anybody_behind_it_only_the_hour_is_counted(shop: Rated) -> None:
    for level in (Level.SATISFIED, Level.SATISFIED, Level.VERY_DISSATISFIED):
        assert not shop.rate(level, NOBODY)
    assert counted(shop.made, Rating) == 0
    found = {(one.level, one.many, one.hour.minute) for one in all_of(shop, Tap)}
    assert found == {(2, 2, 0), (5, 1, 0)}


def reporter(**changes: Any) -> CaseReporterRow:
    values: dict[str, Any] = {
        "district": "370283", "id": new_id(), "case_id": new_id(), "person_id": None,
        "relation": Relation.FIRST, "sealed_name": None, "sealed_phone": None,
        "phone_hash": None, "verified": False, "language": "zh_Hans", "created_at": AUGUST,
        "erased_at": None,
    }  # fmt: skip
    return CaseReporterRow(**values | changes)


def test_a_report_or_a_verified_phone_counts_and_one_person_is_one_whichever_way_she_comes(
    shop: Rated,
) -> None:
    link = reporter()
    assert shop.rate(Level.SATISFIED, NOBODY, link=link)
    refused = refusal_of(lambda: shop.rate(Level.SATISFIED, NOBODY, link=link))
    assert refused is RatingConflict.RATED_MEANWHILE
    her = somebody(shop)
    with shop.made.database.read() as session:
        known = session.get_one(Person, her.person_id).phone_hash
        own = rater_key(session, Rater(her))
        by_phone = reporter(phone_hash=known, verified=True)
        assert rater_key(session, Rater(NOBODY, by_phone)) == own
        assert rater_key(session, Rater(NOBODY, reporter(person_id=her.person_id))) == own
        # a phone that nobody proved is not hers
        unproved = reporter(phone_hash=known)
        assert rater_key(session, Rater(NOBODY, unproved)) != own
        assert str(her.person_id).replace("-", "") not in str(own)


def test_neither_whoever_runs_the_shop_nor_whoever_inspects_it_rates_it(shop: Rated) -> None:
    made = shop.made
    assert refusal_of(lambda: shop.rate(by=made.owner)) is FrontageRefusal.OWN
    for who in (made.inspector, made.desk):
        assert refusal_of(lambda who=who: shop.rate(by=who)) is FrontageRefusal.INSPECTS
    # signed out, by a report of hers, she is the same person
    for who, why in ((made.owner, FrontageRefusal.OWN), (made.inspector, FrontageRefusal.INSPECTS)):
        own = reporter(person_id=who.person_id)
        refused = refusal_of(lambda own=own: shop.rate(Level.SATISFIED, NOBODY, link=own))
        assert refused is why
    assert shop.rate(by=made.elsewhere)


def test_nobody_rates_her_own_shop_by_another_way(shop: Rated) -> None:
    made = shop.made
    # whoever has the phone of the register, by her account or by a verified phone
    with made.database.write() as session:
        her = actor(session, person(session, phone=PHONE))
        known = instance_of(session).vault.keyed_hash("phone", PHONE)
        speaks = session.get_one(Person, made.owner.person_id).phone_hash
        former = actor(session, person(session))
        signed = session.scalars(select(Pledge)).one()
        signed.signer_id = former.person_id
    by_phone = [reporter(phone_hash=one, verified=True) for one in (known, speaks)]
    unproved = reporter(phone_hash=known)
    own = reporter(person_id=former.person_id)
    for link in (*by_phone, unproved, own):
        refused = refusal_of(lambda link=link: shop.rate(by=NOBODY, link=link))
        assert refused is FrontageRefusal.OWN
    for who in (her, former):
        assert refusal_of(lambda who=who: shop.rate(by=who)) is FrontageRefusal.OWN
    assert counted(made, Rating) == 0
    # who ran it in this month does not rate whoever came; a month later she may
    with made.database.write() as session:
        runs = session.scalars(select(PremisesOperator)).one()
        runs.ends_on, runs.ended_why = AUGUST.date(), OperatorEnd.TENANT_CHANGE
        session.flush()
        door = door_of(session, made.door)
        operator(session, door, phone="13900000099", starts_on=AUGUST.date())
    assert refusal_of(lambda: shop.rate(by=former)) is FrontageRefusal.OWN
    assert shop.rate(by=former, now=AUGUST + timedelta(days=30))


def test_neither_a_person_nor_an_address_stuffs_the_count(shop: Rated) -> None:
    for _one in range(TAP_LIMIT.limit):
        shop.rate(by=NOBODY)
    assert refusal_of(lambda: shop.rate(by=NOBODY)) is FrontageRefusal.TOO_MANY
    assert [one.many for one in all_of(shop, Tap)] == [TAP_LIMIT.limit]
    her = somebody(shop)
    for seen in range(PERSON_LIMIT.limit):
        shop.rate(by=her, seen=seen)
    assert (
        refusal_of(lambda: shop.rate(by=her, seen=PERSON_LIMIT.limit)) is FrontageRefusal.TOO_MANY
    )


def test_a_double_tap_is_one_rating_and_taps_of_one_hour_add_up(shop: Rated) -> None:
    her = somebody(shop)

    def once() -> str:
        try:
            shop.rate(by=her)
        except Conflict:
            return "told"
        return "kept"

    assert sorted(at_once(once, once, once)) == ["kept", "told", "told"]
    assert counted(shop.made, Rating) == 1
    at_once(*[lambda: shop.rate(by=NOBODY) for _ in range(4)])
    assert [one.many for one in all_of(shop, Tap)] == [4]


def test_she_gets_her_own_ratings_handed_out(shop: Rated) -> None:
    her = somebody(shop)
    shop.rate(Level.DISSATISFIED, her)
    with shop.made.database.read() as session:
        rows = export_person(session, her.person_id, now=AUGUST)["records"]["frontage_rating"]
    assert [row["result_level"] for row in rows] == [Level.DISSATISFIED]


def test_the_desk_sees_hours_of_ten_or_more_and_never_who_or_fewer(shop: Rated) -> None:
    later = AUGUST + timedelta(hours=3)
    for at in range(9):
        shop.rate(Level.VERY_DISSATISFIED, NOBODY, address=f"198.51.100.{at}")
    shop.rated_by(9)
    places, looked = shop.made.desk.places_for(INSPECT), AUGUST + timedelta(days=2)
    with shop.made.database.read() as session:
        assert rushes(session, places, looked) == []
    shop.rate(Level.SATISFIED, NOBODY, address="198.51.100.77")
    shop.rated_by(11, now=later)
    with shop.made.database.read() as session:
        found = rushes(session, places, looked)
        told = [(one.least, one.most, one.counted, one.hour) for one in found]
        assert rushes(session, shop.made.elsewhere.places_for(INSPECT), looked) == []
    assert told == [(10, 19, True, later), (10, 19, False, AUGUST)]


def told_at(shop: Rated, now: datetime) -> list[tuple[int, int | None]]:
    with shop.made.database.read() as session:
        found = rushes(session, shop.made.desk.places_for(INSPECT), now)
        return [(one.least, one.most) for one in found]


def test_P4_one_more_rating_in_an_hour_moves_nothing_at_the_desk(shop: Rated) -> None:
    hour, looked = AUGUST.replace(minute=0), AUGUST + timedelta(days=2)
    shop.rated_by(11, now=hour)
    seen = told_at(shop, looked)
    for _ in range(8):
        shop.rate(now=hour + timedelta(minutes=59), address="203.0.113.99")
        assert told_at(shop, looked) == seen == [(10, 19)]
    shop.rate(now=hour + timedelta(minutes=59), address="203.0.113.98")
    assert told_at(shop, looked) == [(20, 49)]


def test_P4_an_hour_is_told_a_day_after_it_and_leaves_the_page_as_a_whole(shop: Rated) -> None:
    hour = AUGUST.replace(minute=0)
    for minute in range(0, 60, 5):
        shop.rate(now=hour + timedelta(minutes=minute), address=f"203.0.113.{minute}")
    told = hour + timedelta(hours=25)
    assert told_at(shop, told - timedelta(seconds=1)) == []
    assert told_at(shop, told) == [(10, 19)]
    gone = hour + timedelta(hours=1) + RUSH_RESTS + timedelta(days=RUSH_DAYS)
    # no part of the hour drops out before the rest
    for minute in range(0, 60, 5):
        assert told_at(shop, gone - timedelta(minutes=60 - minute)) == [(10, 19)]
    assert told_at(shop, gone) == []


def test_counts_of_an_hour_lie_in_bands() -> None:
    bands = [rush_band(many) for many in (10, 19, 20, 49, 50, 4000)]
    assert bands == [(10, 19), (10, 19), (20, 49), (20, 49), (50, None), (50, None)]
