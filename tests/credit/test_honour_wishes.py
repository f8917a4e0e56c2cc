"""What a nominee wants: recorded, shown or declined, by link, on her page or on paper."""

import json
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.models import Honour, HonourVoice
from credit.queries.accounts import accounts_of, wrong_balances
from credit.queries.honours import (
    honours_of,
)
from credit.queries.own import details_of
from credit.rules.honours import (
    HonourRefusal,
    HonourState,
    Wish,
)
from credit.rules.kinds import Party
from credit.service import give_consent
from credit.service.honours.answering import Answer, answer_honour, asked_by_link, own_honour
from credit.service.honours.deciding import grant_honour
from credit.service.honours.nominating import nominate
from credit.service.honours.paper import answer_on_paper
from portal.accounts.models import Person
from portal.accounts.rules import AgeBand
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Missing
from portal.kernel.outbox import OutboxMessage
from tests.make.credit import DISTRICT, NOW
from tests.make.honours import (
    Street,
    asked,
    count,
    granted,
    honour_rule,
    nominated,
    refusal_of,
    shown,
    street,
    told,
)

DAY = timedelta(days=1)


@pytest.fixture
def city(database: Database) -> Street:
    return street(database)


# --- what the nominee wants -----------------------------------------------------------------------


def test_P6_who_is_silent_is_recorded_and_L6_shown_to_nobody(
    database: Database, city: Street
) -> None:
    with database.write() as session:
        row = asked(session, city)
        early = NOW + 15 * DAY - timedelta(seconds=1)
        assert refusal_of(lambda: grant_honour(session, city.desk, row.number, now=early)) is (
            HonourRefusal.NOT_ANSWERED
        )
        grant_honour(session, city.desk, row.number, now=NOW + 15 * DAY)
        [mine] = honours_of(session, city.nominee.id)
        assert (mine.state, mine.wish) == (HonourState.GRANTED, Wish.HIDDEN)
        assert shown(session, NOW + 15 * DAY) == []


def test_L6_she_is_shown_by_her_own_wish_only_and_gone_at_once(
    database: Database, city: Street
) -> None:
    with database.write() as session:
        row = granted(session, city)
        assert len(shown(session)) == 1
        mine = own_honour(session, city.nominee.id, row.number)
        answer_honour(session, mine, Answer(Wish.HIDDEN), now=NOW)
        assert shown(session) == []
        sealed = session.scalars(select(Honour.sealed_name)).one()
        assert sealed is None
        again = own_honour(session, city.nominee.id, row.number)
        answer_honour(session, again, Answer(Wish.SHOWN, "小王"), now=NOW)
        assert [found.name for found in shown(session)] == ["小王"]


def test_L6_who_is_not_of_age_is_not_shown(database: Database, city: Street) -> None:
    with database.write() as session:
        who = session.get_one(Person, city.nominee.id)
        who.age_band = AgeBand.UNDER_18
        row = asked(session, city)
        act = partial(answer_honour, session, row, Answer(Wish.SHOWN, "小王"), now=NOW)
        assert refusal_of(act) is HonourRefusal.TOO_YOUNG
        answer_honour(session, row, Answer(Wish.HIDDEN), now=NOW)


def test_P6_who_declines_leaves_no_words_and_is_not_asked_again_this_year(
    database: Database, city: Street
) -> None:
    with database.write() as session:
        row = asked(session, city)
        answer_honour(session, row, Answer(Wish.DECLINE), now=NOW)
        assert count(session, HonourVoice) == 0
        left = session.scalars(select(Honour)).one()
        assert (left.state, left.sealed_citation, left.sealed_name, left.link_hash) == (
            HonourState.DECLINED, None, None, None,
        )  # fmt: skip
        assert honours_of(session, city.nominee.id) == []
        with pytest.raises(Missing):
            own_honour(session, city.nominee.id, row.number)
        messages = session.scalars(select(OutboxMessage)).all()
        assert all(m.sealed_facts is None for m in messages)
        # nominated again by her neighbours and by staff: nothing is kept, nobody is told
        asked(session, city)
        nominate(session, city.committee, told(nominee=city.nominee.number), now=NOW)
        assert count(session, HonourVoice) == 0
        assert count(session, Honour) == 1


def test_who_declines_afterwards_gives_the_points_back_too(
    database: Database, city: Street
) -> None:
    honour_rule(database)
    with database.write() as session:
        give_consent(session, DISTRICT, city.nominee.id, now=NOW)
        row = granted(session, city)
        [account] = accounts_of(session, Party.PERSON, city.nominee.id)
        assert account.balance == 10
        mine = own_honour(session, city.nominee.id, row.number)
        answer_honour(session, mine, Answer(Wish.DECLINE), now=NOW)
        [account] = accounts_of(session, Party.PERSON, city.nominee.id)
        assert account.balance == 0
        assert shown(session) == []
        # what the entries say of it is gone; the entries add up
        told_of = details_of(session, DISTRICT, account.account_id).values()
        assert f"honour:{row.number}" not in {details["source"] for details in told_of}
        assert wrong_balances(session) == []


def link_of(session: Session) -> tuple[str, str]:
    """(token, receiver) of the message that waits."""
    vault = session.info["instance"].vault
    session.flush()
    row = session.scalars(
        select(OutboxMessage).where(OutboxMessage.template == "credit.honour_asked")
    ).one()
    facts = json.loads(vault.unseal(row.sealed_facts))
    return facts["link"].rpartition("/")[2], vault.unseal(row.sealed_to)


def test_the_link_opens_until_it_was_answered_and_only_its_hash_is_kept(
    database: Database, city: Street
) -> None:
    with database.write() as session:
        asked(session, city)
        token, _ = link_of(session)
        assert len(token) >= 22
        assert token not in repr(session.execute(select(Honour.__table__)).all())
        row = asked_by_link(session, token)
        answer_honour(session, row, Answer(Wish.HIDDEN), now=NOW)
        with pytest.raises(Missing):
            asked_by_link(session, token)
        with pytest.raises(Missing):
            asked_by_link(session, "x" * 32)


def test_P6_a_nominee_without_a_telephone_answers_on_paper(
    database: Database, city: Street
) -> None:
    with database.write() as session:
        row = asked(session, city)
        for who, error in ((city.desk, Forbidden), (city.other_desk, Missing)):
            with pytest.raises(error):
                answer_on_paper(session, who, row.number, Answer(Wish.HIDDEN), now=NOW)
        given = Answer(Wish.SHOWN, "王大姐")
        answer_on_paper(session, city.committee, row.number, given, now=NOW)
        grant_honour(session, city.desk, row.number, now=NOW)
        assert [found.name for found in shown(session)] == ["王大姐"]
        # she sees who typed it in
        noted = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "honour:answer_paper")
        ).one()
        assert noted.person_id == city.nominee.id
        assert noted.actor_id == city.committee.person_id
        answer_on_paper(session, city.committee, row.number, Answer(Wish.DECLINE), now=NOW)
        with pytest.raises(Conflict):
            answer_on_paper(session, city.committee, row.number, Answer(Wish.HIDDEN), now=NOW)
        shop = nominated(session, city, kind="civil_shop")
        with pytest.raises(Conflict):
            answer_on_paper(session, city.committee, shop.number, Answer(Wish.HIDDEN), now=NOW)
