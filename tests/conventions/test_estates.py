"""Estates with five parties, and the filing register of owners' committees."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.rules import Actor
from portal.conventions.models import OwnersCommittee, OwnersMember
from portal.conventions.queries.estates import committees_page, members_of
from portal.conventions.rules.community import (
    CommunityRefusal,
    Party,
    TermAlarm,
    term_alarms,
)
from portal.conventions.service.estates import (
    CommitteeWish,
    FilingWish,
    MemberWish,
    PartyWish,
    add_member,
    end_committee,
    enter_committee,
    file_committee,
    name_my_seat,
    save_party,
)
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from tests.make import communities as make
from tests.make.accounts import actor, person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.conventions import COMMUNITY, NOW, TODAY
from tests.make.together import at_once
from tests.pages import Browser
from tests.reports.test_queries_per_page import counted

NOT_FILED = FilingWish("", "", None)


@pytest.mark.parametrize(
    ("elected", "ends", "filed", "alarms"),
    [
        (-100, 400, -80, ()),
        (-100, 90, -80, (TermAlarm.SOON,)),
        (-100, -1, -80, (TermAlarm.OVER,)),
        (-31, 400, None, (TermAlarm.NOT_FILED,)),
        (-30, 400, None, ()),
    ],
)
def test_r051_terms_that_end_and_elections_that_were_not_filed_raise_an_alarm(
    elected: int, ends: int, filed: int | None, alarms: tuple[TermAlarm, ...]
) -> None:
    days = [None if at is None else TODAY + timedelta(days=at) for at in (elected, ends, filed)]
    assert days[0] is not None
    assert days[1] is not None
    assert term_alarms(days[0], days[1], days[2], TODAY) == alarms


class There:
    """An estate, its street, its community and an owner."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as session:
            tree = small_tree(session)
            self.area = tree[COMMUNITY]
            self.street_person = staff(session, "street_desk", area=tree["370283001"])
            self.committee_person = staff(session, "community_committee", area=self.area)
            self.owner_person = person(session, "周建国")
            self.estate = make.estate(session, self.area).number
            self.street = actor(session, self.street_person)
            self.community = actor(session, self.committee_person)
            self.owner = actor(session, self.owner_person)

    def enter(self, filing: FilingWish = NOT_FILED, who: Actor | None = None) -> None:
        wish = CommitteeWish(TODAY - timedelta(days=9), TODAY, TODAY + timedelta(days=1800), filing)
        with self.database.write() as session:
            enter_committee(session, who or self.street, self.estate, wish, now=NOW)

    def number(self) -> str:
        with self.database.read() as session:
            return session.scalars(select(OwnersCommittee.number)).one()


@pytest.fixture
def there(database: Database) -> There:
    return There(database)


def test_of_two_committees_entered_at_once_there_is_one(there: There) -> None:
    def act() -> str:
        try:
            there.enter()
        except Conflict as told:
            return told.code.value
        return "entered"

    assert sorted(at_once(act, act)) == ["community.one_committee", "entered"]


def test_the_community_does_not_file_and_a_filing_has_number_and_day(there: There) -> None:
    with pytest.raises(Missing):
        there.enter(who=there.community)
    for filing in (
        FilingWish("街道", "备〔2026〕1号", None),
        FilingWish("街道", "", TODAY),
        FilingWish("街道", "备〔2026〕1号", TODAY + timedelta(days=1)),
        FilingWish("街道", "备〔2026〕1号", TODAY - timedelta(days=10)),
    ):
        with pytest.raises(Refused) as told:
            there.enter(filing)
        assert told.value.code is CommunityRefusal.FILING


