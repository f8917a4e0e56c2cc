"""Filed, published, explained: what counts never changes, and anybody can check it."""

from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from credit.models import Entry
from credit.rules.canonical import canonical
from credit.rules.differences import Change
from credit.rules.kinds import Kind as EntryKind
from portal.conventions.models import ConventionFiling, DraftClause, Reading, Round, VersionClause
from portal.conventions.queries.published import content_of_row, in_force
from portal.conventions.rules.published import (
    PublishRefusal,
    changes_between,
    flaw_of_days,
    years_later,
)
from portal.conventions.rules.texts import ClauseText
from portal.conventions.rules.way import RoundState
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Refused
from tests.make.published import FILED_AT, PUBLISHED_AT, Adopted
from tests.make.together import at_once
from tests.make.votes import AFTER

DAY = timedelta(days=1)


@pytest.fixture
def town(app: Flask, database: Database) -> Adopted:
    made = Adopted(database)
    made.adopt()
    return made


def refused(code: Any, act: Any, **named: Any) -> None:
    with pytest.raises((Refused, Conflict)) as caught:
        act(**named)
    assert caught.value.code is code


def test_a_text_is_filed_with_number_and_day_before_it_is_published(town: Adopted) -> None:
    refused(PublishRefusal.NOT_NOW, town.publish)
    refused(PublishRefusal.NO_NUMBER, town.file, number="")
    refused(PublishRefusal.FILED_DAY, town.file, filed_on=town.day(AFTER) - DAY)
    refused(PublishRefusal.FILED_DAY, town.file, filed_on=town.day(FILED_AT) + DAY)
    town.file()
    assert town.state is RoundState.PUBLICATION
    with town.database.read() as session:
        kept = session.scalars(select(ConventionFiling)).one()
        assert (kept.filing_number, kept.filed_by) == ("乳备〔2026〕18号", town.first.person_id)
        # ten days after the result, by the kind's rule
        assert kept.due_on == town.day(AFTER) + 10 * DAY
    refused(PublishRefusal.NOT_NOW, town.file)


def test_what_is_published_is_sealed_and_anybody_can_hash_it_again(town: Adopted) -> None:
    with town.database.write() as session:
        session.execute(update(Round).values(reading="就是楼道里别放东西。"))
    town.file()
    assert town.publish() == 1
    assert town.state is RoundState.PUBLISHED
    [row] = town.versions
    # three years on, by the kind's rule
    assert row.review_on == years_later(town.day(PUBLISHED_AT), 3)
    assert row.adopted_on == town.day(AFTER)
    with town.database.read() as session:
        content = content_of_row(session, row)
        assert content is not None
        assert sha256(canonical(content)).hexdigest() == row.digest
        entry = session.scalars(
            select(Entry).where(Entry.kind == EntryKind.CONVENTION_PUBLISHED)
        ).one()
        assert entry.id == row.entry_id
        kept, draft = (session.scalars(select(one)).one() for one in (VersionClause, DraftClause))
        assert (kept.clause_id, kept.markdown) == (draft.clause_id, draft.markdown)
        assert session.scalars(select(Reading.markdown)).all() == ["就是楼道里别放东西。"]
    refused(PublishRefusal.NOT_NOW, town.publish)


def test_only_the_text_that_was_adopted_is_published(town: Adopted) -> None:
    town.file()
    with town.database.write() as session:
        session.execute(update(DraftClause).values(markdown="楼道可以堆杂物。"))
    refused(PublishRefusal.NO_VOTE, town.publish)
    assert town.versions == []


def test_a_text_never_counts_before_it_can_be_read(town: Adopted) -> None:
    town.file()
    today = town.day(PUBLISHED_AT)
    refused(PublishRefusal.DAYS, town.publish, effective_from=today - DAY)
    refused(PublishRefusal.FAR, town.publish, effective_from=today + 400 * DAY)
    refused(PublishRefusal.REVIEW_DAY, town.publish, review_on=today)
    town.publish(effective_from=today + DAY)
    assert in_force(town.versions, today) is None
    assert in_force(town.versions, today + DAY) == town.versions[0]


def test_days_and_years_are_calendar_days() -> None:
    assert years_later(date(2028, 2, 29), 3) == date(2031, 3, 1)
    assert years_later(date(2026, 12, 7), 3) == date(2029, 12, 7)
    day = date(2026, 12, 7)
    assert flaw_of_days(day, day, None, day) is None
    assert flaw_of_days(day, day, day, day) is PublishRefusal.REVIEW_DAY


def test_differences_follow_the_clause_and_not_its_place() -> None:
    old = [ClauseText("a", "楼道", "不堆杂物。"), ClauseText("b", "", "养狗牵绳。")]
    new = [ClauseText("b", "", "养狗牵绳，戴嘴套。"), ClauseText("c", "", "垃圾分类。")]
    changed, come, gone = changes_between(old, new)
    assert (changed.change, changed.moved, changed.said("new")) == (
        Change.KEPT, True, ["，戴嘴套"]
    )  # fmt: skip
    assert (come.change, come.old, come.said("new")) == (Change.NEW, None, ["垃圾分类。"])
    assert (gone.change, gone.new, gone.said("gone")) == (Change.GONE, None, ["楼道\n不堆杂物。"])
    [same] = changes_between(old[:1], old[:1])
    assert not same.changed


def test_of_two_who_publish_at_once_one_does(town: Adopted) -> None:
    def filed() -> str:
        return tried(town.file)

    def publish() -> str:
        return tried(town.publish)

    assert sorted(at_once(filed, filed)) == ["done", "publish.not_now"]
    assert sorted(at_once(publish, publish)) == ["done", "publish.not_now"]
    assert len(town.versions) == 1


def tried(act: Any) -> str:
    try:
        act()
    except Refused as told:
        return str(told.code.value)
    return "done"
