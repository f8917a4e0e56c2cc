"""Complementary suppression: which cells of a table are not told, so that what is told leads to no
small one (decision 0058).

A whole is at least each of its parts and at most all of them together: whoever took part in two
places, or in two ways, is one person. So the wholes that are told and the parts that are told
bound the others from below. A cell is safe when it may be nobody's in some table that fits all that
is told. Such tables are closed under the larger of two in every cell; so there is a largest, and
whether it fits is exact.
"""

from collections import ChainMap
from collections.abc import Hashable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from portal.satisfaction.rules.surveys import FEWEST, ROUNDED_TO, rounded

Cell = TypeVar("Cell", bound=Hashable)
_AROUND: Final = ROUNDED_TO // 2
_ANY_NUMBER: Final = 10**12
# That a number is missing would tell whoever knows this rule that it led to somebody. So it goes
# missing early: had the small cell been empty, and its people in the hidden one, that one's upper
# bound would have been larger by this at the most, and it would be missing all the same.
_SPARE: Final = FEWEST - 1 + ROUNDED_TO - 1


@dataclass(frozen=True)
class Sum(Generic[Cell]):
    """A whole and its parts. ``of_places``: a place and those in it; else somebody's several ways
    in one place."""

    whole: Cell
    parts: tuple[Cell, ...]
    of_places: bool


def cells_told(
    counts: Mapping[Cell, int], sums: Iterable[Sum[Cell]], unpublished: Iterable[Cell] = ()
) -> dict[Cell, int | None]:
    """What is published of each count. Of several that could be hidden the last is, in the order
    in which they are given: an order by size would tell sizes."""
    table = _Table(counts, list(sums), set(unpublished))
    for cell, people in counts.items():
        while people < FEWEST and (broken := table.proves(cell)):
            table.hide_for(*broken)
    return {cell: rounded(counts[cell]) if cell in table.told else None for cell in counts}


class _Table(Generic[Cell]):
    """What is told so far. ``most``: the largest table that fits it."""

    def __init__(
        self, counts: Mapping[Cell, int], sums: Sequence[Sum[Cell]], unpublished: set[Cell]
    ) -> None:
        self.counts, self.sums = counts, sums
        self.place = {cell: at for at, cell in enumerate(counts)}
        self.told = {cell for cell, people in counts.items() if people >= FEWEST} - unpublished
        self.of: dict[Cell, list[Sum[Cell]]] = {cell: [] for cell in counts}
        for one in sums:
            for cell in (one.whole, *one.parts):
                self.of[cell].append(one)
        self.most = self._largest()

    def low(self, cell: Cell) -> int:
        """The fewest that a cell can be by itself."""
        return max(FEWEST, rounded(self.counts[cell]) - _AROUND) if cell in self.told else 0

    def _high(self, cell: Cell) -> int:
        """The most; whoever reads is supposed to know which of the untold are few."""
        if cell in self.told:
            return rounded(self.counts[cell]) + _AROUND
        return _ANY_NUMBER if self._covers(cell) else FEWEST - 1

    def _covers(self, cell: Cell) -> bool:
        return cell not in self.told and self.counts[cell] >= FEWEST

    def _largest(self) -> dict[Cell, int]:
        most = {cell: self._high(cell) for cell in self.counts}
        self._shrink(most, list(self.sums))
        return most

    def _untell(self, cell: Cell) -> None:
        """Hide a cell: what it held down may grow. What was at the most that it can be by itself
        stays, and so does what is behind that; a city is not gone through for each cell."""
        self.told.discard(cell)
        grown, waiting = {cell}, [cell]
        while waiting:
            for one in self.of[waiting.pop()]:
                for other in (one.whole, *one.parts):
                    if other not in grown and self.most[other] < self._high(other):
                        grown.add(other)
                        waiting.append(other)
        self.most |= {one: self._high(one) for one in grown}
        around = {id(one): one for other in grown for one in self.of[other]}
        self._shrink(self.most, list(around.values()))

    def _shrink(
        self, most: MutableMapping[Cell, int], waiting: list[Sum[Cell]]
    ) -> dict[Cell, Sum[Cell]]:
        """Take from the cells what cannot be; by which sum each was made smaller last."""
        why: dict[Cell, Sum[Cell]] = {}
        while waiting:
            one = waiting.pop()
            found = {one.whole: min(most[one.whole], sum(most[part] for part in one.parts))}
            found |= {part: min(most[part], found[one.whole]) for part in one.parts}
            for cell, people in found.items():
                if people < most[cell]:
                    most[cell], why[cell] = people, one
                    waiting += [other for other in self.of[cell] if other is not one]
        return why

    def proves(self, cell: Cell) -> tuple[Sum[Cell], Cell] | None:
        """The sum by which there is somebody in a cell, and the told cell that says so."""
        most = ChainMap({cell: 0}, self.most)
        why = self._shrink(most, list(self.of[cell]))
        for other, one in why.items():
            if other in self.told and most[other] < self.low(other):
                # it may only be a part of an untold whole that was made smaller
                return self._finest(why.get(one.whole, one), why), other
        for other in (cell, *why):
            for one in self.of[other]:
                if one.whole in self.told and other in one.parts and self._is_narrow(one, most):
                    return self._finest(one, why), one.whole
        return None

    def _finest(self, one: Sum[Cell], why: Mapping[Cell, Sum[Cell]]) -> Sum[Cell]:
        """The sum of finer places through which one proves something, if a part of it is told."""
        for part in one.parts:
            below = why.get(part)
            if below and below.whole == part and self.told.intersection(below.parts):
                return self._finest(below, why)
        return one

    def _is_narrow(self, one: Sum[Cell], most: Mapping[Cell, int]) -> bool:
        """Whether what is told of a whole leaves its parts too little room."""
        covers = [part for part in one.parts if self._covers(part)]
        if any(most[part] >= self._high(one.whole) for part in covers):
            return False
        spare = _SPARE if covers or self.told.intersection(one.parts) else 0
        return sum(most[part] for part in one.parts) < self.low(one.whole) + spare

    def hide_for(self, one: Sum[Cell], proof: Cell) -> None:
        """Untell a cell by which a sum proves something: a part of it, then what bounds a part
        that is hidden already, the whole only when nothing finer is left."""
        parts = [part for part in one.parts if part in self.told]
        bounds = [
            other.whole
            for part in one.parts if self._covers(part) for other in self.of[part]
            if other is not one and part in other.parts and other.whole in self.told
        ]  # fmt: skip
        whole = [one.whole] if one.whole in self.told else []
        steps = (bounds, parts, whole) if one.of_places else (parts, whole, bounds)
        found = next((step for step in steps if step), [proof])
        self._untell(max(found, key=lambda cell: self.place[cell]))
