"""Words for service contracts."""

from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register
from portal.reports.rules.contracts import ContractRefusal

register(
    {
        ContractRefusal.UNKNOWN: _l("Choose a contract of the list."),
        ContractRefusal.SAME: _l("The case is linked to this already. Choose another."),
        ContractRefusal.REASON_MISSING: _l("Say in a few words why."),
    }
)
