"""Reads of the rules: every version, and since when each is sealed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from credit.models import Checkpoint, RuleVersion, Sealed
from credit.rules.rulebook import Rule


def _sealed_at() -> Any:
    """The first checkpoint that covers the statement of a version.

    It is the next larger one: looking for the earliest of all later ones would read them all.
    """
    return (
        select(Checkpoint.made_at)
        .join(Sealed, (Sealed.log == Checkpoint.log) & (Checkpoint.size > Sealed.seq))
        .where(Sealed.district == RuleVersion.district, Sealed.entry_id == RuleVersion.statement_id)
        .order_by(Checkpoint.size)
        .limit(1)
        .scalar_subquery()
    )


def _rules(session: Session, *conditions: ColumnElement[bool]) -> list[Rule]:
    statement = (
        select(
            RuleVersion.code, RuleVersion.version, RuleVersion.fact, RuleVersion.rule_class,
            RuleVersion.points, RuleVersion.life_days, RuleVersion.title, RuleVersion.source_text,
            RuleVersion.evidence, RuleVersion.proposers, RuleVersion.valid_from,
            _sealed_at().label("sealed_at"),
        )
        .where(*conditions)
        .order_by(RuleVersion.code, RuleVersion.version)
    )  # fmt: skip
    return [Rule(**row._mapping) for row in session.execute(statement)]


def rules_for_fact(session: Session, district: str, fact: str) -> list[Rule]:
    """All versions that speak of a fact, the oldest first."""
    return _rules(session, RuleVersion.district == district, RuleVersion.fact == fact)


def versions_of(session: Session, district: str, code: str) -> list[Rule]:
    """All versions of one rule, the oldest first."""
    return _rules(session, RuleVersion.district == district, RuleVersion.code == code)


def all_rules(session: Session, district: str) -> list[Rule]:
    """All versions of all rules."""
    return _rules(session, RuleVersion.district == district)


def unsealed_rules(session: Session, district: str, now: datetime) -> list[Rule]:
    """Versions whose day has come and that count nothing, because they are not sealed yet."""
    return [
        rule
        for rule in all_rules(session, district)
        if rule.sealed_at is None and rule.valid_from <= now
    ]


@dataclass(frozen=True)
class Publication:
    """When a version was published, and the number of its statement in the log once sealed."""

    published_at: datetime
    statement_id: UUID
    seq: int | None


def publications_of(session: Session, district: str, code: str) -> dict[int, Publication]:
    """Where each version of a rule was sealed, by version."""
    rows = session.execute(
        select(RuleVersion.version, RuleVersion.published_at, RuleVersion.statement_id, Sealed.seq)
        .outerjoin(
            Sealed,
            (Sealed.district == RuleVersion.district)
            & (Sealed.entry_id == RuleVersion.statement_id),
        )
        .where(RuleVersion.district == district, RuleVersion.code == code)
    )
    return {row.version: Publication(*row[1:]) for row in rows}
