"""Forms of the lists at the desk."""

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from pledges.forms.inspections import LONG, NEEDED
from pledges.rules.standing import LONGEST_BASIS, LONGEST_REASON
from portal.kernel.forms import Form
from portal.kernel.i18n import lazy_gettext as _l


class EvidenceForm(Form):
    """Why a shop is exemplary, as everybody will read it."""

    evidence = TextAreaField(
        _l("Why is this frontage exemplary? Everybody reads this."),
        [InputRequired(message=NEEDED), Length(max=LONGEST_REASON, message=LONG)],
    )


class RemoveForm(Form):
    """Why a row is taken off."""

    reason = TextAreaField(
        _l("Why is it taken off?"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_REASON, message=LONG)],
    )


class AskListForm(Form):
    """Where the list is to be kept, and on which legal basis."""

    area = StringField(_l("Code of the place"), [InputRequired(message=NEEDED)])
    basis = TextAreaField(
        _l("Legal basis: which regulation, which article"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_BASIS, message=LONG)],
    )
