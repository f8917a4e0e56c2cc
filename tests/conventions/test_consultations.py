"""Questions to communities (R179) and to everybody (R202): in time, in groups, with a reply."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from portal.accounts.service import forget_in_time
from portal.conventions.models import Consultation, Opinion, OpinionGroup
from portal.conventions.queries import consultations
from portal.conventions.queries.consultations import (
    AskingRow,
    asked_by,
    asked_of,
    asking_by_number,
    groups_of,
    opinions_by,
    opinions_of,
    places_of,
)
from portal.conventions.rules.consultations import (
    MOST_OPINIONS,
    AskingRefusal,
    ConsultationKind,
    ConsultationState,
    phase_of,
)
from portal.conventions.rules.talk import Answer, SaidState, TalkRefusal
from portal.conventions.service.consultations import (
    announce,
    answer_for_place,
    change_asking,
    start_asking,
)
from portal.conventions.service.opinions import (
    ReplyWish,
    add_group,
    decide_opinion,
    drop_group,
    publish_reply,
    published_reply,
    put_in_group,
    reply_to_group,
    say_opinion,
    take_opinion_back,
    type_opinion,
    write_summary,
)
from portal.kernel.db import Database
from portal.kernel.errors import Missing, Refused
from tests.make import meetings
from tests.make.conventions import COMMUNITY, NOW, TODAY
from tests.make.meetings import STREET, Neighbourhood, question
from tests.make.together import at_once

DAY = timedelta(days=1)
LATE = NOW + 30 * DAY
WORDS = "北门太窄，消防车进不来。"


class Asking(Neighbourhood):
    """A neighbourhood in which the street asks everybody, and its communities too."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        with database.write() as session:
            of = meetings.consultation(session, self.street)
            self.number, self.id = of.number, of.id

    @property
    def row(self) -> AskingRow:
        with self.database.read() as session:
            found = asking_by_number(session, self.number)
        assert found is not None
        return found

    def say(self, who: Any = None, now: Any = NOW) -> Any:
        return why_not(
            self.act, say_opinion, who or self.resident, self.number, WORDS, now=now
        )  # fmt: skip

    def do(self, service: Any, *given: Any) -> Any:
        """What knows no clock."""
        with self.database.write() as session:
            return service(session, self.office, self.number, *given)

    def opinions(self) -> list[Opinion]:
        with self.database.read() as session:
            return list(session.scalars(select(Opinion).order_by(Opinion.id)))

    def group(self) -> UUID:
        self.do(add_group, "消防通道")
        with self.database.read() as session:
            return groups_of(session, self.id)[-1].id

    def reply(self) -> UUID:
        """Everything that a reply needs."""
        for one in self.opinions():
            if one.state is SaidState.WAITING:
                self.act(decide_opinion, self.office, one.id, show=True, reason="")
        group = self.group()
        shown = [one.id for one in self.opinions() if one.state is SaidState.SHOWN]
        if shown:
            self.do(put_in_group, group, shown, [])
        self.do(reply_to_group, group, ReplyWish("消防通道", Answer.TAKEN, "北门不划车位。"))
        self.do(write_summary, "共收到意见一条。")
        return group

    def publish(self, now: Any = LATE) -> Any:
        return why_not(self.act, publish_reply, self.office, self.number, now=now)


