"""Residents rate the self-government of their community: once a quarter, in no words."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.service import export_person
from portal.conventions.rules.rating import RatingRefusal, quarter_of
from portal.conventions.service.rating import my_community_rating, rate_community
from portal.conventions.service.signing import version_to_read
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Refused
from portal.satisfaction.models import Rating
from portal.satisfaction.rules import Answers, Level, SubjectKind
from tests.make.accounts import sign_in_as
from tests.make.signed import SIGNED_AT, Signing
from tests.pages import Browser

GOOD = Answers(solved=True, result=Level.SATISFIED, service=Level.VERY_SATISFIED)
BAD = Answers(solved=False, result=Level.DISSATISFIED, service=Level.SATISFIED)


@pytest.fixture
def town(app: Flask, database: Database) -> Signing:
    return Signing(database)


def test_a_quarter_ends_where_the_next_begins() -> None:
    assert quarter_of(date(2026, 12, 31)) == (8107, date(2027, 1, 1))
    assert quarter_of(date(2027, 1, 1)) == (8108, date(2027, 4, 1))


def test_N1_a_rating_is_of_the_community_and_counts_once_a_quarter(town: Signing) -> None:
    her = town.actors[0]
    town.act(rate_community, her, town.number, GOOD, seen=0)
    with pytest.raises(Conflict):
        town.act(rate_community, her, town.number, BAD, seen=0)
    town.act(rate_community, her, town.number, BAD, seen=1)
    later = SIGNED_AT + timedelta(days=92)
    town.act(rate_community, her, town.number, GOOD, seen=0, now=later)
    with pytest.raises(Refused) as caught:
        town.act(rate_community, town.committee, town.number, GOOD, seen=0)
    assert caught.value.code is RatingRefusal.OWN
    with town.database.write() as session:
        rows = session.scalars(select(Rating).order_by(Rating.cycle)).all()
        assert [(row.subject_kind, row.subject_id, row.result_level) for row in rows] == [
            (SubjectKind.SELF_GOVERNMENT, town.area.id, 4),
            (SubjectKind.SELF_GOVERNMENT, town.area.id, 2),
        ]
        # it enters a month's release, as one resident
        assert all(row.unit_key is not None and row.month is not None for row in rows)
        row = version_to_read(session, town.number)
        mine = my_community_rating(session, her, row, SIGNED_AT)
        assert mine is not None
        assert mine.answers.result is Level.DISSATISFIED
        told = export_person(session, town.people[0].id, now=SIGNED_AT)["records"]
    assert len(told["community_rating"]) == 2


def test_the_page_keeps_and_changes_an_answer(app: Flask, town: Signing) -> None:
    her = Browser(app).in_language("en")
    sign_in_as(her, town.people[0])
    page = her.get(f"/conventions/{town.number}/rate", status=200)
    page = page.form(button="Send").fill(solved="yes", result="2").send()
    assert "Please say how satisfied you are." in page.text
    page = page.form(button="Send").fill(service="1").send()
    assert "Your answer is kept" in str(page.soup)
    page = her.get(f"/conventions/{town.number}/rate", status=200)
    assert page.form(button="Send").values["service"] == "1"
