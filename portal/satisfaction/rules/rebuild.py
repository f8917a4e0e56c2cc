#!/usr/bin/env python3
"""Turns the measurements of a release into its table, byte for byte: python3 rebuild.py > data.csv

Lies beside measurements.json and metadata.json; needs nothing but Python 3.10 or newer. The portal
makes its own table with these very functions. Counts are whole numbers and fractions throughout, so
that the result is the same on every machine; only shares are divided as floats, at the end.
"""

import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import floor, sqrt
from pathlib import Path
from typing import Any

Z = 1.96  # of a normal distribution: 95 %
MOST_MOVED = 0.05  # the noise moves a published share by five points at most, with 95 %
LEVELS = 5
SPANS = ("month", "quarter")
COLUMNS = (
    "period", "span", "level", "code", "name", "parent_code", "closed", "published", "look_at",
    "answered", "satisfied", "solved", "satisfied_share", "satisfied_low", "satisfied_high",
    "solved_share", "solved_low", "solved_high", "mean_score", "response_rate", "weighted_share",
    "noise_scale", "effective_n",
)  # fmt: skip
# one cell of the measurements
Cell = Mapping[str, Any]
Counts = list[Fraction]
Found = list[tuple[Counts, Fraction]]
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


# --- adjustment: the places below one, and its kinds, add up to it -------------------------------


def children_of(cells: Sequence[Cell]) -> dict[int, list[list[int]]]:
    """The cells below each, by level: {cell: [[its streets], [its kinds]]}, as positions."""
    at = {(cell["level"], cell["code"]): place for place, cell in enumerate(cells)}
    below: dict[int, dict[str, list[int]]] = {}
    for place, cell in enumerate(cells):
        if cell["parent"] is not None:
            above = at[(cell["parent_level"], cell["parent"])]
            below.setdefault(above, {}).setdefault(cell["level"], []).append(place)
    return {above: list(groups.values()) for above, groups in below.items()}


def adjusted(
    cells: Sequence[Cell], variances: Sequence[Fraction]
) -> list[tuple[list[int], Fraction]]:
    """(whole counts that add up, variance of one count) of each cell.

    Weighted least squares: what several measurements say of the same count is averaged by the
    inverse of their variances, from below; then what is left over is spread on the cells below
    by their variances, from above.
    """
    below = children_of(cells)
    found: Found = [([], Fraction(0))] * len(cells)
    for place in reversed(range(len(cells))):
        found[place] = _from_below(place, cells, variances, below, found)
    final, whole = list(found), [list[int]() for _ in cells]
    for place in range(len(cells)):
        if not whole[place]:
            whole[place] = [round(count) for count in final[place][0]]
        for group in below.get(place, ()):
            _spread(place, group, found, final, whole)
    return [(whole[place], final[place][1]) for place in range(len(cells))]


def _from_below(
    place: int,
    cells: Sequence[Cell],
    variances: Sequence[Fraction],
    below: Mapping[int, list[list[int]]],
    found: Found,
) -> tuple[Counts, Fraction]:
    """A cell's own counts averaged with the sums of each group below it."""
    own = [Fraction(count) for count in cells[place]["counts"]], variances[place]
    if place not in below:
        return own
    said = [own]
    for group in below[place]:
        columns = zip(*(found[one][0] for one in group), strict=True)
        sums = [sum(column, Fraction(0)) for column in columns]
        said.append((sums, sum((found[one][1] for one in group), Fraction(0))))
    weight = sum((1 / variance for _, variance in said), Fraction(0))
    weighted = ([count / variance for count in counts] for counts, variance in said)
    columns = zip(*weighted, strict=True)
    return [sum(column, Fraction(0)) / weight for column in columns], 1 / weight


def _spread(
    place: int, group: list[int], found: Found, final: Found, whole: list[list[int]]
) -> None:
    """Bring a group into line with the cell above it, in fractions and in whole numbers."""
    total = sum(found[one][1] for one in group)
    above, variance = final[place]
    rests = [count - sum(found[one][0][at] for one in group) for at, count in enumerate(above)]
    for one in group:
        part = found[one][1] / total
        counts = [count + rest * part for count, rest in zip(found[one][0], rests, strict=True)]
        final[one] = (counts, found[one][1] * (1 - part) + part * part * variance)
        whole[one] = [floor(count) for count in counts]
    for at, count in enumerate(whole[place]):
        missing = count - sum(whole[one][at] for one in group)
        order = sorted(group, key=lambda one: (whole[one][at] - final[one][0][at], one))
        for one in order[:missing]:
            whole[one][at] += 1


