"""Rules of the ledger as dated, versioned data: which fact earns what, on which ground. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from credit.rules.canonical import Json, canonical

# nothing may be set beyond 5 years (L13)
MOST_LIFE_DAYS: Final = 1826


class RuleClass(StrEnum):
    """What a rule is for. Only the first two are posted when a fact is told."""

    POSITIVE = "positive"
    HONOUR = "honour"
    DEDUCTION = "deduction"


GIVING: Final = frozenset({RuleClass.POSITIVE, RuleClass.HONOUR})


class RuleRefusal(StrEnum):
    """Why a version of a rule is not published."""

    RETROACTIVE = "rule.retroactive"
    BAD_CODE = "rule.bad_code"
    BAD_POINTS = "rule.bad_points"
    BAD_LIFE = "rule.bad_life"
    NO_SOURCE = "rule.no_source"
    OTHER_FACT = "rule.other_fact"
    CHANGED = "rule.changed"


_CODE = re.compile(r"[a-z][a-z0-9_.-]{0,39}\Z", re.ASCII)


def is_rule_code(text: str) -> bool:
    """Whether a text can be the code of a rule or of a fact."""
    return _CODE.match(text) is not None


class NotCounted(StrEnum):
    """Why a fact earns nothing, or nothing yet. No fault of anybody: the deed itself stays whole
    (L5)."""

    NO_RULE = "fact.no_rule"
    NO_CONSENT = "fact.no_consent"
    ENDED_RULE = "fact.ended_rule"
    WAITS = "fact.waits"


@dataclass(frozen=True)
class Rule:
    """A version as it is read. ``points`` 0 ends the rule; without ``sealed_at`` it is mute."""

    code: str
    version: int
    fact: str
    rule_class: RuleClass
    points: int
    life_days: int | None
    title: str
    source_text: str
    evidence: str
    proposers: str
    valid_from: datetime
    sealed_at: datetime | None = None

    @property
    def name(self) -> str:
        """How entries speak of it: ``shift_hour@2``."""
        return f"{self.code}@{self.version}"

    def counts_from(self) -> datetime | None:
        """Since when it counts: from its day, but never before it was sealed."""
        return None if self.sealed_at is None else max(self.valid_from, self.sealed_at)

    def until(self, at: datetime) -> datetime | None:
        """When what is earned now will expire."""
        return None if self.life_days is None else at + timedelta(days=self.life_days)

    def may_be_proposed_by(self, held: Iterable[str]) -> bool:
        """Whether somebody with these roles may propose by it: one that the rule names, if any."""
        named = set(self.proposers.replace(",", " ").split())
        return not named or not named.isdisjoint(held)

    def digest(self) -> bytes:
        """What the statement seals: every word of the version."""
        return sha256(canonical(self.content())).digest()

    def content(self) -> dict[str, Json]:
        return {
            "class": self.rule_class.value,
            "code": self.code,
            "evidence": self.evidence,
            "fact": self.fact,
            "life_days": self.life_days or 0,
            "points": self.points,
            "proposers": self.proposers,
            "source_text": self.source_text,
            "title": self.title,
            "valid_from": self.valid_from.astimezone(UTC).isoformat(),
            "version": self.version,
        }


def rule_at(rules: Iterable[Rule], happened_at: datetime) -> Rule | None:
    """The version under which a fact of this moment counts: the newest that counted then.

    A version that was sealed later than the fact does not count for it; the one before it does.
    """
    counting = [
        rule for rule in rules if (since := rule.counts_from()) is not None and since <= happened_at
    ]
    return max(counting, key=lambda rule: (rule.valid_from, rule.version), default=None)


@dataclass(frozen=True)
class RuleStanding:
    """One rule at a moment: the version that counts, and those that are announced."""

    code: str
    current: Rule | None
    coming: tuple[Rule, ...]

    @property
    def newest(self) -> Rule:
        """What will count in the end; what counts now when nothing is announced."""
        found = self.coming[-1] if self.coming else self.current
        if found is None:
            raise ValueError("a rule has a version")
        return found

    @property
    def in_force(self) -> bool:
        """Whether it does anything now: no points end a rule."""
        return self.current is not None and self.current.points > 0


def standing_of(versions: Sequence[Rule], now: datetime) -> RuleStanding:
    """How a rule stands, of all its versions, the oldest first."""
    current = rule_at(versions, now)
    seen = current.version if current else 0
    return RuleStanding(
        versions[0].code, current, tuple(rule for rule in versions if rule.version > seen)
    )
