"""Surveys: drafts that stop changing, one answer each, totals that tell of nobody, invitations."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import Person
from portal.accounts.service import erase_person, export_person
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.errors import Missing, Refused
from portal.kernel.outbox import OutboxMessage
from portal.satisfaction.models import (
    Rating,
    Survey,
    SurveyInvitation,
    SurveyMark,
    SurveySheet,
    SurveyWords,
)
from portal.satisfaction.queries.surveys import (
    questions_of,
    results_of,
    survey_by_number,
    words_of,
)
from portal.satisfaction.rules import SubjectKind
from portal.satisfaction.rules.personal import KEEP_DAYS
from portal.satisfaction.rules.surveys import (
    Answered,
    AskedWho,
    Question,
    QuestionKind,
    Rate,
    SheetChannel,
    SurveyRefusal,
    options_fit,
    rate,
    rounded,
    told,
)
from portal.satisfaction.service.answering import answer_survey, type_sheet
from portal.satisfaction.service.inviting import agree_to_be_asked, invite, revoke_invitations
from portal.satisfaction.service.personal import SurveysOfAPerson
from portal.satisfaction.service.surveys import (
    QuestionWish,
    add_question,
    change_survey,
    copy_survey,
    start_survey,
    take_question_out,
    write_survey,
)
from tests.make import surveys as make
from tests.make.accounts import a_phone, actor, person, staff
from tests.make.areas import small_tree
from tests.make.surveys import ANSWERED, WORDS
from tests.make.together import at_once

STREET, OTHER = "370283001", "370283002"
LATER = timedelta(days=20)
PAPER, SCREEN = SheetChannel.PAPER, SheetChannel.SCREEN


class Asking:
    """A street that asks, another that has nothing to do with it, and some residents."""

    def __init__(self, database: Database, people: int = 2) -> None:
        self.database = database
        with database.write() as session:
            self.tree = small_tree(session)
            self.street = actor(session, staff(session, "street_desk", area=self.tree[STREET]))
            self.other = actor(session, staff(session, "street_desk", area=self.tree[OTHER]))
            self.people = [person(session, phone=a_phone()) for _ in range(people)]

    def survey(self, **how: Any) -> str:
        with self.database.write() as session:
            return make.a_survey(session, self.tree[STREET], **how).number

    def answer(self, number: str, who: Person, said: Answered = ANSWERED) -> str:
        try:
            with self.database.write() as session:
                answer_survey(session, who.id, number, said, now=now())
        except Refused as refusal:
            return refusal.code.value
        return "kept"

    def type(self, number: str, sheet: int) -> str:
        try:
            with self.database.write() as session:
                type_sheet(session, self.street, number, sheet, ANSWERED, now=now())
        except Refused as refusal:
            return refusal.code.value
        return "kept"

    def many(self, table: Any, *conditions: Any) -> int:
        with self.database.read() as session:
            found = select(func.count()).select_from(table).where(*conditions)
            return session.scalar(found) or 0


@pytest.fixture
def there(app: Flask, database: Database) -> Asking:
    return Asking(database)


def _question(kind: QuestionKind, at: int) -> Question:
    options = {"zh_Hans": ("甲", "乙")} if kind is QuestionKind.ONE else {}
    return Question(at, kind, False, {"zh_Hans": "问"}, options)


def test_options_are_equally_many_in_every_language() -> None:
    assert options_fit(QuestionKind.ONE, {"zh_Hans": ("甲", "乙"), "en": ("a", "b")})
    assert not options_fit(QuestionKind.ONE, {"zh_Hans": ("甲", "乙"), "en": ("a",)})
    assert not options_fit(QuestionKind.ONE, {"zh_Hans": ("甲", "甲")})
    assert not options_fit(QuestionKind.SEVERAL, {"en": ("a", "b")})
    assert not options_fit(QuestionKind.YES_NO, {"zh_Hans": ("甲", "乙")})


def test_P4_a_survey_tells_rounded_totals_of_ten_or_more_and_never_its_leading_question() -> None:
    asked = [
        _question(QuestionKind.SATISFACTION, 1),
        _question(QuestionKind.ONE, 2),
        _question(QuestionKind.YES_NO, 3),
        _question(QuestionKind.WORDS, 4),
        _question(QuestionKind.SATISFACTION, 5),
    ]
    counts = {(1, PAPER, 1): 40, (2, PAPER, 1): 11, (2, PAPER, 2): 2, (3, PAPER, 1): 9}
    answered = {(1, PAPER): 40, (2, PAPER): 13, (3, PAPER): 9, (5, PAPER): 13}
    found = told(asked, answered, counts | {(5, PAPER, 3): 13})
    assert [one.question.position for one in found] == [2, 3]
    assert (found[0].answered, dict(found[0].counts)) == (15, {1: 10, 2: 0})
    assert (found[1].answered, dict(found[1].counts)) == (None, {})
    assert [rounded(count) for count in (2, 3, 7, 8)] == [0, 5, 5, 10]


@pytest.mark.parametrize(
    ("paper", "screen", "shown"),
    [(9, 1, None), (9, 9, None), (10, 0, 10), (0, 10, 10), (12, 8, 10), (9, 13, 15), (10, 10, 20)],
)
def test_P4_the_desks_own_sheets_hide_nobody_who_answered_on_the_screen(
    paper: int, screen: int, shown: int | None
) -> None:
    asked = [_question(QuestionKind.YES_NO, 1)]
    answered = {(1, PAPER): paper, (1, SCREEN): screen}
    counts = {(1, PAPER, 1): paper, (1, SCREEN, 1): screen}
    [found] = told(asked, answered, counts)
    assert (found.answered, found.counts.get(1)) == (shown, shown)


def test_a_response_rate_has_both_its_numbers() -> None:
    shown = rate(12, 30)
    assert shown is not None
    assert (shown.answered, shown.asked) == (10, 30)
    few = rate(9, 30)
    assert few is not None
    assert few.answered is None
    assert rate(12, 0) is None


def test_a_survey_that_was_started_does_not_change_but_has_a_next_version(there: Asking) -> None:
    with there.database.write() as session:
        wish = make.wish(there.tree[STREET], make.today(session))
        number = write_survey(session, there.street, wish, now=now())
        with pytest.raises(Missing):
            start_survey(session, there.other, number, now=now())
        with pytest.raises(Refused) as refused:
            start_survey(session, there.street, number, now=now())
        assert refused.value.code is SurveyRefusal.NO_LEADING
        asked = QuestionWish(QuestionKind.SATISFACTION, True, {"zh_Hans": "总体满意吗？"})
        words = QuestionWish(QuestionKind.WORDS, False, {"zh_Hans": "有什么建议？"})
        add_question(session, there.street, number, words)
        add_question(session, there.street, number, asked)
        with pytest.raises(Refused) as refused:
            add_question(session, there.street, number, asked)
        assert refused.value.code is SurveyRefusal.SECOND_LEADING
        take_question_out(session, there.street, number, 1)
        change_survey(session, there.street, number, wish)
        start_survey(session, there.street, number, now=now())
    acts: list[Any] = [
        lambda session: add_question(session, there.street, number, asked),
        lambda session: take_question_out(session, there.street, number, 2),
        lambda session: change_survey(session, there.street, number, wish),
        lambda session: start_survey(session, there.street, number, now=now()),
    ]
    for act in acts:
        with there.database.write() as session, pytest.raises(Refused) as refused:
            act(session)
        assert refused.value.code is SurveyRefusal.STARTED
    with there.database.write() as session:
        second = copy_survey(session, there.street, number, now=now())
        row = survey_by_number(session, second)
        assert row is not None
        assert (row.version, row.started_at) == (2, None)
        assert [one.position for one in questions_of(session, row.id)] == [2]


def test_a_place_of_others_is_refused(there: Asking) -> None:
    with there.database.read() as session:
        wish = make.wish(there.tree[OTHER], make.today(session))
    with there.database.write() as session, pytest.raises(Refused) as refused:
        write_survey(session, there.street, wish, now=now())
    assert refused.value.code is SurveyRefusal.NO_PLACE


def test_an_answer_is_a_rating_and_marks_that_name_nobody(there: Asking) -> None:
    number, (first, second) = there.survey(), there.people
    assert there.answer(number, first) == "kept"
    assert there.answer(number, first) == "survey.answered"
    assert there.answer(number, second) == "kept"
    with there.database.read() as session:
        ratings = session.scalars(select(Rating)).all()
        keys = {one.rater_key for one in session.scalars(select(SurveySheet))}
        positions = set(session.scalars(select(SurveyMark.position)))
        [sealed, _] = session.scalars(select(SurveyWords.sealed_text)).all()
    assert {one.subject_kind for one in ratings} == {SubjectKind.SURVEY}
    assert {one.result_level for one in ratings} == {2}
    assert len({one.unit_key for one in ratings}) == 2
    assert keys.isdisjoint({first.id, second.id})
    assert positions == {2, 3, 4}
    assert WORDS not in sealed


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Answered({}), "survey.unanswered"),
        (Answered({1: frozenset({1, 2})}), "survey.not_of_question"),
        (Answered({1: frozenset({6})}), "survey.not_of_question"),
        (Answered({1: frozenset({1}), 2: frozenset({4})}), "survey.not_of_question"),
        (Answered({1: frozenset({1})}, {2: "x"}), "survey.not_of_question"),
    ],
)
def test_only_answers_to_the_questions_are_kept(there: Asking, said: Answered, code: str) -> None:
    number = there.survey()
    assert there.answer(number, there.people[0], said) == code
    assert there.many(SurveySheet) == 0


def test_nothing_is_answered_before_the_first_day_or_after_the_last(there: Asking) -> None:
    with there.database.read() as session:
        today = make.today(session)
    for first in (today + timedelta(days=1), today - LATER):
        number = there.survey(first=first)
        assert there.answer(number, there.people[0]) == "survey.not_open"
        assert there.type(number, 1) == "survey.not_open"


def test_a_numbered_sheet_is_typed_once(there: Asking) -> None:
    number = there.survey()
    assert there.type(number, 7) == "kept"
    assert there.type(number, 7) == "survey.sheet_typed"
    assert there.type(number, make.SHEETS + 1) == "survey.sheet_unknown"
    with there.database.write() as session, pytest.raises(Missing):
        type_sheet(session, there.other, number, 8, ANSWERED, now=now())


def test_of_two_answers_at_once_one_is_kept(there: Asking) -> None:
    number = there.survey()
    found = at_once(*[lambda: there.answer(number, there.people[0])] * 3)
    assert sorted(found) == ["kept", "survey.answered", "survey.answered"]
    found = at_once(*[lambda: there.type(number, 3)] * 3)
    assert sorted(found) == ["kept", "survey.sheet_typed", "survey.sheet_typed"]
    assert there.many(SurveySheet) == there.many(Rating) == 2


def test_those_who_agreed_are_drawn_once_and_may_leave(app: Flask, database: Database) -> None:
    there = Asking(database, people=5)
    agreed, number = there.people[:4], there.survey(who=AskedWho.INVITED)
    with database.write() as session:
        for one in agreed:
            agree_to_be_asked(session, one.id, wanted=True, now=now())
            agree_to_be_asked(session, one.id, wanted=True, now=now())
    assert there.answer(number, agreed[0]) == "survey.not_invited"

    def draw() -> None:
        with database.write() as session:
            invite(session, there.street, number, 2, now=now())

    at_once(draw, draw)
    told = OutboxMessage.template == "survey.invitation"
    assert there.many(SurveyInvitation) == there.many(OutboxMessage, told) == 4
    with pytest.raises(Refused) as refused:
        draw()
    assert refused.value.code is SurveyRefusal.NOBODY
    assert there.answer(number, agreed[0]) == "kept"
    assert there.answer(number, there.people[4]) == "survey.not_invited"
    with database.write() as session:
        agree_to_be_asked(session, agreed[1].id, wanted=False, now=now())
    assert there.answer(number, agreed[1]) == "survey.not_invited"
    with database.write() as session:
        assert revoke_invitations(session, there.street, number, now=now()) == 3
    assert there.answer(number, agreed[2]) == "survey.not_invited"
    waiting = OutboxMessage.sealed_to.is_not(None)
    assert there.many(OutboxMessage, told, waiting) == 0


def test_the_response_rate_of_a_survey_that_is_over_stays(app: Flask, database: Database) -> None:
    there = Asking(database, people=12)
    number = there.survey(who=AskedWho.INVITED)
    with database.write() as session:
        for one in there.people:
            agree_to_be_asked(session, one.id, wanted=True, now=now())
    for many in (5, 7):
        with database.write() as session:
            invite(session, there.street, number, many, now=now())
    for one in there.people[:10]:
        assert there.answer(number, one) == "kept"

    def rate_told(session: Any) -> Any:
        row = survey_by_number(session, number)
        assert row is not None
        return results_of(session, row, questions_of(session, row.id)).by_invitation

    before = Rate(10, 12)
    with database.write() as session:
        assert rate_told(session) == before
        agree_to_be_asked(session, there.people[0].id, wanted=False, now=now())
        erase_person(session, None, there.people[1].id, now=now())
        revoke_invitations(session, there.street, number, now=now())
        assert rate_told(session) == before
        later = now() + timedelta(days=KEEP_DAYS + 1)
        assert SurveysOfAPerson().expire(session, later) > 0
        assert rate_told(session) == before
        copied = survey_by_number(session, copy_survey(session, there.street, number, now=now()))
        assert copied is not None
        assert copied.drawn == 0


def test_P4_words_are_read_only_when_ten_wrote_and_the_survey_is_over(there: Asking) -> None:
    number = there.survey()
    other = there.survey()
    for sheet in range(1, 10):
        assert there.type(number, sheet) == there.type(other, sheet) == "kept"
    assert there.answer(other, there.people[0]) == "kept"

    def read(number: str = number) -> tuple[list[Any], Any]:
        with there.database.read() as session:
            row = survey_by_number(session, number)
            assert row is not None
            asked = questions_of(session, row.id)
            return words_of(session, row, asked), results_of(session, row, asked)

    said, results = read()
    assert said == []
    assert all(one.answered is None for one in results.questions)
    # nine sheets and one on the screen are no ten: who typed the sheets would know the one
    said, results = read(other)
    assert said == []
    assert all(one.answered is None for one in results.questions)
    assert there.type(number, 10) == "kept"
    said, results = read()
    assert [words for _question, words in said] == [[WORDS] * 10]
    assert [one.answered for one in results.questions] == [10, 10, 10]
    # whoever answers on the screen is not told beside the ten sheets
    assert there.answer(number, there.people[0]) == "kept"
    said, results = read()
    assert [len(words) for _question, words in said] == [10]
    assert [one.answered for one in results.questions] == [10, 10, 10]
    assert (results.by_paper.answered, results.by_paper.asked) == (10, make.SHEETS)
    assert results.by_invitation is None


def test_who_goes_takes_her_words_with_her(there: Asking) -> None:
    number, (first, second) = there.survey(), there.people
    for one in (first, second):
        assert there.answer(number, one) == "kept"
    with there.database.write() as session:
        agree_to_be_asked(session, first.id, wanted=True, now=now())
    with there.database.read() as session:
        mine = str(export_person(session, first.id, now=now()))
    assert WORDS in mine
    assert "survey_rating" in mine
    with there.database.write() as session:
        erase_person(session, None, first.id, now=now())
    assert (there.many(SurveyWords), there.many(SurveySheet)) == (1, 2)
    assert there.many(Survey) == 1
