"""Words of the report on dispatch."""

from collections.abc import Mapping

from portal.assessment.rules.dispatch import Rate
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words

RATES: Mapping[Rate, Words] = {
    Rate.ACCEPTED: _l("Accepted in time"),
    Rate.DISPATCHED: _l("Dispatched in time"),
    Rate.RIGHT: _l("Right the first time"),
    Rate.RETURNED: _l("Returned"),
    Rate.PASSED_ON: _l("Passed on (buck-passing)"),
    Rate.IN_TIME: _l("Closed in time"),
}
