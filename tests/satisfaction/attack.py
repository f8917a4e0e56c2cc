"""An attack on a release: which true counts everything that is public leaves open.

The attacker has the files of a month's release and of its corrections, knows what was closed, that
people are whole and never fewer than none, that places and kinds add up, and how noise is drawn.
That is a system of linear constraints on the true counts. A count is recovered when the system
leaves it one value; the solver (HiGHS) looks for a second one, from above and from below.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain
from math import exp, log
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from portal.satisfaction.rules import rebuild
from portal.satisfaction.rules.release import BINS

Key = tuple[str, str, int]  # level, code, bin
# so seldom is the noise larger than the attacker reckons with, of all that he says of it together
CHANCE = 1e-6


@dataclass(frozen=True)
class Suspicion:
    """How the attacker thinks that the noise was made: as it is documented, unless he says more."""

    most: int | None = None  # it is never larger than that
    shared: bool = False  # it was drawn for one cell and added to all of them


DOCUMENTED = Suspicion()
NONE_AT_ALL = Suspicion(most=0)
CUT_OFF = Suspicion(most=1)
REUSED = Suspicion(shared=True)


@dataclass(frozen=True)
class Row:
    """low <= the sum of weight times variable <= high."""

    weights: Mapping[int, float]
    low: float
    high: float


# --- how large the noise is, but for a chance ----------------------------------------------------


def largest_sum(scale: float, draws: int, chance: float) -> float:
    """What a sum of discrete Laplace draws exceeds, up or down, with that chance at most.

    Chernoff's bound; the exact tail where there is one draw."""
    q = exp(-1 / scale)
    if draws == 1:
        return scale * log(2 / (chance * (1 + q)))
    slopes = np.linspace(0.01, 0.99, 99) / scale
    moments = 2 * log(1 - q) - np.log1p(-q * np.exp(slopes)) - np.log1p(-q * np.exp(-slopes))
    return float(np.min((draws * moments + log(2 / chance)) / slopes))


def largest_size(scales: Sequence[float], chance: float) -> float:
    """What the sizes of all draws, each divided by its scale, add up to at most: the region in
    which the released numbers are likeliest."""
    slopes = np.linspace(0.01, 0.99, 99)
    moments = np.zeros_like(slopes)
    for scale in scales:
        q = exp(-1 / scale)
        grown = q * np.exp(slopes / scale)
        moments += log((1 - q) / (1 + q)) + np.log1p(2 * grown / (1 - grown))
    return float(np.min((moments + log(1 / chance)) / slopes))


# --- what is known, as constraints ---------------------------------------------------------------


