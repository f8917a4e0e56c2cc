"""Forms of nominations and honours."""

from collections.abc import Iterable

from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from credit.labels.honours import WISHES
from credit.rules.honours import (
    MOST_CITATION,
    MOST_NAME,
    MOST_WHOM,
    MOST_WORDS,
    HonourKind,
    Wish,
)
from credit.service.honours.answering import Answer
from credit.service.honours.checking import Check
from credit.service.honours.nominating import Nomination
from portal.kernel.forms import Form
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l

_LONG = _l("Please write no more than %(max)d characters.")


class NominationForm(Form):
    """Whom to nominate, for what, and why."""

    kind = RadioField(
        _l("What for"), [InputRequired(message=_l("Choose what the nomination is for."))]
    )
    place = StringField(
        _l("Street or community (name or code)"),
        [InputRequired(message=_l("Write the place.")), Length(max=80, message=_LONG)],
    )
    whom = StringField(
        _l("Whom do you nominate?"),
        [
            InputRequired(message=_l("Write whom you mean.")),
            Length(max=MOST_WHOM, message=_LONG),
        ],
    )
    words = TextAreaField(
        _l("Why?"),
        [InputRequired(message=_l("Write why.")), Length(max=MOST_WORDS, message=_LONG)],
    )

    def offer(self, kinds: Iterable[HonourKind]) -> None:
        """The kinds that are given now."""
        self.kind.choices = [SelectChoice(kind.code, in_words(kind.names)) for kind in kinds]

    def told(self, nominee: str = "") -> Nomination:
        return Nomination(
            self.kind.data or "", self.place.data or "", self.whom.data or "",
            self.words.data or "", nominee,
        )  # fmt: skip


class StaffNominationForm(NominationForm):
    """Staff may say at once who it is."""

    nominee = StringField(
        _l("Account number or mobile number; of a shop or unit its code"),
        [Optional(), Length(max=40, message=_LONG)],
    )


class CheckForm(Form):
    """Who it is, and what could be said in public."""

    nominee = StringField(
        _l("Account number or mobile number; of a shop or unit its code"),
        [Optional(), Length(max=40, message=_LONG)],
    )
    citation = TextAreaField(_l("Words for the public"), [Length(max=MOST_CITATION, message=_LONG)])

    def check(self) -> Check:
        return Check(self.nominee.data or "", self.citation.data or "")


class AnswerForm(Form):
    """What a nominee wants."""

    wish = RadioField(
        _l("What do you want?"),
        [InputRequired(message=_l("Choose one of the three."))],
        choices=[SelectChoice(wish.value, words) for wish, words in WISHES.items()],
    )
    name = StringField(
        _l("Name to be shown, if it is to be shown"),
        [Optional(), Length(max=MOST_NAME, message=_LONG)],
    )

    def answer(self) -> Answer:
        return Answer(Wish(self.wish.data), self.name.data or "")


class PaperAnswerForm(AnswerForm):
    """The same from a signed sheet of paper."""

    paper = BooleanField(
        _l("The nominee’s signed paper form is here and is kept"),
        [InputRequired(message=_l("Without the signed form nothing can be typed in."))],
    )


class SureForm(Form):
    """Nothing to fill in: a button that is meant."""
