"""The shape of what a person says about her own ledger."""

from wtforms import BooleanField, HiddenField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length

from portal.kernel.forms import Form
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.photo_fields import PhotoForm, PhotosField

YES, NO = "yes", "no"


class ConsentForm(Form):
    """A yes to points, or its end: one button each, of the same size (L5)."""

    district = HiddenField()
    wanted = HiddenField(validators=[AnyOf((YES, NO), _l("Please choose yes or no."))])


class ConventionForm(Form):
    """A yes to one convention as a basis of deductions, or its end: one button each (L2, L5)."""

    basis = HiddenField()
    wanted = HiddenField(validators=[AnyOf((YES, NO), _l("Please choose yes or no."))])


class EraseLedgerForm(Form):
    """What cannot be undone."""

    sure = BooleanField(
        _l("Yes, erase my points and records for good"),
        [InputRequired(_l("Tick the box to say that you are sure."))],
    )


class ObjectionForm(PhotoForm):
    """Why somebody thinks a deduction wrong, with photos. What was typed and sent is kept."""

    statement = TextAreaField(
        _l("Why is it wrong?"),
        [
            DataRequired(_l("Please write what you have to say.")),
            Length(max=3000, message=_l("This is too long.")),
        ],
    )
    photos = PhotosField(_l("Choose photos"), most=3)


class StatementForm(Form):
    """Her own words beside a record."""

    statement = TextAreaField(
        _l("Your statement"),
        [
            DataRequired(_l("Please write what you have to say.")),
            Length(max=3000, message=_l("This is too long.")),
        ],
    )
