"""Several cases at once: each for itself, undone for ten minutes, and nobody misled meanwhile."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Grant, Permission
from portal.kernel.db import Database
from portal.kernel.delivery import claim_messages
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.outbox import OutboxMessage, OutboxState
from portal.reports.models import Case, CaseEvent, CaseSearch, DeskBatch
from portal.reports.queries.case import CaseRow
from portal.reports.rules.batches import MOST, UNDO_WINDOW, BatchAction, BatchRefusal, Wish
from portal.reports.rules.codes import Event, State, Target
from portal.reports.rules.transitions import Refusal
from portal.reports.service.batches import (
    Asked,
    confirm_case,
    do_batch,
    plan_batch,
    undo_batch,
)
from portal.reports.service.handling import take_step
from tests.make import reports
from tests.make.organisations import unit
from tests.make.streets import LATER, SOON, WEST_COMMUNITY, Streets

CLERK = reports.desk()


class Desk(Streets):
    """A clerk of the city, two units and what lies before them."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, CLERK)
        self.cleaners = self.unit
        with database.write() as session:
            self.roads = unit(session, "ROADS", area=self.tree["370283001"]).id
            reports.category(session, "lamp", name="路灯不亮", minutes=960)

    def messages(self, number: str) -> list[tuple[str, OutboxState, datetime]]:
        with self.database.read() as session:
            rows = session.execute(
                select(OutboxMessage.template, OutboxMessage.state, OutboxMessage.due_at)
                .where(OutboxMessage.subject == f"case:{number}")
                .order_by(OutboxMessage.created_at, OutboxMessage.template)
            )
            return [(row.template, row.state, row.due_at) for row in rows]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_one_refusal_does_not_cost_the_others(desk: Desk) -> None:
    good, over, stale = desk.case(), desk.case(State.CLOSED), desk.case()
    elsewhere = desk.case(area=WEST_COMMUNITY)
    wishes = [desk.wish(number, unit_id=desk.roads) for number in (good, over, elsewhere)]
    batch = desk.do(BatchAction.CONFIRM, [*wishes, Wish(stale, 99, desk.roads)])
    lines = desk.lines(batch)
    assert {number: line.refusal for number, line in lines.items()} == {
        good: None,
        over: Refusal.WRONG_STATE,
        stale: Refusal.STALE,
        # a unit of the first street serves no place in the second
        elsewhere: Refusal.UNIT_OUT_OF_PLACE,
    }
    row = desk.row(good)
    assert (row.state, row.unit_id, row.listed) == (State.DISPATCHED, desk.roads, True)
    assert desk.events(good)[1:] == [Event.ACCEPT, Event.FILE, Event.DISPATCH]
    # what was accepted before the refusal was taken back with it
    assert desk.row(elsewhere).state is State.REPORTED
    assert desk.events(elsewhere) == [Event.REPORT]


def test_the_reporter_hears_one_thing_once_nothing_can_be_undone_any_more(desk: Desk) -> None:
    number = desk.case()
    desk.do(BatchAction.CONFIRM, [desk.wish(number, unit_id=desk.roads)])
    assert desk.messages(number) == [
        ("report.dispatched", OutboxState.WAITING, LATER + UNDO_WINDOW)
    ]
    other = desk.case()
    desk.do(BatchAction.ACCEPT, [desk.wish(other)])
    assert desk.messages(other) == [("report.accepted", OutboxState.WAITING, LATER + UNDO_WINDOW)]


def test_of_a_danger_people_are_told_at_once_and_it_is_not_undone_behind_their_back(
    desk: Desk,
) -> None:
    number = desk.case()
    with desk.database.write() as session:
        session.scalars(select(Case).where(Case.number == number)).one().urgent = True
    batch = desk.do(BatchAction.CONFIRM, [desk.wish(number, unit_id=desk.roads)])
    assert [due for _, _, due in desk.messages(number)] == [LATER]
    with desk.database.write() as session:
        assert claim_messages(session, now=LATER)
    desk.undo(batch)
    assert desk.lines(batch)[number].kept == BatchRefusal.TOLD
    assert desk.row(number).state is State.DISPATCHED
    # nothing else of it was withdrawn either
    assert [state for _, state, _ in desk.messages(number)] == [OutboxState.WAITING]


