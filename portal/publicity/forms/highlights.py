"""Forms of highlights at the desk."""

from typing import Final

from portal.kernel.forms import Form, needed_line, needed_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.publicity.rules.highlights import (
    LONGEST_WHY,
    LONGEST_WORDS,
    MONTH_LENGTH,
    HighlightWish,
)

# no code is longer
_CODE: Final = 40


class HighlightForm(Form):
    """What an office says of a month."""

    place = needed_line(_l("Place"), _CODE)
    month = needed_line(_l("Month, such as 2026-10"), MONTH_LENGTH)
    unit = needed_line(_l("Which unit says it?"), _CODE)
    words = needed_words(_l("What went well?"), LONGEST_WORDS)

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

    why = needed_words(_l("Why?"), LONGEST_WHY)
