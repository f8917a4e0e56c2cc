"""An open appeal suspends a listing; a granted one takes back the breach and what came of it."""

from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from credit.models import Matter
from credit.queries.matters import matter_by_id
from credit.rules.process import MatterState
from pledges.models import Listing, ListSwitch
from pledges.rules.breaches import AppealOutcome, BreachRefusal, BreachState, BreachStep, ladder
from pledges.rules.standing import ListingState
from pledges.service.answers import appeal, decide_appeal, drop_appeal
from pledges.service.breaches import take_step
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.ids import new_id
from tests.make.inspections import DAY, STREET, seen
from tests.make.recorded import Shop, recorded_shop


@pytest.fixture
def shop(app: Flask, database: Database) -> Shop:
    return recorded_shop(database)


def listing_of(shop: Shop) -> tuple[ListingState, date, str | None]:
    with shop.made.database.read() as session:
        row = session.scalars(select(Listing)).one()
        return row.state, row.ends_on, row.reason


def listed(shop: Shop, *, shown: bool = True) -> datetime:
    """Proposed for the list, and confirmed by somebody of another desk; the moment after it."""
    made = shop.made
    with made.database.write() as session:
        street = made.tree[STREET]
        session.add(
            ListSwitch(
                area_id=street.id, place_path=street.path, basis="条例（演示）", on_at=shop.over
            )
        )
    made.do(take_step, made.desk, shop.number, BreachStep.LIST, "期满仍未整改", now=shop.over)
    if shown:
        with made.database.write() as session:
            row = session.scalars(select(Listing)).one()
            row.state, row.confirmed_at, row.confirmed_by = ListingState.SHOWN, shop.over, new_id()
    return shop.over + DAY


def appealed(shop: Shop, now: datetime) -> None:
    shop.made.do(appeal, shop.made.owner, shop.number, "当天停业", now=now)


def decided(shop: Shop, outcome: AppealOutcome, now: datetime, **who: Any) -> None:
    by = who.get("by", shop.made.second)
    shop.made.do(decide_appeal, by, shop.number, outcome, "已核对照片", now=now)


def test_L7_an_open_appeal_hides_a_listing_and_its_days_are_not_lost(shop: Shop) -> None:
    now = listed(shop)
    before = listing_of(shop)[1]
    appealed(shop, now)
    assert listing_of(shop)[:2] == (ListingState.SUSPENDED, before)
    decided(shop, AppealOutcome.REJECTED, now + 4 * DAY)
    assert listing_of(shop)[:2] == (ListingState.SHOWN, before + 4 * DAY)


def test_a_listing_comes_back_when_the_appeal_is_taken_back(shop: Shop) -> None:
    now = listed(shop)
    before = listing_of(shop)[1]
    appealed(shop, now)
    shop.made.do(drop_appeal, shop.made.owner, shop.number, now=now)
    assert listing_of(shop)[:2] == (ListingState.SHOWN, before)


def test_what_is_only_proposed_stays_so_while_an_appeal_is_open(shop: Shop) -> None:
    now = listed(shop, shown=False)
    appealed(shop, now)
    assert listing_of(shop)[0] is ListingState.PROPOSED
    decided(shop, AppealOutcome.REJECTED, now)
    assert listing_of(shop)[0] is ListingState.PROPOSED


@pytest.mark.parametrize("shown", [True, False])
def test_a_granted_appeal_takes_the_listing_down(shop: Shop, shown: bool) -> None:
    now = listed(shop, shown=shown)
    appealed(shop, now)
    decided(shop, AppealOutcome.UPHELD, now)
    assert seen(shop.made, shop.number).state is BreachState.VOID
    state, _ends, reason = listing_of(shop)
    assert (state, reason) == (ListingState.REMOVED, "已核对照片")


def test_what_was_put_right_is_taken_off_the_list(shop: Shop) -> None:
    now = listed(shop)
    shop.made.do(
        take_step, shop.made.second, shop.number, BreachStep.FIND_RECTIFIED, "已整改", now=now
    )
    assert listing_of(shop)[0] is ListingState.REMOVED


def test_L9_whoever_put_it_on_the_list_does_not_decide(shop: Shop) -> None:
    now = listed(shop)
    with shop.made.database.write() as session:
        session.scalars(select(Listing)).one().confirmed_by = shop.made.second.person_id
    appealed(shop, now)
    with pytest.raises(Refused) as told:
        decided(shop, AppealOutcome.UPHELD, now)
    assert told.value.code is BreachRefusal.TOOK_A_STEP


def matter_of(shop: Shop, now: datetime) -> MatterState:
    with shop.made.database.read() as session:
        row = matter_by_id(session, session.scalars(select(Matter.id)).one())
        assert row is not None
        return row.stands(now)


def test_L7_a_granted_appeal_voids_the_entry_that_was_proposed(shop: Shop) -> None:
    """In the same moment, and the job writes it down."""
    shop.follow(conduct=shop.conduct())
    now = listed(shop)
    appealed(shop, now)
    assert matter_of(shop, now) is MatterState.PROPOSED
    decided(shop, AppealOutcome.UPHELD, now)
    assert matter_of(shop, now) is MatterState.VOIDED
    assert listing_of(shop)[0] is ListingState.REMOVED
    shop.world.run(now + DAY)
    with shop.made.database.read() as session:
        assert session.scalars(select(Matter.state)).one() is MatterState.VOIDED


def test_when_the_last_write_of_a_granted_appeal_fails_all_stands_as_it_was(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.follow(conduct=shop.conduct())
    now = listed(shop)
    appealed(shop, now)

    def fails(*_given: Any, **_named: Any) -> bool:
        raise RuntimeError

    monkeypatch.setattr("pledges.service.steps.let_fall", fails)
    with pytest.raises(RuntimeError):
        decided(shop, AppealOutcome.UPHELD, now)
    row = seen(shop.made, shop.number)
    assert (row.state, row.suspended) == (BreachState.LISTED, True)
    assert listing_of(shop)[0] is ListingState.SUSPENDED
    assert matter_of(shop, now) is MatterState.PROPOSED


def test_an_appeal_that_is_not_granted_leaves_the_proposal(shop: Shop) -> None:
    shop.follow(conduct=shop.conduct())
    now = listed(shop)
    appealed(shop, now)
    decided(shop, AppealOutcome.REJECTED, now)
    assert matter_of(shop, now) is MatterState.PROPOSED
    later = now + ladder()[BreachStep.LIST].days * DAY
    shop.made.do(
        take_step, shop.made.desk, shop.number, BreachStep.HAND_OVER, "长期不履行", now=later
    )
    assert seen(shop.made, shop.number).state is BreachState.HANDED_OVER