def why_not(act: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """The code of the refusal; what was returned when there was none."""
    try:
        return act(*given, **named)
    except Refused as refusal:
        return refusal.code


@pytest.fixture
def there(app: Flask, database: Database) -> Asking:
    return Asking(database)


def test_r202_a_major_decision_gives_people_thirty_days_or_says_why_not(there: Asking) -> None:
    short = {"closes_on": TODAY + 28 * DAY}
    for changes, code in (
        (short, AskingRefusal.SHORT), ({"opens_on": TODAY - DAY}, AskingRefusal.DAYS),
        ({"closes_on": TODAY - DAY}, AskingRefusal.DAYS),
        ({"place": "370283002"}, AskingRefusal.NO_PLACE),
        ({"places": ["370283002001"]}, AskingRefusal.UNKNOWN_PLACES),
    ):  # fmt: skip
        told = why_not(there.act, start_asking, there.office, question(**changes), None)
        assert told is code
    wish = question(**short, short_why="汛期前须完成")
    number = there.act(start_asking, there.office, wish, None)
    there.act(change_asking, there.office, number, question(title="新方案", places=[STREET]))
    with there.database.read() as session:
        row = asking_by_number(session, number)
        assert row is not None
        # the code of a street stands for all its communities
        assert len(places_of(session, row.id)) == 2
    told = why_not(there.act, announce, there.office, number, now=NOW + DAY)
    assert told is AskingRefusal.DAYS
    there.act(announce, there.office, number)
    told = why_not(there.act, announce, there.office, number)
    assert told is AskingRefusal.OPENED
    told = why_not(there.act, change_asking, there.office, number, question())
    assert told is AskingRefusal.OPENED


def test_r179_a_department_asks_communities_and_each_answers_once_in_time(there: Asking) -> None:
    wish = question(kind=ConsultationKind.DEPARTMENT, closes_on=TODAY + 9 * DAY)
    told = why_not(there.act, start_asking, there.department, wish, there.unit.id)
    assert told is AskingRefusal.NO_PLACES
    wish = question(kind=ConsultationKind.DEPARTMENT, closes_on=TODAY + 9 * DAY, places=[COMMUNITY])
    number = there.act(start_asking, there.department, wish, there.unit.id)
    there.act(announce, there.department, number)
    given = (answer_for_place, there.committee, number, COMMUNITY)
    late = why_not(there.act, *given, "同意", now=NOW + 10 * DAY)
    assert late is AskingRefusal.LATE
    found = at_once(
        lambda: why_not(there.act, *given, "同意"), lambda: why_not(there.act, *given, "不同意"),
    )  # fmt: skip
    assert {one for one in found if one} == {AskingRefusal.ANSWERED}
    assert found.count(None) == 1
    with pytest.raises(Missing):
        there.act(answer_for_place, there.elsewhere, number, COMMUNITY, "同意")
    told = why_not(there.act, say_opinion, there.resident, number, WORDS)
    assert told is AskingRefusal.NOT_ASKED
    with there.database.read() as session:
        assert [one.asking.number for one in asked_of(session, [there.area.path])] == [number]
        mine = asked_by(session, [there.unit.id], ())
        assert [one.number for one in mine] == [number]
        # the office of the street asks for itself alone
        assert [one.number for one in asked_by(session, (), [there.street.path])] == [there.number]
    with pytest.raises(Missing):
        there.act(publish_reply, there.office, number)


def test_r179_a_question_to_many_communities_is_one_line_of_the_list(
    there: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = TODAY + 9 * DAY
    wish = question(kind=ConsultationKind.DEPARTMENT, closes_on=ends, places=[STREET])
    number = there.act(start_asking, there.department, wish, there.unit.id)
    there.act(announce, there.department, number)
    there.act(answer_for_place, there.committee, number, COMMUNITY, "同意")
    with there.database.read() as session:
        (row,) = asked_of(session, [there.street.path])
        assert (row.asking.number, row.communities, row.answered) == (number, 2, 1)
        assert [bool(one.answered_at) for one in row.places] == [True, False]
        # of her own community alone
        (row,) = asked_of(session, [there.area.path])
        assert (row.communities, row.answered, len(row.places)) == (1, 1, 1)
        monkeypatch.setattr(consultations, "PAGE", 1)
        (row,) = asked_of(session, None, only=number, beyond=COMMUNITY)
        assert row.communities == 2, "those before are counted, though no longer listed"
        assert [bool(one.answered_at) for one in row.places] == [False]
        assert asked_of(session, None, number) == []
        assert asked_of(session, (), only=number) == []


def test_an_opinion_is_sealed_looked_at_and_comes_in_time(there: Asking) -> None:
    for _ in range(MOST_OPINIONS):
        assert there.say() is None
    assert there.say() is AskingRefusal.TOO_MANY
    assert there.say(there.neighbour, LATE) is AskingRefusal.LATE
    first, second, *_ = there.opinions()
    assert WORDS not in (first.sealed_words or "")
    with there.database.read() as session:
        assert opinions_of(session, there.id, shown=True) == []
    with pytest.raises(Missing):
        there.act(decide_opinion, there.committee, first.id, show=True, reason="")
    there.act(decide_opinion, there.office, first.id, show=True, reason="")
    told = why_not(there.act, decide_opinion, there.office, second.id, show=False, reason="")
    assert told is TalkRefusal.NO_REASON
    there.act(decide_opinion, there.office, second.id, show=False, reason="写了邻居的姓名")
    there.act(take_opinion_back, there.resident, first.id)
    with pytest.raises(Missing):
        there.act(take_opinion_back, there.neighbour, second.id)
    with there.database.read() as session:
        mine = opinions_by(session, there.resident.person_id)
    assert [one.words for one in mine][-1] == ""
    assert [one.hidden_why for one in mine][-2] == "写了邻居的姓名"
    assert there.say() is None


def test_paper_that_came_in_time_is_typed_until_the_reply(there: Asking) -> None:
    there.act(type_opinion, there.committee, there.number, WORDS, now=LATE)
    [typed] = there.opinions()
    assert (typed.person_id, typed.state) == (None, SaidState.SHOWN)
    with pytest.raises(Missing):
        there.act(type_opinion, there.elsewhere, there.number, WORDS)
    there.reply()
    assert there.publish() is None
    told = why_not(there.act, type_opinion, there.committee, there.number, WORDS, now=LATE)
    assert told is AskingRefusal.REPLIED


def test_nobody_is_left_without_a_reply(there: Asking) -> None:
    there.say()
    [one] = there.opinions()
    assert there.publish(NOW) is AskingRefusal.TIME_RUNS
    assert there.publish() is AskingRefusal.UNSEEN
    there.act(decide_opinion, there.office, one.id, show=True, reason="")
    assert there.publish() is AskingRefusal.UNGROUPED
    group = there.group()
    told = why_not(there.do, put_in_group, group, [], [])
    assert told is AskingRefusal.NOTHING_CHOSEN
    assert there.do(put_in_group, group, [one.id], []) == 1
    assert why_not(there.do, drop_group, group) is AskingRefusal.HAS_OPINIONS
    assert there.publish() is AskingRefusal.UNREPLIED
    # an answer without a reason is no reply
    there.do(reply_to_group, group, ReplyWish("消防通道", Answer.NOT_TAKEN))
    assert there.publish() is AskingRefusal.UNREPLIED
    there.do(reply_to_group, group, ReplyWish("消防通道", Answer.NOT_TAKEN, "规范如此。"))
    assert there.publish() is AskingRefusal.NO_SUMMARY
    there.do(drop_group, there.group())
    there.do(write_summary, "收到一条。")
    assert there.publish() is None
    assert there.row.state is ConsultationState.ANSWERED


def test_r202_a_published_reply_never_changes_and_anybody_can_hash_it(there: Asking) -> None:
    there.say()
    group = there.reply()
    there.publish()
    with there.database.read() as session:
        content = published_reply(session, there.number)
    assert hashlib.sha256(content).hexdigest() == there.row.digest
    assert json.loads(content)["groups"][0]["answer"] == "taken"
    assert WORDS not in content.decode()
    assert there.publish() is AskingRefusal.REPLIED
    assert why_not(there.do, write_summary, "别的") is AskingRefusal.REPLIED
    assert why_not(there.do, reply_to_group, group, ReplyWish("别的")) is AskingRefusal.REPLIED
    for table, changes in ((Consultation, {"summary": "别的"}), (OpinionGroup, {"reply": "别的"})):
        with pytest.raises(DatabaseError), there.database.write() as session:
            session.execute(update(table).values(changes))


def test_a_published_group_keeps_the_size_it_had(there: Asking) -> None:
    there.say()
    there.say(there.neighbour)
    there.reply()

    def size() -> int:
        with there.database.read() as session:
            return groups_of(session, there.id)[0].opinions

    mine = there.opinions()[0].id
    there.say()
    there.act(take_opinion_back, there.resident, there.opinions()[-1].id)
    assert size() == 2
    there.publish()
    there.act(take_opinion_back, there.resident, mine)
    assert size() == 2
    forget_in_time(there.database, now=LATE + 800 * DAY)
    assert all(one.state is SaidState.TAKEN_BACK for one in there.opinions())
    assert size() == 2


def test_an_opinion_against_the_reply_has_a_reply_or_is_late(there: Asking) -> None:
    there.say()
    there.reply()
    # it came in the last moment of the last day, and may be written only after the reply
    last = LATE.replace(hour=15, minute=59) - DAY
    found = at_once(
        lambda: there.say(there.neighbour, last), there.publish,
    )  # fmt: skip
    waiting = [one for one in there.opinions() if one.state is SaidState.WAITING]
    if found[1] is None:
        assert found[0] is AskingRefusal.REPLIED
        assert waiting == []
    else:
        assert found == [None, AskingRefusal.UNSEEN]
        assert len(waiting) == 1


def test_where_a_question_stands_follows_from_the_day() -> None:
    days = (TODAY, TODAY + DAY)
    state = ConsultationState
    for today, found in (
        (TODAY - DAY, state.DRAFT), (TODAY, state.OPEN), (TODAY + DAY, state.OPEN),
        (TODAY + 2 * DAY, state.CLOSED),
    ):  # fmt: skip
        assert phase_of(state.OPEN, *days, today) is found
        assert phase_of(state.ANSWERED, *days, today) is state.ANSWERED
