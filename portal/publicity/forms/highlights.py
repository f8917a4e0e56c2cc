"""Forms of highlights at the desk."""

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.kernel.forms import LONG, NEEDED, Form
from portal.kernel.i18n import lazy_gettext as _l
from portal.publicity.rules.highlights import (
    LONGEST_WHY,
    LONGEST_WORDS,
    MONTH_LENGTH,
    HighlightWish,
)


class HighlightForm(Form):
    """What an office says of a month."""

    place = StringField(_l("Code of the place"), [InputRequired(message=NEEDED)])
    month = StringField(
        _l("Month, such as 2026-10"),
        [InputRequired(message=NEEDED), Length(max=MONTH_LENGTH, message=LONG)],
    )
    unit = StringField(_l("Code of the unit that says it"), [InputRequired(message=NEEDED)])
    words = TextAreaField(
        _l("What went well?"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_WORDS, message=LONG)],
    )

    def wish(self) -> HighlightWish:
        """What is written."""
        return HighlightWish(
            self.place.data or "", self.month.data or "", self.unit.data or "",
            self.words.data or "",
        )  # fmt: skip


class ApproveForm(Form):
    """A second person says that it may be shown."""


class EndHighlightForm(Form):
    """Why it is taken off."""

    why = TextAreaField(
        _l("Why?"), [InputRequired(message=NEEDED), Length(max=LONGEST_WHY, message=LONG)]
    )
