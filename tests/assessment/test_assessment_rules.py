"""Points, ranks, funds, periods and talks against the slow and plain way of counting."""

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.assessment.rules import Direction, Field, Source, Span, recompute
from portal.assessment.rules.files import INPUTS, PROGRAM, RESULT, files_of
from portal.assessment.rules.periods import period_of, slug_of
from portal.assessment.rules.sets import flaw_of, groups, indicators, set_for, sets, talks
from portal.assessment.rules.talks import called
from portal.assessment.rules.values import mean, part_of

INTERVALS = st.lists(
    st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)).map(lambda pair: tuple(sorted(pair))),
    max_size=30,
)


@given(INTERVALS)
def test_a_rank_is_one_and_those_wholly_above(intervals: list[tuple[int, int]]) -> None:
    slow = [1 + sum(low > high for low, _ in intervals) for _, high in intervals]
    assert recompute.ranks(intervals) == slow


@given(st.integers(0, 10**12), st.lists(st.integers(1, 40), max_size=40))
def test_a_fund_is_paid_to_the_fen_and_better_ranks_get_no_less(fen: int, ranks: list[int]) -> None:
    placed = [(f"u{at:02d}", min(rank, len(ranks))) for at, rank in enumerate(ranks)]
    paid = recompute.shares(fen, placed)
    assert sum(paid.values()) == (fen if placed else 0)
    whole = sum(len(placed) + 1 - rank for _, rank in placed)
    for unit, rank in placed:
        exact = Fraction(fen * (len(placed) + 1 - rank), whole)
        assert abs(paid[unit] - exact) < 1


@given(st.lists(st.integers(0, 100), min_size=1, max_size=60))
def test_a_mean_lies_in_its_interval(scores: list[int]) -> None:
    found = mean(scores)
    assert found is not None
    assert 0 <= found.low <= found.value <= found.high <= recompute.FULL
    assert abs(found.value - 100 * sum(scores) / len(scores)) <= 1
    wider = mean(scores[:1])
    assert wider is not None
    assert (
        len(scores) < 2
        or len(set(scores)) > 1
        or (found.high - found.low <= wider.high - wider.low)
    )


def test_nothing_of_nothing_has_no_value_and_a_half_is_a_half() -> None:
    assert mean([]) is None
    assert part_of({"done": 3}, "done", "taken") is None
    half = part_of({"done": 1, "taken": 2}, "done", "taken")
    assert half is not None
    assert (half.value, half.low, half.high, half.part, half.whole) == (5000, 5000, 5000, 1, 2)


def an_indicator(code: str, weight: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "code": code, "weight": weight, "none": 0, "full": 10_000, "missing": "leave_out",
    } | changes  # fmt: skip


def value(number: int, low: int | None = None, high: int | None = None) -> dict[str, int]:
    low, high = number if low is None else low, number if high is None else high
    return {"value": number, "low": low, "high": high}


def total(indicators: list[dict[str, Any]], **inputs: dict[str, int]) -> Any:
    found = {("g", "u", code): one for code, one in inputs.items()}
    return recompute.total_of("g", "u", indicators, found)


def test_points_go_in_a_straight_line_also_where_less_is_better() -> None:
    assert recompute.reached(7500, 5000, 10_000) == Fraction(1, 2)
    assert recompute.reached(500, 2000, 0) == Fraction(3, 4)
    assert recompute.reached(9000, 2000, 0) == 0
    assert recompute.reached(-5, 0, 10) == 0
    assert recompute.reached(11, 0, 10) == 1


def test_weights_count_and_what_is_missing_leaves_its_weight_or_counts_nothing() -> None:
    both = [an_indicator("a", 3), an_indicator("b", 1)]
    assert total(both, a=value(10_000), b=value(0)) == (7500, 7500, 7500, [])
    assert total(both, a=value(10_000)) == (10_000, 10_000, 10_000, ["b"])
    zero = [an_indicator("a", 3), an_indicator("b", 1, missing="zero")]
    assert total(zero, a=value(10_000)) == (7500, 7500, 7500, [])
    assert total(both) is None


def test_intervals_are_added_as_squares_and_turned_where_less_is_better() -> None:
    both = [an_indicator("a"), an_indicator("b")]
    # 3 and 4 make 5, halved by the weights
    found = total(both, a=value(5000, 4700, 5300), b=value(5000, 4600, 5400))
    assert found == (5000, 4750, 5250, [])
    less = [an_indicator("a", none=10_000, full=0)]
    assert total(less, a=value(2000, 1000, 5000)) == (8000, 5000, 9000, [])


