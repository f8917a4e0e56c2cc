"""The figures of a vote as they are kept and published: from them anybody counts again. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from portal.conventions.rules.counting import Choice, Counted, Finding, Result, result_of
from portal.conventions.rules.kinds import KindRule, Measure, Part
from portal.conventions.rules.votes import WomenAsked

FORMAT: Final = 1


@dataclass(frozen=True)
class Women:
    """How many women took part, of how many, and what is aimed at; no result hangs on it."""

    present: int
    of: int
    asked: WomenAsked


def minutes_of(about: Mapping[str, Any], result: Result, women: Women | None) -> dict[str, Any]:
    """What is written into the minutes: what was counted, what the rule asks, what came of it."""
    return {
        "format": FORMAT,
        **about,
        "findings": [_finding(one) for one in result.findings],
        "outcome": result.outcome.value,
        **({} if women is None else {"women": _women(women)}),
    }


def _women(women: Women) -> dict[str, Any]:
    reached = Part(women.asked.share, least=True).met(women.present, women.of)
    return {
        "present": women.present, "of": women.of, "aim": str(women.asked.share),
        "reached": int(reached),
    }  # fmt: skip


def _finding(one: Finding) -> dict[str, Any]:
    """Numerator and denominator of quorum and majority, with what the rule asks of them."""
    counted, needs = one.counted, one.threshold
    return {
        "measure": counted.measure.value,
        "tally": {choice.value: counted.tally.get(choice, 0) for choice in Choice},
        "quorum": {
            "numerator": counted.taking_part, "denominator": counted.electors,
            "needs": _needs(needs.quorum), "met": int(one.quorum),
        },
        "majority": {
            "numerator": counted.agreeing, "denominator": counted.taking_part,
            "needs": _needs(needs.majority), "met": int(one.majority),
        },
    }  # fmt: skip


def _needs(part: Part) -> str:
    return f"{'>=' if part.least else '>'}{part.share}"


def result_in(figures: str, rule: KindRule) -> Result:
    """The result computed anew from what is kept."""
    kept = json.loads(figures)
    counts = [
        Counted(
            Measure(one["measure"]), one["quorum"]["denominator"],
            {Choice(choice): votes for choice, votes in one["tally"].items()},
        )
        for one in kept["findings"]
    ]  # fmt: skip
    thresholds = next(
        rows for electorate, rows in rule.thresholds.items() if electorate == kept["electorate"]
    )
    return result_of(thresholds, counts)
