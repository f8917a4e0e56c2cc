"""Months and thresholds."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from portal.satisfaction.rules import (
    Level,
    Settings,
    is_month,
    months_between,
    next_month,
    settings_from,
)

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
    assert not any(map(is_month, ("0000-01", "0001-01", "9999-12"))), "no day before or after them"
