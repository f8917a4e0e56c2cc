"""Which units are called to a talk when a period is frozen. Pure."""

from collections.abc import Mapping, Sequence

from portal.assessment.rules import TalkRule
from portal.assessment.rules.sets import Talk

Rows = Sequence[Mapping[str, object]]


def called(rule: Talk, periods: Sequence[Rows]) -> list[str]:
    """The units of a rule. ``periods``: the rows of the frozen one, then of those before it."""
    now = [row for row in periods[0] if row["group"] == rule.group]
    if rule.rule is TalkRule.LOWEST:
        return _lowest(now, rule.number)
    times = rule.number if rule.rule is TalkRule.IN_A_ROW else 1
    if len(periods) < times:
        return []
    failed = [
        {row["unit"] for row in rows if row["group"] == rule.group and row.get("failed") == "yes"}
        for rows in periods[:times]
    ]
    return sorted(str(unit) for unit in set.intersection(*failed))


def _lowest(rows: Rows, number: int) -> list[str]:
    """The units at the end: so many, and whoever shares the last place with them; nobody where all
    are first, for then nothing tells them apart."""
    placed = sorted(
        ((int(str(row["rank"])), str(row["unit"])) for row in rows if "rank" in row), reverse=True
    )
    edge = [rank for rank, _ in placed][:number]
    return sorted(unit for rank, unit in placed if edge and rank >= edge[-1] and rank > 1)