def test_undoing_puts_every_column_back_and_adds_to_the_history(desk: Desk) -> None:
    number = desk.case()
    before = desk.row(number)
    wish = desk.wish(number, unit_id=desk.roads, category_code="lamp")
    batch = desk.do(BatchAction.CONFIRM, [wish])
    assert desk.row(number).category_code == "lamp"
    desk.undo(batch)
    after = desk.row(number)
    assert after.version > before.version
    changing = {"version": after.version, "updated_at": after.updated_at}
    assert {**vars(before), **changing} == vars(after)
    assert desk.events(number)[1:] == [
        Event.RECLASSIFY, Event.ACCEPT, Event.FILE, Event.DISPATCH, Event.UNDO,
    ]  # fmt: skip
    assert {state for _, state, _ in desk.messages(number)} == {OutboxState.CANCELLED}
    with desk.database.read() as session:
        last = session.scalars(select(CaseEvent).order_by(CaseEvent.id.desc()).limit(1)).one()
        assert (last.from_state, last.to_state) == (State.DISPATCHED, State.REPORTED)
        # what the public found for some minutes is gone again
        assert session.scalar(select(func.count()).select_from(CaseSearch)) == 0
    assert desk.lines(batch)[number].undone_at == SOON


def test_a_case_given_to_another_unit_goes_back_to_the_first(desk: Desk) -> None:
    number = desk.case(State.REWORK)
    before = desk.row(number)
    batch = desk.do(BatchAction.DISPATCH, [desk.wish(number, unit_id=desk.roads)])
    assert desk.row(number).unit_id == desk.roads
    desk.undo(batch)
    after = desk.row(number)
    assert (after.state, after.unit_id) == (State.REWORK, before.unit_id)
    assert (after.dispatcher_id, after.dispatched_at) == (
        before.dispatcher_id,
        before.dispatched_at,
    )
    again = desk.do(BatchAction.DISPATCH, [desk.wish(number, unit_id=desk.cleaners)], at=SOON)
    assert desk.lines(again)[number].refusal == BatchRefusal.SAME_UNIT


def test_what_somebody_touched_since_stays_and_the_rest_goes_back(desk: Desk) -> None:
    touched, quiet = desk.case(), desk.case()
    batch = desk.do(BatchAction.ACCEPT, [desk.wish(touched), desk.wish(quiet)])
    with desk.database.write() as session:
        at = LATER + timedelta(minutes=1)
        take_step(session, desk.row(touched), Event.NOTE, actor=CLERK, now=at, words="去看过")
    # life went on: what was held back leaves at once, in its order
    assert [due for _, _, due in desk.messages(touched)] == [LATER]
    desk.undo(batch)
    lines = desk.lines(batch)
    assert (lines[touched].kept, lines[touched].undone_at) == (BatchRefusal.TOUCHED, None)
    assert (lines[quiet].kept, lines[quiet].undone_at) == (None, SOON)
    assert desk.row(touched).state is State.ACCEPTED
    assert desk.row(quiet).state is State.REPORTED


def test_undo_ends_after_ten_minutes_and_happens_once(desk: Desk) -> None:
    number = desk.case()
    batch = desk.do(BatchAction.ACCEPT, [desk.wish(number)])
    with pytest.raises(Conflict) as refused:
        desk.undo(batch, at=LATER + UNDO_WINDOW)
    assert refused.value.code is BatchRefusal.OVER
    desk.undo(batch)
    with pytest.raises(Conflict) as refused:
        desk.undo(batch)
    assert refused.value.code is BatchRefusal.UNDONE
    assert desk.events(number).count(Event.UNDO) == 1


