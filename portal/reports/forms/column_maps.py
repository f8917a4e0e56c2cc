"""What each column of a handed in file says, and the name under which that is saved."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from wtforms import SelectChoice, SelectField, StringField

from portal.kernel.forms import Form
from portal.kernel.geo import System
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import say
from portal.reports.labels.case import SOURCES
from portal.reports.labels.exchange import POINTS, SAYS
from portal.reports.rules.codes import Source
from portal.reports.rules.column_maps import OFFERED, MapWish, what_is_wrong_with
from portal.reports.rules.layouts import Says

# how each way of writing a time looks
_SHOWN = datetime(2026, 11, 20, 9, 32, 9, tzinfo=UTC)
_OUTSIDE = (
    Source.HOTLINE_12345, Source.HOTLINE_12319, Source.COLLECTOR, Source.INSPECTION_GROUP,
    Source.MEDIA,
)  # fmt: skip


class MapForm(Form):
    """One list for each column; ``header`` are the columns' names in their order."""

    header: ClassVar[Sequence[str]] = ()
    formats: ClassVar[Sequence[str]] = ()
    name = StringField(_l("Name of the map"))
    system = StringField(_l("Whose numbers are they?"))
    source = SelectField(
        _l("Where do these orders come from?"),
        choices=[SelectChoice(one.value, SOURCES[one]) for one in _OUTSIDE],
        validate_choice=False,
    )
    format = SelectField(_l("How are times written?"), validate_choice=False)
    category = SelectField(_l("Kind of problem, where no column says it"), validate_choice=False)
    point = SelectField(
        _l("How are longitude and latitude meant?"),
        choices=[SelectChoice(one.value, words) for one, words in POINTS.items()],
        validate_choice=False,
    )

    @property
    def column_fields(self) -> list[Any]:
        """The lists of the columns, in the order of the file."""
        return [self[f"column_{at}"] for at in range(len(self.header))]

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        for name, refusal in what_is_wrong_with(self.wish, self.formats):
            self[name].errors = [*self[name].errors, say(refusal)]
            valid = False
        return valid

    @property
    def wish(self) -> MapWish:
        """The map as it was put together."""
        columns = {
            name: Says(field.data) if field.data in OFFERED else Says.UNREAD
            for name, field in zip(self.header, self.column_fields, strict=True)
        }
        source = self.source.data
        return MapWish(
            name=" ".join((self.name.data or "").split()),
            system=" ".join((self.system.data or "").split()),
            source=Source(source) if source in set(_OUTSIDE) else Source.HOTLINE_12345,
            columns=columns,
            format=self.format.data or "",
            category=self._kind(),
            point=System(self.point.data) if self.point.data in set(System) else System.WGS84,
        )

    def _kind(self) -> str | None:
        known = {choice.value for choice in self.category.choices}
        return self.category.data if self.category.data in known else None


def map_form(
    header: Sequence[str],
    likely: Mapping[str, Says],
    kinds: Sequence[tuple[str, str]],
    formats: Sequence[str],
) -> MapForm:
    """The form for the columns of one file. ``kinds``: what it may be where no column says it."""
    says = [SelectChoice(one.value, SAYS[one]) for one in (Says.UNREAD, *OFFERED)]
    fields = {
        f"column_{at}": SelectField(
            name, choices=says, default=likely.get(name, Says.UNREAD).value, validate_choice=False
        )
        for at, name in enumerate(header)
    }
    members = {**fields, "header": tuple(header), "formats": tuple(formats)}
    made: type[MapForm] = type("FileMap", (MapForm,), members)
    form = made()
    form.format.choices = [
        SelectChoice("", _l("Please choose")),
        *(SelectChoice(one, _SHOWN.strftime(one)) for one in formats),
    ]
    form.category.choices = [
        SelectChoice("", _l("A column says it")),
        *(SelectChoice(code, words) for code, words in kinds),
    ]
    return form
