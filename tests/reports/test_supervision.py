"""Listed supervision: the day's job, who may list and delist, and what is counted."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from portal.accounts.rules import Actor, Permission
from portal.areas.models import Area
from portal.kernel.config import BadSetting
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.instance import Instance, instance_of
from portal.kernel.outbox import OutboxMessage
from portal.reports.jobs import look_back_at_days
from portal.reports.models import Case, SupervisionDay, SupervisionListing
from portal.reports.queries.digest import digests_of
from portal.reports.queries.hotspots import hard_cases, hot_spots, refused_often
from portal.reports.queries.means import means_between
from portal.reports.queries.supervision import listing_of, supervision_counts
from portal.reports.rules.codes import Event, Means, State
from portal.reports.rules.supervision import (
    Ending,
    SupervisionRefusal,
    days_to_run,
    due_day,
    settings_from,
    shares,
)
from portal.reports.service.supervision import change_condition, delist, list_case
from portal.site.app import create_app
from tests.make import accounts, reports
from tests.make.areas import small_tree
from tests.make.organisations import unit
from tests.make.reports import NOW, supervisor
from tests.make.rows import case_row

AREA, STREET, WEST = "370283001001", "/370283/370283001/", "/370283/370283002/"
ZONE = ZoneInfo("Asia/Shanghai")
# Wednesday, at the fixed hour: 17:30 in Shanghai
EVENING = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 25)
DAY = timedelta(days=1)
FINDING = "到现场看过，已清理"


@pytest.fixture
def overdue(database: Database) -> str:
    """A dispatched case that is overdue on the evening; its unit and its street have people."""
    with database.write() as session:
        tree = small_tree(session)
        cleaners = unit(session, "CLEAN", area=tree["370283"])
        accounts.staff(session, "handling_unit", organisation=cleaners)
        accounts.staff(session, "street_desk", area=tree["370283001"])
        accounts.staff(session, "city_centre", area=tree["370283"])
        made = reports.case(session, tree[AREA], state=State.DISPATCHED, unit=cleaners)
        session.add(SupervisionDay(day=TODAY - DAY, ran_at=NOW))
        return made.number


def listings(database: Database) -> list[SupervisionListing]:
    with database.read() as session:
        return list(session.scalars(select(SupervisionListing).order_by(SupervisionListing.id)))


def sent(database: Database, template: str) -> list[str]:
    """The facts of all messages of a kind."""
    with database.read() as session:
        vault = instance_of(session).vault
        found = session.scalars(select(OutboxMessage).where(OutboxMessage.template == template))
        return [vault.unseal(message.sealed_facts or "") for message in found]


def settle(database: Database, number: str, *events: Event) -> None:
    with database.write() as session:
        made = session.scalars(select(Case).where(Case.number == number)).one()
        reports.walk(session, made, events or (Event.HANDLE, Event.CLOSE), at=EVENING)


def test_r290_a_day_is_over_at_its_hour_in_the_city_and_missed_days_are_caught_up() -> None:
    hour = settings_from({}).hour
    assert due_day(EVENING - timedelta(seconds=1), hour, ZONE) == TODAY - DAY
    assert due_day(EVENING, hour, ZONE) == TODAY
    # after midnight in the city it is still the day before that waits
    assert due_day(EVENING + timedelta(hours=8), hour, ZONE) == TODAY
    assert days_to_run(None, TODAY) == [TODAY]
    assert days_to_run(TODAY, TODAY) == []
    assert days_to_run(TODAY - 2 * DAY, TODAY) == [TODAY - DAY, TODAY]
    assert len(days_to_run(TODAY - 90 * DAY, TODAY)) == 7
    with pytest.raises(ValueError, match="means_target"):
        settings_from({"means_target": {"service": 70, "management": 20, "enforcement": 20}})


def test_an_hour_that_is_none_stops_the_start(instance: Instance) -> None:
    city = replace(instance.city, thresholds={"supervision_at": "halb sechs"})
    with pytest.raises(BadSetting, match="GONGZHI_CITY"):
        create_app(replace(instance, city=city))


def test_r291_what_is_overdue_is_listed_at_the_hour_not_before_and_only_once(
    database: Database, overdue: str
) -> None:
    assert look_back_at_days(database, EVENING - timedelta(seconds=1)) == 0
    assert listings(database) == []
    assert look_back_at_days(database, EVENING) == 1
    assert look_back_at_days(database, EVENING + timedelta(hours=3)) == 0
    (one,) = listings(database)
    assert (one.listed_on, one.listed_by, one.deadline_days) == (TODAY, None, 2)
    # Friday, at the end of the second working day
    assert one.deadline_at == datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
    assert one.supervisor_path == STREET
    assert len(sent(database, "desk.listed")) == 1
    # the day after it is overdue still, and stays listed once
    assert look_back_at_days(database, EVENING + DAY) == 1
    assert [one.number for one in listings(database)] == [one.number]
    with database.read() as session:
        found = listing_of(session, case_row(session, overdue), EVENING)
    assert found is not None
    assert found.default_condition["zh_Hans"].startswith("现场已经清理干净")


def test_r291_what_is_handled_in_time_and_waits_for_its_check_is_not_listed(
    database: Database, overdue: str
) -> None:
    with database.write() as session:
        made = session.scalars(select(Case).where(Case.number == overdue)).one()
        reports.walk(session, made, (Event.HANDLE,), at=NOW)
    look_back_at_days(database, EVENING)
    assert listings(database) == []


def test_r290_a_digest_says_for_which_day_it_is_and_makes_nothing_up_of_a_missed_day(
    database: Database, overdue: str
) -> None:
    with database.write() as session:
        session.merge(SupervisionDay(day=TODAY - 3 * DAY, ran_at=NOW))
        session.delete(session.get_one(SupervisionDay, TODAY - DAY))
        area = session.scalars(select(Area).where(Area.code == AREA)).one()
        reports.case(session, area, at=EVENING - timedelta(hours=1))
        reports.case(session, area, at=EVENING + timedelta(hours=1))
    # nothing ran for two days, and now it is the morning after the third
    assert look_back_at_days(database, EVENING + timedelta(hours=14)) == 3
    with database.read() as session:
        missed = digests_of(session, TODAY - 2 * DAY, None)
        today = {d.path: d for d in digests_of(session, TODAY, None)}
        assert [d.path for d in digests_of(session, TODAY, [WEST])] == [WEST]
    # Monday: the case came at ten, and nobody can tell any more what was overdue
    assert [(d.path, d.came, d.overdue, d.listed) for d in missed] == [
        (STREET, 1, None, None),
        (WEST, 0, None, None),
    ]
    # what came after the hour belongs to the next day
    assert [today[STREET].came, today[STREET].overdue, today[STREET].listed] == [1, 1, 1]
    assert today[STREET].numbers["overdue"] == [overdue]
    assert (today[WEST].came, today[WEST].overdue) == (0, 0)
    # the street's desk is told once, of the right day; the city's centre has no street
    (told,) = sent(database, "desk.digest")
    assert f"/desk/digest/{TODAY.isoformat()}" in told


def test_r291_two_supervisors_and_the_job_at_once_make_one_listing(
    database: Database, overdue: str
) -> None:
    start = Barrier(3)

    def by_hand(_: int) -> str:
        with database.read() as session:
            seen = case_row(session, overdue)
        start.wait()
        try:
            with database.write() as session:
                list_case(session, seen, actor=supervisor(), now=EVENING, reason="多次催办")
        except Conflict as conflict:
            return conflict.code.value
        return "listed"

    def job() -> str:
        start.wait()
        look_back_at_days(database, EVENING)
        return "ran"

    with ThreadPoolExecutor(3) as pool:
        ran = pool.submit(job)
        results = list(pool.map(by_hand, range(2)))
        assert ran.result() == "ran"
    assert len(listings(database)) == 1
    assert set(results) <= {"listed", "supervision.listed_already"}
    assert results.count("listed") <= 1


def test_r291_listing_by_hand_needs_the_right_person_a_reason_and_an_open_case(
    database: Database, overdue: str
) -> None:
    def refusal(actor: Actor, reason: str | None = "催办三次") -> object:
        with database.read() as session:
            seen = case_row(session, overdue)
        try:
            with database.write() as session:
                list_case(session, seen, actor=actor, now=NOW, reason=reason)
        except Refused as refused:
            return refused.code
        except (Forbidden, Missing) as refused:
            return type(refused)
        return None

    with database.read() as session:
        unit_id = case_row(session, overdue).unit_id
    assert unit_id is not None
    own = reports.handler(unit_id)
    both = Actor(own.person_id, grants=own.grants | supervisor().grants)
    assert refusal(own) is Forbidden
    assert refusal(both) is SupervisionRefusal.OF_THE_UNIT
    assert refusal(supervisor(WEST)) is Missing
    assert refusal(reports.desk()) is Forbidden
    assert refusal(supervisor(STREET), " ") is SupervisionRefusal.REASON_MISSING
    assert refusal(supervisor(STREET)) is None
    settle(database, overdue)
    assert refusal(supervisor(STREET)) is SupervisionRefusal.NOT_OPEN


def test_r291_a_matter_leaves_the_list_only_verified_closed_and_by_somebody_else(
    database: Database, overdue: str
) -> None:
    look_back_at_days(database, EVENING)
    (one,) = listings(database)

    def refusal(actor: Actor, finding: str = FINDING) -> object:
        try:
            with database.write() as session:
                delist(session, one.number, actor=actor, now=EVENING + DAY, finding=finding)
        except Refused as refused:
            return refused.code
        except (Forbidden, Missing) as refused:
            return type(refused)
        return None

    assert refusal(supervisor()) is SupervisionRefusal.STILL_OPEN
    settle(database, overdue, Event.HANDLE)
    assert refusal(supervisor()) is SupervisionRefusal.STILL_OPEN
    settle(database, overdue, Event.CLOSE)
    with database.read() as session:
        handler_id = case_row(session, overdue).handler_id
    own = reports.handler(one.unit_id or handler_id or one.id)
    assert refusal(Actor(own.person_id, grants=own.grants | supervisor().grants)) is (
        SupervisionRefusal.OF_THE_UNIT
    )
    moved_on = reports.staff(Permission.REPORT_SUPERVISE, person=handler_id)
    assert refusal(moved_on) is SupervisionRefusal.HANDLED_IT
    assert refusal(reports.verifier()) is Forbidden
    assert refusal(supervisor(WEST)) is Missing
    assert refusal(supervisor(), "") is SupervisionRefusal.REASON_MISSING
    assert refusal(supervisor()) is None
    assert refusal(supervisor()) is SupervisionRefusal.DELISTED_ALREADY
    (one,) = listings(database)
    assert (one.ending, one.finding) == (Ending.MET, FINDING)
    with database.read() as session:
        (count,) = supervision_counts(session, [STREET], TODAY, TODAY)
        assert (count.listed, count.open, count.in_time, count.escalated) == (1, 0, 1, 0)
        assert supervision_counts(session, [WEST], TODAY, TODAY) == []


def test_r291_what_is_opened_again_and_late_again_is_listed_anew(
    database: Database, overdue: str
) -> None:
    look_back_at_days(database, EVENING)
    settle(database, overdue)
    (one,) = listings(database)
    with database.write() as session:
        delist(session, one.number, actor=supervisor(), now=EVENING + DAY, finding=FINDING)
    with pytest.raises(Conflict), database.write() as session:
        change_condition(session, one.number, actor=supervisor(), now=EVENING, condition="x")
    settle(database, overdue, Event.REOPEN)
    look_back_at_days(database, EVENING + 10 * DAY)
    assert [one.delisted_at is None for one in listings(database)] == [False, True]


def test_r291_a_case_that_was_taken_out_leaves_the_list_as_not_put_right(
    database: Database, overdue: str
) -> None:
    look_back_at_days(database, EVENING)
    settle(database, overdue, Event.VOID)
    (one,) = listings(database)
    with database.write() as session:
        delist(session, one.number, actor=supervisor(), now=EVENING, finding="测试数据")
    assert listings(database)[0].ending is Ending.ENDED


def test_r291_what_stays_undone_days_after_its_deadline_goes_up_to_the_city_once(
    database: Database, overdue: str
) -> None:
    look_back_at_days(database, EVENING)
    # the deadline is Friday, and three working days later is the end of Wednesday
    look_back_at_days(database, EVENING + 6 * DAY)
    assert listings(database)[0].escalated_at is None
    look_back_at_days(database, EVENING + 7 * DAY + timedelta(hours=1))
    (one,) = listings(database)
    assert one.supervisor_path == "/370283/"
    look_back_at_days(database, EVENING + 8 * DAY)
    # the city's centre is told, the street is not, and only once
    assert len(sent(database, "desk.escalated")) == 1
    with database.read() as session:
        (count,) = supervision_counts(session, None, TODAY, TODAY)
    assert (count.listed, count.escalated) == (1, 1)


def test_r155_the_means_of_closing_are_counted_by_month_with_both_numbers(
    database: Database,
) -> None:
    with database.write() as session:
        area = small_tree(session)[AREA]
        made = [reports.case(session, area, state=State.CLOSED) for _ in range(4)]
        made[0].means, made[1].means = Means.ENFORCEMENT, None
    moments = [NOW - 40 * DAY, NOW - DAY, NOW + DAY]
    with database.read() as session:
        before, now = means_between(session, [STREET], moments)
        assert means_between(session, [WEST], moments)[1].known == {}
    assert (before.known, before.unknown) == ({}, 0)
    assert now.unknown == 1
    service, management, enforcement = shares(now.known, settings_from({}).targets)
    assert (service.count, service.of, service.target) == (2, 3, 70)
    assert (management.percent, enforcement.count) == (0, 1)
    assert shares({}, settings_from({}).targets)[0].percent is None


def test_r155_a_case_that_is_opened_again_forgets_how_it_was_solved(database: Database) -> None:
    with database.write() as session:
        made = reports.case(session, small_tree(session)[AREA], state=State.CLOSED)
        assert made.means is Means.SERVICE
        reports.walk(session, made, (Event.REOPEN,), at=NOW + DAY)
        assert made.means is None


def test_r109_three_of_a_kind_within_250_metres_in_90_days_are_a_hot_spot(
    database: Database,
) -> None:
    metre = 1 / 111_320
    with database.write() as session:
        area = small_tree(session)[AREA]
        reports.category(session, "lamp", name="路灯不亮")
        base = reports.case(session, area, state=State.DISPATCHED)

        def at(north: float, **options: object) -> Case:
            made = reports.case(session, area, **options)
            made.lat = (base.lat or 0) + north * metre
            return made

        near = [base, at(40), at(80)]
        at(60, category_code="lamp")
        at(20, state=State.VOID)
        at(30, at=NOW - 91 * DAY)
        # two of a kind further off are none
        at(2000), at(2040)
        numbers = {one.number for one in near}
    mine, later = reports.desk(STREET), NOW + DAY
    with database.read() as session:
        (spot,) = hot_spots(session, mine, later)
        assert hot_spots(session, reports.desk(WEST), later) == []
        assert hot_spots(session, mine, NOW + 91 * DAY) == []
    assert (spot.count, {one.number for one in spot.cases}) == (3, numbers)


def test_r182_returns_sendings_back_and_refusals_make_a_hard_case(database: Database) -> None:
    with database.write() as session:
        area = small_tree(session)[AREA]
        hard = reports.case(session, area, state=State.DISPATCHED)
        reports.walk(session, hard, (Event.RETURN, Event.DISPATCH, Event.HANDLE, Event.SEND_BACK))
        reports.case(session, area, state=State.REWORK)
        for state in (State.NOT_ACCEPTED, State.NOT_FILED):
            reports.case(session, area, state=state)
    with database.read() as session:
        (one,) = hard_cases(session, reports.desk(STREET))
        assert (one.number, one.returned, one.sent_back) == (hard.number, 1, 1)
        (refused,) = refused_often(session, reports.desk(STREET), NOW + DAY)
        assert (refused.count, refused.code) == (2, AREA)
        assert hard_cases(session, reports.desk(WEST)) == []
        assert refused_often(session, reports.desk(WEST), NOW + DAY) == []
