"""A unit of which too little is known is frozen without points; earlier tables stay (R082)."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from portal.accounts.models import Person
from portal.assessment.models import FrozenRow
from portal.assessment.queries.frozen import rows_of
from portal.assessment.rules.files import INPUTS, PROGRAM, RESULT, files_of
from portal.assessment.service.objecting import (
    Decision,
    ObjectionWish,
    decide_objection,
    object_to,
)
from portal.kernel.db import Database
from tests.make import assessment as make
from tests.make.accounts import actor
from tests.make.assessment import EAST, LATER, MONTH, WEST


@pytest.fixture
def people(database: Database) -> dict[str, Person]:
    with database.write() as session:
        people = make.town(session)
    make.release(database)
    return people


def test_a_unit_of_which_too_little_is_known_is_frozen_without_points(
    database: Database, people: dict[str, Person], tmp_path: Path
) -> None:
    make.freeze(database)
    files = make.files_of(database, MONTH)
    document = json.loads(files[INPUTS] or "")
    assert document["known_least"] == 5000
    silent = {
        one["code"]: one.get("silence")
        for group in document["groups"]
        if group["code"] == "departments"
        for one in group["indicators"]
    }
    assert silent == {**dict.fromkeys(silent), "media": 0}
    with database.read() as session:
        rows = {(row.group, row.unit): row for row in rows_of(session, MONTH)}
    # no report of the media is all that is known of the department
    unknown, known = rows["departments", make.DEPARTMENT], rows["streets", EAST]
    assert (unknown.points, unknown.rank, unknown.failed, unknown.known) == (None, None, False, "")
    assert (known.points is None, known.known) == (False, None)
    for name in (INPUTS, PROGRAM):
        (tmp_path / name).write_text(files[name] or "", "utf-8")
    made = subprocess.run(
        [sys.executable, "-I", str(tmp_path / PROGRAM)], check=True, capture_output=True
    )
    assert made.stdout.decode() == files[RESULT]
    assert f"\r\n{MONTH},departments,{make.DEPARTMENT}," in made.stdout.decode()


def test_a_correction_of_a_month_that_was_frozen_before_the_rule_keeps_the_old_one(
    database: Database, people: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_before(document: dict[str, Any], table: Any) -> dict[str, str]:
        del document["known_least"]
        return files_of(document, table)

    with monkeypatch.context() as before:
        before.setattr("portal.assessment.service.freezing.files_of", as_before)
        make.freeze(database)
    with database.write() as session:
        west, centre = actor(session, people["west"]), actor(session, people["centre"])
        wish = ObjectionWish("in_time", "系统停机")
        number = object_to(session, west, MONTH, "streets", WEST, wish, now=LATER)
        decision = Decision(upheld=True, why="停机属实", becomes=Decimal(90))
        decide_objection(session, centre, number, decision, now=LATER)
    again = make.freeze(database, now=LATER)
    assert again.made
    with database.read() as session:
        rows = rows_of(session, again.slug, FrozenRow.group == "departments")
    # as it was told then: full points for silence
    assert [row.points for row in rows] == [10_000]
