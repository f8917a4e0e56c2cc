"""What a release gives away, measured on a small instance; how true its intervals are."""

import json
from collections import Counter
from fractions import Fraction
from math import exp, sqrt
from random import Random
from typing import Any

import pytest

from portal.kernel.db import Database
from portal.satisfaction.queries.releases import release_file
from portal.satisfaction.rules import SubjectKind, rebuild
from portal.satisfaction.rules.files import LEVELS_FILE, rows_of
from portal.satisfaction.rules.release import CATEGORY, CellKey, Tree, histograms, levels_for
from portal.satisfaction.service.demo import plant_ratings
from portal.satisfaction.service.noise import laplace
from tests.make.releases import MONTH, rating, release, town

CHAIN = ("city", "street", "community")
LEAST_HITS = 30
SMALL = {"/1/": "city", "/1/A/": "street", "/1/A/a/": "community", "/1/A/b/": "community"}


def levels() -> Any:
    rows = ((row["kind"], row["level"], row["epsilon"]) for row in rows_of(LEVELS_FILE))
    return levels_for(SubjectKind.CASE, rows, CHAIN)


def small_city() -> tuple[Tree, list[CellKey]]:
    tree = Tree(SMALL, CHAIN)
    kinds = [CellKey(CATEGORY, code, ("city", "1")) for code in ("litter", "*")]
    return tree, [*tree.cells(), *kinds]


def evidence(
    counts: list[list[int]], hers: set[int], cells: list[CellKey], runs: int
) -> Counter[int]:
    """How often each value of the sum of ε-weighted counts came out in so many releases.

    The counts of the cells that one resident enters, each weighed by its level's ε, are what tells
    best whether she is in it; 20 ε is a whole number at every level.
    """
    sums = [0] * runs
    for level in levels():
        at = [place for place, cell in enumerate(cells) if cell.level == level.code]
        noisy = laplace([counts[place][0] for place in at] * runs, level.scale)
        weight = int(20 * level.epsilon)
        for one in (one for one, place in enumerate(at) if place in hers):
            for run in range(runs):
                sums[run] += weight * noisy[run * len(at) + one]
    return Counter(sums)


def lower_bound(hits: int, runs: int) -> float:
    """Below which a chance lies with 2.5 % only (Wilson)."""
    share, z = hits / runs, 1.96
    middle = share + z * z / (2 * runs)
    reach = z * sqrt(share * (1 - share) / runs + z * z / (4 * runs**2))
    return (middle - reach) / (1 + z * z / runs)


def most_told(with_her: Counter[int], without: Counter[int], runs: int, *, step: int) -> float:
    """The largest ratio of chances that an observer can be sure of, over all thresholds."""
    found = 0.0
    for edge in range(min(with_her | without), max(with_her | without), step):
        above = [
            sum(count for value, count in seen.items() if value >= edge)
            for seen in (with_her, without)
        ]
        below = [runs - hits for hits in above]
        for one, other in (above, above[::-1], below, below[::-1]):
            if one >= LEAST_HITS:
                most = 1 - lower_bound(runs - other, runs)
                found = max(found, lower_bound(one, runs) / most)
    return found


def told_of_one_resident(runs: int) -> float:
    tree, cells = small_city()
    others = Counter({("/1/A/a/", "litter", 0): 3, ("/1/A/b/", "other", 0): 3})
    before = histograms(tree, cells, others)
    after = histograms(tree, cells, others + Counter({("/1/A/a/", "litter", 0): 1}))
    hers = {at for at, (old, new) in enumerate(zip(before, after, strict=True)) if old != new}
    assert len(hers) == len(levels())
    found = [evidence(counts, hers, cells, runs) for counts in (after, before)]
    return most_told(found[0], found[1], runs, step=7)


def test_P4_one_resident_changes_no_chance_by_more_than_e() -> None:
    told = told_of_one_resident(1500)
    assert 1.1 < told <= exp(1)


@pytest.mark.long
def test_P4_one_resident_changes_no_chance_by_more_than_e_in_a_hundred_thousand_runs() -> None:
    told = told_of_one_resident(100_000)
    assert 1.6 < told <= exp(1)


def test_the_measure_of_privacy_sees_noise_that_is_too_small() -> None:
    rng = Random(3)
    runs = 1500
    weak = [Counter(round(rng.gauss(shift, 2)) for _ in range(runs)) for shift in (20, 0)]
    assert most_told(*weak, runs, step=1) > exp(1)


def test_P4_an_empty_community_looks_like_one_with_a_single_rater(database: Database) -> None:
    with database.write() as session:
        tree = town(session)
        plant_ratings(session, [rating(tree["first"].path)])
    release(database)
    with database.read() as session:
        measured = json.loads(release_file(session, MONTH, "measurements.json") or "")
        table = release_file(session, MONTH, "data.csv") or ""
    single, empty = (
        next(cell for cell in measured["cells"] if cell["code"] == code)
        for code in ("370283001001", "370283001002")
    )
    assert {key: type(value) for key, value in single.items()} == {
        key: type(value) for key, value in empty.items()
    }
    lines = [line for line in table.splitlines() if ",37028300100" in line]
    shapes = {tuple(bool(part) for part in line.split(",")) for line in lines if ",no," in line}
    assert len(shapes) == 1


