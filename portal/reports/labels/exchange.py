"""Words for what other systems' files bring: why a row or a file is not taken over."""

from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register
from portal.reports.rules.exchange import ExchangeRefusal, Problem

PROBLEMS = {
    Problem.WIDTH: _l("another number of cells than there are columns"),
    Problem.FORMULA: _l("a formula instead of a value"),
    Problem.ROUNDED: _l("a long number that a spreadsheet has rounded"),
    Problem.STRAY_SIGN: _l("a stray or damaged sign"),
    Problem.EMPTY: _l("empty"),
    Problem.TOO_LONG: _l("too long"),
    Problem.DOUBTFUL_DATE: _l("a doubtful date or time"),
    Problem.AHEAD_OF_TIME: _l("a time that has not come yet"),
    Problem.OUT_OF_ORDER: _l("earlier than the report itself"),
    Problem.UNKNOWN_CATEGORY: _l("no kind of problem is called so, or several are"),
    Problem.UNKNOWN_PLACE: _l("no place is called so here"),
    Problem.BAD_POINT: _l("not a point on Earth"),
    Problem.OUTSIDE_CITY: _l("a point outside the city"),
    Problem.UNKNOWN_STATUS: _l("a status that the map does not know"),
    Problem.CONTRADICTION: _l("contradicts the times of the row"),
    Problem.NOT_A_COUNT: _l("not a number"),
    Problem.BAD_PHONE: _l("not a mobile number"),
    Problem.TWICE: _l("a number that stands in the file twice"),
}

register(PROBLEMS)
register(
    {
        ExchangeRefusal.MISSING_COLUMNS: _l("The file has no column %(columns)s."),
        ExchangeRefusal.NO_MAP: _l("There is no map %(name)s; there are %(known)s."),
        ExchangeRefusal.BAD_MAP: _l("The map %(name)s cannot be used: %(why)s."),
        ExchangeRefusal.NO_DAY: _l("Write a day."),
        ExchangeRefusal.NO_SUCH_PLACE: _l("There is no place with the code %(code)s."),
        ExchangeRefusal.BAD_ROWS: _l(
            "%(bad)s of %(rows)s rows cannot be taken over, so nothing was."
        ),
    }
)
