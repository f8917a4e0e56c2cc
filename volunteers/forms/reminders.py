"""Forms of what volunteers want to be told, and of what organisers write."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from wtforms import BooleanField, TextAreaField

from portal.kernel.forms import Form, TicksField
from portal.kernel.i18n import lazy_gettext as _l
from volunteers.forms.fields import named, up_to
from volunteers.rules.announcing import LONGEST_WORDS

MUTED: Final = _l("Teams of which I want no messages")


class WishesForm(Form):
    """Which reminders somebody wants, and which of her teams she mutes."""

    day_before = BooleanField(_l("The day before a shift"))
    hours_before = BooleanField(_l("Two hours before a shift"))
    muted = TicksField(MUTED, validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.muted.choices = []

    def offer(self, teams: Iterable[tuple[str, Mapping[str, str]]]) -> None:
        """Her teams by number and names."""
        self.muted.choices = named(teams)


class WriteForm(Form):
    """A message to a team or to all on a shift."""

    words = TextAreaField(_l("What they should know"), [up_to(LONGEST_WORDS)])
