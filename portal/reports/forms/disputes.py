"""What the joint meeting resolved: its day, the number of its resolution, the unit it named."""

from typing import Any

from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import Length

from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.organisations.queries import OrganisationRow
from portal.reports.rules.disputes import LONGEST_RESOLUTION


def resolution_fields() -> dict[str, Any]:
    """The fields of a resolution besides its words; the service says what is missing."""
    too_long = _l("Please write no more than %(max)d characters.")
    return {
        "unit": RadioField(_l("Unit in charge"), validate_choice=False),
        "held_on": StringField(_l("Day of the meeting")),
        "resolution": StringField(
            _l("Number of the resolution"),
            validators=[Length(max=LONGEST_RESOLUTION, message=too_long)],
        ),
    }


def offer_lead(form: Any, units: list[OrganisationRow], present: str | None) -> None:
    """Fill in the units that may be named; the one that has it is chosen already."""
    form.unit.choices = [SelectChoice(str(unit.id), in_words(unit.names)) for unit in units]
    if not form.is_submitted():
        form.unit.data = present
