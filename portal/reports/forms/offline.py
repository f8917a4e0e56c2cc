"""The whole report on one page: what a device without a network can keep until it is sent."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from wtforms import HiddenField, SelectChoice, SelectField, StringField, TextAreaField

from portal.areas.queries import AreaRow
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.photo_fields import PhotoForm, PhotosField
from portal.kernel.words import Words
from portal.reports.forms.intake import ContactStep
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
from portal.reports.rules.offline import new_key

Groups = Sequence[tuple[str, Words, Sequence[CategoryRow]]]


class OfflineForm(ContactStep, PhotoForm):
    """Photos, kind, place, words, contact and consent. ``draft_key`` makes it one report only."""

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
        return valid

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
        )
        return replace(whole, **self.answers())
