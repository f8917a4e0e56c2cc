"""R238: a wave of reports and a fall of released satisfaction are told to the desk, once."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from math import exp, factorial
from random import Random
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing
from portal.kernel.instance import instance_of
from portal.kernel.outbox import OutboxMessage
from portal.reports.jobs import look_for_spikes
from portal.reports.models import ReportSpike
from portal.reports.queries.spikes import spikes_at, waiting_spikes
from portal.reports.rules.codes import Source, State
from portal.reports.rules.spikes import (
    FEWEST,
    Measure,
    Published,
    has_fallen,
    is_over,
    is_spike,
    poisson_bound,
    starts_of,
    usual_of,
)
from portal.reports.service.spikes import answer_spike, keep_look, look_at
from portal.satisfaction.rules import SubjectKind
from portal.satisfaction.service.demo import plant_ratings
from tests.make import accounts, releases, reports
from tests.make.areas import small_tree
from tests.make.desk import small_city
from tests.make.reports import NOW
from tests.pages import Browser

DAY = timedelta(days=1)
STREET, CITY = "/370283/370283001/", "/370283/"
COMMUNITY = "370283001001"
DESK = reports.desk(STREET)
LOW = Published(0.60, 0.55, 0.65)


# --- the rule -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mean", "beyond", "bound"),
    # as the quantiles of the Poisson distribution stand in R
    [(0, 0.001, 0), (1, 0.001, 5), (2, 0.001, 8), (10, 0.001, 21), (2, 0.05, 5), (10, 0.05, 15)],
)
def test_r238_the_poisson_bound_has_its_known_values(mean: int, beyond: float, bound: int) -> None:
    assert poisson_bound(mean, beyond) == bound


@given(st.integers(1, 60), st.sampled_from([0.001, 0.01, 0.05]))
def test_r238_the_bound_is_the_least_that_is_passed_so_seldom(twice: int, beyond: float) -> None:
    mean = twice / 2
    bound = poisson_bound(mean, beyond)

    def passed(count: int) -> float:
        return 1 - sum(exp(-mean) * mean**k / factorial(k) for k in range(count + 1))

    assert passed(bound) <= beyond + 1e-12
    assert bound == 0 or passed(bound - 1) > beyond


def test_r238_one_report_in_a_quiet_place_is_no_spike_and_a_wave_is() -> None:
    quiet = [0] * 8
    assert not any(is_spike(count, quiet) for count in range(FEWEST))
    assert is_spike(FEWEST, quiet)
    usual = [4, 5, 3, 6, 5, 4, 5, 5]
    assert (usual_of(usual).level, usual_of(usual).bound) == (5, 13)
    assert not is_spike(13, usual)
    assert is_spike(14, usual)
    # it ends within one in twenty, not at the bound where it began
    assert not is_over(13, usual)
    assert is_over(9, usual)


def test_r238_one_wild_week_before_hides_no_wave_and_restless_kinds_bear_more() -> None:
    assert is_spike(20, [4, 5, 3, 90, 5, 4, 5, 5])
    restless = [2, 18, 3, 17, 4, 16, 2, 18]
    assert usual_of(restless).bound > poisson_bound(usual_of(restless).level, 0.001)
    assert not is_spike(25, restless)


@given(st.lists(st.integers(0, 300), min_size=8, max_size=8), st.integers(0, 400))
def test_r238_more_reports_never_end_a_warning(weeks: list[int], recent: int) -> None:
    if is_spike(recent, weeks):
        assert is_spike(recent + 1, weeks)
        assert not is_over(recent, weeks)
    if is_over(recent + 1, weeks):
        assert is_over(recent, weeks)


def _poisson(random: Random, mean: float) -> int:
    count, product, limit = 0, random.random(), exp(-mean)
    while product > limit:
        count, product = count + 1, product * random.random()
    return count


@pytest.mark.parametrize("mean", [0.3, 2, 12, 60])
def test_r238_weeks_that_differ_by_chance_alone_hardly_ever_warn(mean: float) -> None:
    random = Random(238)
    tries = 2000
    drawn = [[_poisson(random, mean) for _ in range(9)] for _ in range(tries)]
    # the median of eight is itself uncertain: a little more than the one in a thousand
    assert sum(is_spike(row[-1], row[:8]) for row in drawn) <= tries * 0.01
    # and a place that reports three times as much is found nearly always, where there is enough
    if mean >= 12:
        assert sum(is_spike(_poisson(random, 3 * mean), row[:8]) for row in drawn) > tries * 0.9


def test_r238_satisfaction_warns_by_whole_intervals_of_published_months_alone() -> None:
    good = Published(0.85, 0.80, 0.90)
    assert has_fallen(LOW, [good, good, good])
    assert not has_fallen(None, [good, good, good])
    assert not has_fallen(LOW, [good, good, None, None])
    # the interval reaches what was usual
    assert not has_fallen(Published(0.75, 0.69, 0.81), [good, good, good])


# --- the job --------------------------------------------------------------------------------------


@pytest.fixture
def town(database: Database) -> dict[str, Area]:
    """Two streets with a desk in the first, and one report so long ago that weeks are known."""
    with database.write() as session:
        tree = small_tree(session)
        accounts.staff(session, "street_desk", area=tree["370283001"])
        accounts.staff(session, "city_centre", area=tree["370283"])
        reports.category(session, "litter")
        reports.reported(session, tree[COMMUNITY], found_at=NOW - 100 * DAY)
    return tree


def came(session: Session, place: Area, back: Sequence[int], **more: Any) -> None:
    """Reports so many days ago."""
    for days in back:
        made = reports.reported(session, place, found_at=NOW - days * DAY - timedelta(hours=1))
        for name, value in more.items():
            setattr(made, name, value)


def found(database: Database) -> list[ReportSpike]:
    with database.read() as session:
        return list(session.scalars(select(ReportSpike).order_by(ReportSpike.place_path)))


def told(database: Database) -> list[str]:
    with database.read() as session:
        vault = instance_of(session).vault
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.template == "desk.wave"))
        return [vault.unseal(row.sealed_facts or "") for row in rows]


def test_r238_a_wave_is_one_row_one_message_to_its_desk_and_ends_when_it_is_over(
    database: Database, town: dict[str, Area]
) -> None:
    with database.write() as session:
        came(session, town[COMMUNITY], [0, 1, 1, 2])
    assert look_for_spikes(database, NOW) == 0
    with database.write() as session:
        came(session, town["370283001002"], [3, 4, 5])
    # the street and the city have it; the street's desk hears of hers, the centre of its own
    assert look_for_spikes(database, NOW) == 2
    city, street = found(database)
    assert (city.place_path, street.place_path) == (CITY, STREET)
    assert (street.measure, street.level, street.usual, street.category_code) == (
        Measure.REPORTS, 7, 0, "litter",
    )  # fmt: skip
    assert len(told(database)) == 2
    assert sum("东阁街道" in one and "暴露垃圾" in one for one in told(database)) == 1
    # an hour later it is the same one, and nobody is told again
    assert look_for_spikes(database, NOW + timedelta(hours=1)) == 0
    assert len(told(database)) == 2
    # when the days are over, so is the warning; a second wave is another one
    assert look_for_spikes(database, NOW + 5 * DAY) == 0
    assert [one.ended_at for one in found(database)] == [NOW + 5 * DAY] * 2
    with database.write() as session:
        came(session, town[COMMUNITY], [-19] * 12)
    assert look_for_spikes(database, NOW + 20 * DAY) == 2
    assert len(found(database)) == 4


def test_r238_the_worst_of_a_wave_is_kept_while_it_goes_on(
    database: Database, town: dict[str, Area]
) -> None:
    with database.write() as session:
        came(session, town[COMMUNITY], [6, 6, 5, 5, 5, 1, 1, 1, 1, 1])
    look_for_spikes(database, NOW)
    look_for_spikes(database, NOW + 3 * DAY)
    assert {(one.level, one.peak, one.ended_at) for one in found(database)} == {(5, 10, None)}


def test_r238_patrols_what_was_withdrawn_and_a_portal_that_is_new_make_no_wave(
    database: Database, town: dict[str, Area]
) -> None:
    with database.write() as session:
        came(session, town[COMMUNITY], [1] * 9, source=Source.COLLECTOR)
        came(session, town[COMMUNITY], [1] * 9, state=State.WITHDRAWN)
        came(session, town[COMMUNITY], [1] * 9, category_code=reports.category(
            session, "behaviour").code)  # fmt: skip
    assert look_for_spikes(database, NOW) == 0
    with database.write() as session:
        came(session, town[COMMUNITY], [1] * 9)
    # as if the first report of all had come within the nine weeks
    assert look_for_spikes(database, NOW - 40 * DAY) == 0
    assert starts_of(NOW)[0] == NOW - 63 * DAY
    assert look_for_spikes(database, NOW) == 2


def test_r238_two_that_look_at_once_make_one_row_and_one_message(
    database: Database, town: dict[str, Area]
) -> None:
    with database.write() as session:
        came(session, town[COMMUNITY], [1] * 9)
    with database.read() as session:
        look = look_at(session, NOW)
    start = Barrier(2)

    def keep(_: int) -> int:
        start.wait()
        with database.write() as session:
            return keep_look(session, look, NOW)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(keep, range(2))) == [0, 2]
    assert (len(found(database)), len(told(database))) == (2, 2)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(database.reader, "before_cursor_execute", note)
    yield sent
    event.remove(database.reader, "before_cursor_execute", note)


def test_r238_many_warnings_take_no_more_queries_than_one(
    database: Database, town: dict[str, Area]
) -> None:
    def looked() -> int:
        with statements(database) as sent, database.read() as session:
            look_at(session, NOW)
            spikes_at(session, None, NOW)
        return len(sent)

    with database.write() as session:
        came(session, town[COMMUNITY], [1] * 9)
    look_for_spikes(database, NOW)
    few = looked()
    with database.write() as session:
        for code in ("noise", "small_ads", "bad_sign"):
            reports.category(session, code)
            came(session, town[COMMUNITY], [1] * 9, category_code=code)
            came(session, town["370283002001"], [1] * 9, category_code=code)
    assert look_for_spikes(database, NOW) == 9
    assert looked() == few


# --- satisfaction ---------------------------------------------------------------------------------


def month_of_ratings(database: Database, month: int, low: int) -> str:
    """A released month of a street in which so many of ten were not content."""
    path = "/370283/370283001/370283001001/"
    middle = datetime(2026, month, 15, tzinfo=UTC)
    with database.write() as session:
        plant_ratings(
            session,
            (
                releases.rating(path, result=5 if at % 10 < low else 1, ends=middle)
                for at in range(1200)
            ),
        )
    after = datetime(2026, month + 1, 2, tzinfo=UTC)
    return releases.release(
        database, f"2026-{month:02d}", kind=SubjectKind.CASE, now=after, noise=releases.no_noise
    )


def test_r238_a_fall_is_told_from_the_stored_release_and_ratings_alone_tell_nothing(
    database: Database,
) -> None:
    with database.write() as session:
        town = releases.town(session)
        accounts.staff(session, "street_desk", area=town["east"])
        path = town["first"].path
    for month in (7, 8, 9):
        month_of_ratings(database, month, 1)
    with database.write() as session:
        # low ratings of a month that nobody has released
        plant_ratings(session, (releases.rating(path, result=5) for _ in range(300)))
    assert look_for_spikes(database, NOW) == 0
    month_of_ratings(database, 10, 4)
    assert look_for_spikes(database, NOW) > 0
    falls = {(one.place_path, one.category_code): one for one in found(database)}
    street = falls[STREET, ""]
    assert (street.measure, street.month) == (Measure.SATISFACTION, "2026-10")
    assert street.level < street.bound < street.usual
    # of the kind they rated too, at the city's desk
    assert (CITY, "litter") in falls
    # a worse month is a warning of its own: nobody reads its share under the month before
    month_of_ratings(database, 11, 6)
    assert look_for_spikes(database, NOW) > 0
    streets = [
        one for one in found(database) if (one.place_path, one.category_code) == (STREET, "")
    ]
    assert {one.month: one.ended_at is None for one in streets} == {
        "2026-10": False,
        "2026-11": True,
    }
    assert {one.month: one.level for one in streets}["2026-10"] == street.level


# --- the desk -------------------------------------------------------------------------------------


@pytest.fixture
def warned(database: Database, town: dict[str, Area]) -> str:
    with database.write() as session:
        came(session, town[COMMUNITY], [1] * 9)
    look_for_spikes(database, NOW)
    return next(one.number for one in found(database) if one.place_path == STREET)


def test_r238_the_desk_of_the_place_answers_once_and_what_it_wrote_stays(
    database: Database, warned: str
) -> None:
    west = reports.desk("/370283/370283002/")
    with database.write() as session:
        assert waiting_spikes(session, [STREET]) == 1
        assert [one.number for one in spikes_at(session, [STREET], NOW)] == [warned]
        assert spikes_at(session, ["/370283/370283002/"], NOW) == []
        with pytest.raises(Missing):
            answer_spike(session, west, warned, "看过", now=NOW)
        answer_spike(session, DESK, warned, "", now=NOW)
    with database.write() as session:
        (row,) = spikes_at(session, [STREET], NOW)
        assert (row.seen_by, row.note) == (DESK.person_id, None)
        other = reports.desk(STREET)
        answer_spike(session, other, warned, "菜市场周末清运不及时，已加车", now=NOW + DAY)
        assert waiting_spikes(session, [STREET]) == 0
    with database.write() as session, pytest.raises(Conflict):
        answer_spike(session, DESK, warned, "别的话", now=NOW + DAY)
    with database.read() as session:
        (row,) = spikes_at(session, [STREET], NOW)
    assert (row.seen_by, row.answered_by) == (DESK.person_id, other.person_id)
    assert row.note is not None
    assert row.note.startswith("菜市场")


def test_r238_the_pages_say_what_is_out_of_the_usual_and_who_answered(
    app: Flask, database: Database
) -> None:
    city = small_city(app, database)
    with database.write() as session:
        reports.reported(session, city.area, found_at=NOW - 100 * DAY)
        came(session, city.area, [1] * 9)
    look_for_spikes(database, NOW)
    browser = Browser(app)
    accounts.sign_in_as(browser, city.desk)
    page = browser.get("/desk/", status=200)
    assert "/desk/warnings/" in page.links()
    page = browser.get("/desk/warnings/", status=200)
    assert "暴露垃圾" in page.text
    number = next(one.number for one in found(database) if one.place_path == STREET)
    page = browser.get(f"/desk/warnings/{number}", status=200)
    page.form().fill(note="已加派清运车").send(status=200)
    page = browser.get(f"/desk/warnings/{number}", status=200)
    assert "已加派清运车" in page.text
    assert "窗口" in page.text
