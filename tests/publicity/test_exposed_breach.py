"""R261 whole: a breach that was confirmed, its proposal to the ledger, its exposure, its appeal."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from credit.models import Matter
from credit.queries.matters import MatterRow
from credit.rules.process import MatterState
from credit.service.process import confirm
from pledges.rules.breaches import AppealOutcome, BreachRefusal, BreachState, BreachStep, ladder
from pledges.service.answers import appeal, decide_appeal
from pledges.service.follow_up import hand_over
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.publicity.rules.exposure import ExposureRefusal, Step
from tests.make.accounts import actor, staff
from tests.make.exposures import Column
from tests.make.inspections import DAY, STREET, seen
from tests.make.recorded import Shop, followed, recorded_shop

# as long as an item may stand at most
DAYS = 30
WINDOW = timedelta(days=15)


@pytest.fixture
def shop(app: Flask, database: Database) -> Shop:
    return recorded_shop(database)


def column_of(shop: Shop) -> Column:
    """The exposure column of the shop's street: its desk writes, two others approve."""
    made, area = shop.made, shop.made.tree[STREET]
    with made.database.write() as session:
        first, second = (actor(session, staff(session, "street_desk", area=area)) for _ in range(2))
    operator_id = seen(made, shop.number).operator_id
    return Column(
        made.database, made.desk, first, second, made.elsewhere, shop.number, operator_id, area
    )


def matter(shop: Shop) -> MatterRow:
    with shop.made.database.read() as session:
        matter_id = session.scalars(select(Matter.id)).one()
    return shop.world.row(matter_id)


def noticed(shop: Shop) -> None:
    """What was proposed is confirmed by another person: a notice stands in the ledger, with its own
    days to object."""
    made, world = shop.made, shop.world
    assert matter(shop).state is MatterState.PROPOSED
    assert matter(shop).subject_shop_id is not None
    world.check(shop.over + timedelta(hours=1))
    told = shop.over + timedelta(hours=2)
    made.do(
        confirm, matter(shop).id, no_interest=True, actor=world.centre, gates=world.gates, now=told
    )
    row = matter(shop)
    assert row.state is MatterState.ANNOUNCED
    assert row.notice_id is not None
    assert row.object_until is not None
    assert row.object_until >= told + WINDOW


def test_r261_a_confirmed_breach_goes_to_the_ledger_and_the_column_and_an_appeal_ends_both(
    shop: Shop,
) -> None:
    column, made, world = column_of(shop), shop.made, shop.world
    recorded = shop.over - (ladder()[BreachStep.RECORD].days + 1) * DAY
    # notice first: until its days of appeal are over neither is shown nor proposed
    item = column.waiting(recorded, days=DAYS)
    with pytest.raises(Refused) as early:
        column.step(column.second, item, Step.APPROVE, shop.over - DAY)
    assert early.value.code is ExposureRefusal.WINDOW_RUNS
    with pytest.raises(Refused) as too_early:
        shop.follow(conduct=shop.conduct(), now=shop.over - 2 * DAY)
    assert too_early.value.code is BreachRefusal.TOO_EARLY
    assert followed(shop) == (0, 0)

    # then a proposal that another person confirms, with a notice of its own, and the item
    shop.follow(conduct=shop.conduct())
    column.step(column.second, item, Step.APPROVE, shop.over)
    assert column.seen(shop.over) == [item]
    noticed(shop)

    # what is told anew can be appealed anew: hidden at once, and while the appeal is open
    handed = shop.over + DAY
    made.do(hand_over, made.desk, shop.number, "长期不履行", language="zh_Hans", now=handed)
    assert column.seen(handed) == []
    made.do(appeal, made.owner, shop.number, "门前已经清扫，附照片", now=handed + DAY)
    later = handed + WINDOW + 2 * DAY
    assert later < shop.over + DAYS * DAY
    assert column.seen(later) == []

    # it was right: the breach never was, the entry never counts, the item never comes back
    made.do(
        decide_appeal, made.second, shop.number, AppealOutcome.UPHELD, "照片属实",
        now=handed + 2 * DAY,
    )  # fmt: skip
    assert seen(made, shop.number).state is BreachState.VOID
    world.run(handed + 2 * DAY + timedelta(minutes=10))
    assert matter(shop).state is MatterState.VOIDED
    assert column.seen(later) == []


def test_r261_an_appeal_that_is_rejected_lets_the_item_be_seen_until_its_time_is_over(
    shop: Shop,
) -> None:
    column, made = column_of(shop), shop.made
    recorded = shop.over - (ladder()[BreachStep.RECORD].days + 1) * DAY
    item = column.waiting(recorded, days=DAYS)
    made.do(appeal, made.owner, shop.number, "门前已经清扫", now=recorded + DAY)
    made.do(
        decide_appeal, made.second, shop.number, AppealOutcome.REJECTED, "现场仍有垃圾",
        now=recorded + 2 * DAY,
    )  # fmt: skip
    # the days are those of the record: its answer tells the shop of nothing new
    shown = recorded + WINDOW + DAY
    with pytest.raises(Refused) as early:
        column.step(column.second, item, Step.APPROVE, shown - DAY)
    assert early.value.code is ExposureRefusal.WINDOW_RUNS
    column.step(column.second, item, Step.APPROVE, shown)
    assert column.seen(shown) == [item]
    assert column.seen(shown + DAYS * DAY) == []
