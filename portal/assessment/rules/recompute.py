#!/usr/bin/env python3
"""Computes an assessment from its inputs, byte for byte: python3 recompute.py > result.csv

Lies beside inputs.json; needs nothing but Python 3.10 or newer. The portal makes its own table with
these very functions. Everything is counted in whole numbers and fractions, so that the result is
the same on every machine: values in ten-thousandths, points in hundredths of a point (10,000 = 100
points), money in fen.
"""

import csv
import io
import json
import sys
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import isqrt
from pathlib import Path
from typing import Any

FULL = 10_000  # a hundred points, in hundredths
COLUMNS = (
    "period", "group", "unit", "name", "points", "low", "high", "rank", "failed", "left_out",
    "fund", "fund_yuan",
)  # fmt: skip
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
Inputs = Mapping[tuple[str, str, str], Mapping[str, int]]


def corrected(document: Mapping[str, Any]) -> dict[tuple[str, str, str], Mapping[str, int]]:
    """The inputs by group, unit and indicator, after the corrections in their order."""
    found: dict[tuple[str, str, str], Mapping[str, int]] = {
        (one["group"], one["unit"], one["indicator"]): one for one in document["inputs"]
    }
    for one in document["corrections"]:
        value = one["becomes"]
        found[one["group"], one["unit"], one["indicator"]] = {
            "value": value, "low": value, "high": value, "decided": 1,
        }  # fmt: skip
    return found


def reached(value: int, none: int, full: int) -> Fraction:
    """Which part of the points a value earns: nothing at ``none``, all at ``full``.

    Where less is better, ``full`` is the smaller of the two.
    """
    return min(max(Fraction(value - none, full - none), Fraction(0)), Fraction(1))


def total_of(
    group: str, unit: str, indicators: Sequence[Mapping[str, Any]], inputs: Inputs
) -> tuple[int, int, int, list[str]] | None:
    """(points, low, high, indicators left out) of a unit; None where nothing is known of it.

    The points of an indicator by its weight; what was left out leaves its weight to the rest. The
    ways from the points to both ends of each interval are added as squares: they are independent.
    """
    total, below, above = Fraction(0), Fraction(0), Fraction(0)
    weights = 0
    left_out = list[str]()
    for indicator in indicators:
        weight, said = indicator["weight"], inputs.get((group, unit, indicator["code"]))
        if said is None and indicator["missing"] != "zero":
            left_out.append(indicator["code"])
            continue
        weights += weight
        if said is not None:
            none, full = indicator["none"], indicator["full"]
            part = reached(said["value"], none, full)
            ends = [reached(said[name], none, full) for name in ("low", "high")]
            total += weight * part
            below += (weight * (part - min(ends))) ** 2
            above += (weight * (max(ends) - part)) ** 2
    if not weights:
        return None
    points = _rounded(total / weights)
    low, high = points - _root(below / weights**2), points + _root(above / weights**2)
    return points, max(low, 0), min(high, FULL), left_out


def known_of(
    group: str, unit: str, indicators: Sequence[Mapping[str, Any]], inputs: Inputs
) -> list[str]:
    """The indicators of a unit that something was measured for.

    A value is no measurement where it is what silence gives: no report of the media is put down of
    a unit that nobody looked at, too. What was decided about an objection is.
    """
    found = list[str]()
    for indicator in indicators:
        said = inputs.get((group, unit, indicator["code"]))
        if said is None:
            continue
        if "decided" in said or said["value"] != indicator.get("silence"):
            found.append(indicator["code"])
    return found


def enough(known: Sequence[str], indicators: Sequence[Mapping[str, Any]], least: int) -> bool:
    """Whether what is known carries ``least`` ten-thousandths of all weight, or more."""
    whole = sum(one["weight"] for one in indicators)
    carried = sum(one["weight"] for one in indicators if one["code"] in known)
    return bool(carried * FULL >= least * whole)


def _rounded(part: Fraction) -> int:
    """Hundredths of a point, half of one up."""
    return (part * FULL + Fraction(1, 2)).__floor__()


def _root(square: Fraction) -> int:
    """The square root in hundredths of a point, rounded up."""
    whole = -((-square * FULL * FULL).__floor__())
    return isqrt(whole - 1) + 1 if whole else 0


