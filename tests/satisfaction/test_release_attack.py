"""The published files attacked by integer programs; the same attack breaks releases with flaws."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import cycle
from random import Random
from typing import Any

import pytest

from portal.kernel.db import Database
from portal.satisfaction.queries.releases import release_file
from portal.satisfaction.rules import SubjectKind, rebuild
from portal.satisfaction.rules.files import LEVELS_FILE, rows_of
from portal.satisfaction.rules.release import (
    BINS,
    CATEGORY,
    CellKey,
    LevelShare,
    Tree,
    closed_counts,
    histograms,
    levels_for,
)
from portal.satisfaction.service.demo import plant_ratings
from portal.satisfaction.service.noise import Noise, laplace
from tests.make.releases import MONTH, no_noise, rate_many, rating, release, town
from tests.satisfaction.attack import (
    CUT_OFF,
    DOCUMENTED,
    NONE_AT_ALL,
    REUSED,
    Attack,
    Key,
    Suspicion,
)

CHAIN = ("city", "street", "community")
SMALL = {"/1/": "city", "/1/A/": "street", "/1/A/a/": "community", "/1/A/b/": "community"}
HERS = ("/1/A/b/", "litter", 9)
ANSWERS = Counter(
    {("/1/A/a/", "litter", 0): 70, ("/1/A/a/", "litter", 3): 30, HERS: 1, ("/1/", "*", 2): 4}
)
CLOSED = {("/1/A/a/", "litter"): 130, ("/1/A/b/", "litter"): 1, ("/1/", "*"): 9}
# the first release and the two corrections that a year pays for
RELEASES = 3


def levels() -> tuple[LevelShare, ...]:
    rows = ((row["kind"], row["level"], row["epsilon"]) for row in rows_of(LEVELS_FILE))
    return levels_for(SubjectKind.CASE, rows, CHAIN)


class City:
    """A small city of four places and two kinds of problems, and what its releases would say."""

    def __init__(self) -> None:
        tree = Tree(SMALL, CHAIN)
        kinds = [CellKey(CATEGORY, code, ("city", "1")) for code in ("litter", "*")]
        self.cells = [*tree.cells(), *kinds]
        self.counts = histograms(tree, self.cells, ANSWERS)
        self.others = histograms(tree, self.cells, ANSWERS - Counter({HERS: 1}))
        self.closed = closed_counts(tree, self.cells, CLOSED)

    def measured(self, noise: Noise, shares: Sequence[LevelShare] = ()) -> dict[str, Any]:
        """What the attack reads of measurements.json."""
        levels_of = shares or levels()
        noisy = list(self.counts)
        for level in levels_of:
            at = [place for place, cell in enumerate(self.cells) if cell.level == level.code]
            drawn = iter(noise([one for place in at for one in self.counts[place]], level.scale))
            for place in at:
                noisy[place] = [next(drawn) for _ in range(BINS)]
        said = [{"code": level.code, "scale": str(level.scale)} for level in levels_of]
        cells = [
            {"level": cell.level, "code": cell.code, "closed": self.closed[place]}
            | {"parent_level": cell.parent and cell.parent[0]}
            | {"parent": cell.parent and cell.parent[1], "counts": noisy[place]}
            for place, cell in enumerate(self.cells)
        ]
        return {"levels": said, "cells": cells}

    def by_key(self, counts: Sequence[Sequence[int]]) -> dict[Key, int]:
        """Counts as an attack names them, of the cells in which anybody can have answered."""
        return {
            (cell.level, cell.code, at): counts[place][at]
            for place, cell in enumerate(self.cells)
            for at in range(BINS)
            if self.closed[place]
        }


@pytest.fixture(scope="module")
def city() -> City:
    return City()


# --- what is released -----------------------------------------------------------------------------


def test_P4_integer_programs_on_a_month_and_its_corrections_recover_no_count(
    database: Database,
) -> None:
    with database.write() as session:
        tree = town(session)
        rate_many(session, tree["first"].path, 300)
        rate_many(session, tree["west"].path, 30, category="noise")
        plant_ratings(session, [rating(tree["second"].path, result=5, solved=False)])
        closed = {(tree["first"].path, "litter"): 320, (tree["second"].path, "litter"): 1}
        closed[(tree["west"].path, "noise")] = 40
    slugs = [release(database, closed=closed)]
    slugs += [release(database, closed=closed, reason="once more") for _ in range(RELEASES - 1)]
    with database.read() as session:
        texts = [release_file(session, slug, "measurements.json") or "" for slug in slugs]
        tables = [release_file(session, slug, "data.csv") or "" for slug in slugs]
    assert slugs[0] == MONTH
    releases = [json.loads(text) for text in texts]
    # the table, with its shares and ranges, follows from the measurements: it tells nothing more
    for measured, table in zip(releases, tables, strict=True):
        assert rebuild.csv_of(rebuild.table(measured)).decode() == table
    attack = Attack(releases, DOCUMENTED)
    recovered = attack.recovered()
    assert recovered is not None
    # where nothing was closed nobody can have answered, which is public
    nobody = {(cell["level"], cell["code"]) for cell in releases[0]["cells"] if not cell["closed"]}
    assert {key[:2] for key in recovered} <= nobody
    # whether the only matter of the second community was rated, and how, stays open
    assert [attack.possible(("community", "370283001002", at)) for at in (0, 9)] == [(0, 1)] * 2
    assert_contradicted(releases)


def assert_contradicted(releases: Sequence[Mapping[str, Any]]) -> None:
    """Nobody who supposes a flaw can make the files agree with it."""
    for suspicion in (NONE_AT_ALL, CUT_OFF, REUSED):
        assert Attack(releases, suspicion).recovered() is None


def test_P4_who_knows_all_other_answers_cannot_tell_whether_she_answered(city: City) -> None:
    releases = [city.measured(laplace) for _ in range(RELEASES)]
    known = city.by_key(city.others)
    attack = Attack(releases, DOCUMENTED, known)
    for cell in (("community", "b"), ("street", "A"), ("city", "1")):
        low, high = attack.possible((*cell, HERS[2]))
        assert low == known[*cell, HERS[2]] < high
    # the same without noise: she is found
    naked = Attack([city.measured(no_noise)], NONE_AT_ALL, known)
    assert naked.possible(("community", "b", HERS[2])) == (1, 1)


# --- the attack breaks what is flawed -------------------------------------------------------------


def cut_off() -> Noise:
    """Noise that is clamped to one more or one less."""
    rng = Random(5)
    return lambda counts, _scale: [count + rng.choice((-1, 0, 1)) for count in counts]


def reused() -> Noise:
    """Ten draws, as large as those of a community, that every cell of every level gets."""
    drawn = laplace([0] * BINS, Fraction(4))
    return lambda counts, _scale: [
        count + noise for count, noise in zip(counts, cycle(drawn), strict=False)
    ]


@pytest.mark.parametrize(
    ("flawed", "suspicion", "times", "least"),
    [
        (lambda: no_noise, NONE_AT_ALL, 1, 1.0),
        (reused, REUSED, 1, 1.0),
        (cut_off, CUT_OFF, RELEASES, 0.8),
    ],
    ids=["none", "reused between levels", "clamped"],
)
def test_the_attack_recovers_what_flawed_noise_hides(
    city: City, flawed: Callable[[], Noise], suspicion: Suspicion, times: int, least: float
) -> None:
    noise = flawed()
    found = Attack([city.measured(noise) for _ in range(times)], suspicion).recovered()
    assert found is not None
    truth = city.by_key(city.counts)
    right = [key for key in truth if key in found and found[key] == truth[key]]
    assert len(right) == len(truth.keys() & found.keys()) >= least * len(truth)


def test_the_attack_by_the_documented_noise_recovers_what_costs_too_much(city: City) -> None:
    """Four hundred times the ε: noise as good as none, though drawn and told as it should be."""
    costly = [LevelShare(level.code, 400 * level.epsilon) for level in levels()]
    found = Attack([city.measured(laplace, costly)], DOCUMENTED).recovered()
    assert found is not None
    truth = city.by_key(city.counts)
    assert {key: found.get(key) for key in truth} == truth
