"""Grids: the team of six kinds, the diary, checks on the spot, sites, and the fast alert."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.rules import NOBODY, Actor, Permission
from portal.accounts.service.privacy import erase_person
from portal.areas.models import Area
from portal.areas.queries import AreaRow, area_by_code, sites_in
from portal.areas.service import import_sites
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.errors import BadData, Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import Instance
from portal.kernel.outbox import OutboxMessage
from portal.kernel.photos import CleanPhoto, clean_photo
from portal.kernel.uploads import KeptPhotos, keep_upload
from portal.reports.models import Case, CaseAlert, CaseEvent, CasePhoto, GridEntryCase, GridMember
from portal.reports.queries.case import CaseRow, case_by_number, photos_of
from portal.reports.queries.diary import entries_between, entries_of, entry_by_code, versions_of
from portal.reports.queries.grid_team import patrols_of, team_counts, team_of
from portal.reports.queries.round import alerts_for, round_of
from portal.reports.queries.same_place import photos_of_place
from portal.reports.rules.codes import Event, Review, Source, State
from portal.reports.rules.grid import (
    EntryKind,
    GridRefusal,
    MemberKind,
    Present,
    counted,
    patrol_of,
    why_not_written,
)
from portal.reports.rules.offline import new_key
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import ActorFacts, CaseFacts, Offer, Refusal, why_not
from portal.reports.service.alerts import raise_alert
from portal.reports.service.diary import Entered, Written, correct_entry, write_entry
from portal.reports.service.grid_team import NewMember, add_member, end_member, set_patrol_days
from portal.reports.service.handling import reclassify_case
from portal.reports.service.intake import file_report
from portal.reports.service.spot import SpotCheck, send_check
from tests.make import accounts, reports
from tests.make.accounts import sign_in_as
from tests.make.intake import COMMUNITY, answers, ready
from tests.make.photos import jpeg
from tests.pages import Browser

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
STREET = "370283001"
POINT = (119.9, 36.7)
SPOT = Offer(reason=Reason.SPOT_TRUE)
CHANCE = "0123456789abcdef" * 2


@pytest.fixture
def tree(database: Database) -> dict[str, Area]:
    return ready(database)


def lead(session: Session, tree: dict[str, Area], role: str = "grid_lead") -> Actor:
    person = accounts.staff(session, role, area=tree[COMMUNITY])
    return accounts.actor(session, person)


def row(session: Session, number: str) -> CaseRow:
    found = case_by_number(session, number)
    assert found is not None
    return found


def sent(database: Database, template: str) -> int:
    with database.read() as session:
        rows = select(func.count()).select_from(OutboxMessage)
        return session.scalar(rows.where(OutboxMessage.template == template)) or 0


def entered(database: Database, actor: Actor, **changes: object) -> Entered:
    written = replace(Written(EntryKind.PATROL, NOW, "走了一圈，路面干净"), **changes)  # type: ignore[arg-type]
    with database.write() as session:
        return write_entry(session, COMMUNITY, written, actor=actor, now=NOW)


def test_r271_a_patrol_is_due_when_its_days_are_over_and_at_once_when_there_was_none() -> None:
    walked = patrol_of(NOW, date(2026, 11, 23), 7)
    assert not walked.due(date(2026, 11, 29))
    assert walked.due(date(2026, 11, 30))
    assert patrol_of(None, None, 7).due(date(2026, 11, 23))


def test_the_diary_is_written_soon_after_and_counts_people_without_names() -> None:
    assert why_not_written(NOW, NOW) is None
    assert why_not_written(NOW + DAY, NOW) is GridRefusal.NOT_YET
    assert why_not_written(NOW - 8 * DAY, NOW) is GridRefusal.TOO_LATE
    assert counted({Present.RESIDENTS: "6", Present.SHOPS: "0"}) == {"residents": 6}
    assert counted({Present.RESIDENTS: "王女士"}) is None
    assert counted({Present.RESIDENTS: "1000"}) is None


@pytest.mark.parametrize(("state", "event", "other"), [
    (State.REPORTED, Event.VERIFY_SPOT, Event.RECHECK_SPOT),
    (State.HANDLED, Event.RECHECK_SPOT, Event.VERIFY_SPOT),
])  # fmt: skip
def test_a_check_on_the_spot_looks_at_the_report_or_at_the_work(
    state: State, event: Event, other: Event
) -> None:
    who = ActorFacts(new_id(), frozenset({Permission.GRID_WORK}))
    assert why_not(event, CaseFacts(state), who, SPOT) is None
    assert why_not(event, CaseFacts(state), who, Offer()) is Refusal.REASON_MISSING
    assert why_not(other, CaseFacts(state), who, SPOT) is Refusal.WRONG_STATE


def test_whoever_handled_a_case_does_not_check_the_result_on_the_spot() -> None:
    me = new_id()
    who = ActorFacts(me, frozenset({Permission.GRID_WORK}))
    handled = CaseFacts(State.HANDLED, handler_id=me)
    assert why_not(Event.RECHECK_SPOT, handled, who, SPOT) is Refusal.HANDLED_IT
    of_unit = CaseFacts(State.HANDLED, unit_id=new_id())
    theirs = replace(who, of_unit=True)
    assert why_not(Event.RECHECK_SPOT, of_unit, theirs, SPOT) is Refusal.OF_THE_UNIT


def test_r270_a_team_has_six_kinds_for_a_time_and_the_public_reads_numbers_only(
    database: Database, tree: dict[str, Area], app: Flask
) -> None:
    with database.write() as session:
        desk = accounts.staff(session, "street_desk", area=tree[STREET])
        manager = accounts.actor(session, desk)
        member = accounts.person(session, "赵敏")
        for kind in MemberKind:
            new = NewMember(kind, "李四", since=NOW.date())
            add_member(session, COMMUNITY, new, actor=manager, now=NOW)
        mine = NewMember(MemberKind.VOLUNTEER, number=member.number)
        key = add_member(session, COMMUNITY, mine, actor=manager, now=NOW)
        with pytest.raises(Refused) as refused:
            add_member(session, COMMUNITY, mine, actor=manager, now=NOW)
        assert refused.value.code is GridRefusal.MEMBER_ALREADY
        with pytest.raises(Missing):
            add_member(session, "370283002001", mine, actor=manager, now=NOW)
    with database.read() as session:
        team = team_of(session, tree[COMMUNITY].id, NOW.date())
        assert [one.kind for one in team.members if one.core] == list(MemberKind)[:3]
        assert dict(team_counts(session, tree[COMMUNITY].id, NOW.date()))[
            MemberKind.VOLUNTEER
        ] == 2  # fmt: skip
        assert team_of(session, tree[COMMUNITY].id, NOW.date() - DAY).members == []
    page = Browser(app).in_language("en").get(f"/places/{COMMUNITY}", status=200)
    assert "Enforcement officers" in page.text
    assert "李四" not in page.text
    assert "赵敏" not in page.text
    with database.write() as session:
        end_member(session, COMMUNITY, key, actor=manager, now=NOW + DAY)
        with pytest.raises(Conflict):
            end_member(session, COMMUNITY, key, actor=manager, now=NOW + DAY)
    with database.read() as session:
        days = (NOW.date(), (NOW + DAY).date())
        now_and_then = [len(team_of(session, tree[COMMUNITY].id, day).members) for day in days]
        assert now_and_then == [7, 6]


def test_of_two_who_enter_the_same_member_one_does(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        manager = accounts.actor(session, accounts.staff(session, "street_desk", area=tree[STREET]))
        new = NewMember(MemberKind.VOLUNTEER, number=accounts.person(session).number)
    barrier = Barrier(2)

    def enter(_turn: int) -> str:
        barrier.wait()
        try:
            with database.write() as session:
                add_member(session, COMMUNITY, new, actor=manager, now=NOW)
        except Refused as refusal:
            return str(refusal.code)
        return "in"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(enter, range(2))) == ["grid.member_already", "in"]


def test_a_member_who_erases_her_account_leaves_the_team_and_no_row_names_her(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        manager = accounts.actor(session, accounts.staff(session, "street_desk", area=tree[STREET]))
        person = accounts.person(session, "赵敏")
        new = NewMember(MemberKind.VOLUNTEER, number=person.number)
        add_member(session, COMMUNITY, new, actor=manager, now=NOW)
        person_id = person.id
    with database.write() as session:
        erase_person(session, None, person_id, now=NOW + DAY)
    with database.read() as session:
        left = session.scalars(select(GridMember)).one()
        assert (left.person_id, left.name) == (None, None)
        assert left.until is not None


def test_r271_what_is_corrected_stays_readable_and_nothing_is_changed(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        mine, other = lead(session, tree), lead(session, tree, "road_head")
    first = entered(database, mine, present={"residents": 3})
    better = Written(EntryKind.PATROL, NOW, "走了两圈", present={"residents": 4})
    with database.write() as session:
        with pytest.raises(Forbidden):
            correct_entry(session, first.code, better, actor=other, now=NOW)
        second = correct_entry(session, first.code, better, actor=mine, now=NOW + DAY)
    with database.write() as session, pytest.raises(Conflict):
        correct_entry(session, first.code, better, actor=mine, now=NOW + DAY)
    with database.read() as session:
        entry = entry_by_code(session, first.code)
        assert entry is not None
        assert [one.seen for one in versions_of(session, entry)] == [
            "走了两圈",
            "走了一圈，路面干净",
        ]
        assert [one.code for one in entries_of(session, tree[COMMUNITY].id)] == [second.code]
        month = entries_between(session, tree[COMMUNITY].id, NOW - DAY, NOW + DAY)
        assert [one.present for one in month] == [{"residents": 4}]
    for change in ("UPDATE grid_entry SET present = ''", "DELETE FROM grid_entry"):
        with pytest.raises(DBAPIError, match="only added to"), database.write() as session:
            session.execute(text(change))


def test_r272_a_finding_becomes_a_report_of_the_patrol_in_the_same_step(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        mine = lead(session, tree)
    made = entered(database, mine, seen="北门有垃圾", report_as="litter")
    with database.read() as session:
        case = row(session, made.number or "")
        assert case.source is Source.COLLECTOR
        link = session.scalars(select(GridEntryCase)).one()
        assert (link.case_id, link.found) == (case.id, True)
        entry = entry_by_code(session, made.code)
        assert entry is not None
        assert [one.number for one in entry.cases] == [case.number]
        patrol = patrols_of(session, [area_row(session)], NOW)[tree[COMMUNITY].id]
        assert not patrol.due(NOW.date())
    with database.write() as session:
        stranger = accounts.staff(session, "grid_lead", area=tree["370283002"])
        foreign = accounts.actor(session, stranger)
        with pytest.raises(Missing):
            write_entry(
                session, COMMUNITY, Written(EntryKind.PATROL, NOW, "x"), actor=foreign, now=NOW
            )


def area_row(session: Session) -> AreaRow:
    found = area_by_code(session, COMMUNITY)
    assert found is not None
    return found


def test_the_interval_of_a_grid_is_its_own(database: Database, tree: dict[str, Area]) -> None:
    with database.write() as session:
        manager = accounts.actor(session, accounts.staff(session, "street_desk", area=tree[STREET]))
        with pytest.raises(Refused):
            set_patrol_days(session, COMMUNITY, 0, actor=manager, now=NOW)
        for days in (3, 2):
            set_patrol_days(session, COMMUNITY, days, actor=manager, now=NOW)
    with database.read() as session:
        assert patrols_of(session, [area_row(session)], NOW)[tree[COMMUNITY].id].every_days == 2


def test_a_check_kept_on_a_phone_arrives_once_and_its_photo_stays_inside(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        collector = lead(session, tree, "collector")
        number = file_report(session, answers(), actor=NOBODY, now=NOW).number
        owner = "phone"
        token = keep_upload(session, clean(), owner=owner, now=NOW)
    check = SpotCheck(number, Reason.SPOT_TRUE, "属实", KeptPhotos(owner, (token,)))
    key = new_key(NOW, CHANCE)
    barrier = Barrier(2)

    def send(_turn: int) -> bool:
        barrier.wait()
        with database.write() as session:
            return send_check(session, key, check, actor=collector, now=NOW)[1]

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, range(2))) == [False, True]
    with database.read() as session:
        events = session.scalars(
            select(CaseEvent).where(CaseEvent.event == Event.VERIFY_SPOT)
        ).all()
        assert [(one.reason_code, one.public) for one in events] == [("spot_true", False)]
        photo = photos_of(session, row(session, number))[0]
        assert (photo.review, photo.by_reporter) == (Review.WITHHELD, False)
        [line] = round_of(session, collector, NOW)
        assert line.checked
        assert row(session, number).state is State.REPORTED


def clean() -> CleanPhoto:
    return clean_photo(jpeg(), ZoneInfo("Asia/Shanghai"))


def test_the_collector_checks_on_the_page_and_a_phone_is_answered_in_json(
    database: Database, tree: dict[str, Area], app: Flask
) -> None:
    with database.write() as session:
        person = accounts.staff(session, "collector", area=tree[COMMUNITY])
        number = file_report(session, answers(), actor=NOBODY, now=now()).number
        foreign = reports.case(session, tree["370283002001"]).number
    browser = Browser(app).in_language("en")
    sign_in_as(browser, person)
    page = browser.get("/desk/grid", status=200)
    assert number in page.text
    assert foreign not in page.text
    page = browser.get(f"/desk/grid/check?number={number}", status=200)
    form = page.form(button="Send now")
    page = form.fill(words="没有找到").send("Send now", status=422)
    page = (
        page.form(button="Send now").fill(finding="spot_cannot_find").send("Send now", status=200)
    )
    assert "Checked on the spot" in page.text
    client = browser.client
    answer = phone(client, foreign)
    assert answer.status_code == 422
    assert "no case with this number" in answer.get_json()["errors"][0]["text"]
    at = now()
    told = phone(client, number, at).get_json()
    assert (told["number"], told["again"]) == (number, False)
    assert phone(client, number, at).get_json()["again"] is True
    shell = app.test_client().get("/desk/grid/shell")
    assert shell.status_code == 200
    assert b"csrf_token" not in shell.data


def phone(client: FlaskClient, number: str, at: datetime | None = None) -> Any:
    token = client.get("/reports/offline/token").get_json()["csrf_token"]
    key = new_key(at or now(), number.encode().hex()[:32].ljust(32, "0"))
    data = {"csrf_token": token, "draft_key": key, "number": number, "finding": "spot_gone"}
    return client.post("/desk/grid/check", data=data, headers={"Accept": "application/json"})


def test_r126_a_new_illegal_building_is_told_once_to_the_street_and_the_grid(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        for role, place in (("street_desk", STREET), ("grid_lead", COMMUNITY)):
            accounts.staff(session, role, area=tree[place])
        accounts.staff(session, "city_centre", area=tree["370283"])
        desk = accounts.actor(session, accounts.staff(session, "street_desk", area=tree[STREET]))
        given = answers(category_code="illegal_building", publish=None)
        number = file_report(session, given, actor=NOBODY, now=NOW).number
        other = file_report(session, answers(), actor=NOBODY, now=NOW).number
    # two desks and the grid lead, and not "a new report" besides; the city's desk not
    assert (sent(database, "desk.alert"), sent(database, "desk.reported")) == (3, 1)
    with database.read() as session:
        [alert] = alerts_for(session, desk, NOW + timedelta(minutes=35))
        assert (alert.number, alert.minutes, alert.left, alert.over) == (number, 35, 205, False)
        assert alerts_for(session, desk, NOW + timedelta(hours=5))[0].over
    with database.write() as session:
        reclassify_case(
            session, row(session, other), actor=desk, now=NOW, category_code="illegal_building"
        )
    assert sent(database, "desk.alert") == 6


def test_r126_of_two_who_tell_of_one_building_one_does(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        accounts.staff(session, "grid_lead", area=tree[COMMUNITY])
        made = reports.case(session, tree[COMMUNITY], category_code="illegal_building")
        number = made.number
    barrier = Barrier(4)

    def tell(_turn: int) -> bool:
        barrier.wait()
        with database.write() as session:
            return raise_alert(session, row(session, number), now=NOW)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(tell, range(4))) == [False, False, False, True]
    assert sent(database, "desk.alert") == 1
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(CaseAlert)) == 1


def test_r126_the_desk_compares_with_photos_of_the_same_place_and_of_no_other(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        desk = accounts.actor(session, accounts.staff(session, "street_desk", area=tree[STREET]))
        west = accounts.actor(
            session, accounts.staff(session, "street_desk", area=tree["370283002"])
        )
        new = reports.case(session, tree[COMMUNITY], category_code="illegal_building", at=NOW)
        near, far = (reports.case(session, tree[COMMUNITY], at=NOW - 9 * DAY) for _ in range(2))
        for made, east in ((new, 0.0), (near, 0.0003), (far, 0.003)):
            made.lon, made.lat = POINT[0] + east, POINT[1]
        shown = reports.photo(session, near)
        reports.photo(session, far)
        for photo in session.scalars(select(CasePhoto)):
            photo.created_at = NOW - 9 * DAY
        code, number = shown.code, new.number
    with database.read() as session:
        found = photos_of_place(session, row(session, number), desk)
        assert [one.code for one in found] == [code]
        assert 20 < found[0].metres < 40
        assert photos_of_place(session, row(session, number), west) == []


SITES = """code,place,name,builder,valid_from,valid_to,lon,lat,measures
A-1,370283001001,东阁工地,平度建设,2026-03-01,,119.9,36.7,洒水
A-2,370283001001,旧工地,平度建设,2025-03-01,2026-03-01,,,
X-1,110000001001,外地工地,外地建设,2026-03-01,,,,
"""
BROKEN = """code,place,name,builder,valid_from,valid_to,lon,lat
A-1,370283001001,东阁工地,平度建设,20206月底前,,,
A-1,370283001001,东阁工地,平度建设,2026-03-01,2026-02-01,,
A-3,370283999999,东阁工地,,2026-03-01,,,
A-4,370283001001,东阁工地,平度建设,2026-03-01,,10.0,10.0
"""


def test_r129_sites_come_by_list_with_their_days_and_wrong_rows_by_their_lines(
    database: Database, instance: Instance, tree: dict[str, Area], app: Flask
) -> None:
    city = instance.city
    with database.write() as session:
        for _ in range(2):
            report = import_sites(session, SITES.encode(), "sites.csv", city=city, now=NOW)
        assert (report.added, report.changed, report.foreign) == (0, 2, 1)
    with pytest.raises(BadData) as refused, database.write() as session:
        import_sites(session, BROKEN.encode(), "sites.csv", city=city, now=NOW)
    assert [line for line, _ in refused.value.problems] == [2, 3, 3, 4, 4, 5]
    with database.read() as session:
        standing = sites_in(session, tree[COMMUNITY].path, on=NOW.date())
        assert [site.code for site in standing] == ["A-1"]
    with database.write() as session:
        person = accounts.staff(session, "street_desk", area=tree[STREET])
        made = reports.case(session, tree[COMMUNITY], category_code="dust")
        made.lon, made.lat = POINT[0] + 0.001, POINT[1]
        number = made.number
    page = Browser(app).in_language("en").get(f"/places/{COMMUNITY}", status=200)
    assert "东阁工地" in page.text
    browser = Browser(app).in_language("en")
    sign_in_as(browser, person)
    assert "东阁工地" in browser.get(f"/desk/cases/{number}", status=200).text


def test_r271_the_diary_is_written_on_the_page_and_printed_by_the_month(
    database: Database, tree: dict[str, Area], app: Flask
) -> None:
    with database.write() as session:
        person: Person = accounts.staff(session, "grid_lead", area=tree[COMMUNITY])
    browser = Browser(app).in_language("en")
    sign_in_as(browser, person)
    page = browser.get(f"/desk/grid/{COMMUNITY}/diary/new", status=200)
    page = page.form(button="Keep").fill(seen="走了一圈", residents="三").send("Keep", status=422)
    assert "Write numbers only" in page.text
    form = page.form(button="Keep").fill(residents="3", report_as="litter")
    page = form.send("Keep", status=200)
    assert "Found here and reported" in page.text
    page = page.click("Correct the entry")
    page = page.form(button="Keep").fill(seen="走了两圈").send("Keep", status=200)
    assert "What stood there before" in page.text
    month = browser.get(f"/desk/grid/{COMMUNITY}/diary", status=200)
    assert "走了两圈" in month.text
    assert "走了一圈" not in month.text
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1
