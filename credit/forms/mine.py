"""The shape of what a person says about her own ledger."""

from wtforms import BooleanField, HiddenField
from wtforms.validators import AnyOf, InputRequired

from portal.kernel.forms import Form
from portal.kernel.i18n import lazy_gettext as _l

YES, NO = "yes", "no"


class ConsentForm(Form):
    """A yes to points, or its end: one button each, of the same size (L5)."""

    district = HiddenField()
    wanted = HiddenField(validators=[AnyOf((YES, NO), _l("Please choose yes or no."))])


class EraseLedgerForm(Form):
    """What cannot be undone."""

    sure = BooleanField(
        _l("Yes, erase my points and records for good"),
        [InputRequired(_l("Tick the box to say that you are sure."))],
    )
