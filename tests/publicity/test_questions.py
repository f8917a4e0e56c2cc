"""Public questions: looked at first, refused with a reason and an appeal, answered in time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts.rules import Actor, Grant, Permission, roles
from portal.accounts.service import (
    due_personal_data,
    erase_person,
    export_person,
    forget_in_time,
)
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.outbox import OutboxMessage
from portal.publicity.models import Question
from portal.publicity.queries.questions import Sought, questions_shown, units_to_ask
from portal.publicity.rules.questions import (
    MOST_OPEN,
    HiddenWhy,
    QuestionRefusal,
    QuestionState,
    Standing,
    appeal_until,
    deadline_on,
    standing,
)
from portal.publicity.rules.questions_personal import KEEP_QUESTION
from portal.publicity.service.questions import (
    answer_question,
    appeal_question,
    rehear_question,
    say_verdict,
    take_question_back,
    units_answered_for,
)
from tests.make.questions import STREET, TITLE, Forum, forum
from tests.make.together import at_once

# a Monday, 10:00 in the city
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def there(app: Flask, database: Database) -> Forum:
    return forum(database)


def _refused(act: Callable[[], object], code: QuestionRefusal) -> None:
    with pytest.raises(Refused) as refusal:
        act()
    assert refusal.value.code is code


def _found(there: Forum, now: datetime = NOW, **sought: Any) -> list[str]:
    with there.database.read() as session:
        return [row.number for row in questions_shown(session, Sought(**sought), now)]


def _answer(there: Forum, who: Actor, number: str, words: str = "本月底完工通车。") -> None:
    with there.database.write() as session:
        answer_question(session, who, number, words, now=NOW)


def test_nobody_reads_a_question_before_somebody_else_has_looked_at_it(there: Forum) -> None:
    number = there.ask(NOW)
    assert _found(there) == []
    with pytest.raises(Missing):
        there.decide(number, NOW, who=there.department)
    with there.database.read() as session:
        row = session.scalars(select(Question)).one()
        assert TITLE not in str(vars(row)), "what nobody has looked at is sealed"
    there.decide(number, NOW)
    assert _found(there) == [number]
    with pytest.raises(Conflict):
        there.decide(number, NOW)
    own = there.ask(NOW, who=there.first)
    _refused(lambda: there.decide(own, NOW), QuestionRefusal.OWN)


def test_the_unit_answers_within_working_days_and_late_is_told(there: Forum) -> None:
    number = there.shown(NOW)
    due = there.row(number).due_at
    assert deadline_on(NOW.date()).working_days == 5
    # the Monday after, at the end of the working day
    assert due == datetime(2026, 11, 30, 10, tzinfo=UTC)
    assert standing(due, None, due) is Standing.OPEN
    assert standing(due, None, due + DAY) is Standing.LATE
    assert standing(None, None, due) is Standing.OPEN
    assert _found(there, due + DAY, standing=Standing.LATE) == [number]
    assert _found(there, due, standing=Standing.OPEN) == [number]
    for who in (there.office, there.elsewhere, there.first, there.asker):
        with pytest.raises(Missing):
            _answer(there, who, number)
    _answer(there, there.department, number, "请致电 13800138000，本月底完工。")
    assert "13800138000" not in (there.row(number).answer or "")
    assert _found(there, due + DAY, standing=Standing.ANSWERED) == [number]
    with pytest.raises(Conflict):
        _answer(there, there.department, number)


def test_a_streets_office_is_answered_for_by_its_own_desk_alone(there: Forum) -> None:
    number = there.shown(NOW, unit=f"ASKED-{STREET}")
    for who in (there.elsewhere, there.department):
        with pytest.raises(Missing):
            _answer(there, who, number)
    _answer(there, there.office, number)
    assert there.row(number).answered_at == NOW


def test_whoever_answers_everywhere_answers_for_every_unit_and_the_command_centre_for_none(
    there: Forum,
) -> None:
    everywhere = Actor(grants=frozenset({Grant(Permission.QUESTION_ANSWER)}))
    with there.database.read() as session:
        units = {one.code for one in units_answered_for(session, everywhere)}
        assert units == {one.code for one in units_to_ask(session, None)}
        assert units_answered_for(session, there.first) == []
    assert f"ASKED-{STREET}" in units
    # it decides what others read, and is not asked itself
    assert Permission.QUESTION_ANSWER not in roles()["city_centre"].permissions
    assert not there.first.may(Permission.QUESTION_ANSWER)


def test_L7_what_is_not_published_has_a_reason_and_an_appeal_that_another_decides(
    there: Forum,
) -> None:
    number = there.ask(NOW)
    there.decide(number, NOW, HiddenWhy.REPORT)
    assert there.row(number).hidden_why is HiddenWhy.REPORT
    assert appeal_until(NOW, 3) == NOW + 15 * DAY

    def appeal(who: Actor, at: datetime) -> None:
        with there.database.write() as session:
            appeal_question(session, who, number, "这不是一处问题。", now=at)

    def rehear(who: Actor, *, show: bool = True) -> None:
        with there.database.write() as session:
            rehear_question(session, who, number, "确为咨询。", show=show, now=NOW + DAY)

    with pytest.raises(Missing):
        appeal(there.office, NOW)
    _refused(lambda: appeal(there.asker, NOW + 16 * DAY), QuestionRefusal.NO_APPEAL)
    appeal(there.asker, NOW)
    _refused(lambda: appeal(there.asker, NOW), QuestionRefusal.NO_APPEAL)
    _refused(lambda: rehear(there.first), QuestionRefusal.SAME_PERSON)
    rehear(there.second)
    assert _found(there) == [number]
    assert there.row(number).reheard_words == "确为咨询。"
    with there.database.write() as session, pytest.raises(IntegrityError):
        session.execute(update(Question).values(reheard_by=Question.decided_by))


def test_whoever_answers_for_the_unit_does_not_decide_whether_others_read_it(
    there: Forum,
) -> None:
    number = there.ask(NOW)
    both = replace(there.first, grants=there.first.grants | there.department.grants)
    _refused(lambda: there.decide(number, NOW, who=both), QuestionRefusal.OWN_UNIT)
    there.decide(number, NOW)
    assert there.row(number).state is QuestionState.SHOWN


def test_whoever_asked_is_told_and_says_once_whether_it_is_answered(there: Forum) -> None:
    number = there.shown(NOW)

    def verdict() -> object:
        try:
            with there.database.write() as session:
                say_verdict(session, there.asker, number, answered=False, now=NOW)
        except Refused as refusal:
            return refusal.code
        return None

    assert verdict() is QuestionRefusal.NO_ANSWER
    _answer(there, there.department, number)
    assert sorted(map(str, at_once(verdict, verdict))) == ["None", "question.said_already"]
    assert there.row(number).verdict is False
    with there.database.read() as session:
        sent = set(session.scalars(select(OutboxMessage.template)))
    assert sent == {"question.shown", "question.answered"}


def test_two_who_decide_at_once_decide_once(there: Forum) -> None:
    number = there.ask(NOW)

    def decide(who: Actor, why: HiddenWhy | None) -> str:
        try:
            there.decide(number, NOW, why, who)
        except Conflict:
            return "late"
        return "first"

    found = at_once(
        lambda: decide(there.first, None), lambda: decide(there.second, HiddenWhy.INSULT)
    )
    assert sorted(found) == ["first", "late"]


def test_only_whoever_supervises_asks_as_such_and_nobody_asks_without_end(there: Forum) -> None:
    number = there.ask(NOW, who=there.deputy, asked_as="deputy", place=STREET)
    assert there.row(number).asked_as == "deputy"
    _refused(lambda: there.ask(NOW, asked_as="deputy"), QuestionRefusal.NO_CAPACITY)
    _refused(lambda: there.ask(NOW, unit="NONE"), QuestionRefusal.NO_UNIT)
    _refused(lambda: there.ask(NOW, place="没有的地方"), QuestionRefusal.NO_PLACE)
    for _ in range(MOST_OPEN):
        there.ask(NOW)
    _refused(lambda: there.ask(NOW), QuestionRefusal.TOO_MANY)


def test_a_list_is_searched_by_words_unit_and_place(there: Forum) -> None:
    number = there.shown(NOW, place=STREET)
    row = there.row(number)
    assert _found(there, words="東閣路") == [number], "found in either script"
    assert _found(there, words="路灯") == []
    assert _found(there, unit=row.organisation_id, under=there.area.path) == [number]
    assert _found(there, under="/37/3702/370283/370283002/") == []


def test_P2_a_question_is_handed_out_and_goes_with_whoever_asked_or_in_time(
    there: Forum,
) -> None:
    number, kept = there.shown(NOW), there.shown(NOW)
    _answer(there, there.department, number)
    over = NOW + KEEP_QUESTION * DAY
    with there.database.read() as session:
        [first, _second] = export_person(session, there.asker.person_id, now=NOW)["records"][
            "question"
        ]
        assert first["about"] == TITLE
        assert due_personal_data(session, now=over - DAY).get("question") == 0
        assert due_personal_data(session, now=over).get("question") == 1
    forget_in_time(there.database, now=over)
    gone = there.row(number)
    assert (gone.state, gone.person_id, gone.own_words) == (QuestionState.TAKEN_BACK, None, "")
    assert _found(there) == [kept], "what was never answered waits on"
    with there.database.write() as session:
        erase_person(session, None, there.asker.person_id, now=NOW)
    assert _found(there) == []
    assert there.row(kept).own_title == ""


def test_taken_back_its_words_are_gone(there: Forum) -> None:
    number = there.shown(NOW)
    with there.database.write() as session:
        take_question_back(session, there.asker, number)
    row = there.row(number)
    assert (row.own_title, row.title, row.words) == ("", None, None)
    assert _found(there) == []
