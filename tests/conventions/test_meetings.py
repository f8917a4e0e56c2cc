"""Meetings: invited to, attended, resolved, written down once and for all (R296)."""

import hashlib
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from portal.conventions.models import Attendance, Head, Meeting, MeetingResolution, Notice, Round
from portal.conventions.queries.meetings import (
    MeetingRow,
    addenda_of,
    agenda_of,
    meeting_by_number,
    meetings_about,
    present_at,
    resolutions_of,
)
from portal.conventions.rules.community import HeadRole
from portal.conventions.rules.meetings import (
    EARLY,
    MeetingRefusal,
    MeetingState,
    Resolved,
    names_in,
)
from portal.conventions.service.meetings import (
    ask_for_invitations,
    call_off,
    change_meeting,
    come_by_code,
    invite,
    plan_meeting,
    room_codes,
    strike_out,
    type_names,
)
from portal.conventions.service.minutes import (
    add_to_minutes,
    publish_minutes,
    published_minutes,
    resolve,
    strike_resolution,
)
from portal.conventions.service.tasks import add_task_of_resolution
from portal.kernel.db import Database
from portal.kernel.errors import Missing, Refused
from portal.kernel.moving_codes import STEP_SECONDS
from portal.kernel.outbox import OutboxMessage
from tests.make import conventions, meetings
from tests.make.conventions import COMMUNITY, NOW, TODAY
from tests.make.meetings import DAY, HOUR, SOON, Neighbourhood, plan
from tests.make.together import at_once

DURING, AFTER = SOON + HOUR, SOON + 2 * HOUR