def a_document(**changes: Any) -> dict[str, Any]:
    unit = {"group": "streets", "names": {"zh_Hans": "街"}}
    inputs = [
        {"group": "streets", "unit": code, "indicator": "a", **value(number)}
        for code, number in (("1", 9000), ("2", 5000), ("3", 5000))
    ]
    return {
        "slug": "2026", "period": "2026", "version": 1, "set": "1", "ranked": "yes",
        "pass_mark": 6000, "releases": [], "parts": [], "corrections": [],
        "funds": [{"code": "assessment", "group": "streets", "fen": 100}],
        "groups": [{"code": "streets", "ranked": "yes", "indicators": [an_indicator("a")]}],
        "units": [{**unit, "code": code, "name": f"=街{code}"} for code in "1234"],
        "inputs": inputs,
    } | changes  # fmt: skip


def test_the_program_alone_makes_the_same_table(tmp_path: Path) -> None:
    document = a_document()
    files = files_of(document, recompute.table(document))
    for name in (INPUTS, PROGRAM):
        (tmp_path / name).write_text(files[name], "utf-8")
    made = subprocess.run(
        [sys.executable, "-I", str(tmp_path / PROGRAM)], check=True, capture_output=True
    )
    assert made.stdout == files[RESULT].encode()
    lines = files[RESULT].splitlines()
    assert lines[1] == "2026,streets,1,'=街1,90.00,90.00,90.00,1,no,,assessment,0.43"
    assert lines[2].endswith("50.00,50.00,50.00,2,yes,,assessment,0.29")
    # nothing is known of the last one: no points, no rank, no money
    assert lines[4].endswith("'=街4,,,,,,,,")


def test_a_correction_is_added_and_the_input_stays() -> None:
    fix = {"objection": "n", "group": "streets", "unit": "2", "indicator": "a", "becomes": 9500}
    document = a_document(corrections=[fix])
    rows = {row["unit"]: row for row in recompute.table(document)}
    assert [rows[code]["rank"] for code in "123"] == [2, 1, 3]
    assert document["inputs"][1]["value"] == 5000


def a_quiet_town(**changes: Any) -> dict[str, Any]:
    """Four streets: media weighs a half, a and b a quarter each; of the last nobody knows a thing
    but that no paper wrote about it."""
    lines = [an_indicator("a"), an_indicator("b"),
             an_indicator("media", 2, none=50_000, full=0, silence=0)]  # fmt: skip
    known = [("1", "a", 9000), ("1", "b", 9000), ("2", "a", 5000), ("3", "a", 2000)]
    known += [("3", "media", 10_000)]
    inputs = [
        {"group": "streets", "unit": unit, "indicator": code, **value(number)}
        for unit, code, number in [*known, *((one, "media", 0) for one in "124")]
    ]
    groups = [{"code": "streets", "ranked": "yes", "indicators": lines}]
    return a_document(groups=groups, inputs=inputs, known_least=5000, **changes)


def test_of_whom_too_little_is_known_there_is_no_rank_and_no_money() -> None:
    rows = {row["unit"]: row for row in recompute.table(a_quiet_town())}
    # a and b, or one of them with a report of the media, carry half of all weight or more
    assert [rows[unit].get("rank") for unit in "1234"] == [1, None, 2, None]
    assert [rows[unit].get("points") for unit in "24"] == [None, None]
    assert [rows[unit]["known"] for unit in "24"] == [["a"], []]
    assert rows["2"]["left_out"] == ["b", "media"]
    # they count for nobody's rank and take no share: 2 and 1 of three
    assert [rows[unit].get("fund_fen") for unit in "1234"] == [67, None, 33, None]
    assert all("failed" not in rows[unit] for unit in "24")
    rule = next(rule for rule in talks() if rule.code == "failed_year")
    assert called(rule, [list(rows.values())]) == []
    lines = recompute.csv_of(rows.values()).decode().splitlines()
    assert "2026,streets,2,'=街2,,,,,,b media,," in lines


def test_what_was_decided_about_an_objection_is_known() -> None:
    """A report of the media that was none: the unit is not thrown out because of it."""
    fix = {"objection": "n", "group": "streets", "unit": "3", "indicator": "media", "becomes": 0}
    rows = {row["unit"]: row for row in recompute.table(a_quiet_town(corrections=[fix]))}
    assert "media" not in rows["3"]["left_out"]
    assert rows["3"]["rank"] == 2
    assert "known" not in rows["3"]


