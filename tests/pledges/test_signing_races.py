"""Several at one door at once: two who sign, a new tenant and a signature."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pledges.models import DutyNotice, PremisesOperator
from pledges.rules.register import OperatorWish
from pledges.rules.signing import PledgeState
from pledges.service.premises import change_tenant
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from tests.make.accounts import actor
from tests.make.pledges import NOW
from tests.make.signing import Door, a_door, how_many
from tests.make.together import at_once


@pytest.fixture
def door(app: Flask, database: Database) -> Door:
    return a_door(database)


def outcome(act: Any) -> Any:
    def run() -> str:
        try:
            act()
        except Refused as told:
            return type(told).__name__
        return "done"

    return run


def test_of_two_who_sign_at_one_door_at_once_one_does(door: Door) -> None:
    found = at_once(*[outcome(door.sign) for _ in range(4)])
    assert sorted(found) == ["Conflict", "Conflict", "Conflict", "done"]
    assert len(door.pledges()) == how_many(door.database, DutyNotice) == 1


def test_a_code_that_is_sent_twice_at_once_signs_once(door: Door) -> None:
    code = door.ask()
    found = at_once(*[outcome(lambda: door.sign_by_code(code)) for _ in range(3)])
    assert found.count("done") == 1
    assert len(door.pledges()) == 1


def test_a_new_tenant_and_a_signature_at_once_leave_no_pledge_of_whoever_left(door: Door) -> None:
    def tenant() -> None:
        with door.database.write() as session:
            change_tenant(
                session, actor(session, door.desk), door.premises,
                OperatorWish("李建国", None, sole_trader=True), seen=door.operator, now=NOW,
            )  # fmt: skip

    found = at_once(outcome(door.sign), outcome(tenant))
    assert found[1] == "done"
    pledges = door.pledges()
    # it was signed first, and ended with its tenant; or it was not signed
    assert [row.state for row in pledges] == ([PledgeState.ENDED] if found[0] == "done" else [])
    with door.database.read() as session:
        now = session.scalars(
            select(PremisesOperator.number).where(PremisesOperator.ends_on.is_(None))
        ).one()
    assert now != door.operator
