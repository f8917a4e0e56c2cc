"""Splitting off parts of a case: for each its kind, its unit, and words for the unit."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from wtforms import SelectChoice, SelectField, TextAreaField
from wtforms.validators import Length, Optional

from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.organisations.queries import OrganisationRow
from portal.reports.forms.desk import MOST_WORDS, StepForm, read_key
from portal.reports.rules.parts import PARTS_AT_ONCE
from portal.reports.service.parts import NewPart


class PartsForm(StepForm):
    """Up to three parts at once; what is left empty is none."""

    numbers = range(1, PARTS_AT_ONCE + 1)

    def offer(
        self, kinds: Mapping[str, Mapping[str, str]], units: Iterable[OrganisationRow]
    ) -> None:
        """Fill in the kinds of problem and the units that serve the place."""
        named = [SelectChoice(code, in_words(names)) for code, names in kinds.items()]
        serving = [SelectChoice(str(unit.id), in_words(unit.names)) for unit in units]
        for number in self.numbers:
            self[f"category_{number}"].choices = [SelectChoice("", _l("No further part")), *named]
            by_list = SelectChoice("", _l("Whom the responsibility list names"))
            self[f"unit_{number}"].choices = [by_list, *serving]

    @property
    def parts(self) -> list[NewPart]:
        """What was filled in, in its order."""
        found = (self._part(number) for number in self.numbers)
        return [part for part in found if part is not None]

    def _part(self, number: int) -> NewPart | None:
        category, words = self.text(f"category_{number}"), self.text(f"words_{number}") or ""
        if not category and not words:
            return None
        return NewPart(category or "", read_key(self.text(f"unit_{number}")), words)


@cache
def parts_form() -> type[PartsForm]:
    """The form with the fields of each part."""
    members: dict[str, Any] = {}
    for number in PartsForm.numbers:
        members[f"category_{number}"] = SelectField(
            _l("Kind of problem"), validators=[Optional()], validate_choice=False
        )
        members[f"unit_{number}"] = SelectField(
            _l("Unit"), validators=[Optional()], validate_choice=False
        )
        too_long = _l("Please write no more than %(max)d characters.")
        members[f"words_{number}"] = TextAreaField(
            _l("What this unit is to do"),
            validators=[Optional(), Length(max=MOST_WORDS, message=too_long)],
        )
    return type("NewPartsForm", (PartsForm,), members)
