"""Forms of public replies."""

from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from pledges.forms.inspections import LONG, NEEDED
from pledges.rules.standing import LONGEST_REASON, LONGEST_REPLY
from portal.kernel.forms import Form
from portal.kernel.i18n import lazy_gettext as _l

SHOW, REFUSE = "show", "refuse"


class PublicReplyForm(Form):
    """What an owner says on the page of her shop."""

    words = TextAreaField(
        _l("What do you want to say on the page of your shop?"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_REPLY, message=LONG)],
    )


class DecideReplyForm(Form):
    """Whether it is shown."""

    outcome = RadioField(
        _l("Is it shown on the page of the shop?"),
        [InputRequired(message=_l("Choose what you decide."))],
        choices=[SelectChoice(SHOW, _l("Show it")), SelectChoice(REFUSE, _l("Do not show it"))],
    )
    reason = TextAreaField(
        _l("Why, if it is not shown? The shop reads this."),
        [Optional(), Length(max=LONGEST_REASON, message=LONG)],
    )
