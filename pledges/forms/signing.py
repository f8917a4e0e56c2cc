"""The form to sign: a tick for each clause, one for each extra text, a name, a code."""

from collections.abc import Mapping, Sequence
from typing import Any, Self
from uuid import UUID

from flask import request
from wtforms import BooleanField, HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from pledges.labels.signing import WAYS
from pledges.queries.signing import SigningDoor, TextRow, ToSign
from pledges.rules.clause_texts import ClauseText
from pledges.rules.clauses import Letter
from pledges.rules.signatures import LONGEST_SIGNATURE
from pledges.rules.signing import SigningRefusal, SigningWay
from pledges.service.signing import SigningWish, tick_field
from portal.kernel.forms import Form
from portal.kernel.i18n import current_language, in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.photo_fields import PhotoForm, PhotosField
from portal.kernel.words import say

SEND = "send"
# more than anybody signs for at once
MOST_DOORS = 200
TOO_LONG = _l("Please write no more than %(max)d characters.")


def extra_field(version_id: UUID) -> str:
    """How the tick of an extra text is called."""
    return f"extra-{version_id.hex}"


class SignForm(Form):
    """``made`` adds the ticks, for clauses are data. A code is sent once everything else is there:
    then only the code is left to type."""

    received: BooleanField | None = BooleanField(
        _l("I have read the duty area and received this notice.")
    )
    name = StringField(
        _l("Your name, as your signature"), [Length(max=LONGEST_SIGNATURE, message=TOO_LONG)]
    )
    code = StringField(_l("Code from the message"), [Length(max=40, message=TOO_LONG)])
    version = HiddenField()
    operator = HiddenField()
    duty = HiddenField()
    main: TextRow
    extras: tuple[TextRow, ...]

    @classmethod
    def made(cls, door: SigningDoor, texts: ToSign, given: Any = None) -> Self:
        """The form for the texts of a door. ``given``: what was typed into an older one."""
        if texts.main is None:
            raise ValueError("there is no text to sign")
        fields: dict[str, Any] = {
            tick_field(key): BooleanField(in_words(clause.texts))
            for key, clause in texts.main.clauses.items()
        }
        fields |= {
            extra_field(text.id): BooleanField(in_words(text.row.names)) for text in texts.extras
        }
        made: type[Self] = type("ListedSignForm", (cls,), fields)
        form = made(given) if given is not None else made()
        form.main, form.extras = texts.main, tuple(texts.extras)
        form.version.data = str(texts.main.id)
        form.operator.data = form.operator.data or door.operator
        form.duty.data = form.duty.data or str(door.duty_version)
        return form

    @property
    def asks_for_code(self) -> bool:
        """Whether the button for a code was pressed, and not the one that signs."""
        return SEND in request.form

    @property
    def needs_code(self) -> bool:
        """Whether the signature is made by a code."""
        return True

    def ticks(self) -> frozenset[UUID]:
        return frozenset(key for key in self.main.clauses if self[tick_field(key)].data)

    def chosen(self) -> frozenset[UUID]:
        return frozenset(text.id for text in self.extras if self[extra_field(text.id)].data)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        return self._complete() and valid

    def _complete(self) -> bool:
        """Everything that is missing is told at once; the service looks again."""
        missed = {self.name: SigningRefusal.NO_NAME}
        if self.received is not None:
            missed = {self.received: SigningRefusal.NOT_RECEIVED, **missed}
        ticks = [self[tick_field(key)] for key in self.main.clauses]
        missed |= dict.fromkeys(ticks, SigningRefusal.NOT_TICKED)
        if self.needs_code and not self.asks_for_code:
            missed[self.code] = SigningRefusal.NO_CODE
        empty = [field for field in missed if not field.data]
        for field in empty:
            field.errors = [*field.errors, say(missed[field])]
        return not empty

    def wish(self, premises: str, letter: Letter, **more: Any) -> SigningWish:
        """What is to be signed at a place, as the page showed it."""
        duty = self.duty.data or ""
        given: dict[str, Any] = {
            "letter": letter, "premises": premises, "operator": self.operator.data or "",
            "version_id": self.main.id, "ticks": self.ticks(), "extras": self.chosen(),
            "name": self.name.data or "", "language": current_language(),
            "duty_version": int(duty) if duty.isascii() and duty.isdigit() and len(duty) < 9 else 0,
            "received": self.received is not None and bool(self.received.data),
            "way": SigningWay.CODE,
        }  # fmt: skip
        return SigningWish(**given | more)