class Assembly(Neighbourhood):
    """A neighbourhood with a meeting to which people were invited."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        with database.write() as session:
            self.number = meetings.meeting(session, self.area).number

    @property
    def row(self) -> MeetingRow:
        with self.database.read() as session:
            found = meeting_by_number(session, self.number)
        assert found is not None
        return found

    def codes(self, now: Any = DURING) -> tuple[str, str]:
        with self.database.read() as session:
            return room_codes(session, self.row.id, now)

    def come(self, who: Any, code: str, now: Any = DURING) -> Any:
        return self.act(come_by_code, who, self.number, code, now=now)

    def names(self, *names: str, now: Any = DURING) -> Any:
        return self.act(type_names, self.committee, self.number, names, now=now)

    def publish(self, present: int = 21, women: int | None = 9, now: Any = AFTER) -> Any:
        words = "大家同意装在三号楼东侧。"
        return self.act(
            publish_minutes, self.committee, self.number, present, women, words, now=now
        )

    def attendances(self) -> list[Attendance]:
        with self.database.read() as session:
            return list(session.scalars(select(Attendance).order_by(Attendance.id)))


@pytest.fixture
def there(app: Flask, database: Database) -> Assembly:
    return Assembly(database)


def why_not(act: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """The code of the refusal; what was returned when there was none."""
    try:
        return act(*given, **named)
    except Refused as refusal:
        return refusal.code


def test_r296_an_invitation_reaches_everybody_and_those_who_asked(there: Assembly) -> None:
    number = there.act(plan_meeting, there.committee, plan())
    assert there.act(ask_for_invitations, there.resident, COMMUNITY) is True
    assert there.act(ask_for_invitations, there.neighbour, COMMUNITY) is True
    assert there.act(ask_for_invitations, there.neighbour, COMMUNITY) is False
    with there.database.write() as session:
        common: dict[str, Any] = {
            "area_id": there.area.id, "place_path": there.area.path, "role": HeadRole.BUILDING,
            "covers": "3号楼", "starts_on": TODAY, "made_at": NOW,
        }  # fmt: skip
        session.add(Head(**common, person_id=there.department.person_id))
        # whose term is over is no head any more
        before = {**common, "starts_on": TODAY - 9 * DAY, "ends_on": TODAY - DAY}
        session.add(Head(**before, person_id=there.neighbour.person_id))
    assert there.act(invite, there.committee, number) == 2
    assert why_not(there.act, invite, there.committee, number) is MeetingRefusal.INVITED
    with there.database.read() as session:
        notice = session.scalars(select(Notice)).one()
        sent = session.scalars(select(OutboxMessage.template)).all()
    assert "1. 充电桩装在哪里" in notice.markdown
    assert sent == ["meeting.invitation"] * 2
    assert there.act(call_off, there.committee, number, "停电") == 2
    with there.database.read() as session:
        assert session.scalars(select(Notice.taken_down_at)).one() == NOW


def test_what_nobody_could_come_to_is_not_planned(there: Assembly) -> None:
    for changes, code in (
        ({"ends_at": SOON}, MeetingRefusal.TIMES), ({"agenda": []}, MeetingRefusal.NO_AGENDA),
        ({"agenda": ["点"] * 31}, MeetingRefusal.TOO_MANY_ITEMS),
        ({"agenda": ["长" * 121]}, MeetingRefusal.LONG_ITEM),
        ({"starts_at": NOW, "ends_at": NOW + HOUR}, MeetingRefusal.PAST),
        ({"place": "370283002001"}, MeetingRefusal.NO_PLACE),
    ):  # fmt: skip
        assert why_not(there.act, plan_meeting, there.committee, plan(**changes)) is code
    number = there.act(plan_meeting, there.committee, plan())
    there.act(change_meeting, there.committee, number, plan(title="另一个", agenda=["一", "二"]))
    there.act(invite, there.committee, number)
    changed = why_not(there.act, change_meeting, there.committee, number, plan())
    assert changed is MeetingRefusal.INVITED
    with pytest.raises(Missing):
        there.act(call_off, there.elsewhere, number, "停电")
    refused = why_not(there.act, call_off, there.committee, number, "")
    assert refused is MeetingRefusal.NO_REASON


def test_r073_a_point_of_the_agenda_leads_to_the_text_it_is_about(there: Assembly) -> None:
    with there.database.write() as session:
        text = conventions.a_round(session, conventions.convention(session, there.area))
        round_id, round_number = text.id, text.number
        asked = meetings.consultation(session, there.area).number
    lines = [f"公约草案 {round_number.lower()}", f"停车方案 {asked}", "其他 12345"]
    number = there.act(plan_meeting, there.committee, plan(agenda=lines))
    with there.database.read() as session:
        row = meeting_by_number(session, number)
        assert row is not None
        found = [
            (one.title, one.round_number, one.consultation_number)
            for one in agenda_of(session, row.id)
        ]
        assert meetings_about(session, round_id) == []
    assert found == [
        ("公约草案", round_number, None), ("停车方案", None, asked), ("其他 12345", None, None)
    ]  # fmt: skip
    there.act(invite, there.committee, number)
    with there.database.read() as session:
        assert [one.number for one in meetings_about(session, round_id)] == [number]
        assert session.get(Round, round_id) is not None


def test_the_code_in_the_room_counts_while_the_meeting_lasts(there: Assembly) -> None:
    screen, paper = there.codes()
    start = SOON - EARLY
    early = why_not(there.come, there.resident, paper, start.replace(second=0) - HOUR / 3600)
    assert early is MeetingRefusal.EARLY
    assert why_not(there.come, there.resident, paper, AFTER) is MeetingRefusal.OVER
    late = DURING + 2 * STEP_SECONDS * (HOUR / 3600)
    assert why_not(there.come, there.resident, screen, late) is MeetingRefusal.OLD_CODE
    assert why_not(there.come, there.resident, "00000-00000") is MeetingRefusal.OLD_CODE
    assert there.come(there.resident, paper, start) is True
    assert there.come(there.resident, screen) is False
    assert there.come(there.neighbour, screen) is True
    assert len(there.attendances()) == 2


def test_somebody_who_scans_twice_at_once_is_there_once(there: Assembly) -> None:
    screen, paper = there.codes()
    found = at_once(*(partial(there.come, there.resident, code) for code in (screen, paper)))
    assert sorted(found) == [False, True]
    assert len(there.attendances()) == 1


def test_a_list_that_two_type_at_once_holds_each_name_once(there: Assembly) -> None:
    names = names_in(" 王秀英 \n李强\n王秀英\n\n")
    assert names == ["王秀英", "李强"]
    found = at_once(lambda: there.names(*names), lambda: there.names("李强", "张三"))
    assert sum(new for new, _old in found) == 3
    assert sum(old for _new, old in found) == 1
    assert all("王" not in (one.sealed_name or "") for one in there.attendances())
    with there.database.read() as session:
        first = present_at(session, there.row.id)[0]
    assert why_not(there.names, "长" * 41) is MeetingRefusal.LONG_NAME
    assert why_not(there.names) is MeetingRefusal.NO_NAMES
    assert why_not(there.names, "赵六", now=NOW) is MeetingRefusal.NOT_BEGUN
    with there.database.write() as session:
        strike_out(session, there.committee, there.number, first.id)
    with there.database.write() as session, pytest.raises(Missing):
        strike_out(session, there.committee, there.number, first.id)
    assert len(there.attendances()) == 2


def test_minutes_fit_together_before_they_are_published(there: Assembly) -> None:
    there.names("王秀英", "李强", "张三")
    half = Resolved("装", 1, None, 0)
    for wish, code in (
        (half, MeetingRefusal.COUNTS), (Resolved("装", 0, 0, 0), MeetingRefusal.COUNTS),
        (Resolved("装", -1, 3, 0), MeetingRefusal.COUNTS),
    ):  # fmt: skip
        told = why_not(there.act, resolve, there.committee, there.number, wish, None, now=DURING)
        assert told is code
    there.act(resolve, there.committee, there.number, Resolved("装", 4, 0, 0), None, now=DURING)
    assert why_not(there.publish, 2) is MeetingRefusal.FEWER_THAN_LIST
    assert why_not(there.publish, 3, 1) is MeetingRefusal.MORE_VOTES
    assert why_not(there.publish, 4, 5) is MeetingRefusal.MORE_WOMEN
    assert why_not(there.publish, 4, 2, NOW) is MeetingRefusal.NOT_BEGUN
    assert (
        why_not(there.act, add_to_minutes, there.committee, there.number, "更正")
        is MeetingRefusal.NOT_PUBLISHED
    )
    there.publish(4, None)
    assert there.row.state is MeetingState.HELD


def test_numbers_that_nobody_could_count_are_told_beside_their_field(there: Assembly) -> None:
    assert why_not(there.publish, -1, None) is MeetingRefusal.PEOPLE
    assert why_not(there.publish, 10**30, None) is MeetingRefusal.PEOPLE
    assert why_not(there.publish, 4, -1) is MeetingRefusal.WOMEN
    with pytest.raises(Refused) as told:
        there.publish(4, 10**30)
    assert (told.value.code, told.value.field) == (MeetingRefusal.MORE_WOMEN, "women")


def test_a_wrong_resolution_is_struck_out_until_a_task_hangs_on_it(there: Assembly) -> None:
    for words in ("装十个", "装百个"):
        there.act(resolve, there.committee, there.number, Resolved(words), None, now=DURING)

    def numbers() -> list[str]:
        with there.database.read() as session:
            return [one.number for one in resolutions_of(session, there.row.id)]

    def strike(number: str, who: Any = None) -> Any:
        with there.database.write() as session:
            return why_not(strike_resolution, session, who or there.committee, there.number, number)

    kept, wrong = numbers()
    with pytest.raises(Missing):
        strike(wrong, there.elsewhere)
    assert strike(wrong) is None
    assert numbers() == [kept]
    with pytest.raises(Missing):
        strike(wrong)
    there.act(add_task_of_resolution, there.committee, there.number, kept, meetings.task_wish())
    assert strike(kept) is MeetingRefusal.HAS_TASK
    there.publish(4, None)
    assert strike(kept) is MeetingRefusal.PUBLISHED
    assert numbers() == [kept]


def test_of_striking_a_resolution_and_making_a_task_of_it_one_happens(there: Assembly) -> None:
    there.act(resolve, there.committee, there.number, Resolved("装十个"), None, now=DURING)
    with there.database.read() as session:
        [one] = resolutions_of(session, there.row.id)

    def strike() -> Any:
        with there.database.write() as session:
            return strike_resolution(session, there.committee, there.number, one.number)

    def make() -> Any:
        wish = meetings.task_wish()
        return there.act(add_task_of_resolution, there.committee, there.number, one.number, wish)

    def told(act: Callable[[], Any]) -> bool:
        try:
            act()
        except (Missing, Refused):
            return True
        return False

    assert sorted(at_once(partial(told, strike), partial(told, make))) == [False, True]


def test_what_was_held_is_not_called_off(there: Assembly) -> None:
    given = (there.act, call_off, there.committee, there.number, "停电")
    assert why_not(*given, now=SOON) is MeetingRefusal.BEGUN
    with there.database.write() as session:
        resolution = meetings.resolution(session, session.scalars(select(Meeting)).one())
        item = resolution.id
    assert why_not(*given) is MeetingRefusal.RESOLVED
    with there.database.write() as session:
        session.execute(delete(MeetingResolution).where(MeetingResolution.id == item))
    there.act(call_off, there.committee, there.number, "停电")
    # one to which nobody was invited is given up at any time
    number = there.act(plan_meeting, there.committee, plan())
    there.act(call_off, there.committee, number, "停电", now=AFTER)


def test_r296_published_minutes_never_change_and_anybody_can_hash_them(there: Assembly) -> None:
    there.act(
        resolve, there.committee, there.number, Resolved("装十个", 18, 2, 1), None, now=DURING
    )
    there.publish()
    with there.database.read() as session:
        content = published_minutes(session, there.number)
    assert hashlib.sha256(content).hexdigest() == there.row.minutes_digest
    assert json.loads(content)["resolutions"][0]["yes"] == 18
    refused = MeetingRefusal.PUBLISHED
    assert why_not(there.publish) is refused
    assert why_not(there.names, "赵六") is refused
    assert why_not(there.come, there.resident, there.codes()[1]) is refused
    assert why_not(there.act, call_off, there.committee, there.number, "停电") is refused
    for changes in ({"present": 99}, {"minutes": "别的"}, {"title": "别的"}):
        with pytest.raises(DatabaseError), there.database.write() as session:
            session.execute(update(Meeting).values(changes))
    there.act(add_to_minutes, there.committee, there.number, "到会二十二人。", now=AFTER)
    with there.database.read() as session:
        [added] = addenda_of(session, there.row.id)
        assert published_minutes(session, there.number) == content
    assert len(added.digest) == 64


def test_minutes_that_two_publish_at_once_are_published_once(there: Assembly) -> None:
    found = at_once(
        lambda: why_not(there.publish, 21), lambda: why_not(there.publish, 22),
        lambda: why_not(there.names, "王秀英"),
    )  # fmt: skip
    assert sorted(one is MeetingRefusal.PUBLISHED for one in found[:2]) == [False, True]
    # a name came before the minutes, or not at all
    assert (found[2] is MeetingRefusal.PUBLISHED) == (len(there.attendances()) == 0)
    assert there.row.present in {21, 22}
