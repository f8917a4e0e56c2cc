"""The shapes of filing, publishing, other scripts, readings, revising and ending."""

from datetime import date
from typing import Final

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from portal.conventions.labels.published import AIMS
from portal.conventions.rules.published import LONGEST_NUMBER, Aim
from portal.conventions.rules.texts import (
    LONGEST_CLAUSE,
    LONGEST_PREAMBLE,
    LONGEST_READING,
    LONGEST_REASON,
    LONGEST_SOURCE,
    LONGEST_TITLE,
    LONGEST_WORDS,
)
from portal.conventions.service.filing import FilingWish
from portal.conventions.service.publishing import PublishWish
from portal.conventions.service.revising import EndWish
from portal.kernel.forms import LONG, NEEDED, DayField, Form
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.photo_fields import PhotoForm, PhotosField

CHOOSE: Final = _l("Choose what you decide.")


class FilingForm(PhotoForm):
    """The receipt of the office."""

    filed_with = StringField(
        _l("Filed with"),
        [DataRequired(message=NEEDED), Length(max=LONGEST_SOURCE, message=LONG)],
    )
    filing_number = StringField(
        _l("Number of the filing"),
        [DataRequired(message=NEEDED), Length(max=LONGEST_NUMBER, message=LONG)],
    )
    filed_on = DayField(_l("Filed on"), [InputRequired(message=NEEDED)])
    photos = PhotosField(_l("Photo of the receipt"), most=1)

    def wish(self) -> FilingWish:
        """What stands on the receipt."""
        return FilingWish(
            (self.filed_with.data or "").strip(), (self.filing_number.data or "").strip(),
            self.filed_on.data, self.photos.data,
        )  # fmt: skip


class PublishForm(Form):
    """From when a text counts."""

    effective_from = DayField(_l("It counts from"), [InputRequired(message=NEEDED)])
    review_on = DayField(_l("It is looked at again on"), [Optional()])

    def wish(self) -> PublishWish:
        """From when it counts, and when it is looked at again."""
        return PublishWish(self.effective_from.data, self.review_on.data)


class AboutForm(Form):
    """The name of a text, and what stands above its clauses. ``seen``: the mark of both."""

    title = StringField(
        _l("Name of the convention"),
        [DataRequired(message=NEEDED), Length(max=LONGEST_TITLE, message=LONG)],
    )
    preamble = TextAreaField(
        _l("Introduction"), [Optional(), Length(max=LONGEST_PREAMBLE, message=LONG)]
    )
    seen = HiddenField(default="")


class ScriptForm(Form):
    """A clause in another script. ``seen``: the mark of what stood there."""

    words = TextAreaField(
        _l("The clause in this language"), [Optional(), Length(max=LONGEST_CLAUSE, message=LONG)]
    )
    seen = HiddenField(default="")


class ReadingForm(Form):
    """A plain reading. ``seen``: the mark of what stood there."""

    words = TextAreaField(
        _l("The text in plain words"),
        [DataRequired(message=NEEDED), Length(max=LONGEST_READING, message=LONG)],
    )
    seen = HiddenField(default="")


class ReviseForm(Form):
    """A revision that begins, or a decision to repeal."""

    aim = RadioField(
        _l("What is put to the vote?"), [InputRequired(message=CHOOSE)],
        choices=[SelectChoice(aim.value, words) for aim, words in AIMS.items()],
        default=Aim.REVISE.value,
    )  # fmt: skip
    asked = TextAreaField(
        _l("What do you ask the residents?"),
        [Optional(), Length(max=LONGEST_WORDS, message=LONG)],
    )


class EndForm(Form):
    """That the law ended a convention."""

    ended_on = DayField(
        _l("From which day does it no longer count?"), [InputRequired(message=NEEDED)]
    )
    reason = TextAreaField(
        _l("Why? Everybody can read this."),
        [DataRequired(message=NEEDED), Length(max=LONGEST_REASON, message=LONG)],
    )

    def wish(self) -> EndWish:
        """How it ended."""
        ended_on: date = self.ended_on.data
        return EndWish(ended_on, (self.reason.data or "").strip())
