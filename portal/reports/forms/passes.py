"""Forms of links that open one case: making one, what its holder sends, what is made of that."""

from typing import Any

from wtforms import (
    BooleanField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional

from portal.kernel.forms import DayField, Form
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.i18n import ngettext
from portal.kernel.photo_fields import PhotoForm, PhotosField
from portal.kernel.uploads import KeptPhotos
from portal.reports.forms.desk import StepForm, read_count
from portal.reports.labels.passes import DECLINE_REASONS
from portal.reports.rules.passes import HOURS, MOST_WORDS, DeclineReason
from portal.reports.service.pass_use import MOST_PHOTOS
from portal.reports.service.passes import ForwardWish, HelperWish

_TOO_LONG = _l("Please write no more than %(max)d characters.")
_LENGTH = Length(max=MOST_WORDS, message=_TOO_LONG)


def _short(most: int = 80) -> list[Any]:
    return [Optional(), Length(max=most, message=_TOO_LONG)]


class HelperForm(Form):
    """Whom a unit lets in, and for how long."""

    hours = SelectField(_l("The link holds for"), validate_choice=False)
    name = StringField(_l("Who helps"), validators=_short(60))
    phone = StringField(_l("Mobile phone of the helper"), validators=_short(40))
    words = TextAreaField(_l("What is to be done there"), validators=[Optional(), _LENGTH])

    def offer(self, usual: int, most: int) -> None:
        """The lengths that the city allows."""
        hours = sorted({*(hour for hour in HOURS if hour <= most), usual})
        self.hours.choices = [SelectChoice(str(hour), _hours(hour)) for hour in hours]
        if not self.is_submitted():
            self.hours.data = str(usual)

    def wish(self) -> HelperWish:
        hours = read_count(self.hours.data) or 0
        return HelperWish(hours, self.name.data, self.phone.data, self.words.data)


def _hours(hours: int) -> str:
    if hours > 24 and hours % 24 == 0:
        return str(ngettext("%(num)s day", "%(num)s days", hours // 24))
    return str(ngettext("%(num)s hour", "%(num)s hours", hours))


class ForwardForm(Form):
    """What goes along with the link to another authority."""

    mail = StringField(_l("Their mail address"), validators=_short(120))
    words = TextAreaField(_l("What you ask of them"), validators=[Optional(), _LENGTH])
    answer_by = DayField(_l("They answer by"), validators=[Optional()])
    names = BooleanField(_l("Tell them who reported it: the reporter has agreed"))
    consent = TextAreaField(_l("How and when the reporter agreed"), validators=_short(300))

    def wish(self) -> ForwardWish:
        return ForwardWish(
            mail=self.mail.data,
            words=self.words.data,
            answer_by=self.answer_by.data,
            consent=(self.consent.data or "") if self.names.data else None,
        )


class WorkForm(PhotoForm):
    """What a helper did: photos of the result, and words."""

    photos = PhotosField(_l("Photos of the result"), most=MOST_PHOTOS)
    words = TextAreaField(_l("What was done"), validators=[_LENGTH])

    @property
    def said(self) -> dict[str, Any]:
        photos = self.photos.data
        kept = photos if isinstance(photos, KeptPhotos) else KeptPhotos()
        return {"words": self.words.data, "photos": kept}


ANSWER, DECLINE = "answer", "decline"


class OutsideForm(Form):
    """The one answer of another authority, or why it does not take the matter."""

    what = RadioField(
        _l("Your answer"),
        choices=[
            SelectChoice(ANSWER, _l("We have dealt with it, or are doing so")),
            SelectChoice(DECLINE, _l("We do not take the matter")),
        ],
        default=ANSWER,
    )
    reason = RadioField(
        _l("If you do not take it: why?"),
        choices=[SelectChoice(code.value, words) for code, words in DECLINE_REASONS.items()],
        validators=[Optional()],
        validate_choice=False,
    )
    words = TextAreaField(_l("In your words"), validators=[_LENGTH])

    @property
    def said(self) -> dict[str, Any]:
        code = self.reason.data
        return {
            "words": self.words.data,
            "declines": self.what.data == DECLINE,
            "decline": DeclineReason(code) if code in set(DeclineReason) else None,
        }


class CameForm(StepForm):
    """The words with which something that came is taken over or passed on."""

    words = TextAreaField(_l("Words for everybody"), validators=[_LENGTH])
