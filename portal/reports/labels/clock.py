"""Words about a case's time: why it cannot be stopped or lengthened, what its reporter is told."""

from collections.abc import Iterable, Mapping

from portal.kernel import messages
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.reports.labels.case import REASONS, WithReason
from portal.reports.rules.codes import Pause
from portal.reports.rules.reasons import EXTEND_REASONS, SUSPEND_REASONS, Reason
from portal.reports.rules.transitions import Refusal

# what everybody reads of a case whose clock stands still
PAUSED: Mapping[Pause, Words] = {
    Pause.ASKED: _l("We have asked whoever reported it, and wait for the answer."),
    Pause.SUSPENDED: _l("It cannot be settled for now. The reason stands below."),
}

register(
    {
        Refusal.PAUSED: _l("The time of this case stands still. Go on with it first."),
        Refusal.NOT_PAUSED: _l("The time of this case is running already."),
        Refusal.EXTENDED_ALREADY: _l("More time was given already. It can be given only once."),
        Refusal.LATE_ALREADY: _l("The promised time is over. More time can be given only before."),
        Refusal.NO_QUESTION: _l("There is no question to answer. Thank you all the same."),
        Refusal.ANSWER_MISSING: _l("Write an answer, or add a photo."),
        Refusal.DAYS_MISSING: _l("Give a number of days, from 1 to %(most)s."),
        Refusal.UNTIL_MISSING: _l(
            "Give the last day of the suspension: after today, no more than %(most)s days ahead."
        ),
        Refusal.SAME_GRADE: _l("The case is graded like this already. Choose another."),
        Refusal.NO_GRADE: _l("There is no such grade for this kind of problem."),
    }
)

messages.register(
    {
        "report.asked": _l(
            "We need to know something about your report %(number)s. Please answer by %(until)s:"
            " %(link)s"
        ),
        "report.resumed": _l(
            "Work on your report %(number)s goes on. It is now promised until %(until)s: %(link)s"
        ),
        "report.resumed_undated": _l(
            "Work on your report %(number)s goes on. It takes %(days)s working days in all:"
            " %(link)s"
        ),
    }
)


def _for_each(template: str, sentence: Words, reasons: Iterable[Reason]) -> None:
    """One message for each reason: the words of the reason stand in its sentence."""
    messages.register(
        {f"{template}.{one.value}": WithReason(sentence, REASONS[one]) for one in reasons}
    )


_for_each(
    "report.extended",
    _l(
        "Your report %(number)s needs more time: %(reason)s. It is now promised until %(until)s:"
        " %(link)s"
    ),
    EXTEND_REASONS,
)
_for_each(
    "report.extended_undated",
    _l(
        "Your report %(number)s needs more time: %(reason)s. It takes %(days)s working days in all:"
        " %(link)s"
    ),
    EXTEND_REASONS,
)
_for_each(
    "report.suspended",
    _l(
        "Your report %(number)s cannot be settled for now: %(reason)s. Work goes on after"
        " %(until)s: %(link)s"
    ),
    SUSPEND_REASONS,
)


def multiple_words(multiple: float | None) -> str:
    """超时倍数 in words; nothing while a case is within its limit."""
    if multiple is None:
        return ""
    return str(_("%(times)s times the limit over it", times=f"{multiple:.1f}"))
