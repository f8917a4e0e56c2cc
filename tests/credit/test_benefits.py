"""Benefits for points are written by one and checked by another; some things never are (N4, N8)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from credit.models import Benefit
from credit.queries.benefits import benefits_at_desk, history_of, offered
from credit.rules.benefits import (
    BenefitRefusal,
    BenefitState,
    BenefitStep,
    benefit_kinds,
    never_offered,
    sounds_forbidden,
)
from credit.rules.kinds import TRANSFERS
from credit.service.benefits import (
    change_benefit,
    change_stock,
    check_benefit,
    close_benefit,
    offer_benefit,
    reopen_benefit,
)
from credit.service.redeeming import (
    find_by_code,
    hand_out,
    redeem,
)
from portal.accounts.rules import Permission
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import Forbidden, Missing
from tests.make.areas import small_tree
from tests.make.benefits import (
    COMMUNITY,
    WISH,
    desk,
    offer,
    pick_up_code,
    read,
    redeemed,
    refusal,
    saver,
)
from tests.make.credit import DISTRICT, NOW

DAY = timedelta(days=1)


@pytest.fixture
def tree(database: Database) -> dict[str, Area]:
    with database.write() as session:
        return small_tree(session)


# --- what may be offered ---


def test_N4_no_cash_and_nothing_that_can_be_handed_on_is_offered(
    database: Database, tree: dict[str, Area]
) -> None:
    forbidden = {kind.code for kind in never_offered() if kind.law == "N4"}
    assert forbidden == {"cash", "voucher"}
    with database.write() as session:
        actor = desk(session, tree)
        for code in (*forbidden, "no_such_kind"):
            with refusal(BenefitRefusal.KIND):
                offer_benefit(
                    session, actor, replace(WISH, kind=code), area_code=COMMUNITY, stock=1, now=NOW
                )
    # nor can anybody's points become somebody else's: no kind of entry has two holders
    assert all(nature.phase for nature in TRANSFERS.values())


def test_N8_no_essential_public_service_has_a_price_in_points(
    database: Database, tree: dict[str, Area]
) -> None:
    forbidden = [kind.code for kind in benefit_kinds().values() if kind.law == "N8"]
    assert {"utilities", "school", "medical", "housing", "welfare", "permit"} <= set(forbidden)
    with database.write() as session:
        actor = desk(session, tree)
        for code in forbidden:
            with refusal(BenefitRefusal.KIND):
                offer_benefit(
                    session, actor, replace(WISH, kind=code), area_code=COMMUNITY, stock=1, now=NOW
                )
    # and what goes by another name is shown to the second person
    assert [kind.code for kind in sounds_forbidden(["充 100 元电费"])] == ["utilities"]
    assert sounds_forbidden(["环保购物袋"]) == []


def test_N8_a_second_person_declares_it_before_residents_see_it(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        writer, other = desk(session, tree), desk(session, tree)
        code = offer_benefit(session, writer, WISH, area_code=COMMUNITY, stock=1, now=NOW)
        assert offered(session, NOW.date()) == []
        with refusal(BenefitRefusal.NOT_OFFERED):
            redeem(session, saver(session), code, price=5, now=NOW)
        with refusal(BenefitRefusal.SAME_PERSON):
            check_benefit(session, writer, code, declared=True, seen=1, now=NOW)
        with refusal(BenefitRefusal.NOT_DECLARED):
            check_benefit(session, other, code, declared=False, seen=1, now=NOW)
        with refusal(BenefitRefusal.CHANGED):
            check_benefit(session, other, code, declared=True, seen=7, now=NOW)
        check_benefit(session, other, code, declared=True, seen=1, now=NOW)
        assert [row.code for row in offered(session, NOW.date())] == [code]


def test_N8_whoever_changes_what_is_offered_needs_the_check_again_for_a_price_not(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        row = offer(session, tree)
        actor = desk(session, tree)
        change_benefit(session, actor, row.code, replace(WISH, price=6), seen=2, now=NOW)
        assert read(session, row.code).state is BenefitState.OFFERED
        words = {"zh_Hans": "电费一百元"}
        change_benefit(session, actor, row.code, replace(WISH, words=words), seen=3, now=NOW)
        changed = read(session, row.code)
        assert (changed.state, changed.checker_id) == (BenefitState.WAITING, None)
        assert changed.writer_id == actor.person_id
        with refusal(BenefitRefusal.SAME_PERSON):
            check_benefit(session, actor, row.code, declared=True, seen=4, now=NOW)


def test_N8_the_database_itself_knows_no_offer_checked_by_its_writer(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        row = offer(session, tree)
    for values in (
        {"checker_id": row.writer_id},
        {"checker_id": None, "checked_at": None},
        {"price": 0},
        {"in_stock": -1},
    ):
        with pytest.raises(IntegrityError), database.write() as session:
            session.execute(update(Benefit).where(Benefit.id == row.id).values(**values))


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"titles": {"en": "Bag"}}, BenefitRefusal.NO_TITLE, "title_zh_hans"),
        ({"words": {}}, BenefitRefusal.NO_WORDS, "words_zh_hans"),
        ({"titles": {"zh_Hans": "袋" * 61}}, BenefitRefusal.TOO_LONG, "title_zh_hans"),
        ({"pick_up": ""}, BenefitRefusal.NO_PLACE, "pick_up"),
        ({"offered_by": ""}, BenefitRefusal.NO_OFFERER, "offered_by"),
        ({"price": 0}, BenefitRefusal.PRICE, "price"),
        ({"price": 10_001}, BenefitRefusal.PRICE, "price"),
        ({"per_person": 0}, BenefitRefusal.PER_PERSON, "per_person"),
        ({"hold_days": 61}, BenefitRefusal.HOLD_DAYS, "hold_days"),
        ({"valid_to": date(2025, 12, 31)}, BenefitRefusal.DATES, "valid_to"),
    ],
)
def test_what_is_wrong_with_an_offer_is_named(
    database: Database,
    tree: dict[str, Area],
    changes: dict[str, Any],
    code: BenefitRefusal,
    field: str,
) -> None:
    with database.write() as session, refusal(code) as caught:
        offer_benefit(
            session, desk(session, tree), replace(WISH, **changes), area_code=COMMUNITY,
            stock=None, now=NOW,
        )  # fmt: skip
    assert caught.value.field == field


def test_a_desk_offers_in_its_own_places_only(database: Database, tree: dict[str, Area]) -> None:
    with database.write() as session:
        row = offer(session, tree)
        elsewhere = desk(session, {COMMUNITY: tree[f"{DISTRICT}002001"]})
        for act in (
            lambda: offer_benefit(session, elsewhere, WISH, area_code=COMMUNITY, stock=1, now=NOW),
            lambda: change_benefit(session, elsewhere, row.code, WISH, seen=2, now=NOW),
            lambda: close_benefit(session, elsewhere, row.code, reason="x", now=NOW),
        ):
            with pytest.raises(Forbidden):
                act()
        assert benefits_at_desk(session, elsewhere.places_for(Permission.BENEFIT_MANAGE)) == []
        with pytest.raises(Missing):
            change_benefit(session, elsewhere, "00000-00000", WISH, seen=1, now=NOW)


def test_the_stock_is_counted_in_and_out_with_a_reason_and_nothing_kept_is_taken(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        row, actor = offer(session, tree, stock=2), desk(session, tree)
        redeemed(session, saver(session), row)

        def count(step: BenefitStep, amount: int | None, reason: str = "盘点") -> int | None:
            change_stock(session, actor, row.code, step, amount=amount, reason=reason, now=NOW)
            return read(session, row.code).in_stock

        with refusal(BenefitRefusal.NOT_SO_MANY):
            count(BenefitStep.STOCK_OUT, 2)
        with refusal(BenefitRefusal.NO_REASON):
            count(BenefitStep.STOCK_IN, 1, "  ")
        for wrong in (None, 0, -3, 100_001):
            with refusal(BenefitRefusal.STOCK):
                count(BenefitStep.STOCK_IN, wrong)
        assert count(BenefitStep.STOCK_OUT, 1) == 0
        assert count(BenefitStep.STOCK_IN, 4) == 4
        assert count(BenefitStep.UNLIMITED, None) is None
        assert count(BenefitStep.STOCK_IN, 3) == 3
        session.flush()
        found = [(one.step, one.amount) for one in history_of(session, row)]
        assert found[:2] == [(BenefitStep.STOCK_IN, 3), (BenefitStep.UNLIMITED, None)]
        assert found[-2:] == [(BenefitStep.CHECK, None), (BenefitStep.WRITE, 2)]


def test_what_is_closed_is_had_no_more_but_still_fetched_and_opened_by_two(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        row, actor = offer(session, tree, stock=5), desk(session, tree)
        number = redeemed(session, saver(session), row)
        close_benefit(session, actor, row.code, reason="送完了", now=NOW)
        with refusal(BenefitRefusal.NOT_OFFERED):
            redeemed(session, saver(session), row)
        find_by_code(session, actor, pick_up_code(session, number), now=NOW)
        hand_out(session, actor, number, now=NOW)
        reopen_benefit(session, actor, row.code, now=NOW)
        again = read(session, row.code)
        assert (again.state, again.checker_id) == (BenefitState.WAITING, None)
