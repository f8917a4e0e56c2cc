"""Signatures at once: nobody and no household counts twice, and no yes outlives its signature."""

from collections import Counter
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from credit.models import BasisConsent
from portal.conventions.models import SignOn
from portal.conventions.rules.roll import RollProblem
from portal.conventions.rules.signing import Signer, SignRefusal
from portal.conventions.service.sheets import undo_lines
from portal.conventions.service.signing import withdraw_signature
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from tests.make.signed import Signing
from tests.make.together import at_once

HOUSE = Signer.HOUSEHOLD


@pytest.fixture
def town(app: Flask, database: Database) -> Signing:
    return Signing(database)


def trying(act: Any, *given: Any, **named: Any) -> Any:
    """An act whose refusal is a result."""

    def run() -> Any:
        try:
            act(*given, **named)
        except Refused as refusal:
            return refusal.code
        return None

    return run


def test_a_double_click_is_one_signature(town: Signing) -> None:
    found = at_once(*[trying(town.sign, 0)] * 3)
    assert Counter(found) == {None: 1, SignRefusal.SIGNED: 2}
    assert town.counts.people == 1


def test_two_of_one_household_and_a_sheet_are_one(town: Signing) -> None:
    found = at_once(
        trying(town.sign, 0, HOUSE, door="3-101"),
        trying(town.sign, 1, HOUSE, door="3-101"),
        trying(town.sheet, "王秀英,3-101"),
    )
    assert found.count(None) == 1
    assert set(found) <= {None, SignRefusal.HOUSEHOLD_SIGNED, RollProblem.BAD_LINES}
    assert town.counts.households == 1


def test_L5_no_yes_outlives_the_signature_it_came_with(town: Signing) -> None:
    town.make_basis()
    number = town.sign(0)
    at_once(
        trying(town.yes, 0), trying(town.act, withdraw_signature, town.actors[0], number)
    )  # fmt: skip
    with town.database.read() as session:
        stands = session.scalars(
            select(BasisConsent.person_id).where(BasisConsent.ended_at.is_(None))
        ).all()
    assert (town.counts.people, stands) == (0, [])


def test_a_sheet_undone_twice_is_undone_once(town: Signing) -> None:
    town.sheet("王秀英,3-101\n李明,3-102")
    with town.database.read() as session:
        numbers = session.scalars(select(SignOn.number)).all()
    found = at_once(
        *[trying(town.act, undo_lines, town.committee, one, whole=True) for one in numbers]
    )
    assert Counter(found) == {None: 1, SignRefusal.WITHDRAWN: 1}
    assert town.counts.households == 0
