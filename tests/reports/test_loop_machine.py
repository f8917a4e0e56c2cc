"""A machine that walks the real services at random: a legal walk, and illegal probes beside it.

Two reports, their neighbours, the desk, a unit, a checker and a supervisor. Every edge of the table
is walked: those named in ``RIGHT`` and ``CLOCK`` are judged by hand, others by the table itself, so
that a new edge is walked at once. Whoever adds one that cannot be walked so names it in
``ELSEWHERE``.
"""

from datetime import timedelta
from typing import Any, ClassVar

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
from sqlalchemy import select

from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.reports.queries.case import CaseReporterRow, CaseRow, case_by_number, reporters_of
from portal.reports.queries.supervision import listing_of
from portal.reports.rules.codes import Event, Relation, State
from portal.reports.rules.transitions import OPEN, TRANSITIONS
from portal.reports.service.desk import identities_of, look_at_identity, open_case
from portal.reports.service.joining import join_case
from portal.reports.service.rating import Verdict, rate_outcome
from portal.reports.service.supervision import delist, list_case
from portal.reports.service.voices import say_still_there
from portal.satisfaction.rules import Answers, Level
from tests.house.session import is_long
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.calendars import know_next_year
from tests.make.neighbours import joiner
from tests.make.ratings import ratings_on
from tests.reports.machine import (
    DRIVEN,
    ELSEWHERE,
    HOURS,
    PEOPLE,
    SUPERVISOR,
    WORKER,
    Walk,
    drive,
    fits,
)
from tests.reports.machine_keeps import keeps_its_promises, keeps_its_time
from tests.reports.test_transitions import MOVES

NAME, PHONES = "反映人甲", ("+8613800001271", "+8613800001272")
UNHAPPY = Answers(solved=False, result=Level(5), service=Level(3))
HAPPY = Answers(solved=True, result=Level(1), service=Level(2))
VOICES, MOST_NEIGHBOURS = 3, 5
WINDOW = timedelta(days=14)
WHICH = st.integers(0, 1)
REFUSALS = (Refused, Forbidden, Missing, Conflict)


