"""What a city decides about adoption: areas, shares, days; each with its source on the pages.

The usual values are real figures of Chinese cities (facts §7).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any, Final

from volunteers.rules.adoption.lists import AdoptionForm
from volunteers.rules.adoption.refusals import AdoptionRefusal

PREFIX: Final = "adoption_"
MOST_PERCENT: Final = 100


@dataclass(frozen=True)
class Thresholds:
    """The settings; in the city file each bears ``adoption_`` before its name."""

    plaque_square_metres: int = 1000
    name_square_metres: int = 1000
    name_cost_percent: int = 50
    name_years: int = 5
    notice_days: int = 30
    sign_days: int = 14
    term_months: int = 12
    renew_days: int = 30
    first_right_days: int = 90
    inspect_days: int = 90
    applications_a_month: int = 5


def settings_from(thresholds: Mapping[str, Any]) -> Thresholds:
    """The settings of a city file. Raises ValueError when a value cannot be meant."""
    given = {
        field.name: int(thresholds[f"{PREFIX}{field.name}"])
        for field in fields(Thresholds)
        if f"{PREFIX}{field.name}" in thresholds
    }
    found = Thresholds(**given)
    low = [f"{PREFIX}{name}" for name, value in vars(found).items() if value < 1]
    if low:
        raise ValueError(f"thresholds: {', '.join(low)} from 1")
    if found.name_cost_percent > MOST_PERCENT:
        raise ValueError(f"thresholds: {PREFIX}name_cost_percent at most {MOST_PERCENT}")
    return found


def sources_of(given: Mapping[str, Any]) -> Mapping[str, str]:
    """Where each setting comes from, by its name without the prefix, as far as the city says."""
    return {
        field.name: str(given[f"{PREFIX}{field.name}"])
        for field in fields(Thresholds)
        if f"{PREFIX}{field.name}" in given
    }


def gets_plaque(square_metres: int | None, settings: Thresholds) -> bool:
    """Whether a plot is large enough for a plaque."""
    return square_metres is not None and square_metres >= settings.plaque_square_metres


def why_no_name(
    form: AdoptionForm,
    square_metres: int | None,
    cost_percent: int | None,
    settings: Thresholds,
) -> AdoptionRefusal | None:
    """Why a plot cannot bear a name: too small, or the adopter does not pay more than the share."""
    if square_metres is None or square_metres < settings.name_square_metres:
        return AdoptionRefusal.NAME_SMALL
    if not form.paying or (cost_percent or 0) <= settings.name_cost_percent:
        return AdoptionRefusal.NAME_SHARE
    return None


def named_until(start: date, settings: Thresholds) -> date:
    """The last day on which a plot may bear a name."""
    return years_after(start, settings.name_years)


def years_after(start: date, years: int) -> date:
    """The day before the same day some years later: the last of the whole years."""
    return months_after(start, 12 * years)


def months_after(start: date, months: int) -> date:
    """The last day of some whole months that begin on a day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(start.day, last)) - timedelta(days=1)
