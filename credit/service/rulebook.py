"""Publishing rules: a new version with its statement, from a day that has not been (N6)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from credit.models import RuleVersion
from credit.queries.rulebook import rules_for_fact, versions_of
from credit.rules.kinds import MOST_AMOUNT, Kind, LedgerRefusal
from credit.rules.rulebook import MOST_LIFE_DAYS, Rule, RuleRefusal, is_rule_code
from credit.service.known import HALTED, Posted
from credit.service.posting import Details
from credit.service.statements import seal_statement
from portal.kernel.audit import note_action
from portal.kernel.errors import Conflict, Refused
from portal.kernel.ids import new_id


def publish_rule(
    session: Session, district: str, wish: Rule, *, actor_id: UUID | None, now: datetime
) -> Rule:
    """Publish the next version of a rule. It counts from its day, and not before it is sealed.

    ``wish.version`` is the version that its writer saw last (0 for a new rule): whoever wrote
    meanwhile is not overwritten.
    """
    check_rule(session, district, wish, now=now)
    rule = _next(wish)
    statement_id = new_id()
    outcome = seal_statement(
        session, district=district, entry_id=statement_id, kind=Kind.RULE_PUBLISHED,
        digest=rule.digest(), details=Details(f"rule:{rule.name}", rule.content()), now=now,
    )  # fmt: skip
    if outcome == HALTED:
        raise Refused(LedgerRefusal.HALTED)
    if not isinstance(outcome, Posted):
        raise TypeError("a new id cannot be taken")
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = (
        dialect.insert(RuleVersion)
        .values(
            district=district, code=rule.code, version=rule.version, fact=rule.fact,
            rule_class=rule.rule_class, points=rule.points, life_days=rule.life_days,
            title=rule.title, source_text=rule.source_text, evidence=rule.evidence,
            proposers=rule.proposers, valid_from=rule.valid_from, published_at=now,
            statement_id=statement_id,
        )
        .on_conflict_do_nothing()
        .returning(RuleVersion.version)
    )  # fmt: skip
    if session.scalar(row) is None:
        raise Conflict(RuleRefusal.CHANGED)
    note_action(
        session, at=now, actor_id=actor_id, action="rule:publish", subject=f"rule:{rule.name}"
    )
    return rule


def _next(wish: Rule) -> Rule:
    return Rule(
        code=wish.code,
        version=wish.version + 1,
        fact=wish.fact,
        rule_class=wish.rule_class,
        points=wish.points,
        life_days=wish.life_days,
        title=wish.title.strip(),
        source_text=wish.source_text.strip(),
        evidence=wish.evidence.strip(),
        proposers=wish.proposers.strip(),
        valid_from=wish.valid_from,
    )


def check_rule(session: Session, district: str, wish: Rule, *, now: datetime) -> None:
    """Whether a version could be published now. Raises Refused for what no city may publish."""
    if not (is_rule_code(wish.code) and is_rule_code(wish.fact)):
        raise Refused(RuleRefusal.BAD_CODE, field="code")
    if wish.valid_from < now:
        raise Refused(RuleRefusal.RETROACTIVE, field="valid_from")
    if not 0 <= wish.points <= MOST_AMOUNT:
        raise Refused(RuleRefusal.BAD_POINTS, field="points")
    if wish.life_days is not None and not 1 <= wish.life_days <= MOST_LIFE_DAYS:
        raise Refused(RuleRefusal.BAD_LIFE, field="life_days")
    if not (wish.title.strip() and wish.source_text.strip() and wish.evidence.strip()):
        raise Refused(RuleRefusal.NO_SOURCE, field="source_text")
    _check_others(session, district, wish)


def _check_others(session: Session, district: str, wish: Rule) -> None:
    """What the versions and rules that are there forbid."""
    versions = versions_of(session, district, wish.code)
    newest = versions[-1].version if versions else 0
    if newest != wish.version:
        raise Conflict(RuleRefusal.CHANGED)
    others = [rule.code for rule in rules_for_fact(session, district, wish.fact)]
    same_fact = all(rule.fact == wish.fact for rule in versions)
    if not same_fact or any(code != wish.code for code in others):
        raise Refused(RuleRefusal.OTHER_FACT, field="fact")
    if versions and versions[-1].valid_from > wish.valid_from:
        raise Refused(RuleRefusal.RETROACTIVE, field="valid_from")