def test_a_batch_is_its_clerks_own(desk: Desk) -> None:
    batch = desk.do(BatchAction.ACCEPT, [desk.wish(desk.case())])
    with pytest.raises(Missing):
        desk.undo(batch, actor=reports.desk())


def test_nobody_reaches_beyond_her_place(desk: Desk) -> None:
    inside, outside = desk.case(), desk.case(area=WEST_COMMUNITY)
    place = desk.tree["370283001"].path
    clerk = reports.desk(place)
    batch = desk.do(BatchAction.ACCEPT, [desk.wish(inside), desk.wish(outside)], actor=clerk)
    assert set(desk.lines(batch)) == {inside}
    assert desk.row(outside).state is State.REPORTED
    with pytest.raises(Refused) as refused:
        desk.do(BatchAction.ACCEPT, [desk.wish(outside)], actor=clerk)
    assert refused.value.code is BatchRefusal.NOTHING_TICKED
    reader = Actor(clerk.person_id, grants=frozenset({Grant(Permission.REPORT_READ, place)}))
    batch = desk.do(BatchAction.ACCEPT, [desk.wish(desk.case())], actor=reader)
    assert [line.refusal for line in desk.lines(batch).values()] == [Refusal.NOT_ALLOWED]


def test_a_kind_that_takes_words_back_from_the_public_is_given_one_by_one(desk: Desk) -> None:
    with desk.database.write() as session:
        reports.category(session, "noise", target=Target.PERSON_OR_SHOP)
    number = desk.case()
    batch = desk.do(BatchAction.RECLASSIFY, [desk.wish(number, category_code="noise")])
    assert desk.lines(batch)[number].refusal == BatchRefusal.ONE_BY_ONE
    same = desk.do(BatchAction.RECLASSIFY, [desk.wish(number, category_code="litter")])
    assert desk.lines(same)[number].refusal == Refusal.SAME_CATEGORY


@pytest.mark.parametrize("action", list(BatchAction))
def test_what_is_shown_before_is_what_is_done(desk: Desk, action: BatchAction) -> None:
    """Every state: the plan's refusal is the batch's refusal, and done is what was ready."""
    numbers = [desk.case(state, phone=None) for state in State]
    kind = "lamp" if action is BatchAction.RECLASSIFY else None
    asked = Asked(action, numbers, unit_id=desk.roads, category_code=kind)
    with desk.database.read() as session:
        plan = plan_batch(session, CLERK, asked, now=LATER)
    wishes = [Wish(p.case.number, p.case.version, p.unit_id, kind) for p in plan.lines]
    lines = desk.lines(desk.do(action, wishes))
    assert {p.case.number: p.refusal for p in plan.lines} == {
        number: line.refusal for number, line in lines.items()
    }
    assert plan.ready


def test_nothing_and_too_much_are_refused(desk: Desk) -> None:
    for numbers, code in (([], BatchRefusal.NOTHING_TICKED), (["x"] * 51, BatchRefusal.TOO_MANY)):
        assert MOST == 50
        with desk.database.read() as session, pytest.raises(Refused) as refused:
            plan_batch(session, CLERK, Asked(BatchAction.ACCEPT, numbers), now=LATER)
        assert refused.value.code is code


def test_one_key_is_a_batch_of_one_and_a_refusal_leaves_none(desk: Desk) -> None:
    number = desk.case()
    with desk.database.write() as session:
        batch = confirm_case(session, CLERK, desk.wish(number, unit_id=desk.roads), now=LATER)
    with pytest.raises(Conflict), desk.database.write() as session:
        confirm_case(session, CLERK, Wish(number, 1, desk.roads), now=LATER)
    with desk.database.read() as session:
        assert session.scalars(select(DeskBatch.number)).all() == [batch]
    desk.undo(batch)
    assert desk.row(number).state is State.REPORTED


# --- at the same time -----------------------------------------------------------------------------


