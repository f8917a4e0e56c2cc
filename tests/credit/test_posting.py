"""Entries: posted once, answered again in the same way, held and ended, floors kept."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credit.models import Due, Entry, EntryDetail, Unsealed
from credit.queries.accounts import unit_sums, wrong_balances
from credit.queries.entries import entries_of, entry
from credit.rules.bodies import Statement, Transfer
from credit.rules.kinds import Issuer, Kind, LedgerRefusal, Party
from credit.rules.leaf import Unit, opens, read_leaf, unpack
from credit.service import Details, Posted, Rejected, correct, give_back_held, spend_held
from credit.service.conduct import (
    post_deduction,
    repair_deduction,
    void_deduction,
)
from credit.service.posting import post, state
from credit.service.statements import seal_statement
from credit.service.writing import leaf_hash, leaf_of
from portal.kernel.db import Database
from portal.kernel.ids import new_id
from tests.make.accounts import person
from tests.make.credit import (
    DISTRICT,
    NOW,
    account,
    given,
    posted,
    standing,
    try_give,
    try_hold,
    try_notice,
)

WHY = Details("desk:1")


def end(session: Session, act: Any, of: UUID, **changes: Any) -> Any:
    given = {"district": DISTRICT, "entry_id": new_id(), "of": of, "details": WHY, "now": NOW}
    return act(session, **{**given, **changes})


def count(session: Session, model: Any) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def all_is_well(session: Session) -> None:
    assert wrong_balances(session) == []
    assert set(unit_sums(session).values()) <= {0}


def test_an_award_is_an_entry_a_balance_details_and_a_place_in_the_queue(
    database: Database,
) -> None:
    with database.write() as session:
        mine = account(session)
        made = given(session, mine, 5).entry
        assert standing(session, mine).balance == 5
        assert count(session, Unsealed) == 1
        detail = session.get_one(EntryDetail, (DISTRICT, made.id))
        assert detail.account_id == mine
        salt, details = unpack(database.info["instance"].vault.unseal(detail.sealed_details))
        assert details == {"source": f"shift:{made.id}"}
        assert opens(leaf_of(made), salt, details)
        assert read_leaf(leaf_of(made).encode()) == leaf_of(made)
        waiting = session.get_one(Unsealed, {"district": DISTRICT, "entry_id": made.id})
        assert waiting.leaf_hash == leaf_hash(made)
    with database.read() as session:
        assert entry(session, DISTRICT, made.id) == made
        all_is_well(session)


def test_nothing_in_a_leaf_leads_to_a_person_or_to_what_she_did(database: Database) -> None:
    with database.write() as session:
        who = person(session)
        made = given(session, account(session, holder=who.id), 5, source="shift:123").entry
        written = leaf_of(made).encode().decode()
    for secret in ("shift", str(who.id), who.number):
        assert secret not in written.replace("shift@1", "")


def test_the_same_id_and_body_is_the_same_entry_again(database: Database) -> None:
    with database.write() as session:
        mine = account(session)
        first = given(session, mine, 5, source="shift:1")
        wish = {"entry_id": first.entry.id, "source": "shift:1", "now": NOW + timedelta(hours=3)}
        assert try_give(session, mine, 5, **wish) == Posted(first.entry, again=True)
        assert standing(session, mine).balance == 5
        assert count(session, Entry) == 1


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("amount", {"amount": 6}),
        ("rule", {"rule": "shift@2"}),
        ("source", {"source": "shift:2"}),
        ("details", {"details": Details("shift:1", {"times": 2})}),
        ("credit", {"account": True}),
    ],
)
def test_the_same_id_with_another_body_is_refused_by_the_name_of_the_field(
    database: Database, field: str, changes: dict[str, Any]
) -> None:
    with database.write() as session:
        mine = account(session)
        first = given(session, mine, 5, source="shift:1").entry
        wish = {"entry_id": first.id, "source": "shift:1", "amount": 5, **changes}
        who = account(session) if wish.pop("account", None) else mine
        amount = wish.pop("amount")
        answer = try_give(session, who, amount, **wish)
        assert answer == Rejected(LedgerRefusal.OTHER_BODY, field)
        assert standing(session, mine).balance == 5
        all_is_well(session)


def test_once_details_are_erased_the_same_id_is_still_the_same_entry(database: Database) -> None:
    with database.write() as session:
        mine = account(session)
        first = given(session, mine, 5, source="shift:1").entry
        session.delete(session.get_one(EntryDetail, (DISTRICT, first.id)))
        session.flush()
        again = try_give(
            session, mine, 5, entry_id=first.id, source="shift:1", details=Details("x")
        )
        assert again == Posted(first, again=True)


def test_a_source_earns_once_whatever_the_id(database: Database) -> None:
    with database.write() as session:
        mine = account(session)
        first = given(session, mine, 5, source="shift:1").entry
        assert try_give(session, mine, 7, source="shift:1") == Posted(first, again=True)
        assert standing(session, mine).balance == 5
        all_is_well(session)


def test_a_refused_id_stays_refused(database: Database) -> None:
    with database.write() as session:
        mine = account(session, points=3)
        wish = {"entry_id": new_id()}
        assert try_hold(session, mine, 4, **wish) == Rejected(LedgerRefusal.NOT_ENOUGH, "amount")
    with database.write() as session:
        given(session, mine, 10)
        assert try_hold(session, mine, 4, **wish) == Rejected(LedgerRefusal.NOT_ENOUGH, "amount")
        assert try_hold(session, mine, 2, **wish) == Rejected(LedgerRefusal.OTHER_BODY, "amount")
        assert standing(session, mine).held == 0
        assert isinstance(try_hold(session, mine, 4), Posted)
        all_is_well(session)


@pytest.mark.parametrize("amount", [0, -1, 1_000_001])
def test_an_amount_no_ledger_moves_is_refused(database: Database, amount: int) -> None:
    with database.write() as session:
        mine = account(session, points=3)
        refused = Rejected(LedgerRefusal.BAD_AMOUNT, "amount")
        wish = {"entry_id": new_id()}
        assert try_hold(session, mine, amount, **wish) == refused
        assert try_hold(session, mine, amount, **wish) == refused


def test_no_account_and_the_account_of_another_unit_are_refused(database: Database) -> None:
    with database.write() as session:
        conduct = account(session, Unit.CONDUCT)
        for who in (new_id(), conduct):
            assert try_give(session, who, 1) == Rejected(LedgerRefusal.NO_ACCOUNT, "account")


def test_what_is_held_cannot_be_held_again_and_comes_back_when_voided(database: Database) -> None:
    with database.write() as session:
        mine = account(session, points=5)
        hold = posted(try_hold(session, mine, 4)).entry
        assert (standing(session, mine).balance, standing(session, mine).available) == (5, 1)
        assert isinstance(try_hold(session, mine, 2), Rejected)
        posted(end(session, give_back_held, hold.id))
        assert standing(session, mine).available == 5
        all_is_well(session)


def test_what_is_held_is_spent_once(database: Database) -> None:
    with database.write() as session:
        mine = account(session, points=5)
        hold = posted(try_hold(session, mine, 4)).entry
        spent = end(session, spend_held, hold.id)
        assert standing(session, mine).balance == 1
        resolved = Rejected(LedgerRefusal.RESOLVED, "of")
        assert end(session, spend_held, hold.id) == resolved
        assert end(session, give_back_held, hold.id) == resolved
        assert end(session, spend_held, hold.id, entry_id=spent.entry.id).again
        assert session.get(Due, (DISTRICT, hold.id)) is None
        all_is_well(session)


def test_a_second_hold_is_no_cover_for_ending_the_first_twice(database: Database) -> None:
    """The balance alone would allow it: only the key on what is ended says no."""
    with database.write() as session:
        mine = account(session, points=8)
        first, second = (posted(try_hold(session, mine, 4)).entry for _ in range(2))
        posted(end(session, spend_held, first.id))
        assert end(session, spend_held, first.id) == Rejected(LedgerRefusal.RESOLVED, "of")
        assert (standing(session, mine).balance, standing(session, mine).held) == (4, 4)
        posted(end(session, spend_held, second.id))
        all_is_well(session)


@pytest.mark.parametrize("act", [spend_held, give_back_held, void_deduction, post_deduction])
def test_nothing_ends_what_is_not_on_hold(database: Database, act: Any) -> None:
    with database.write() as session:
        mine = account(session)
        award_id = given(session, mine, 5).entry.id
        unknown = Rejected(LedgerRefusal.UNKNOWN_ENTRY, "of")
        wish = {"entry_id": new_id()}
        for of in (award_id, new_id()):
            assert end(session, act, of) == unknown
        assert end(session, act, award_id, **wish) == unknown
        assert end(session, act, award_id, **wish) == unknown


def test_L7_a_deduction_counts_nothing_before_it_is_posted_and_that_takes_fifteen_days(
    database: Database,
) -> None:
    with database.write() as session:
        mine = account(session, Unit.CONDUCT)
        notice = posted(try_notice(session, mine, 10)).entry
        assert (standing(session, mine).balance, standing(session, mine).held) == (0, 10)
        early = end(session, post_deduction, notice.id, now=NOW + timedelta(days=14, hours=23))
        assert early == Rejected(LedgerRefusal.TOO_EARLY, "of")
        with pytest.raises(ValueError, match="fifteen"):
            try_notice(session, mine, 10, until=NOW + timedelta(days=14))
        posted(end(session, post_deduction, notice.id, now=NOW + timedelta(days=15)))
        assert (standing(session, mine).balance, standing(session, mine).held) == (-10, 0)
        all_is_well(session)


def test_L1_conduct_is_written_down_of_adults_and_shops_only(database: Database) -> None:
    with database.write() as session:
        child = account(session, Unit.CONDUCT, holder=person(session).id)
        shop = account(session, Unit.CONDUCT, Party.SHOP, holder=new_id())
        assert try_notice(session, child, 1) == Rejected(LedgerRefusal.NOT_ADULT, "account")
        assert isinstance(try_notice(session, shop, 1), Posted)


def test_conduct_has_a_floor_and_never_rises_above_nothing(database: Database) -> None:
    with database.write() as session:
        mine = account(session, Unit.CONDUCT)
        notice = posted(try_notice(session, mine, 90)).entry
        assert try_notice(session, mine, 11) == Rejected(LedgerRefusal.NOT_ENOUGH, "amount")
        later = NOW + timedelta(days=20)
        deducted = posted(end(session, post_deduction, notice.id, now=later)).entry
        assert end(session, repair_deduction, deducted.id, amount=91) == Rejected(
            LedgerRefusal.TAKEN_BACK, "amount"
        )
        posted(end(session, repair_deduction, deducted.id, amount=60))
        posted(end(session, correct, deducted.id, amount=30))
        assert end(session, repair_deduction, deducted.id, amount=1) == Rejected(
            LedgerRefusal.TAKEN_BACK, "amount"
        )
        assert standing(session, mine).balance == 0
        all_is_well(session)


def test_an_error_is_corrected_by_another_entry_never_below_the_floor(database: Database) -> None:
    with database.write() as session:
        mine = account(session)
        made = given(session, mine, 5).entry
        posted(try_hold(session, mine, 3))
        assert end(session, correct, made.id, amount=3) == Rejected(
            LedgerRefusal.NOT_ENOUGH, "amount"
        )
        fixed = posted(end(session, correct, made.id, amount=2))
        assert fixed.entry.of_id == made.id
        assert (standing(session, mine).balance, standing(session, mine).available) == (3, 0)
        assert [row.kind for row in entries_of(session, DISTRICT, mine)] == [
            Kind.AWARD, Kind.REDEEM_HOLD, Kind.CORRECTION,
        ]  # fmt: skip
        all_is_well(session)


def test_a_statement_is_a_hash_without_an_amount(database: Database) -> None:
    wish: dict[str, Any] = {
        "district": DISTRICT, "entry_id": new_id(), "kind": Kind.PLEDGE_SIGNED, "digest": b"d" * 32,
        "details": Details("pledge:7"), "now": NOW,
    }  # fmt: skip
    with database.write() as session:
        made = posted(seal_statement(session, **wish)).entry
        assert (made.amount, made.digest) == (None, b"d" * 32)
        assert read_leaf(leaf_of(made).encode()) == leaf_of(made)
        assert posted(seal_statement(session, **wish)).again
        other = seal_statement(session, **{**wish, "digest": b"e" * 32})
        assert other == Rejected(LedgerRefusal.OTHER_BODY, "digest")
        assert count(session, Unsealed) == 1


def test_what_no_honest_caller_says_is_a_defect_and_no_refusal(database: Database) -> None:
    good = Transfer(
        DISTRICT, new_id(), Kind.AWARD, Unit.POINTS, new_id(), Issuer.GIVEN, to_holder=True,
        amount=1, rule="shift@1", source=bytes(32),
    )  # fmt: skip
    bad: list[dict[str, Any]] = [
        {"kind": Kind.RELEASE}, {"unit": Unit.CONDUCT}, {"of": new_id()}, {"source": b""},
        {"kind": Kind.REDEEM_POST},
    ]  # fmt: skip
    with database.write() as session:
        for changes in bad:
            with pytest.raises(ValueError, match=r": (kind|unit|of|source)"):
                post(session, Transfer(**{**vars(good), **changes}), WHY, at=NOW)
        for kind, digest in ((Kind.AWARD, bytes(32)), (Kind.RELEASE, b"short")):
            with pytest.raises(ValueError, match=r": (kind|digest)"):
                state(session, Statement(DISTRICT, new_id(), kind, digest), WHY, at=NOW)


def test_N4_no_entry_is_between_two_holders(database: Database) -> None:
    """There is no word for it: a wish names one account, the other side is always an issuer."""
    with database.write() as session:
        one, two = account(session, points=5), account(session, points=5)
        posted(try_hold(session, one, 5))
        for who, other in ((one, two), (two, one)):
            for row in entries_of(session, DISTRICT, who):
                assert other not in {row.debit_id, row.credit_id}
