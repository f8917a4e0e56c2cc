"""Levels, cells, sampling, adjustment and what is published: the rules of a release."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from hashlib import sha256
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.satisfaction.labels import KINDS
from portal.satisfaction.rules import SubjectKind, rebuild
from portal.satisfaction.rules.files import COLUMNS_FILE, LEVELS_FILE, rows_of, words
from portal.satisfaction.rules.rebuild import COLUMNS, adjusted, figures, least_published, share_of
from portal.satisfaction.rules.release import (
    CATEGORY,
    MONTH_MILLI,
    CellKey,
    Tree,
    earlier_months,
    histograms,
    is_settled,
    levels_for,
    month_to_count,
    sample,
    shown_places,
    slug_of,
)
from tests.house.session import examples

SHOWN = {
    "/1/": "city", "/1/A/": "street", "/1/B/": "street", "/1/A/M/a/": "community",
    "/1/A/b/": "community", "/1/c/": "community",
}  # fmt: skip
CHAIN = ("city", "street", "community")


def shipped(kind: SubjectKind) -> Any:
    rows = ((row["kind"], row["level"], row["epsilon"]) for row in rows_of(LEVELS_FILE))
    return levels_for(kind, rows, CHAIN)


@pytest.mark.parametrize("kind", SubjectKind)
def test_the_levels_of_every_kind_cost_one_epsilon_together(kind: SubjectKind) -> None:
    assert sum(level.epsilon for level in shipped(kind)) * 1000 == MONTH_MILLI
    assert words(f"kind.{kind}")[0]


def test_every_kind_has_a_name_on_pages() -> None:
    assert set(KINDS) == set(SubjectKind)


def test_the_levels_of_reports_are_split_as_the_city_was_told() -> None:
    told = [
        (level.code, str(level.epsilon), str(level.scale)) for level in shipped(SubjectKind.CASE)
    ]
    assert told == [
        ("city", "1/10", "10"), ("category", "3/20", "20/3"), ("street", "1/2", "2"),
        ("community", "1/4", "4"),
    ]  # fmt: skip


def test_levels_that_cost_more_than_a_month_are_refused() -> None:
    with pytest.raises(ValueError, match="cost"):
        levels_for(SubjectKind.CASE, [("*", "city", "0.6"), ("*", "street", "0.5")], CHAIN)


def test_a_level_that_the_city_has_not_is_left_out_and_not_paid_to_others() -> None:
    rows = [("*", "city", "0.5"), ("*", "quarter", "0.5")]
    assert [str(one.epsilon) for one in levels_for(SubjectKind.CASE, rows, CHAIN)] == ["1/2"]


def test_no_answer_enters_a_level_twice() -> None:
    """The sensitivity of every level is one, wherever a rating lies."""
    tree = Tree(SHOWN, CHAIN)
    cells = [*tree.cells(), CellKey(CATEGORY, "litter", ("city", "1")), CellKey(CATEGORY, "*")]
    for path in (*SHOWN, "/1/A/M/", "/1/A/M/a/G/", "/1/B/x/", "/2/", "/"):
        counts = histograms(tree, cells, Counter({(path, "litter", 3): 1}))
        by_level = Counter[str]()
        for cell, row in zip(cells, counts, strict=True):
            by_level[cell.level] += sum(row)
        assert by_level["city"] == by_level[CATEGORY] == 1, path
        assert by_level["street"] == 1 >= by_level["community"], path


def test_what_lies_below_a_cell_is_divided_among_the_cells_there() -> None:
    cells = Tree(SHOWN, CHAIN).cells()
    assert [(cell.level, cell.code, cell.parent and cell.parent[1]) for cell in cells] == [
        ("city", "1", None), ("street", "A", "1"), ("street", "B", "1"), ("street", "1*", "1"),
        ("community", "a", "A"), ("community", "b", "A"), ("community", "A*", "A"),
        ("community", "c", "1*"), ("community", "1**", "1*"),
    ]  # fmt: skip
    tree = Tree(SHOWN, CHAIN)
    assert list(tree.around("/1/c/")) == ["/1/c/", "/1/*/", "/1/"]
    assert list(tree.around("/1/A/M/")) == ["/1/A/*/", "/1/A/", "/1/"]
    assert list(tree.around("/1/B/x/")) == ["/1/B/", "/1/"]


def test_only_places_of_the_levels_shown_that_existed_in_the_month_have_a_cell() -> None:
    first, end = date(2026, 10, 1), date(2026, 11, 1)
    places = [
        ("/1/", "city", first, None), ("/1/G/", "grid", first, None),
        ("/1/A/", "street", end, None), ("/1/B/", "street", first - timedelta(9), first),
        ("/1/C/", "street", first, end),
    ]  # fmt: skip
    assert set(shown_places(places, CHAIN, first, end)) == {"/1/", "/1/C/"}


def drawn(key: str) -> Callable[[str, str], bytes]:
    return lambda unit, rating: sha256(f"{key}:{unit}:{rating}".encode()).digest()


def test_which_rating_of_a_resident_counts_is_drawn_and_not_the_first_or_last() -> None:
    ratings = [("one", str(at), f"/{at}/", "litter", 1 + at % 5, True) for at in range(50)]
    found = sample(ratings, drawn(""))
    assert found == sample(reversed(ratings), drawn(""))
    assert sum(found.values()) == 1
    picked = {next(iter(sample(ratings, drawn(str(key)))))[0] for key in range(40)}
    assert len(picked) > 10


def test_months_slugs_and_quarters() -> None:
    assert month_to_count("2026-10", "2026-09") == "2026-10"
    assert month_to_count("2026-10", "2026-11") == "2026-11"
    assert earlier_months("2026-12") == ("2026-10", "2026-11")
    assert earlier_months("2026-11") == ()
    assert slug_of("2026-10", SubjectKind.CASE, 1) == "2026-10"
    assert slug_of("2026-10", SubjectKind.SHIFT, 2) == "2026-10-shift-r2"
    end = datetime(2026, 11, 1, tzinfo=UTC)
    assert not is_settled(end, end + timedelta(minutes=59))
    assert is_settled(end, end + timedelta(hours=1))


def test_the_dictionary_knows_every_column() -> None:
    assert tuple(row["name"] for row in rows_of(COLUMNS_FILE)) == COLUMNS


# --- adjustment -----------------------------------------------------------------------------------


def cell(level: str, code: str, parent: tuple[str, str] | None, counts: list[int]) -> Any:
    level_above, above = parent or (None, None)
    return {
        "level": level, "code": code, "name": code, "parent": above, "parent_level": level_above,
        "closed": 10, "counts": counts,
    }  # fmt: skip


counts = st.lists(st.integers(-60, 400), min_size=10, max_size=10)


@st.composite
def a_city(draw: st.DrawFn) -> list[Any]:
    cells = [cell("city", "1", None, draw(counts))]
    streets = range(draw(st.integers(1, 4)))
    below = []
    for street in streets:
        cells.append(cell("street", f"s{street}", ("city", "1"), draw(counts)))
        for place in range(draw(st.integers(0, 4))):
            parent = ("street", f"s{street}")
            below.append(cell("community", f"s{street}c{place}", parent, draw(counts)))
    kinds = range(draw(st.integers(0, 4)))
    return cells + below + [cell(CATEGORY, f"k{k}", ("city", "1"), draw(counts)) for k in kinds]


SCALES = {"city": 10, CATEGORY: Fraction(20, 3), "street": 2, "community": 4}


@given(a_city())
@settings(max_examples=examples(60), deadline=None)
def test_what_is_published_adds_up_whatever_the_noise_was(cells: list[Any]) -> None:
    variances = [Fraction(SCALES[one["level"]]) ** 2 for one in cells]
    found = adjusted(cells, variances)
    at = {(one["level"], one["code"]): place for place, one in enumerate(cells)}
    for above, groups in rebuild.children_of(cells).items():
        for group in groups:
            columns = zip(*(found[one][0] for one in group), strict=True)
            assert [sum(column) for column in columns] == found[above][0]
    assert all(variance <= own for (_, variance), own in zip(found, variances, strict=True))
    assert at


def test_the_adjustment_is_the_weighted_least_squares_of_the_measurements() -> None:
    """City 100 (variance 4), streets 30 and 50 (variance 1 each): by hand."""
    cells = [
        cell("city", "1", None, [100]),
        cell("street", "a", ("city", "1"), [30]),
        cell("street", "b", ("city", "1"), [50]),
    ]
    (city, city_variance), (one, variance), (other, _) = adjusted(
        cells, [Fraction(4), Fraction(1), Fraction(1)]
    )
    # 100/4 and 80/2 weighed: (25 + 40) / (1/4 + 1/2) = 86 2/3; the rest of 6 2/3 halved:
    # 33 1/3 and 53 1/3, of which the first gets the one that is missing
    assert (city, one, other) == ([87], [34], [53])
    assert city_variance == Fraction(4, 3)
    assert variance == Fraction(1, 2) + Fraction(1, 4) * Fraction(4, 3)


def test_the_adjustment_says_rightly_how_much_noise_is_left() -> None:
    rng, left = Random(7), []
    cells = [
        cell("city", "1", None, [0]),
        *(cell("street", str(at), ("city", "1"), [0]) for at in range(3)),
    ]
    variances = [Fraction(25), *[Fraction(4)] * 3]
    for _ in range(4000):
        for one, variance in zip(cells, variances, strict=True):
            one["counts"] = [round(1000 * rng.gauss(0, float(variance) ** 0.5))]
        left.append([found[0][0] / 1000 for found in adjusted(cells, variances)])
    told = [float(variance) for _, variance in adjusted(cells, variances)]
    for place, variance in enumerate(told):
        seen = sum(row[place] ** 2 for row in left) / len(left)
        assert seen == pytest.approx(variance, rel=0.1)


# --- what is published ----------------------------------------------------------------------------


def test_a_histogram_of_five_levels_is_published_from_96_scales_on() -> None:
    assert least_published(3, 5, Fraction(1)) == pytest.approx(96, abs=0.1)
    assert least_published(3, 5, Fraction(16)) == pytest.approx(4 * 96, abs=0.1)


def test_a_cell_is_judged_by_its_noisy_count() -> None:
    least = least_published(6, 10, Fraction(16))
    enough = [0] * 10
    enough[2] = int(least) + 1
    assert figures(enough, Fraction(16), 3) is not None
    enough[2] = int(least)
    assert figures(enough, Fraction(16), 3) is None
    # a negative count counts as what it is
    enough[2], enough[9] = int(least) + 3, -4
    assert figures(enough, Fraction(16), 3) is None


def test_without_noise_the_interval_is_wilsons() -> None:
    share, low, high, n = share_of(80, 100, (6, 4), Fraction(0))
    assert (share, n) == (0.8, 100)
    assert (round(low, 4), round(high, 4)) == (0.7112, 0.8666)


def test_a_share_stays_between_nothing_and_all_though_its_counts_do_not() -> None:
    assert share_of(105, 100, (6, 4), Fraction(4))[0] == 1.0
    assert share_of(-3, 100, (6, 4), Fraction(4))[0] == 0.0


def test_the_weighted_share_counts_each_part_by_what_was_closed_there() -> None:
    cells = [
        cell("city", "1", None, [0] * 10),
        cell("street", "a", ("city", "1"), [900, 0, 0, 0, 0, 0, 100, 0, 0, 0]),
        cell("street", "b", ("city", "1"), [500, 0, 0, 0, 0, 0, 500, 0, 0, 0]),
    ]
    cells[1]["closed"], cells[2]["closed"] = 1000, 3000
    found = [(one["counts"], Fraction(1)) for one in cells]
    share = rebuild.weighted_share([1, 2], cells, found, 3)
    assert share == pytest.approx(0.25 * 0.9 + 0.75 * 0.5)
    # a part too small to be published counts together with the smallest that is not
    cells[1]["counts"][:] = [9, 0, 0, 0, 0, 0, 1, 0, 0, 0]
    found = [(one["counts"], Fraction(1)) for one in cells]
    assert rebuild.weighted_share([1, 2], cells, found, 3) == pytest.approx(509 / 1010)
