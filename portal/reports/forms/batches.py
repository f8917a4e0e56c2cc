"""Forms of the desk for what is done by one key or to several cases at once."""

from collections.abc import Iterable
from uuid import UUID

from wtforms import HiddenField, SelectMultipleField

from portal.kernel.forms import Form
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.reports.forms.desk import StepForm, read_key, read_version
from portal.reports.rules.batches import Wish

SEPARATOR = "."


class UndoForm(Form):
    """A press, no more."""


class ConfirmForm(StepForm):
    """What was proposed beside a case, as the reader saw it."""

    unit = HiddenField()
    category = HiddenField()

    def wish(self, number: str) -> Wish:
        """What is wanted of the case."""
        return Wish(number, self.seen, read_key(self.unit.data), self.category.data or None)


class BatchForm(Form):
    """The cases that stay ticked: each with its version and unit as the reader saw them."""

    wish = SelectMultipleField(_l("Cases"), validate_choice=False)

    def wishes(self, category_code: str | None) -> list[Wish]:
        """What is wanted; what is damaged matches no version and is refused for itself."""
        return list(_wishes(self.wish.data or (), category_code))


def spell_wish(number: str, version: int, unit_id: UUID | None) -> str:
    """A wish as the value of a tick."""
    return SEPARATOR.join((number, str(version), unit_id.hex if unit_id else ""))


def _wishes(texts: Iterable[str], category_code: str | None) -> Iterable[Wish]:
    for text in dict.fromkeys(texts):
        number, _, rest = text.partition(SEPARATOR)
        version, _, unit = rest.partition(SEPARATOR)
        known = clean_number(number)
        if known is not None:
            yield Wish(known, read_version(version), read_key(unit), category_code)
