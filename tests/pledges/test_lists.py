"""The two lists: two people, an end, an appeal; the second is off until two switch it on."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from pledges.models import Listing, ListSwitch, Premises, PremisesOperator, Standing
from pledges.queries.lists import public_list
from pledges.rules.breaches import BreachStep, ladder
from pledges.rules.lists import EXEMPLARY_DAYS, HANDED_OVER_DAYS, PROPOSED_DAYS, ListRefusal
from pledges.rules.premises import OperatorEnd
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.standing import ListingState, ListKind
from pledges.rules.standing_formula import last_closed
from pledges.service.breaches import open_breach, take_step
from pledges.service.lists import (
    ask_for_list,
    confirm_listing,
    decide_list,
    expire_listings,
    propose_exemplary,
    remove_listing,
    switch_off,
)
from portal.kernel.clock import city_day
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.instance import instance_of
from tests.make.accounts import actor, staff
from tests.make.inspections import DAY, STREET, Frontage, frontage
from tests.make.pledges import NOW, TODAY
from tests.make.together import at_once

BASIS = "《某市市容和环境卫生管理条例》第十条（演示）"
GOOD, BAD = ListKind.EXEMPLARY, ListKind.TO_RECTIFY


@pytest.fixture
def made(app: Flask, database: Database) -> Frontage:
    return frontage(database)


def refusal_of(act: Callable[[], Any]) -> Any:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.code


def starred(made: Frontage, stars: int = 5) -> None:
    with made.database.write() as session:
        runs = session.scalars(select(PremisesOperator)).one()
        session.add(
            Standing(
                district=runs.district, premises_id=runs.premises_id, quarter="2026-3",
                operator_id=runs.id, place_path=made.tree[STREET].path, stars=stars, low=3.0,
                high=5.0, inspections=3, reports=0, figures="{}", formula="1", computed_at=NOW,
            )
        )  # fmt: skip


def proposed(made: Frontage) -> str:
    starred(made)
    number: str = made.do(propose_exemplary, made.desk, made.door, "四季都干净整洁", now=NOW)
    return number


def shown(made: Frontage, which: ListKind = GOOD, *, now: Any = NOW) -> list[str]:
    with made.database.read() as session:
        day = city_day(now, instance_of(session).city.zone)
        return [row.title for row in public_list(session, which, None, day, None)]


def state_of(made: Frontage) -> ListingState:
    with made.database.read() as session:
        return session.scalars(select(Listing)).one().state


def centre(made: Frontage) -> Any:
    with made.database.write() as session:
        return actor(session, staff(session, "city_centre", area=made.tree["370283"]))


def test_one_proposes_another_confirms_and_it_ends_by_itself(made: Frontage) -> None:
    number = proposed(made)
    assert shown(made) == []
    own = refusal_of(lambda: made.do(confirm_listing, made.desk, number, now=NOW))
    assert own is PledgeRefusal.SAME_PERSON
    with pytest.raises(Missing):
        made.do(confirm_listing, made.elsewhere, number, now=NOW)
    made.do(confirm_listing, made.second, number, now=NOW)
    assert shown(made) == ["东阁早点铺"]
    late = NOW + (EXEMPLARY_DAYS + 1) * DAY
    # nobody reads it a day longer, whether or not the job ran
    assert shown(made, now=late) == []
    assert expire_listings(made.database, NOW) == 0
    assert expire_listings(made.database, late) == 1
    assert state_of(made) is ListingState.EXPIRED
    assert expire_listings(made.database, late) == 0


def test_only_a_shop_with_stars_and_nothing_open_is_exemplary(made: Frontage) -> None:
    starred(made, 3)
    wish = (propose_exemplary, made.desk, made.door, "很好")
    assert refusal_of(lambda: made.do(*wish, now=NOW)) is ListRefusal.NOT_EXEMPLARY
    with made.database.write() as session:
        session.execute(update(Standing).values(stars=5))
    number = made.do(*wish, now=NOW)
    assert refusal_of(lambda: made.do(*wish, now=NOW)) is ListRefusal.THERE
    # found since then
    made.breach("swept")
    refused = refusal_of(lambda: made.do(confirm_listing, made.second, number, now=NOW))
    assert refused is ListRefusal.NOT_EXEMPLARY


def test_of_two_who_confirm_or_remove_at_once_one_does(made: Frontage) -> None:
    number = proposed(made)

    def run(act: Any, *given: Any) -> Callable[[], str]:
        def once() -> str:
            try:
                made.do(act, made.second, number, *given, now=NOW)
            except Conflict:
                return "told"
            return "done"

        return once

    found = at_once(run(confirm_listing), run(confirm_listing), run(confirm_listing))
    assert sorted(found) == ["done", "told", "told"]
    assert sorted(at_once(run(remove_listing, "摆摊"), run(remove_listing, "摆摊"))) == [
        "done",
        "told",
    ]
    assert shown(made) == []


def test_what_is_recorded_ends_the_praise_and_what_is_handed_over_weighs_on(
    made: Frontage,
) -> None:
    number = proposed(made)
    made.do(confirm_listing, made.second, number, now=NOW)
    breach = made.breach("swept")
    demanded = made.demanded(breach)
    # a reminder is no verdict
    assert shown(made, now=demanded) == ["东阁早点铺"]
    made.do(take_step, made.desk, breach, BreachStep.RECORD, "期满仍未整改", now=demanded)
    assert shown(made, now=demanded) == []
    assert state_of(made) is ListingState.REMOVED
    later = demanded + (ladder()[BreachStep.RECORD].days + 1) * DAY
    made.do(take_step, made.desk, breach, BreachStep.HAND_OVER, "多次未整改", now=later)
    wish = (propose_exemplary, made.desk, made.door, "很好")
    with made.database.write() as session:
        session.execute(
            update(Standing).values(quarter=last_closed(later, instance_of(session).city.zone))
        )
    assert refusal_of(lambda: made.do(*wish, now=later)) is ListRefusal.NOT_EXEMPLARY
    after = later + (HANDED_OVER_DAYS + 1) * DAY
    with made.database.write() as session:
        session.execute(
            update(Standing).values(quarter=last_closed(after, instance_of(session).city.zone))
        )
    assert made.do(*wish, now=after)


@pytest.mark.parametrize("step", [BreachStep.LIST, BreachStep.HAND_OVER])
def test_praise_that_came_after_a_record_ends_with_the_next_rung(
    made: Frontage, step: BreachStep
) -> None:
    switched_on(made)
    breach = made.breach("swept")
    now = made.recorded(breach)
    number = praised(made)
    made.do(take_step, made.desk, breach, step, "仍未整改", now=now)
    with made.database.read() as session:
        rows = {row.number: row.state for row in session.scalars(select(Listing))}
    assert rows[number] is ListingState.REMOVED


def praised(made: Frontage) -> str:
    """A row that is shown, however it came there."""
    with made.database.write() as session:
        runs = session.scalars(select(PremisesOperator)).one()
        row = Listing(
            district=runs.district, which=GOOD, premises_id=runs.premises_id, operator_id=runs.id,
            place_path=made.tree[STREET].path, evidence="好", starts_on=TODAY,
            ends_on=TODAY + 90 * DAY, proposed_at=NOW, proposed_by=made.desk.person_id,
            confirmed_at=NOW, confirmed_by=made.second.person_id, state=ListingState.SHOWN,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.number


def test_stars_of_a_quarter_long_gone_are_no_praise(made: Frontage) -> None:
    number = proposed(made)
    with made.database.write() as session:
        session.execute(update(Standing).values(quarter="2026-2"))
    refused = refusal_of(lambda: made.do(confirm_listing, made.second, number, now=NOW))
    assert refused is ListRefusal.NOT_EXEMPLARY
    again = refusal_of(lambda: made.do(propose_exemplary, made.desk, made.door, "好", now=NOW))
    assert again is ListRefusal.NOT_EXEMPLARY


def test_who_confirms_waits_for_what_is_opened_at_that_moment(made: Frontage) -> None:
    number = proposed(made)
    found = made.inspected("swept")
    told: list[Any] = []

    def confirm() -> None:
        try:
            made.do(confirm_listing, made.second, number, now=NOW)
        except Conflict as conflict:
            told.append(conflict.code)

    other = threading.Thread(target=confirm)
    with made.database.write() as session:
        open_breach(session, made.desk, found, made.clauses["swept"], "有垃圾", now=NOW)
        session.flush()
        other.start()
        # it does not go on before this is written
        other.join(timeout=0.3)
        assert other.is_alive()
    other.join()
    assert told == [ListRefusal.NOT_EXEMPLARY]


def test_what_nobody_confirms_and_who_left_goes(made: Frontage) -> None:
    proposed(made)
    assert expire_listings(made.database, NOW + (PROPOSED_DAYS - 1) * DAY) == 0
    with made.database.write() as session:
        session.execute(
            update(PremisesOperator).values(ends_on=TODAY, ended_why=OperatorEnd.CLOSED)
        )
    assert expire_listings(made.database, NOW) == 1


def switched_on(made: Frontage) -> Any:
    one, other = centre(made), centre(made)
    made.do(ask_for_list, one, STREET, BASIS, now=NOW)
    made.do(decide_list, other, STREET, on=True, now=NOW)
    return other


def test_the_second_list_is_off_until_two_people_name_its_basis(made: Frontage) -> None:
    one, other = centre(made), centre(made)
    refused = refusal_of(lambda: made.do(ask_for_list, one, STREET, " ", now=NOW))
    assert refused is ListRefusal.NO_BASIS
    assert refusal_of(lambda: made.do(ask_for_list, made.desk, STREET, BASIS, now=NOW)) is (
        ListRefusal.NO_SUCH_AREA
    )
    made.do(ask_for_list, one, STREET, BASIS, now=NOW)
    alone = refusal_of(lambda: made.do(decide_list, one, STREET, on=True, now=NOW))
    assert alone is PledgeRefusal.SAME_PERSON

    def decide() -> str:
        try:
            made.do(decide_list, other, STREET, on=True, now=NOW)
        except Conflict:
            return "told"
        return "done"

    assert sorted(at_once(decide, decide)) == ["done", "told"]
    with made.database.read() as session:
        [row] = session.scalars(select(ListSwitch)).all()
        assert (row.basis, row.on_by) == (BASIS, other.person_id)


def listed(made: Frontage) -> tuple[str, Any]:
    """The number of a row that was proposed by the ladder, and the moment."""
    number = made.breach("swept")
    now = made.recorded(number)
    made.do(take_step, made.desk, number, BreachStep.LIST, "仍未整改", now=now)
    with made.database.read() as session:
        return session.scalars(select(Listing)).one().number, now


def test_L7_nobody_is_shown_before_the_days_of_an_appeal_are_over(made: Frontage) -> None:
    switched_on(made)
    number, now = listed(made)
    early = refusal_of(lambda: made.do(confirm_listing, made.second, number, now=now))
    assert early is ListRefusal.APPEAL_DAYS
    over = now + (ladder()[BreachStep.SUSPEND].days + 1) * DAY
    made.do(confirm_listing, made.second, number, now=over)
    assert shown(made, BAD, now=over) == ["东阁早点铺"]
    assert shown(made, GOOD, now=over) == []


def test_L6_a_sole_trader_stands_there_by_the_name_of_the_shop_only(made: Frontage) -> None:
    number = proposed(made)
    made.do(confirm_listing, made.second, number, now=NOW)
    with made.database.write() as session:
        [row] = public_list(session, GOOD, made.tree[STREET].path, TODAY, None)
        assert (row.title, row.where) == ("东阁早点铺", "")
        session.execute(update(PremisesOperator).values(sole_trader=False))
        [row] = public_list(session, GOOD, None, TODAY, None)
        assert row.where == "胜利路12号"
        assert session.scalar(select(Premises.road)) == "胜利路"


def test_switching_it_off_takes_everything_off_at_once(made: Frontage) -> None:
    who = switched_on(made)
    number, now = listed(made)
    over = now + (ladder()[BreachStep.SUSPEND].days + 1) * DAY
    made.do(confirm_listing, made.second, number, now=over)
    made.do(switch_off, who, STREET, now=over)
    assert shown(made, BAD, now=over) == []
    assert state_of(made) is ListingState.REMOVED
    late = over + timedelta(days=1)
    assert refusal_of(lambda: made.do(confirm_listing, made.second, number, now=late)) is (
        ListRefusal.OFF
    )
