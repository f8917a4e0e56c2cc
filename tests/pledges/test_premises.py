"""The register of premises: by hand, from tables, and a change of tenant."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pledges.models import (
    PlaqueBinding,
    Pledge,
    PledgeEvent,
    Premises,
    PremisesEvent,
    PremisesOperator,
)
from pledges.rules.plaques import BindingEnd
from pledges.rules.premises import OperatorEnd, PremisesState, PremisesStep
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.register import (
    OperatorWish,
    PremisesFlaw,
    door_key,
    is_stray,
    read_cells,
)
from pledges.rules.signing import PledgeState, PledgeStep
from pledges.service.premises import change_premises, change_tenant
from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.instance import instance_of
from tests.make import pledges as make
from tests.make.accounts import actor
from tests.make.pledges import NOW, PHONE, TODAY
from tests.make.premises import LINE, OTHER, STREET, csv_of, enter, pledged, take_in, told, wish
from tests.make.together import at_once

NEW = OperatorWish("李四海", "+8613900000018", sole_trader=True)


def count(session: Session, table: Any) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize(
    ("column", "typed", "flaw"),
    [
        ("title", "", PremisesFlaw.EMPTY),
        ("title", "店" * 200, PremisesFlaw.LONG),
        ("title", '=HYPERLINK("x")', PremisesFlaw.STRAY),
        ("title", "\uff1dHYPERLINK(1)", PremisesFlaw.STRAY),
        ("title", "东阁\u202e铺", PremisesFlaw.STRAY),
        ("road", "胜利\u200b路", PremisesFlaw.STRAY),
        ("operator", "@SUM(1)", PremisesFlaw.STRAY),
        ("kind", "飞船", PremisesFlaw.KIND),
        ("trade", "飞船", PremisesFlaw.TRADE),
        ("heads", "-1", PremisesFlaw.HEADS),
        ("lon", "120", PremisesFlaw.POINT),
        ("lon", "nan", PremisesFlaw.POINT),
        ("sole_trader", "也许", PremisesFlaw.YES_NO),
        ("operator", "", PremisesFlaw.NO_OPERATOR),
    ],
)
def test_a_bad_cell_is_told_with_its_column(column: str, typed: str, flaw: PremisesFlaw) -> None:
    found, flaws = read_cells(LINE | {column: typed}, 7)
    assert found is None
    assert (flaw, column, 7) in {(one.code, one.column, one.line) for one in flaws}


def test_a_door_is_one_however_it_is_typed() -> None:
    same = {
        door_key("/a/b/", "胜利路", "12A号"),
        door_key("/a/b/", " 胜利 路", "１２a 号"),
    }
    assert len(same) == 1
    assert door_key("/a/b/", "胜利路1", "2号") != door_key("/a/b/", "胜利路", "12号")
    assert not is_stray("-1层 甲+乙")


def test_premises_stand_at_a_door_with_who_runs_them(database: Database, desk: Person) -> None:
    number = enter(database, desk)
    with pytest.raises(Refused) as refused:
        enter(database, desk, title="另一家", door="１２号")
    assert (refused.value.code, refused.value.field) == (PremisesFlaw.DOOR_TAKEN, "door")
    with database.read() as session:
        row = session.scalars(select(Premises)).one()
        assert (row.number, row.state, row.duty_version) == (number, PremisesState.OPEN, 1)
        runs = session.scalars(select(PremisesOperator)).one()
        vault = instance_of(session).vault
        assert vault.unseal(runs.sealed_name or "") == "王秀英"
        assert runs.phone_hash == vault.keyed_hash("phone", PHONE)
        steps = session.scalars(select(PremisesEvent.step).order_by(PremisesEvent.step)).all()
        assert set(steps) == {PremisesStep.REGISTER, PremisesStep.OPERATOR_COMES}


def test_another_street_is_not_mine_and_no_place_is_guessed(
    database: Database, desk: Person
) -> None:
    for place, flaw in ((OTHER, PremisesFlaw.NOT_YOURS), ("乌有", PremisesFlaw.PLACE_UNKNOWN)):
        with pytest.raises(Refused) as refused:
            enter(database, desk, place=place)
        assert (refused.value.code, refused.value.field) == (flaw, "place")
    with pytest.raises(Refused) as bad:
        enter(database, desk, phone="12")
    assert bad.value.code is PremisesFlaw.PHONE
    with database.read() as session:
        assert count(session, Premises) == count(session, PremisesOperator) == 0


def test_a_changed_duty_area_is_a_new_one_and_an_old_form_is_refused(
    database: Database, desk: Person
) -> None:
    number = enter(database, desk)
    for seen, words, version in ((1, "从店门到路沿石", 1), (2, "到路中线", 2)):
        with database.write() as session:
            new = wish(duty_words=words)
            change_premises(session, actor(session, desk), number, new, seen=seen, now=NOW)
        with database.read() as session:
            assert session.scalars(select(Premises.duty_version)).one() == version
    with pytest.raises(Conflict) as late, database.write() as session:
        change_premises(session, actor(session, desk), number, wish(), seen=1, now=NOW)
    assert late.value.code is PledgeRefusal.CHANGED
    enter(database, desk, door="14号")
    with pytest.raises(Refused) as taken, database.write() as session:
        change_premises(session, actor(session, desk), number, wish(door="14号"), seen=3, now=NOW)
    assert taken.value.code is PremisesFlaw.DOOR_TAKEN


def test_a_table_is_taken_in_whole(database: Database, desk: Person) -> None:
    lines = [LINE | {"door": f"{at}号"} for at in range(1, 13)]
    assert take_in(database, desk, csv_of(*lines)).added == 12
    book = Workbook()
    book.active.append(["店名", "类型", "行业", "道路", "门牌号", "所属社区"])
    book.active.append(["湖畔夜市", "夜市", "餐饮", "湖滨路", "1号", STREET])
    stream = BytesIO()
    book.save(stream)
    assert take_in(database, desk, stream.getvalue()).added == 1
    with database.read() as session:
        assert count(session, Premises) == 13
        # of the market nobody is known who runs it
        assert count(session, PremisesOperator) == 12


def test_every_bad_line_is_told_and_nothing_is_taken_in(database: Database, desk: Person) -> None:
    enter(database, desk, door="99号")
    lines = [
        LINE,
        LINE | {"title": "另一家", "door": "12 号"},
        LINE | {"door": "99号"},
        LINE | {"door": "3号", "title": "=HYPERLINK(1)"},
        LINE | {"door": "4号", "place": "乌有"},
        LINE | {"door": "5号", "phone": "12"},
        LINE | {"door": "6号", "title": "店" * 200},
        LINE | {"door": "7号", "place": OTHER},
    ]
    found = take_in(database, desk, csv_of(*lines))
    assert told(found) == [
        (3, PremisesFlaw.TWICE, "door"),
        (4, PremisesFlaw.DOOR_TAKEN, "door"),
        (5, PremisesFlaw.STRAY, "title"),
        (6, PremisesFlaw.PLACE_UNKNOWN, "place"),
        (7, PremisesFlaw.PHONE, "phone"),
        (8, PremisesFlaw.LONG, "title"),
        (9, PremisesFlaw.NOT_YOURS, "place"),
    ]
    assert found.flaws[0].facts == {"first": 2}
    with database.read() as session:
        assert count(session, Premises) == 1


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        (b"", PremisesFlaw.NO_FILE),
        (b"PK\x03\x04nothing", PremisesFlaw.UNREADABLE),
        (csv_of(LINE, header=("title", "kind", "trade", "road", "door")), PremisesFlaw.NO_COLUMN),
        (csv_of(), PremisesFlaw.NO_ROWS),
        (csv_of() + b"\na,b,c,d,e,f,g,h,i,j,k,l", PremisesFlaw.SPOILED),
        (b"x" * 5_000_001, PremisesFlaw.TOO_LARGE),
    ],
)
def test_what_is_no_table_of_the_register_is_refused(
    content: bytes, flaw: PremisesFlaw, database: Database, desk: Person
) -> None:
    assert {one.code for one in take_in(database, desk, content).flaws} == {flaw}


def test_a_change_of_tenant_ends_the_pledge_and_binds_the_plaque_anew(
    database: Database, tree: Mapping[str, Area], desk: Person
) -> None:
    number, before = pledged(database, tree)
    with database.write() as session:
        change_tenant(session, actor(session, desk), number, NEW, seen=before, now=NOW)
    with database.read() as session:
        old, new = session.scalars(select(PremisesOperator).order_by(PremisesOperator.id)).all()
        assert (old.ends_on, old.ended_why) == (TODAY, OperatorEnd.TENANT_CHANGE)
        assert new.ends_on is None
        pledge = session.scalars(select(Pledge)).one()
        assert (pledge.state, pledge.ended_at) == (PledgeState.ENDED, NOW)
        assert session.scalars(select(PledgeEvent.step)).one() is PledgeStep.TENANT_LEAVES
        bindings = session.scalars(select(PlaqueBinding)).all()
        ended, bound = sorted(bindings, key=lambda one: one.ended_at is None)
        assert (ended.operator_id, ended.ended_why) == (old.id, BindingEnd.TENANT_CHANGE)
        assert (bound.operator_id, bound.code) == (new.id, ended.code)
    with pytest.raises(Conflict), database.write() as session:
        change_tenant(session, actor(session, desk), number, NEW, seen=before, now=NOW)


def test_of_two_changes_of_tenant_at_once_one_is_told(
    database: Database, tree: Mapping[str, Area], desk: Person
) -> None:
    number, before = pledged(database, tree)

    def change() -> bool:
        try:
            with database.write() as session:
                change_tenant(session, actor(session, desk), number, NEW, seen=before, now=NOW)
        except Conflict:
            return False
        return True

    assert sorted(at_once(change, change)) == [False, True]
    with database.read() as session:
        assert count(session, PremisesOperator) == 2
        open_ones = PremisesOperator.ends_on.is_(None)
        assert len(session.scalars(select(PremisesOperator).where(open_ones)).all()) == 1


def test_nobody_signs_for_a_place_that_she_leaves_at_that_moment(
    database: Database, tree: Mapping[str, Area], desk: Person
) -> None:
    with database.write() as session:
        door = make.premises(session, tree[STREET])
        runs = make.operator(session, door)
        text = make.clauses(session, tree[STREET])
        number, before, runs_id = door.number, runs.number, runs.id

    def sign() -> bool:
        """What signing does: it locks the premises, then looks who runs them."""
        with database.write() as session:
            session.scalars(
                select(Premises).where(Premises.number == number).with_for_update()
            ).one()
            by = session.scalars(
                select(PremisesOperator)
                .where(PremisesOperator.id == runs_id, PremisesOperator.ends_on.is_(None))
                .execution_options(populate_existing=True)
            ).one_or_none()
            if by is not None:
                make.pledge(session, by, text, place_path=door.place_path)
            return by is not None

    def change() -> bool:
        with database.write() as session:
            change_tenant(session, actor(session, desk), number, NEW, seen=before, now=NOW)
        return True

    signed, changed = at_once(sign, change)
    assert changed
    with database.read() as session:
        states = session.scalars(select(Pledge.state)).all()
        assert states == ([PledgeState.ENDED] if signed else [])


def test_somebody_elses_premises_are_not_there(
    database: Database, tree: Mapping[str, Area], desk: Person
) -> None:
    with database.write() as session:
        other = make.premises(session, tree[OTHER]).number
    with pytest.raises(Missing), database.write() as session:
        change_tenant(session, actor(session, desk), other, NEW, seen="", now=NOW)
