"""Forms of the desk: one for each step of the table, asking only what the step needs."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput

from portal.kernel.clock import is_countable
from portal.kernel.errors import Conflict, Refused
from portal.kernel.forms import Form
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.photo_fields import PhotoForm, PhotosField
from portal.kernel.words import Words
from portal.organisations.queries import OrganisationRow
from portal.reports.forms.disputes import resolution_fields
from portal.reports.forms.outside import outside_fields
from portal.reports.labels.case import MEANS, REASONS, TEXT_KINDS
from portal.reports.labels.desk import PHOTO_KINDS
from portal.reports.labels.parts import PART_WORDS
from portal.reports.queries.case import PhotoRow, TextRow
from portal.reports.rules.codes import Event, Means, Review
from portal.reports.rules.masking import proposed
from portal.reports.rules.reasons import WITHHOLD_REASONS, Reason
from portal.reports.rules.transitions import TRANSITIONS, Speaks

MOST_WORDS, LONGEST_VERSION, LONGEST_COUNT = 2000, 9, 5
_TOO_LONG = _l("Please write no more than %(max)d characters.")
SHOW, KEEP = "show", "keep"

# (label, hint): who reads the words decides how they are written
_WORDS: Mapping[Event, tuple[Words, Words]] = {
    Event.REFUSE: (_l("More words"), _l("The reporter reads this. With “Another reason”: say it.")),
    Event.FILE: (_l("What you saw there"), _l("Only the desk reads this.")),
    Event.REFUSE_FILING: (
        _l("More words"),
        _l("The reporter reads this. With “Another reason”: say it."),
    ),
    Event.DISPATCH: (_l("Instructions"), _l("Only the unit and the desk read this.")),
    Event.RETURN: (_l("More words"), _l("The desk reads this. With “Another reason”: say it.")),
    Event.RESPOND: (_l("What you tell the reporter"), _l("Everybody can read this.")),
    Event.HANDLE: (
        _l("What was done"),
        _l("Everybody can read this. Telephone numbers are left out."),
    ),
    Event.SEND_BACK: (
        _l("What is still to be done"),
        _l("The unit reads this, but not the reason above."),
    ),
    Event.CLOSE: (
        _l("Answer to the reporter"),
        _l("Everybody can read this. Telephone numbers are left out."),
    ),
    Event.VOID: (_l("More words"), _l("The reporter reads this. With “Another reason”: say it.")),
    Event.RECLASSIFY: (_l("More words"), _l("The reporter reads this.")),
    Event.GRADE_DANGER: (_l("What makes it so"), _l("Only the desk reads this.")),
    Event.NOTE: (_l("Note"), _l("Only staff read this.")),
    Event.ASK: (_l("Your question"), _l("Only the reporter and staff read this.")),
    Event.EXTEND: (_l("More words"), _l("Everybody can read this. With “Another reason”: say it.")),
    Event.SUSPEND: (
        _l("More words"),
        _l("Everybody can read this. With “Another reason”: say it."),
    ),
    Event.RESUME: (_l("More words"), _l("Everybody can read this.")),
    Event.GRADE: (_l("More words"), _l("Only staff read this.")),
    Event.HAND_OVER: (_l("More words"), _l("Everybody can read this.")),
    Event.TAKE_BACK: (_l("More words"), _l("Everybody can read this.")),
    Event.OUTSIDE_ANSWER: (
        _l("What they answered"),
        _l("Everybody can read this. Telephone numbers are left out."),
    ),
    Event.DOUBT: (
        _l("Why it is not solved yet"),
        _l("Everybody can read this. Telephone numbers are left out."),
    ),
    Event.SETTLE: (
        _l("What was done"),
        _l("Everybody can read this. Telephone numbers are left out."),
    ),
    Event.SPLIT: (_l("More words"), _l("The reporter reads this. With “Another reason”: say it.")),
    **PART_WORDS,
}


def words_field(label: Words, *, optional: bool = True) -> Any:
    """A field for words of staff."""
    checks: list[Any] = [Length(max=MOST_WORDS, message=_TOO_LONG)]
    return TextAreaField(label, validators=[Optional(), *checks] if optional else checks)


def reason_field(reasons: Iterable[Reason], label: Words, *, optional: bool = False) -> Any:
    """A choice of reasons; the service says when one is missing."""
    return RadioField(
        label,
        choices=[SelectChoice(reason.value, REASONS[reason]) for reason in reasons],
        validators=[Optional()] if optional else [],
        validate_choice=False,
    )


def read_version(text: str | None) -> int:
    """A version that was sent back; damaged ones match none."""
    text = text or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < LONGEST_VERSION else -1


def read_key(text: str | None) -> UUID | None:
    """A key that was sent; what is no key is as good as nothing."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def read_count(text: str | None) -> int | None:
    """A small number that was typed; None when it is none."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < LONGEST_COUNT else None


def read_day(text: str | None) -> date | None:
    """A day that was typed like 2027-03-31; None when it is none."""
    try:
        day = date.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return day if is_countable(day) else None


class StepForm(Form):
    """A step on the case as it stood when the page was made (``version``)."""

    version = HiddenField()
    fresh_version = ""
    hint: Words | None = None
    # why a unit is offered first, by its key
    unit_hints: Mapping[str, str] = {}

    def look_at(self, version: int) -> None:
        """Bind an empty form to what the reader sees now."""
        self.fresh_version = str(version)
        if not self.version.data:
            self.version.data = self.fresh_version

    def refuse(self, refusal: Refused) -> None:
        """After a lost race the reader sees the case anew, and may send what she wrote again."""
        super().refuse(refusal)
        if isinstance(refusal, Conflict):
            self.version.data = self.fresh_version

    @property
    def seen(self) -> int:
        """The version the reader saw."""
        return read_version(self.version.data)

    def text(self, name: str) -> str | None:
        """What was typed into a field, if the form has it."""
        field: Field | None = self._fields.get(name)
        return field.data if field is not None else None

    @property
    def chosen_reason(self) -> Reason | None:
        """The reason, if it is one."""
        code = self.text("reason")
        return Reason(code) if code in set(Reason) else None

    @property
    def chosen_means(self) -> Means | None:
        """How the matter was solved, if it was said."""
        code = self.text("means")
        return Means(code) if code in set(Means) else None


class StepPhotoForm(StepForm, PhotoForm):
    """The step that shows a result."""

    photos = PhotosField(_l("Photos of the result"), most=3)


def _units() -> dict[str, Any]:
    together = SelectMultipleField(
        _l("Units that support it"),
        option_widget=CheckboxInput(),
        validate_choice=False,
        validators=[Optional()],
    )
    return {"unit": RadioField(_l("Unit"), validate_choice=False), "co_units": together}


def _means() -> dict[str, Any]:
    choices = [SelectChoice(means.value, words) for means, words in MEANS.items()]
    field = RadioField(_l("How was it solved?"), choices=choices, validate_choice=False)
    return {"means": field}


def _into() -> dict[str, Any]:
    number = StringField(
        _l("Number of the case it belongs to"), validators=[Length(max=40, message=_TOO_LONG)]
    )
    agreed = BooleanField(_l("It is one matter, though the kinds are not the same"))
    return {"into": number, "agreed": agreed}


# what a step asks besides a reason and words
_ASKED: Mapping[Event, Callable[[], dict[str, Any]]] = {
    Event.DISPATCH: _units,
    Event.RECLASSIFY: lambda: {
        "category": SelectField(_l("Kind of problem"), validate_choice=False)
    },
    Event.GRADE: lambda: {"condition": RadioField(_l("How bad it is"), validate_choice=False)},
    Event.EXTEND: lambda: {"days": StringField(_l("How many working days more?"))},
    Event.SUSPEND: lambda: {"until": StringField(_l("Last day of the suspension"))},
    Event.CLOSE: _means,
    Event.MERGE: _into,
    Event.RESOLVE: resolution_fields,
}


@cache
def step_form(event: Event) -> type[StepForm]:
    """The form of a step, made from its row in the table."""
    row = TRANSITIONS[event]
    members: dict[str, Any] = _ASKED[event]() if event in _ASKED else {}
    if row.reasons:
        asked = _l("How dangerous is it?") if event is Event.GRADE_DANGER else _l("Why?")
        members["reason"] = reason_field(row.reasons, asked)
    if row.speaks is not Speaks.NOT:
        label, hint = _WORDS[event]
        members["words"] = words_field(label, optional=row.speaks is not Speaks.MUST)
        members["hint"] = hint
    members |= outside_fields(event)
    base = StepPhotoForm if event in {Event.HANDLE, Event.SETTLE} else StepForm
    return type(f"{event.value.title()}Form", (base,), members)


def offer_units(
    form: StepForm, units: Iterable[OrganisationRow], lead: UUID | None, co: Iterable[UUID]
) -> None:
    """Fill in the units a case can go to; those that the list names are chosen already."""
    choices = [SelectChoice(str(unit.id), in_words(unit.names)) for unit in units]
    form.unit.choices = choices
    form.co_units.choices = [SelectChoice(one.value, one.label) for one in choices]
    if not form.is_submitted():
        form.unit.data = str(lead) if lead else None
        form.co_units.data = [str(key) for key in co]


def read_keys(texts: Iterable[str] | None) -> list[UUID]:
    """The keys among what was ticked."""
    return [key for text in texts or () if (key := read_key(text)) is not None]


def offer_conditions(form: Any, conditions: Mapping[str, Mapping[str, str]], now: str) -> None:
    """The conditions that have limits of their own, and none of them."""
    form.condition.choices = [
        SelectChoice("", _l("As usual: the limit for all")),
        *(SelectChoice(code, in_words(names)) for code, names in conditions.items()),
    ]
    if form.condition.data is None:
        form.condition.data = now


def offer_categories(form: StepForm, names: Mapping[str, Mapping[str, str]]) -> None:
    """Fill in the kinds of problem, the present one chosen first."""
    form.category.choices = [SelectChoice(code, in_words(name)) for code, name in names.items()]


class IdentityForm(StepForm):
    """Why somebody looks at who reported."""

    words = words_field(_l("Why do you need to know?"), optional=False)


def moderate_form(texts: list[TextRow], photos: list[PhotoRow]) -> type[StepForm]:
    """One choice for each text and photo, and one reason for all that is kept inside."""
    members: dict[str, Any] = {}
    labels = _numbered([TEXT_KINDS[text.kind] for text in texts])
    for text, label in zip(texts, labels, strict=True):
        members |= _decision(f"text_{text.id.hex}", text.review, label)
        members[f"public_{text.id.hex}"] = TextAreaField(
            _l("The words the public reads"),
            default=text.public_text if text.review is Review.APPROVED else proposed(text.text),
            validators=[Length(max=len(text.text) + 10, message=_TOO_LONG)],
        )
    labels = _numbered([PHOTO_KINDS[photo.kind] for photo in photos])
    for photo, label in zip(photos, labels, strict=True):
        members |= _decision(f"photo_{photo.id.hex}", photo.review, label)
    members["reason"] = reason_field(
        WITHHOLD_REASONS, _l("Why is something kept inside?"), optional=True
    )
    members["words"] = words_field(_l("More words"))
    return type("ModerateForm", (StepForm,), members)


def _numbered(words: list[Words]) -> list[Words]:
    """Several of a kind are told apart by a number; one alone needs none."""
    seen: Counter[Words] = Counter()
    found = []
    for word in words:
        seen[word] += 1
        alone = words.count(word) == 1
        found.append(word if alone else _l("%(what)s (%(n)s)", what=word, n=seen[word]))
    return found


def _decision(name: str, review: Review, label: Words) -> dict[str, Any]:
    present = {Review.APPROVED: SHOW, Review.WITHHELD: KEEP}.get(review)
    choice = RadioField(
        label,
        choices=[
            SelectChoice(SHOW, _l("Show to the public")),
            SelectChoice(KEEP, _l("Keep inside")),
        ],
        default=present,
        validate_choice=False,
    )
    return {name: choice, f"seen_{name}": HiddenField(default=review.value)}
