"""Facts that other packages tell: a shift done, a useful report. They can only ever give.

Told while the ledger stands still they wait: the caller's transaction is not broken, her shift is
done, whatever is wrong with the ledger. A job posts them under the rule that counted when they
happened.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from credit.queries.accounts import balance_of, consents, holder_of
from credit.queries.entries import award_of_source, left_to_take_back, sides_of
from credit.queries.rulebook import rules_for_fact
from credit.queries.waiting import WaitingRow
from credit.rules.canonical import Json
from credit.rules.kinds import Party
from credit.rules.leaf import Unit
from credit.rules.rulebook import GIVING, NotCounted, Rule, rule_at
from credit.service.accounts import open_account
from credit.service.due import settle_before
from credit.service.halting import is_halted
from credit.service.known import HALTED, Posted
from credit.service.points import award, correct
from credit.service.posting import Details, Outcome
from credit.service.sources import hash_source
from credit.service.waiting import forget_source, let_wait, say_erased, take_waiting
from portal.kernel.db import Database
from portal.kernel.ids import new_id


@dataclass(frozen=True)
class Holder:
    """Whom a fact is about: a person by her id, or a shop by the register's."""

    party: Party
    id: UUID

    @classmethod
    def person(cls, person_id: UUID) -> "Holder":
        return cls(Party.PERSON, person_id)

    @classmethod
    def shop(cls, organisation_id: UUID) -> "Holder":
        return cls(Party.SHOP, organisation_id)


def record_fact(
    session: Session,
    *,
    district: str,
    fact: str,
    source: str,
    holder: Holder,
    happened_at: datetime,
    now: datetime,
    times: int = 1,
    by: Mapping[str, str] | None = None,
) -> Outcome | NotCounted:
    """Post what a fact earns under the rule that counted when it happened.

    Idempotent by source: told again, the same entry comes back. A fact that a city has no rule
    for, or of somebody who did not ask for points, earns nothing, and that is no error. While the
    ledger stands still the fact waits (``NotCounted.WAITS``), and a job posts it later. ``by``: the
    unit that stands behind it, by language, for the person to read.
    """
    if times < 1:
        raise ValueError("a fact happened once or more often")
    rule = _counting(session, district, fact, holder, happened_at)
    if isinstance(rule, NotCounted):
        return rule
    # the person is part of it: of one shift each helper earns her own
    mine = hash_source(session, district, fact, source, holder.party, holder.id)
    told: dict[str, Json] = {"fact": fact, "source": source, "times": times}
    if by:
        told["by"] = dict(by)
    outcome = _give(session, district, rule, holder, mine, told, times, now)
    if outcome != HALTED:
        return outcome
    if earned := award_of_source(session, district, mine):
        return Posted(earned, again=True)
    let_wait(
        session, district, mine, told, party=holder.party, holder_id=holder.id,
        happened_at=happened_at, now=now,
    )  # fmt: skip
    return NotCounted.WAITS


def _counting(
    session: Session, district: str, fact: str, holder: Holder, happened_at: datetime
) -> Rule | NotCounted:
    """The rule under which a fact earns something for its holder, or why it earns nothing."""
    rule = rule_at(rules_for_fact(session, district, fact), happened_at)
    if rule is None:
        return NotCounted.NO_RULE
    if rule.points == 0 or rule.rule_class not in GIVING:
        return NotCounted.ENDED_RULE
    if holder.party is Party.PERSON and not consents(session, district, holder.id, lock=True):
        return NotCounted.NO_CONSENT
    return rule


def _give(
    session: Session,
    district: str,
    rule: Rule,
    holder: Holder,
    source_hash: bytes,
    told: Mapping[str, Json],
    times: int,
    now: datetime,
) -> Outcome:
    if is_halted(session):
        return HALTED
    account = open_account(session, district, holder.party, holder.id, Unit.POINTS, now=now)
    return award(
        session, district=district, entry_id=new_id(), account_id=account,
        amount=rule.points * times, rule=rule.name, source=source_hash,
        details=Details(str(told["source"]), {**told, "rule": rule.name}), now=now,
        until=rule.until(now),
    )  # fmt: skip


def retract_fact(
    session: Session,
    *,
    district: str,
    fact: str,
    source: str,
    holder: Holder,
    reason: str,
    now: datetime,
) -> Outcome | None:
    """Take back what a fact earned that turns out not to be so. None: there is nothing to take.

    One correction is written (L14): ``reason`` is what its holder reads in her ledger, where she
    can ask for it to be looked at again. What she spent or promised meanwhile stays hers: nobody
    falls below zero because an office was wrong. ``Rejected`` only while the ledger stands still;
    the caller asks again later. A fact that still waits is forgotten.
    """
    mine = hash_source(session, district, fact, source, holder.party, holder.id)
    forget_source(session, district, mine)
    earned = award_of_source(session, district, mine)
    moved = sides_of(earned) if earned else None
    if moved is None:
        return None
    if is_halted(session):
        return HALTED
    settle_before(session, district, moved.entry.id, now=now)
    # a purchase and an erasure that run now are over before anybody counts what is left
    balance = balance_of(session, district, moved.account_id, lock=True)
    left = min(left_to_take_back(session, moved), balance.available if balance else 0)
    if left < 1 or holder_of(session, district, moved.account_id) is None:
        return None
    return correct(
        session, district=district, entry_id=new_id(), of=moved.entry.id, amount=left,
        details=Details(f"entry:{moved.entry.id}", {"reason": reason}), now=now,
    )  # fmt: skip


def post_waiting(database: Database, now: datetime) -> int:
    """Write down what waited, each in a transaction of its own; how much. Nothing while the ledger
    stands still. What earns nothing any more (a consent was ended) is forgotten."""
    done = 0
    while True:
        with database.write() as session:
            row = None if is_halted(session) else take_waiting(session)
            if row is None:
                return done
            _write_down(session, row, now)
        done += 1


def _write_down(session: Session, row: WaitingRow, now: datetime) -> None:
    if row.party is None or row.holder_id is None:
        say_erased(session, row.district, row.content, now=now)
        return
    record_fact(
        session, district=row.district, **row.content, holder=Holder(row.party, row.holder_id),
        happened_at=row.happened_at, now=now,
    )  # fmt: skip
