"""Filing for somebody else, on one page; and the ends without a unit."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length

from portal.areas.queries import AreaRow
from portal.kernel.forms import Form
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.phones import clean_mobile
from portal.kernel.photo_fields import PhotoForm, PhotosField
from portal.kernel.uploads import KeptPhotos
from portal.kernel.words import say
from portal.reports.forms.intake import KEEP, SHOW
from portal.reports.forms.own_doors import OwnDoorForm
from portal.reports.forms.questions import Asking, question_fields
from portal.reports.forms.warning import WarnedOnce
from portal.reports.labels.doors import BEHALVES, CONSENT_WAYS, PROXY_RELATIONS
from portal.reports.rules.codes import Source
from portal.reports.rules.doors import BEHALVES as OF_SOURCE
from portal.reports.rules.doors import (
    NUMBERED,
    Behalf,
    ConsentWay,
    Filing,
    FilingRefusal,
    ProxyRelation,
    what_is_wrong,
)
from portal.reports.rules.intake import (
    MOST_PHOTOS,
    MOST_PLACE_WORDS,
    MOST_WORDS,
    Contact,
    IntakeRefusal,
    ReportAnswers,
)
from portal.reports.rules.kinds import Question
from portal.reports.rules.transitions import Refusal

_PERSONAL = ("name", "phone", "relation", "consent_way", "agreed", "paper", "sealed")
_TOO_LONG = _l("Please write no more than %(max)d characters.")


def _choices(words: Any, codes: Any) -> list[SelectChoice]:
    return [SelectChoice(code.value, words[code]) for code in codes]


class FilingForm(WarnedOnce, Asking, PhotoForm):
    """Everything on one page. ``checked``: she has seen the matters near by that it may be."""

    source: Source
    found_valid: bool | None = None
    checked = HiddenField()
    join = StringField()
    photos = PhotosField(_l("Choose photos"), most=MOST_PHOTOS)
    area = SelectField(_l("Place"), validate_choice=False)
    where = StringField(_l("Where exactly?"))
    words = TextAreaField(_l("What is wrong?"))
    external = StringField(_l("Order number of the hotline"))
    behalf = RadioField(_l("For whom?"), validate_choice=False)
    name = StringField(_l("Name of the resident"))
    phone = StringField(_l("Her mobile number"))
    relation = RadioField(
        _l("How do you stand to her?"),
        choices=_choices(PROXY_RELATIONS, ProxyRelation),
        validate_choice=False,
    )
    consent_way = RadioField(
        _l("How did she agree?"), choices=_choices(CONSENT_WAYS, ConsentWay), validate_choice=False
    )
    paper = PhotosField(_l("Photo of the signed paper"), most=1)
    agreed = BooleanField(_l("I have read these words to her, and she agrees"))
    sealed = BooleanField(_l("Hide from the handling unit who she is"), default=True)
    publish = RadioField(
        _l("Who may see the words and photos?"),
        choices=[
            SelectChoice(SHOW, _l("Everyone, after a person has checked them")),
            SelectChoice(KEEP, _l("Only those who handle it")),
        ],
        validate_choice=False,
    )

    def prepare(self, areas: Sequence[AreaRow], *, protected: bool) -> None:
        """Fill the lists, and take away what this source or kind does not ask."""
        self.area.choices = [
            SelectChoice("", _l("I do not know")),
            *(SelectChoice(area.code, in_words(area.names)) for area in areas),
        ]
        behalves = OF_SOURCE[self.source]
        self.behalf.choices = _choices(BEHALVES, behalves)
        if len(behalves) == 1:
            self.behalf.data = behalves[0].value
        if Behalf.RESIDENT not in behalves:
            for name in _PERSONAL:
                del self[name]
        if self.source not in NUMBERED:
            del self.external
        if protected:
            del self.publish

    def validate(self, extra_validators: Any = None) -> bool:
        """Once: a photo that will not do is told when it comes, and is gone afterwards."""
        if self.found_valid is None:
            self.found_valid = self._is_valid(extra_validators)
        return self.found_valid

    def _is_valid(self, extra_validators: Any) -> bool:
        """Every field is looked at, so that all that is missing is told at once."""
        valid = super().validate(extra_validators)
        checks = (self.read_extra(), self._words_fit(), self._person_is_known(), self._may_show())
        return valid and all(checks)

    def _demand(self, name: str, code: Any, **facts: Any) -> bool:
        self[name].errors = [*self[name].errors, say(code, **facts)]
        return False

    def _words_fit(self) -> bool:
        if len(self.words.data or "") > MOST_WORDS:
            return self._demand("words", IntakeRefusal.LONG_WORDS, most=MOST_WORDS)
        if len(self.where.data or "") > MOST_PLACE_WORDS:
            return self._demand("where", IntakeRefusal.LONG_PLACE_WORDS, most=MOST_PLACE_WORDS)
        if not self.words.data and not self.photos.data.tokens and not self.photos.errors:
            return self._demand("words", IntakeRefusal.NO_WORDS)
        return True

    def _person_is_known(self) -> bool:
        if self.behalf.data not in {choice.value for choice in self.behalf.choices}:
            return self._demand("behalf", FilingRefusal.NO_BEHALF)
        good = True
        for name, refusal in what_is_wrong(self.filing):
            good = self._demand(name, refusal)
        if self._text("phone") and clean_mobile(self._text("phone")) is None:
            good = self._demand("phone", IntakeRefusal.BAD_PHONE)
        return good

    def _may_show(self) -> bool:
        if "publish" in self and self.publish.data not in {SHOW, KEEP}:
            return self._demand("publish", FilingRefusal.NO_PUBLISH_CHOICE)
        return True

    def _text(self, name: str) -> str:
        return (self[name].data or "") if name in self else ""

    def _code(self, name: str, codes: Any) -> Any:
        text = self._text(name)
        return codes(text) if text in set(codes) else None

    @property
    def papers(self) -> KeptPhotos:
        """The photo of the paper, if there is one."""
        return self.paper.data if "paper" in self else KeptPhotos()

    @property
    def filing(self) -> Filing:
        """For whom it is filed, and how that was agreed."""
        behalf = Behalf(self.behalf.data)
        return Filing(
            source=self.source,
            behalf=behalf,
            name=self._text("name") if behalf is Behalf.RESIDENT else "",
            relation=self._code("relation", ProxyRelation),
            consent_way=self._code("consent_way", ConsentWay),
            agreed=bool("agreed" in self and self.agreed.data),
            papers=len(self.papers.tokens) if "paper" not in self or not self.paper.errors else 1,
            external_number=self._text("external"),
        )

    def report(self, category: str, language: str) -> ReportAnswers:
        """What was answered; the place is still words. Nobody's number is kept without consent."""
        named = self.behalf.data == Behalf.RESIDENT.value
        phone = clean_mobile(self._text("phone")) if named else None
        return ReportAnswers(
            photos=self.photos.data.tokens,
            photo_answered=True,
            category_code=category,
            place_words=self.where.data or "",
            words=self.words.data or "",
            words_answered=True,
            contact=Contact.PHONE if phone else Contact.NONE,
            phone=phone or "",
            consent=named,
            sealed=bool("sealed" in self and self.sealed.data),
            publish=self.publish.data == SHOW if "publish" in self else None,
            extra=dict(self.extra),
            language=language,
        )


