"""Forms for the list of who is responsible, and for what is known of a case because of it."""

from collections.abc import Iterable
from typing import Any

from wtforms import (
    BooleanField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.areas.rules import CODE_LENGTH, Tag
from portal.kernel.forms import LONG, DayField, Form, WholeNumberField
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import say
from portal.organisations.queries import OrganisationRow
from portal.organisations.rules import HANDLING_KINDS, Trade
from portal.reports.forms.desk import StepForm, words_field
from portal.reports.labels.categories import GROUPS
from portal.reports.labels.routing import NEAREST
from portal.reports.rules.categories import CategoryRow
from portal.reports.rules.routing import (
    LARGEST_AREA,
    SOURCE_LENGTH,
    CaseKey,
    Receiver,
    RoadClass,
)
from portal.reports.service.responsibilities import NewRow

_NEEDED = _l("Fill this in.")
KIND, GROUP = "kind", "group"
AT_MOST, OVER = "at_most", "over"


def _codes(codes: Iterable[Any], empty: Any) -> list[SelectChoice]:
    return [SelectChoice("", empty), *(SelectChoice(code.value, say(code)) for code in codes)]


class DatedForm(Form):
    """What both lists ask: where, what, since when, and who says so."""

    area_code = StringField(
        _l("Code of the place"), [Optional(), Length(max=CODE_LENGTH, message=LONG)]
    )
    category = SelectField(_l("Kind of problem"), validate_choice=False)
    valid_from = DayField(_l("From this day on"), [InputRequired(_NEEDED)])
    source = StringField(
        _l("Which law or list says so"),
        [InputRequired(_NEEDED), Length(max=SOURCE_LENGTH, message=LONG)],
    )

    def offer(self, kinds: Iterable[CategoryRow]) -> None:
        """Fill in the kinds and their groups."""
        self.category.choices = [
            SelectChoice("", _l("All kinds")),
            *(SelectChoice(f"{GROUP}:{code}", words) for code, words in GROUPS.items()),
            *(SelectChoice(f"{KIND}:{kind.code}", in_words(kind.names)) for kind in kinds),
        ]

    def common(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        what, _, code = (self.category.data or "").partition(":")
        return {
            "area_code": (self.area_code.data or "").strip().upper() or None,
            "category": code if what == KIND else None,
            "group": code if what == GROUP else None,
            "valid_from": self.valid_from.data,
            "source": self.source.data or "",
        }


class AllowanceForm(DatedForm):
    """A kind that communities may be given."""

    def row(self) -> NewRow:
        return NewRow(lead="", **self.common())


class ResponsibilityForm(DatedForm):
    """A row of the list."""

    size = SelectField(_l("Size decides"), validate_choice=False)
    square_metres = WholeNumberField(
        _l("Square metres"),
        [Optional(), NumberRange(1, LARGEST_AREA, message=_l("Write a whole number."))],
    )
    tag = SelectField(_l("Only in places of this kind"), validate_choice=False)
    road_class = SelectField(_l("Only on this class of road"), validate_choice=False)
    on_permit = BooleanField(_l("Only where a permit was given"))
    lead_kind = SelectField(_l("Who leads"), validate_choice=False)
    lead_trade = SelectField(_l("Of this trade"), validate_choice=False)
    lead_code = StringField(
        _l("Or the code of one unit"), [Optional(), Length(max=40, message=LONG)]
    )
    co = TextAreaField(
        _l("Codes of the units that support it"),
        [Optional(), Length(max=600, message=LONG)],
    )

    def offer(self, kinds: Iterable[CategoryRow]) -> None:
        super().offer(kinds)
        self.size.choices = [
            SelectChoice("", _l("No")),
            SelectChoice(AT_MOST, _l("Up to so many square metres")),
            SelectChoice(OVER, _l("Over so many square metres")),
        ]
        self.tag.choices = _codes(Tag, _l("All places"))
        self.road_class.choices = _codes(RoadClass, _l("All roads"))
        units = [SelectChoice(kind.value, NEAREST[kind]) for kind in sorted(HANDLING_KINDS)]
        issuer = SelectChoice(str(Receiver()), _l("The unit that gave the permit"))
        self.lead_kind.choices = [SelectChoice("", _l("One unit, by its code")), *units, issuer]
        self.lead_trade.choices = _codes(Trade, _l("Any trade"))

    def row(self) -> NewRow:
        """The row as the service takes it."""
        size, number = self.size.data, self.square_metres.data
        tag, road = self.tag.data, self.road_class.data
        return NewRow(
            lead=self._lead(),
            co=" ".join((self.co.data or "").upper().split()),
            area_at_most=(number or 0) if size == AT_MOST else None,
            area_over=(number or 0) if size == OVER else None,
            tag=Tag(tag) if tag in set(Tag) else None,
            road_class=RoadClass(road) if road in set(RoadClass) else None,
            on_permit=bool(self.on_permit.data),
            **self.common(),
        )

    def _lead(self) -> str:
        kind = self.lead_kind.data or ""
        if not kind:
            return (self.lead_code.data or "").strip().upper()
        trade = self.lead_trade.data or ""
        return f"{kind}/{trade}" if trade and kind != str(Receiver()) else kind


class EndForm(Form):
    """The last day of a row."""

    on = DayField(_l("The first day on which it holds no more"), [InputRequired(_NEEDED)])


class AttributesForm(StepForm):
    """What the desk knows of a case because rows of the list ask for it."""

    area_m2 = StringField(say(CaseKey.AREA_M2), [Optional(), Length(max=12, message=LONG)])
    road_class = SelectField(validate_choice=False)
    permit_holder = SelectField(validate_choice=False)
    unit_complained_of = SelectField(validate_choice=False)

    def offer(self, units: Iterable[OrganisationRow]) -> None:
        """Fill in the classes and the units; labels are said in the reader's language."""
        for key in CaseKey:
            self._fields[key.value].label.text = say(key)
        self.road_class.choices = _codes(RoadClass, _l("As the place is marked"))
        named = [SelectChoice(unit.code, in_words(unit.names)) for unit in units]
        self.permit_holder.choices = [SelectChoice("", _l("No permit is known")), *named]
        self.unit_complained_of.choices = [SelectChoice("", _l("No unit is complained of")), *named]

    def values(self) -> dict[CaseKey, str]:
        """What was typed, by key."""
        return {key: self.text(key.value) or "" for key in CaseKey}


class ReceiptForm(StepForm):
    """A supporting unit has read the case, and may say what it thinks."""

    words = words_field(_l("What your unit says to it"))
