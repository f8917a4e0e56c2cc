"""Law P2 and P1 for honours: handed out, forgotten at a wish and in time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credit.models import Honour, HonourVoice
from credit.queries.honours import Asked, public_honours
from credit.rules.honours import KEEP_OPEN, KEEP_WORDS, HonourState, Wish
from credit.service.honours.answering import Answer, answer_honour
from credit.service.honours.nominating import nominate
from portal.accounts.labels import records_in_words
from portal.accounts.service import (
    due_personal_data,
    erase_person,
    export_person,
    forget_in_time,
    personal_fields,
)
from portal.kernel.db import Base, Database
from portal.kernel.i18n import in_language
from portal.kernel.outbox import OutboxMessage
from portal.site.app import create_app
from tests.make.accounts import actor, person
from tests.make.credit import NOW
from tests.make.honours import CITATION, WORDS, Street, asked, granted, nominated, street, told

SECOND = timedelta(seconds=1)


@pytest.fixture
def city(database: Database) -> Street:
    return street(database)


def count(database: Database, table: Any) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def everything(session: Session) -> str:
    """Every cell of the tables of honours, what is sealed opened."""
    vault = session.info["instance"].vault
    found: list[Any] = []
    for name in ("credit_honour", "credit_honour_voice"):
        table = Base.metadata.tables[name]
        for row in session.execute(select(table)).mappings():
            found += [
                vault.unseal(value) if column.startswith("sealed_") and value else value
                for column, value in row.items()
            ]
    return repr(found)


def test_P2_a_nominee_sees_all_about_her_but_not_who_nominated(
    database: Database, city: Street
) -> None:
    app = create_app(database.info["instance"], database)
    with database.write() as session:
        granted(session, city)
        records = export_person(session, city.nominee.id, now=NOW)["records"]
        theirs = export_person(session, city.nominator.person_id, now=NOW)["records"]
    [mine] = records["credit_honour"]
    assert (mine["citation"], mine["name"], mine["words"]) == (CITATION, "王大姐", [WORDS])
    assert str(city.nominator.person_id) not in repr(records)
    assert city.nominator.name not in repr(records)
    [said] = theirs["credit_honour_voice"]
    assert (said["whom"], said["words"]) == ("三单元王大姐", WORDS)
    assert "credit_honour" not in theirs
    with app.test_request_context(), in_language("en"):
        words = repr(records_in_words(records, personal_fields()))
        said_words = repr(records_in_words(theirs, personal_fields()))
    for expected in ("Civil citizen", "commended", "shown to everybody", CITATION):
        assert expected in words
    assert WORDS in said_words


def test_P2_a_nominee_who_is_erased_is_gone_everywhere_also_in_public(
    database: Database, city: Street
) -> None:
    with database.write() as session:
        granted(session, city)
        asked(session, city, kind="good_neighbour")
        erase_person(session, None, city.nominee.id, now=NOW)
        session.flush()
        assert everything(session) == "[]"
        assert public_honours(session, Asked(), NOW) == []
        for message in session.scalars(select(OutboxMessage)):
            if message.template.startswith("credit.honour"):
                assert message.sealed_to is None
                assert message.sealed_facts is None


def test_P2_a_nominator_who_is_erased_leaves_no_words(database: Database, city: Street) -> None:
    with database.write() as session:
        row = asked(session, city)
        nominated(session, city, words="没人知道是谁")
        other = actor(session, person(session))
        nominate(session, other, told(nominee="", words="第二个人说的"), now=NOW)
        erase_person(session, None, city.nominator.person_id, now=NOW)
        session.flush()
        left = everything(session)
        assert WORDS not in left
        assert "没人知道是谁" not in left
        assert str(city.nominator.person_id) not in left
        assert "第二个人说的" in left
        # she was asked already: that stands; what only the erased one said has gone whole
        numbers = session.scalars(select(Honour.number)).all()
        assert row.number in numbers
        assert len(numbers) == 2


def test_P1_the_words_of_nominators_go_half_a_year_after_the_decision(
    database: Database, city: Street
) -> None:
    with database.write() as session:
        granted(session, city)
    edge = NOW + KEEP_WORDS
    forget_in_time(database, now=edge - SECOND)
    assert count(database, HonourVoice) == 1
    with database.read() as session:
        assert due_personal_data(session, now=edge)["credit_honour_voice"] == 1
    forget_in_time(database, now=edge)
    assert (count(database, HonourVoice), count(database, Honour)) == (0, 1)
    assert forget_in_time(database, now=edge) == 0


def test_P1_what_nobody_decides_in_a_year_goes_whole(database: Database, city: Street) -> None:
    with database.write() as session:
        nominated(session, city)
        asked(session, city, kind="good_neighbour")
    edge = NOW + KEEP_OPEN
    forget_in_time(database, now=edge - SECOND)
    assert count(database, Honour) == 2
    with database.read() as session:
        assert due_personal_data(session, now=edge)["credit_honour"] == 2
    forget_in_time(database, now=edge)
    assert (count(database, HonourVoice), count(database, Honour)) == (0, 0)


def test_P1_that_somebody_declined_is_forgotten_when_the_year_is_over(
    database: Database, city: Street
) -> None:
    with database.write() as session:
        row = asked(session, city)
        answer_honour(session, row, Answer(Wish.DECLINE), now=NOW)
        assert session.scalars(select(Honour.state)).all() == [HonourState.DECLINED]
    # the year of the city, not of UTC
    edge = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    forget_in_time(database, now=edge - SECOND)
    assert count(database, Honour) == 1
    forget_in_time(database, now=edge)
    assert count(database, Honour) == 0
