"""Dates as people say them: 11月22日 周日 09:30, Sun 22 Nov, 09:30; the year when it is another."""

from datetime import date, datetime

from babel.dates import format_date, format_skeleton

from portal.kernel.clock import city_day, local, now
from portal.kernel.i18n import current_language
from portal.kernel.web import instance


def moment(value: datetime) -> str:
    """Local date and time in words."""
    at = local(value, instance().city.zone)
    comma = "," if current_language() == "en" else ""
    return f"{day(at)}{comma} {at:%H:%M}"


def day(value: date) -> str:
    """A date in words with its weekday; of a moment, the city's day."""
    return _in_words(value, weekday=True)


def short_day(value: date) -> str:
    """A date in words where its weekday goes without saying."""
    return _in_words(value, weekday=False)


def printed_day(value: date) -> str:
    """A date in words with its year, for what outlives the year on paper; of a moment, the city's
    day."""
    return _in_words(value, weekday=False, paper=True)


def _in_words(value: date, *, weekday: bool, paper: bool = False) -> str:
    zone = instance().city.zone
    if isinstance(value, datetime):
        value = local(value, zone).date()
    with_year = paper or value.year != city_day(now(), zone).year
    language = current_language()
    if language == "en":
        # the language of the pages is British: its Babel locale would say the month first
        pattern = ("EEE " if weekday else "") + ("d MMM y" if with_year else "d MMM")
        return format_date(value, pattern, locale=language)
    words = format_skeleton("yMMMd" if with_year else "MMMd", value, locale=language)
    return f"{words} {format_date(value, 'EEE', locale=language)}" if weekday else words
