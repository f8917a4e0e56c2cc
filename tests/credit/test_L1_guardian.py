"""L1: under 14 nothing without a guardian; from 14 to 17 points, and never conduct."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credit.models import Consent, Entry, Guardianship
from credit.queries.accounts import consents
from credit.queries.guardian import guardian_agreed, last_request
from credit.rules.guardian import ANSWER_WITHIN, Ended, GuardianRefusal
from credit.rules.kinds import ConsentRefusal, LedgerRefusal
from credit.rules.leaf import Unit
from credit.service import Rejected, end_consent, give_consent
from credit.service.guardian import (
    agree_as_guardian,
    ask_guardian,
    end_as_child,
    end_as_guardian,
    request_for,
    settle_guardians,
)
from portal.accounts.models import Person
from portal.accounts.rules import AgeBand
from portal.accounts.service import erase_person, export_person
from portal.accounts.service.people import put_phone
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.outbox import OutboxMessage
from tests.make.accounts import a_phone, aged, person
from tests.make.credit import DISTRICT, NOW, account, adult, posted, try_notice
from tests.make.guard import asked, child
from tests.make.together import at_once

MINUTE = timedelta(minutes=1)
PHONE = "+8613800001278"


class Family:
    """A child, and somebody grown up with a phone; one request of the child."""

    def __init__(self, session: Session) -> None:
        self.child = child(session, now=NOW).id
        mother = person(session, phone=PHONE)
        mother.age_band = AgeBand.ADULT
        session.flush()
        self.mother = mother.id
        self.token = asked(session, session.get_one(Person, self.child), PHONE, now=NOW)

    def agree(self, session: Session, **changes: Any) -> None:
        wish: dict[str, Any] = {"states": True, "districts": [DISTRICT], "now": NOW, **changes}
        who = wish.pop("who", self.mother)
        agree_as_guardian(session, wish.pop("token", self.token), who, **wish)


@pytest.fixture
def family(database: Database) -> Family:
    with database.write() as session:
        return Family(session)


def refused(database: Database, act: Any, *given: Any, **named: Any) -> Any:
    with pytest.raises(Refused) as caught, database.write() as session:
        act(session, *given, **named)
    return caught.value.code


def number_of(session: Session, child_id: UUID) -> str:
    row = last_request(session, child_id)
    assert row is not None
    return row.number


def test_L1_under_14_nothing_is_written_down_without_a_guardian(
    database: Database, family: Family
) -> None:
    code = refused(database, give_consent, DISTRICT, family.child, now=NOW)
    assert code is ConsentRefusal.GUARDIAN
    with database.write() as session:
        family.agree(session)
        assert consents(session, DISTRICT, family.child)
        # she may end it alone, and say yes again while her guardian's stands
        end_consent(session, DISTRICT, family.child, now=NOW)
        assert not consents(session, DISTRICT, family.child)
        give_consent(session, DISTRICT, family.child, now=NOW)
        assert consents(session, DISTRICT, family.child)


def test_L1_a_yes_given_before_the_age_was_known_counts_nothing_for_a_child(
    database: Database,
) -> None:
    with database.write() as session:
        who = person(session)
        session.flush()
        give_consent(session, DISTRICT, who.id, now=NOW)
        assert consents(session, DISTRICT, who.id)
        aged(session, who.id, AgeBand.UNDER_14)
        assert not consents(session, DISTRICT, who.id)


@pytest.mark.parametrize("age", [AgeBand.UNDER_14, AgeBand.UNDER_18])
def test_L1_under_18_there_is_never_conduct_whoever_agreed(
    database: Database, family: Family, age: AgeBand
) -> None:
    with database.write() as session:
        family.agree(session)
        aged(session, family.child, age)
        give_consent(session, DISTRICT, family.child, now=NOW)
        mine = account(session, Unit.CONDUCT, holder=family.child)
        answer = try_notice(session, mine, 1)
        assert isinstance(answer, Rejected)
        assert answer.code is LedgerRefusal.NOT_ADULT
        posted(try_notice(session, account(session, Unit.CONDUCT), 1))


def test_L1_from_14_on_she_decides_herself(database: Database) -> None:
    with database.write() as session:
        who = person(session)
        who.age_band = AgeBand.UNDER_18
        session.flush()
        give_consent(session, DISTRICT, who.id, now=NOW)
        assert consents(session, DISTRICT, who.id)
    code = refused(database, ask_guardian, who.id, PHONE, language="en", now=NOW)
    assert code is GuardianRefusal.NOT_NEEDED


def test_L1_the_link_works_for_the_phone_it_was_sent_to_and_for_grown_ups_who_say_so(
    database: Database, family: Family
) -> None:
    def no(**changes: Any) -> Any:
        return refused(database, family.agree, **changes)

    with database.write() as session:
        stranger = adult(session).id
        unproved = person(session, phone=a_phone())
        session.get_one(Person, family.mother).phone_verified_at = None
    assert no() is GuardianRefusal.OTHER_PHONE
    assert no(who=stranger) is GuardianRefusal.OTHER_PHONE
    assert no(who=unproved.id) is GuardianRefusal.OTHER_PHONE
    with database.write() as session:
        session.get_one(Person, family.mother).phone_verified_at = NOW
    for age in (AgeBand.UNDER_14, AgeBand.UNDER_18):
        with database.write() as session:
            aged(session, family.mother, age)
        assert no() is GuardianRefusal.NOT_ADULT
    with database.write() as session:
        aged(session, family.mother, AgeBand.UNKNOWN)
    assert no(states=False) is GuardianRefusal.NOT_STATED
    with database.write() as session:
        family.agree(session)
        assert guardian_agreed(session, family.child)
        # her own age is not written down by it
        assert session.get_one(Person, family.mother).age_band is AgeBand.UNKNOWN


def test_L1_the_link_is_kept_as_a_hash_expires_and_is_good_once(
    database: Database, family: Family
) -> None:
    with database.write() as session:
        row = session.scalars(select(Guardianship)).one()
        assert family.token not in (row.token_hash or "")
        assert PHONE not in repr(vars(row))
        last = NOW + ANSWER_WITHIN - timedelta(seconds=1)
        assert request_for(session, family.token, family.mother, now=last)[1] is None
        with pytest.raises(Missing):
            request_for(session, family.token, family.mother, now=NOW + ANSWER_WITHIN)
        with pytest.raises(Missing):
            request_for(session, "no-such-token", family.mother, now=NOW)
        family.agree(session)
        with pytest.raises(Missing):
            family.agree(session)
        session.flush()
        sent = session.scalars(select(OutboxMessage)).one()
        assert (sent.sealed_to, sent.sealed_facts) == (None, None)


def test_L1_a_new_request_and_taking_it_back_close_the_link(
    database: Database, family: Family
) -> None:
    with database.write() as session:
        again = asked(session, session.get_one(Person, family.child), PHONE, now=NOW + MINUTE)
        with pytest.raises(Missing):
            family.agree(session)
        end_as_child(session, family.child, now=NOW + MINUTE)
        with pytest.raises(Missing):
            family.agree(session, token=again)
        assert not guardian_agreed(session, family.child)


def test_L1_whom_a_child_may_ask_and_how_often(database: Database, family: Family) -> None:
    def no(phone: str) -> Any:
        return refused(database, ask_guardian, family.child, phone, language="en", now=NOW)

    assert no("12") is GuardianRefusal.BAD_PHONE
    with database.write() as session:
        own = a_phone()
        put_phone(session, session.get_one(Person, family.child), own)
    assert no(own) is GuardianRefusal.OWN_PHONE
    with database.write() as session:
        for _ in range(2):
            ask_guardian(session, family.child, PHONE, language="en", now=NOW)
    assert no(PHONE) is GuardianRefusal.TOO_OFTEN


@pytest.mark.parametrize("by", ["guardian", "child"])
def test_L1_either_ends_it_and_nothing_more_is_written_down(
    database: Database, family: Family, by: str
) -> None:
    with database.write() as session:
        family.agree(session)
        number = number_of(session, family.child)
    with database.write() as session:
        if by == "guardian":
            end_as_guardian(session, number, family.mother, now=NOW + MINUTE)
        else:
            end_as_child(session, family.child, now=NOW + MINUTE)
        assert not consents(session, DISTRICT, family.child)
        # given and ended, both sealed
        assert session.scalar(select(func.count()).select_from(Entry)) == 2
        actions = session.scalars(
            select(AuditEntry.action).where(AuditEntry.action.startswith("ledger:"))
        ).all()
        assert sorted(actions) == ["ledger:guardian_agree", "ledger:guardian_end"]
    assert refused(database, give_consent, DISTRICT, family.child, now=NOW) is (
        ConsentRefusal.GUARDIAN
    )
    with pytest.raises(Refused), database.write() as session:
        end_as_guardian(session, number, family.mother, now=NOW)


def test_L1_nobody_ends_what_another_said(database: Database, family: Family) -> None:
    with database.write() as session:
        family.agree(session)
        stranger = adult(session).id
        with pytest.raises(Missing):
            end_as_guardian(session, number_of(session, family.child), stranger, now=NOW)
        with pytest.raises(Missing):
            end_as_child(session, stranger, now=NOW)


def test_L1_at_14_the_guardians_word_ends_and_she_is_asked_herself(
    database: Database, family: Family
) -> None:
    with database.write() as session:
        family.agree(session)
    assert settle_guardians(database, NOW) == 0
    with database.write() as session:
        aged(session, family.child, AgeBand.UNDER_18)
    assert settle_guardians(database, NOW + MINUTE) == 1
    with database.write() as session:
        row = last_request(session, family.child)
        assert row is not None
        assert (row.ended_by, row.holds) == (Ended.AGE, False)
        assert not consents(session, DISTRICT, family.child)
        give_consent(session, DISTRICT, family.child, now=NOW + MINUTE)
        assert consents(session, DISTRICT, family.child)


def test_L1_a_request_that_nobody_answers_lapses_and_keeps_no_number(
    database: Database, family: Family
) -> None:
    assert settle_guardians(database, NOW + ANSWER_WITHIN - MINUTE) == 0
    assert settle_guardians(database, NOW + ANSWER_WITHIN) == 1
    with database.read() as session:
        row = session.scalars(select(Guardianship)).one()
        assert (row.ended_by, row.phone_hash, row.token_hash) == (Ended.EXPIRED, None, None)


def test_L1_a_guardian_who_is_erased_says_nothing_any_more(
    database: Database, family: Family
) -> None:
    with database.write() as session:
        family.agree(session)
        told = export_person(session, family.mother, now=NOW)["records"]["credit_guardian"]
        assert [row["as"] for row in told] == ["guardian"]
        assert str(family.child) not in repr(told)
        erase_person(session, None, family.mother, now=NOW)
        assert not consents(session, DISTRICT, family.child)
        assert session.scalars(select(Guardianship.guardian_id)).one() is None


def test_L1_a_child_who_is_erased_leaves_nothing(database: Database, family: Family) -> None:
    with database.write() as session:
        family.agree(session)
        erase_person(session, None, family.child, now=NOW)
        assert session.scalar(select(func.count()).select_from(Guardianship)) == 0
        assert session.scalar(select(func.count()).select_from(Consent)) == 0


@pytest.mark.parametrize("_round", range(4))
def test_L1_a_yes_and_taking_it_back_at_once_leave_one_of_them(
    database: Database, family: Family, _round: int
) -> None:
    def act(run: Any) -> Any:
        try:
            with database.write() as session:
                run(session)
        except (Conflict, Missing):
            return False
        return True

    def take_back(session: Session) -> None:
        end_as_child(session, family.child, now=NOW)

    won = at_once(lambda: act(family.agree), lambda: act(take_back), lambda: act(family.agree))
    with database.read() as session:
        row = last_request(session, family.child)
        assert row is not None
        agreed = row.agreed_at is not None
        assert (won[0] or won[2]) is agreed
        assert not (won[0] and won[2])
        assert consents(session, DISTRICT, family.child) is (agreed and row.ended_at is None)


def test_L1_two_requests_at_once_leave_one_open(database: Database, family: Family) -> None:
    with database.write() as session:
        end_as_child(session, family.child, now=NOW)

    def ask() -> Any:
        try:
            with database.write() as session:
                ask_guardian(session, family.child, PHONE, language="en", now=NOW)
        except Refused as refusal:
            return refusal.code
        return "asked"

    assert "asked" in at_once(ask, ask)
    with database.read() as session:
        still = select(func.count()).where(Guardianship.ended_at.is_(None))
        assert session.scalar(still) == 1
