"""Names of periods, groups, indicators and values as people read them."""

from datetime import date

from babel.dates import format_skeleton
from babel.numbers import format_currency, format_decimal, format_percent

from portal.assessment.rules import Source, Span
from portal.assessment.rules.objecting import scale_of
from portal.assessment.rules.periods import period_of
from portal.assessment.rules.sets import UNIT, funds, groups, indicators, talks
from portal.kernel.i18n import current_language, gettext, in_words

_HUNDREDTHS = 100


def period_words(name: str) -> str:
    """``2026-Q4`` as people say it."""
    period = period_of(name)
    if period is None:
        return name
    month = {Span.MONTH: period.at, Span.QUARTER: 3 * period.at, Span.YEAR: 1}[period.span]
    skeleton = {Span.MONTH: "yMMMM", Span.QUARTER: "yQQQQ", Span.YEAR: "y"}[period.span]
    return format_skeleton(skeleton, date(period.year, month, 1), locale=current_language())


def group_words(code: str) -> str:
    """The name of an assessed group."""
    return in_words(groups()[code].names)


def indicator_words(set_code: str, group: str, code: str) -> str:
    """The name of an indicator; of a quarter or year the name of its part."""
    for one in indicators():
        if (one.set_code, one.group, one.code) == (set_code, group, code):
            return in_words(one.names)
    return period_words(code)


def known_words(set_code: str, group: str, codes: str) -> str:
    """The names of some indicators, whose codes stand with spaces between."""
    names = [indicator_words(set_code, group, code) for code in codes.split()]
    return gettext(", ").join(names)


def fund_words(code: str) -> str:
    """The name of a reward fund."""
    return next(in_words(fund.names) for fund in funds() if fund.code == code)


def talk_words(code: str) -> str:
    """The name of a rule of talks; one that is no more is named by its code."""
    return next((in_words(rule.names) for rule in talks() if rule.code == code), code)


def points_words(hundredths: int | None) -> str:
    """Points with two decimals."""
    if hundredths is None:
        return gettext("not known")
    return format_decimal(hundredths / _HUNDREDTHS, format="0.00", locale=current_language())


def yuan_words(fen: int) -> str:
    """An amount of money."""
    return format_currency(fen / _HUNDREDTHS, "CNY", locale=current_language())


def value_words(source: str, value: int | None) -> str:
    """A value in the unit in which people read it: percent, points or reports."""
    if value is None:
        return gettext("not known")
    if source in (Source.SYSTEM.value, Source.RELEASE.value, Source.REGISTER.value):
        return format_percent(value / UNIT, format="#,##0.##%", locale=current_language())
    return format_decimal(value / scale_of(source), locale=current_language())
