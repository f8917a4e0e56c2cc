"""Freezing at once, and against an objection: one result, and no objection is overlooked."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from portal.accounts.models import Person
from portal.assessment.queries.frozen import versions_of
from portal.assessment.queries.objections import objections_against
from portal.assessment.rules import Axis, ObjectionState, Refusal
from portal.assessment.service.objecting import (
    Decision,
    ObjectionWish,
    decide_objection,
    object_to,
)
from portal.assessment.service.recording import CheckWish, record_check
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from tests.make import assessment as make
from tests.make.accounts import actor
from tests.make.assessment import EAST, LATER, MONTH, NOW, WEST
from tests.make.together import at_once

WISH = ObjectionWish("in_time", "系统停机")


@pytest.fixture
def people(database: Database) -> dict[str, Person]:
    with database.write() as session:
        people = make.town(session)
    make.release(database)
    return people


def trying(act: Callable[[], Any]) -> Callable[[], Any]:
    """An act whose refusal is a result."""

    def run() -> Any:
        try:
            return act()
        except Refused as refusal:
            return refusal.code

    return run


def objecting(database: Database, who: Person) -> Callable[[], Any]:
    def run() -> str:
        with database.write() as session:
            return object_to(session, actor(session, who), MONTH, "streets", WEST, WISH, now=LATER)

    return trying(run)


def deciding(database: Database, who: Person, number: str) -> Callable[[], Any]:
    def run() -> None:
        with database.write() as session:
            decision = Decision(upheld=True, why="属实", becomes=Decimal(90))
            decide_objection(session, actor(session, who), number, decision, now=LATER)

    return trying(run)


def test_two_freezes_at_once_make_one(database: Database, people: dict[str, Person]) -> None:
    found = at_once(*[lambda: make.freeze(database)] * 3)
    assert sorted(one.made for one in found) == [False, False, True]
    assert {one.slug for one in found} == {MONTH}
    with database.read() as session:
        assert len(versions_of(session, MONTH)) == 1


def test_an_objection_against_a_correction_is_in_time_or_told_so(
    database: Database, people: dict[str, Person]
) -> None:
    make.freeze(database)
    first = objecting(database, people["west"])()
    assert deciding(database, people["centre"], first)() is None
    again, said = at_once(
        trying(lambda: make.freeze(database, now=LATER)), objecting(database, people["west"])
    )
    with database.read() as session:
        versions = len(versions_of(session, MONTH))
        waiting = [
            one for one in objections_against(session, MONTH) if one.state is ObjectionState.OPEN
        ]
    if again is Refusal.OBJECTIONS:
        # the objection was first: nothing is frozen over it
        assert (versions, len(waiting)) == (1, 1)
    else:
        assert (versions, waiting, said) == (2, [], Refusal.TOO_LATE)


def test_an_objection_is_decided_once(database: Database, people: dict[str, Person]) -> None:
    make.freeze(database)
    number = objecting(database, people["west"])()
    found = at_once(*(deciding(database, people[who], number) for who in ("centre", "second")))
    assert set(found) == {None, Refusal.DECIDED}


def test_a_check_is_counted_or_refused(database: Database, people: dict[str, Person]) -> None:
    wish = CheckWish("streets", EAST, make.DAY, {Axis.CLEAN: 10}, "有垃圾")

    def check() -> None:
        with database.write() as session:
            record_check(session, actor(session, people["checker"]), wish, now=NOW)

    frozen, checked = at_once(lambda: make.freeze(database), trying(check))
    assert frozen.made
    with database.read() as session:
        document = make.inputs(session)
    (clean,) = (
        one for one in document["inputs"] if (one["unit"], one["indicator"]) == (EAST, "clean")
    )
    assert clean["whole"] == (40 if checked is Refusal.FROZEN else 41)
    assert checked in (None, Refusal.FROZEN)