def test_a_period_that_was_frozen_before_this_rule_keeps_its_table() -> None:
    document = a_quiet_town()
    del document["known_least"]
    rows = {row["unit"]: row for row in recompute.table(document)}
    assert (rows["4"]["points"], rows["4"]["rank"]) == (recompute.FULL, 1)
    assert "2026,streets,4,'=街4,100.00,100.00,100.00,1,no,a b,assessment,0.40" in (
        recompute.csv_of(rows.values()).decode().splitlines()
    )


def test_every_set_says_how_much_of_it_must_be_known() -> None:
    assert [one.known_least for one in sets() if one.code == "1"] == [5000]
    assert sorted((one.from_month for one in sets()), reverse=True) == [
        one.from_month for one in sets()
    ]
    # silence of the papers is no knowledge, in every group that counts them
    assert {one.silence for one in indicators() if one.source is Source.MEDIA} == {0}
    assert {one.silence for one in indicators() if one.source is not Source.MEDIA} == {None}


def test_P4_what_people_said_enters_from_the_release_only() -> None:
    some = next(one for one in indicators() if one.source is Source.SYSTEM)
    for formula in ("satisfied/answered", "solved/answered", "done/satisfied"):
        changed = type(some)(**{**vars(some), "formula": formula})
        assert flaw_of(changed) == "an unknown formula"
    assert {one.source for one in indicators() if "satisf" in one.formula} == {Source.RELEASE}


def test_sets_are_whole_and_cover_the_seven_areas_and_all_groups() -> None:
    code, lines = set_for("2026-10") or ("", ())
    assert code == "1"
    assert {one.group for one in lines} == set(groups())
    assert {one.field for one in lines if one.group == "streets"} >= set(Field)
    assert not groups()["residents"].ranked
    assert set_for("2025-12") is None
    wrong = type(lines[0])(**{**vars(lines[0]), "direction": Direction.LOWER})
    assert flaw_of(wrong) is not None


@pytest.mark.parametrize(
    ("name", "span", "parts", "part_of", "last", "before"),
    [
        ("2026-10", Span.MONTH, (), "2026-Q4", "2026-10", "2026-09"),
        ("2026-01", Span.MONTH, (), "2026-Q1", "2026-01", "2025-12"),
        ("2026-Q1", Span.QUARTER, ("2026-01", "2026-02", "2026-03"), "2026", "2026-03", "2025-Q4"),
        ("2026", Span.YEAR, tuple(f"2026-Q{at}" for at in range(1, 5)), None, "2026-12", "2025"),
    ],
)
def test_periods_know_their_parts(
    name: str, span: Span, parts: tuple[str, ...], part_of: str | None, last: str, before: str
) -> None:
    period = period_of(name)
    assert period is not None
    assert (period.span, period.parts, period.part_of) == (span, parts, part_of)
    assert (period.last_month, period.before(1)) == (last, before)
    assert slug_of(name, 1) == name
    assert slug_of(name, 2) == f"{name}-r2"


@pytest.mark.parametrize("name", ["2026-13", "2026-Q5", "26", "2026-1", "2026-10-r2", "", "0000"])
def test_what_is_no_period_is_none(name: str) -> None:
    assert period_of(name) is None


def rows(**failed: str) -> list[dict[str, object]]:
    return [{"group": "streets", "unit": unit, "failed": how} for unit, how in failed.items()]


def test_talks_follow_three_failures_in_a_row_or_a_failed_year() -> None:
    three, year = (rule for rule in talks() if rule.code in ("three_failed", "failed_year"))
    bad, mixed = rows(a="yes", b="yes"), rows(a="yes", b="no")
    assert called(three, [bad, mixed, bad]) == ["a"]
    assert called(three, [bad, bad]) == []
    assert called(year, [mixed]) == ["a"]


def test_the_last_ranks_are_called_unless_all_are_first() -> None:
    lowest = next(rule for rule in talks() if rule.code == "lowest_streets")

    def ranked(*ranks: int) -> list[dict[str, object]]:
        return [{"group": "streets", "unit": f"u{at}", "rank": one} for at, one in enumerate(ranks)]

    assert called(lowest, [ranked(1, 2, 3, 3)]) == ["u2", "u3"]
    assert called(lowest, [ranked(1, 1)]) == []
    assert called(lowest, [[]]) == []


def test_inputs_are_canonical_whatever_the_order() -> None:
    document = a_document()
    turned = json.loads(json.dumps(dict(reversed(document.items()))))
    table = recompute.table(document)
    assert files_of(document, table) == files_of(turned, recompute.table(turned))
