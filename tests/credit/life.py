"""A ledger in which everything has happened: rules, facts, purchases, deductions, expiries."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from credit.rules.kinds import Kind, Party
from credit.rules.leaf import Unit
from credit.service import (
    Details,
    Holder,
    correct,
    give_back_held,
    give_consent,
    publish_rule,
    record_fact,
    seal_statement,
    spend_held,
)
from credit.service.conduct import post_deduction, repair_deduction, void_deduction
from credit.service.due import settle_due
from credit.service.sealing import seal
from portal.kernel.db import Database
from portal.kernel.ids import id_at
from tests.credit.rulebook import shift_rule
from tests.credit.test_sealing import give
from tests.make.credit import DISTRICT, NOW, account, adult, posted, try_hold, try_notice

DAY = timedelta(days=1)
WHY = Details("desk:1")


@dataclass
class Life:
    """When it ended, and whom it was about."""

    now: datetime = NOW
    holders: list[Holder] = field(default_factory=list)
    accounts: list[UUID] = field(default_factory=list)
    conduct: list[UUID] = field(default_factory=list)
    _numbers: int = 0

    def entry_id(self) -> UUID:
        self._numbers += 1
        return id_at(self.now, self._numbers)

    def wish(self, **more: Any) -> dict[str, Any]:
        return {
            "district": DISTRICT, "entry_id": self.entry_id(), "details": WHY, "now": self.now,
            **more,
        }  # fmt: skip


def live(database: Database, days: int = 40) -> Life:
    """Some weeks of a district, sealed every few days; at the end a few entries wait."""
    life = Life()
    with database.write() as session:
        publish_rule(session, DISTRICT, shift_rule(NOW), actor_id=None, now=NOW)
        short = shift_rule(NOW, code="tidy", fact="tidied", points=3, life_days=5)
        publish_rule(session, DISTRICT, short, actor_id=None, now=NOW)
        for _ in range(3):
            who = adult(session).id
            give_consent(session, DISTRICT, who, now=NOW)
            life.holders.append(Holder.person(who))
            life.accounts.append(account(session, holder=who))
            life.conduct.append(account(session, Unit.CONDUCT, Party.PERSON, holder=who))
    seal(database, NOW)
    for day in range(days):
        life.now = NOW + (day + 1) * DAY
        settle_due(database, life.now)
        with database.write() as session:
            _day(session, life, day)
        if day % 4 == 3:
            seal(database, life.now)
    with database.write() as session:
        _day(session, life, days)
    return life


def _day(session: Session, life: Life, day: int) -> None:
    holder, mine = life.holders[day % 3], life.accounts[day % 3]
    for fact in ("shift_done", "tidied"):
        posted(
            record_fact(
                session, district=DISTRICT, fact=fact, source=f"shift:{day}", holder=holder,
                happened_at=life.now - timedelta(minutes=1), now=life.now, times=1 + day % 2,
            )
        )  # fmt: skip
    if day % 3 == 1:
        until = life.now + 9 * DAY
        hold = posted(try_hold(session, mine, 2, now=life.now, until=until)).entry.id
        if day % 2:
            spent = posted(spend_held(session, **life.wish(of=hold))).entry.id
            correct(session, **life.wish(of=spent, amount=1))
        elif day % 4:
            posted(give_back_held(session, **life.wish(of=hold)))
    if day % 5 == 2:
        _deduct(session, life, day)
    if day % 7 == 3:
        posted(seal_statement(session, **life.wish(kind=Kind.RELEASE, digest=bytes([day]) * 32)))


def _deduct(session: Session, life: Life, day: int) -> None:
    """Announced long ago, now posted and partly repaired, or voided; or left to lapse."""
    conduct = life.conduct[day % 3]
    then, until = life.now - 20 * DAY, life.now + 5 * DAY
    notice = try_notice(
        session, conduct, 4, now=then, until=until, entry_id=life.entry_id()
    )  # fmt: skip
    of = posted(notice).entry.id
    if day % 2:
        post = posted(post_deduction(session, **life.wish(of=of, life=8 * DAY))).entry.id
        posted(repair_deduction(session, **life.wish(of=post, amount=1)))
    elif day % 4 == 0:
        posted(void_deduction(session, **life.wish(of=of)))


def give_ruled(database: Database, count: int, mine: UUID | None = None) -> UUID:
    """Points under a rule that was published and sealed, as ``give`` without one."""
    if mine is None:
        with database.write() as session:
            publish_rule(session, DISTRICT, shift_rule(NOW, life_days=None), actor_id=None, now=NOW)
        seal(database, NOW)
    return give(database, count, mine)
