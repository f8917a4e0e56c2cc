"""N1 and N3: free text beside the number of a case, or around it, hides nothing from the guard."""

from datetime import timedelta
from typing import Any

import pytest

from credit.rules.guard import ProtectedAct, Route
from credit.rules.process import MatterRefusal
from credit.rules.sources import is_volunteering, sources_in, tidy_source
from credit.service import mark_protected_act
from credit.service.process import GATES, Gates, check_proposals, propose
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.organisations.rules import OrganisationKind
from tests.credit.heard import objected
from tests.make.credit import DISTRICT
from tests.make.organisations import unit
from tests.make.process import (
    ANNOUNCED,
    CHECKED,
    DAY,
    HOUR,
    START,
    World,
    announced,
    proposed,
    wish,
    world,
)

CASE = "case:7K3M9-QX2HP"
HIDDEN = (
    "7K3M9-QX2HP", "case 7K3M9-QX2HP", "7K3M9-QX2HP, photo 2", "案件7K3M9-QX2HP的照片",
    "7K3M9–QX2HP", "７Ｋ３Ｍ９－ＱＸ２ＨＰ", "7k3m9 qx2hp 2026", "7K3M9—QX2HP/2",
    "matter:7K3M9-QX2HP",
    "a7K3M9QX2HPb", "7K3M9（补）QX2HP", "7K3M9_QX2HP",
)  # fmt: skip


@pytest.fixture
def made(database: Database) -> World:
    return world(database)


def route(made: World, **changes: Any) -> Route | None:
    """Where a proposal goes that the guard itself judges."""
    matter_id = proposed(made, **changes)
    check_proposals(made.database, CHECKED, gates=Gates(lambda *_: True, GATES.judge))
    return made.sent(matter_id)


def reported(made: World, source: str = CASE) -> None:
    with made.database.write() as session:
        mark_protected_act(
            session, district=DISTRICT, person_id=made.subject.id, phone=None,
            act=ProtectedAct.REPORT, source=source, at=START - DAY,
        )  # fmt: skip


@pytest.mark.parametrize("typed", HIDDEN)
def test_N1_a_case_is_known_again_whatever_is_typed_around_its_number(typed: str) -> None:
    assert CASE in sources_in(typed)
    assert CASE in sources_in("", [typed])


def test_N1_the_guard_finds_a_case_in_the_source_the_act_and_the_place(made: World) -> None:
    reported(made)
    assert route(made, source="市民来信") is Route.ORDINARY
    for typed in HIDDEN[:5]:
        assert route(made, source=typed) is Route.NEVER, typed
    assert route(made, source="巡查", act="见案件7K3M9-QX2HP") is Route.NEVER
    assert route(made, source="巡查", place="7k3m9 qx2hp 的门口") is Route.NEVER
    assert route(made, source="案件8K3M9-QX2HM") is Route.ORDINARY


def test_N1_a_deduction_somebody_objected_to_is_no_source_of_another(made: World) -> None:
    first = announced(made)
    objected(made, first)
    number = made.row(first).number
    later = ANNOUNCED + 2 * DAY
    for typed in (number, f"matter:{number}", f"自律记录{number}号"):
        again = proposed(made, source=typed, now=later)
        check_proposals(made.database, later + HOUR, gates=Gates(lambda *_: True, GATES.judge))
        assert made.sent(again) is Route.NEVER, typed


def test_N1_an_objection_binds_the_office_of_the_place_that_proposed(made: World) -> None:
    with made.database.write() as session:
        street = made.tree["370283001"]
        unit(session, "U-STREET", kind=OrganisationKind.STREET_OFFICE, area=street)
    first = announced(made, source="巡查")
    assert made.row(first).unit_id is None
    later = ANNOUNCED + 2 * DAY
    real = Gates(lambda *_: True, GATES.judge)
    before = proposed(made, source="再次巡查", now=later - 12 * HOUR - DAY)
    check_proposals(made.database, later - 11 * HOUR - DAY, gates=real)
    assert made.sent(before) is Route.ORDINARY
    objected(made, first)
    after = proposed(made, source="第三次巡查", now=later)
    check_proposals(made.database, later + HOUR, gates=real)
    assert made.sent(after) is Route.OUTSIDE


def test_a_source_of_nothing_but_a_number_is_kept_as_marks_spell_it() -> None:
    assert tidy_source(" 7k3m9 qx2hp ") == CASE
    assert tidy_source("案件：7K3M9–QX2HP") == CASE
    assert tidy_source("Matter：7k3m9qx2hp") == "matter:7K3M9-QX2HP"
    assert tidy_source(" 7K3M9-QX2HP, 照片 ") == "7K3M9-QX2HP, 照片"


@pytest.mark.parametrize(
    "typed",
    ["shift:12", "Shift:12", "shift：12", " SHIFT : 12", "见 patrol:4",
     "志愿服务 3 小时", "志願時長",
     "义工", "volunteer hours of May"],
)  # fmt: skip
def test_N3_volunteering_is_no_source_however_it_is_typed(made: World, typed: str) -> None:
    with pytest.raises(Refused) as error:
        made.do(
            propose, DISTRICT, wish(made, source=typed), actor=made.proposer, gates=made.gates,
            now=START + timedelta(minutes=1),
        )  # fmt: skip
    assert error.value.code is MatterRefusal.VOLUNTEER_HOURS


@pytest.mark.parametrize("typed", [CASE, "志愿者看见的", "healthcare: 2", "巡查发现"])
def test_N3_other_sources_stay(typed: str) -> None:
    assert not is_volunteering(typed)
