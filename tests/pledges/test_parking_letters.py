"""Letters of offers of parking: a line is the proof only of what it was sealed for."""

import pytest
from flask import Flask
from sqlalchemy import select

from pledges.models import ParkingOffer, Pledge
from pledges.queries.signing import signature_of
from pledges.rules.parking import (
    ParkingStep,
    Span,
)
from pledges.service.parking import change_offer, take_step
from portal.kernel.db import Database
from tests.make.accounts import sign_in_as
from tests.make.parking import Unit, unit, wish
from tests.pages import Browser


@pytest.fixture
def made(database: Database) -> Unit:
    return unit(database)


def test_the_letter_of_an_offer_that_says_something_else_shows_no_line_as_its_proof(
    app: Flask, made: Unit
) -> None:
    number = made.signed()
    made.do(take_step, made.desk, number, ParkingStep.SEND_BACK, "请写明时间", desk=True)
    with made.database.read() as session:
        old = session.scalars(select(Pledge)).one()
    browser = Browser(app).in_language("en")
    sign_in_as(browser, made.owner)
    address, proof = f"/me/pledges/{old.number}", "What exactly was sealed"
    # the letter ended, but the offer still says what it signed
    assert proof in browser.get(address, status=200).text
    made.do(change_offer, made.owner, number, wish(entrance="西门"), seen=made.version(number))
    assert proof in browser.get(address, status=200).text
    other = wish(entrance="西门", hours=[Span(5, 0, 1440)])
    made.do(change_offer, made.owner, number, other, seen=made.version(number))
    with made.database.read() as session:
        assert session.scalars(select(ParkingOffer)).one().pledge_id is None
    assert proof not in browser.get(address, status=200).text
    made.sign(number)
    assert made.read(signature_of, old.id, old.district) is None


def test_a_signature_that_does_not_give_its_hash_is_none(made: Unit) -> None:
    made.signed()
    with made.database.write() as session:
        row = session.scalars(select(Pledge)).one()
        assert signature_of(session, row.id, row.district) is not None
        session.scalars(select(ParkingOffer)).one().spaces += 1
        session.flush()
        assert signature_of(session, row.id, row.district) is None
