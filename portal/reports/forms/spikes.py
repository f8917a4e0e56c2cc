"""The answer to an early warning."""

from wtforms import TextAreaField
from wtforms.validators import Length, Optional

from portal.kernel.forms import Form
from portal.kernel.i18n import lazy_gettext as _l
from portal.reports.rules.spikes import LONGEST_NOTE

LONG = _l("Please write no more than %(max)d characters.")


class WarningForm(Form):
    """Seen; with a note also answered."""

    note = TextAreaField(
        _l("What was found or done"),
        [Optional(), Length(max=LONGEST_NOTE, message=LONG)],
        description=_l(
            "Leave it empty to say only that the desk has seen it. No names of residents."
        ),
    )
