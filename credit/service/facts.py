"""Facts that other packages tell: a shift done, a useful report. They can only ever give."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from credit.queries.accounts import consents
from credit.queries.rulebook import rules_for_fact
from credit.rules.kinds import Party
from credit.rules.leaf import Unit
from credit.rules.rulebook import NotCounted, Rule, RuleClass, rule_at
from credit.service.accounts import open_account
from credit.service.points import award
from credit.service.posting import Details, Outcome
from credit.service.sources import hash_source
from portal.kernel.ids import new_id

_GIVING = frozenset({RuleClass.POSITIVE, RuleClass.HONOUR})


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
) -> Outcome | NotCounted:
    """Post what a fact earns under the rule that counted when it happened.

    Idempotent by source: told again, the same entry comes back. A fact that a city has no rule
    for, or of somebody who did not ask for points, earns nothing, and that is no error.
    """
    if times < 1:
        raise ValueError("a fact happened once or more often")
    rule = rule_at(rules_for_fact(session, district, fact), happened_at)
    if rule is None:
        return NotCounted.NO_RULE
    if rule.points == 0 or rule.rule_class not in _GIVING:
        return NotCounted.ENDED_RULE
    if holder.party is Party.PERSON and not consents(session, district, holder.id):
        return NotCounted.NO_CONSENT
    account = open_account(session, district, holder.party, holder.id, Unit.POINTS, now=now)
    return award(
        session,
        district=district,
        entry_id=new_id(),
        account_id=account,
        amount=rule.points * times,
        rule=rule.name,
        # the person is part of it: of one shift each helper earns her own
        source=hash_source(session, district, fact, source, holder.party, holder.id),
        details=_details(rule, source, fact, times),
        now=now,
        until=rule.until(now),
    )


def _details(rule: Rule, source: str, fact: str, times: int) -> Details:
    return Details(source, {"fact": fact, "rule": rule.name, "times": times})
