"""What a community settles by itself: an act and a place, never a person, a fine or a deduction."""

import ast
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

import portal.conventions
from portal.accounts.rules import PersonalField
from portal.conventions.models import Handling, Head
from portal.conventions.queries.handling import counts_under
from portal.conventions.queries.listed import Sought, listed
from portal.conventions.queries.published import clauses_of_versions
from portal.conventions.rules.community import HandlingEnd, HandlingWay, HeadRole
from portal.conventions.rules.handling import HandlingRefusal, HandlingWish
from portal.conventions.rules.personal import PERSONAL_FIELDS
from portal.conventions.rules.published import ListState
from portal.conventions.service.handling import (
    close_handling,
    handling_here,
    keep_handling,
    keep_matter,
    matter_here,
)
from portal.kernel.clock import city_day
from portal.kernel.db import Database
from portal.kernel.errors import Missing, Refused
from tests.make import conventions as make
from tests.make.accounts import sign_in_as
from tests.make.conventions import TODAY
from tests.make.signed import SIGNED_AT, Signing, publish
from tests.make.together import at_once
from tests.pages import Browser

DAY = timedelta(days=1)
END = "End the handling"


@pytest.fixture
def town(app: Flask, database: Database) -> Signing:
    return Signing(database)


def clause_of(town: Signing) -> str:
    with town.database.read() as session:
        return clauses_of_versions(session, [town.version_id])[town.version_id][0].key


def keep(town: Signing, way: HandlingWay = HandlingWay.REMIND, **changes: Any) -> str:
    values = {"located": "3号楼楼道", "note": "请邻居把自行车挪开。", "clause": clause_of(town)}
    wish = HandlingWish(way, **values | changes)
    number: str = town.act(keep_handling, town.committee, town.number, wish)
    return number


def refused(code: Any, act: Any, *given: Any, **named: Any) -> None:
    with pytest.raises(Refused) as caught:
        act(*given, **named)
    assert caught.value.code is code


def test_a_reminder_is_kept_under_its_clause_and_closed_once(town: Signing) -> None:
    number = keep(town)
    with pytest.raises(Missing):
        town.act(lambda s, now: handling_here(s, town.actors[0], number))
    with town.database.read() as session:
        row = handling_here(session, town.committee, number)
    assert (row.heading, row.note, row.outcome) == ("楼道", "请邻居把自行车挪开。", None)

    def close() -> Any:
        try:
            return town.act(close_handling, row, HandlingEnd.AGREED)
        except Refused as refusal:
            return refusal.code

    assert sorted(map(str, at_once(close, close))) == ["None", HandlingRefusal.CLOSED]
    with town.database.read() as session:
        assert counts_under(session, town.version_id) == {HandlingWay.REMIND: 1}


def test_a_version_that_does_not_count_yet_is_neither_kept_to_nor_in_force(town: Signing) -> None:
    today = city_day(SIGNED_AT, ZoneInfo("Asia/Shanghai"))
    with town.database.write() as session:
        early = publish(session, town.of, 2, effective_from=today + DAY)
        alone = make.convention(session, town.area, title="明年起的公约")
        publish(session, alone, effective_from=today + 200 * DAY)
        wish = HandlingWish(HandlingWay.PUT_RIGHT, "3号楼")
        number, titles = early.number, {town.of.title, alone.title}
    with pytest.raises(Missing):
        town.act(keep_handling, town.committee, number, wish)
    # the old one counts until its eve, and the new one from its day
    town.act(keep_handling, town.committee, town.number, wish)
    town.act(keep_handling, town.committee, number, wish, now=SIGNED_AT + DAY)
    sought = Sought(state=ListState.IN_FORCE)
    with town.database.read() as session:
        assert {one.title for one in listed(session, sought, today)} == {town.of.title}
        later = listed(session, sought, today + 200 * DAY)
        assert {one.title for one in later} == titles


def test_P7_a_fine_a_number_of_somebody_and_no_clause_are_refused(town: Signing) -> None:
    refused(HandlingRefusal.FINE, keep, town, note="罚款五十元")
    refused(HandlingRefusal.PERSON, keep, town, note="电话 138 0013 8000")
    refused(HandlingRefusal.PERSON, keep, town, located="370283199001011234")
    refused(HandlingRefusal.NO_CLAUSE, keep, town, clause="")
    refused(HandlingRefusal.NO_CLAUSE, keep, town, clause="00000000-0000-0000-0000-000000000000")
    refused(HandlingRefusal.NO_PLACE, keep, town, located="  ")
    keep(town, HandlingWay.PUT_RIGHT, clause="")


