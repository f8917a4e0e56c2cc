"""A case's time as the desk reads it: the limit, its stages, what was used and what was given."""

from typing import Any

from babel.dates import format_timedelta

from portal.kernel.calendars import calendars_of
from portal.kernel.i18n import current_language, in_words
from portal.kernel.i18n import gettext as _
from portal.kernel.web import reading
from portal.kernel.words import say
from portal.reports.labels.categories import source_words
from portal.reports.labels.clock import multiple_words
from portal.reports.labels.desk import time_words
from portal.reports.rules.timeleft import DAY, as_time
from portal.reports.service.desk import DeskCase


def time_of_case(page: DeskCase) -> dict[str, Any]:
    """What ``desk/clock.html`` shows."""
    case, clock = page.case, page.clock
    day = DAY
    if not case.round_the_clock:
        day = calendars_of(reading()).get(case.calendar_code).minutes_a_day

    def length(minutes: float) -> str:
        return time_words(as_time(minutes, day, working=not case.round_the_clock))

    return {
        "limit_said": length(case.limit_minutes),
        "limit_for": _limit_for(page),
        "limit_source": source_words(clock.limit.source) if clock.limit else "",
        "given": length(case.extended_minutes) if case.extended_minutes else "",
        "used": length(clock.used) if clock.used else "",
        "stages": clock.stages,
        "over": multiple_words(clock.multiple),
    }


def _limit_for(page: DeskCase) -> str:
    """For which condition and kind of place the limit was made; nothing when for all."""
    words = [in_words(page.clock.condition)] if page.clock.condition else []
    if page.clock.tag is not None:
        words.append(say(page.clock.tag))
    return " · ".join(words)


def stopped_clocks(page: DeskCase) -> list[tuple[str, str]]:
    """The three clocks that have stopped, in words (R285)."""
    rows = (
        (_("From report to acceptance"), page.clocks.found),
        (_("From acceptance to handling"), page.clocks.handled),
        (_("From handling to feedback"), page.clocks.fed_back),
    )
    language = current_language()
    return [(words, format_timedelta(spent, locale=language)) for words, spent in rows if spent]
