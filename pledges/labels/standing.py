"""Words for standings: quarters, what a standing is made of, and its reasons."""

from collections.abc import Mapping

from babel.dates import format_skeleton
from babel.numbers import format_decimal

from pledges.queries.standing import StandingRow
from pledges.rules.standing import MOST_STARS
from pledges.rules.standing_formula import Part, days_of, read_figures, standing
from portal.kernel.i18n import current_language
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words

PARTS: Mapping[Part, Words] = {
    Part.INSPECTION: _l("Inspections: of what somebody looked at, how much was kept"),
    Part.RESIDENT: _l(
        "Passers-by: how many are satisfied, counted once when a quarter is over, in whole tens "
        "of people"
    ),
    Part.REPORT: _l("Repeated reports: 100, less for each one after the first"),
}


def quarter_words(quarter: str) -> str:
    """``2026-4`` as people say it."""
    return str(format_skeleton("yQQQQ", days_of(quarter)[0], locale=current_language()))


def standing_words(row: StandingRow | None) -> list[str]:
    """The stars and their reasons, one sentence each."""
    if row is None:
        return [_("Too little is known here yet for stars.")]
    formula, quarters = read_figures(row.figures)
    parts = standing(formula, quarters).parts
    return [_stars(row, formula.least_days), *_reasons(row, parts)]


def _stars(row: StandingRow, least_days: int) -> str:
    name = quarter_words(row.quarter)
    if row.stars is None or row.low is None or row.high is None:
        few = _l(
            "%(quarter)s: too little is known for stars. Somebody must have looked on %(days)s "
            "days or more within a year.",
            quarter=name, days=least_days,
        )  # fmt: skip
        return str(few)
    given = _l(
        "%(quarter)s: %(stars)s of %(most)s stars; from so few looks it may as well be between "
        "%(low)s and %(high)s.",
        quarter=name, stars=row.stars, most=MOST_STARS, low=_number(row.low),
        high=_number(row.high),
    )  # fmt: skip
    return str(given)


def _reasons(row: StandingRow, parts: Mapping[Part, int]) -> list[str]:
    found = []
    if Part.INSPECTION in parts:
        found.append(
            _(
                "Inspections on %(days)s days of the last four quarters: %(share)s%% of what was "
                "looked at was kept; newer looks count more.",
                days=row.inspections, share=parts[Part.INSPECTION],
            )
        )  # fmt: skip
    if Part.RESIDENT in parts and row.ratings is not None:
        found.append(
            _(
                "Ratings of at least %(people)s passers-by: about %(share)s%% are satisfied.",
                people=row.ratings, share=parts[Part.RESIDENT],
            )
        )  # fmt: skip
    else:
        found.append(_("Ratings of passers-by: fewer than ten in a quarter, so none count."))
    found.append(
        _("Reports opened after an inspection in the last four quarters: %(many)s.",
          many=row.reports)
    )  # fmt: skip
    return found


def _number(value: float) -> str:
    return str(format_decimal(round(value, 1), locale=current_language()))
