"""Looking up one's own report, and what one can do with it."""

from typing import Any

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.kernel.forms import Form
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.photo_fields import PhotoForm, PhotosField
from portal.kernel.uploads import KeptPhotos

_NUMBER = _l("Please give the number on your receipt.")


class CodeForm(Form):
    """Number and look-up code of a receipt."""

    number = StringField(
        _l("Number of the report"),
        validators=[InputRequired(_NUMBER), Length(max=40, message=_NUMBER)],
    )
    code = StringField(
        _l("Look-up code"),
        validators=[
            InputRequired(_l("Please give the look-up code on your receipt.")),
            Length(max=40, message=_l("The look-up code has eight characters.")),
        ],
    )


class LinkForm(Form):
    """Number and the phone that was left with the report."""

    number = StringField(
        _l("Number of the report"),
        validators=[InputRequired(_NUMBER), Length(max=40, message=_NUMBER)],
    )
    phone = StringField(
        _l("Your mobile phone"),
        validators=[
            InputRequired(_l("Please give the phone you left with the report.")),
            Length(max=40, message=_l("Please give a mobile number, like 138 0000 1200.")),
        ],
    )


class ConfirmForm(Form):
    """Nothing to fill in: a button that is meant."""


class MorePhotosForm(PhotoForm):
    """Photos added later."""

    photos = PhotosField(
        _l("Choose photos"), most=3, required=_l("Please choose at least one photo.")
    )


class ReplyForm(PhotoForm):
    """What a reporter answers to a question: words, photos or both."""

    words = TextAreaField(
        _l("Your answer"),
        validators=[Length(max=2000, message=_l("Please write no more than %(max)d characters."))],
    )
    photos = PhotosField(_l("Photos, if they help"), most=3)

    @property
    def said(self) -> dict[str, Any]:
        """Words and photos as services take them."""
        photos = self.photos.data
        kept = photos if isinstance(photos, KeptPhotos) else KeptPhotos()
        return {"words": self.words.data, "photos": kept}
