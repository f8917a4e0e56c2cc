"""Forms of estates and of the filing register of owners' committees."""

from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from portal.conventions.forms.community import may, needed
from portal.conventions.labels.community import PARTIES
from portal.conventions.rules.community import (
    LONGEST_NAME,
    LONGEST_PHONE,
    LONGEST_WORDS,
    Party,
)
from portal.conventions.service.estates import (
    CommitteeWish,
    FilingWish,
    MemberWish,
    PartyWish,
)
from portal.kernel.forms import NEEDED, DayField, Form, WholeNumberField
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.photo_fields import PhotoForm, PhotosField


class EstateForm(Form):
    """An estate."""

    title = StringField(_l("Name of the estate"), needed(LONGEST_NAME))
    homes = WholeNumberField(
        _l("How many homes"),
        [Optional(), NumberRange(0, 100_000, message=_l("Write a number from 0 to 100000."))],
    )


class PartyForm(Form):
    """One of the five parties."""

    party = RadioField(
        _l("Which of the five"), [InputRequired(message=NEEDED)],
        choices=[SelectChoice(party.value, words) for party, words in PARTIES.items()],
    )  # fmt: skip
    title = StringField(_l("Who it is"), needed(LONGEST_NAME))
    does = TextAreaField(_l("What it does for the estate"), needed(LONGEST_WORDS))
    office_phone = StringField(_l("Telephone of the office"), may(LONGEST_PHONE))

    def wish(self) -> PartyWish:
        """The party as typed."""
        return PartyWish(
            Party(self.party.data), self.title.data or "", self.does.data or "",
            self.office_phone.data or "",
        )  # fmt: skip


class FilingForm(PhotoForm):
    """A filing."""

    filed_with = StringField(_l("Filed with"), may(LONGEST_NAME))
    filing_number = StringField(_l("Number of the filing"), may(60))
    filed_on = DayField(_l("Filed on"), [Optional()])
    photos = PhotosField(_l("Photo of the document"), most=1)

    def filing(self) -> FilingWish:
        """The filing as typed."""
        return FilingWish(
            self.filed_with.data or "", self.filing_number.data or "", self.filed_on.data,
            self.photos.data,
        )  # fmt: skip


class CommitteeForm(FilingForm):
    """A committee that was elected, filed or not yet."""

    elected_on = DayField(_l("Elected on"), [InputRequired(message=NEEDED)])
    term_starts_on = DayField(_l("Term begins on"), [InputRequired(message=NEEDED)])
    term_ends_on = DayField(_l("Term ends on"), [InputRequired(message=NEEDED)])

    def wish(self) -> CommitteeWish:
        """The committee as typed."""
        return CommitteeWish(
            self.elected_on.data, self.term_starts_on.data, self.term_ends_on.data, self.filing()
        )


class MemberForm(Form):
    """A member."""

    office = StringField(_l("Office in the committee"), needed(40))
    person = StringField(_l("Name"), needed(LONGEST_NAME))
    phone = StringField(_l("Telephone of her account, to find it"), may(LONGEST_PHONE))
    starts_on = DayField(_l("Member since"), [InputRequired(message=NEEDED)])
    agreed = BooleanField(_l("She agreed in writing that everybody reads her name"))

    def wish(self) -> MemberWish:
        """The member as typed."""
        return MemberWish(
            self.office.data or "", self.person.data or "", self.phone.data or "",
            self.starts_on.data, bool(self.agreed.data),
        )  # fmt: skip
