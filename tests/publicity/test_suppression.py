"""What is told of participation, attacked by integer programs: no untold cell is found small."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from random import Random
from typing import Final

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from portal.publicity.rules import suppression
from portal.publicity.rules.participation import Counted, Part, TookPart, count_people
from portal.publicity.rules.suppression import Sum, cells_told
from portal.satisfaction.rules.surveys import FEWEST, ROUNDED_TO, rounded

CITY: Final = "/1/"
TREE: Final = {"A": ("a", "b", "c"), "B": ("d", "e")}
PATHS: Final = (
    CITY, *(f"/1/{street}/" for street in TREE),
    *(f"/1/{street}/{one}/" for street, inside in TREE.items() for one in inside),
)  # fmt: skip
CODES: Final = tuple(path.split("/")[-2] for path in PATHS)
WAYS: Final = tuple(way for way in TookPart if way is not TookPart.ANY)
Key = tuple[str, TookPart]
Table = Mapping[Key, int | None]
# around the fewest that are told, and where rounding says the most
SIZES: Final = (0, 0, 1, 4, 8, 9, 9, 10, 12, 13, 17, 18, 22, 23, 48, 52)
FAR: Final = 10_000


class Attack:
    """All that follows from a published table: sums, rounding, and which of the untold are few,
    should somebody know that."""

    def __init__(self, table: Table, few: Sequence[Key]) -> None:
        self.keys = list(table)
        self.at = {key: at for at, key in enumerate(self.keys)}
        lows, highs = [], []
        for key, people in table.items():
            low, high = (0, FEWEST - 1 if key in few else FAR)
            if people is not None:
                low, high = max(FEWEST, people - ROUNDED_TO // 2), people + ROUNDED_TO // 2
            lows.append(low)
            highs.append(high)
        self.bounds = Bounds(lows, highs)
        rows = [row for whole, parts in self._sums() for row in self._rows(whole, parts)]
        self.sums = LinearConstraint(np.array(rows), -np.inf, 0)

    def _sums(self) -> Iterator[tuple[Key, list[Key]]]:
        for code in CODES:
            yield (code, TookPart.ANY), [(code, way) for way in WAYS]
        for whole, parts in {"1": tuple(TREE), **TREE}.items():
            for way in TookPart:
                yield (whole, way), [(part, way) for part in parts]

    def _rows(self, whole: Key, parts: Sequence[Key]) -> Iterator[list[float]]:
        """A whole is at most all its parts, and at least each."""
        yield self._row({whole: 1, **dict.fromkeys(parts, -1)})
        for part in parts:
            yield self._row({part: 1, whole: -1})

    def _row(self, weights: Mapping[Key, int]) -> list[float]:
        row = [0.0] * len(self.keys)
        for key, weight in weights.items():
            row[self.at[key]] = float(weight)
        return row

    def ranges(self) -> dict[Key, tuple[int, int]]:
        """The least and the most that each cell can be."""
        untold = [key for key, low in zip(self.keys, self.bounds.lb, strict=True) if not low]
        seen = dict.fromkeys(self.keys, (FAR, 0))
        # most are opened by these two; each solution opens others too
        goals = [dict.fromkeys(untold, sign) for sign in (1, -1)]
        goals += [{key: sign} for key in untold for sign in (1, -1)]
        for goal in goals:
            [key, *others], sign = list(goal), next(iter(goal.values()))
            if not others and seen[key][0 if sign == 1 else 1] == (0 if sign == 1 else FAR):
                continue
            for one, people in self._solved(goal).items():
                seen[one] = (min(seen[one][0], people), max(seen[one][1], people))
        return {key: seen[key] for key in untold}

    def _solved(self, goal: Mapping[Key, int]) -> dict[Key, int]:
        costs = np.array([float(goal.get(key, 0)) for key in self.keys])
        whole = np.ones(len(self.keys))
        solved = milp(costs, integrality=whole, bounds=self.bounds, constraints=self.sums)
        assert solved.success, solved.message
        return {key: round(people) for key, people in zip(self.keys, solved.x, strict=True)}


@st.composite
def somebody(draw: st.DrawFn) -> dict[TookPart, list[Part]]:
    """Who took part where: strangers mostly, sometimes the same people in many places and ways."""
    found: dict[TookPart, list[Part]] = {way: [] for way in WAYS}
    for path, way in product(PATHS[-5:], WAYS):
        size, same = draw(st.sampled_from(SIZES)), draw(st.sampled_from(("", "", path, "all")))
        found[way] += [(f"{same or path + way} {at}", path) for at in range(size)]
    return found


def counted(parts: Mapping[TookPart, Sequence[Part]]) -> dict[Key, int]:
    people: dict[Key, set[str]] = {(code, way): set() for code in CODES for way in TookPart}
    for way, some in parts.items():
        for who, path in some:
            for code in path.strip("/").split("/"):
                people[code, way].add(who)
                people[code, TookPart.ANY].add(who)
    return {key: len(found) for key, found in people.items()}


def published(cells: Sequence[Counted]) -> dict[Key, int | None]:
    return {(one.code, one.took_part): one.people for one in cells}


def strangers(sizes: Mapping[str, int], way: TookPart) -> dict[TookPart, list[Part]]:
    """So many in communities, each in one alone."""
    paths = {path.split("/")[-2]: path for path in PATHS}
    people = [(f"{code}{at}", paths[code]) for code, size in sizes.items() for at in range(size)]
    return {way: people}


@given(somebody())
@example(strangers({"a": 50, "b": 40, "c": 9, "d": 9}, TookPart.REPORTING))
@example(strangers({"a": 9, "b": 9, "c": 9, "d": 9, "e": 9}, TookPart.VOTING))
@settings(max_examples=12, deadline=None)
def test_p4_integer_programs_prove_no_untold_cell_small_nor_find_it(
    parts: dict[TookPart, list[Part]],
) -> None:
    counts, table = counted(parts), published(count_people(parts, PATHS))
    few = [key for key, people in counts.items() if people < FEWEST]
    assert all(table[key] in {None, rounded(counts[key])} for key in counts)
    assert all(table[key] is None for key in few)
    for known in ([], few):
        found = Attack(table, known).ranges()
        assert found.keys() == {key for key, people in table.items() if people is None}
        for key, (least, most) in found.items():
            assert least < most, "its value is found"
            assert least == 0 or counts[key] >= FEWEST, "somebody is proved"


def test_the_attack_finds_somebody_where_only_few_are_untold() -> None:
    parts = strangers({"a": 50, "b": 40, "c": 9, "d": 30, "e": 70}, TookPart.REPORTING)
    counts = counted(parts)
    naive: Table = {key: rounded(n) if n >= FEWEST else None for key, n in counts.items()}
    key = ("c", TookPart.REPORTING)
    assert Attack(naive, []).ranges()[key][0] == 4
    table = published(count_people(parts, PATHS))
    hidden = [key for key, people in counts.items() if people >= FEWEST and table[key] is None]
    assert hidden == [("b", TookPart.ANY), ("b", TookPart.REPORTING)]
    assert Attack(table, [key]).ranges()[key] == (0, 9)


def test_who_knows_the_rule_learns_nothing_by_what_is_hidden() -> None:
    """Every table of a place with two others in it: whatever is published of it, and whichever
    parts are known to be few, each of those may be nobody's."""
    most, tables = 45, dict[tuple[object, bool, bool], set[tuple[int, int]]]()
    one = Sum("whole", ("left", "right"), of_places=True)
    for left, right in product(range(most), repeat=2):
        for whole in range(max(left, right), left + right + 1):
            told = cells_told({"whole": whole, "left": left, "right": right}, [one])
            if told["whole"] is None or told["whole"] > most - ROUNDED_TO:
                # larger parts than are tried would fit it as well
                continue
            said = (tuple(told.values()), left < FEWEST, right < FEWEST)
            tables.setdefault(said, set()).add((left, right))
    assert len(tables) > 100
    for (_told, *few), found in tables.items():
        for at, small in enumerate(few):
            assert not small or min(pair[at] for pair in found) == 0


