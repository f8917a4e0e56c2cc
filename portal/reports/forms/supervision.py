"""Forms of listed supervision: put on the list, say when it comes off, take it off."""

from wtforms import TextAreaField
from wtforms.validators import Length, Optional

from portal.kernel.forms import Form
from portal.kernel.i18n import lazy_gettext as _l
from portal.reports.rules.supervision import MOST_WORDS

_LENGTH = Length(max=MOST_WORDS, message=_l("Please write no more than %(max)d characters."))


class ConditionForm(Form):
    """When a matter is taken off the list; empty: as for its kind of problem."""

    condition = TextAreaField(_l("Condition for taking it off"), validators=[Optional(), _LENGTH])


class ListForm(ConditionForm):
    """Why a case is put on the list by hand. The service says when the reason is missing."""

    reason = TextAreaField(_l("Why is it put on the list?"), validators=[_LENGTH])


class DelistForm(Form):
    """What was found, so that the matter can be taken off."""

    finding = TextAreaField(_l("What was found on the spot?"), validators=[_LENGTH])
