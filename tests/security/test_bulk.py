"""Many cases at one press: beyond one's place, by another, too many, undone too late, unseen."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from time import process_time

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.accounts.models import RoleHolding
from portal.areas.models import Area
from portal.kernel import clock
from portal.kernel.db import Database
from portal.kernel.delivery import Letter, deliver_due
from portal.kernel.ids import new_id, new_token
from portal.kernel.outbox import OutboxMessage, OutboxState
from portal.reports.models import Case, CaseEvent, DeskBatch, DeskBatchCase
from portal.reports.rules.batches import UNDO_WINDOW, BatchAction
from portal.reports.rules.codes import Event, State
from portal.site.jobs import compose
from tests.make import reports
from tests.make.rows import case_row
from tests.security.town import COMMUNITY, NAME, WORDS, Town, build_town

ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OVER_THERE = "370283002001"
SPOT = {"lon": 119.9999, "lat": 36.7}


@pytest.fixture
def town(app: Flask, database: Database) -> Town:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    town = build_town(app, database)
    with database.write() as session:
        # ten metres apart, on both sides of the border between the streets
        session.execute(update(Case).where(Case.number == town.cases["fresh"]).values(**SPOT))
        beyond = area_at(session, OVER_THERE)
        at = clock.now() - timedelta(hours=9)
        for name, begun in (("over", State.REPORTED), ("over_open", State.ACCEPTED)):
            case = reports.case(session, beyond, at=at, phone="13800001281", state=begun)
            case.lon, case.lat = 120.0001, 36.7
            town.cases[name] = case.number
    return town


def area_at(session: Session, code: str) -> Area:
    return session.scalars(select(Area).where(Area.code == code)).one()


def check(town: Town, who: str, action: str, names: Sequence[str], **more: str) -> TestResponse:
    numbers = [town.cases.get(name, name) for name in names]
    query = {"action": action, "case": numbers, "task": "all", **more}
    return town.clients[who].get("/desk/batches/check", query_string=query)


def press(town: Town, who: str, action: str, wishes: Sequence[str], **more: str) -> TestResponse:
    client = town.clients[who]
    form = {"csrf_token": town.token(client), "idempotency_key": new_token(), "wish": wishes}
    query = {"action": action, "case": town.cases["fresh"], **more}
    return client.post("/desk/batches/check", query_string=query, data=form)


def undo(town: Town, who: str, number: str) -> TestResponse:
    client = town.clients[who]
    form = {"csrf_token": town.token(client), "idempotency_key": new_token()}
    return client.post(f"/desk/batches/{number}/undo", data=form)


def wish(town: Town, name: str, version: int = 1, unit_id: object = "") -> str:
    return f"{town.cases[name]}.{version}.{unit_id.hex if hasattr(unit_id, 'hex') else unit_id}"


def state(town: Town, name: str) -> State:
    with town.database.read() as session:
        return session.scalars(select(Case.state).where(Case.number == town.cases[name])).one()


def batches(town: Town) -> list[str]:
    with town.database.read() as session:
        return list(session.scalars(select(DeskBatch.number)).all())


def test_a_case_beyond_one_s_place_is_neither_shown_nor_moved(town: Town) -> None:
    for action in ("accept", "confirm", "dispatch", "reclassify"):
        page = check(town, "street_desk", action, ["fresh", "over"], kind="litter",
                     to=str(town.units["west"].id))  # fmt: skip
        assert page.status_code == 200
        lines = page.text.split("batch-lines")[-1]
        assert town.cases["over"] not in lines, action
        assert "李园" not in lines, action
        assert "西街环卫" not in lines, action
    west = town.units["west"].id
    for action in ("accept", "confirm", "dispatch"):
        refused = press(town, "street_desk", action, [wish(town, "over", 1, west)])
        assert refused.status_code == 422
        done = press(
            town, "street_desk", action, [wish(town, "over"), wish(town, "fresh", 1, west)]
        )
        page = town.clients["street_desk"].get(done.headers.get("Location", "/desk/"))
        assert town.cases["over"] not in page.text
    assert state(town, "over") is State.REPORTED
    with town.database.read() as session:
        moved = session.scalars(select(DeskBatchCase.case_id)).all()
        over = case_row(session, town.cases["over"])
        assert over.id not in moved
        assert over.version == 1


@ONE_ENGINE
def test_the_door_of_the_bulk_is_for_clerks_and_a_batch_for_who_made_it(town: Town) -> None:
    done = press(town, "street_desk", "accept", [wish(town, "fresh")])
    assert done.status_code == 303
    (number,) = batches(town)
    for who in ("nobody", "owner", "neighbour", "handling_unit", "verifier", "auditor",
                "administrator", "grid_lead"):  # fmt: skip
        assert check(town, who, "accept", ["fresh"]).status_code in {303, 403}, who
        answer = press(town, who, "accept", [wish(town, "fresh", 2)])
        assert answer.status_code in {303, 403}, who
        assert answer.headers.get("Location", "/sign-in").startswith("/sign-in"), who
    for who, client in town.clients.items():
        if who == "street_desk":
            continue
        assert client.get(f"/desk/batches/{number}").status_code in {303, 403, 404}, who
        assert undo(town, who, number).status_code in {303, 403, 404}, who
        shown = client.get(f"/desk/?task=all&done={number}")
        assert "desk-done" not in shown.text, who
        assert number not in client.get("/desk/batches/").text, who
    assert state(town, "fresh") is State.ACCEPTED
    assert undo(town, "street_desk", number).status_code == 303
    assert state(town, "fresh") is State.REPORTED


@ONE_ENGINE
def test_ten_thousand_numbers_are_refused_before_anything_is_looked_up(town: Town) -> None:
    many = [f"{town.cases['fresh']}.{at}." for at in range(10_000)]
    # of the processor: a busy machine is no slow page
    started = process_time()
    refused = press(town, "street_desk", "accept", many)
    assert refused.status_code == 422
    numbers = "&case=".join([town.cases["fresh"], *(f"{at:010d}" for at in range(3_000))])
    page = town.clients["street_desk"].get(f"/desk/batches/check?action=accept&case={numbers}")
    assert page.status_code in {200, 303, 414}
    assert len(page.data) < 300_000
    same = "&case=".join([town.cases["fresh"]] * 3_000)
    page = town.clients["street_desk"].get(f"/desk/batches/check?action=accept&case={same}")
    assert page.text.count('type="checkbox"') == 1
    assert process_time() - started < 10
    assert batches(town) == []
    assert state(town, "fresh") is State.REPORTED


ODD_WISHES = ("", ".", "..", "...", "%s.1.", "%s.-1.", "%s.1.1.1", "%s.99999999999999999999.",
              "%s.１.", "%s.1.\x00", "%s.1.00000000000000000000000000000000", "%s\x00.1.",
              "%s.1.nobody", "' OR 1=1 --.1.", "%s.1.%s")  # fmt: skip


def test_wishes_of_odd_shape_move_nothing_they_should_not(town: Town) -> None:
    number = town.cases["over"]
    for odd in ODD_WISHES:
        for action in BatchAction:
            answer = press(
                town, "street_desk", action, [odd.replace("%s", number)], kind="litter\x00"
            )
            assert answer.status_code in {303, 400, 404, 422}, odd
    assert state(town, "over") is State.REPORTED
    assert state(town, "fresh") is State.REPORTED


def test_an_undone_case_tells_nobody_and_a_done_one_once(town: Town) -> None:
    with town.database.write() as session:
        area = area_at(session, COMMUNITY)
        other = reports.case(
            session, area, phone="13800001282", at=clock.now() - timedelta(hours=9)
        )
        town.cases["other"] = other.number
        reports.reporter(session, session.scalars(select(Case).where(
            Case.number == town.cases["fresh"])).one(), phone="13800001283")  # fmt: skip
    for name in ("fresh", "other"):
        press(town, "street_desk", "accept", [wish(town, name)])
    sent: list[str] = []
    with town.database.read() as session:
        done = dict(session.execute(
            select(Case.number, DeskBatch.number)
            .join(DeskBatchCase, DeskBatchCase.case_id == Case.id)
            .join(DeskBatch, DeskBatch.id == DeskBatchCase.batch_id)
        ).all())  # fmt: skip
    assert undo(town, "street_desk", done[town.cases["fresh"]]).status_code == 303

    class Courier:
        def send(self, letter: Letter) -> None:
            sent.append(letter.text)

    later = datetime.now(UTC) + UNDO_WINDOW + timedelta(minutes=1)
    with town.app.app_context():
        couriers = {channel: Courier() for channel in OutboxMessage.channel.type.enum_class}
        deliver_due(town.database, couriers, compose, lambda: later)
    told = [text for text in sent if town.cases["other"] in text]
    assert len(told) == 1
    assert not [text for text in sent if town.cases["fresh"] in text]
    with town.database.read() as session:
        row = session.scalars(
            select(OutboxMessage).where(OutboxMessage.subject == f"case:{town.cases['fresh']}")
        ).all()
    assert {one.state for one in row} == {OutboxState.CANCELLED}
    assert not [one for one in row if one.sealed_to or one.sealed_facts], "wiped"


def test_every_press_and_its_undoing_stand_in_the_history_with_who_did_it(town: Town) -> None:
    press(town, "street_desk", "accept", [wish(town, "fresh")])
    (number,) = batches(town)
    undo(town, "street_desk", number)
    assert undo(town, "street_desk", number).status_code == 409
    clerk = town.people["street_desk"].id
    with town.database.read() as session:
        case = case_row(session, town.cases["fresh"])
        rows = session.execute(
            select(CaseEvent.event, CaseEvent.actor_id)
            .where(CaseEvent.case_id == case.id)
            .order_by(CaseEvent.id)
        ).all()
    assert [tuple(row) for row in rows[1:]] == [(Event.ACCEPT, clerk), (Event.UNDO, clerk)]
    page = town.clients["auditor"].get(f"/desk/cases/{town.cases['fresh']}").text
    assert page.count("东街窗口") >= 2


def test_the_time_to_undo_is_kept_by_the_service_and_not_by_the_page(town: Town) -> None:
    press(town, "street_desk", "accept", [wish(town, "fresh")])
    (number,) = batches(town)
    late = datetime.now(UTC) + UNDO_WINDOW + timedelta(seconds=5)
    with time_machine.travel(late, tick=False):
        assert undo(town, "street_desk", number).status_code == 409
    assert state(town, "fresh") is State.ACCEPTED


def test_who_lost_the_role_undoes_nothing_any_more(town: Town) -> None:
    press(town, "street_desk", "accept", [wish(town, "fresh")])
    (number,) = batches(town)
    with town.database.write() as session:
        session.execute(
            update(RoleHolding)
            .where(RoleHolding.person_id == town.people["street_desk"].id)
            .values(ended_at=clock.now())
        )
    assert undo(town, "street_desk", number).status_code in {303, 403}
    assert state(town, "fresh") is State.ACCEPTED


# --- what is proposed ---


def test_likely_duplicates_and_lists_end_at_the_border_of_one_s_place(town: Town) -> None:
    """Two cases, twenty metres apart, of two streets."""
    fresh, over = town.cases["fresh"], town.cases["over"]
    centre = town.clients["city_centre"].get(f"/desk/cases/{fresh}?task=all")
    assert over in centre.text.split('id="offer-title"')[1].split("</section>")[0]
    for who, client in town.clients.items():
        if who in {"city_centre", "auditor", "west_desk", "building_head", "liaison_officer"}:
            continue
        for url in (f"/desk/cases/{fresh}?task=all", f"/desk/cases/{fresh}", "/desk/?task=all",
                    "/desk/?task=open&place=/370283/", "/desk/?task=all&unit=&late=1",
                    "/desk/?task=all&place=/370283/370283002/", "/desk/grid",
                    f"/desk/?task=all&after=0~0~{'0' * 32}"):  # fmt: skip
            page = client.get(url, follow_redirects=True).text
            assert over not in page, (who, url)
            assert town.cases["over_open"] not in page, (who, url)
        typed = client.get(f"/desk/?number={over}", follow_redirects=True)
        assert typed.status_code in {403, 404} or typed.request.path == "/sign-in", who
        assert client.get(f"/desk/cases/{over}").status_code in {303, 403, 404}, who


def words_of(page: TestResponse) -> str:
    """What stands on a page for a reader."""
    main = BeautifulSoup(page.text, "html.parser").find("main")
    return " ".join(main.stripped_strings) if main else ""


def test_counts_beside_the_queue_count_one_s_own_only(town: Town) -> None:
    """The same numbers with and without another street's cases."""
    before = words_of(town.clients["street_desk"].get("/desk/?task=open"))
    with town.database.write() as session:
        area = area_at(session, OVER_THERE)
        for _ in range(7):
            reports.case(session, area, state=State.DISPATCHED, unit=town.units["west"])
    assert words_of(town.clients["street_desk"].get("/desk/?task=open")) == before
    assert words_of(town.clients["city_centre"].get("/desk/?task=open")) != before


@ONE_ENGINE
def test_a_unit_is_offered_no_proposals_and_no_name(town: Town) -> None:
    page = town.clients["handling_unit"].get(f"/desk/cases/{town.cases['sealed']}?task=all").text
    assert "offer-title" not in page
    assert NAME not in page
    assert WORDS not in page


@ONE_ENGINE
def test_one_key_gives_a_case_to_no_unit_beyond_its_place(town: Town) -> None:
    client, number = town.clients["street_desk"], town.cases["fresh"]
    for unit_id in (town.units["west"].id.hex, new_id().hex, "x", ""):
        form = {"csrf_token": town.token(client), "idempotency_key": new_token(), "version": "1",
                "unit": unit_id, "category": ""}  # fmt: skip
        answer = client.post(f"/desk/cases/{number}/confirm", data=form)
        assert answer.status_code == 422, unit_id
    assert state(town, "fresh") is State.REPORTED
    with town.database.read() as session:
        assert session.scalar(select(func.count()).select_from(DeskBatch)) == 0
