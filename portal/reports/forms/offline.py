"""The whole report on one page: what a device without a network can keep until it is sent."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from wtforms import HiddenField, SelectChoice, SelectField, StringField, TextAreaField

from portal.areas.queries import AreaRow
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.photo_fields import PhotoForm, PhotosField
from portal.kernel.words import Words, say
from portal.reports.forms.intake import ContactStep
from portal.reports.forms.questions import TYPES, question_field
from portal.reports.forms.warning import WarnedOnce
from portal.reports.labels.intake import CONTACTS
from portal.reports.rules.categories import CategoryRow
from portal.reports.rules.intake import (
    MOST_PHOTOS,
    MOST_PLACE_WORDS,
    MOST_WORDS,
    Contact,
    IntakeRefusal,
    ReportAnswers,
)
from portal.reports.rules.kinds import BadAnswer, Question, read_answer
from portal.reports.rules.offline import new_key

Groups = Sequence[tuple[str, Words, Sequence[CategoryRow]]]


class OfflineForm(WarnedOnce, ContactStep, PhotoForm):
    """Photos, kind, place, words, contact and consent. ``draft_key`` makes it one report only.

    ``further``: what is asked about some kinds; only the chosen kind's answers are read.
    """

    further: ClassVar[Mapping[str, Sequence[Question]]] = {}
    moment: datetime
    extra: Mapping[str, str]
    draft_key = HiddenField()
    photos = PhotosField(_l("Choose photos"), most=MOST_PHOTOS)
    category = SelectField(_l("What is it?"), validate_choice=False)
    street = SelectField(_l("Street or town"), validate_choice=False)
    where = StringField(_l("Where exactly?"))
    words = TextAreaField(_l("What is wrong?"))

    def prepare(
        self, kinds: Groups, streets: Sequence[AreaRow], *, signed_in: bool, now: datetime
    ) -> None:
        """Fill the lists, and make a key for a form that is sent at once."""
        ways = [Contact.PHONE, Contact.NONE]
        if signed_in:
            ways.insert(0, Contact.ACCOUNT)
        self.contact.choices = [SelectChoice(way.value, CONTACTS[way]) for way in ways]
        self.street.choices = [
            SelectChoice("", _l("I do not know")),
            *(SelectChoice(area.code, in_words(area.names)) for area in streets),
        ]
        groups: Mapping[str, list[SelectChoice]] = {
            str(words): [SelectChoice(row.code, in_words(row.names)) for row in rows]
            for _, words, rows in kinds
        }
        self.category.choices = {"": [SelectChoice("", _l("Please choose"))], **groups}
        if not self.draft_key.data:
            self.draft_key.data = new_key(now, secrets.token_hex(16))

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        limits = {
            "words": (MOST_WORDS, IntakeRefusal.LONG_WORDS),
            "where": (MOST_PLACE_WORDS, IntakeRefusal.LONG_PLACE_WORDS),
        }
        for name, (most, refusal) in limits.items():
            if len(self[name].data or "") > most:
                valid = self.demand(name, refusal, most=most)
        if not self.category.data:
            valid = self.demand("category", IntakeRefusal.NO_CATEGORY)
        if not self.words.data and not self.photos.data.tokens and not self.photos.errors:
            valid = self.demand("words", IntakeRefusal.NO_WORDS)
        return self._read_further() and valid

    def _read_further(self) -> bool:
        """The answers to what the chosen kind asks; what is wrong stands beside its field."""
        found, good = {}, True
        for question in self.further.get(self.category.data or "", ()):
            field: Any = self[_name(question)]
            try:
                found[question.key] = read_answer(question, field.data or "", self.moment)
            except BadAnswer as error:
                field.errors = [*field.errors, f"{field.label.text} {say(error.refusal)}"]
                good = False
        self.extra = {key: value for key, value in found.items() if value}
        return good

    @property
    def further_fields(self) -> list[tuple[str, list[tuple[Any, str, Any]]]]:
        """For the page, kind by kind: (field, hint, type of input or None for a list)."""
        return [
            (kind, [(self[_name(q)], in_words(q.hints), TYPES.get(q.asked)) for q in asked])
            for kind, asked in self.further.items()
        ]

    def report(self, language: str) -> ReportAnswers:
        """What was answered. The place is still words."""
        whole = ReportAnswers(
            photos=self.photos.data.tokens,
            photo_answered=True,
            category_code=self.category.data or None,
            place_words=self.where.data or "",
            words=self.words.data or "",
            words_answered=True,
            language=language,
            extra=self.extra,
        )
        return replace(whole, **self.answers())


def _name(question: Question) -> str:
    return f"further_{question.category}_{question.key}"


def offline_form(
    further: Mapping[str, Sequence[Question]], moment: datetime, given: Mapping[str, Any]
) -> OfflineForm:
    """The form with what some kinds ask further. ``moment`` is on the city's clock."""
    fields = {_name(q): question_field(q) for asked in further.values() for q in asked}
    members = {**fields, "further": dict(further), "moment": moment, "extra": {}}
    made: type[OfflineForm] = type("KindsOfflineForm", (OfflineForm,), members)
    return made(data=given)
