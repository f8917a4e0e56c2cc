"""Forms of what guards people: covering a photo, objecting, answering, drawing a sample."""

from collections.abc import Callable, Sequence

from wtforms import (
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length

from portal.kernel.errors import Refused
from portal.kernel.forms import DayField, Form, WholeNumberField
from portal.kernel.i18n import lazy_gettext as _l
from portal.reports.labels.guard import FINDINGS, OUTCOMES
from portal.reports.rules.covering import (
    Grid,
    Rectangle,
    read_rectangles,
)
from portal.reports.rules.guarding import MOST_WORDS, Outcome
from portal.reports.rules.sampling import Finding

_TOO_LONG = _l("Please write no more than %(max)d characters.")
_CORNERS = ("first_column", "first_row", "last_column", "last_row")


def _words(label: object, most: int = MOST_WORDS) -> TextAreaField:
    return TextAreaField(label, [Length(max=most, message=_TOO_LONG)])


class CoverForm(Form):
    """Two corners of a rectangle by their cells, and whatever was drawn with a pointer."""

    seen = HiddenField()
    drawn = HiddenField()
    first_column = SelectField(_l("From column"), validate_choice=False)
    first_row = SelectField(_l("From row"), validate_choice=False)
    last_column = SelectField(_l("To column"), validate_choice=False)
    last_row = SelectField(_l("To row"), validate_choice=False)
    grid: Grid
    make: Callable[[Sequence[Rectangle] | None], str]
    token = ""

    def look_at(self, grid: Grid, covers: str | None) -> None:
        """Offer the cells of this photo. ``covers`` is what the page was made with."""
        self.grid = grid
        if not self.is_submitted():
            self.seen.data = covers or ""
        for name in _CORNERS:
            cells = grid.letters if name.endswith("column") else grid.numbers
            field = self[name]
            field.choices = [SelectChoice("", "–"), *(SelectChoice(one, one) for one in cells)]

    @property
    def rectangles(self) -> list[Rectangle] | None:
        """What covers the photo from now on: what did before, and the new. None when damaged."""
        before, drawn = read_rectangles(self.seen.data), read_rectangles(self.drawn.data)
        chosen = self._chosen()
        if before is None or drawn is None or chosen is None:
            return None
        return [*before, *drawn, *chosen] if drawn or chosen else []

    def _chosen(self) -> list[Rectangle] | None:
        named = [self[name].data or "" for name in _CORNERS]
        if not any(named):
            return []
        found = self.grid.between((named[0], named[1]), (named[2], named[3]))
        return None if found is None else [found]

    def validate(self, extra_validators: object = None) -> bool:
        """A good form's copy is drawn at once: before the transaction, which must be short."""
        valid = super().validate(extra_validators)
        if not valid:
            return False
        try:
            self.token = self.make(self.rectangles)
        except Refused as refusal:
            self.refuse(refusal)
            return False
        return True


class UncoverForm(Form):
    """Taking all rectangles away again, as they stood on the page."""

    seen = HiddenField()


class ObjectionForm(Form):
    """What a reporter says against a decision."""

    words = _words(_l("Why should it be shown?"))


class ReplyForm(Form):
    """The answer to an objection."""

    outcome = RadioField(
        _l("What came of it?"),
        choices=[SelectChoice(code.value, words) for code, words in OUTCOMES.items()],
        validate_choice=False,
    )
    words = _words(_l("Answer to the reporter"))

    @property
    def chosen(self) -> Outcome | None:
        return Outcome(self.outcome.data) if self.outcome.data in set(Outcome) else None


class DrawForm(Form):
    """What a sample is drawn from."""

    first = DayField(_l("First day"))
    last = DayField(_l("Last day"))
    place = StringField(_l("Code of the place (optional)"), [Length(max=40, message=_TOO_LONG)])
    size = WholeNumberField(_l("How many cases"))
    seed = StringField(_l("Seed (optional)"), [Length(max=200, message=_TOO_LONG)])


class FindingForm(Form):
    """What an auditor found of one case."""

    finding = RadioField(
        _l("What did you find?"),
        choices=[SelectChoice(code.value, words) for code, words in FINDINGS.items()],
        validate_choice=False,
    )
    words = _words(_l("In a few words (needed when it is not in order)"))

    @property
    def chosen(self) -> Finding | None:
        return Finding(self.finding.data) if self.finding.data in set(Finding) else None
