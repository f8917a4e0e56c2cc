"""Forms of benefits: offering, checking, counting, having one kept, handing it out."""

from collections.abc import Iterable, Sequence
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
from wtforms.validators import InputRequired, Length, Optional

from credit.labels.benefits import BENEFIT_STEPS
from credit.rules.benefits import (
    LONGEST_OFFERER,
    LONGEST_PLACE,
    LONGEST_REASON,
    LONGEST_TITLE,
    LONGEST_WORDS,
    STOCK_STEPS,
    USUAL_HOLD_DAYS,
    BenefitKind,
    BenefitStep,
    BenefitWish,
)
from portal.kernel.forms import DayField, Form, WholeNumberField
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l

_NEEDED = _l("Fill this in.")
_TOO_LONG = _l("Please write no more than %(max)d characters.")
LANGUAGES = ("zh_Hans", "zh_Hant", "en")


def _up_to(length: int) -> Length:
    return Length(max=length, message=_TOO_LONG)


def _given(length: int) -> list[Any]:
    return [InputRequired(_NEEDED), _up_to(length)]


def _maybe(length: int) -> list[Any]:
    return [Optional(), _up_to(length)]


class SeenForm(Form):
    """A form about something of which the writer saw a version: nobody overwrites unseen."""

    seen = HiddenField()

    def look_at(self, version: int) -> None:
        """The version that is shown; what was posted keeps the one it was written about."""
        if not self.is_submitted():
            self.seen.data = str(version)

    @property
    def version(self) -> int:
        """The version that was seen; one that nobody can have seen when it cannot be read."""
        typed = str(self.seen.data or "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


class BenefitForm(SeenForm):
    """An offer, in the languages of the city."""

    kind = RadioField(_l("What kind of benefit is it?"), validate_choice=False)
    title_zh_hans = StringField(_l("Title in simplified Chinese"), _maybe(LONGEST_TITLE))
    words_zh_hans = TextAreaField(_l("Description in simplified Chinese"), _maybe(LONGEST_WORDS))
    title_zh_hant = StringField(_l("Title in traditional Chinese"), _maybe(LONGEST_TITLE))
    words_zh_hant = TextAreaField(_l("Description in traditional Chinese"), _maybe(LONGEST_WORDS))
    title_en = StringField(_l("Title in English"), _maybe(LONGEST_TITLE))
    words_en = TextAreaField(_l("Description in English"), _maybe(LONGEST_WORDS))
    offered_by = StringField(_l("Who offers it"), _given(LONGEST_OFFERER))
    area = SelectField(_l("For which place"), validate_choice=False)
    pick_up = StringField(_l("Where and when it is handed out"), _given(LONGEST_PLACE))
    price = WholeNumberField(_l("Price in points"), [InputRequired(_NEEDED)])
    stock = WholeNumberField(_l("How many there are"), [Optional()])
    per_person = WholeNumberField(_l("How many one person may have"), [Optional()])
    hold_days = WholeNumberField(
        _l("For how many days it is kept"), [InputRequired(_NEEDED)], default=USUAL_HOLD_DAYS
    )
    valid_from = DayField(_l("First day"), [InputRequired(_NEEDED)])
    valid_to = DayField(_l("Last day"), [Optional()])

    def offer(self, kinds: Iterable[BenefitKind], languages: Sequence[str], needed: str) -> None:
        """The kinds that may be offered; fields of languages that the city has, one needed."""
        self.kind.choices = [SelectChoice(kind.code, in_words(kind.names)) for kind in kinds]
        for language in LANGUAGES:
            for what in ("title", "words"):
                name = f"{what}_{language.lower()}"
                if language == needed:
                    self[name].flags.optional = False
                elif language not in languages:
                    del self[name]

    def offer_places(self, places: Iterable[tuple[str, str]]) -> None:
        """(code, name) of the places that the writer looks after."""
        self.area.choices = [SelectChoice(code, name) for code, name in places]

    def keep_place(self) -> None:
        """An offer that is there stays where it is; its stock has a page of its own."""
        del self.area
        del self.stock

    def wish(self) -> BenefitWish:
        """What was typed, as the service takes it."""
        return BenefitWish(
            kind=self.kind.data or "",
            titles=self._said("title"),
            words=self._said("words"),
            price=self.price.data or 0,
            per_person=self.per_person.data,
            hold_days=self.hold_days.data or 0,
            pick_up=self.pick_up.data or "",
            offered_by=self.offered_by.data or "",
            valid_from=self.valid_from.data,
            valid_to=self.valid_to.data,
        )

    def _said(self, what: str) -> dict[str, str]:
        typed = ((lang, self._fields.get(f"{what}_{lang.lower()}")) for lang in LANGUAGES)
        return {lang: field.data for lang, field in typed if field is not None and field.data}


def as_typed(wish: BenefitWish) -> dict[str, Any]:
    """An offer as its form shows it."""
    said = {
        f"{what}_{lang.lower()}": text
        for what, texts in (("title", wish.titles), ("words", wish.words))
        for lang, text in texts.items()
    }
    plain = (
        "kind", "price", "per_person", "hold_days", "pick_up", "offered_by", "valid_from",
        "valid_to",
    )  # fmt: skip
    return {**said, **{name: getattr(wish, name) for name in plain}}


class CheckForm(SeenForm):
    """What the second person declares."""

    declared = BooleanField(
        _l(
            "I have read the offer. It is no money and nothing that can be passed on for money, "
            "and no essential public service."
        )
    )


class StockForm(Form):
    """Counted in, counted out, or no longer counted."""

    step = RadioField(_l("What happens to the stock?"), default=BenefitStep.STOCK_IN.value)
    amount = WholeNumberField(_l("How many"), [Optional()])
    reason = StringField(_l("Why?"), _given(LONGEST_REASON))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.step.choices = [SelectChoice(step.value, BENEFIT_STEPS[step]) for step in STOCK_STEPS]


class CloseForm(Form):
    """An end, with its reason."""

    reason = StringField(_l("Why?"), _given(LONGEST_REASON))


class RedeemForm(Form):
    """One click; with the price that was read, so that nobody pays another one."""

    price = HiddenField()

    @property
    def points(self) -> int:
        """The price that was shown; none that anything has when it cannot be read."""
        typed = str(self.price.data or "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


class PickUpForm(Form):
    """The code of somebody who comes to fetch a benefit."""

    code = StringField(
        _l("Pick-up code"), [InputRequired(_l("Type or scan the code.")), _up_to(300)]
    )

    @property
    def typed(self) -> str:
        """The code; a scanner types the whole address that the picture holds."""
        return str(self.code.data or "").rpartition("code=")[2]


class PlainForm(Form):
    """Nothing to fill in: a button that is meant."""