class Loop(RuleBasedStateMachine):
    """One walk; nothing of it is kept."""

    database: ClassVar[Database]

    def __init__(self) -> None:
        super().__init__()
        self.writing = self.database.write()
        self.session = self.writing.__enter__()
        self.now = reports.NOW
        self.was: dict[str, State] = {}
        self.seen: dict[str, CaseRow] = {}
        self.rated: set[tuple[str, int, str]] = set()
        self.said: set[tuple[str, int, str]] = set()
        self.joined = 0

    def teardown(self) -> None:
        self.session.rollback()
        self.writing.__exit__(None, None, None)

    @initialize(sealed=st.booleans())
    def two_reports(self, sealed: bool) -> None:
        area = self.session.scalars(select(Area).where(Area.level == "grid")).first()
        assert area is not None
        self.numbers = []
        for phone in PHONES:
            made = reports.reported(self.session, area, sealed=sealed, listed=True)
            reports.reporter(self.session, made, phone=phone, name=NAME)
            self.numbers.append(reports.row_of(self.session, made).number)
        self.seen = {number: self.case(number) for number in self.numbers}

    def case(self, number: str) -> CaseRow:
        self.session.flush()
        found = case_by_number(self.session, number)
        assert found is not None
        return found

    def walk(self, which: int) -> Walk:
        number, other = self.numbers[which], self.numbers[1 - which]
        return Walk(self.session, self.case(number), self.case(other), self.now)

    # --- the table -----------------------------------------------------------------------------

    @rule(which=WHICH, data=st.data(), hours=st.sampled_from(HOURS))
    def legal_walk(self, which: int, data: st.DataObject, hours: int) -> None:
        self.now += timedelta(hours=hours)
        walk = self.walk(which)
        ways = [(e, who) for e in DRIVEN for who in sorted(PEOPLE) if fits(walk, e, who)]
        if ways:
            self._take(walk, *data.draw(st.sampled_from(ways)), expected=True)

    @rule(
        which=WHICH,
        event=st.sampled_from(DRIVEN),
        who=st.sampled_from(sorted(PEOPLE)),
        hours=st.sampled_from(HOURS),
    )
    def illegal_probe(self, which: int, event: Event, who: str, hours: int) -> None:
        self.now += timedelta(hours=hours)
        walk = self.walk(which)
        self._take(walk, event, who, expected=fits(walk, event, who))

    def _take(self, walk: Walk, event: Event, who: str, *, expected: bool) -> None:
        before, number = walk.case, walk.case.number
        step = (before.state.value, event.value, who)
        if not self._try(lambda: drive(walk, event, who)):
            assert not expected, f"refused, but allowed: {step}"
            assert self.case(number) == before, f"refused, but half done: {step}"
            return
        assert expected, f"taken, but not allowed: {step}"
        after = self.case(number).state
        if event is Event.SPLIT:
            assert after is self.was[number], step
        else:
            assert after is MOVES.get((before.state, event), before.state), step
        if event is Event.MERGE:
            self.was[number] = before.state

    def _try(self, act: Any) -> bool:
        """Whether a step was taken; a refusal takes back what it began, as a request does."""
        try:
            with self.session.begin_nested():
                act()
        except REFUSALS:
            self.session.expire_all()
            return False
        return True

    # --- neighbours and ratings ------------------------------------------------------------------

    @precondition(lambda self: self.joined < MOST_NEIGHBOURS)
    @rule(which=WHICH)
    def somebody_joins(self, which: int) -> None:
        self.joined += 1
        case, at = self.case(self.numbers[which]), self.joined
        who = joiner(f"b{at}", address=f"10.0.{at}.1")
        joined = self._try(lambda: join_case(self.session, case, who, now=self.now))
        behind = [row.relation for row in reporters_of(self.session, case)]
        assert not joined or Relation.ME_TOO in behind

    def _behind(self, which: int, at: int) -> tuple[CaseRow, CaseReporterRow] | None:
        case = self.case(self.numbers[which])
        behind = reporters_of(self.session, case)
        return (case, behind[at % len(behind)]) if behind else None

    def _in_time(self, case: CaseRow, who: CaseReporterRow) -> bool:
        closed = case.closed_at
        if case.state is not State.CLOSED or closed is None:
            return False
        return who.created_at <= closed and self.now < closed + WINDOW

    @rule(which=WHICH, at=st.integers(0, 6))
    def somebody_says_it_is_still_there(self, which: int, at: int) -> None:
        found = self._behind(which, at)
        if found is None:
            return
        case, who = found
        key = (case.number, case.cycle, str(who.id))
        may = who.relation is Relation.ME_TOO and self._in_time(case, who)
        said = self._try(lambda: say_still_there(self.session, case, who, now=self.now))
        assert said == (may and key not in self.said)
        if said:
            self.said.add(key)
            self._opened_by_voices(case)

    def _opened_by_voices(self, case: CaseRow) -> None:
        voices = sum(key[:2] == (case.number, case.cycle) for key in self.said)
        opened = self.case(case.number).state is State.REOPENED
        assert opened == (voices >= VOICES)

    @rule(which=WHICH, at=st.integers(0, 6), unhappy=st.booleans())
    def somebody_rates(self, which: int, at: int, unhappy: bool) -> None:
        found = self._behind(which, at)
        if found is None:
            return
        case, who = found
        key = (case.number, case.cycle, str(who.id))
        verdict = Verdict(UNHAPPY if unhappy else HAPPY)
        rated = self._try(lambda: rate_outcome(self.session, case, who, verdict, now=self.now))
        if not rated:
            return
        assert case.state is State.CLOSED
        assert key not in self.rated, "one rating for each cycle and reporter"
        self.rated.add(key)
        if who.relation is not Relation.ME_TOO:
            assert (self.case(case.number).state is State.REOPENED) == unhappy
        elif unhappy:
            self.said.add(key)
            self._opened_by_voices(case)
        else:
            self.said.discard(key)

    # --- supervision and what the unit sees ------------------------------------------------------

    @rule(which=WHICH, by_unit=st.booleans())
    def somebody_lists_or_delists(self, which: int, by_unit: bool) -> None:
        case = self.case(self.numbers[which])
        actor = WORKER if by_unit else SUPERVISOR
        by = {"actor": actor, "now": self.now}
        standing = listing_of(self.session, case, self.now)
        if standing is None or not standing.open:
            done = self._try(lambda: list_case(self.session, case, reason="again", **by))
            assert done == (not by_unit and case.state in OPEN)
        else:
            done = self._try(lambda: delist(self.session, standing.number, finding="ok", **by))
            assert done == (not by_unit and case.state not in OPEN)

    @rule(which=WHICH)
    def the_unit_looks(self, which: int) -> None:
        case = self.case(self.numbers[which])
        assert identities_of(self.session, case, WORKER, self.now) is None
        for reason in ("want to know", None):
            look = {"reason": reason, "now": self.now}
            assert not self._try(lambda: look_at_identity(self.session, case, WORKER, **look))  # noqa: B023  used at once
        seen: list[str] = []
        self._try(lambda: seen.append(repr(open_case(self.session, case.number, WORKER, self.now))))
        assert not any(hidden in text for text in seen for hidden in (NAME, *PHONES))

    # --- always ----------------------------------------------------------------------------------

    @invariant()
    def promises_are_kept(self) -> None:
        for number, before in self.seen.items():
            case = self.case(number)
            if case != before:
                keeps_its_promises(self.session, case)
                keeps_its_time(self.session, before, case)
                self.seen[number] = case


def test_every_edge_of_the_table_is_walked_or_named() -> None:
    named = {*DRIVEN, *ELSEWHERE}
    unknown = sorted(event.value for event in TRANSITIONS.keys() - named)
    assert not unknown, f"no driver for these edges: {unknown}; see tests/reports/machine.py"
    assert not ELSEWHERE.keys() & set(DRIVEN)


def test_only_the_right_person_takes_only_the_steps_that_fit(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        reports.category(session)
        know_next_year(session)
        ratings_on(session, tree["370283"])
    machine = type("Loop", (Loop,), {"database": database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=500 if is_long() else 12,
            stateful_step_count=50 if is_long() else 25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
