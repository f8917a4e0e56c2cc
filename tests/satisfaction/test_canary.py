"""Canary: what one resident says of a matter moves no page of anybody but her own (P4, issue 9).

Every address that answers a GET is opened by whoever may, before and after one rating, with all
recurring jobs run in between: byte for byte the same. With her tick one page moves, and one alone.
"""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from portal.kernel.db import Database
from portal.reports.queries.case import reporters_of
from portal.reports.service.rating import Verdict
from portal.satisfaction.rules import Answers, Level
from portal.satisfaction.service import hide_ratings
from tests.make.canary import (
    NOON,
    Stop,
    busy_town,
    doors,
    first_visit,
    look,
    look_around,
    rate,
    run_jobs,
)
from tests.make.rows import case_row
from tests.security.town import Town

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CANARY = "金丝雀七四二"
# solved, but badly served: nothing is sent back, and a unit would like to know who said it
LOW = Answers(True, Level.SATISFIED, Level.VERY_DISSATISFIED, words=CANARY)


@pytest.fixture
def town(app: Flask, database: Database) -> Iterator[Town]:
    with time_machine.travel(NOON, tick=False):
        yield busy_town(app, database)


def moved(town: Town, before: dict[Stop, bytes]) -> list[Stop]:
    """Where something else is seen than before, and whether the canary is there."""
    run_jobs(town)
    now = {stop: look(town, *stop) for stop in before}
    changed = [stop for stop, seen in now.items() if seen != before[stop]]
    assert [stop for stop, seen in now.items() if CANARY.encode() in (seen or b"")] == changed
    return changed


def test_P4_one_rating_moves_no_page_of_anybody_else(town: Town) -> None:
    first_visit(town)
    run_jobs(town)
    before = look_around(town, doors(town))
    # of two with the same role one
    assert {name for name, _ in before} == {*town.clients} - {"owner", "other_unit", "west_desk"}
    own = ("owner", f"/reports/{town.cases['closed']}/rate")
    asked = look(town, *own)
    rate(town, Verdict(LOW))
    assert moved(town, before) == []
    # she herself reads what she said
    assert look(town, *own) != asked
    # with her tick the page of the matter moves for the unit that handled it, and no other
    rate(town, Verdict(LOW, seen=1, shown=True))
    assert moved(town, before) == [("handling_unit", f"/desk/cases/{town.cases['closed']}")]
    with town.database.write() as session:
        [reporter] = reporters_of(session, case_row(session, town.cases["closed"]))
        assert hide_ratings(session, [reporter.id]) == 1
    assert moved(town, before) == []
