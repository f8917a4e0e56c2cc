"""A benefit is kept for one, fetched once with its code, or given back by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from credit.models import Redemption
from credit.rules.benefits import (
    WRONG_CODES,
    BenefitRefusal,
    RedemptionState,
)
from credit.service import end_consent
from credit.service.benefits import (
    change_benefit,
)
from credit.service.due import settle_due
from credit.service.looks import LOOK
from credit.service.redeeming import (
    cancel_redemption,
    find_by_code,
    found_redemption,
    hand_out,
    own_redemption,
)
from portal.accounts.models import Person
from portal.accounts.rules import AgeBand
from portal.accounts.service import erase_person
from portal.areas.models import Area
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Counted, Missing, Refused
from tests.make.areas import small_tree
from tests.make.benefits import (
    COMMUNITY,
    WISH,
    available,
    check_books,
    desk,
    kept,
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


# --- having one kept ---


def test_one_is_kept_its_points_are_held_and_a_new_price_does_not_touch_it(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        row, who = offer(session, tree, stock=2), saver(session, 8)
        number = redeemed(session, who, row)
        assert (available(session, who), read(session, row.code).in_stock) == (3, 1)
        change_benefit(
            session, desk(session, tree), row.code, replace(WISH, price=9), seen=2, now=NOW
        )
        assert kept(session, number).price == 5
        actor = desk(session, tree)
        find_by_code(session, actor, pick_up_code(session, number), now=NOW)
        hand_out(session, actor, number, now=NOW)
        assert available(session, who) == 3
        check_books(session)


def test_a_price_that_she_did_not_see_is_not_paid(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        row, who = offer(session, tree), saver(session)
        change_benefit(
            session, desk(session, tree), row.code, replace(WISH, price=9), seen=2, now=NOW
        )
    with pytest.raises(Conflict) as caught, database.write() as session:
        redeemed(session, who, row)
    assert (caught.value.code, caught.value.facts) == (BenefitRefusal.NEW_PRICE, {"price": 9})


def test_who_has_too_few_points_is_told_how_many_and_the_stock_is_whole(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        row, who = offer(session, tree), saver(session, 3)
    with pytest.raises(Refused) as caught, database.write() as session:
        redeemed(session, who, row)
    assert (caught.value.code, caught.value.facts) == (BenefitRefusal.NOT_ENOUGH, {"missing": 2})
    with database.read() as session:
        assert read(session, row.code).in_stock == 1
        assert available(session, who) == 3


def test_points_that_have_run_out_buy_nothing(database: Database, tree: dict[str, Area]) -> None:
    with database.write() as session:
        row, who = offer(session, tree), saver(session, 9, until=NOW + DAY)
    with refusal(BenefitRefusal.NOT_ENOUGH), database.write() as session:
        redeemed(session, who, row, NOW + 2 * DAY)


def test_one_person_has_no_more_than_allowed_but_may_change_her_mind(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        row, who = offer(session, tree, stock=None, per_person=1), saver(session)
        number = redeemed(session, who, row)
        with refusal(BenefitRefusal.HAD_ENOUGH):
            redeemed(session, who, row)
        cancel_redemption(session, who, number, now=NOW)
        redeemed(session, who, row)
        assert available(session, who) == 15
        assert read(session, row.code).in_stock is None


def test_an_offer_holds_on_its_days_and_nothing_is_kept_longer(
    database: Database, tree: dict[str, Area]
) -> None:
    last = NOW.date() + 2 * DAY
    with database.write() as session:
        row = offer(
            session, tree, stock=9, valid_from=NOW.date() + DAY, valid_to=last, hold_days=30
        )
        who = saver(session)
        for at in (NOW, NOW + 3 * DAY):
            with refusal(BenefitRefusal.NOT_OFFERED):
                redeemed(session, who, row, at)
        number = redeemed(session, who, row, NOW + DAY)
        # the day ends at midnight in the city
        assert kept(session, number).until.isoformat() == "2026-12-01T16:00:00+00:00"


def test_who_has_no_account_is_told_so(database: Database, tree: dict[str, Area]) -> None:
    with database.write() as session, refusal(BenefitRefusal.NO_POINTS):
        redeemed(session, desk(session, tree), offer(session, tree))


def test_L5_who_ended_her_consent_still_spends_what_she_has(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        row, who = offer(session, tree), saver(session, 5)
        assert who.person_id is not None
        end_consent(session, DISTRICT, who.person_id, now=NOW)
        number, actor = redeemed(session, who, row), desk(session, tree)
        find_by_code(session, actor, pick_up_code(session, number), now=NOW)
        hand_out(session, actor, number, now=NOW)
        assert available(session, who) == 0


def test_L1_minors_spend_their_points_too(database: Database, tree: dict[str, Area]) -> None:
    with database.write() as session:
        row, who = offer(session, tree), saver(session, 5)
        session.execute(
            update(Person).where(Person.id == who.person_id).values(age_band=AgeBand.UNDER_18)
        )
        assert kept(session, redeemed(session, who, row)).state is RedemptionState.HELD


# --- the ways out ---


def test_what_is_cancelled_gives_points_and_stock_back_once(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        row, who = offer(session, tree), saver(session)
        number = redeemed(session, who, row)
        for _ in range(2):
            cancel_redemption(session, who, number, now=NOW)
            assert (available(session, who), read(session, row.code).in_stock) == (20, 1)
        with pytest.raises(Missing):
            cancel_redemption(session, saver(session), number, now=NOW)
        check_books(session)


def test_what_nobody_fetches_comes_back_on_its_day_once(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        row, who = offer(session, tree), saver(session)
        number = redeemed(session, who, row)
        assert kept(session, number).state_at(NOW + 8 * DAY) is RedemptionState.LAPSED
    assert settle_due(database, NOW + 6 * DAY) == 0
    for made in (1, 0):
        assert settle_due(database, NOW + 9 * DAY) == made
        with database.read() as session:
            found = kept(session, number)
            assert (found.state, found.ended_at) == (RedemptionState.LAPSED, NOW + 7 * DAY)
            assert (available(session, who), read(session, row.code).in_stock) == (20, 1)
            check_books(session)


def test_what_has_run_out_is_neither_fetched_nor_cancelled_when_the_job_is_late(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        row, who, actor = offer(session, tree), saver(session), desk(session, tree)
        number = redeemed(session, who, row)
        find_by_code(session, actor, pick_up_code(session, number), now=NOW + 7 * DAY)
    late = NOW + 7 * DAY
    with refusal(BenefitRefusal.OVER), database.write() as session:
        hand_out(session, actor, number, now=late)
    with refusal(BenefitRefusal.OVER), database.write() as session:
        cancel_redemption(session, who, number, now=late)


def test_a_purchase_after_a_hold_ran_out_finds_its_stock_again(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        row, who = offer(session, tree), saver(session)
        redeemed(session, who, row)
        # no job has run: her own wish writes down first what has run out
        redeemed(session, who, row, NOW + 8 * DAY)
        assert (available(session, who), read(session, row.code).in_stock) == (15, 0)


def test_L14_an_erasure_gives_the_stock_back_and_nothing_leads_to_her(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        row, who = offer(session, tree), saver(session)
        number = redeemed(session, who, row)
    with database.write() as session:
        assert who.person_id is not None
        erase_person(session, None, who.person_id, now=NOW)
    with database.read() as session:
        assert read(session, row.code).in_stock == 1
        found = kept(session, number)
        assert (found.state, found.account_id) == (RedemptionState.CANCELLED, None)
        check_books(session)


# --- handing out ---


def test_it_is_handed_out_once_and_the_points_are_spent(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        row, who, actor = offer(session, tree), saver(session), desk(session, tree)
        number = redeemed(session, who, row)
        typed = pick_up_code(session, number).lower().replace("-", " ")
        assert find_by_code(session, actor, typed, now=NOW) == number
        hand_out(session, actor, number, now=NOW)
        assert kept(session, number).state is RedemptionState.HANDED_OUT
        assert session.scalar(select(Redemption.handed_by)) == actor.person_id
        with refusal(BenefitRefusal.OVER):
            hand_out(session, actor, number, now=NOW)
        with refusal(BenefitRefusal.OVER):
            cancel_redemption(session, who, number, now=NOW)
        assert (available(session, who), read(session, row.code).in_stock) == (15, 0)
        check_books(session)


def test_the_code_is_in_no_cell_of_the_database(database: Database, tree: dict[str, Area]) -> None:
    with database.write() as session:
        number = redeemed(session, saver(session), offer(session, tree))
        code = pick_up_code(session, number)
        cells = repr(session.execute(select(Redemption.__table__)).all())
        assert code not in cells
        assert code.replace("-", "") not in cells
        assert code != number


def test_L15_she_sees_who_looked_at_what_is_kept_for_her(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        who, actor = saver(session), desk(session, tree)
        number = redeemed(session, who, offer(session, tree))
        find_by_code(session, actor, pick_up_code(session, number), now=NOW)
        session.flush()
        noted = session.execute(
            select(AuditEntry.actor_id, AuditEntry.action, AuditEntry.reason).where(
                AuditEntry.person_id == who.person_id
            )
        ).one()
        assert tuple(noted[:2]) == (actor.person_id, LOOK)
        assert number in noted.reason


def test_without_its_code_nobody_sees_or_hands_out_what_is_kept(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        who, actor = saver(session), desk(session, tree)
        number = redeemed(session, who, offer(session, tree))
        with pytest.raises(Missing):
            hand_out(session, actor, number, now=NOW)
        find_by_code(session, actor, pick_up_code(session, number), now=NOW)
        assert found_redemption(session, actor, number, now=NOW)[1] == who.person_id
        for other, at in ((desk(session, tree), NOW), (actor, NOW + DAY)):
            with pytest.raises(Missing):
                found_redemption(session, other, number, now=at)
        with pytest.raises(Missing):
            own_redemption(session, saver(session), number)


def test_a_code_opens_nothing_on_another_place(database: Database, tree: dict[str, Area]) -> None:
    with database.write() as session:
        number = redeemed(session, saver(session), offer(session, tree))
        elsewhere = desk(session, {COMMUNITY: tree[f"{DISTRICT}002001"]})
        with refusal(BenefitRefusal.WRONG_CODE):
            find_by_code(session, elsewhere, pick_up_code(session, number), now=NOW)


def test_codes_are_not_tried_out(database: Database, tree: dict[str, Area]) -> None:
    with database.write() as session:
        number = redeemed(session, saver(session), offer(session, tree))
        code, actor = pick_up_code(session, number), desk(session, tree)
    for typed in ("00000-00000", "", "x" * 300, *["7K3M9-QX2HD"] * (WRONG_CODES - 3)):
        with pytest.raises(Counted), database.write() as session:
            find_by_code(session, actor, typed, now=NOW)
    with refusal(BenefitRefusal.TOO_MANY_CODES), database.write() as session:
        find_by_code(session, actor, code, now=NOW)
    with database.write() as session:
        assert find_by_code(session, actor, code, now=NOW + timedelta(minutes=16)) == number


def test_nobody_hands_out_her_own(database: Database, tree: dict[str, Area]) -> None:
    with database.write() as session:
        actor = desk(session, tree)
        who = saver(session)
        number = redeemed(session, who, offer(session, tree))
        herself = replace(actor, person_id=who.person_id)
        find_by_code(session, herself, pick_up_code(session, number), now=NOW)
        with refusal(BenefitRefusal.OWN):
            hand_out(session, herself, number, now=NOW)
