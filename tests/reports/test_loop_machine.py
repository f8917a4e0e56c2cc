"""A machine that walks the real services at random: legal walks, and illegal probes beside them.

Every row of the table is walked. Who may take it when is written down a second time in
``machine_rules.py``, how it is taken in ``machine_drive.py``, and what must always hold in
``machine_keeps.py``; the first test says which of them a new edge still lacks.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from portal.kernel.clock import city_day
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.instance import instance_of
from portal.reports.queries.batches import cases_by_numbers
from portal.reports.queries.case import (
    CaseReporterRow,
    CaseRow,
    events_of,
    reporters_of,
)
from portal.reports.queries.supervision import listing_of
from portal.reports.rules.codes import Event, Relation, State
from portal.reports.rules.transitions import TRANSITIONS
from portal.reports.service.clockwork import resume_by_itself
from portal.reports.service.desk import identities_of, look_at_identity, open_case
from portal.reports.service.joining import join_case
from portal.reports.service.rating import Verdict, rate_outcome
from portal.reports.service.supervision import delist, list_case
from portal.reports.service.voices import say_still_there
from portal.satisfaction.rules import Answers
from tests.house.session import is_long
from tests.make import reports
from tests.make.neighbours import joiner
from tests.make.ratings import HAPPY, UNSOLVED, WINDOW
from tests.make.rows import case_row
from tests.reports.machine_drive import DRIVERS, drive
from tests.reports.machine_keeps import keeps_its_promises, keeps_its_time, keeps_with_others
from tests.reports.machine_rules import WHO, fits, sources, target
from tests.reports.machine_ways import BESIDE, ON_ITS_WAY, ROUTES, weight
from tests.reports.machine_world import (
    HOURS,
    NAME,
    OPEN,
    PHONES,
    UNDONE,
    Brings,
    Walk,
    World,
    make_world,
    new_report,
)

VOICES, MOST_CASES, MOST_NEIGHBOURS = 3, 5, 5
WHICH, FLIP = st.integers(0, MOST_CASES - 1), st.integers(0, 1)
EVENTS, PEOPLE = sorted(WHO), sorted({who for those in WHO.values() for who in those} | {"reader"})
HOUR = st.sampled_from(HOURS)
REFUSALS = (Refused, Forbidden, Missing, Conflict)
SUPERVISOR = reports.supervisor()


class Loop(RuleBasedStateMachine):
    """One walk; nothing of it is kept."""

    world: ClassVar[World]
    walked: ClassVar[set[Event]]

    def __init__(self) -> None:
        super().__init__()
        self.writing = self.world.database.write()
        self.session = self.writing.__enter__()
        self.now = reports.NOW
        self.numbers: list[str] = []
        self.filed_by_desk: set[str] = set()
        self.seen: dict[str, tuple[CaseRow, int]] = {}
        self.urged: set[tuple[UUID, object]] = set()
        self.rated: set[tuple[str, int, UUID]] = set()
        self.said: set[tuple[str, int, UUID]] = set()
        self.joined = 0

    def teardown(self) -> None:
        self.session.rollback()
        self.writing.__exit__(None, None, None)

    # --- the cases of a walk ---------------------------------------------------------------------

    @initialize(proxied=st.booleans(), sealed=st.booleans())
    def two_reports(self, proxied: bool, sealed: bool) -> None:
        self._report(inside=True, proxied=proxied, sealed=sealed, urgent=False)
        self._report(inside=False, proxied=False, sealed=False, urgent=False)

    @precondition(lambda self: 0 < len(self.numbers) < MOST_CASES)
    @rule(inside=st.booleans(), proxied=st.booleans(), urgent=st.booleans())
    def another_report(self, inside: bool, proxied: bool, urgent: bool) -> None:
        self._report(inside=inside, proxied=proxied, sealed=urgent, urgent=urgent)

    def _report(self, **how: bool) -> None:
        number = new_report(self.session, self.world, len(self.numbers), self.now, **how)
        self.filed_by_desk |= {number} if how["proxied"] else set()
        self._know(number)

    def _know(self, number: str) -> None:
        self.numbers.append(number)
        case = self.case(number)
        self.seen[number] = (case, len(events_of(self.session, case)))

    def case(self, number: str) -> CaseRow:
        self.session.flush()
        return case_row(self.session, number)

    def pick(self, which: int) -> CaseRow:
        return self.case(self.numbers[which % len(self.numbers)])

    def walk(self, which: int, to: int = 0, brings: Brings = "all") -> Walk:
        case, other = self.pick(which), self.pick(which + 1 + to)
        filed, urged = case.number in self.filed_by_desk, frozenset(self.urged)
        return Walk(
            self.world, self.session, case, other, self.now, filed, urged, to=to, brings=brings
        )

    # --- the table -------------------------------------------------------------------------------

    @rule(which=WHICH, data=st.data(), hours=st.lists(HOUR, min_size=1, max_size=6))
    def legal_walk(self, which: int, data: st.DataObject, hours: list[int]) -> None:
        """Some steps one after the other, any that the house allows."""
        for more in hours:
            self.now += timedelta(hours=more)
            walk, ways = self._ways(which, data.draw(FLIP))
            event = data.draw(st.sampled_from([e for e in ways for _ in range(weight(e))]))
            self._take(walk, event, data.draw(st.sampled_from(ways[event])), expected=True)
            self.promises_are_kept()

    def _ways(self, which: int, to: int) -> tuple[Walk, dict[Event, list[str]]]:
        """A case that can go on, if there is one; the steps, and who may take them."""
        for at in range(len(self.numbers)):
            walk, found = self.walk(which + at, to), {}
            for event in EVENTS:
                able = [who for who in PEOPLE if fits(walk, event, who)]
                if able and self._has_room(event):
                    found[event] = able
            if found.keys() - BESIDE:
                break
        return walk, found

    @rule(
        which=WHICH,
        to=FLIP,
        event=st.sampled_from(EVENTS),
        who=st.sampled_from(PEOPLE),
        brings=st.sampled_from(["all", "all", "nothing", "no photo"]),
    )
    def illegal_probe(self, which: int, to: int, event: Event, who: str, brings: Brings) -> None:
        walk = self.walk(which, to, brings)
        if self._has_room(event):
            self._take(walk, event, who, expected=fits(walk, event, who))

    @rule(which=WHICH, to=FLIP, event=st.sampled_from(EVENTS), bare=st.booleans())
    def right_person_at_any_time(self, which: int, to: int, event: Event, bare: bool) -> None:
        """Probes that fail at the last condition only."""
        walk = self.walk(which, to, "nothing" if bare else "all")
        able = sorted(WHO[event] - {"reporter", "neighbour"}) or ["reporter"]
        who = able[which % len(able)]
        if self._has_room(event):
            self._take(walk, event, who, expected=fits(walk, event, who))

    @rule(which=WHICH, to=FLIP, steps=st.integers(1, 5), hours=HOUR)
    def goes_its_way(self, which: int, to: int, steps: int, hours: int) -> None:
        """Some ordinary steps at once, so that walks get to the end and back."""
        for _ in range(steps):
            self.now += timedelta(hours=hours)
            walk = self.walk(which, to)
            hand = ("worker", "colleague")[walk.case.unit_id == self.world.units[1]]
            if walk.case.state not in OPEN:
                return
            event, who = ON_ITS_WAY.get(walk.case.state, (Event.HANDLE, hand))
            self._take(walk, event, who, expected=fits(walk, event, who))

    @rule(which=WHICH, route=st.sampled_from(sorted(ROUTES)), hours=HOUR)
    def takes_a_route(self, which: int, route: str, hours: int) -> None:
        """Steps that chance alone would seldom take one after the other."""
        for event, who, to in ROUTES[route]:
            self.now += timedelta(hours=hours)
            walk, known = self.walk(which, to), len(self.numbers)
            if self._has_room(event):
                self._take(walk, event, who, expected=fits(walk, event, who))
            if len(self.numbers) > known:
                # it goes on with the part
                which = known

    def _has_room(self, event: Event) -> bool:
        return event is not Event.SPLIT_OFF or len(self.numbers) < MOST_CASES

    def _take(self, walk: Walk, event: Event, who: str, *, expected: bool) -> None:
        case = walk.case
        step = (case.state.value, event.value, who, walk.brings)
        made: list[str] = []
        if not self._try(lambda: made.extend(drive(walk, event, who))):
            assert not expected, f"refused, but allowed: {step}"
            assert self.case(case.number) == case, f"refused, but half done: {step}"
            return
        assert expected, f"taken, but not allowed: {step}"
        assert self.case(case.number).state is target(walk, event), step
        self.walked.add(event)
        for number in made:
            self._know(number)
        me = walk.reporter(who) if event is Event.URGE else None
        if me is not None:
            zone = instance_of(self.session).city.zone
            self.urged.add((me.id, city_day(self.now, zone)))

    def _try(self, act: Callable[[], object]) -> bool:
        """Whether a step was taken; a refusal takes back what it began, as a request does."""
        try:
            with self.session.begin_nested():
                act()
        except REFUSALS:
            self.session.expire_all()
            return False
        return True

    @rule(which=WHICH, who=st.sampled_from(["worker", "colleague", "lead"]), by_unit=st.booleans())
    def others_act(self, which: int, who: str, by_unit: bool) -> None:
        """Time, the supervisor, and a unit that wants to know who reported it."""
        self._a_pause_runs_out(which)
        self._somebody_lists_or_delists(which, by_unit)
        self._the_unit_looks(which, who)

    def _a_pause_runs_out(self, which: int) -> None:
        """Time itself ends what has run out, and nothing before."""
        case = self.pick(which)
        over = case.paused_until is not None and case.paused_until <= self.now
        ended = self._try(lambda: resume_by_itself(self.session, case, now=self.now))
        assert ended == (over and case.state in UNDONE)
        assert not ended or self.case(case.number).promised_at == case.promise_if_over

    # --- neighbours and ratings ------------------------------------------------------------------

    @rule(
        which=WHICH, at=st.integers(0, 6), says=st.sampled_from(["joins", "still there", "rates"]),
        answers=st.sampled_from([HAPPY, UNSOLVED]),
    )  # fmt: skip
    def neighbours_act(self, which: int, at: int, says: str, answers: Answers) -> None:
        behind = reporters_of(self.session, self.pick(which))
        if says == "joins" and self.joined < MOST_NEIGHBOURS:
            self._somebody_joins(which)
        elif behind and says == "rates":
            self._somebody_rates(self.pick(which), behind[at % len(behind)], answers)
        elif behind:
            self._somebody_says_it_is_still_there(self.pick(which), behind[at % len(behind)])

    def _somebody_joins(self, which: int) -> None:
        self.joined += 1
        case, at = self.pick(which), self.joined
        who = joiner(f"b{at}", address=f"10.0.{at}.1")
        joined = self._try(lambda: join_case(self.session, case, who, now=self.now))
        behind = [row.relation for row in reporters_of(self.session, case)]
        assert not joined or Relation.ME_TOO in behind

    def _may_judge(self, case: CaseRow, who: CaseReporterRow) -> bool:
        closed = case.closed_at
        if case.state is not State.CLOSED or closed is None or self.now >= closed + WINDOW:
            return False
        return who.relation is not Relation.ME_TOO or who.created_at < closed

    def _somebody_says_it_is_still_there(self, case: CaseRow, who: CaseReporterRow) -> None:
        key = (case.number, case.cycle, who.id)
        may = who.relation is Relation.ME_TOO and self._may_judge(case, who)
        said = self._try(lambda: say_still_there(self.session, case, who, now=self.now))
        assert said == (may and key not in self.said)
        if said:
            self.said.add(key)
            self._opened_by_voices(case)

    def _opened_by_voices(self, case: CaseRow) -> None:
        voices = sum(key[:2] == (case.number, case.cycle) for key in self.said)
        opened = self.case(case.number).state is State.REOPENED
        assert opened == (voices >= VOICES)

    def _somebody_rates(self, case: CaseRow, who: CaseReporterRow, answers: Answers) -> None:
        """One rating for each cycle and reporter."""
        key, unhappy = (case.number, case.cycle, who.id), answers is not HAPPY
        verdict = Verdict(answers)
        rated = self._try(lambda: rate_outcome(self.session, case, who, verdict, now=self.now))
        assert rated == (self._may_judge(case, who) and key not in self.rated)
        if not rated:
            return
        self.rated.add(key)
        if who.relation is not Relation.ME_TOO:
            assert (self.case(case.number).state is State.REOPENED) == unhappy
        elif unhappy:
            self.said.add(key)
            self._opened_by_voices(case)
        else:
            self.said.discard(key)

    # --- supervision and what the unit sees ------------------------------------------------------

    def _somebody_lists_or_delists(self, which: int, by_unit: bool) -> None:
        case = self.pick(which)
        by = {"actor": self.world.people["worker"] if by_unit else SUPERVISOR, "now": self.now}
        standing = listing_of(self.session, case, self.now)
        if standing is None or not standing.open:
            done = self._try(lambda: list_case(self.session, case, reason="again", **by))
            assert done == (not by_unit and case.state in OPEN)
        else:
            done = self._try(lambda: delist(self.session, standing.number, finding="ok", **by))
            assert done == (not by_unit and case.state not in OPEN)

    def _the_unit_looks(self, which: int, who: str) -> None:
        """Nobody who works on it learns who reported it."""
        case, actor = self.pick(which), self.world.people[who]
        assert actor is not None
        assert identities_of(self.session, case, actor, self.now) is None
        for reason in ("want to know", None):
            look = {"reason": reason, "now": self.now}
            assert not self._try(lambda: look_at_identity(self.session, case, actor, **look))  # noqa: B023  used at once
        seen: list[str] = []
        self._try(lambda: seen.append(repr(open_case(self.session, case.number, actor, self.now))))
        hidden = (NAME,) if who == "lead" else (NAME, *PHONES)
        assert not any(one in text for text in seen for one in hidden)

    @invariant()
    def promises_are_kept(self) -> None:
        self.session.flush()
        for case in cases_by_numbers(self.session, self.numbers):
            before, known = self.seen[case.number]
            if case == before:
                continue
            events = events_of(self.session, case)
            keeps_its_promises(self.session, self.world, case)
            keeps_its_time(self.session, before, case, events[known:], self.now)
            keeps_with_others(self.session, before, case)
            self.seen[case.number] = (case, len(events))


def test_every_edge_of_the_table_has_a_driver_and_a_judge() -> None:
    undriven = sorted(event.value for event in TRANSITIONS.keys() - DRIVERS.keys())
    assert not undriven, f"no driver for these edges: {undriven}; see machine_drive.py"
    unjudged = sorted(event.value for event in TRANSITIONS.keys() - WHO.keys())
    assert not unjudged, f"nobody says who may take {unjudged}; see machine_rules.py"
    differing = {
        event.value: sorted(row.sources ^ sources(event))
        for event, row in TRANSITIONS.items()
        if row.sources != sources(event)
    }
    assert not differing, f"edges that the machine does not know: {differing}"


def test_only_the_right_person_takes_only_the_steps_that_fit(database: Database) -> None:
    walked: set[Event] = set()
    machine = type("Loop", (Loop,), {"world": make_world(database), "walked": walked})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=500 if is_long() else 6,
            stateful_step_count=50 if is_long() else 25,
            deadline=None,
            database=None,
            # the same walks each time, but for the long run, which looks for new ones
            derandomize=not is_long(),
            # a walk tells its steps; to shorten it would take many minutes
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    left = sorted(event.value for event in WHO.keys() - walked - {Event.PARTS_DONE})
    assert not (is_long() and left), f"no walk came by {left}"