class Attack:
    """The system of one suspicion. Variables: the true counts, then what the noise needs."""

    def __init__(
        self,
        releases: Sequence[Mapping[str, Any]],
        suspicion: Suspicion,
        known: Mapping[Key, int] | None = None,
    ) -> None:
        """``releases``: the measurements of a month and of its corrections. ``known``: how many
        in each count the attacker knows by themselves."""
        self.releases = releases
        self.cells = releases[0]["cells"]
        self.keys: list[Key] = [
            (cell["level"], cell["code"], at) for cell in self.cells for at in range(BINS)
        ]
        scales = {one["code"]: float(Fraction(one["scale"])) for one in releases[0]["levels"]}
        self.scales = [scales[level] for level, _code, _at in self.keys]
        self.noisy = [
            [count for cell in release["cells"] for count in cell["counts"]] for release in releases
        ]
        self.least = [float((known or {}).get(key, 0)) for key in self.keys]
        self.size = len(self.keys)
        self.rows = [*self._sums(), *self._closed(), *self._noise(suspicion)]

    def _sums(self) -> Iterator[Row]:
        for above, groups in rebuild.children_of(self.cells).items():
            for group in groups:
                for at in range(BINS):
                    parts = {one * BINS + at: 1.0 for one in group}
                    yield Row({above * BINS + at: -1.0} | parts, 0, 0)

    def _closed(self) -> Iterator[Row]:
        for place, cell in enumerate(self.cells):
            if cell["closed"] is not None:
                yield Row(dict.fromkeys(self._bins(place), 1.0), 0, cell["closed"])

    def _bins(self, place: int) -> range:
        return range(place * BINS, (place + 1) * BINS)

    def _noise(self, suspicion: Suspicion) -> Iterator[Row]:
        if suspicion.shared:
            return self._shared()
        if suspicion.most is not None:
            return self._at_most(suspicion.most)
        return chain(self._each(), self._together(), self._sizes())

    def _at_most(self, most: float) -> Iterator[Row]:
        for noisy in self.noisy:
            for at, count in enumerate(noisy):
                yield Row({at: 1.0}, count - most, count + most)

    def _shared(self) -> Iterator[Row]:
        """One further variable for each release and bin: what was added to every cell."""
        for noisy in self.noisy:
            first = self.size
            self.size += BINS
            for at, count in enumerate(noisy):
                yield Row({at: 1.0, first + at % BINS: 1.0}, count, count)

    def _each(self) -> Iterator[Row]:
        chance = CHANCE / 3 / (len(self.noisy) * len(self.keys))
        for noisy in self.noisy:
            for at, (count, scale) in enumerate(zip(noisy, self.scales, strict=True)):
                reach = largest_sum(scale, 1, chance)
                yield Row({at: 1.0}, count - reach, count + reach)

    def _together(self) -> Iterator[Row]:
        """The draws of a cell, and those of a count in all releases, cancel out mostly."""
        times = len(self.noisy)
        chance = CHANCE / 3 / (len(self.keys) + len(self.cells))
        counts = [range(at, at + 1) for at in range(len(self.keys))]
        for group in (*counts, *(self._bins(place) for place in range(len(self.cells)))):
            said = sum(noisy[at] for noisy in self.noisy for at in group)
            reach = largest_sum(self.scales[group[0]], times * len(group), chance)
            yield Row(dict.fromkeys(group, float(times)), said - reach, said + reach)

    def _sizes(self) -> Iterator[Row]:
        """One further variable for each draw: its size at least."""
        weights = {}
        for noisy in self.noisy:
            for at, (count, scale) in enumerate(zip(noisy, self.scales, strict=True)):
                size, self.size = self.size, self.size + 1
                yield Row({size: 1.0, at: 1.0}, count, np.inf)
                yield Row({size: 1.0, at: -1.0}, -count, np.inf)
                weights[size] = 1 / scale
        most = largest_size(self.scales * len(self.noisy), CHANCE / 3)
        yield Row(weights, 0, most)

    # --- solving ----------------------------------------------------------------------------------

    def solved(self, goal: Mapping[int, float]) -> list[int] | None:
        """True counts that the system allows, with the least goal; None: it contradicts itself."""
        costs = np.zeros(self.size)
        for at, weight in goal.items():
            costs[at] = weight
        whole = np.zeros(self.size)
        whole[: len(self.keys)] = 1
        low = np.full(self.size, -np.inf)
        low[: len(self.keys)] = self.least
        found = milp(costs, integrality=whole, bounds=Bounds(low), constraints=self._system)
        if found.status == 2:
            return None
        assert found.success, found.message
        return [round(value) for value in found.x[: len(self.keys)]]

    @cached_property
    def _system(self) -> LinearConstraint:
        entries = [(at, *pair) for at, row in enumerate(self.rows) for pair in row.weights.items()]
        rows, columns, weights = zip(*entries, strict=True)
        shape = (len(self.rows), self.size)
        matrix = coo_array((weights, (rows, columns)), shape=shape).tocsc()
        lows, highs = ([getattr(row, side) for row in self.rows] for side in ("low", "high"))
        return LinearConstraint(matrix, lows, highs)

    def possible(self, key: Key) -> tuple[int, int]:
        """The least and the largest value that a count may have, where anything is possible."""
        at = self.keys.index(key)
        low, high = ((self.solved({at: weight}) or [])[at] for weight in (1.0, -1.0))
        return low, high

    def recovered(self) -> dict[Key, int] | None:
        """The counts that have one value, with it; None where the files contradict all this."""
        first = self.solved({})
        if first is None:
            return None
        seen = [{count} for count in first]
        for at, values in enumerate(seen):
            for weight in (1.0, -1.0):
                if len(values) == 1:
                    # a solution opens other counts too
                    for others, count in zip(seen, self.solved({at: weight}) or (), strict=True):
                        others.add(count)
        pairs = zip(self.keys, seen, strict=True)
        return {key: min(values) for key, values in pairs if len(values) == 1}
