"""Words for what other systems' files bring: why a row or a file is not taken over."""

from portal.kernel.geo import System
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register
from portal.reports.rules.column_maps import MapRefusal
from portal.reports.rules.exchange import ExchangeRefusal, Problem
from portal.reports.rules.layouts import Says

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
        ExchangeRefusal.UNKNOWN_HEADER: _l(
            "No map fits the columns of this file, or several do. Say what each column says."
        ),
        ExchangeRefusal.NO_SUCH_PLACE: _l("There is no place with the code %(code)s."),
        ExchangeRefusal.BAD_ROWS: _l(
            "%(bad)s of %(rows)s rows cannot be taken over, so nothing was."
        ),
    }
)

SAYS = {
    Says.UNREAD: _l("is not read"),
    Says.NUMBER: _l("number of the order"),
    Says.FOUND_AT: _l("when it was reported"),
    Says.SUBJECT: _l("subject, in a few words"),
    Says.WORDS: _l("what was reported"),
    Says.ADDRESS: _l("address or place in words"),
    Says.DISTRICT: _l("district or county"),
    Says.STREET: _l("street or town"),
    Says.COMMUNITY: _l("community or village"),
    Says.CLASS_KIND: _l("event or component"),
    Says.MAJOR_KIND: _l("kind of problem, coarse"),
    Says.KIND: _l("kind of problem"),
    Says.LON: _l("longitude or x"),
    Says.LAT: _l("latitude or y"),
    Says.UNIT: _l("handling unit"),
    Says.TARGET_AT: _l("until when it is to be settled"),
    Says.ANSWER: _l("reply"),
    Says.ANSWERED_AT: _l("when it was replied"),
    Says.CLOSED_AT: _l("when it was closed"),
    Says.CLOSING: _l("words at closing"),
    Says.HANDLED_COUNT: _l("1 when it was handled"),
    Says.LATE_COUNT: _l("1 when it was closed late"),
    Says.CASE_COUNT: _l("count of orders (1)"),
    Says.PHONE: _l("mobile number of whoever reported"),
}
POINTS = {
    System.WGS84: _l("WGS-84 (GPS)"),
    System.GCJ02: _l("GCJ-02 (most Chinese maps)"),
    System.BD09: _l("BD-09 (Baidu)"),
}

register(
    {
        MapRefusal.NO_NAME: _l("Give the map a short name."),
        MapRefusal.NAME_TAKEN: _l("There is a map with this name already."),
        MapRefusal.NO_SYSTEM: _l("Whose numbers are they? Write a short word, like 12345."),
        MapRefusal.NO_NUMBER: _l("Say which column has the number of the order."),
        MapRefusal.NO_TIME: _l("Say which column tells when it was reported."),
        MapRefusal.NO_FORMAT: _l("Choose how times are written in the file."),
        MapRefusal.NO_KIND: _l("Choose a kind of problem, as no column says it."),
        MapRefusal.HALF_POINT: _l("A point needs both longitude and latitude."),
        MapRefusal.TWICE: _l("Two columns cannot say the same."),
        MapRefusal.GONE: _l("This map was taken away already."),
    }
)
