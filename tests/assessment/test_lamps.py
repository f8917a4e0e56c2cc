"""R120: lamps in order, of those in the register, less those of which a matter is open."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.areas.models import Area
from portal.assessment.queries.inputs import Month, values_of
from portal.assessment.queries.registers import registered
from portal.assessment.queries.units import units_of
from portal.assessment.rules import Refusal, Source, recompute
from portal.assessment.rules.sets import LAMPS, Indicator, groups, indicators, set_for
from portal.assessment.rules.values import in_order
from portal.assessment.service.registers import LampsWish, record_lamps
from portal.kernel.clock import month_bounds
from portal.kernel.db import Database
from portal.kernel.errors import Missing, Refused
from portal.kernel.instance import instance_of
from portal.reports.rules.codes import State
from portal.reports.rules.figures import Span
from tests.make import assessment as make
from tests.make import reports
from tests.make.accounts import actor
from tests.make.assessment import AFTER, EAST, MONTH, NOW, WEST

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
WISH = LampsWish("streets", EAST, FIRST, 40, "路灯管理所台账")


@pytest.fixture
def people(database: Database) -> dict[str, Person]:
    with database.write() as session:
        people = make.town(session)
        reports.category(session, LAMPS)
    return people


def counted(database: Database, who: Person, wish: LampsWish, now: datetime = NOW) -> None:
    with database.write() as session:
        record_lamps(session, actor(session, who), wish, now=now)


def the_indicator() -> Indicator:
    (found,) = (one for one in indicators() if one.source is Source.REGISTER)
    return found


def measured(session: Session) -> dict[str, Any]:
    """What the indicator says of each street for October."""
    units = units_of(session, groups()["streets"], LAST)
    month = Month(MONTH, Span(FIRST, LAST), None)
    found = values_of(session, month, units, [the_indicator()])
    return {code: value.said() for (_, code, _), value in found.items()}


def a_lamp(session: Session, area: Area, found_at: datetime, state: State, **changes: Any) -> None:
    case = reports.case(session, area, state=state, at=found_at, category_code=LAMPS)
    for name, value in changes.items():
        setattr(case, name, value)
    session.flush()


def test_r120_lamps_in_order_are_those_of_the_register_without_an_open_matter(
    database: Database, people: dict[str, Person]
) -> None:
    counted(database, people["centre"], WISH)
    with database.write() as session:
        first = session.scalars(select(Area).filter_by(code=f"{EAST}001")).one()
        end = month_bounds(MONTH, instance_of(session).city.zone)[1]
        before, hour = end - timedelta(days=3), timedelta(hours=1)
        # out of order when October ended: reported, and two that were mended in November
        a_lamp(session, first, before, State.REPORTED)
        a_lamp(session, first, before, State.HANDLED, handled_at=end)
        a_lamp(session, first, before, State.CLOSED, handled_at=None, closed_at=end + hour)
        # not: mended in time, found later, void, or of another kind
        a_lamp(session, first, before, State.CLOSED, handled_at=end - hour, closed_at=end + hour)
        a_lamp(session, first, end, State.REPORTED)
        a_lamp(session, first, before, State.VOID)
        reports.case(session, first, state=State.REPORTED, at=before)
    with database.read() as session:
        found = measured(session)
    # nobody counted the lamps of the western street: it is not measured
    assert found == {EAST: {"value": 9250, "low": 9250, "high": 9250, "part": 37, "whole": 40}}


def test_r120_all_points_are_earned_from_ninety_five_percent_on() -> None:
    one = the_indicator()
    assert (one.full, one.group) == (9500, "streets")
    some, all_of_them = in_order(40, 2), in_order(40, 0)
    assert some.value == one.full
    assert recompute.reached(some.value, one.none, one.full) == 1
    assert recompute.reached(all_of_them.value, one.none, one.full) == 1
    assert recompute.reached(in_order(40, 3).value, one.none, one.full) < 1
    assert in_order(2, 5).value == 0


def test_r120_it_counts_in_a_set_of_its_own_and_earlier_months_keep_theirs() -> None:
    for month, there in (("2026-12", False), ("2027-01", True)):
        _, lines = set_for(month) or ("", ())
        assert any(one.source is Source.REGISTER for one in lines) is there


def test_the_newest_count_up_to_the_end_of_the_month_counts(
    database: Database, people: dict[str, Person]
) -> None:
    centre = people["centre"]
    counted(database, centre, WISH)
    counted(database, centre, replace(WISH, day=LAST, number=50))
    counted(database, centre, replace(WISH, day=LAST, number=60))
    counted(database, centre, replace(WISH, day=date(2026, 11, 1), number=70))
    with database.read() as session:
        assert measured(session)[EAST]["whole"] == 60
        row = registered(session, LAMPS, LAST)["streets", EAST]
        assert (row.number, row.day, row.source) == (60, LAST, WISH.source)


def test_only_the_centre_counts_lamps_of_streets_and_nothing_of_a_frozen_month(
    database: Database, people: dict[str, Person]
) -> None:
    for who in ("east", "checker"):
        with pytest.raises(Missing):
            counted(database, people[who], WISH)
    for change, why in (
        ({"group": "communities", "unit": f"{EAST}001"}, Refusal.NO_UNIT),
        ({"unit": "nowhere"}, Refusal.NO_UNIT),
        ({"number": 0}, Refusal.NO_LAMPS),
        ({"number": 1_000_001}, Refusal.NO_LAMPS),
        ({"day": date(2026, 11, 9)}, Refusal.FUTURE),
    ):
        with pytest.raises(Refused) as refused:
            counted(database, people["centre"], replace(WISH, **change))
        assert refused.value.code is why
    make.release(database)
    make.freeze(database)
    with pytest.raises(Refused) as late:
        counted(database, people["centre"], replace(WISH, unit=WEST), AFTER)
    assert late.value.code is Refusal.FROZEN
