"""The kinds of conventions as data: who starts, who decides, in which steps, by which majority.

``data/kinds.tsv`` has a row for each version of a kind, ``data/thresholds.tsv`` what a vote of it
needs. A rule that changes gets a new version from a day on; a round that has begun keeps its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Final

from portal.conventions.rules.lists import rows_of

DATA: Final = Path(__file__).parents[1] / "data"
KINDS: Final = DATA / "kinds.tsv"
THRESHOLDS: Final = DATA / "thresholds.tsv"


class Kind(StrEnum):
    """What a convention is called, and with it what the law asks of it (facts §9)."""

    RESIDENTS = "residents"  # 居民公约
    CIVILITY = "civility"  # 文明公约
    SELF_GOVERNMENT = "self_government"  # 自治公约
    MANAGEMENT = "management"  # 管理公约
    VILLAGE = "village"  # 村规民约
    OWNERS = "owners"  # 业主公约
    ALLIANCE = "alliance"  # 联盟公约


class Step(StrEnum):
    """A station of the way. The order in which a kind takes them is data."""

    STUDY = "study"  # 社区党组织研究讨论
    WISHES = "wishes"  # 征集民意
    DRAFT = "draft"  # 拟定草案
    DISCUSSION = "discussion"  # 征求意见
    REVIEW = "review"  # 街道审核
    VOTE = "vote"  # 审议表决
    FILING = "filing"  # 备案
    PUBLICATION = "publication"  # 公布


class Starter(StrEnum):
    """Who may start a convention, or its revision."""

    COMMITTEE = "committee"
    OWNERS_COMMITTEE = "owners_committee"
    ALLIANCE = "alliance"


class Electorate(StrEnum):
    """Who has a vote: each adult, one of each household, each owner by head and area, members."""

    HEADS = "heads"
    HOUSEHOLDS = "households"
    REPRESENTATIVES = "representatives"
    HEADS_AND_AREA = "heads_and_area"
    MEMBERS = "members"


class Measure(StrEnum):
    """What is counted: voters, or the floor space they own."""

    VOTERS = "voters"
    AREA = "area"


class Ballot(StrEnum):
    """Whether a vote is secret. What is weighted by area cannot be."""

    SECRET = "secret"  # noqa: S105 - a kind of ballot, no secret
    OPEN = "open"


@dataclass(frozen=True)
class Part:
    """A part of a whole that must be reached (``least``), or passed."""

    share: Fraction
    least: bool

    def met(self, numerator: int, denominator: int) -> bool:
        """Whether so many of so many are enough. Of none nothing is ever enough."""
        if denominator <= 0:
            return False
        wanted = self.share.numerator * denominator
        reached = numerator * self.share.denominator
        return reached >= wanted if self.least else reached > wanted


@dataclass(frozen=True)
class Threshold:
    """What a vote needs of one measure: how many take part, and how many of those agree."""

    measure: Measure
    quorum: Part
    majority: Part


@dataclass(frozen=True)
class KindRule:
    """One version of a kind. Days are calendar days, 0: none is set."""

    kind: Kind
    version: int
    valid_from: date
    starters: tuple[Starter, ...]
    electorates: tuple[Electorate, ...]
    steps: tuple[Step, ...]
    ballot: Ballot
    wish_days: int
    discussion_days: int
    review_days: int
    call_days: int
    filing_days: int
    review_years: int
    source: str
    source_date: date
    thresholds: Mapping[Electorate, tuple[Threshold, ...]]

    def takes(self, step: Step) -> bool:
        """Whether this kind goes through a step."""
        return step in self.steps

    def after(self, step: Step) -> Step | None:
        """The step behind a step; None behind the last."""
        at = self.steps.index(step) + 1
        return self.steps[at] if at < len(self.steps) else None


@cache
def kind_rules() -> tuple[KindRule, ...]:
    """Every version of every kind, as shipped. Raises ValueError when the files disagree."""
    needed = list(rows_of(THRESHOLDS))
    return tuple(_rule(row, needed) for row in rows_of(KINDS))


def _rule(row: Mapping[str, str], needed: Iterable[Mapping[str, str]]) -> KindRule:
    electorates = tuple(Electorate(code) for code in row["electorates"].split())
    own = [one for one in needed if (one["kind"], one["version"]) == (row["kind"], row["version"])]
    thresholds = {
        electorate: tuple(_threshold(one) for one in own if one["electorate"] == electorate)
        for electorate in electorates
    }
    rule = KindRule(
        kind=Kind(row["kind"]), version=int(row["version"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        starters=tuple(Starter(code) for code in row["starters"].split()),
        electorates=electorates, steps=tuple(Step(code) for code in row["steps"].split()),
        ballot=Ballot(row["ballot"]),
        **{name: int(row[name]) for name in
           ("wish_days", "discussion_days", "review_days", "call_days", "filing_days",
            "review_years")},
        source=row["source"], source_date=date.fromisoformat(row["source_date"]),
        thresholds=thresholds,
    )  # fmt: skip
    flaw = flaw_of(rule)
    if flaw:
        raise ValueError(f"kinds.tsv: {rule.kind} {rule.version}: {flaw}")
    return rule


def _threshold(row: Mapping[str, str]) -> Threshold:
    return Threshold(Measure(row["measure"]), _part(row["quorum"]), _part(row["majority"]))


def _part(text: str) -> Part:
    """``>1/2`` or ``>=2/3``."""
    least = text.startswith(">=")
    return Part(Fraction(text.lstrip(">=")), least)


def flaw_of(rule: KindRule) -> str | None:
    """What is wrong with a row: a vote needs a draft, a threshold, and secrecy only of heads."""
    order = {step: at for at, step in enumerate(rule.steps)}
    if len(order) != len(rule.steps) or not order.keys() >= {Step.DRAFT, Step.VOTE}:
        return "steps"
    if order[Step.DRAFT] > order[Step.VOTE] or rule.steps[-1] not in {
        Step.PUBLICATION, Step.FILING,
    }:  # fmt: skip
        return "order of steps"
    if not all(rule.thresholds.values()):
        return "an electorate without a threshold"
    if any(not _reachable(one) for rows in rule.thresholds.values() for one in rows):
        return "a quorum of zero, or more than all"
    if rule.ballot is Ballot.SECRET and Electorate.HEADS_AND_AREA in rule.electorates:
        return "a vote by area is open"
    return None


def _reachable(one: Threshold) -> bool:
    return all(
        part.met(1, 1) and 0 < part.share <= 1 for part in (one.quorum, one.majority)
    )  # fmt: skip


def rule_of(kind: Kind, version: int) -> KindRule:
    """The version that a round began with. Raises KeyError for one that never was."""
    for rule in kind_rules():
        if (rule.kind, rule.version) == (kind, version):
            return rule
    raise KeyError(f"{kind} {version}")


def rules_on(day: date) -> dict[Kind, KindRule]:
    """What counts for each kind on a day."""
    found = dict[Kind, KindRule]()
    for rule in sorted(kind_rules(), key=lambda one: (one.valid_from, one.version)):
        if rule.valid_from <= day:
            found[rule.kind] = rule
    return {kind: found[kind] for kind in Kind if kind in found}
