"""A child names her guardian's phone; the guardian says yes."""

from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired

from portal.kernel.forms import Form
from portal.kernel.i18n import lazy_gettext as _l


class AskGuardianForm(Form):
    """Where the link goes."""

    phone = StringField(
        _l("Mobile number of your guardian"), [InputRequired(_l("Please give a mobile number."))]
    )


class AgreeForm(Form):
    """The guardian's own word."""

    states = BooleanField(_l("I am 18 or older and this child’s parent or guardian"))
