"""Tasks with the same four fields for everybody (R162): listed, reported on, late, done."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.conventions.models import Meeting, TaskEvent
from portal.conventions.queries.tasks import (
    TaskRow,
    events_of_task,
    task_by_number,
    task_counts,
    tasks_of_meeting,
    tasks_of_units,
    tasks_page,
)
from portal.conventions.rules.tasks import (
    ReportWish,
    TaskAct,
    TaskFilter,
    TaskRefusal,
    TaskState,
    UnitPart,
    acts_from,
    is_late,
    state_after,
)
from portal.conventions.service.minutes import publish_minutes
from portal.conventions.service.tasks import add_task, add_task_of_resolution, report_on
from portal.kernel.db import Database
from portal.kernel.errors import Missing, Refused
from tests.make import meetings
from tests.make.conventions import COMMUNITY, TODAY
from tests.make.meetings import Neighbourhood, task_wish
from tests.make.together import at_once

DAY = timedelta(days=1)


class Tracker(Neighbourhood):
    """A neighbourhood with a task that a meeting resolved on, led by the fire brigade."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        with database.write() as session:
            of = meetings.meeting(session, self.area)
            self.meeting_id = of.id
            resolved = meetings.resolution(session, of)
            self.task = add_task_of_resolution(
                session, self.committee, of.number, resolved.number, task_wish(), now=meetings.NOW
            )

    @property
    def row(self) -> TaskRow:
        with self.database.read() as session:
            found = task_by_number(session, self.task)
        assert found is not None
        return found

    def report(self, by: Any, act: TaskAct, due_on: Any = None, said: str = "已勘察现场") -> Any:
        try:
            return self.act(report_on, by, self.task, ReportWish(act, said, due_on))
        except Refused as refusal:
            return refusal.code


@pytest.fixture
def there(app: Flask, database: Database) -> Tracker:
    return Tracker(database)


def test_r162_a_task_has_its_four_fields_and_its_meeting(there: Tracker) -> None:
    row = there.row
    # the name of a unit that serves the place is that unit; the others stand as they were written
    [lead] = row.of(UnitPart.LEAD)
    assert lead.unit is not None
    assert lead.unit.id == there.unit.id
    assert [one.words for one in row.of(UnitPart.CO)] == ["街道办事处"]
    assert [one.words for one in row.of(UnitPart.RESPONSIBLE)] == ["物业服务中心"]
    assert row.due_on == TODAY + 30 * DAY
    assert row.meeting_number
    with there.database.read() as session:
        assert [one.number for one in tasks_of_meeting(session, there.meeting_id)] == [there.task]


def test_what_a_meeting_resolved_is_read_when_its_minutes_are_published(there: Tracker) -> None:
    assert there.row.resolved is None
    with there.database.read() as session:
        number = session.scalars(select(Meeting.number)).one()
    given = (there.committee, number, 25, None, "同意。")
    there.act(publish_minutes, *given, now=meetings.SOON + meetings.HOUR)
    assert there.row.resolved == "在三号楼东侧装十个充电口"


def test_a_task_without_its_fields_is_not_written_down(there: Tracker) -> None:
    for changes, code in (
        ({"lead": ""}, TaskRefusal.NO_LEAD), ({"responsible": []}, TaskRefusal.NO_RESPONSIBLE),
        ({"co": ["甲"] * 2}, TaskRefusal.TWICE), ({"due_on": TODAY - DAY}, TaskRefusal.PAST),
        ({"co": [f"第{at}科" for at in range(12)]}, TaskRefusal.TOO_MANY),
        ({"lead": "长" * 81}, TaskRefusal.LONG_UNIT),
    ):  # fmt: skip
        with pytest.raises(Refused) as told:
            there.act(add_task, there.committee, COMMUNITY, task_wish(**changes))
        assert told.value.code is code
    with pytest.raises(Refused) as told:
        there.act(add_task, there.elsewhere, COMMUNITY, task_wish())
    assert told.value.code is TaskRefusal.NO_PLACE
    number = there.act(add_task, there.office, COMMUNITY, task_wish(lead="demo-fire"))
    with there.database.read() as session:
        mine = tasks_of_units(session, [there.unit.id], None, today=TODAY)
    assert {one.number for one in mine} == {there.task, number}


