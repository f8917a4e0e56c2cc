"""Nominations that join, are rejected, or are decided by several at once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from credit.models import Honour, HonourVoice
from credit.queries.honours import (
    HonourRow,
    honour_by_number,
    voices_of,
)
from credit.rules.honours import (
    HonourState,
    Wish,
)
from credit.service.honours.answering import Answer, answer_honour, own_honour
from credit.service.honours.checking import Check, check_nomination, reject_nomination
from credit.service.honours.deciding import grant_honour
from credit.service.honours.nominating import nominate
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing
from portal.kernel.outbox import OutboxMessage
from tests.make.accounts import actor, person, staff
from tests.make.credit import NOW
from tests.make.honours import (
    CITATION,
    COMMUNITY,
    STREET,
    Street,
    asked,
    count,
    newest,
    nominated,
    street,
    told,
)
from tests.make.together import at_once

DAY = timedelta(days=1)


@pytest.fixture
def city(database: Database) -> Street:
    return street(database)


# --- joining, rejecting, racing -------------------------------------------------------------------


def test_two_nominations_of_one_person_for_one_kind_and_year_become_one(
    database: Database, city: Street
) -> None:
    with database.write() as session:
        first = asked(session, city)
        nominate(session, actor(session, person(session)), told(words="帮老人买菜"), now=NOW)
        second = newest(session)
        check = Check(city.nominee.number, "别的话")
        number = check_nomination(session, city.committee, second.number, check, now=NOW)
        assert number == first.number
        assert count(session, Honour) == 1
        row = honour_by_number(session, number)
        assert row is not None
        assert row.citation == CITATION
        assert {voice.words for voice in voices_of(session, row)} == {told().words, "帮老人买菜"}
        # another kind, or another year, is another honour
        asked(session, city, kind="good_neighbour")
        asked(session, city, now=NOW + 60 * DAY)
        assert count(session, Honour) == 3


def test_a_rejected_nomination_leaves_no_mark(database: Database, city: Street) -> None:
    with database.write() as session:
        row = asked(session, city)
        reject_nomination(session, city.desk, row.number, now=NOW)
        assert (count(session, Honour), count(session, HonourVoice)) == (0, 0)
        messages = session.scalars(select(OutboxMessage)).all()
        assert messages
        assert all(m.sealed_facts is None and m.sealed_to is None for m in messages)
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "honour:reject")
        ).one()
        assert entry.person_id is None
        # a later one is as good as the first
        assert asked(session, city).state is HonourState.ASKED


def test_of_two_who_decide_at_once_one_does(database: Database, city: Street) -> None:
    with database.write() as session:
        row = asked(session, city)
        answer_honour(session, row, Answer(Wish.HIDDEN), now=NOW)
        second = actor(session, staff(session, "street_desk", area=city.tree[STREET]))

    def decide(who: Any, act: Any) -> Any:
        def run() -> Any:
            try:
                with database.write() as session:
                    act(session, who, row.number, now=NOW)
            except (Conflict, Missing) as lost:
                return type(lost)
            return "done"

        return run

    outcomes = at_once(decide(city.desk, grant_honour), decide(second, grant_honour))
    assert sorted(map(str, outcomes)) == sorted([str(Conflict), "done"])
    with database.write() as session:
        other = asked(session, city, kind="good_neighbour")
        answer_honour(session, other, Answer(Wish.HIDDEN), now=NOW)
        row = other
    outcomes = at_once(decide(city.desk, grant_honour), decide(second, reject_nomination))
    assert outcomes.count("done") == 1


def test_a_nominee_who_declines_while_it_is_decided_is_not_commended_against_her_will(
    database: Database, city: Street
) -> None:
    for kind in ("civil_citizen", "good_neighbour", "volunteer_star"):
        with database.write() as session:
            row = asked(session, city, kind=kind)
            answer_honour(session, row, Answer(Wish.SHOWN, "王"), now=NOW)
        with database.read() as session:
            seen = own_honour(session, city.nominee.id, row.number)

        def decline(seen: HonourRow = seen) -> Any:
            try:
                with database.write() as session:
                    answer_honour(session, seen, Answer(Wish.DECLINE), now=NOW)
            except Conflict:
                return "told"
            return "declined"

        def grant(number: str = row.number) -> Any:
            try:
                with database.write() as session:
                    grant_honour(session, city.desk, number, now=NOW)
            except Conflict:
                return "told"
            return "granted"

        # never both: either she was first, or she is told and declines what she then sees
        assert sorted(at_once(decline, grant)) in (["declined", "told"], ["granted", "told"])


def test_several_who_name_the_same_nominee_at_once_make_one_nomination(
    database: Database, city: Street
) -> None:
    with database.write() as session:
        staffs = [
            actor(session, staff(session, "liaison_officer", area=city.tree[COMMUNITY]))
            for _ in range(3)
        ]

    def naming(who: Any) -> Any:
        def run() -> None:
            with database.write() as session:
                nominate(session, who, told(nominee=city.nominee.number), now=NOW)

        return run

    at_once(*map(naming, staffs))
    with database.read() as session:
        assert (count(session, Honour), count(session, HonourVoice)) == (1, 3)


def test_two_who_find_the_same_person_behind_two_nominations_at_once_make_one(
    database: Database, city: Street
) -> None:
    with database.write() as session:
        one = nominated(session, city)
        two = nominated(session, city, words="另一件事")

    def check(number: str) -> Any:
        def run() -> str:
            with database.write() as session:
                wish = Check(city.nominee.number, CITATION)
                return check_nomination(session, city.committee, number, wish, now=NOW)

        return run

    found = at_once(check(one.number), check(two.number))
    assert len(set(found)) == 1
    with database.read() as session:
        assert count(session, Honour) == 1
