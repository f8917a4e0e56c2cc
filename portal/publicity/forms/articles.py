"""Forms of articles: at the desk, and for whoever an article is about."""

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.kernel.forms import LONG, NEEDED, DayField, Form
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.photo_fields import PhotoForm, PhotosField
from portal.publicity.labels.articles import KINDS, PROVENANCES
from portal.publicity.queries.articles import VersionRow
from portal.publicity.rules.articles import (
    LONGEST_ADDRESS,
    LONGEST_ALT,
    LONGEST_AUTHOR,
    LONGEST_BODY,
    LONGEST_NAME,
    LONGEST_SOURCE,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    LONGEST_WHY,
    Origin,
    Provenance,
)
from portal.publicity.service.article_checks import ArticleWish


class ArticleForm(Form):
    """The words of an article and where they come from."""

    title = StringField(
        _l("Headline"), [InputRequired(message=NEEDED), Length(max=LONGEST_TITLE, message=LONG)]
    )
    # "summary" is what a form says of its errors
    short = TextAreaField(
        _l("In one or two sentences"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_SUMMARY, message=LONG)],
    )
    body = TextAreaField(
        _l("Text of the article"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_BODY, message=LONG)],
    )
    provenance = RadioField(
        _l("Our own text, or taken over"),
        [InputRequired(message=_l("Choose where it comes from."))],
        choices=[SelectChoice(one.value, words) for one, words in PROVENANCES.items()],
        default=Provenance.OWN.value,
    )
    source = StringField(
        _l("Source"), [InputRequired(message=NEEDED), Length(max=LONGEST_SOURCE, message=LONG)]
    )
    author = StringField(_l("Author"), [Optional(), Length(max=LONGEST_AUTHOR, message=LONG)])
    origin_url = StringField(
        _l("Address of the page it was taken from"),
        [Optional(), Length(max=LONGEST_ADDRESS, message=LONG)],
    )
    origin_day = DayField(_l("Day on which it appeared there"), [Optional()])
    case_number = StringField(_l("Number of the closed matter"), [Optional(), Length(max=20)])
    policy_number = StringField(_l("Number of the policy"), [Optional(), Length(max=20)])
    masked_why = StringField(
        _l("Why numbers or names in it may stand"),
        [Optional(), Length(max=LONGEST_WHY, message=LONG)],
    )
    seen = HiddenField(default="")

    def start_from(self, row: VersionRow, policy: str) -> None:
        """Show what stands there, unless something was typed."""
        if self.is_submitted():
            return
        self.short.data = row.summary
        for name in ("title", "body", "source", "author", "origin_url", "origin_day",
                     "case_number", "masked_why"):  # fmt: skip
            self[name].data = getattr(row, name)
        self.provenance.data = row.provenance.value
        self.policy_number.data, self.seen.data = policy, row.mark

    def wish(self) -> ArticleWish:
        """What is wanted."""
        origin = Origin(
            Provenance(self.provenance.data), self.source.data or "", self.author.data or "",
            self.origin_url.data or "", self.origin_day.data,
        )  # fmt: skip
        return ArticleWish(
            self.title.data or "", self.short.data or "", self.body.data or "", origin,
            self.case_number.data or "", self.policy_number.data or "", self.masked_why.data or "",
        )  # fmt: skip


class NewArticleForm(ArticleForm):
    """The same with its kind and place, which stay."""

    kind = SelectField(
        _l("Kind"),
        [InputRequired(message=NEEDED)],
        choices=[SelectChoice(one.value, words) for one, words in KINDS.items()],
    )
    place = StringField(_l("Place"), [InputRequired(message=NEEDED), Length(max=40, message=LONG)])


class SeenForm(Form):
    """A form that remembers which version was read, as ``version.sent``."""

    seen = HiddenField(default="")

    def read(self) -> tuple[int, int]:
        """(version, how often it was sent); of nonsense what no version ever has."""
        version, _dot, sent = (self.seen.data or "").partition(".")
        good = all(one.isascii() and one.isdigit() and len(one) < 9 for one in (version, sent))
        return (int(version), int(sent)) if good else (-1, -1)

    def start_from(self, row: VersionRow) -> None:
        """Remember it, unless the form was sent."""
        if not self.is_submitted():
            self.seen.data = f"{row.version}.{row.sent}"


class ArticleStepForm(Form):
    """A step, with a reason where one is due. ``seen``: the mark of what was read."""

    seen = HiddenField(default="")
    reason = TextAreaField(_l("Why?"), [Optional(), Length(max=LONGEST_WHY, message=LONG)])


class ArticlePhotoForm(PhotoForm):
    """A photo with its words."""

    photo = PhotosField(_l("Photo"), most=1)
    alt = StringField(
        _l("What can be seen"),
        [
            InputRequired(message=_l("Please say what can be seen, for whoever cannot see it.")),
            Length(max=LONGEST_ALT, message=LONG),
        ],
    )


class ChangePhotoForm(Form):
    """Other words to a photo, or away with it."""

    alt = ArticlePhotoForm.alt
    remove = BooleanField(_l("Take this photo away"))


class PersonForm(Form):
    """Whose page it is."""

    person = StringField(
        _l("Number or phone of her account"),
        [InputRequired(message=NEEDED), Length(max=40, message=LONG)],
    )


class AgreeForm(SeenForm):
    """What somebody wants whom an article is about."""

    wish = RadioField(
        _l("May it be shown?"),
        [InputRequired(message=_l("Choose one."))],
        choices=[
            SelectChoice("yes", _l("Yes, under the name below")),
            SelectChoice("no", _l("No: take it away with everything in it")),
        ],
    )
    name = StringField(
        _l("Name under which you are shown"),
        [Optional(), Length(max=LONGEST_NAME, message=LONG)],
    )