# --- what a cell says ----------------------------------------------------------------------------


def bins_of(satisfied_levels: int) -> tuple[list[int], list[int]]:
    """Which of a cell's counts are satisfied, which are solved; level by level, solved first."""
    satisfied = [at for at in range(2 * LEVELS) if at // 2 < satisfied_levels]
    return satisfied, [at for at in range(2 * LEVELS) if at % 2 == 0]


def least_published(parts: int, whole: int, variance: Fraction) -> float:
    """From how many answers on the noise moves a share of ``parts`` of ``whole`` counts by five
    points at most with 95 %, each count with Laplace noise of scale² = variance.

    The worst share is nothing or all: 96 scales for three of five counts."""
    return Z * sqrt(max(parts, whole - parts) * 2 * float(variance)) / MOST_MOVED


def share_of(
    part: int, whole: int, bins: tuple[int, int], variance: Fraction
) -> tuple[float, float, float, float]:
    """(share, low, high, effective n): Wilson's 95 % interval with an n that knows the noise."""
    share = min(max(part / whole, 0.0), 1.0)
    shrunk = min(max((part + 2) / (whole + 4), 2 / (whole + 4)), (whole + 2) / (whole + 4))
    parts, others = bins
    moved = (parts * (1 - shrunk) ** 2 + others * shrunk**2) * 2 * float(variance)
    n = whole / (1 + moved / (whole * shrunk * (1 - shrunk)))
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    reach = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return share, max(middle - reach, 0.0), min(middle + reach, 1.0), n


def figures(
    counts: Sequence[int], variance: Fraction, satisfied_levels: int
) -> dict[str, Any] | None:
    """What is published of one cell, or None where the noise would say too much."""
    satisfied_at, solved_at = bins_of(satisfied_levels)
    answered, size = sum(counts), len(counts)
    if answered < least_published(len(satisfied_at), size, variance):
        return None
    satisfied = sum(counts[at] for at in satisfied_at)
    solved = sum(counts[at] for at in solved_at)
    content = (len(satisfied_at), size - len(satisfied_at))
    score = sum(count * (LEVELS - at // 2) for at, count in enumerate(counts)) / answered
    first = share_of(satisfied, answered, content, variance)
    second = share_of(solved, answered, (len(solved_at), size - len(solved_at)), variance)
    return {
        "answered": answered, "satisfied": satisfied, "solved": solved, "mean_score": score,
        "satisfied_share": first[0], "satisfied_low": first[1], "satisfied_high": first[2],
        "solved_share": second[0], "solved_low": second[1], "solved_high": second[2],
        "effective_n": round(first[3]),
    }  # fmt: skip


def weighted_share(
    group: Sequence[int],
    cells: Sequence[Cell],
    found: Sequence[tuple[list[int], Fraction]],
    satisfied_levels: int,
) -> float | None:
    """The satisfied share of a place, each cell below counting by what was closed there
    (post-stratified): the unpublished ones together, or with the smallest published one."""
    satisfied_at, _solved = bins_of(satisfied_levels)
    strata: list[list[int]] = []
    rest, noise = [0, 0, 0], Fraction(0)
    for one in group:
        counts, variance = found[one]
        part = sum(counts[at] for at in satisfied_at)
        said = [cells[one]["closed"] or 0, part, sum(counts)]
        if said[2] >= least_published(len(satisfied_at), len(counts), variance):
            strata.append(said)
        else:
            rest, noise = _plus(rest, said), noise + variance
    if not strata:
        return None
    strata.sort()
    if noise and rest[2] >= least_published(len(satisfied_at), 2 * LEVELS, noise):
        strata.append(rest)
    else:
        strata[0] = _plus(strata[0], rest)
    closed = sum(stratum[0] for stratum in strata)
    if not closed:
        return None
    share = sum(stratum[0] / closed * stratum[1] / stratum[2] for stratum in strata)
    return min(max(share, 0.0), 1.0)


def _plus(one: list[int], other: list[int]) -> list[int]:
    return [old + new for old, new in zip(one, other, strict=True)]


# --- the table -----------------------------------------------------------------------------------


def table(release: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every row of a release, as {column: value}; withheld figures are missing."""
    rows = _rows(release, release["cells"], "month", 1)
    quarter = quarter_cells(release)
    return rows + _rows(release, quarter, "quarter", 3) if quarter else rows


def quarter_cells(release: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The cells of the quarter that a month ends: three months' measurements added up."""
    cells, earlier = release["cells"], release["earlier"]
    if len(earlier) != 2 or any(len(one["counts"]) != len(cells) for one in earlier):
        return None
    return [
        {
            **cell,
            "closed": _sum([cell["closed"], *(one["closed"][at] for one in earlier)]),
            "counts": _columns(cell["counts"], *(one["counts"][at] for one in earlier)),
        }
        for at, cell in enumerate(cells)
    ]


def _columns(*rows: list[int]) -> list[int]:
    return [sum(column) for column in zip(*rows, strict=True)]


def _sum(numbers: list[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


def _rows(
    release: Mapping[str, Any], cells: Sequence[Cell], span: str, months: int
) -> list[dict[str, Any]]:
    scales = {level["code"]: Fraction(level["scale"]) for level in release["levels"]}
    levels = release["satisfied_levels"]
    found = adjusted(cells, [months * scales[cell["level"]] ** 2 for cell in cells])
    said = [figures(counts, variance, levels) for counts, variance in found]
    below = children_of(cells)
    at = {(cell["level"], cell["code"]): place for place, cell in enumerate(cells)}
    rows = []
    for place, cell in enumerate(cells):
        row = {name: cell[name] for name in ("level", "code", "name", "closed")}
        row |= {"period": release["period"], "span": span, "parent_code": cell["parent"]}
        row |= {"published": "yes" if said[place] else "no"}
        row["noise_scale"] = sqrt(float(found[place][1]))
        own = said[place]
        if own:
            row |= own
            row |= _beside(below.get(place, []), cells, found, row, levels)
        else:
            row["look_at"] = _above(place, cells, said, at)
        rows.append(row)
    return rows


def _beside(
    groups: list[list[int]],
    cells: Sequence[Cell],
    found: Sequence[tuple[list[int], Fraction]],
    row: Mapping[str, Any],
    levels: int,
) -> dict[str, Any]:
    """The two figures that need what was closed."""
    # kinds come after streets: where a cell has both, its kinds are the strata
    weighted = weighted_share(groups[-1], cells, found, levels) if groups else None
    rate = row["answered"] / row["closed"] if row["closed"] else None
    return {"weighted_share": weighted, "response_rate": rate}


def _above(
    place: int,
    cells: Sequence[Cell],
    said: Sequence[dict[str, Any] | None],
    at: Mapping[tuple[str, str], int],
) -> str | None:
    """The nearest published cell above a withheld one."""
    cell = cells[place]
    while cell["parent"] is not None:
        above = at[(cell["parent_level"], cell["parent"])]
        if said[above]:
            return str(cells[above]["code"])
        cell = cells[above]
    return None


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in ("noise_scale", "mean_score"):
        return f"{value:.2f}"
    if isinstance(value, float):
        return f"{value:.4f}"
    text = str(value)
    # an office program would run such words as a formula
    return "'" + text if isinstance(value, str) and text.startswith(_FORMULA_STARTS) else text


def csv_of(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The table as bytes: UTF-8 with the mark that office programs look for, RFC 4180 lines."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_text(name, row.get(name)) for name in COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def main(folder: Path) -> None:
    """The program beside the two files."""
    names = ("measurements.json", "metadata.json")
    measured, described = (json.loads((folder / name).read_text("utf-8")) for name in names)
    if described["release"] != measured["release"]:
        sys.exit("measurements.json and metadata.json belong to different releases")
    sys.stdout.buffer.write(csv_of(table(measured)))


if __name__ == "__main__":
    main(Path(__file__).resolve().parent)
