"""The ledger against a small model of it in memory: a legal walk, and illegal probes between."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from credit.queries.accounts import pending_of, unit_sums, wrong_balances
from credit.rules.kinds import DEEPEST_CONDUCT, LedgerRefusal, Party
from credit.rules.leaf import Unit
from credit.service import Posted, Rejected, correct, give_back_held, open_account, spend_held
from credit.service.conduct import post_deduction, repair_deduction, void_deduction
from credit.service.due import settle_due
from credit.service.posting import Details
from credit.service.sealing import seal
from portal.kernel.db import Database
from portal.kernel.ids import new_id
from tests.make.credit import DISTRICT, NOW, standing, try_give, try_hold, try_notice

DAY = timedelta(days=1)
WHY = Details("desk:1")


@dataclass
class Hold:
    """Something that waits: a purchase or a notice."""

    account: int
    amount: int
    until: Any
    since: Any


@dataclass
class Model:
    """Two accounts in points, one in conduct, kept in the plainest way: lots in a list."""

    lots: list[list[list[Any]]] = field(default_factory=lambda: [[], []])
    holds: dict[UUID, Hold] = field(default_factory=dict)
    notices: dict[UUID, Hold] = field(default_factory=dict)
    spent: dict[UUID, Hold] = field(default_factory=dict)
    deductions: dict[UUID, list[Any]] = field(default_factory=dict)

    def held(self, account: int) -> int:
        return sum(hold.amount for hold in self.holds.values() if hold.account == account)

    def announced(self) -> int:
        return sum(notice.amount for notice in self.notices.values())

    def conduct(self) -> int:
        return -sum(left for left, _ in self.deductions.values())

    def used(self, account: int) -> int:
        spent = sum(one.amount for one in self.spent.values() if one.account == account)
        return self.held(account) + spent

    def left(self, account: int) -> list[int]:
        """First in, first out: what purchases used, taken from the oldest lots."""
        used, rest = self.used(account), []
        for amount, _ in self.lots[account]:
            here = min(used, amount)
            used -= here
            rest.append(amount - here)
        return rest

    def available(self, account: int) -> int:
        return sum(self.left(account))

    def balance(self, account: int) -> int:
        return self.available(account) + self.held(account)

    def until(self, now: Any) -> None:
        """Let time pass, one moment after the other."""
        while moments := [moment for moment in self._moments() if moment <= now]:
            self._pass(min(moments))

    def _moments(self) -> Iterator[Any]:
        for holds in (self.holds, self.notices):
            yield from (hold.until for hold in holds.values())
        yield from (until for left, until in self.deductions.values() if left)
        for account in (0, 1):
            left = self.left(account)
            for here, (_, until) in zip(left, self.lots[account], strict=True):
                if here:
                    yield until

    def _pass(self, moment: Any) -> None:
        for holds in (self.holds, self.notices):
            for key in [key for key, hold in holds.items() if hold.until <= moment]:
                del holds[key]
        for deduction in self.deductions.values():
            if deduction[1] <= moment:
                deduction[0] = 0
        for account in (0, 1):
            for lot, here in zip(self.lots[account], self.left(account), strict=True):
                if lot[1] <= moment:
                    lot[0] -= here


class LedgerMachine(RuleBasedStateMachine):
    """Each rule acts on both, and both must answer the same."""

    database: ClassVar[Database]

    @initialize()
    def begin(self) -> None:
        self.model, self.now = Model(), NOW
        self.gone: list[UUID] = []
        with self.database.write() as session:
            shop, other = uuid.uuid4(), uuid.uuid4()
            self.accounts = [
                open_account(session, DISTRICT, Party.SHOP, who, unit, now=NOW)
                for who, unit in (
                    (shop, Unit.POINTS), (other, Unit.POINTS), (shop, Unit.CONDUCT),
                )
            ]  # fmt: skip

    def act(self, act: Any, *given: Any, **named: Any) -> Any:
        with self.database.write() as session:
            return act(session, *given, now=self.now, **named)

    def end(self, act: Any, of: UUID, **more: Any) -> Any:
        return self.act(act, district=DISTRICT, entry_id=new_id(), of=of, details=WHY, **more)

    @rule(account=st.integers(0, 1), amount=st.integers(1, 9), days=st.integers(1, 40))
    def give(self, account: int, amount: int, days: int) -> None:
        until = self.now + days * DAY
        assert isinstance(self.act(try_give, self.accounts[account], amount, until=until), Posted)
        self.model.lots[account].append([amount, until])

    @rule(account=st.integers(0, 1), amount=st.integers(1, 12), days=st.integers(1, 40))
    def hold(self, account: int, amount: int, days: int) -> None:
        self.model.until(self.now)
        enough = amount <= self.model.available(account)
        until = self.now + days * DAY
        outcome = self.act(try_hold, self.accounts[account], amount, until=until)
        assert isinstance(outcome, Posted) is enough, outcome
        if enough:
            self.model.holds[outcome.entry.id] = Hold(account, amount, until, self.now)

    @precondition(lambda self: self.model.holds)
    @rule(data=st.data(), spend=st.booleans())
    def end_hold(self, data: Any, *, spend: bool) -> None:
        key = data.draw(st.sampled_from(sorted(self.model.holds)))
        self.model.until(self.now)
        outcome = self.end(spend_held if spend else give_back_held, key)
        hold = self.model.holds.pop(key, None)
        assert isinstance(outcome, Posted) is (hold is not None)
        self.gone.append(key)
        if spend and hold:
            self.model.spent[outcome.entry.id] = hold
        self.model.until(self.now)

    @precondition(lambda self: self.model.spent)
    @rule(data=st.data(), amount=st.integers(1, 9))
    def correct_a_purchase(self, data: Any, amount: int) -> None:
        key = data.draw(st.sampled_from(sorted(self.model.spent)))
        self.model.until(self.now)
        hold = self.model.spent[key]
        outcome = self.end(correct, key, amount=amount)
        assert isinstance(outcome, Posted) is (amount <= hold.amount)
        if amount <= hold.amount:
            hold.amount -= amount
        self.model.until(self.now)

    @rule(amount=st.integers(1, 70), days=st.integers(16, 60))
    def announce(self, amount: int, days: int) -> None:
        self.model.until(self.now)
        depth = self.model.conduct() - self.model.announced() - amount
        until = self.now + days * DAY
        outcome = self.act(try_notice, self.accounts[2], amount, until=until)
        assert isinstance(outcome, Posted) is (depth >= DEEPEST_CONDUCT), outcome
        if isinstance(outcome, Posted):
            self.model.notices[outcome.entry.id] = Hold(2, amount, until, self.now)

    @precondition(lambda self: self.model.notices)
    @rule(data=st.data(), post=st.booleans())
    def end_notice(self, data: Any, *, post: bool) -> None:
        key = data.draw(st.sampled_from(sorted(self.model.notices)))
        self.model.until(self.now)
        notice = self.model.notices.get(key)
        outcome = self.end(post_deduction if post else void_deduction, key)
        early = post and notice is not None and self.now < notice.since + 15 * DAY
        assert isinstance(outcome, Posted) is (notice is not None and not early)
        if isinstance(outcome, Posted):
            del self.model.notices[key]
            self.gone.append(key)
        if isinstance(outcome, Posted) and notice and post:
            until = self.now + 90 * DAY
            self.model.deductions[outcome.entry.id] = [notice.amount, until]

    @precondition(lambda self: self.model.deductions)
    @rule(data=st.data(), amount=st.integers(1, 40))
    def repair(self, data: Any, amount: int) -> None:
        key = data.draw(st.sampled_from(sorted(self.model.deductions)))
        self.model.until(self.now)
        enough = amount <= self.model.deductions[key][0]
        outcome = self.end(repair_deduction, key, amount=amount)
        assert isinstance(outcome, Posted) is enough
        if enough:
            self.model.deductions[key][0] -= amount

    @precondition(lambda self: self.gone)
    @rule(data=st.data(), spend=st.booleans())
    def probe_what_is_over(self, data: Any, *, spend: bool) -> None:
        """Illegal: it was ended already, or it was never on hold in this way."""
        key = data.draw(st.sampled_from(sorted(self.gone)))
        outcome = self.end(spend_held if spend else post_deduction, key)
        assert isinstance(outcome, Rejected)
        assert outcome.code in {
            LedgerRefusal.RESOLVED, LedgerRefusal.UNKNOWN_ENTRY, LedgerRefusal.TOO_EARLY,
        }  # fmt: skip

    @rule(account=st.integers(0, 1))
    def probe_more_than_there_is(self, account: int) -> None:
        """Illegal: one more than can be spent, and then again with the same id."""
        self.model.until(self.now)
        wish = {"entry_id": new_id(), "until": self.now + DAY}
        amount = self.model.available(account) + 1
        refused = Rejected(LedgerRefusal.NOT_ENOUGH, "amount")
        for _ in range(2):
            assert self.act(try_hold, self.accounts[account], amount, **wish) == refused

    @rule(hours=st.integers(1, 400), job=st.booleans())
    def wait(self, hours: int, *, job: bool) -> None:
        self.now += timedelta(hours=hours)
        if job:
            settle_due(self.database, self.now)

    @rule()
    def seal_what_waits(self) -> None:
        seal(self.database, self.now)

    @invariant()
    def the_books_balance(self) -> None:
        with self.database.read() as session:
            assert wrong_balances(session) == []
            assert set(unit_sums(session).values()) <= {0}

    def teardown(self) -> None:
        """At last the job looks at everything, and both must stand the same."""
        if not hasattr(self, "accounts"):
            return
        settle_due(self.database, self.now)
        self.model.until(self.now)
        with self.database.read() as session:
            for at in (0, 1):
                found = standing(session, self.accounts[at])
                assert found.balance == self.model.balance(at)
                assert found.held == self.model.held(at)
            conduct = standing(session, self.accounts[2])
            assert conduct.balance == self.model.conduct()
            assert conduct.held == self.model.announced()
            pending = [p for one in self.accounts for p in pending_of(session, DISTRICT, one)]
            assert set(pending) == {*self.model.holds, *self.model.notices}


@pytest.mark.parametrize(
    ("walks", "steps"), [(8, 25), pytest.param(400, 60, marks=pytest.mark.long)]
)
def test_the_ledger_does_what_its_model_does(database: Database, walks: int, steps: int) -> None:
    machine = type("Machine", (LedgerMachine,), {"database": database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=walks,
            stateful_step_count=steps,
            deadline=None,
            derandomize=walks < 30,
            suppress_health_check=list(HealthCheck),
        ),
    )
