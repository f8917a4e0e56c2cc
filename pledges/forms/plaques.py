"""Forms of plaques at the desk."""

from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from pledges.rules.plaques import LONGEST_REASON
from portal.kernel.forms import Form
from portal.kernel.i18n import lazy_gettext as _l

NEEDED = _l("Fill this in.")
TOO_LONG = _l("Please write no more than %(max)d characters.")


def _code_field(label: str) -> StringField:
    return StringField(label, [InputRequired(message=NEEDED), Length(max=40, message=TOO_LONG)])


class IssueForm(Form):
    """A batch of new codes."""

    place = StringField(
        _l("Street or community (name or code)"),
        [InputRequired(message=NEEDED), Length(max=80, message=TOO_LONG)],
    )
    how_many = IntegerField(_l("How many plaques?"), [InputRequired(message=NEEDED)])


class BindForm(Form):
    """Which plaque hangs at which door."""

    code = _code_field(_l("Code on the plaque"))
    premises = _code_field(_l("Number of the premises in the register"))


class PlaqueReasonForm(Form):
    """Why a plaque is taken off or withdrawn."""

    reason = TextAreaField(
        _l("Why? It stays in the history of the door."),
        [InputRequired(message=NEEDED), Length(max=LONGEST_REASON, message=TOO_LONG)],
    )


class ReplaceForm(PlaqueReasonForm):
    """By which other plaque."""

    new = _code_field(_l("Code of the new plaque"))