def test_people_of_a_street_alone_are_a_cell_that_is_never_told() -> None:
    """Five reported on a road that is in no community: a street without its communities tells it
    as well as if they were one."""
    parts = strangers({"a": 90, "d": 50, "e": 20}, TookPart.REPORTING)
    parts[TookPart.REPORTING] += [(f"road {at}", "/1/B/") for at in range(5)]
    table = published(count_people(parts, PATHS))
    assert table["d", TookPart.REPORTING] == 50
    assert (table["B", TookPart.REPORTING], table["e", TookPart.REPORTING]) == (75, None)
    assert {code for code, _way in table} == set(CODES)


def test_what_a_hidden_cell_lets_grow_is_all_that_a_table_made_anew_would_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A whole city is gone through once, not again for each cell that is hidden: a job has a
    quarter of an hour."""
    table, found = suppression._Table, list[bool]()
    anew, hide, times = table._largest, table.hide_for, list[int]()

    def largest(self: suppression._Table[Key]) -> dict[Key, int]:
        times.append(len(self.counts))
        return anew(self)

    def hidden(self: suppression._Table[Key], one: Sum[Key], proof: Key) -> None:
        hide(self, one, proof)
        found.append(self.most == anew(self))

    monkeypatch.setattr(table, "_largest", largest)
    monkeypatch.setattr(table, "hide_for", hidden)
    rng, paths = Random(7), [CITY]
    paths += [f"/1/{street}/" for street in range(2, 5)]
    paths += [f"{street}{street[3]}{at}/" for street in paths[1:] for at in range(4)]
    parts: dict[TookPart, list[Part]] = {
        way: [
            (f"{rng.randrange(4000)}", path)
            for path in paths[1:] for _ in range(int(rng.expovariate(0.06)))
        ]
        for way in WAYS
    }  # fmt: skip
    count_people(parts, paths)
    assert len(found) > 10
    assert all(found)
    assert len(times) == 1