def ranks(intervals: Sequence[tuple[int, int]]) -> list[int]:
    """1 + how many others lie wholly above, for each (low, high)."""
    lows = sorted(low for low, _ in intervals)
    return [1 + len(lows) - bisect_right(lows, high) for _, high in intervals]


def shares(fen: int, placed: Sequence[tuple[str, int]]) -> dict[str, int]:
    """A fund by rank, in fen: a unit at rank r of n counts n + 1 - r; the sum is the fund.

    ``placed``: units and their ranks. What is left of whole fen goes to the largest rests.
    """
    weights = {unit: len(placed) + 1 - rank for unit, rank in placed}
    whole = sum(weights.values())
    if not whole:
        return {}
    found = {unit: fen * weight // whole for unit, weight in weights.items()}
    order = sorted(weights, key=lambda unit: (-(fen * weights[unit] % whole), unit))
    for unit in order[: fen - sum(found.values())]:
        found[unit] += 1
    return found


def table(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every unit of every group, the best first."""
    inputs, funds = corrected(document), {one["group"]: one for one in document["funds"]}
    rows = []
    for group in document["groups"]:
        found = _group_rows(document, group, inputs)
        fund = funds.get(group["code"])
        if fund is not None:
            placed = [(row["unit"], row["rank"]) for row in found if "rank" in row]
            paid = shares(fund["fen"], placed)
            for row in found:
                if row["unit"] in paid:
                    row |= {"fund": fund["code"], "fund_fen": paid[row["unit"]]}
        rows += found
    return rows


def _group_rows(
    document: Mapping[str, Any], group: Mapping[str, Any], inputs: Inputs
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for unit in document["units"]:
        if unit["group"] == group["code"]:
            row = {"period": document["period"], "group": group["code"]}
            row |= {"unit": unit["code"], "name": unit["name"]}
            rows.append(row | _said_of(document, group, unit["code"], inputs))
    told = [row for row in rows if "points" in row]
    if group["ranked"] == "yes" and document["ranked"] == "yes":
        places = ranks([(row["low"], row["high"]) for row in told])
        for row, place in zip(told, places, strict=True):
            row["rank"] = place
    rows.sort(key=lambda row: (-row.get("points", -1), row["unit"]))
    return rows


def _said_of(
    document: Mapping[str, Any], group: Mapping[str, Any], unit: str, inputs: Inputs
) -> dict[str, Any]:
    """The points of a unit; where too little is known, only what is: no points, so neither a rank
    nor money, and nobody else's rank counts it.

    Periods that were frozen before this rule say no ``known_least`` and keep their table.
    """
    indicators, least = group["indicators"], document.get("known_least")
    if least is not None:
        known = known_of(group["code"], unit, indicators, inputs)
        if not enough(known, indicators, least):
            left_out = [one["code"] for one in indicators if one["code"] not in known]
            return {"known": known, "left_out": left_out}
    said = total_of(group["code"], unit, indicators, inputs)
    if said is None:
        return {}
    failed = "yes" if said[0] < document["pass_mark"] else "no"
    return dict(zip(("points", "low", "high", "left_out"), said, strict=True)) | {"failed": failed}


def csv_of(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The table as bytes: UTF-8 with the mark that office programs look for, RFC 4180 lines."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        said = {**row, "left_out": " ".join(row.get("left_out", ()))}
        for name in ("points", "low", "high"):
            said[name] = _hundredths(row.get(name))
        said["fund_yuan"] = _hundredths(row.get("fund_fen"))
        writer.writerow([_text(said.get(name)) for name in COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def _hundredths(value: int | None) -> str | None:
    return None if value is None else f"{value // 100}.{value % 100:02d}"


def _text(value: Any) -> str:
    text = "" if value is None else str(value)
    # an office program would run such words as a formula
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def main(folder: Path) -> None:
    """The program beside the inputs."""
    document = json.loads((folder / "inputs.json").read_text("utf-8"))
    sys.stdout.buffer.write(csv_of(table(document)))


if __name__ == "__main__":
    main(Path(__file__).resolve().parent)
