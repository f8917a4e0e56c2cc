"""What is not ours: the receipt says where to go, or it is handed over with a record."""

import json
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from portal.kernel.clock import city_day, now
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.instance import instance_of
from portal.kernel.outbox import OutboxMessage
from portal.reports.models import Case, CaseOutside
from portal.reports.queries.outside import bodies, outside_of
from portal.reports.rules.codes import Event, State
from portal.reports.rules.outside import OutsideKind, OutsideRefusal
from portal.reports.rules.reasons import Reason
from portal.reports.service.handling import take_step
from portal.reports.service.outside import HandOver, hand_over_case, refuse_case
from portal.site.jobs import compose
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.desk import City, small_city
from tests.make.reports import NOW
from tests.pages import Browser

LATER = NOW + timedelta(days=1)
PHONE = "+8613800001234"


@pytest.fixture
def city(app: Flask, database: Database) -> City:
    return small_city(app, database)


def messages(database: Database, app: Flask, language: str = "zh_Hans") -> list[str]:
    with database.read() as session, app.app_context():
        vault = instance_of(session).vault
        rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
        return [
            compose(row.template, json.loads(vault.unseal(row.sealed_facts or "")), language)
            for row in rows
        ]


def test_r045_a_matter_out_of_scope_gets_a_receipt_that_says_where_to_go(
    database: Database, app: Flask
) -> None:
    with database.write() as session:
        made = reports.case(session, small_tree(session)["370283001001"], phone=PHONE)
        row = reports.row_of(session, made)
        given = {"actor": reports.desk(), "now": LATER, "reason": Reason.OUT_OF_SCOPE}
        for nobody in (None, "", "moon"):
            with pytest.raises(Refused) as refusal:
                refuse_case(session, row, body=nobody, **given)
            assert refusal.value.code is OutsideRefusal.BODY_MISSING
        refuse_case(session, row, body="market", **given)
    [said] = messages(database, app)
    assert "市场监督管理部门 12315" in said


def test_r216_every_body_has_a_name_in_three_languages_and_emergencies_their_number() -> None:
    found = bodies()
    assert {"police", "fire", "ambulance", "court", "petition_office", "mayor_line"} <= set(found)
    assert [found[code].phone for code in ("police", "fire", "ambulance", "mayor_line")] == [
        "110", "119", "120", "12345",
    ]  # fmt: skip
    for body in found.values():
        assert all(body.names.values())
        assert all(body.when.values())


def test_r152_a_hand_over_is_recorded_told_and_no_closing(database: Database, app: Flask) -> None:
    with database.write() as session:
        made = reports.case(
            session, small_tree(session)["370283001001"], state=State.ACCEPTED, phone=PHONE
        )
        row = reports.row_of(session, made)
        to = HandOver("environment", " 环字〔2026〕12号 ", date(2026, 12, 20))
        moved = hand_over_case(session, row, actor=reports.desk(), now=LATER, to=to)
        assert (moved.state, moved.closed_at, moved.fed_back_at) == (
            State.HANDED_OVER, None, LATER,
        )  # fmt: skip
    with database.read() as session:
        kept = session.scalars(select(CaseOutside)).one()
        assert (kept.kind, kept.body, kept.reference, kept.answer_by) == (
            OutsideKind.HANDED_OVER, "environment", "环字〔2026〕12号", date(2026, 12, 20),
        )  # fmt: skip
        found = outside_of(session, moved)
        assert found is not None
        assert found.body.phone == "12345"
    assert "生态环境部门 12345" in messages(database, app)[-1]


def test_what_comes_back_is_accepted_again_and_names_nobody_any_more(database: Database) -> None:
    with database.write() as session:
        made = reports.case(session, small_tree(session)["370283001001"])
        row, desk = reports.row_of(session, made), reports.desk()
        past = HandOver("police", None, date(2026, 11, 1))
        with pytest.raises(Refused) as refusal:
            hand_over_case(session, row, actor=desk, now=LATER, to=past)
        assert refusal.value.code is OutsideRefusal.PAST_DAY
        row = hand_over_case(session, row, actor=desk, now=LATER, to=HandOver("police"))
        row = take_step(session, row, Event.TAKE_BACK, actor=desk, now=LATER)
        assert (row.state, row.accepted_at, row.fed_back_at) == (State.ACCEPTED, LATER, None)
        assert outside_of(session, row) is None


def test_the_desk_hands_over_and_everybody_reads_to_whom(city: City) -> None:
    number = city.case(state=State.ACCEPTED, listed=True)
    step = city.browser(city.desk).get(f"/desk/cases/{number}/hand-over")
    empty = step.form().fill(body="").send("Hand over to another authority", status=422)
    assert "Choose the authority" in empty.text
    sent = empty.form().fill(body="court", reference="民初1号", answer_by="9999-12-31")
    empty = sent.send("Hand over to another authority", status=422)
    assert "Write a day like" in empty.text
    empty = empty.form().fill(answer_by="2099-01-01")
    sent = empty.send("Hand over to another authority", status=422).form()
    assert "within one year" in sent.page.text
    sent.fill(answer_by=str(city_day(now(), ZoneInfo("Asia/Shanghai")) + timedelta(days=366)))
    page = sent.send("Hand over to another authority", status=200)
    assert "民初1号" in page.text
    public = Browser(city.app).in_language("en").get(f"/reports/{number}")
    assert "Court" in public.text
    assert "12368" in public.text
    assert "民初1号" not in public.text
    with city.database.read() as session:
        assert session.scalars(select(Case.state)).all() == [State.HANDED_OVER]


def test_r216_no_line_of_one_office_stands_among_the_telephones_of_all_cities() -> None:
    known = {"110", "119", "120", "122"} | {"12315", "12328", "12333", "12345", "12348"}
    assert {body.phone for body in bodies().values()} <= known | {"12368", "12388", ""}
