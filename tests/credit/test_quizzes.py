"""Things to learn: versions that never change, answers that nobody keeps, points once."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from credit.models import Entry, QuizVersion
from credit.queries.accounts import accounts_of
from credit.queries.quizzes import newest_quizzes, open_quizzes, quiz_in_use, quiz_versions
from credit.rules.kinds import Kind, Party
from credit.rules.quizzes import QuizRefusal
from credit.service import end_consent, give_consent, publish_rule
from credit.service.quiz_lists import load_city_quizzes
from credit.service.quizzes import (
    answer_quiz,
    change_quiz,
    earned_by,
    end_quiz,
    publish_quiz,
    write_quiz,
)
from credit.service.sealing import seal
from portal.accounts.rules import NOBODY
from portal.kernel.city import load_city
from portal.kernel.config import DEFAULT_CITY
from portal.kernel.db import Base, Database
from portal.kernel.errors import BadData, Conflict, Forbidden, Missing, Refused
from tests.credit.rulebook import shift_rule
from tests.make.credit import DISTRICT, NOW, adult
from tests.make.quizzes import ENGLISH, RIGHT, SHEET, WRITER, WRONG, published, seen, wish
from tests.make.together import at_once

DAY = timedelta(days=1)
TODAY = date(2026, 11, 29)
OTHER = "370284"


def refusal_of(act: Any) -> Any:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def quiz_rule(database: Database) -> None:
    with database.write() as session:
        rule = shift_rule(NOW - DAY, code="quiz", fact="quiz_passed", points=1)
        publish_rule(session, DISTRICT, rule, actor_id=None, now=NOW - DAY)
    seal(database, NOW - DAY)


def points(session: Session, person_id: Any) -> int:
    return sum(account.balance for account in accounts_of(session, Party.PERSON, person_id))


# --- points ---------------------------------------------------------------------------------------


def test_passing_earns_once_for_each_person_and_version(database: Database) -> None:
    quiz_rule(database)
    with database.write() as session:
        one, two = adult(session), adult(session)
        for who in (one, two):
            give_consent(session, DISTRICT, who.id, now=NOW)
        number = published(session)
        assert not answer_quiz(session, number, 1, WRONG, one.id, now=NOW).passed
        assert points(session, one.id) == 0
        for who in (one, one, two):
            assert answer_quiz(session, number, 1, RIGHT, who.id, now=NOW).passed
        assert (points(session, one.id), points(session, two.id)) == (1, 1)
        row = quiz_versions(session, number)[0]
        assert (row.answered, row.passed) == (4, 3)
        earned = earned_by(session, row, one.id)
        assert (earned.wanted, earned.points) == (True, 1)
        change_quiz(session, WRITER, number, (1, 1), wish(), now=NOW)
        publish_quiz(session, WRITER, number, (2, 1), now=NOW)
        answer_quiz(session, number, 2, RIGHT, one.id, now=NOW)
        assert points(session, one.id) == 2


def test_the_same_answers_sent_by_several_at_once_earn_once(database: Database) -> None:
    quiz_rule(database)
    with database.write() as session:
        who = adult(session)
        give_consent(session, DISTRICT, who.id, now=NOW)
        number = published(session)

    def act() -> Any:
        with database.write() as session:
            return answer_quiz(session, number, 1, RIGHT, who.id, now=NOW).passed

    assert at_once(act, act, act, act) == [True] * 4
    with database.read() as session:
        assert points(session, who.id) == 1
        kinds = session.scalars(select(Entry.kind).where(Entry.kind == Kind.AWARD)).all()
        assert len(kinds) == 1
        row = quiz_versions(session, number)[0]
        assert (row.answered, row.passed) == (4, 4)


def two_districts(database: Database) -> None:
    """A city of two, each with its rule."""
    instance = database.info["instance"]
    roots = replace(instance.city, roots=(DISTRICT, OTHER))
    database.info["instance"] = replace(instance, city=roots)
    quiz_rule(database)
    with database.write() as session:
        rule = shift_rule(NOW - DAY, code="quiz", fact="quiz_passed", points=1)
        publish_rule(session, OTHER, rule, actor_id=None, now=NOW - DAY)
    seal(database, NOW - DAY)


def test_a_version_earns_once_in_a_city_of_several_districts(database: Database) -> None:
    two_districts(database)
    with database.write() as session:
        who = adult(session)
        give_consent(session, OTHER, who.id, now=NOW)
        number = published(session)

    def act() -> Any:
        with database.write() as session:
            return answer_quiz(session, number, 1, RIGHT, who.id, now=NOW).passed

    assert act()
    with database.write() as session:
        give_consent(session, DISTRICT, who.id, now=NOW)
    assert at_once(act, act) == [True] * 2
    with database.read() as session:
        assert points(session, who.id) == 1
        assert earned_by(session, quiz_versions(session, number)[0], who.id).points == 1


def test_L5_learning_is_whole_without_consent_and_signed_out(database: Database) -> None:
    quiz_rule(database)
    with database.write() as session:
        who = adult(session)
        number = published(session)
        before = session.scalar(select(func.count()).select_from(Entry))
        for person in (None, who.id):
            assert answer_quiz(session, number, 1, RIGHT, person, now=NOW).passed
        give_consent(session, DISTRICT, who.id, now=NOW)
        end_consent(session, DISTRICT, who.id, now=NOW)
        answer_quiz(session, number, 1, RIGHT, who.id, now=NOW)
        assert points(session, who.id) == 0
        after = session.scalar(
            select(func.count()).select_from(Entry).where(Entry.kind != Kind.CONSENT)
        )
        assert after == before
        assert not earned_by(session, quiz_versions(session, number)[0], who.id).wanted


def test_nobody_s_answers_are_kept(database: Database) -> None:
    with database.write() as session:
        who = adult(session)
        number = published(session)
        answer_quiz(session, number, 1, WRONG, who.id, now=NOW)
        quizzes = Base.metadata.tables["credit_quiz"]
        assert not {column.name for column in quizzes.c if "person" in column.name}
        assert str(who.id) not in repr(session.execute(select(quizzes)).all())


# --- versions -------------------------------------------------------------------------------------


def test_a_published_version_is_never_changed_a_change_is_the_next(database: Database) -> None:
    with database.write() as session:
        number = published(session)
        first = quiz_versions(session, number)[0]
        other = {"zh_Hans": SHEET.replace("四类", "四大类")}
        change_quiz(session, WRITER, number, (1, 1), wish(typed=other), now=NOW)
        draft, kept = quiz_versions(session, number)
        assert (draft.version, draft.draft, kept) == (2, True, first)
        # while it is a draft the one before is answered
        assert quiz_in_use(session, number) == first
        answer_quiz(session, number, 1, RIGHT, None, now=NOW)
        change_quiz(session, WRITER, number, (2, 1), wish(), now=NOW)
        assert (
            refusal_of(lambda: change_quiz(session, WRITER, number, (2, 1), wish(), now=NOW))
            is QuizRefusal.CHANGED
        )
        assert (
            refusal_of(lambda: publish_quiz(session, WRITER, number, (2, 1), now=NOW))
            is QuizRefusal.CHANGED
        )
        publish_quiz(session, WRITER, number, (2, 2), now=NOW)
        second, ended = quiz_versions(session, number)
        assert (second.in_use, ended.in_use, ended.ended_at) == (True, False, NOW)
        assert ended.typed == first.typed
        assert (
            refusal_of(lambda: answer_quiz(session, number, 1, RIGHT, None, now=NOW))
            is QuizRefusal.CHANGED
        )


def test_what_is_offered_is_published_and_within_its_days(database: Database) -> None:
    with database.write() as session:
        draft = write_quiz(session, WRITER, wish(), now=NOW)
        number = published(session, valid_from=TODAY, valid_to=TODAY + DAY)
        for day, found in ((-1, []), (0, [number]), (1, [number]), (2, [])):
            assert [row.number for row in open_quizzes(session, TODAY + day * DAY)] == found
        with pytest.raises(Missing):
            answer_quiz(session, draft, 1, RIGHT, None, now=NOW)
        with pytest.raises(Missing):
            answer_quiz(session, number, 1, RIGHT, None, now=NOW + 2 * DAY)
        assert {row.number for row in newest_quizzes(session)} == {draft, number}
        end_quiz(session, WRITER, number, now=NOW)
        end_quiz(session, WRITER, number, now=NOW)
        with pytest.raises(Missing):
            answer_quiz(session, number, 1, RIGHT, None, now=NOW)


def test_only_those_who_may_write_and_only_what_is_whole(database: Database) -> None:
    with database.write() as session:
        for act in (
            lambda: write_quiz(session, NOBODY, wish(), now=NOW),
            lambda: publish_quiz(session, NOBODY, "x", (1, 1), now=NOW),
            lambda: change_quiz(session, NOBODY, "x", (1, 1), wish(), now=NOW),
            lambda: end_quiz(session, NOBODY, "x", now=NOW),
        ):
            with pytest.raises(Forbidden):
                act()
        with pytest.raises(Missing):
            end_quiz(session, WRITER, "00000-00000", now=NOW)
        backwards = wish(valid_from=TODAY, valid_to=TODAY - DAY)
        act = partial(write_quiz, session, WRITER, backwards, now=NOW)
        assert refusal_of(act) is QuizRefusal.BAD_DAYS
        typed = {"zh_Hans": SHEET, "en": ENGLISH.replace("! Left", "Left")}
        with pytest.raises(Refused) as refused:
            write_quiz(session, WRITER, wish(typed=typed), now=NOW)
        assert refused.value.field == "sheet_en"
        assert refused.value.facts == {"at": 8}


def test_of_two_who_publish_or_begin_a_version_at_once_one_is_told(database: Database) -> None:
    with database.write() as session:
        number = published(session)

    def change() -> Any:
        try:
            with database.write() as session:
                change_quiz(session, WRITER, number, (1, 1), wish(), now=NOW)
        except Conflict as conflict:
            return conflict.code
        return "done"

    def publish() -> Any:
        try:
            with database.write() as session:
                publish_quiz(session, WRITER, number, (2, 1), now=NOW)
        except Conflict as conflict:
            return conflict.code
        return "done"

    for act in (change, publish):
        outcomes = at_once(act, act, act)
        assert outcomes.count("done") == 1
        assert outcomes.count(QuizRefusal.CHANGED) == 2
    with database.read() as session:
        assert [row.version for row in quiz_versions(session, number)] == [2, 1]


def test_the_database_keeps_one_draft_and_one_version_in_use(database: Database) -> None:
    with database.write() as session:
        number = published(session)
    for published_at in (NOW, None):
        with pytest.raises(IntegrityError):
            _two_versions(database, number, published_at)


def _two_versions(database: Database, number: str, published_at: Any) -> None:
    with database.write() as session:
        for version in (7, 8):
            row = QuizVersion(number=number, version=version, sheets="{}", valid_from=TODAY)
            row.written_at, row.published_at = NOW, published_at
            session.add(row)


# --- the city's own -------------------------------------------------------------------------------


def test_the_city_s_folders_are_published_once_and_again_when_they_change(
    database: Database, tmp_path: Path
) -> None:
    city = load_city(DEFAULT_CITY)
    with database.write() as session:
        assert load_city_quizzes(session, city, NOW).published == 2
        assert load_city_quizzes(session, city, NOW).published == 0
        rows = open_quizzes(session, TODAY)
        assert len(rows) == 2
        for language in ("zh_Hans", "zh_Hant", "en"):
            assert len({row.sheet(language).title for row in rows}) == 2
    own = vars(city) | {"folder": tmp_path, "raw": {"lists": {"quizzes": ["q"]}}}
    mine = type(city)(**own)
    folder = tmp_path / "q"
    folder.mkdir()
    with pytest.raises(BadData), database.write() as session:
        load_city_quizzes(session, mine, NOW)
    for name, text in (("zh_Hans", SHEET), ("zh_Hant", ""), ("en", ENGLISH)):
        (folder / f"{name}.txt").write_text(text, "utf-8")
    with database.write() as session:
        assert load_city_quizzes(session, mine, NOW).published == 1
    (folder / "zh_Hans.txt").write_text(SHEET.replace("四类", "四大类"), "utf-8")
    with database.write() as session:
        assert load_city_quizzes(session, mine, NOW + DAY).published == 1
        [row] = [row for row in open_quizzes(session, TODAY + DAY) if row.version == 2]
        assert len(quiz_versions(session, row.number)) == 2
        # somebody writes the next version: the list waits
        change_quiz(session, WRITER, row.number, seen(session, row.number), wish(), now=NOW)
    (folder / "en.txt").write_text("", "utf-8")
    with database.write() as session:
        load_city_quizzes(session, mine, NOW + 2 * DAY)
        assert quiz_versions(session, row.number)[0].draft
    (folder / "zh_Hans.txt").write_text("# only", "utf-8")
    with pytest.raises(BadData) as bad, database.write() as session:
        load_city_quizzes(session, mine, NOW)
    assert "sheet_zh_hans" in str(bad.value)
