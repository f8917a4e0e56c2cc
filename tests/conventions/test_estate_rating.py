"""Residents rate the property service of an estate: once a quarter, from the estate's own page."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.conventions.service.rating import rate_estate
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing
from portal.satisfaction.models import Rating
from portal.satisfaction.rules import Answers, Level, SubjectKind
from tests.make import communities as make
from tests.make.accounts import a_phone, actor, person, sign_in_as
from tests.make.areas import small_tree
from tests.make.together import at_once
from tests.pages import Browser

GOOD = Answers(solved=True, result=Level.SATISFIED, service=Level.VERY_SATISFIED)


class Living:
    """An estate and somebody who lives there."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as session:
            estate = make.estate(session, small_tree(session)["370283001001"])
            self.id, self.number = estate.id, estate.number
            self.her = person(session, phone=a_phone())
            self.actor = actor(session, self.her)

    def rate(self, seen: int = 0) -> str:
        try:
            with self.database.write() as session:
                rate_estate(session, self.actor, self.number, GOOD, seen=seen, now=now())
        except Conflict as refused:
            return refused.code.value
        return "kept"

    @property
    def ratings(self) -> list[Any]:
        with self.database.read() as session:
            return list(session.scalars(select(Rating)))


@pytest.fixture
def there(app: Flask, database: Database) -> Living:
    return Living(database)


def test_the_property_service_is_rated_once_a_quarter(there: Living) -> None:
    found = at_once(there.rate, there.rate)
    assert sorted(found) == ["kept", "rating.rated_meanwhile"]
    [row] = there.ratings
    assert (row.subject_kind, row.subject_id) == (SubjectKind.ESTATE, there.id)
    assert row.unit_key is not None
    assert there.rate(seen=1) == "kept"
    with there.database.write() as session, pytest.raises(Missing):
        rate_estate(session, there.actor, "NONE", GOOD, seen=0, now=now())


def test_the_page_of_the_estate_leads_to_the_rating(app: Flask, there: Living) -> None:
    her = Browser(app).in_language("en")
    sign_in_as(her, there.her)
    page = her.get(f"/estates/{there.number}").click("Rate the property service")
    page = page.form(button="Send").fill(solved="yes", result="2").send()
    assert "Please say how satisfied you are." in page.text
    page = page.form(button="Send").fill(service="1").send()
    assert page.url.endswith(f"/estates/{there.number}")
    assert len(there.ratings) == 1
