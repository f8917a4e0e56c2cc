"""The shape of a request for a correction, and of the desk's answers."""

from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from portal.kernel.forms import LONG, Form, WholeNumberField
from portal.kernel.i18n import lazy_gettext as _l

RIGHT, STAYS = "right", "stays"


class AskForm(Form):
    """What is wrong, in her own words."""

    words = TextAreaField(
        _l("What is wrong, and how should it be?"),
        [
            DataRequired(_l("Please write what you have to say.")),
            Length(max=1000, message=LONG),
        ],
    )


class PrepareForm(Form):
    """What is to be taken back of an entry."""

    amount = WholeNumberField(_l("How much is taken back"), [InputRequired(_l("Say how much."))])
    reason = TextAreaField(
        _l("Reason; the person reads it"),
        [DataRequired(_l("Please give the reason.")), Length(max=500, message=LONG)],
    )


class AnswerForm(Form):
    """An answer in words."""

    outcome = RadioField(
        _l("Answer"),
        [InputRequired(_l("Choose what became of it."))],
        choices=[
            SelectChoice(STAYS, _l("It is right as it stands")),
            SelectChoice(RIGHT, _l("It was put right")),
        ],
        default=STAYS,
    )
    words = TextAreaField(
        _l("Reason; the person reads it"),
        [DataRequired(_l("Please give the reason.")), Length(max=500, message=LONG)],
    )
