"""The impact assessment of releases and surveys says what the code does."""

from fractions import Fraction
from math import exp
from pathlib import Path

import pytest

from portal.reports.rules.rating import PERSONAL_FIELDS as RATING_FIELDS
from portal.satisfaction.rules import SubjectKind
from portal.satisfaction.rules.files import LEVELS_FILE, rows_of
from portal.satisfaction.rules.personal import PERSONAL_FIELDS as SURVEY_FIELDS
from portal.satisfaction.rules.rebuild import least_published
from portal.satisfaction.rules.release import MONTH_MILLI, YEAR_MILLI

PAGE = Path(__file__).parents[2] / "docs/impact-satisfaction.md"


@pytest.fixture(scope="module")
def said() -> str:
    return PAGE.read_text("utf-8")


def test_P3_the_impact_assessment_names_every_personal_field_and_how_long_it_is_kept(
    said: str,
) -> None:
    rows = [line for line in said.splitlines() if line.startswith("| `")]
    for field in (*RATING_FIELDS, *SURVEY_FIELDS):
        name = f"`{field.table}.{field.column}`"
        (row,) = [row for row in rows if name in row]
        assert (f"{field.retention_days} days" in row) is (field.retention_days is not None), name


def test_P3_the_impact_assessment_tells_the_numbers_of_the_releases(said: str) -> None:
    shares = [row["epsilon"] for row in rows_of(LEVELS_FILE) if row["kind"] == SubjectKind.CASE]
    assert f"{', '.join(shares[:-1])} and {shares[-1]} for the four levels" in said
    assert f"ε = {MONTH_MILLI // 1000} a month and kind" in said
    assert f"more than {YEAR_MILLI // 1000} for a kind and year" in said
    assert (
        f"only from {least_published(6, 10, Fraction(1)):.0f} times the scale of the noise" in said
    )
    # what somebody may think afterwards who thought it as likely as not before
    after = [f"{exp(epsilon) / (1 + exp(epsilon)):.0%}".replace("%", " %") for epsilon in (1, 2)]
    assert all(share in said for share in after)