def kept_ticks(
    old: Mapping[UUID, ClauseText], new: Mapping[UUID, ClauseText], ticked: Any
) -> list[str]:
    """The ticks of an older text that still hold: of clauses that say the very same. ``ticked``:
    whether something was sent under a name."""
    before = {clause.code: (key, clause) for key, clause in old.items()}
    return [
        tick_field(key)
        for key, clause in new.items()
        if clause.code in before
        and before[clause.code][1] == clause
        and ticked(tick_field(before[clause.code][0]))
    ]


def door_field(number: str) -> str:
    """How the tick of a place is called."""
    return f"door-{number}"


def seen_field(number: str) -> str:
    """What of a place the page showed: who runs it, and which duty area."""
    return f"seen-{number}"


def seen_of(door: SigningDoor) -> str:
    """The same, as it is now."""
    return f"{door.operator}:{door.duty_version}"


def ticked_doors() -> list[str]:
    """The numbers of the places that were ticked on the page that was sent."""
    prefix = door_field("")
    sent = (name.removeprefix(prefix) for name in request.form if name.startswith(prefix))
    return [number for number in sent if clean_number(number) == number][:MOST_DOORS]


class BranchesForm(SignForm):
    """The same text for several places: which ones, and everything else once."""

    doors: tuple[SigningDoor, ...]

    @classmethod
    def made_for(cls, doors: Sequence[SigningDoor], text: TextRow, given: Any = None) -> Self:
        """The form for the places to which a text is meant. ``given``: what still holds of what was
        typed into an older one."""
        fields: dict[str, Any] = {
            tick_field(key): BooleanField(in_words(clause.texts))
            for key, clause in text.clauses.items()
        }
        for door in doors:
            fields[door_field(door.number)] = BooleanField(door.title)
            fields[seen_field(door.number)] = HiddenField()
        made: type[Self] = type("ListedBranchesForm", (cls,), fields)
        form = made(given) if given is not None else made()
        form.main, form.extras, form.doors = text, (), tuple(doors)
        form.version.data = str(text.id)
        for door in doors:
            seen = form[seen_field(door.number)]
            seen.data = seen.data or seen_of(door)
        return form

    def _complete(self) -> bool:
        chosen = any(self[door_field(door.number)].data for door in self.doors)
        if not chosen:
            self.form_errors = [*self.form_errors, say(SigningRefusal.NO_BRANCH)]
        return super()._complete() and chosen

    def wishes(self, letter: Letter) -> list[SigningWish]:
        """One for each place that was ticked: also for one that is hers no more, which is then
        told by its name."""
        found = []
        for number in ticked_doors():
            operator, _, duty = request.form.get(seen_field(number), "").partition(":")
            self.operator.data, self.duty.data = operator, duty
            found.append(self.wish(number, letter))
        return found


class AssistForm(SignForm, PhotoForm):
    """The same, filled in by whoever helps: by code, or on paper with a photo of the sheet."""

    way = RadioField(
        _l("How does the owner confirm?"), [InputRequired(message=_l("Please choose one."))]
    )
    paper = PhotosField(_l("Photo of the signed sheet"), most=1)

    def offer(self, ways: Sequence[SigningWay]) -> None:
        """How this member of staff may take a signature."""
        self.way.choices = [SelectChoice(one.value, WAYS[one]) for one in ways]

    @property
    def needs_code(self) -> bool:
        return bool(self.way.data == SigningWay.VISIT_CODE)

    def wish(self, premises: str, letter: Letter, **more: Any) -> SigningWish:
        return super().wish(premises, letter, way=SigningWay(self.way.data), **more)
