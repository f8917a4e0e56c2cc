"""What answers do to the rest of the loop: the urgent lane, and who is responsible."""

from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.reports.queries.routing import known_of
from portal.reports.rules.routing import CaseKey
from portal.reports.service.attributes import set_attributes
from portal.reports.service.handling import reclassify_case
from tests.make import reports
from tests.make.intake import filed, ready
from tests.make.rows import case_now


def test_r023_what_was_answered_keeps_the_urgent_lane_under_another_name(
    database: Database,
) -> None:
    ready(database)
    extra = {"subkind": "unsafe"}
    case = case_now(database, filed(database, category_code="bad_sign", extra=extra).number)
    by = {"actor": reports.desk(), "now": now()}
    with database.write() as session:
        away = reclassify_case(session, case, category_code="litter", **by)
        assert (away.urgent, away.round_the_clock, away.sealed) == (False, False, True)
        assert away.limit_minutes > 240
        back = reclassify_case(session, away, category_code="bad_sign", **by)
    assert (back.urgent, back.round_the_clock) == (True, True)
    assert back.limit_minutes <= 240


def test_r197_the_size_that_a_reporter_guessed_stands_until_the_desk_enters_one(
    database: Database,
) -> None:
    ready(database)
    told = {"category_code": "illegal_building", "extra": {"area_m2": "59.5"}}
    case = case_now(database, filed(database, **told).number)
    other = case_now(database, filed(database, category_code="illegal_building").number)
    with database.write() as session:
        found = known_of(session, [case, other])
        assert found == {case.id: {CaseKey.AREA_M2: "60"}, other.id: {}}
        entered = {CaseKey.AREA_M2: "45"}
        set_attributes(session, case, entered, actor=reports.desk(), now=now())
        assert known_of(session, [case])[case.id] == entered
