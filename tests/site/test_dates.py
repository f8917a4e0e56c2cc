"""Dates are said as people say them, on the city's clock; the year only when it is another."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from portal.kernel.i18n import in_language
from portal.site.dates import day, moment


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here differs between the engines."""
    return sqlite_url


@pytest.fixture(autouse=True)
def in_2026(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.site.dates.now", lambda: datetime(2026, 6, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("language", "this_year", "other_year"),
    [
        ("zh_Hans", "11月22日 周日 09:30", "2025年11月22日 周六 09:30"),
        ("zh_Hant", "11月22日 週日 09:30", "2025年11月22日 週六 09:30"),
        ("en", "Sun 22 Nov, 09:30", "Sat 22 Nov 2025, 09:30"),
    ],
)
def test_a_moment_has_its_weekday_and_its_year_when_it_is_another(
    app: Flask, language: str, this_year: str, other_year: str
) -> None:
    with app.app_context(), in_language(language):
        assert moment(datetime(2026, 11, 22, 1, 30, tzinfo=UTC)) == this_year
        assert moment(datetime(2025, 11, 22, 1, 30, tzinfo=UTC)) == other_year


@pytest.mark.parametrize(
    ("language", "this_year", "other_year"),
    [
        ("zh_Hans", "11月22日 周日", "2025年11月22日 周六"),
        ("zh_Hant", "11月22日 週日", "2025年11月22日 週六"),
        ("en", "Sun 22 Nov", "Sat 22 Nov 2025"),
    ],
)
def test_so_has_a_day(app: Flask, language: str, this_year: str, other_year: str) -> None:
    with app.app_context(), in_language(language):
        assert day(date(2026, 11, 22)) == this_year
        assert day(date(2025, 11, 22)) == other_year


def test_the_clock_and_the_year_are_the_citys(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    # in Greenwich it is still 2026
    evening = datetime(2026, 12, 31, 17, tzinfo=UTC)
    with app.app_context(), in_language("en"):
        assert moment(evening) == "Fri 1 Jan 2027, 01:00"
        assert day(evening) == "Fri 1 Jan 2027"
        monkeypatch.setattr("portal.site.dates.now", lambda: evening)
        assert moment(evening) == "Fri 1 Jan, 01:00"
        assert day(date(2026, 12, 31)) == "Thu 31 Dec 2026"
