"""Facts earn points under the rule that counted when they happened, once, and only for those who
agreed; rules are published beforehand and sealed before they count."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.models import Entry
from credit.queries.accounts import accounts_of
from credit.queries.own import details_of
from credit.queries.rulebook import rules_for_fact, unsealed_rules
from credit.rules.kinds import ConsentRefusal, Kind, Party
from credit.rules.rulebook import NotCounted, Rule, RuleClass, RuleRefusal, rule_at
from credit.service import (
    Holder,
    Posted,
    end_consent,
    give_consent,
    publish_rule,
    record_fact,
)
from credit.service.sealing import seal
from portal.accounts.rules import AgeBand
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import new_id
from tests.credit.rulebook import shift_rule
from tests.make.accounts import person
from tests.make.credit import DISTRICT, NOW, adult
from tests.make.together import at_once

DAY = timedelta(days=1)


def publish(database: Database, rule: Rule, *, at: Any = NOW, sealed: bool = True) -> Rule:
    with database.write() as session:
        made = publish_rule(session, DISTRICT, rule, actor_id=None, now=at)
    if sealed:
        seal(database, at)
    return made


def willing(session: Session) -> Holder:
    who = adult(session)
    give_consent(session, DISTRICT, who.id, now=NOW)
    return Holder.person(who.id)


def tell(session: Session, holder: Holder, source: str = "shift:1", **changes: Any) -> Any:
    given = {
        "district": DISTRICT, "fact": "shift_done", "source": source, "holder": holder,
        "happened_at": NOW + DAY, "now": NOW + 2 * DAY,
    }  # fmt: skip
    return record_fact(session, **{**given, **changes})


def points(session: Session, holder: Holder) -> int:
    return sum(account.balance for account in accounts_of(session, holder.party, holder.id))


def test_a_fact_earns_what_its_rule_says_once_for_each_who_did_it(database: Database) -> None:
    publish(database, shift_rule(NOW))
    with database.write() as session:
        one, two = willing(session), willing(session)
        made = tell(session, one, times=3)
        assert isinstance(made, Posted)
        assert (made.entry.amount, made.entry.rule) == (6, "shift@1")
        assert made.entry.until == NOW + 2 * DAY + 365 * DAY
        assert tell(session, one, times=3) == Posted(made.entry, again=True)
        assert isinstance(tell(session, two), Posted)
        tell(session, one, "shift:2")
        assert (points(session, one), points(session, two)) == (8, 2)
        account = made.entry.credit_id
        assert account is not None
        assert details_of(session, DISTRICT, account)[made.entry.id] == {
            "fact": "shift_done", "rule": "shift@1", "source": "shift:1", "times": 3,
        }  # fmt: skip


def test_a_fact_told_by_several_at_once_earns_once(database: Database) -> None:
    publish(database, shift_rule(NOW))
    with database.write() as session:
        who = willing(session)

    def act() -> Any:
        with database.write() as session:
            return tell(session, who)

    outcomes = at_once(act, act, act)
    assert len({outcome.entry.id for outcome in outcomes}) == 1
    with database.read() as session:
        assert points(session, who) == 2


def test_L5_without_consent_nothing_is_written_and_that_is_no_error(database: Database) -> None:
    publish(database, shift_rule(NOW))
    with database.write() as session:
        who = Holder.person(adult(session).id)
        assert tell(session, who) is NotCounted.NO_CONSENT
        assert accounts_of(session, who.party, who.id) == []
        give_consent(session, DISTRICT, who.id, now=NOW)
        give_consent(session, DISTRICT, who.id, now=NOW)
        assert isinstance(tell(session, who), Posted)
        end_consent(session, DISTRICT, who.id, now=NOW)
        end_consent(session, DISTRICT, who.id, now=NOW)
        assert tell(session, who, "shift:2") is NotCounted.NO_CONSENT
        assert points(session, who) == 2
        give_consent(session, DISTRICT, who.id, now=NOW)
        assert isinstance(tell(session, who, "shift:2"), Posted)
        kinds = session.scalars(select(Entry.kind).where(Entry.kind == Kind.CONSENT)).all()
        assert len(kinds) == 3


def test_a_shop_needs_no_consent(database: Database) -> None:
    publish(database, shift_rule(NOW))
    with database.write() as session:
        assert isinstance(tell(session, Holder.shop(new_id())), Posted)


def test_L1_under_14_a_guardian_has_to_agree(database: Database) -> None:
    with database.write() as session:
        child = person(session)
        child.age_band = AgeBand.UNDER_14
        session.flush()
        with pytest.raises(Refused) as refused:
            give_consent(session, DISTRICT, child.id, now=NOW)
        assert refused.value.code is ConsentRefusal.GUARDIAN
        with pytest.raises(Missing):
            give_consent(session, DISTRICT, new_id(), now=NOW)


def test_N6_a_rule_counts_from_its_day_and_never_for_what_was_before(database: Database) -> None:
    publish(database, shift_rule(NOW + DAY))
    with database.write() as session:
        who = willing(session)
        before = NOW + DAY - timedelta(seconds=1)
        assert tell(session, who, happened_at=before) is NotCounted.NO_RULE
        assert isinstance(tell(session, who, happened_at=NOW + DAY), Posted)


def test_a_rule_is_sealed_before_it_counts(database: Database) -> None:
    publish(database, shift_rule(NOW), sealed=False)
    with database.write() as session:
        who = willing(session)
        assert tell(session, who) is NotCounted.NO_RULE
        assert [rule.name for rule in unsealed_rules(session, DISTRICT, NOW)] == ["shift@1"]
    seal(database, NOW + 2 * DAY)
    with database.write() as session:
        assert tell(session, who, happened_at=NOW + DAY) is NotCounted.NO_RULE
        assert isinstance(tell(session, who, happened_at=NOW + 2 * DAY), Posted)


def test_a_fact_counts_under_the_version_of_its_day(database: Database) -> None:
    publish(database, shift_rule(NOW))
    publish(database, shift_rule(NOW + 5 * DAY, version=1, points=7))
    publish(database, shift_rule(NOW + 9 * DAY, version=2, points=0))
    with database.write() as session:
        who = willing(session)
        for day, expected in ((4, 2), (5, 7), (8, 7)):
            made = tell(session, who, f"shift:{day}", happened_at=NOW + day * DAY)
            assert made.entry.amount == expected
        assert tell(session, who, "s", happened_at=NOW + 9 * DAY) is NotCounted.ENDED_RULE


def test_L11_no_rule_and_no_fact_takes_anything(database: Database) -> None:
    publish(database, shift_rule(NOW, rule_class=RuleClass.DEDUCTION))
    with database.write() as session:
        who = willing(session)
        assert tell(session, who) is NotCounted.ENDED_RULE
        assert points(session, who) == 0


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        (RuleRefusal.RETROACTIVE, {"valid_from": NOW - timedelta(seconds=1)}),
        (RuleRefusal.BAD_CODE, {"code": "Shift Hour"}),
        (RuleRefusal.BAD_CODE, {"fact": ""}),
        (RuleRefusal.BAD_POINTS, {"points": -1}),
        (RuleRefusal.BAD_LIFE, {"life_days": 0}),
        (RuleRefusal.BAD_LIFE, {"life_days": 1827}),
        (RuleRefusal.NO_SOURCE, {"source_text": " "}),
        (RuleRefusal.CHANGED, {"version": 3}),
    ],
)
def test_what_no_city_may_publish(
    database: Database, code: RuleRefusal, changes: dict[str, Any]
) -> None:
    with pytest.raises(Refused) as refused:
        publish(database, shift_rule(**{"valid_from": NOW, **changes}))
    assert refused.value.code is code


def test_versions_follow_each_other_and_one_fact_has_one_rule(database: Database) -> None:
    publish(database, shift_rule(NOW + 5 * DAY))
    for code, changes in (
        (RuleRefusal.RETROACTIVE, {"version": 1, "valid_from": NOW + DAY}),
        (RuleRefusal.OTHER_FACT, {"version": 1, "fact": "other"}),
        (RuleRefusal.OTHER_FACT, {"code": "second"}),
        (RuleRefusal.CHANGED, {"version": 0}),
    ):
        with pytest.raises(Refused) as refused:
            publish(database, shift_rule(**{"valid_from": NOW + 6 * DAY, **changes}))
        assert refused.value.code is code


def test_two_who_publish_the_next_version_at_once_publish_one(database: Database) -> None:
    def act() -> Any:
        try:
            return publish(database, shift_rule(NOW), sealed=False)
        except Conflict as conflict:
            return conflict.code

    outcomes = at_once(act, act, act)
    assert sum(isinstance(outcome, Rule) for outcome in outcomes) == 1
    assert outcomes.count(RuleRefusal.CHANGED) == 2
    with database.read() as session:
        assert len(rules_for_fact(session, DISTRICT, "shift_done")) == 1
        statements = select(Entry.id).where(Entry.kind == Kind.RULE_PUBLISHED)
        assert len(session.scalars(statements).all()) == 1


def test_the_statement_of_a_rule_seals_every_word_of_it(database: Database) -> None:
    made = publish(database, shift_rule(NOW))
    with database.read() as session:
        (read,) = rules_for_fact(session, DISTRICT, "shift_done")
        digest = session.scalar(select(Entry.digest).where(Entry.kind == Kind.RULE_PUBLISHED))
    assert read.digest() == made.digest() == digest
    for name, value in (("title", "x"), ("points", 3), ("valid_from", NOW + DAY)):
        assert Rule(**{**vars(read), name: value}).digest() != digest


def test_of_two_that_count_the_newer_one_holds() -> None:
    one = shift_rule(NOW, version=1, sealed_at=NOW)
    two = shift_rule(NOW, version=2, sealed_at=NOW + DAY)
    assert rule_at([one, two], NOW - DAY) is None
    assert rule_at([one, two], NOW) == one
    assert rule_at([two, one], NOW + DAY) == two


def test_holders_are_people_or_shops() -> None:
    number = UUID(int=1)
    assert Holder.person(number) == Holder(Party.PERSON, number)
    assert Holder.shop(number) == Holder(Party.SHOP, number)
