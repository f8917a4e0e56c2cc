"""Doors of their own: a behaviour that was seen (R259), and suggestions (R138, R167)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.accounts.rules import Permission
from portal.kernel.clock import now
from portal.kernel.config import Webhook
from portal.kernel.db import Database
from portal.kernel.errors import Missing, Refused
from portal.kernel.instance import Instance
from portal.kernel.outbox import Channel, OutboxMessage
from portal.reports.jobs import look_back_at_days
from portal.reports.models import (
    Case,
    CaseAnswer,
    CasePhoto,
    CaseReporter,
    CaseText,
    SupervisionListing,
)
from portal.reports.queries.counters import counts_by_place
from portal.reports.queries.desk import reach
from portal.reports.rules.codes import Event, Review, State
from portal.reports.rules.kinds import BEHAVIOUR, SUGGESTION
from portal.reports.service.desk import open_case
from portal.reports.service.handling import reclassify_case, take_step
from portal.reports.service.moderation import about_text, moderate_case
from tests.make import reports
from tests.make.desk import small_city
from tests.make.intake import COMMUNITY, cases, filed, ready, visitor
from tests.make.photos import jpeg
from tests.make.reports import NOW, row_of
from tests.pages import Browser, Page

DOOR, SUGGEST = "/reports/behaviour", "/reports/suggestion"
ACT = {"ask_subkind": "throwing", "ask_seen_at": "2026-01-05T08:30"}
TOLD = {"where": "东阁街道001社区", "words": "从楼上扔袋子，电话13800001297", "contact": "none"}
EXTRA = {"subkind": "throwing", "seen_at": "2026-01-05T08:30"}


@pytest.fixture
def reader(app: Flask, database: Database) -> Browser:
    ready(database)
    return visitor(app)


def _sent(reader: Browser) -> Page:
    form = reader.get(DOOR, status=200).form().fill(**ACT, **TOLD).attach("photos", jpeg())
    return form.send("Send to the authority", status=200)


def test_r259_an_act_a_place_and_a_time_are_taken_and_no_name_is_asked(
    reader: Browser, database: Database
) -> None:
    page = reader.get(DOOR, status=200)
    assert "Tell only what you saw yourself" in page.text
    asked = {str(tag.get("name")) for tag in page.soup.select("main form.form [name]")}
    assert not {name for name in asked if "name" in name or "person" in name}
    done = _sent(reader)
    assert done.h1 == "Your report was sent"
    (case,) = cases(database)
    assert (case.category_code, case.sealed, case.listed) == (BEHAVIOUR, True, False)
    with database.read() as session:
        kept = {row.key: row.value for row in session.scalars(select(CaseAnswer))}
        texts = list(session.scalars(select(CaseText)))
        assert kept == EXTRA
        assert all("13800001297" not in text.text for text in texts), "numbers are not kept"
        assert {text.review for text in texts} == {Review.WITHHELD}
        assert session.scalars(select(CasePhoto)).one().review is Review.WITHHELD
        assert session.scalars(select(CaseReporter)).one().sealed_name is None
    # the receipt works as that of any report
    code = done.soup.select(".receipt-code")[1].get_text(strip=True)
    track = visitor(reader.app).get("/track").form(button="Open the report")
    assert track.fill(number=case.number, code=code).send(status=200).text.count(case.number)


def test_r259_whatever_is_wrong_is_told_and_nothing_typed_is_lost(reader: Browser) -> None:
    page = reader.get(DOOR).form().fill(where="东阁街道001社区", contact="none")
    page = page.fill(ask_seen_at="2099-01-01T00:00").attach("photos", jpeg())
    again = page.send("Send to the authority", status=422)
    assert len(again.errors) >= 2
    assert again.form().values["where"] == "东阁街道001社区"
    assert again.soup.select("main .kept-photos img"), "the photo stays"
    done = again.form().fill(**ACT).send("Send to the authority", status=200)
    assert done.h1 == "Your report was sent"


def test_r025_a_behaviour_that_sounds_like_an_emergency_stops_once(reader: Browser) -> None:
    form = reader.get(DOOR).form().fill(**{**ACT, **TOLD, "words": "有人打架，流血了"})
    page = form.send("Send to the authority", status=200)
    assert page.soup.select_one("#alarm .notice a[href='tel:110']")
    assert page.form().send("Send to the authority", status=200).h1 == "Your report was sent"


def test_r259_a_second_press_makes_no_second_report(reader: Browser, database: Database) -> None:
    form = reader.get(DOOR).form().fill(**ACT, **TOLD)
    first, second = form.send_twice("Send to the authority")
    assert first.h1 == second.h1 == "Your report was sent"
    assert len(cases(database)) == 1


def _behaviour(database: Database) -> str:
    return filed(database, category_code=BEHAVIOUR, extra=EXTRA, area_code=COMMUNITY).number


def test_r259_no_step_of_staff_makes_a_behaviour_public(database: Database, app: Flask) -> None:
    ready(database)
    number = _behaviour(database)
    full = reports.staff(*Permission)
    with database.write() as session:
        case = row_of(session, session.scalars(select(Case)).one())
        text = session.scalars(select(CaseText)).first()
        assert text is not None
        session.execute(update(CaseText).values(review=Review.PENDING, review_reason=None))
        case = take_step(session, case, Event.ACCEPT, actor=full, now=NOW)
        assert case.listed is False
        with pytest.raises(Refused):
            moderate_case(session, case, [about_text(text.id, show=True)], actor=full, now=NOW)
    with database.write() as session:
        changed = {"actor": full, "now": NOW}
        case = reclassify_case(session, case, category_code="litter", **changed)
        session.execute(update(Case).values(listed=True))
        case = row_of(session, session.scalars(select(Case)).one())
        case = reclassify_case(session, case, category_code=BEHAVIOUR, **changed)
        assert (case.listed, case.sealed) == (False, True)
    with database.read() as session:
        assert counts_by_place(session, NOW, kinds=[BEHAVIOUR]) == {}
    stranger = visitor(app)
    assert number not in stranger.get("/reports/", status=200).text
    assert stranger.get(f"/reports/?category={BEHAVIOUR}").response.status_code == 422
    assert number not in stranger.get("/reports/?q=扔").text
    assert number not in stranger.get("/reports/map", status=200).text
    assert number not in stranger.get("/reports/map.geojson").text
    assert stranger.get(f"/reports/{number}").response.status_code == 404


def test_r259_only_who_may_read_behaviours_finds_one_at_the_desk(
    app: Flask, database: Database
) -> None:
    city = small_city(app, database)
    with database.write() as session:
        reports.category(session, BEHAVIOUR)
    number = _behaviour(database)
    for person, status in ((city.desk, 200), (city.centre, 200), (city.lead, 404)):
        answer = city.browser(person).get(f"/desk/cases/{number}").response
        assert answer.status_code == status, person.display_name
    lead = city.browser(city.lead).get("/desk/?task=all", status=200)
    assert number not in lead.text
    assert "从" not in lead.text
    reading = reports.staff(place="/370283/")
    with database.read() as session, pytest.raises(Missing):
        open_case(session, number, reading, NOW)
    with database.read() as session:
        found = session.scalars(select(Case.number).where(reach(reading, Permission.REPORT_READ)))
        assert found.all() == []
        may = reports.staff(Permission.BEHAVIOUR_READ, place="/370283/")
        found = session.scalars(select(Case.number).where(reach(may, Permission.REPORT_READ)))
        assert found.all() == [number]


def test_r138_a_suggestion_is_a_kind_of_its_own_with_a_promise_to_answer(
    reader: Browser, database: Database
) -> None:
    page = reader.get("/reports/new", status=200).click("Make a suggestion", status=200)
    form = page.form().fill(ask_subkind="charging", contact="none", publish="show")
    refused = form.fill(where="东阁街道001社区").send("Send the suggestion", status=422)
    assert any("words" in error for error in refused.errors)
    done = refused.form().fill(words="希望在北门装充电桩").send("Send the suggestion", status=200)
    assert "We shall answer by" in done.text
    (case,) = cases(database)
    assert (case.category_code, case.limit_minutes) == (SUGGESTION, 4800)
    with database.read() as session:
        assert session.scalars(select(CaseAnswer)).one().value == "charging"


def test_r167_neither_door_stands_in_the_list_of_problems(reader: Browser) -> None:
    page = reader.get("/reports/categories", status=200)
    assert "Behaviour that harms public order" not in page.text
    assert "Suggestion or thanks" not in page.text


def test_r259_a_behaviour_is_told_by_no_board_feed_program_or_webhook(
    app: Flask, database: Database
) -> None:
    instance: Instance = database.info["instance"]
    hook = Webhook("command", "https://hooks.example.org/in", secret="-".join(["made", "up"] * 8))
    config = replace(instance.config, webhooks=(hook,))
    database.info["instance"] = replace(instance, config=config)
    city = small_city(app, database)
    with database.write() as session:
        reports.category(session, BEHAVIOUR)
    long_ago = {"state": State.DISPATCHED, "at": now() - timedelta(days=20), "words": None}
    usual, inside = city.case(**long_ago), city.case(category_code=BEHAVIOUR, **long_ago)
    # the day's job lists both for supervision: they are late
    look_back_at_days(database, now())
    with database.read() as session:
        assert len(session.scalars(select(SupervisionListing)).all()) == 2
        sent = session.scalars(select(OutboxMessage))
        told = [row.subject for row in sent if row.channel is Channel.WEBHOOK]
    client, v2 = app.test_client(), "/open311/v2"
    month = f"start_date={now() - timedelta(days=30):%Y-%m-%dT%H:%M:%SZ}"
    addresses = ("/reports/board", "/feeds/reports.atom", "/feeds/reports.geojson")
    lists = (*addresses, f"{v2}/requests.json?{month}")
    pages = [str(told), *(client.get(address).text for address in lists)]
    assert [usual in page for page in pages] == [True] * 5
    assert [inside in page for page in pages] == [False] * 5
    assert client.get(f"{v2}/requests/{usual}.json").status_code == 200
    assert client.get(f"{v2}/requests/{inside}.json").status_code == 404
    assert client.get(f"{v2}/services/{BEHAVIOUR}.json").status_code == 404
    assert BEHAVIOUR not in client.get(f"{v2}/services.json").text
