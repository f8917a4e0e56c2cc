"""Forms on one page: words that sound like an emergency stop them once, with everything typed."""

from typing import Any

from portal.reports.forms.warning import WARNED
from portal.reports.queries.kinds import emergencies
from portal.reports.rules.emergency import sounds_like
from portal.reports.views.intake_details import whom_to_call


def alarm_of(form: Any) -> dict[str, Any] | None:
    """Whom to call first, when it was sent the first time with such words; else None."""
    if not form.is_submitted() or form.warned.data == WARNED:
        return None
    rows = sounds_like(emergencies(), form.words.data or "", form.where.data or "")
    if not rows:
        return None
    form.warned.data = WARNED
    return whom_to_call(rows)
