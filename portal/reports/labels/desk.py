"""Words of the desk: its tasks, the time that is left, and what is done to several cases."""

from collections.abc import Mapping

from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.i18n import ngettext
from portal.kernel.words import Words, register, say
from portal.reports.rules.batches import BatchAction, BatchRefusal
from portal.reports.rules.codes import Pause, PhotoKind, Relation
from portal.reports.rules.desk import Task
from portal.reports.rules.routing import RoutingRefusal
from portal.reports.rules.timeleft import Span, TimeLeft
from portal.reports.rules.transitions import Refusal

TASKS: Mapping[Task, Words] = {
    Task.MINE: _l("My queue"),
    Task.CHECK: _l("To check"),
    Task.RESPOND: _l("To answer first"),
    Task.DISPATCH: _l("To dispatch"),
    Task.SENT_BACK: _l("Sent back"),
    Task.HANDLE: _l("To handle"),
    Task.VERIFY: _l("To verify"),
    Task.MODERATE: _l("Words and photos to check"),
    Task.HANDED_IN: _l("Handed in by helpers"),
    Task.OUTSIDE: _l("Answers from outside"),
    Task.SUPPORT: _l("To support"),
    Task.LATE: _l("Overdue"),
    Task.OPEN: _l("All open cases"),
    Task.ALL: _l("All cases"),
}

RELATIONS: Mapping[str, Words] = {
    Relation.FIRST.value: _l("Reported it"),
    Relation.PROXY.value: _l("Reported it for somebody else"),
    Relation.ME_TOO.value: _l("Has the same problem"),
}

PHOTO_KINDS: Mapping[PhotoKind, Words] = {
    PhotoKind.BEFORE: _l("Photo from the reporter"),
    PhotoKind.AFTER: _l("Photo of the result"),
}

# as words on a button
BATCH_ACTIONS: Mapping[BatchAction, Words] = {
    BatchAction.ACCEPT: _l("Accept"),
    BatchAction.CONFIRM: _l("Accept and give out as proposed"),
    BatchAction.DISPATCH: _l("Give to one unit"),
    BatchAction.RECLASSIFY: _l("Change the kind of problem"),
}

register(
    {
        BatchRefusal.NOTHING_TICKED: _l("Tick at least one case."),
        BatchRefusal.TOO_MANY: _l("Tick no more than %(most)s cases at once."),
        BatchRefusal.ONE_BY_ONE: _l(
            "This kind is about a person or a shop: it takes words and photos back from the public."
            " Change it on the page of the case."
        ),
        BatchRefusal.PROTECTED: _l(
            "This matter is about a person or a shop: its words and photos are never public."
        ),
        BatchRefusal.SAME_UNIT: _l("This unit has the case already."),
        BatchRefusal.TOUCHED: _l("Somebody has worked on it since."),
        BatchRefusal.TOLD: _l("People have been told of it already."),
        BatchRefusal.OVER: _l("The ten minutes to undo are over."),
        BatchRefusal.UNDONE: _l("This was undone already."),
    }
)


def refusal_words(code: str | None) -> str:
    """The sentence for a refusal of one case among several, which may have been kept as a code."""
    if code == Refusal.STALE:
        # the words for a form speak of what stands below it
        return str(_("Somebody else changed it meanwhile."))
    if code in set(Refusal):
        return say(Refusal(code))
    if code in set(RoutingRefusal):
        return say(RoutingRefusal(code))
    return say(BatchRefusal(code)) if code in set(BatchRefusal) else code or ""


def left_words(left: TimeLeft | None) -> str:
    """``3 working hours left``, ``overdue by 2 working days``; nothing when nobody knows."""
    if left is None:
        return ""
    if left.overdue and not left.count:
        return str(_("Overdue just now"))
    words = time_words(left)
    said = _("Overdue by %(time)s", time=words) if left.overdue else _("%(time)s left", time=words)
    return str(said)


def time_words(time: TimeLeft) -> str:
    """A length of time: ``3 working hours``, ``2 days``."""
    return _working(time) if time.working else _running(time)


def handled_words(*, late: bool) -> str:
    """Of a case that waits for its check: no time runs any more."""
    return str(_("Handled late") if late else _("Handled in time"))


def paused_words(pause: Pause, day: str) -> str:
    """What a case waits for, and until which day."""
    if pause is Pause.ASKED:
        return str(_("Waits for the reporter until %(day)s", day=day))
    return str(_("Suspended until %(day)s", day=day))


def _working(left: TimeLeft) -> str:
    if left.span is Span.DAYS:
        return str(ngettext("%(num)s working day", "%(num)s working days", left.count))
    if left.span is Span.HOURS:
        return str(ngettext("%(num)s working hour", "%(num)s working hours", left.count))
    return str(ngettext("%(num)s working minute", "%(num)s working minutes", left.count))


def _running(left: TimeLeft) -> str:
    if left.span is Span.DAYS:
        return str(ngettext("%(num)s day", "%(num)s days", left.count))
    if left.span is Span.HOURS:
        return str(ngettext("%(num)s hour", "%(num)s hours", left.count))
    return str(ngettext("%(num)s minute", "%(num)s minutes", left.count))
