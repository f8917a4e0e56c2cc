"""Fields that several forms of voluntary service share."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import HiddenField, SelectChoice, TextAreaField
from wtforms.validators import Length

from portal.kernel.forms import Form
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l

# commas, also in full width as Chinese input methods write them
_BETWEEN = re.compile("[,;\uff0c\u3001\uff1b]")
NEEDED = _l("Fill this in.")
TOO_LONG = _l("Please write no more than %(max)d characters.")


def up_to(length: int) -> Length:
    """At most so many characters, said in words."""
    return Length(max=length, message=TOO_LONG)


def choices(words: Mapping[Any, Any]) -> list[SelectChoice]:
    """Choices of codes with their words."""
    return [SelectChoice(code.value, text) for code, text in words.items()]


def named(rows: Iterable[tuple[str, Mapping[str, str]]]) -> list[SelectChoice]:
    """Choices of (code, names) in the reader's language."""
    return [SelectChoice(code, in_words(names)) for code, names in rows]


class DaysField(TextAreaField):  # type: ignore[misc]  # wtforms has no types
    """Days like 2026-10-01, one a line or with spaces between."""

    days: frozenset[date] = frozenset()

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        super().process_formdata(valuelist)
        words = _BETWEEN.sub(" ", self.data or "").split()
        try:
            self.days = frozenset(date.fromisoformat(word) for word in words)
        except ValueError as error:
            self.days = frozenset()
            raise ValueError(_l("Write days like 2026-10-01, one a line.")) from error


class SeenForm(Form):
    """A form about something of which the writer saw a version: nobody overwrites unseen."""

    seen = HiddenField()

    def look_at(self, version: int) -> None:
        """The version that is shown; what was posted keeps the one it was written about."""
        if not self.is_submitted():
            self.seen.data = str(version)

    @property
    def version(self) -> int:
        """The version that was seen; one that nobody can have seen when it cannot be read."""
        typed = str(self.seen.data or "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


class PlainForm(Form):
    """A single button: only the form's token and key."""
