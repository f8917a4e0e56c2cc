"""Joining a matter, and saying that a closed one is still there."""

from wtforms import BooleanField, HiddenField

from portal.kernel.forms import Form
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.photo_fields import PhotoForm, PhotosField
from portal.reports.forms.intake import AnswerForm


class JoinForm(Form):
    """Nothing to fill in: a button that is meant."""


class JoinDraftForm(AnswerForm):
    """Join a matter with what was written so far. ``number`` is that of the matter."""

    number = HiddenField()
    add = BooleanField(_l("Add my words and photos to it"))


class StillThereForm(PhotoForm):
    """That it is still there, with a photo if there is one."""

    photos = PhotosField(_l("Photos of how it looks now"), most=3)
