"""Words for matters that belong to somebody else."""

from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register
from portal.reports.rules.outside import OutsideKind, OutsideRefusal

OUTSIDE_KINDS = {
    OutsideKind.REFERRED: _l("Where to go with this"),
    OutsideKind.HANDED_OVER: _l("Who handles it now"),
}

register(
    {
        OutsideRefusal.BODY_MISSING: _l("Choose the authority it belongs to."),
        OutsideRefusal.PAST_DAY: _l("Choose a day that is not over."),
        OutsideRefusal.FAR_DAY: _l("Choose a day within one year."),
    }
)

messages.register(
    {
        "report.not_accepted.out_of_scope.to": _l(
            "Your report %(number)s was not accepted, because it belongs to: %(body)s. Please turn"
            " to them. More: %(link)s"
        ),
        "report.handed_over.to": _l(
            "Your report %(number)s was handed over to: %(body)s. They handle it now. More:"
            " %(link)s"
        ),
        "report.handed_over": _l(
            "Your report %(number)s was handed over to another authority. More: %(link)s"
        ),
        "report.outside_answer": _l(
            "The other authority has answered about your report %(number)s. Read it here: %(link)s"
        ),
        "report.taken_back": _l(
            "Your report %(number)s was taken back from another authority, and we look after it"
            " again. Follow it here: %(link)s"
        ),
    }
)
