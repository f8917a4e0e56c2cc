"""主案 and 子案: one matter, several units; the whole waits for all of its parts."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.rules import Permission
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Refused
from portal.kernel.instance import instance_of
from portal.kernel.outbox import OutboxMessage
from portal.organisations.models import Organisation
from portal.reports.queries.case import CaseRow, events_of, reporters_of
from portal.reports.queries.case_parts import parts_under, results_of
from portal.reports.queries.counters import counts_by_place, place_figures, public_counts
from portal.reports.queries.desk import desk_page
from portal.reports.queries.exchange import outgoing
from portal.reports.rules.codes import Event, Means, Source, State
from portal.reports.rules.desk import Task
from portal.reports.rules.kinds import BEHAVIOUR
from portal.reports.rules.reasons import Reason
from portal.reports.rules.routing import CaseKey, RoutingRefusal
from portal.reports.rules.transitions import (
    OPEN,
    ActorFacts,
    CaseFacts,
    IntoFacts,
    Refusal,
    why_not,
)
from portal.reports.service.attributes import set_attributes
from portal.reports.service.desk import open_case, photo_file
from portal.reports.service.handling import (
    close_case,
    reopen_case,
    send_back_case,
    take_step,
)
from portal.reports.service.loop import Brought, move_case
from portal.reports.service.parts import NewPart, split_off
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.desk import City, small_city
from tests.make.organisations import unit
from tests.make.reports import NOW, desk, handler, verifier
from tests.make.rows import case_row

LATER = NOW + timedelta(hours=8)
STAFF = ActorFacts(person_id=None, holds=frozenset(Permission), of_unit=True)
REPORTER = ActorFacts(is_reporter=True)
ENDS = (
    (Event.HANDLE, State.DISPATCHED),
    (Event.CLOSE, State.HANDLED),
    (Event.VOID, State.DISPATCHED),
    (Event.HAND_OVER, State.FILED),
    (Event.REFUSE_FILING, State.ACCEPTED),
    (Event.MERGE, State.FILED),
)


@pytest.mark.parametrize(("event", "state"), ENDS)
def test_a_whole_with_an_open_part_ends_in_no_way(event: Event, state: State) -> None:
    into = IntoFacts(held=frozenset(Permission))
    waiting = CaseFacts(state, open_parts=1, into=into)
    who = ActorFacts(holds=frozenset(Permission))
    assert why_not(event, waiting, who) is Refusal.PARTS_OPEN
    assert why_not(event, CaseFacts(state, into=into), who) is None


def test_what_belongs_to_the_whole_is_not_done_on_a_part_and_nobody_ends_parts_by_hand() -> None:
    part = CaseFacts(State.DISPATCHED, is_part=True, into=IntoFacts(held=frozenset(Permission)))
    for event in (Event.SPLIT_OFF, Event.ASK, Event.MERGE, Event.MODERATE):
        assert why_not(event, part, STAFF) is Refusal.IS_PART
    whole = CaseFacts(State.FILED, into=IntoFacts(held=frozenset(Permission), is_part=True))
    assert why_not(Event.MERGE, whole, STAFF) is Refusal.OTHER_IS_PART
    assert why_not(Event.PARTS_DONE, whole, STAFF) is Refusal.NOT_ALLOWED
    assert why_not(Event.SPLIT_OFF, CaseFacts(State.FILED, inward=True), STAFF) is (
        Refusal.NO_PARTS_OF_THIS
    )
    # she reads it in her own words
    waiting = CaseFacts(State.FILED, open_parts=1)
    assert why_not(Event.WITHDRAW, waiting, REPORTER) is Refusal.PARTS_AT_WORK
    over = CaseFacts(State.CLOSED, is_part=True, whole_open=False)
    assert why_not(Event.SEND_BACK, over, ActorFacts(holds=frozenset(Permission))) is (
        Refusal.WHOLE_ENDED
    )


class Shared:
    """A filed case with a reporter, and two units of its place."""

    def __init__(self, session: Session, **options: Any) -> None:
        self.tree: dict[str, Area] = small_tree(session)
        street = self.tree["370283001"]
        self.cleaners = unit(session, "HW", "环卫中心", area=street)
        self.roads = unit(session, "SZ", "市政中心", area=street)
        reports.category(session, "road_damage")
        reports.category(session, BEHAVIOUR)
        made = reports.case(
            session,
            self.tree["370283001001"],
            state=State.FILED,
            phone="+8613800001220",
            **options,
        )
        self.photo = reports.photo(session, made).code
        self.number = made.number

    def parts(self) -> list[NewPart]:
        return [
            NewPart("litter", self.cleaners.id, "清掉垃圾"),
            NewPart("road_damage", self.roads.id, "补上路面"),
        ]


@pytest.fixture
def shared(database: Database) -> Shared:
    with database.write() as session:
        return Shared(session)


def _split(database: Database, shared: Shared, parts: list[NewPart] | None = None) -> list[str]:
    with database.write() as session:
        whole = case_row(session, shared.number)
        made = split_off(session, whole, parts or shared.parts(), actor=desk(), now=LATER)
        return [part.number for part in made]


def _end(database: Database, number: str, owner: Organisation, hours: int = 2) -> None:
    """Handled by its unit, and verified."""
    at = LATER + timedelta(hours=hours)
    with database.write() as session:
        row, worker = case_row(session, number), handler(owner)
        brought = Brought(words="做完了", photos=(reports.AFTER_PHOTO,))
        move_case(session, row, Event.HANDLE, actor=worker, now=at, brought=brought)
        row = case_row(session, number)
        close_case(session, row, actor=verifier(), now=at, means=Means.SERVICE, words="核查合格")


def _events(session: Session, number: str) -> list[Event]:
    return [event.event for event in events_of(session, case_row(session, number))]


def _said(session: Session) -> list[str]:
    return sorted(session.scalars(select(OutboxMessage.template)))


def test_parts_have_a_kind_a_unit_and_a_clock_of_their_own_and_the_whole_waits_for_them(
    database: Database, shared: Shared
) -> None:
    numbers = _split(database, shared)
    with database.read() as session:
        whole, (first, second) = (
            case_row(session, shared.number),
            (case_row(session, number) for number in numbers),
        )
        assert (whole.state, whole.promised_at) == (State.FILED, NOW + timedelta(days=1))
        assert [first.category_code, second.category_code] == ["litter", "road_damage"]
        assert [first.unit_id, second.unit_id] == [shared.cleaners.id, shared.roads.id]
        assert {first.state, second.state} == {State.DISPATCHED}
        assert first.promised_at is not None
        assert first.promised_at > LATER
        assert (first.place_path, first.lon, first.source) == (
            whole.place_path,
            whole.lon,
            Source.PART,
        )
        assert reporters_of(session, first) == []
        # each unit is told of its part, the reporter once of both
        assert "report.several_units" in _said(session)
        told = select(OutboxMessage.sealed_facts)
        told = told.where(OutboxMessage.template == "report.several_units")
        facts = instance_of(session).vault.unseal(session.scalars(told).one() or "")
        assert json.loads(facts)["count"] == 2
        waiting = desk_page(session, desk(), Task.DISPATCH, LATER).rows
        assert shared.number not in {row.number for row in waiting}
        # what was reported is shown to a part's unit, not copied
        page = open_case(session, first.number, handler(shared.cleaners), LATER)
        assert "垃圾堆了三天" in {text.text for text in page.texts}
        assert shared.photo in {photo.code for photo in page.photos}
        assert photo_file(session, shared.photo, handler(shared.cleaners), small=False)
    _split(database, shared, [NewPart("road_damage", shared.roads.id, "再补一处")])
    with database.read() as session:
        assert _said(session).count("report.several_units") == 1


def test_after_the_last_part_the_whole_stands_in_the_queue_again_with_all_results(
    database: Database, shared: Shared
) -> None:
    first, second = _split(database, shared)
    _end(database, first, shared.cleaners)
    with database.write() as session:
        whole = case_row(session, shared.number)
        with pytest.raises(Refused) as refused:
            take_step(session, whole, Event.VOID, actor=desk(), now=LATER, reason=Reason.TEST)
        assert refused.value.code is Refusal.PARTS_OPEN
        assert Event.PARTS_DONE not in _events(session, shared.number)
    _end(database, second, shared.roads)
    with database.write() as session:
        whole = case_row(session, shared.number)
        assert _events(session, shared.number)[-1] is Event.PARTS_DONE
        rows = desk_page(session, desk(), Task.DISPATCH, LATER).rows
        assert shared.number in {row.number for row in rows}
        results = results_of(session, parts_under(session, whole))
        assert [(one.answer, len(one.photos)) for one in results] == [("核查合格", 1)] * 2
        # the whole is handled, closed, opened again by its reporter; the parts stay as they are
        lead = reports.grid_lead(whole.place_path)
        brought = Brought(words="都做完了", photos=(reports.AFTER_PHOTO,))
        at = LATER + timedelta(hours=4)
        whole = move_case(session, whole, Event.HANDLE, actor=lead, now=at, brought=brought)
        whole = close_case(session, whole, actor=verifier(), now=at, means=Means.SERVICE)
        with pytest.raises(Refused) as refused:
            send_back_case(
                session, case_row(session, first), actor=verifier(), now=at, reason=Reason.NOT_DONE
            )
        assert refused.value.code is Refusal.WHOLE_ENDED
        whole = reopen_case(session, whole, passed_on_words="还有", now=at)
        assert {part.state for part in parts_under(session, whole)} == {State.CLOSED}
        # a part may be sent back now, and the whole waits again; or a new one is split off
        back = send_back_case(
            session, case_row(session, first), actor=verifier(), now=at, reason=Reason.NOT_DONE
        )
        assert back.state is State.REWORK
        page = open_case(session, shared.number, desk(), at)
        assert (page.facts.open_parts, Event.SPLIT_OFF in page.steps) == (1, True)


def test_a_matter_with_parts_counts_once_and_its_parts_are_never_public(
    database: Database, shared: Shared
) -> None:
    first, second = _split(database, shared)
    _end(database, first, shared.cleaners)
    since, path = NOW - timedelta(days=1), shared.tree["370283001"].path
    with database.write() as session:
        counts = public_counts(session, path, since)
        assert (counts.reported, counts.settled, counts.open) == (1, 0, 1)
        by_place = counts_by_place(session, since)
        assert sum(one.open for one in by_place.values()) == 1
        assert sum(one.settled for one in by_place.values()) == 0
        assert sum(place_figures(session, path, since, [since])[1]) == 0
        assert [one.case.number for one in outgoing(session, since)] == [shared.number]
        part = case_row(session, second)
        handed = move_case(session, part, Event.HAND_OVER, actor=desk(), now=LATER)
        again = take_step(session, handed, Event.TAKE_BACK, actor=desk(), now=LATER)
        # what is taken back is public elsewhere, a part never
        assert (again.state, again.listed) == (State.ACCEPTED, False)


def test_a_part_is_refused_in_its_own_field_and_nothing_is_kept(
    database: Database, shared: Shared
) -> None:
    with database.write() as session:
        whole = case_row(session, shared.number)
        known = {CaseKey.UNIT_COMPLAINED_OF: "SZ"}
        set_attributes(session, whole, known, actor=desk(), now=NOW)
    wrong = {
        "unit_2": (shared.parts(), RoutingRefusal.COMPLAINED_OF),
        "category_1": ([NewPart(BEHAVIOUR, None, "x")], Refusal.NO_CATEGORY),
        "words_1": ([NewPart("litter", shared.cleaners.id, " ")], Refusal.WORDS_MISSING),
        None: ([NewPart("litter", shared.cleaners.id, "x")] * 9, Refusal.TOO_MANY_PARTS),
    }
    for field, (parts, code) in wrong.items():
        with pytest.raises(Refused) as refused:
            _split(database, shared, parts)
        assert (refused.value.field, refused.value.code) == (field, code)
    with database.read() as session:
        assert parts_under(session, case_row(session, shared.number)) == []
        assert Event.SPLIT_OFF not in _events(session, shared.number)


def _race(
    database: Database, steps: list[tuple[str, Callable[[Session, CaseRow], object]]]
) -> list[str]:
    """Several act at once, each on a case as all of them saw it."""
    with database.read() as session:
        seen = {number: case_row(session, number) for number, _ in steps}
    start = Barrier(len(steps))

    def act(one: tuple[str, Callable[[Session, CaseRow], object]]) -> str:
        number, step = one
        start.wait()
        try:
            with database.write() as session:
                step(session, seen[number])
        except Conflict:
            return "conflict"
        except Refused as refused:
            return str(refused.code)
        return "won"

    with ThreadPoolExecutor(len(steps)) as pool:
        return sorted(pool.map(act, steps))


def test_whoever_ends_the_whole_while_a_part_is_split_off_loses_or_is_first(
    database: Database, shared: Shared
) -> None:
    part = [NewPart("litter", shared.cleaners.id, "清掉")]
    result = _race(
        database,
        [
            (
                shared.number,
                lambda session, case: take_step(
                    session, case, Event.VOID, actor=desk(), now=LATER, reason=Reason.TEST
                ),
            ),
            (
                shared.number,
                lambda session, case: split_off(session, case, part, actor=desk(), now=LATER),
            ),
        ],
    )
    assert result.count("won") == 1
    with database.read() as session:
        whole = case_row(session, shared.number)
        waits = any(one.state in OPEN for one in parts_under(session, whole))
        assert (whole.state is State.VOID) is not waits


def test_two_last_parts_that_end_at_once_let_the_whole_go_on_once(
    database: Database, shared: Shared
) -> None:
    numbers = _split(database, shared)
    why = {"actor": desk(), "now": LATER, "reason": Reason.TEST}
    steps = [
        (number, lambda session, case: take_step(session, case, Event.VOID, **why))
        for number in numbers
    ]
    assert _race(database, steps) == ["won", "won"]
    with database.read() as session:
        assert _events(session, shared.number).count(Event.PARTS_DONE) == 1


def test_the_desk_splits_off_parts_on_a_page_and_reads_them_there(
    app: Flask, database: Database
) -> None:
    city: City = small_city(app, database)
    with database.write() as session:
        reports.category(session, "road_damage", name="路面破损")
    number = city.case(state=State.FILED, listed=True)
    browser = city.browser(city.desk)
    page = browser.get(f"/desk/cases/{number}/split-off")
    empty = page.form().send("Split off and tell the units")
    assert "Choose the kind of problem of at least one part." in empty.text
    filled = {"category_1": "litter", "unit_1": str(city.unit.id), "words_1": "清掉路边的垃圾"}
    sent = empty.form().fill(**filled).send("Split off and tell the units", status=200)
    assert "Parts of this case" in sent.text
    with database.read() as session:
        (part,) = parts_under(session, city.row(number))
    worker = city.browser(city.worker).get(f"/desk/cases/{part.number}")
    assert "This case is a part of another one:" in worker.text
    assert "清掉路边的垃圾" in worker.text
    shown = browser.get(f"/reports/{number}")
    assert "Several units work on it together" in shown.text
    assert browser.get(f"/reports/{part.number}", status=404)
