"""Forms of signing a convention."""

from collections.abc import Iterable
from typing import Final

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, Length, Optional

from portal.conventions.labels.signing import CONTEST_ACTS, SETTLED, SIGNERS
from portal.conventions.queries.signing import Settled
from portal.conventions.rules.signing import (
    LONGEST_HOUSEHOLD,
    LONGEST_NAME,
    LONGEST_WHY,
    ContestAct,
    ContestWish,
    Signer,
    SignWish,
)
from portal.conventions.rules.texts import LONGEST_SOURCE
from portal.conventions.service.sheets import SheetWish
from portal.kernel.forms import LONG, NEEDED, Form
from portal.kernel.i18n import current_language
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.photo_fields import PhotoForm, PhotosField
from portal.organisations.queries import OrganisationRow

YES: Final = "yes"
NO: Final = "no"
LINE: Final = "line"
SHEET: Final = "sheet"
_CHOOSE: Final = _l("Choose for whom you sign.")


def _signer(chosen: str | None) -> Signer:
    return Signer(chosen) if chosen in set(Signer) else Signer.PERSON


class SignForm(Form):
    """A signature on the screen."""

    signer = RadioField(_l("For whom do you sign?"), [InputRequired(message=_CHOOSE)])
    door = StringField(
        _l("Building and door, if you sign for your household"),
        [Optional(), Length(max=LONGEST_HOUSEHOLD, message=LONG)],
    )
    unit = SelectField(_l("Unit"), validate_choice=False)
    named = BooleanField(_l("Everybody may read this name under the convention"))
    name = StringField(
        _l("Name, if it may be read"), [Optional(), Length(max=LONGEST_NAME, message=LONG)]
    )

    def offer(self, units: Iterable[OrganisationRow]) -> None:
        """The units for which she speaks; without one she is not asked about units."""
        language = current_language()
        self.unit.choices = [
            SelectChoice(unit.code, unit.names.get(language) or unit.names["zh_Hans"])
            for unit in units
        ]
        offered = [one for one in Signer if one is not Signer.UNIT or self.unit.choices]
        self.signer.choices = [SelectChoice(one.value, SIGNERS[one]) for one in offered]

    def wish(self) -> SignWish:
        """What is signed."""
        signer = _signer(self.signer.data)
        unit = (self.unit.data or "") if signer is Signer.UNIT else ""
        return SignWish(
            signer, self.name.data or "", self.door.data or "", unit, bool(self.named.data)
        )


class YesForm(Form):
    """A yes to be held to a version, or its end: one button each, of the same size (L5)."""

    wanted = HiddenField(validators=[AnyOf((YES, NO), _l("Please choose yes or no."))])


class NameForm(Form):
    """Whether a name is read under a signature."""

    name = StringField(
        _l("Name, if it may be read"), [Optional(), Length(max=LONGEST_NAME, message=LONG)]
    )
    named = BooleanField(_l("Everybody may read this name under the convention"))


class SheetForm(PhotoForm):
    """A paper sheet as it is typed."""

    signer = RadioField(
        _l("Who signed on this sheet?"),
        [InputRequired(message=_CHOOSE)],
        choices=[
            SelectChoice(Signer.HOUSEHOLD.value, _l("Households: one line each")),
            SelectChoice(Signer.PERSON.value, _l("Residents, each for herself")),
        ],
        default=Signer.HOUSEHOLD.value,
    )
    typed = TextAreaField(
        _l("The lines of the sheet"),
        [InputRequired(message=NEEDED), Length(max=8000, message=LONG)],
    )
    photos = PhotosField(_l("Photo of the sheet"), most=1)

    def wish(self) -> SheetWish:
        """What was typed."""
        return SheetWish(_signer(self.signer.data), self.typed.data or "", self.photos.data)


class UndoForm(Form):
    """What of a sheet is taken back."""

    what = RadioField(
        _l("What do you take back?"),
        [InputRequired(message=_l("Choose what you take back."))],
        choices=[
            SelectChoice(LINE, _l("Only this line")),
            SelectChoice(SHEET, _l("All lines of this sheet")),
        ],
    )


class ContestForm(Form):
    """A signature on the screen that is contested: by its door, its unit or the name it shows."""

    door = StringField(
        _l("Building and door, if a household is meant"),
        [Optional(), Length(max=LONGEST_HOUSEHOLD, message=LONG)],
    )
    unit = StringField(
        _l("Name or code, if a unit is meant"),
        [Optional(), Length(max=LONGEST_SOURCE, message=LONG)],
    )
    line = SelectField(_l("Name that is shown, if that is meant"), validate_choice=False)
    settled = SelectField(
        _l("Signature that was ended or whose name was hidden, if it may be given or named again"),
        validate_choice=False,
    )
    act = RadioField(
        _l("What do you do?"),
        [InputRequired(message=_l("Choose what you do."))],
        choices=[SelectChoice(one.value, words) for one, words in CONTEST_ACTS.items()],
    )
    reason = TextAreaField(
        _l("Why? The signer and the auditors read it."),
        [InputRequired(message=NEEDED), Length(max=LONGEST_WHY, message=LONG)],
    )

    def offer(self, shown: Iterable[tuple[str, str]], settled: Iterable[Settled]) -> None:
        """The names that are shown, with the numbers of their signatures, and what was settled, by
        the number that the signer reads."""
        self.line.choices = [SelectChoice("", "–"), *(SelectChoice(*one) for one in shown)]
        self.settled.choices = [
            SelectChoice("", "–"),
            *(SelectChoice(one.number, f"{one.number} · {SETTLED[one.act]}") for one in settled),
        ]

    def wish(self) -> ContestWish:
        """What is done about which."""
        return ContestWish(
            ContestAct(self.act.data), self.reason.data or "", self.door.data or "",
            self.unit.data or "", self.line.data or "", self.settled.data or "",
        )  # fmt: skip


class BasisForm(Form):
    """Where a convention is found, for the list of bases."""

    source = StringField(
        _l("Where it is filed, with its number"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_SOURCE, message=LONG)],
    )
