"""Due process against a small model of it in memory: whatever is tried, both say the same."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
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

from credit.queries.accounts import accounts_of, unit_sums, wrong_balances
from credit.queries.process import own_matters
from credit.rules.guard import Route
from credit.rules.kinds import Party
from credit.rules.process import BasisKind
from credit.service.process import (
    BasisWish,
    add_basis,
    confirm,
    decide,
    object_to,
    put_right,
    repair,
    revoke_basis,
    void_running,
    withdraw_objection,
    withdraw_proposal,
)
from portal.kernel.db import Database
from portal.kernel.errors import Forbidden, Missing, Refused
from tests.make.credit import DISTRICT, adult
from tests.make.process import HOUR, NO_PHOTOS, START, World, proposed, world

MOST = 20
OPEN = {"proposed", "waiting", "announced", "disputed"}
COUNTS = {"in_effect", "contested"}
# what each objection leads to: (before, granted or missed)
FALLS = {"disputed": "voided", "contested": "reversed"}
STAYS = {"disputed": "announced", "contested": "in_effect"}


@dataclass
class Plain:
    """A deduction in the plainest way."""

    state: str
    basis: str
    proposed: datetime
    confirm_by: datetime | None
    never: bool = False
    object_until: datetime | None = None
    lapses: datetime | None = None
    answer_by: datetime | None = None
    expires: datetime | None = None
    left: int = 3
    basis_gone: bool = False
    drops: int = 0
    answered: bool = False

    def at(self, now: datetime) -> str:
        """Where it stands at a moment, if nothing but time passes."""

        def over(moment: datetime | None) -> bool:
            return moment is not None and moment <= now

        if self.state in COUNTS | {"repaired"} and over(self.expires):
            return "expired"
        if self.basis_gone and self.state in OPEN:
            return "voided"
        if self.basis_gone and self.state in COUNTS:
            return "reversed"
        if self.state in FALLS and over(self.answer_by):
            return FALLS[self.state]
        if self.state in {"announced", "disputed"} and over(self.lapses):
            return "voided"
        if self.state in {"proposed", "waiting"} and over(self.confirm_by):
            return "lapsed"
        return self.state


class ProcessMachine(RuleBasedStateMachine):
    """Each rule acts on both, and both must answer the same."""

    database: ClassVar[Database]
    shared: ClassVar[list[World]]

    @initialize()
    def begin(self) -> None:
        """Another resident of the same city each time; what others left there touches nobody."""
        if not self.shared:
            self.shared.append(world(self.database))
        made = self.shared[0]
        self.made = replace(made, on=True, subject=made.do(adult), basis=self.new_basis(made))
        self.now = START
        self.plain: dict[UUID, Plain] = {}

    def new_basis(self, made: World) -> str:
        wish = BasisWish(BasisKind.LEGAL, "条例", "第一条", "公告", date(2020, 1, 1))
        return str(made.do(add_basis, DISTRICT, wish, actor=made.keeper, now=START))

    def tried(self, act: Any, *given: Any, **named: Any) -> bool:
        try:
            self.made.do(act, *given, **named)
        except (Refused, Missing, Forbidden):
            return False
        return True

    def pick(self, at: int) -> tuple[UUID, Plain]:
        ids = list(self.plain)
        return ids[at % len(ids)], self.plain[ids[at % len(ids)]]

    def has_some(self) -> bool:
        return bool(getattr(self, "plain", None))

    @precondition(lambda self: len(self.plain) < MOST)
    @rule()
    def propose_one(self) -> None:
        try:
            made = proposed(
                self.made, now=self.now, happened_at=self.now - HOUR, source=f"{len(self.plain)}"
            )
        except Refused:
            assert not self.made.on
            return
        assert self.made.on
        row = self.made.row(made)
        self.plain[made] = Plain("proposed", self.made.basis, self.now, row.confirm_by)

    @rule(route=st.sampled_from(Route))
    def ask_the_guard(self, route: Route) -> None:
        self.made.route = route
        self.made.check(self.now)
        slot = self.now.replace(minute=0, second=0, microsecond=0)
        for one in self.plain.values():
            if one.state == "proposed" and one.at(self.now) == "proposed" and one.proposed < slot:
                one.state, one.never = "waiting", route is Route.NEVER

    @precondition(has_some)
    @rule(at=st.integers(0, MOST), says=st.booleans())
    def confirm_one(self, at: int, *, says: bool) -> None:
        matter_id, one = self.pick(at)
        may = one.at(self.now) == "waiting" and not one.never and self.made.on and says
        assert may == self.tried(
            confirm, matter_id, no_interest=says, actor=self.made.second_reviewer,
            gates=self.made.gates, now=self.now,
        )  # fmt: skip
        if may:
            row = self.made.row(matter_id)
            one.state, one.confirm_by = "announced", None
            one.object_until = row.object_until
            one.lapses = row.lapses_at
            assert row.object_until is not None
            assert row.object_until >= self.now + timedelta(days=15)

    @precondition(has_some)
    @rule(at=st.integers(0, MOST))
    def object_to_one(self, at: int) -> None:
        matter_id, one = self.pick(at)
        state = one.at(self.now)
        may = state in {"announced", "in_effect"} and not one.answered and one.drops < 2
        assert may == self.tried(
            object_to, person_id=self.made.subject.id, matter_id=matter_id, statement="不是我",
            files=NO_PHOTOS, now=self.now,
        )  # fmt: skip
        if may:
            one.state = "disputed" if state == "announced" else "contested"
            one.answer_by = self.made.row(matter_id).answer_by

    @precondition(has_some)
    @rule(at=st.integers(0, MOST))
    def drop_one(self, at: int) -> None:
        matter_id, one = self.pick(at)
        may = one.at(self.now) in STAYS
        who = {"person_id": self.made.subject.id, "matter_id": matter_id}
        assert may == self.tried(withdraw_objection, now=self.now, **who)
        if may:
            one.state, one.answer_by = STAYS[one.state], None
            one.drops += 1

    @precondition(has_some)
    @rule(at=st.integers(0, MOST), granted=st.booleans(), other=st.booleans())
    def decide_one(self, at: int, *, granted: bool, other: bool) -> None:
        """The second reviewer has confirmed it, so only the first may decide (L9)."""
        matter_id, one = self.pick(at)
        may = one.at(self.now) in STAYS and not other
        who = self.made.second_reviewer if other else self.made.reviewer
        assert may == self.tried(
            decide, matter_id, granted=granted, reason="看过了", no_interest=True, actor=who,
            now=self.now,
        )  # fmt: skip
        if may:
            one.state = FALLS[one.state] if granted else STAYS[one.state]
            one.answered, one.answer_by = True, None

    @precondition(has_some)
    @rule(at=st.integers(0, MOST))
    def put_one_right(self, at: int) -> None:
        matter_id, one = self.pick(at)
        may = one.at(self.now) in OPEN
        who = {"actor": self.made.proposer, "now": self.now}
        assert may == self.tried(put_right, matter_id, **who)
        one.state = "voided" if may else one.state

    @precondition(has_some)
    @rule(at=st.integers(0, MOST))
    def take_one_back(self, at: int) -> None:
        matter_id, one = self.pick(at)
        may = one.at(self.now) in {"proposed", "waiting"}
        who = {"actor": self.made.proposer, "now": self.now}
        assert may == self.tried(withdraw_proposal, matter_id, **who)
        one.state = "lapsed" if may else one.state

    @precondition(has_some)
    @rule(at=st.integers(0, MOST), amount=st.integers(0, 4))
    def repair_one(self, at: int, amount: int) -> None:
        matter_id, one = self.pick(at)
        may = one.at(self.now) in COUNTS and 1 <= amount <= one.left
        named = {"amount": amount, "service": "清扫", "actor": self.made.proposer}
        assert may == self.tried(repair, matter_id, now=self.now, **named)
        if may:
            one.left -= amount
            one.state = one.state if one.left else "repaired"

    @rule()
    def revoke_the_basis(self) -> None:
        old = self.made.basis
        self.made.do(revoke_basis, old, "已废止", actor=self.made.keeper, now=self.now)
        self.made.basis = self.new_basis(self.made)
        for one in self.plain.values():
            if one.basis == old and one.state in OPEN | COUNTS:
                one.basis_gone = True

    @rule(void=st.booleans())
    def switch(self, *, void: bool) -> None:
        self.made.on = not self.made.on
        if not self.made.on and void:
            self.made.do(void_running, DISTRICT, now=self.now)
            for one in self.plain.values():
                one.state = "voided" if one.state in OPEN else one.state

    @rule(hours=st.integers(1, 150), job=st.booleans())
    def wait(self, hours: int, *, job: bool) -> None:
        self.now += timedelta(hours=hours)
        if job:
            self.run()

    def run(self) -> None:
        self.made.run(self.now)
        for one in self.plain.values():
            one.state = one.at(self.now)
            if one.state in OPEN and not self.made.on:
                one.state = "voided"
            due = one.object_until is not None and one.object_until <= self.now
            if one.state == "announced" and due:
                one.state, one.expires = "in_effect", self.now + timedelta(days=60)

    @invariant()
    def every_read_knows_where_it_stands(self) -> None:
        if not hasattr(self, "made"):
            return
        for matter_id, one in self.plain.items():
            assert self.made.row(matter_id).stands(self.now).value == one.at(self.now), one
        with self.database.read() as session:
            assert wrong_balances(session) == []
            assert set(unit_sums(session).values()) <= {0}
            shown = own_matters(session, self.made.subject.id, self.now)
        assert not {"expired", "lapsed", "proposed", "waiting"} & {m.state.value for m in shown}

    def teardown(self) -> None:
        """When the job has run, the ledger has what the model has, and nothing else is held."""
        if not hasattr(self, "made"):
            return
        self.run()
        counting = sum(one.left for one in self.plain.values() if one.state in COUNTS)
        held = sum(3 for one in self.plain.values() if one.state in {"announced", "disputed"})
        with self.database.read() as session:
            rows = accounts_of(session, Party.PERSON, self.made.subject.id)
        assert sum(row.balance for row in rows) == -counting
        assert sum(row.held for row in rows) == held


@pytest.mark.parametrize(
    ("walks", "steps"), [(6, 25), pytest.param(400, 60, marks=pytest.mark.long)]
)
def test_due_process_does_what_its_model_does(database: Database, walks: int, steps: int) -> None:
    machine = type("Machine", (ProcessMachine,), {"database": database, "shared": []})
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
