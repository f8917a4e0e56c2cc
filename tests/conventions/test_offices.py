"""Offices in a community: whose name is read, who reads what was asked of a head, and for long."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.accounts.rules import Actor
from portal.conventions.models import Head
from portal.conventions.queries.community import (
    PAGE,
    errands_asked_by,
    errands_of_heads,
    errands_open,
    heads_of,
)
from portal.conventions.queries.estates import members_of
from portal.conventions.rules.community import ErrandState, HandlingEnd
from portal.conventions.service.errands import close_errand, errand_to_do
from portal.conventions.service.estates import hide_member_name
from portal.conventions.service.places import hide_head_name
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing
from tests.make import communities as make
from tests.make.accounts import actor, person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.conventions import COMMUNITY, NOW, TODAY
from tests.pages import Browser

DAY = timedelta(days=1)


class Offices:
    """A community with its committee, the street that files, and a head without an account."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as session:
            tree = small_tree(session)
            self.area = tree[COMMUNITY]
            self.desk_person = staff(session, "community_committee", area=self.area)
            self.desk = actor(session, self.desk_person)
            self.street = actor(session, staff(session, "street_desk", area=tree["370283001"]))
            head = make.head(session, self.area, "钱二嫂", named_at=NOW)
            self.head, self.head_id = head.number, head.id
            owners = make.owners(session, make.estate(session, self.area))
            self.owners, self.owners_id = owners.number, owners.id
            self.member = make.member(session, owners, named_at=NOW).id
            self.holder = actor(session, person(session, "孙桂英"))

    def names(self) -> list[str]:
        """What everybody reads."""
        with self.database.read() as session:
            heads = [one.name for one in heads_of(session, self.area.id)]
            return heads + [one.name for one in members_of(session, self.owners_id)]

    def audited(self) -> list[str]:
        with self.database.read() as session:
            noted = select(AuditEntry.subject).where(AuditEntry.action == "community:hide_name")
            return list(session.scalars(noted.order_by(AuditEntry.id)))


@pytest.fixture
def offices(database: Database) -> Offices:
    return Offices(database)


def test_L6_consent_to_a_public_name_is_taken_back_at_the_desk_without_an_account(
    offices: Offices,
) -> None:
    def hide_head(who: Actor) -> None:
        with offices.database.write() as session:
            hide_head_name(session, who, offices.head, now=NOW)

    def hide_member(who: Actor) -> None:
        with offices.database.write() as session:
            hide_member_name(session, who, offices.owners, offices.member, now=NOW)

    assert offices.names() == ["钱二嫂", "周建国"]
    for hide in (hide_head, hide_member):
        with pytest.raises(Missing):
            hide(offices.holder)
    hide_head(offices.desk)
    hide_member(offices.street)
    assert offices.names() == ["", ""]
    assert offices.audited() == [f"head:{offices.head}", f"owners_member:{offices.member}"]
    with pytest.raises(Conflict):
        hide_head(offices.desk)
    with pytest.raises(Conflict):
        hide_member(offices.street)


def test_the_desk_offers_it_where_a_name_is_shown(app: Flask, offices: Offices) -> None:
    browser = Browser(app).in_language("en")
    sign_in_as(browser, offices.desk_person)
    page = browser.get(f"/desk/communities/{COMMUNITY}", status=200)
    link = page.soup.select_one(f"main a[href='/desk/heads/{offices.head}/hide']")
    assert link is not None
    page = browser.get(str(link["href"]), status=200).form(button="Save").send()
    assert page.notices == ["Saved."]
    assert "not shown in public" in page.text
    assert "Show her name no more" not in page.text
    assert "钱二嫂" not in browser.get(f"/communities/{COMMUNITY}").text


def test_however_many_wait_none_is_forgotten_and_the_oldest_stands_first(
    offices: Offices,
) -> None:
    with offices.database.write() as session:
        head = session.scalars(select(Head)).one()
        asked = {"person_id": offices.holder.person_id}
        waiting = [make.errand(session, head, **asked).number for _ in range(PAGE + 3)]
        closed = {"state": ErrandState.DONE, "closed_at": NOW, **asked}
        done = [make.errand(session, head, **closed).number for _ in range(PAGE + 3)]
    with offices.database.read() as session:
        todo = errands_of_heads(session, {offices.head_id})
        mine = errands_asked_by(session, offices.holder.person_id)
        here = errands_open(session, offices.area.id)
    shown = waiting + done[:2:-1]
    assert [one.number for one in todo] == [one.number for one in mine] == shown
    assert [one.number for one in here] == waiting


def test_a_head_whose_term_is_over_reads_and_closes_nothing_any_more(
    app: Flask, offices: Offices
) -> None:
    with offices.database.write() as session:
        holder = person(session, "李四嫂")
        her = actor(session, holder)
        session.execute(update(Head).values(person_id=holder.id))
        number = make.errand(session, session.scalars(select(Head)).one()).number
    browser = Browser(app).in_language("en")
    sign_in_as(browser, holder)
    assert "三楼的灯坏了。" in browser.get("/me/offices/", status=200).text
    with offices.database.write() as session:
        session.execute(update(Head).values(ends_on=TODAY))
    with offices.database.read() as session:
        assert errand_to_do(session, her, number, now=NOW).number == number
        with pytest.raises(Missing):
            errand_to_do(session, her, number, now=NOW + DAY)
        assert errand_to_do(session, offices.desk, number, now=NOW + DAY).number == number
    with pytest.raises(Missing), offices.database.write() as session:
        close_errand(session, her, number, HandlingEnd.SETTLED, "好了。", now=NOW + DAY)
    with offices.database.write() as session:
        session.execute(update(Head).values(starts_on=TODAY - 900 * DAY, ends_on=TODAY - 800 * DAY))
    assert "三楼的灯坏了。" not in browser.get("/me/offices/", status=200).text
    browser.get(f"/me/errands/{number}", status=404)
