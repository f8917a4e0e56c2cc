"""Words of early warning."""

from portal.accounts.labels import register_actions
from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register
from portal.reports.rules.spikes import SpikeRefusal

register(
    {
        SpikeRefusal.ANSWERED: _l(
            "Somebody has answered this warning meanwhile. What was written stays."
        )
    }
)
register_actions(
    {
        "spike:see": _l("Early warning seen"),
        "spike:answer": _l("Early warning answered"),
    }
)
messages.register(
    {
        "desk.wave": _l(
            "Early warning, %(place)s: reports of %(kind)s in 7 days %(count)s, usually %(usual)s."
            " %(link)s"
        ),
        "desk.fall": _l(
            "Early warning, %(place)s: by the released figures %(percent)s %% are satisfied,"
            " usually %(usual)s %%. %(link)s"
        ),
        "desk.fall_of_kind": _l(
            "Early warning, %(place)s: by the released figures %(percent)s %% are satisfied with"
            " what is done about %(kind)s, usually %(usual)s %%. %(link)s"
        ),
    }
)
