"""Differencing: two towns that differ by what one resident answered look alike to who handled it.

Not that nothing moves (that is the canary's), but that different unhappy answers look the same.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from portal.kernel.db import Database
from portal.kernel.instance import Instance
from portal.reports.rules.rating import is_unhappy
from portal.reports.service.rating import Verdict
from portal.satisfaction.rules import Answers, Level, Reason, Settings
from tests.make.canary import (
    NOON,
    Stop,
    busy_town,
    doors,
    first_visit,
    look_around,
    rate,
    run_jobs,
    twin_of,
)
from tests.security.town import Town

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
# of a unit; that nothing moves for anybody else is the canary's
HANDLING = frozenset({"handling_unit"})
# solved, so that nothing is sent back, but badly served
RUDE = Answers(
    True, Level.FAIRLY_SATISFIED, Level.VERY_DISSATISFIED, frozenset({Reason.ATTITUDE}), "态度太差"
)
SLOW = Answers(True, Level.SATISFIED, Level.DISSATISFIED, frozenset({Reason.SLOW}), "等了很久")
# two that send it back
UNSOLVED = replace(RUDE, solved=False, result=Level.VERY_DISSATISFIED)
DISSATISFIED = replace(SLOW, result=Level.DISSATISFIED)


@pytest.fixture
def towns(
    app: Flask,
    database: Database,
    instance: Instance,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Town, Town]]:
    with time_machine.travel(NOON, tick=False):
        town = busy_town(app, database)
        first_visit(town)
        other = twin_of(town, instance, tmp_path_factory.mktemp("twin"))
        first_visit(other)
        yield town, other
        other.database.dispose()


def seen_after(town: Town, verdict: Verdict) -> dict[Stop, bytes]:
    """What those who handle matters see at the desk after somebody rated one."""
    rate(town, verdict)
    run_jobs(town)
    return look_around(town, (stop for stop in doors(town, "/desk") if stop[0] in HANDLING))


def compared(towns: tuple[Town, Town], *verdicts: Verdict) -> list[Stop]:
    """Where the two differ; both have the same pages."""
    one, other = (seen_after(town, verdict) for town, verdict in zip(towns, verdicts, strict=True))
    assert {who for who, _address in one} == HANDLING
    assert one.keys() == other.keys()
    return [stop for stop in one if one[stop] != other[stop]]


@pytest.mark.parametrize(
    "pair", [(RUDE, SLOW), (UNSOLVED, DISSATISFIED)], ids=["kept", "sent back"]
)
def test_P4_different_unhappy_answers_look_alike_to_whoever_handles_matters(
    towns: tuple[Town, Town], pair: tuple[Answers, Answers]
) -> None:
    assert len({is_unhappy(said, Settings()) for said in pair}) == 1
    assert compared(towns, *map(Verdict, pair)) == []


def test_the_comparison_sees_a_difference_where_there_is_one(towns: tuple[Town, Town]) -> None:
    page = f"/desk/cases/{towns[0].cases['closed']}"
    found = compared(towns, Verdict(RUDE, shown=True), Verdict(SLOW, shown=True))
    assert found == [("handling_unit", page)]