def filing_form(
    questions: Sequence[Question], moment: datetime, source: Source, **data: Any
) -> FilingForm:
    """The form for one kind, from one source."""
    members = {
        **question_fields(questions),
        "asked": tuple(questions),
        "moment": moment,
        "source": source,
    }
    made: type[FilingForm] = type("KindFiling", (FilingForm,), members)
    return made(data=data)


class SolvedForm(PhotoForm):
    """That it is solved, in a few words and with a photo."""

    photos = PhotosField(
        _l("Photo of how it looks now"),
        most=MOST_PHOTOS,
        required=_l("Please add a photo that shows that it is solved."),
    )
    words = TextAreaField(
        _l("How was it solved?"), validators=[Length(max=MOST_WORDS, message=_TOO_LONG)]
    )


class SettledForm(Form):
    """Yes or no, by the button that was pressed."""

    answer = StringField()
    words = TextAreaField(
        _l("If not: what is still to be done?"),
        validators=[Length(max=MOST_WORDS, message=_TOO_LONG)],
    )


class SolvedDoorForm(OwnDoorForm):
    """Seen and solved by oneself: before, after, what and where."""

    category = SelectField(_l("Kind of problem"), validate_choice=False)
    after = PhotosField(
        _l("Photo of how it looks now"),
        most=MOST_PHOTOS,
        required=_l("Please add a photo that shows that it is solved."),
    )

    how = TextAreaField(
        _l("How did you solve it?"), validators=[Length(max=MOST_WORDS, message=_TOO_LONG)]
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if not self.how.data:
            self.how.errors = [*self.how.errors, say(Refusal.WORDS_MISSING)]
            valid = False
        # what is aimed at somebody, or may hurt, is not offered: nor is it taken
        if self.category.data not in {choice.value for choice in self.category.choices}:
            valid = self.demand("category", IntakeRefusal.UNKNOWN_CATEGORY)
        return valid

    def offer_kinds(self, kinds: Sequence[tuple[str, str]]) -> None:
        """The kinds it may be."""
        self.category.choices = [
            SelectChoice("", _l("Please choose")),
            *(SelectChoice(code, words) for code, words in kinds),
        ]


def solved_door_form(moment: datetime, **data: Any) -> SolvedDoorForm:
    """The form with no further questions: nothing is to be done any more."""
    members = {"asked": (), "moment": moment, "words_needed": True}
    made: type[SolvedDoorForm] = type("SolvedDoor", (SolvedDoorForm,), members)
    return made(data=data)