def test_P4_the_files_hold_nothing_of_what_was_not_asked_to_be_counted(database: Database) -> None:
    canary = "canary-7f3a"
    with database.write() as session:
        tree = town(session)
        plant_ratings(session, [rating(tree["first"].path, category=canary)])
    release(database)
    with database.read() as session:
        for name in ("data.csv", "measurements.json", "metadata.json", "rebuild.py"):
            assert canary not in (release_file(session, MONTH, name) or "")


# --- intervals and shares by simulation -----------------------------------------------------------


def simulated(rng: Random, runs: int) -> tuple[float, float, int]:
    """(coverage of the intervals, share of cells moved by at most five points, cells published)."""
    variance = Fraction(16)
    covered = close = published = 0
    for _ in range(runs):
        content = rng.choice((0.55, 0.7, 0.85, 0.93))
        people = rng.randint(560, 1600)
        counts = [0] * 10
        for _ in range(people):
            level = rng.choice((0, 1, 2)) if rng.random() < content else rng.choice((3, 4))
            counts[2 * level + (rng.random() < 0.3)] += 1
        noisy = laplace(counts, Fraction(4))
        found = rebuild.figures(noisy, variance, 3)
        if found is None:
            continue
        published += 1
        covered += found["satisfied_low"] <= content <= found["satisfied_high"]
        close += abs(found["satisfied_share"] - sum(counts[:6]) / people) <= 0.05
    return covered / published, close / published, published


def test_intervals_cover_what_they_say_and_the_noise_moves_shares_by_little() -> None:
    covered, close, published = simulated(Random(11), 500)
    assert published > 400
    # 500 runs tell a coverage of 95 % to about two points
    assert 0.92 <= covered <= 0.98
    assert close >= 0.95


@pytest.mark.long
def test_intervals_cover_between_93_and_97_of_100_in_twenty_thousand_cells() -> None:
    covered, close, _ = simulated(Random(12), 20_000)
    assert 0.93 <= covered <= 0.97
    assert close >= 0.95


def a_month(rng: Random, cells: list[CellKey], content: float) -> list[list[int]]:
    """True counts of a small city in which each resident is satisfied by the same chance."""
    counts = [[0] * 10 for _ in cells]
    at = {(cell.level, cell.code): place for place, cell in enumerate(cells)}
    above = [at[cell.parent] if cell.parent else None for cell in cells]
    parents = set(above)
    leaves = [
        place for place, cell in enumerate(cells)
        if cell.level != CATEGORY and place not in parents
    ]  # fmt: skip
    for leaf in leaves:
        for _ in range(rng.randint(0, 1200)):
            level = rng.choice((0, 1, 2)) if rng.random() < content else rng.choice((3, 4))
            one = 2 * level + (rng.random() < 0.3)
            counts[at[CATEGORY, rng.choice(("litter", "*"))]][one] += 1
            place: int | None = leaf
            while place is not None:
                counts[place][one] += 1
                place = above[place]
    return counts


@pytest.mark.long
def test_what_the_adjustment_publishes_at_every_level_covers_as_much() -> None:
    """The variances that the tree leaves are the ones that the intervals reckon with."""
    _tree, cells = small_city()
    rng, shares = Random(13), {level.code: level.scale for level in levels()}
    told = [
        {"level": cell.level, "code": cell.code, "parent": cell.parent and cell.parent[1]}
        | {"parent_level": cell.parent and cell.parent[0]}
        for cell in cells
    ]
    covered, close, published = Counter[str](), Counter[str](), Counter[str]()
    for _ in range(700):
        content = rng.choice((0.55, 0.7, 0.85, 0.93))
        counts = a_month(rng, cells, content)
        noisy = [laplace(row, shares[cell.level]) for row, cell in zip(counts, cells, strict=True)]
        said = [one | {"counts": row} for one, row in zip(told, noisy, strict=True)]
        found = rebuild.adjusted(said, [shares[cell.level] ** 2 for cell in cells])
        for cell, true, (whole, variance) in zip(cells, counts, found, strict=True):
            figure = rebuild.figures(whole, variance, 3)
            if figure is not None:
                published[cell.level] += 1
                covered[cell.level] += (
                    figure["satisfied_low"] <= content <= figure["satisfied_high"]
                )
                moved = figure["satisfied_share"] - sum(true[:6]) / max(sum(true), 1)
                close[cell.level] += abs(moved) <= 0.05
    assert set(published) == set(shares)
    for level, times in published.items():
        # seven hundred cities tell a coverage of 95 % to about two points
        assert 0.93 <= covered[level] / times <= 0.975, level
        assert close[level] / times >= 0.95, level