def test_L6_a_record_has_no_field_for_a_person() -> None:
    """Whom it was about is written nowhere; the accounts in it are of those who keep it."""
    columns = set(Handling.__table__.c.keys())
    assert not {one for one in columns if "person" in one or "name" in one or "points" in one}
    personal: list[PersonalField] = [
        one for one in PERSONAL_FIELDS if one.table == "community_handling"
    ]
    assert [one.column for one in personal] == ["sealed_note"]


def test_L11_no_way_leads_from_a_convention_to_a_deduction() -> None:
    """Of the ledger's doors conventions use those that say whose yes stands, and those that give:
    nothing imports the due process, in which alone a deduction begins."""
    found = set[str]()
    for path in Path(portal.conventions.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                "credit.service"
            ):
                found |= {f"{node.module}.{one.name}" for one in node.names}
            assert not (isinstance(node, ast.Import) and node.names[0].name.startswith("credit"))
    forbidden = ("process", "conduct", "posting.", "correcting", "points")
    assert not [name for name in found if any(word in name for word in forbidden)]
    doors = {name.rpartition(".")[2] for name in found}
    assert not doors & {"propose", "award", "correct", "hold_points", "retract_fact"}


def head(town: Signing, at: int = 0, **changes: Any) -> str:
    with town.database.write() as session:
        row = Head(
            **{
                "area_id": town.area.id, "place_path": town.area.path, "role": HeadRole.BUILDING,
                "covers": "3号楼", "person_id": town.people[at].id, "made_at": SIGNED_AT,
                "starts_on": TODAY.replace(month=1), **changes,
            }
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.number


def test_a_building_head_closes_what_is_inside_her_building(town: Signing) -> None:
    building = head(town)
    wish = HandlingWish(HandlingWay.PUT_RIGHT, "3号楼楼道")
    number = town.act(keep_matter, town.actors[0], building, wish)
    with town.database.read() as session:
        row = matter_here(session, town.actors[0], number, SIGNED_AT)
        # she is head of no other, and nobody else of hers
        with pytest.raises(Missing):
            matter_here(session, town.actors[1], number, SIGNED_AT)
        assert handling_here(session, town.committee, number).covers == "3号楼"
    town.act(close_handling, row, HandlingEnd.SETTLED)
    refused(HandlingRefusal.NOT_HEAD, town.act, keep_matter, town.actors[0], "other", wish)
    with pytest.raises(Missing):
        town.act(keep_matter, town.actors[0], building, HandlingWish(HandlingWay.REMIND, "楼道"))
    with town.database.write() as session:
        session.scalars(select(Head)).one().ends_on = (SIGNED_AT - DAY).date()
    refused(HandlingRefusal.NOT_HEAD, town.act, keep_matter, town.actors[0], building, wish)


def test_the_pages_of_a_committee_and_of_a_head(app: Flask, town: Signing) -> None:
    head(town)
    desk = Browser(app).in_language("en")
    sign_in_as(desk, town.committee_person)
    page = desk.get(f"/desk/conventions/{town.number}/signatures/", status=200)
    page = page.click("Write down what was settled", status=200)
    form = page.form(button="Save")
    page = form.fill(way="remind", clause=clause_of(town), located="3号楼", note="罚款").send()
    assert "A community fines nobody" in page.text
    page = page.form(button="Save").fill(note="请挪车").send()
    assert "Reminded" in page.text
    page = page.click("3号楼", status=200).form(button=END).fill(outcome="agreed").send()
    assert "They agreed on something" in page.text
    anybody = Browser(app).in_language("en").get(f"/conventions/{town.number}/sign", status=200)
    assert "Reminded: 1" in anybody.text
    assert "3号楼" not in anybody.text
    her = Browser(app).in_language("en")
    sign_in_as(her, town.people[0])
    page = her.get("/me/building/new", status=200)
    page = page.form(button="Save").fill(located="3号楼楼道").send()
    page = page.click("3号楼楼道", status=200).form(button=END).fill(outcome="settled").send()
    assert "Settled" in page.text
    sign_in_as(her, town.people[1])
    assert "You are head of no building now." in her.get("/me/building/", status=200).text
    her.get("/me/building/new", status=404)
