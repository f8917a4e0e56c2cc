"""Rules of series in words."""

from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.i18n import ngettext
from volunteers.rules.recurrence import Frequency, Rule, read_rule

_DAYS = (
    _l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"),
    _l("Sunday"),
)  # fmt: skip
_NTH = {
    1: _l("first"), 2: _l("second"), 3: _l("third"), 4: _l("fourth"), 5: _l("fifth"),
    -1: _l("last"),
}  # fmt: skip


def rule_in_words(text: str) -> str:
    """How often a series takes place, in the reader's language; its end is a date of its own."""
    rule = read_rule(text)
    said = [_every(rule)]
    if rule.weekdays:
        said.append(_(", ").join(_day(*one) for one in rule.weekdays))
    if rule.monthdays:
        days = _(", ").join(str(day) for day in rule.monthdays)
        said.append(_("on day %(days)s of the month", days=days))
    if rule.count is not None:
        said.append(ngettext("%(num)s time", "%(num)s times", rule.count))
    return str(_(", ")).join(said)


def _every(rule: Rule) -> str:
    if rule.frequency is Frequency.DAILY:
        return str(ngettext("each day", "every %(num)s days", rule.interval))
    if rule.frequency is Frequency.WEEKLY:
        return str(ngettext("every week", "every %(num)s weeks", rule.interval))
    return str(ngettext("every month", "every %(num)s months", rule.interval))


def _day(nth: int, weekday: int) -> str:
    day = str(_DAYS[weekday])
    if nth == 0:
        return day
    return str(_("the %(nth)s %(day)s", nth=_NTH.get(nth, _NTH[-1]), day=day))
