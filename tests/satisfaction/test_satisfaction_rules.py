"""Months, thresholds, and figures from which nothing withheld can be computed back."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.satisfaction.rules import (
    Counts,
    Level,
    Published,
    Settings,
    count_up,
    counted_places,
    is_month,
    is_rest,
    months_between,
    next_month,
    parent_of,
    publish,
    rest_of,
    row_for,
    settings_from,
    with_rests,
)
from tests.house.session import examples

CLOSED = datetime(2026, 10, 1, tzinfo=UTC)


def test_the_first_three_levels_count_as_satisfied_unless_the_city_says_otherwise() -> None:
    assert [Settings().satisfied(level) for level in Level] == [True, True, True, False, False]
    two = settings_from({"satisfied_levels": 2})
    assert [two.satisfied(level) for level in Level] == [True, True, False, False, False]


def test_the_window_ends_fourteen_days_after_closing_unless_the_city_says_otherwise() -> None:
    assert Settings().window_ends(CLOSED) == CLOSED + timedelta(days=14)
    assert settings_from({"rating_window_days": 7}).window_ends(CLOSED) == CLOSED + timedelta(7)


@pytest.mark.parametrize(
    "thresholds",
    [
        {"rating_window_days": 0},
        {"satisfied_levels": 5},
        {"satisfied_levels": 0},
        {"smallest_published_count": 9},
    ],
)
def test_thresholds_that_cannot_be_meant_are_refused(thresholds: Mapping[str, int]) -> None:
    with pytest.raises(ValueError, match="thresholds"):
        settings_from(thresholds)


def test_months_follow_each_other_over_the_new_year() -> None:
    assert next_month("2026-12") == "2027-01"
    assert months_between("2026-11", "2027-02") == ["2026-11", "2026-12", "2027-01"]
    assert months_between("2027-02", "2026-11") == []
    assert [is_month(text) for text in ("2026-10", "2026-13", "2026-1", "2026-10 ")] == [
        True, False, False, False,
    ]  # fmt: skip


def test_only_places_of_the_levels_shown_that_existed_in_the_month_have_a_row() -> None:
    october, november = date(2026, 10, 1), date(2026, 11, 1)
    places = [
        ("/1/", "city", date(2020, 1, 1), None),
        ("/1/2/", "street", date(2020, 1, 1), date(2026, 10, 1)),
        ("/1/3/", "street", date(2020, 1, 1), date(2026, 10, 2)),
        ("/1/4/", "street", november, None),
        ("/1/3/5/", "grid", date(2020, 1, 1), None),
    ]
    shown = counted_places(places, frozenset({"city", "street"}), october, november)
    assert shown == {"/1/", "/1/3/"}


def test_what_lies_below_counts_above_and_what_fits_nowhere_counts_as_elsewhere() -> None:
    known = with_rests(["/1/", "/1/2/", "/1/3/"])
    assert known == {"/1/", "/1/2/", "/1/3/", rest_of("/1/")}
    assert row_for("/1/2/9/8/", known) == "/1/2/"
    assert row_for("/1/7/", known) == rest_of("/1/")
    assert row_for("/4/", known) is None
    rows = count_up(
        known,
        {"/1/2/9/": Counts(2, 1, 1, 0), "/1/2/": Counts(1), "/1/": Counts(5), "/4/": Counts(9)},
    )
    assert rows["/1/2/"] == Counts(3, 1, 1, 0)
    assert rows["/1/3/"] == Counts()
    assert rows[rest_of("/1/")] == Counts(5)
    assert rows["/1/"] == Counts(8, 1, 1, 0)


def by_path(rows: Mapping[str, Counts]) -> dict[str, Published]:
    return {row.path: row for row in publish(rows)}


def test_large_rows_are_published_whole() -> None:
    known = frozenset({"/1/", "/1/2/", "/1/3/"})
    big = Counts(50, 40, 20, 20)
    rows = by_path(count_up(known | {rest_of("/1/")}, {"/1/2/": big, "/1/3/": big, "/1/": big}))
    assert rows["/1/2/"] == Published("/1/2/", 50, 40, 20, 20)
    assert rows["/1/"] == Published("/1/", 150, 120, 60, 60)
    assert rows[rest_of("/1/")].closed == 50


@pytest.mark.parametrize(
    "small",
    [
        Counts(50, 9, 0, 9),
        Counts(50, 40, 9, 20),
        Counts(50, 40, 31, 20),
        Counts(50, 40, 20, 9),
        Counts(50, 40, 20, 31),
    ],
    ids=["answered", "solved", "not solved", "satisfied", "not satisfied"],
)
def test_a_small_cell_withholds_its_row_of_ratings_and_the_next_smallest(small: Counts) -> None:
    rows = by_path(
        count_up(
            with_rests(["/1/", "/1/2/", "/1/3/", "/1/4/"]),
            {
                "/1/2/": small,
                "/1/3/": Counts(50, 80, 40, 40),
                "/1/4/": Counts(50, 60, 30, 30),
                "/1/": Counts(50, 90, 45, 45),
            },
        )
    )
    assert rows["/1/2/"] == Published("/1/2/", 50, None, None, None)
    assert rows["/1/4/"].answered is None
    assert rows["/1/3/"].answered == 80
    assert rows[rest_of("/1/")].answered == 90
    assert rows["/1/"].answered is not None


def test_an_empty_place_looks_like_one_with_a_single_rater() -> None:
    known = with_rests(["/1/", "/1/2/", "/1/3/", "/1/4/"])
    others = {"/1/3/": Counts(50, 80, 40, 40), "/1/4/": Counts(50, 60, 30, 30)}
    empty = publish(count_up(known, others))
    single = publish(count_up(known, {**others, "/1/2/": Counts(1, 1, 1, 1)}))
    shape = [[value is None for value in astuple(row)[1:]] for row in empty]
    assert shape == [[value is None for value in astuple(row)[1:]] for row in single]


# --- the attack -----------------------------------------------------------------------------------

COLUMNS = ("closed", "answered", "solved", "unsolved", "satisfied", "dissatisfied")
counts = st.builds(
    lambda closed, answered, solved, satisfied: Counts(
        closed, answered, answered * solved // 100, answered * satisfied // 100
    ),
    st.one_of(st.integers(0, 12), st.integers(0, 200)),
    st.one_of(st.integers(0, 12), st.integers(0, 200)),
    st.integers(0, 100),
    st.integers(0, 100),
)


@st.composite
def months(draw: st.DrawFn) -> dict[str, Counts]:
    """A random city of up to four levels in which anything happened anywhere."""
    paths = ["/1/"]
    for depth in range(3):
        for parent in [path for path in paths if path.count("/") == depth + 2]:
            paths += [f"{parent}{number}/" for number in range(draw(st.integers(0, 4)))]
    known = with_rests(paths)
    return count_up(known, {path: draw(counts) for path in sorted(known) if not is_rest(path)})


UNKNOWN = 10**9


@dataclass
class Range:
    """What an attacker knows of one cell."""

    low: int
    high: int

    def narrow(self, low: int, high: int) -> bool:
        before = (self.low, self.high)
        self.low, self.high = max(self.low, low), min(self.high, high)
        assert self.low <= self.high
        return before != (self.low, self.high)


def cells_of(row: Published) -> dict[str, int | None]:
    def less(whole: int | None, part: int | None) -> int | None:
        return None if whole is None or part is None else whole - part

    return {
        "closed": row.closed,
        "answered": row.answered,
        "solved": row.solved,
        "unsolved": less(row.answered, row.solved),
        "satisfied": row.satisfied,
        "dissatisfied": less(row.answered, row.satisfied),
    }


def sums_of(rows: list[Published]) -> list[tuple[tuple[str, str], list[tuple[str, str]]]]:
    """Every equation "this cell is the sum of those" that holds between the cells of a month."""
    equations = []
    paths = [row.path for row in rows]
    for path in paths:
        below = [child for child in paths if parent_of(child) == path]
        if below:
            equations += [((path, name), [(child, name) for child in below]) for name in COLUMNS]
        for first, second in (("solved", "unsolved"), ("satisfied", "dissatisfied")):
            equations.append(((path, "answered"), [(path, first), (path, second)]))
    return equations


def attack(rows: list[Published]) -> dict[tuple[str, str], Range]:
    """Narrow every cell by every equation until nothing more can be learnt."""
    known = {
        (row.path, name): Range(0, UNKNOWN) if value is None else Range(value, value)
        for row in rows
        for name, value in cells_of(row).items()
    }
    equations = sums_of(rows)
    changed = True
    while changed:
        changed = False
        for total, parts in equations:
            low, high = sum(known[p].low for p in parts), sum(known[p].high for p in parts)
            changed |= known[total].narrow(low, high)
            for part in parts:
                others = [known[other] for other in parts if other != part]
                changed |= known[part].narrow(
                    known[total].low - sum(other.high for other in others),
                    known[total].high - sum(other.low for other in others),
                )
    return known


@given(months())
@settings(max_examples=examples(150), deadline=None)
def test_no_withheld_cell_can_be_computed_back_or_bounded_closely(rows: dict[str, Counts]) -> None:
    published = publish(rows)
    known = attack(published)
    for row in published:
        for name, value in cells_of(row).items():
            found = known[row.path, name]
            if value is None:
                assert found.high - found.low >= 10, (row.path, name, found)
            else:
                assert value >= 10


@given(months(), st.randoms(use_true_random=False))
@settings(max_examples=examples(100), deadline=None)
def test_what_is_published_fits_two_very_different_months(
    rows: dict[str, Counts], chance: object
) -> None:
    """Not only bounds: a whole other month exists that would have been published the same way."""
    published = {row.path: row for row in publish(rows)}
    withheld = {path for path, row in published.items() if row.answered is None}
    leaves = {path for path in rows if not any(parent_of(other) == path for other in rows)}
    for path in sorted(withheld & leaves):
        top = path
        while (above := parent_of(top)) in withheld and above is not None:
            top = above
        others = [
            leaf
            for leaf in sorted(withheld & leaves)
            if parent_of(top) is not None
            and leaf.startswith(str(parent_of(top)))
            and not leaf.startswith(top)
            and nearest_published(leaf, withheld) == parent_of(top)
        ]
        if parent_of(top) is None:
            continue  # nothing at all is published
        group = [
            leaf
            for leaf in withheld & leaves
            if nearest_published(leaf, withheld) == parent_of(top)
        ]
        joint = sum((rows[leaf] for leaf in group), Counts())
        assert others
        for bearer in (path, others[0]):
            month = {leaf: rows[leaf] for leaf in leaves - set(group)}
            month[bearer] = joint
            assert_same_table(published, count_up(frozenset(rows), month))
        assert min(joint.rating_cells) >= 10


def nearest_published(path: str, withheld: set[str]) -> str | None:
    above = parent_of(path)
    while above is not None and above in withheld:
        above = parent_of(above)
    return above


def assert_same_table(published: Mapping[str, Published], rows: Mapping[str, Counts]) -> None:
    for path, row in published.items():
        if row.answered is not None:
            other = rows[path]
            assert (row.answered, row.solved, row.satisfied) == (
                other.answered, other.solved, other.satisfied,
            )  # fmt: skip


def test_the_attack_itself_works_on_a_table_without_protection() -> None:
    rows = count_up(with_rests(["/1/", "/1/2/", "/1/3/"]), {"/1/2/": Counts(50, 40, 20, 20)})
    naive = [
        Published(path, *((None,) * 4 if path == "/1/3/" else astuple(row)))
        for path, row in rows.items()
    ]
    found = attack(naive)["/1/3/", "answered"]
    assert (found.low, found.high) == (0, 0)