def race(database: Database, acts: Sequence[Callable[[Session], object]]) -> list[str]:
    start = Barrier(len(acts))

    def act(one: Callable[[Session], object]) -> str:
        start.wait()
        try:
            with database.write() as session:
                one(session)
        except Refused as refused:
            return type(refused).__name__
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, acts))


def test_the_same_batch_pressed_twice_at_once_does_each_case_once(desk: Desk) -> None:
    numbers = [desk.case() for _ in range(4)]
    wishes = [desk.wish(number, unit_id=desk.roads) for number in numbers]

    def press(session: Session) -> object:
        return do_batch(session, CLERK, BatchAction.CONFIRM, wishes, now=LATER)

    def backwards(session: Session) -> object:
        return do_batch(session, CLERK, BatchAction.CONFIRM, wishes[::-1], now=LATER)

    assert race(desk.database, [press, backwards, press]) == ["done"] * 3
    for number in numbers:
        assert desk.events(number).count(Event.DISPATCH) == 1
        assert len(desk.messages(number)) == 1


def test_undo_against_somebody_who_acts_leaves_one_truth(desk: Desk) -> None:
    for _ in range(3):
        number = desk.case(phone=None)
        batch = desk.do(BatchAction.ACCEPT, [desk.wish(number)])
        seen = desk.row(number)

        def act(session: Session, seen: CaseRow = seen) -> object:
            return take_step(session, seen, Event.FILE, actor=CLERK, now=SOON)

        def undo(session: Session, batch: str = batch) -> object:
            return undo_batch(session, batch, CLERK, now=SOON)

        acted = race(desk.database, [act, undo])[0] == "done"
        line = desk.lines(batch)[number]
        if acted:
            assert (line.kept, desk.row(number).state) == (BatchRefusal.TOUCHED, State.FILED)
        else:
            assert (line.undone_at, desk.row(number).state) == (SOON, State.REPORTED)


def test_a_batch_against_a_single_step_takes_each_case_once(desk: Desk) -> None:
    for _ in range(3):
        single, other = desk.case(phone=None), desk.case(phone=None)
        wishes, seen = [desk.wish(single), desk.wish(other)], desk.row(single)

        def batch(session: Session, wishes: Sequence[Wish] = wishes) -> object:
            return do_batch(session, CLERK, BatchAction.ACCEPT, wishes, now=LATER)

        def step(session: Session, seen: CaseRow = seen) -> object:
            return take_step(session, seen, Event.ACCEPT, actor=CLERK, now=LATER)

        assert race(desk.database, [batch, step])[0] == "done"
        assert desk.events(single).count(Event.ACCEPT) == 1
        assert desk.row(other).state is State.ACCEPTED


def test_two_presses_on_undo_put_a_case_back_once(desk: Desk) -> None:
    number = desk.case()
    batch = desk.do(BatchAction.ACCEPT, [desk.wish(number)])

    def undo(session: Session) -> object:
        return undo_batch(session, batch, CLERK, now=SOON)

    assert sorted(race(desk.database, [undo, undo])) == ["Conflict", "done"]
    assert desk.events(number).count(Event.UNDO) == 1


def test_a_message_is_sent_or_recalled_but_never_both(desk: Desk) -> None:
    for _ in range(3):
        number = desk.case()
        batch = desk.do(BatchAction.ACCEPT, [desk.wish(number)])
        claimed: list[Any] = []

        def deliver(session: Session, claimed: list[Any] = claimed) -> object:
            claimed += claim_messages(session, now=LATER + UNDO_WINDOW)
            return claimed

        def undo(session: Session, batch: str = batch) -> object:
            return undo_batch(session, batch, CLERK, now=SOON)

        race(desk.database, [deliver, undo])
        kept = desk.lines(batch)[number].kept
        assert (kept == BatchRefusal.TOLD) == bool(claimed)
        with desk.database.write() as session:
            session.execute(delete(OutboxMessage))
