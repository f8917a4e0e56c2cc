"""Reports with a door of their own, on one page: a behaviour that was seen, or a suggestion."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from wtforms import HiddenField, SelectChoice, SelectField, StringField, TextAreaField

from portal.areas.queries import AreaRow
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.photo_fields import PhotoForm, PhotosField
from portal.reports.forms.intake import ContactStep
from portal.reports.forms.questions import Asking, question_fields
from portal.reports.forms.warning import WarnedOnce
from portal.reports.rules.intake import (
    MOST_PHOTOS,
    MOST_PLACE_WORDS,
    MOST_WORDS,
    IntakeRefusal,
    ReportAnswers,
)
from portal.reports.rules.kinds import Question
from portal.reports.rules.offline import new_key


class OwnDoorForm(WarnedOnce, Asking, ContactStep, PhotoForm):
    """Photos, what it is, where, words and contact. ``draft_key`` makes it one report only.

    Nobody is asked for a name, neither the writer's nor that of whoever was seen.
    """

    draft_key = HiddenField()
    photos = PhotosField(_l("Choose photos"), most=MOST_PHOTOS)
    street = SelectField(_l("Street or town"), validate_choice=False)
    where = StringField(_l("Where exactly?"))
    words = TextAreaField(_l("In your words"))
    words_needed = False

    def prepare(
        self, streets: Sequence[AreaRow], *, signed_in: bool, protected: bool, now: datetime
    ) -> None:
        """Fill the lists, and make a key for a form that is sent at once."""
        self.offer(signed_in=signed_in, protected=protected)
        self.street.choices = [
            SelectChoice("", _l("I do not know")),
            *(SelectChoice(area.code, in_words(area.names)) for area in streets),
        ]
        if not self.draft_key.data:
            self.draft_key.data = new_key(now, secrets.token_hex(16))

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        valid = self.read_extra() and valid
        limits = {
            "words": (MOST_WORDS, IntakeRefusal.LONG_WORDS),
            "where": (MOST_PLACE_WORDS, IntakeRefusal.LONG_PLACE_WORDS),
        }
        for name, (most, refusal) in limits.items():
            if len(self[name].data or "") > most:
                valid = self.demand(name, refusal, most=most)
        return self._something_is_told() and valid

    def _something_is_told(self) -> bool:
        photos = bool(self.photos.data.tokens or self.photos.errors)
        if self.words.data or (photos and not self.words_needed):
            return True
        return self.demand("words", IntakeRefusal.NO_WORDS)

    def report(self, category: str, language: str) -> ReportAnswers:
        """What was answered. The place is still words."""
        told = self.answers()
        return ReportAnswers(
            photos=self.photos.data.tokens,
            photo_answered=True,
            category_code=category,
            place_words=self.where.data or "",
            words=self.words.data or "",
            words_answered=True,
            extra=dict(self.extra),
            language=language,
            **told,
        )


def own_door_form(
    questions: Sequence[Question], moment: datetime, *, words_needed: bool, **data: Any
) -> OwnDoorForm:
    """The form of one door."""
    members = {
        **question_fields(questions),
        "asked": tuple(questions),
        "moment": moment,
        "words_needed": words_needed,
    }
    made: type[OwnDoorForm] = type("KindDoor", (OwnDoorForm,), members)
    return made(data=data)
