"""Words for the groups of what can be reported, and for time limits."""

from collections.abc import Mapping

from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.i18n import ngettext
from portal.kernel.words import Words
from portal.kernel.worktime import DAY_PLAN
from portal.reports.rules.categories import MINUTES_AN_HOUR, FunctionGroup, LimitRow, LimitSource

# the eight groups of the city's own system (R009)
GROUPS: Mapping[FunctionGroup, Words] = {
    FunctionGroup.UTILITIES: _l("Roads, lamps, pipes and covers"),
    FunctionGroup.SANITATION: _l("Cleanliness and signs"),
    FunctionGroup.GREENING: _l("Trees and green space"),
    FunctionGroup.ORDER: _l("Order in public space"),
    FunctionGroup.ILLEGAL_BUILDING: _l("Illegal construction"),
    FunctionGroup.ENVIRONMENT: _l("Noise, fumes and dust"),
    FunctionGroup.TRAFFIC: _l("Traffic and parking"),
    FunctionGroup.EMERGENCY: _l("Danger"),
    FunctionGroup.OTHER: _l("Something else"),
}
SOURCES: Mapping[str, Words] = {
    LimitSource.CITY_A: _l("as in the running system of another city (A)"),
    LimitSource.CITY_B: _l("as in the running system of another city (B)"),
    LimitSource.STARTING_VALUE: _l("a value to start with, until the city sets its own"),
}
MINUTES_A_DAY = sum(end - start for start, end in DAY_PLAN)


def limit_words(limit: LimitRow) -> str:
    """A time limit as people say it: hours that count day and night, working hours or days."""
    if limit.round_the_clock:
        hours = -(-limit.minutes // MINUTES_AN_HOUR)
        return str(ngettext("%(num)d hour, day and night", "%(num)d hours, day and night", hours))
    if limit.minutes % MINUTES_A_DAY == 0:
        days = limit.minutes // MINUTES_A_DAY
        return str(ngettext("%(num)d working day", "%(num)d working days", days))
    hours = -(-limit.minutes // MINUTES_AN_HOUR)
    return str(ngettext("%(num)d working hour", "%(num)d working hours", hours))


def source_words(source: str) -> str:
    """Where a limit comes from; what a city wrote itself is shown as it stands."""
    return str(SOURCES.get(source, source))
