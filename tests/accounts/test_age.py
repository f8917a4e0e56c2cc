"""An age band: said once by herself, raised by time or by a desk that looked, never a birthday."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import AgeStatement, Person
from portal.accounts.queries import age_band_of, age_history, age_of
from portal.accounts.rules import (
    AgeBand,
    AgeRefusal,
    Refusal,
    Seen,
    rises_on,
    why_not_confirm,
    why_not_state,
)
from portal.accounts.service import (
    Confirmation,
    NewPerson,
    add_person,
    confirm_age,
    erase_person,
    export_person,
    state_age,
)
from portal.accounts.service.age import PER_DESK
from portal.kernel.audit import AuditEntry
from portal.kernel.clock import now as clock_now
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Refused
from tests.make.accounts import actor, person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.together import at_once
from tests.pages import Browser

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
U, C, T, A = AgeBand.UNKNOWN, AgeBand.UNDER_14, AgeBand.UNDER_18, AgeBand.ADULT
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("band", "wanted", "why"),
    [
        (U, C, None), (U, T, None), (U, A, None), (A, A, None), (T, C, None),
        (U, U, AgeRefusal.NO_BAND), (T, U, AgeRefusal.NO_BAND), (A, U, AgeRefusal.NO_BAND),
        (C, T, AgeRefusal.TOO_EARLY), (C, A, AgeRefusal.TOO_EARLY), (T, A, AgeRefusal.TOO_EARLY),
        (A, T, AgeRefusal.ONLY_AT_DESK), (A, C, AgeRefusal.ONLY_AT_DESK),
    ],
)  # fmt: skip
def test_L1_a_minor_does_not_make_herself_grown_up(
    band: AgeBand, wanted: AgeBand, why: AgeRefusal | None
) -> None:
    assert why_not_state(band, wanted, TODAY, TODAY) is why


def test_L1_a_band_rises_when_the_least_age_in_it_has_surely_passed() -> None:
    assert rises_on(T, A, date(2022, 11, 22)) == TODAY
    assert why_not_state(T, A, date(2022, 11, 22), TODAY) is None
    assert why_not_state(T, A, date(2022, 11, 23), TODAY) is AgeRefusal.TOO_EARLY
    assert rises_on(C, T, date(2012, 2, 29)) == date(2026, 3, 1)
    assert rises_on(T, A, date(2024, 2, 29)) == date(2028, 2, 29)


def test_L1_a_parents_word_makes_nobody_grown_up() -> None:
    assert why_not_confirm(A, Seen.GUARDIAN) is AgeRefusal.GUARDIAN_IS_NO_PROOF
    assert why_not_confirm(T, Seen.GUARDIAN) is None
    assert why_not_confirm(A, Seen.IDENTITY_CARD) is None
    assert why_not_confirm(U, Seen.IDENTITY_CARD) is AgeRefusal.NO_BAND


def say(database: Database, who: UUID, band: AgeBand, at: datetime = NOW) -> None:
    with database.write() as session:
        state_age(session, actor(session, session.get_one(Person, who), at), band, now=at)


def somebody(database: Database) -> UUID:
    with database.write() as session:
        return person(session).id


def clerk(session: Any) -> Person:
    area = small_tree(session)["370283001001"]
    return staff(session, "community_committee", area=area)


def test_what_she_says_holds_and_is_added_to_her_history(database: Database) -> None:
    who = somebody(database)
    say(database, who, T)
    say(database, who, T, NOW + timedelta(hours=1))
    say(database, who, C, NOW + timedelta(days=1))
    with pytest.raises(Refused) as caught:
        say(database, who, A, NOW + timedelta(days=2))
    assert (caught.value.code, caught.value.field) == (AgeRefusal.TOO_EARLY, "band")
    with database.read() as session:
        assert age_band_of(session, who) is C
        known = age_of(session, who)
        assert known is not None
        assert (known.since, known.confirmed) == (NOW + timedelta(days=1), False)
        assert [(line.band, line.seen) for line in age_history(session, who)] == [
            (C, None), (T, None),
        ]  # fmt: skip
        noted = session.scalars(select(AuditEntry.action).where(AuditEntry.person_id == who))
        assert list(noted) == ["age:state", "age:state"]


def test_four_years_after_she_was_14_she_says_herself_that_she_is_18(database: Database) -> None:
    who = somebody(database)
    say(database, who, T)
    say(database, who, A, datetime(2030, 11, 22, 8, 0, tzinfo=UTC))
    with database.read() as session:
        assert age_band_of(session, who) is A


def test_a_card_of_the_desk_begins_the_history_and_no_row_means_the_first_day(
    database: Database,
) -> None:
    with database.write() as session:
        who = add_person(session, NewPerson(age_band=T), now=NOW).id
        session.flush()
        assert [line.band for line in age_history(session, who)] == [T]
        old = person(session, now=NOW)
        old.age_band = T
        session.flush()
        known = age_of(session, old.id)
        assert known is not None
        assert known.since == NOW


def test_the_desk_confirms_what_it_has_looked_at(database: Database) -> None:
    who = somebody(database)
    say(database, who, C)
    with database.write() as session:
        desk = clerk(session)
        by = actor(session, desk)
        number = session.get_one(Person, who).number
        confirm_age(session, by, number, Confirmation(A, Seen.IDENTITY_CARD), now=NOW)
        known = age_of(session, who)
        assert known is not None
        assert (known.band, known.confirmed) == (A, True)
        row = session.scalars(select(AgeStatement).where(AgeStatement.seen.is_not(None))).one()
        assert (row.by_id, row.seen) == (desk.id, Seen.IDENTITY_CARD)
        with pytest.raises(Refused) as caught:
            confirm_age(session, by, desk.number, Confirmation(A, Seen.IDENTITY_CARD), now=NOW)
        assert caught.value.code is AgeRefusal.ONESELF
        child = Confirmation(C, Seen.GUARDIAN)
        with pytest.raises(Refused) as caught:
            confirm_age(session, by, number, child, now=NOW)
        assert caught.value.code is Refusal.GUARDIAN_NEEDED
        confirm_age(session, by, number, Confirmation(C, Seen.GUARDIAN, True), now=NOW)
        noted = session.scalars(select(AuditEntry.action).where(AuditEntry.person_id == who))
        assert sorted(noted) == ["age:confirm", "age:confirm", "age:state", "guardian:agree"]


def test_only_who_may_confirms_and_nobody_types_numbers_all_day(database: Database) -> None:
    who = somebody(database)
    wish = Confirmation(A, Seen.IDENTITY_CARD)
    with database.write() as session:
        number = session.get_one(Person, who).number
        unit_less = staff(session, "road_head", area=small_tree(session)["370283001"])
        with pytest.raises(Forbidden):
            confirm_age(session, actor(session, unit_less), number, wish, now=NOW)
        desk = staff(session, "city_centre", area=None)
        by = actor(session, desk)
    codes = set()
    for _ in range(PER_DESK.limit + 1):
        with pytest.raises(Refused) as caught, database.write() as session:
            confirm_age(session, by, "7K3M9-QX2HD", wish, now=NOW)
        codes.add(caught.value.code)
    assert codes == {Refusal.UNKNOWN_PERSON, Refusal.TRY_IN_MINUTES}


def test_of_two_who_say_it_at_once_one_is_told_so(database: Database) -> None:
    """A band is one line of history for each change, whatever the order."""
    for _ in range(6):
        who = somebody(database)

        def act(band: AgeBand, who: UUID = who) -> str:
            try:
                say(database, who, band)
            except Conflict:
                return "told"
            except Refused as refusal:
                return str(refusal.code)
            return "kept"

        found = at_once(lambda: act(T), lambda: act(A))
        assert "kept" in found
        with database.read() as session:
            lines = [line.band for line in age_history(session, who)]
            assert len(lines) == found.count("kept")
            assert age_band_of(session, who) in lines
            # once "18 or older" is said, no press of hers leaves it
            if found[1] == "kept" and found[0] != "kept":
                assert age_band_of(session, who) is A


def test_P2_an_erased_account_has_no_age_and_an_export_has_all_of_it(database: Database) -> None:
    who = somebody(database)
    say(database, who, T)
    with database.write() as session:
        exported = export_person(session, who, now=NOW)["records"]["age_statement"]
        assert [row["band"] for row in exported] == ["under_18"]
        erase_person(session, None, who, now=NOW)
        assert age_of(session, who) is None
        assert session.scalars(select(AgeStatement)).all() == []


def signed_in(app: Flask, row: Person) -> Browser:
    browser = Browser(app).in_language("en")
    sign_in_as(browser, row)
    return browser


def test_her_page_asks_once_says_why_and_leads_back(app: Flask, database: Database) -> None:
    with database.write() as session:
        who = person(session)
    browser = signed_in(app, who)
    assert "not stated" in browser.get("/me").text
    page = browser.get("/me/age?next=/credit/conventions")
    assert "never your birthday" in page.text
    form = page.form()
    assert form.send(status=422).errors == ["Choose an age group."]
    page = browser.get("/me/age?next=/credit/conventions").form().fill(band="under_18").send()
    assert page.path == "/credit/conventions"
    page = browser.get("/me/age")
    assert "14 to 17" in page.text
    assert [one["value"] for one in page.soup.select("input[name=band]")] == ["under_14"]
    # what the page does not offer is not taken either
    form = page.form()
    form.values["band"] = "adult"
    assert form.send(status=422).errors
    page = browser.get("/me/age").form().fill(band="under_14").send()
    assert page.soup.select_one("a[href='/credit/guardian']")
    assert "said, not checked" in page.text


def test_an_adult_finds_no_button_that_undoes_it(app: Flask, database: Database) -> None:
    with database.write() as session:
        who = person(session)
    browser = signed_in(app, who)
    page = browser.get("/me/age").form().fill(band="adult").send()
    assert page.path == "/me/age"
    assert page.soup.select("input[name=band]") == []
    assert "the community desk corrects it" in page.text


def test_the_desk_page_confirms_and_the_person_sees_it(app: Flask, database: Database) -> None:
    with database.write() as session:
        who, desk = person(session), clerk(session)
    page = signed_in(app, desk).get("/desk/age")
    typed = page.form().fill(person=who.number, band="adult", seen="guardian").send(status=422)
    assert typed.errors == ["For “18 or older” look at an identity card or household booklet."]
    typed.form().fill(seen="identity_card").send(status=200)
    hers = signed_in(app, who).get("/me/age")
    assert "confirmed: identity card" in hers.text
    with database.read() as session:
        found = age_of(session, who.id)
        assert found is not None
        assert (found.band, found.since <= clock_now()) == (A, True)
