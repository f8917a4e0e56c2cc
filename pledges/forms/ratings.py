"""The one question about a frontage."""

from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.kernel.forms import Form
from portal.kernel.i18n import lazy_gettext as _l
from portal.satisfaction.labels import LEVELS
from portal.satisfaction.rules import Level

_LONGEST_VERSION = 6


class FrontageForm(Form):
    """Five labelled choices, the best first."""

    level = RadioField(
        _l("How satisfied are you with how it looks here?"),
        [InputRequired(message=_l("Please say how satisfied you are."))],
        choices=[SelectChoice(str(int(level)), words) for level, words in LEVELS.items()],
    )
    seen = HiddenField(default="0")

    def chosen(self) -> Level:
        return Level(int(self.level.data))

    def version(self) -> int:
        """The version of her rating that the form was made from; 0 for none or for nonsense."""
        text = self.seen.data or ""
        return (
            int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_VERSION else 0
        )
