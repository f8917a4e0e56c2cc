"""Forms of the report flow: one for each page, each bound to a version of the draft."""

from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, StringField, TextAreaField

from portal.kernel.errors import Conflict, Refused
from portal.kernel.forms import Form
from portal.kernel.geo import System
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.phones import clean_mobile
from portal.kernel.photo_fields import PhotoForm, PhotosField
from portal.kernel.words import say
from portal.reports.labels.intake import CONTACTS, SYSTEMS
from portal.reports.rules.intake import (
    DRAFT_LIFETIME,
    MOST_PHOTOS,
    MOST_PLACE_WORDS,
    MOST_WORDS,
    Contact,
    IntakeRefusal,
)

SHOW, KEEP = "show", "keep"


class AnswerForm(Form):
    """One page of the flow. ``version`` is the draft's when the page was made."""

    version = HiddenField()
    fresh_version = 0

    def look_at(self, version: int) -> None:
        """Tell which version the reader sees now."""
        self.fresh_version = version
        if not self.version.data:
            self.version.data = str(version)

    @property
    def seen(self) -> int:
        """The version the reader saw; damaged ones match none."""
        text = str(self.version.data or "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else -1

    def refuse(self, refusal: Refused) -> None:
        """After a lost race what was typed may be sent again, now knowingly."""
        super().refuse(refusal)
        if isinstance(refusal, Conflict):
            self.version.data = str(self.fresh_version)

    def demand(self, name: str, code: IntakeRefusal, **facts: Any) -> bool:
        """Put a refusal beside a field; always False, for the end of a check."""
        self[name].errors = [*self[name].errors, say(code, **facts)]
        return False


class PhotoStep(AnswerForm, PhotoForm):
    """Photos first, or none."""

    photo_lifetime = DRAFT_LIFETIME
    photos = PhotosField(_l("Choose photos"), most=MOST_PHOTOS)
    remove = StringField()


class PlaceStep(AnswerForm):
    """A place by one of several ways: whichever button was pressed is filled."""

    where = StringField(_l("Street, community, estate or village"))
    area = StringField()
    street = StringField()
    more = StringField()
    use = StringField()
    point = StringField()
    system = RadioField(
        _l("Where do the numbers come from?"),
        choices=[SelectChoice(system.value, words) for system, words in SYSTEMS.items()],
        default=System.GCJ02.value,
        validate_choice=False,
    )


class PointStep(PlaceStep):
    """Typed coordinates."""

    point = StringField(_l("Coordinates"))


class WhatStep(AnswerForm):
    """The kind of problem: the button that was pressed."""

    category = StringField()


class DetailsStep(AnswerForm):
    """Words, and where exactly."""

    words = TextAreaField(_l("What is wrong?"))
    place_words = StringField(_l("Where exactly?"))

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if len(self.words.data or "") > MOST_WORDS:
            valid = self.demand("words", IntakeRefusal.LONG_WORDS, most=MOST_WORDS)
        if len(self.place_words.data or "") > MOST_PLACE_WORDS:
            valid = self.demand(
                "place_words", IntakeRefusal.LONG_PLACE_WORDS, most=MOST_PLACE_WORDS
            )
        return valid


class ContactStep(AnswerForm):
    """How she hears of it, who may know her, and who may see what she sent."""

    contact = RadioField(_l("How shall we tell you what happens?"), validate_choice=False)
    phone = StringField(_l("Mobile number"))
    consent = BooleanField(
        _l(
            "I agree that my number is kept to send me messages about this report. I am 14 or "
            "older, or a parent agrees."
        )
    )
    sealed = BooleanField(_l("Hide from the handling unit who I am"))
    publish = RadioField(
        _l("Who may see your words and photos?"),
        choices=[
            SelectChoice(SHOW, _l("Everyone, after a person has checked them")),
            SelectChoice(KEEP, _l("Only those who handle it")),
        ],
        validate_choice=False,
    )

    def offer(self, *, signed_in: bool, protected: bool) -> None:
        """Show only the ways that are open. A protected matter is never published anyway."""
        ways = [Contact.ACCOUNT, Contact.NONE] if signed_in else [Contact.PHONE, Contact.NONE]
        self.contact.choices = [SelectChoice(way.value, CONTACTS[way]) for way in ways]
        if protected:
            del self.publish

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        ways = {choice.value for choice in self.contact.choices}
        if self.contact.data not in ways:
            valid = self.demand("contact", IntakeRefusal.NO_CONTACT)
        if self.contact.data == Contact.PHONE.value:
            valid = self._phone_is_good() and valid
        if "publish" in self and self.publish.data not in {SHOW, KEEP}:
            valid = self.demand("publish", IntakeRefusal.NO_PUBLISH_CHOICE)
        return valid

    def _phone_is_good(self) -> bool:
        if clean_mobile(self.phone.data or "") is None:
            return self.demand("phone", IntakeRefusal.BAD_PHONE)
        if not self.consent.data:
            return self.demand("consent", IntakeRefusal.NO_CONSENT)
        return True

    def answers(self) -> dict[str, Any]:
        """What the draft keeps. A number without need is not kept."""
        contact = Contact(self.contact.data)
        by_phone = contact is Contact.PHONE
        return {
            "contact": contact,
            "phone": (clean_mobile(self.phone.data or "") or "") if by_phone else "",
            "consent": bool(self.consent.data) if by_phone else False,
            "sealed": bool(self.sealed.data),
            "publish": self.publish.data == SHOW if "publish" in self else None,
        }


class CheckStep(AnswerForm):
    """Everything is right: send it."""


class DiscardForm(AnswerForm):
    """Begin again with an empty form."""
