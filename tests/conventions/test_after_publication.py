"""After publication: explained in other words and scripts, revised by the same way, ended."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.accounts.models import Person
from portal.conventions.jobs import remind_of_reviews
from portal.conventions.models import Convention, ConventionClause, Round, RoundEvent
from portal.conventions.queries.published import (
    clauses_of_versions,
    in_force,
    open_round,
    readings_of,
    scripts_of_draft,
)
from portal.conventions.queries.texts import RoundRow, draft_of, round_by_number
from portal.conventions.rules.counting import Choice, Outcome
from portal.conventions.rules.kinds import Electorate, Kind
from portal.conventions.rules.published import EndWay, PublishRefusal
from portal.conventions.rules.signing import SignRefusal
from portal.conventions.rules.texts import Script, TextRefusal, mark_of
from portal.conventions.rules.way import Move, RoundState, WayRefusal
from portal.conventions.service.drafting import ClauseWish, add_clause, save_clause, write_about
from portal.conventions.service.explaining import add_reading, write_reading, write_script
from portal.conventions.service.revising import EndWish, end_convention, start_revision
from portal.conventions.service.rounds import move_round
from portal.conventions.service.signing import version_to_sign
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Refused
from portal.kernel.outbox import OutboxMessage
from tests.make.accounts import sign_in_as
from tests.make.published import PUBLISHED_AT, Adopted, published_text
from tests.make.votes import CALL
from tests.pages import Browser

DAY = timedelta(days=1)
NOTHING = mark_of("")


@pytest.fixture
def town(app: Flask, database: Database) -> Adopted:
    return published_text(database)


def refused(code: Any, act: Any, *given: Any, **named: Any) -> None:
    with pytest.raises((Refused, Conflict)) as caught:
        act(*given, **named)
    assert caught.value.code is code


def row_of(town: Adopted, number: str) -> RoundRow:
    with town.database.read() as session:
        found = round_by_number(session, number)
    assert found is not None
    return found


def revise(town: Adopted) -> RoundRow:
    number = town.versions[0].number
    made = town.act(start_revision, town.first, number, "还合适吗？", now=PUBLISHED_AT)
    return row_of(town, made)


def test_a_script_stands_beside_the_clause_until_it_is_published(
    app: Flask, database: Database
) -> None:
    town = Adopted(database)
    clause = row_of(town, town.round)
    with database.read() as session:
        [draft] = draft_of(session, clause.id)

    def write(words: str, seen: str) -> None:
        with database.write() as session:
            write_script(
                session, town.first, town.round, draft.clause_id, Script.DAI, words, seen=seen
            )

    write("ᦵᦙᦲᧂ", NOTHING)
    # a second translator who saw nothing does not write over the first
    refused(WayRefusal.MOVED_ON, write, "另一个", NOTHING)
    # a translation may come after the vote: it is no part of what was adopted
    town.adopt()
    write("ᦵᦙᦲᧂ ᦺᦑ", mark_of("ᦵᦙᦲᧂ"))
    town.file()
    town.publish()
    [version] = town.versions
    with database.read() as session:
        [text] = clauses_of_versions(session, [version.id])[version.id]
    assert text.scripts == {"khb": "ᦵᦙᦲᧂ ᦺᦑ"}
    refused(TextRefusal.NOT_NOW, write, "晚了", mark_of("ᦵᦙᦲᧂ ᦺᦑ"))


def test_r106_a_reading_stands_beside_a_text_and_keeps_its_history(
    app: Flask, database: Database
) -> None:
    town = Adopted(database)

    def write(words: str, seen: str) -> None:
        with database.write() as session:
            write_reading(session, town.first, town.round, words, seen=mark_of(seen))

    write("楼道要空着。", "")
    refused(WayRefusal.MOVED_ON, write, "别人写的", "")
    write("楼道要空着，方便逃生。", "楼道要空着。")
    town.adopt()
    town.file()
    town.publish()
    number = town.versions[0].number
    town.act(add_reading, town.first, number, 1, "失火时才跑得出去。", now=PUBLISHED_AT + DAY)
    refused(
        PublishRefusal.SAME_TEXT, town.act, add_reading, town.first, number, 1,
        "失火时才跑得出去。", now=PUBLISHED_AT + DAY,
    )  # fmt: skip
    with database.read() as session:
        found = [one.markdown for one in readings_of(session, town.versions[0].id)]
    assert found == ["失火时才跑得出去。", "楼道要空着，方便逃生。"]
    refused(TextRefusal.NOT_NOW, write, "晚了", "楼道要空着，方便逃生。")


def test_a_revision_goes_the_same_way_and_clauses_keep_their_ids(town: Adopted) -> None:
    row = revise(town)
    # the kind's first step, by the rule of today
    assert (row.state, row.sequence, row.base_version) == (RoundState.STUDY, 2, 1)
    refused(PublishRefusal.RUNNING, revise, town)
    with town.database.read() as session:
        [copied] = draft_of(session, row.id)
        [known] = session.scalars(select(ConventionClause.id)).all()
        moves = session.scalars(select(RoundEvent.move).where(RoundEvent.round_id == row.id)).all()
    assert (copied.clause_id, copied.revision, list(moves)) == (known, 1, [Move.START])
    town.round = row.number
    set_state(town, RoundState.DRAFT)
    wish = ClauseWish("楼道", "楼道不堆杂物，不停电动车。")
    town.act(save_clause, town.first, row.number, known, wish, seen=1, now=PUBLISHED_AT)
    town.act(add_clause, town.first, row.number, ClauseWish("", "垃圾分类。"), now=PUBLISHED_AT)
    set_state(town, RoundState.VOTE)
    town.adopt()
    town.file("乳备〔2027〕1号")
    assert town.publish() == 2
    newest, first = town.versions
    with town.database.read() as session:
        said = clauses_of_versions(session, [newest.id, first.id])
    assert [one.words for one in said[first.id]] == ["楼道不堆杂物。"]
    assert said[newest.id][0].key == str(known)
    assert said[newest.id][0].words == "楼道不堆杂物，不停电动车。"
    assert newest.digest != first.digest


def set_state(town: Adopted, state: RoundState) -> None:
    """A walk through the steps before is tested elsewhere."""
    with town.database.write() as session:
        session.scalars(select(Round).where(Round.number == town.round)).one().state = state


def test_what_ended_stays_and_says_why(town: Adopted) -> None:
    [version] = town.versions
    today = town.day(PUBLISHED_AT)
    wish = EndWish(today, "《条例》已另有规定")

    def end(who: Any, what: EndWish) -> None:
        town.act(end_convention, who, version.number, what, now=PUBLISHED_AT)

    with pytest.raises(Forbidden):
        end(town.first, wish)
    refused(WayRefusal.NO_REASON, end, town.street, EndWish(today, ""))
    for wrong in (today - DAY, today + DAY):
        refused(PublishRefusal.END_DAY, end, town.street, EndWish(wrong, "改"))
    row = revise(town)
    refused(PublishRefusal.RUNNING, end, town.street, wish)
    town.act(move_round, town.first, row.number, Move.GIVE_UP, "不改了", now=PUBLISHED_AT)
    end(town.street, wish)
    refused(PublishRefusal.ENDED, end, town.street, wish)
    refused(PublishRefusal.ENDED, revise, town)
    assert in_force(town.versions, today) is None
    assert in_force(town.versions, today - DAY) is None
    with town.database.read() as session:
        kept = session.scalars(select(Convention)).one()
    assert (kept.ended_way, kept.ended_why) == (EndWay.LAW, "《条例》已另有规定")


def test_a_carried_vote_to_repeal_ends_a_convention_on_its_day(town: Adopted) -> None:
    of = town.versions[0].number
    begin = (start_revision, town.first, of, "还要不要？")
    number = town.act(*begin, repeals=True, now=PUBLISHED_AT)
    row = row_of(town, number)
    assert (row.title, row.preamble) == ("关于废止《东阁社区居民公约》的决定", None)
    refused(PublishRefusal.RUNNING, town.act, *begin, repeals=True, now=PUBLISHED_AT)
    town.round = number
    set_state(town, RoundState.VOTE)
    town.adopt()
    town.file("乳备〔2027〕3号")
    last = town.day(PUBLISHED_AT) + 10 * DAY
    assert town.publish(effective_from=last) == 2
    decision, text = town.versions
    assert (decision.title, decision.review_on) == (row.title, None)
    with town.database.read() as session:
        kept = session.scalars(select(Convention)).one()
    assert (kept.title, kept.ended_on) == ("东阁社区居民公约", last)
    assert (kept.ended_way, kept.ended_why) == (EndWay.VOTE, decision.title)
    # it counts to its last day, and nothing after it
    assert in_force(town.versions, last - DAY) == text
    assert in_force(town.versions, last) is None
    with town.database.read() as session:
        for moment in (PUBLISHED_AT, PUBLISHED_AT + 11 * DAY):
            with pytest.raises(Refused) as caught:
                version_to_sign(session, number, moment)
            # before its day nothing has ended
            due = SignRefusal.ENDS if moment == PUBLISHED_AT else SignRefusal.ENDED
            assert caught.value.code is due
    refused(PublishRefusal.ENDS, town.act, *begin, now=PUBLISHED_AT)
    refused(PublishRefusal.ENDED, town.act, *begin, now=PUBLISHED_AT + 10 * DAY)


def test_a_decision_to_repeal_is_written_on_and_keeps_its_name(town: Adopted) -> None:
    begin = (start_revision, town.first, town.versions[0].number, "")
    row = row_of(town, town.act(*begin, repeals=True, now=PUBLISHED_AT))
    town.round = row.number
    set_state(town, RoundState.DRAFT)
    mark = mark_of(row.title, "")

    def write(title: str) -> None:
        with town.database.write() as session:
            write_about(session, town.first, row.number, title, "三年来情况有变。", seen=mark)

    refused(PublishRefusal.NAME_STAYS, write, "邻里公约（修订）")
    write(row.title)
    with town.database.read() as session:
        [draft] = draft_of(session, row.id)
    assert "《东阁社区居民公约》第1版" in draft.markdown


def test_a_vote_to_repeal_that_fails_ends_nothing(town: Adopted) -> None:
    of = town.versions[0].number
    town.round = town.act(
        start_revision, town.first, of, "", repeals=True, now=PUBLISHED_AT
    )  # fmt: skip
    set_state(town, RoundState.VOTE)
    town.call()
    for at in range(len(town.people)):
        town.cast(at, Choice.NO)
    assert town.decide() is not Outcome.CARRIED
    assert in_force(town.versions, town.day(PUBLISHED_AT) + 100 * DAY) == town.versions[0]


def test_the_committee_is_told_once_that_a_review_is_due(town: Adopted) -> None:
    review = town.versions[0].review_on
    assert review is not None
    soon = PUBLISHED_AT + (review - town.day(PUBLISHED_AT)) - 60 * DAY
    assert remind_of_reviews(town.database, soon - DAY) == 0
    assert [remind_of_reviews(town.database, soon) for _ in range(2)] == [1, 0]
    with town.database.read() as session:
        told = session.scalars(
            select(OutboxMessage.template).where(OutboxMessage.template == "convention.review")
        ).all()
    # both who run the committee
    assert told == ["convention.review"] * 2


def test_a_committee_without_a_telephone_is_told_when_it_has_one(town: Adopted) -> None:
    review = town.versions[0].review_on
    assert review is not None
    soon = PUBLISHED_AT + (review - town.day(PUBLISHED_AT)) - 60 * DAY
    ids = [one.id for one in town.staff]
    phone = (Person.id, Person.sealed_phone, Person.phone_hash)
    with town.database.write() as session:
        hers = session.execute(select(*phone).where(Person.id.in_(ids))).all()
        gone = {"sealed_phone": None, "phone_hash": None}
        session.execute(update(Person).where(Person.id.in_(ids)).values(gone))
    assert remind_of_reviews(town.database, soon) == 0
    with town.database.write() as session:
        for key, sealed, hashed in hers:
            back = {"sealed_phone": sealed, "phone_hash": hashed}
            session.execute(update(Person).where(Person.id == key).values(back))
    assert remind_of_reviews(town.database, soon + DAY) == 1


def test_what_explains_a_text_of_owners_is_not_lost_before_its_filing(
    app: Flask, database: Database
) -> None:
    """Their kind publishes first and files after: from then on it is written beside the version."""
    town = Adopted(database, kind=Kind.OWNERS)
    row = row_of(town, town.round)
    with database.read() as session:
        [draft] = draft_of(session, row.id)
    town.adopt(replace(CALL, electorate=Electorate.HEADS_AND_AREA))
    town.publish()
    assert row_of(town, town.round).state is RoundState.FILING

    def reading() -> None:
        with database.write() as session:
            write_reading(session, town.first, town.round, "大白话", seen=NOTHING)

    def script() -> None:
        with database.write() as session:
            key = draft.clause_id
            write_script(session, town.first, town.round, key, Script.UYGHUR, "x", seen=NOTHING)

    refused(PublishRefusal.PUBLISHED, reading)
    refused(PublishRefusal.PUBLISHED, script)
    desk = Browser(app).in_language("en")
    sign_in_as(desk, town.staff[0])
    page = desk.get(f"/desk/conventions/{town.round}", status=200)
    assert "In plain words" not in page.text
    page.click("Signatures", status=200)
    page = page.click("Explain, revise or end it", status=200)
    page = page.click("Explain it in plain words", status=200)
    page = page.form(button="Save").fill(words="楼道要空着。").send()
    assert "楼道要空着。" in page.text


def test_nobody_is_told_of_what_is_being_revised_already(town: Adopted) -> None:
    row = revise(town)
    review = town.versions[0].review_on
    assert review is not None
    with town.database.read() as session:
        assert open_round(session, row.convention_id) == row.number
        assert scripts_of_draft(session, row.id) == {}
    assert remind_of_reviews(town.database, PUBLISHED_AT + 1200 * DAY) == 0