def test_a_committee_is_filed_once_and_ends_with_its_seats(there: There) -> None:
    there.enter()
    number, filing = there.number(), FilingWish("东阁街道办事处", "备〔2026〕1号", TODAY)

    def act() -> str:
        try:
            with there.database.write() as session:
                file_committee(session, there.street, number, filing, now=NOW)
        except Conflict as told:
            return told.code.value
        return "filed"

    assert sorted(at_once(act, act)) == ["community.filed", "filed"]
    with there.database.write() as session:
        add_member(session, there.street, number, MemberWish("主任", "周建国", "", TODAY), now=NOW)
    with there.database.write() as session:
        end_committee(session, there.street, number, TODAY, now=NOW)
    with there.database.read() as session:
        assert session.scalars(select(OwnersMember.ends_on)).one() == TODAY
        assert committees_page(session, None) == []
    there.enter()


def test_a_member_is_named_only_while_she_wants_it(there: There) -> None:
    there.enter()
    number = there.number()
    with there.database.write() as session:
        add_member(session, there.street, number, MemberWish("主任", "周建国", "", TODAY), now=NOW)
        session.flush()
        row = session.scalars(select(OwnersMember)).one()
        row.person_id = there.owner_person.id
        of, seat = row.committee_id, row.id

    def names() -> list[str]:
        with there.database.read() as session:
            return [one.name for one in members_of(session, of)]

    assert names() == [""]
    for shown, told in ((True, ["周建国"]), (False, [""])):
        with there.database.write() as session:
            name_my_seat(session, there.owner, seat, shown=shown, now=NOW)
        assert names() == told
    with pytest.raises(Missing), there.database.write() as session:
        name_my_seat(session, there.street, seat, shown=True, now=NOW)


def test_two_who_write_one_party_leave_one(there: There) -> None:
    def act() -> None:
        wish = PartyWish(Party.PROPERTY_FIRM, "安居物业", "保洁、保安、维修", "0532-00000000")
        with there.database.write() as session:
            save_party(session, there.community, there.estate, wish, now=NOW)

    at_once(act, act)


def test_r051_r136_the_register_and_the_page_of_an_estate(
    app: Flask, there: There, browser: Browser
) -> None:
    street, community = Browser(app).in_language("en"), Browser(app).in_language("en")
    sign_in_as(street, there.street_person)
    sign_in_as(community, there.committee_person)
    form = community.get(f"/desk/estates/{there.estate}/party?party=street").form(button="Save")
    form.fill(title="东阁街道办事处", does="牵头协调", office_phone="0532-00000000").send()
    form = street.get(f"/desk/estates/{there.estate}/committee").form(button="Save")
    page = form.fill(
        elected_on="2026-01-10", term_starts_on="2026-02-01", term_ends_on="2026-01-01"
    ).send()
    assert "do not fit together" in page.text
    page.form(button="Save").fill(term_ends_on="2031-01-31").send()
    assert "Not filed within 30 days" in street.get("/desk/owners/", status=200).text
    desk = f"/desk/owners/{there.number()}"
    form = street.get(f"{desk}/members/new").form(button="Save")
    form.fill(office="主任", person="周建国", starts_on="2026-02-01").send()
    form = street.get(f"{desk}/filing").form(button="Save")
    form.fill(filing_number="备〔2026〕1号", filed_on="2026-02-03").send()
    public = browser.in_language("en").get(f"/estates/{there.estate}", status=200)
    assert "The property firm serves" in public.text
    assert "牵头协调" in public.text
    assert "备〔2026〕1号" in public.text
    assert "主任" in public.text
    assert "周建国" not in public.text
    community.get("/desk/owners/", status=403)


def test_a_long_register_takes_no_more_queries(
    app: Flask, there: There, database: Database
) -> None:
    street = Browser(app).in_language("en")
    sign_in_as(street, there.street_person)
    found = []
    for many in (1, 12):
        with database.write() as session:
            for at in range(many):
                make.owners(session, make.estate(session, there.area, title=f"{many}-{at}"))
        street.get("/desk/owners/")
        with counted(database) as statements:
            street.get("/desk/owners/", status=200)
        found.append(len(statements))
    assert found[0] == found[1]


def test_an_estate_of_elsewhere_is_missing(there: There) -> None:
    with there.database.write() as session:
        stranger = actor(session, person(session))
    with pytest.raises(Missing):
        there.enter(who=stranger)