def test_a_unit_reports_and_only_the_keeper_moves_or_drops(there: Tracker) -> None:
    assert there.report(there.department, TaskAct.PROGRESS) is None
    moved = there.report(there.department, TaskAct.MOVE, TODAY + DAY)
    assert moved is TaskRefusal.NO_SUCH_ACT
    for stranger in (there.resident, there.elsewhere):
        with pytest.raises(Missing):
            there.report(stranger, TaskAct.PROGRESS)
    for day, code in (
        (None, TaskRefusal.NO_DAY), (TODAY - DAY, TaskRefusal.PAST),
        (TODAY + 30 * DAY, TaskRefusal.SAME_DAY), (TODAY + 40 * DAY, None),
    ):  # fmt: skip
        assert there.report(there.committee, TaskAct.MOVE, day) is code
    assert there.row.due_on == TODAY + 40 * DAY
    assert there.report(there.department, TaskAct.FINISH, said="装好了") is None
    assert there.report(there.department, TaskAct.PROGRESS) is TaskRefusal.MOVED_ON
    assert (there.row.state, there.row.outcome) == (TaskState.DONE, "装好了")
    assert there.report(there.office, TaskAct.REOPEN, said="有两个坏了") is None
    assert (there.row.state, there.row.outcome, there.row.closed_at) == (TaskState.OPEN, None, None)
    with there.database.read() as session:
        told = events_of_task(session, there.row.id)
    assert [one.state for one in told] == [TaskState.OPEN, TaskState.DONE, None, None]
    assert [one.unit.code if one.unit else "" for one in told] == [
        "", "DEMO-FIRE", "", "DEMO-FIRE"
    ]  # fmt: skip


def test_a_unit_that_only_helps_does_not_say_that_it_is_done(there: Tracker) -> None:
    with there.database.write() as session:
        there.task = add_task(
            session, there.committee, COMMUNITY,
            task_wish(lead="街道办事处", co=["消防救援大队"]), now=meetings.NOW,
        )  # fmt: skip
    assert there.report(there.department, TaskAct.FINISH) is TaskRefusal.NOT_LEADING
    assert there.report(there.department, TaskAct.PROGRESS) is None


def test_of_two_who_end_a_task_at_once_the_second_is_told(there: Tracker) -> None:
    found = at_once(
        lambda: there.report(there.department, TaskAct.FINISH),
        lambda: there.report(there.committee, TaskAct.DROP),
    )
    assert sorted(code is None for code in found) == [False, True]
    assert set(found) == {None, TaskRefusal.MOVED_ON}
    with there.database.read() as session:
        assert len(session.scalars(select(TaskEvent)).all()) == 1


def test_r162_what_is_late_is_marked_counted_and_found(there: Tracker) -> None:
    with there.database.write() as session:
        meetings.task(session, there.area, due_on=TODAY - DAY)
        closed = {"state": TaskState.DONE, "closed_at": meetings.NOW, "outcome": "好了"}
        meetings.task(session, there.area, due_on=TODAY - DAY, **closed)
        meetings.task(session, there.street, due_on=TODAY)
    with there.database.read() as session:
        counts = task_counts(session, None, TODAY)
        late = tasks_page(session, None, TaskFilter.LATE, today=TODAY)
        here = tasks_page(session, [there.area.path], None, today=TODAY)
        first = tasks_page(session, None, None, today=TODAY, limit=2)
        rest = tasks_page(session, None, None, today=TODAY, after=first[-1].number)
    assert (counts.open, counts.late, counts.done, counts.dropped) == (3, 1, 1, 0)
    assert len(late) == 1
    assert len(here) == 3
    assert len({one.number for one in (*first, *rest)}) == 4
    assert [one.due_on for one in (*first, *rest)] == sorted(one.due_on for one in (*first, *rest))


def test_the_table_of_acts_knows_every_state() -> None:
    for state in TaskState:
        for act in acts_from(state, keeper=True, finishing=False):
            assert state_after(state, act) is not None
        assert set(acts_from(state, keeper=False, finishing=False)) <= {TaskAct.PROGRESS}
    assert not is_late(TaskState.DONE, TODAY - DAY, TODAY)
    assert not is_late(TaskState.OPEN, TODAY, TODAY)
