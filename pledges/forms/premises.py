"""Forms of the register of premises; read like a line of a table, so that both are the same."""

import re
from collections.abc import Mapping
from typing import Any

from flask import request
from wtforms import HiddenField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from pledges.labels.clauses import PREMISES_KINDS
from pledges.labels.premises import COLUMNS
from pledges.queries.premises import PremisesRow
from pledges.rules.premises import LONGEST_REASON
from pledges.rules.register import LARGEST_FILE, LENGTHS, LONGEST_OUTLINE, trades
from portal.kernel.forms import FileIn, Form
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.sheets import Encoding

MORE_THAN_THE_FILE = 200_000
NEEDED = _l("Fill this in.")
LONG = _l("Please write no more than %(max)d characters.")
_NUMBER = re.compile(r"[0-9]{1,9}\Z", re.ASCII)


def _text(name: str, *, optional: bool = False) -> StringField:
    most = Length(max=LENGTHS.get(name, 24), message=LONG)
    return StringField(COLUMNS[name], [Optional(), most] if optional else [most])


class OperatorForm(Form):
    """Who comes to run a place."""

    operator = _text("operator")
    phone = _text("phone", optional=True)
    sole_trader = RadioField(
        COLUMNS["sole_trader"],
        choices=[SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No"))],
        default="yes",
        validate_choice=False,
    )
    seen = HiddenField(default="")

    def cells(self) -> dict[str, str]:
        """What was typed, as cells of a line."""
        return {name: self[name].data or "" for name in ("operator", "phone", "sole_trader")}


class PremisesForm(Form):
    """Premises of the register."""

    title = _text("title")
    kind = SelectField(
        COLUMNS["kind"],
        choices=[SelectChoice(kind.value, words) for kind, words in PREMISES_KINDS.items()],
        validate_choice=False,
    )
    trade = SelectField(COLUMNS["trade"], validate_choice=False)
    road = _text("road")
    door = _text("door")
    place = _text("place")
    duty_words = TextAreaField(
        COLUMNS["duty_words"], [Optional(), Length(max=LENGTHS["duty_words"], message=LONG)]
    )
    duty_outline = TextAreaField(
        COLUMNS["duty_outline"], [Optional(), Length(max=LONGEST_OUTLINE, message=LONG)]
    )
    within = _text("within", optional=True)
    lon = _text("lon", optional=True)
    lat = _text("lat", optional=True)
    heads = _text("heads", optional=True)
    version = HiddenField(default="0")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.trade.choices = [
            SelectChoice(code, in_words(names)) for code, names in trades().items()
        ]

    def cells(self) -> dict[str, str]:
        """What was typed, as cells of a line."""
        names = ("title", "kind", "trade", "road", "door", "place", "duty_words", "duty_outline",
                 "within", "lon", "lat", "heads")  # fmt: skip
        return {name: self[name].data or "" for name in names}

    def seen(self) -> int:
        """The version that the form was made from; 0 for nonsense."""
        text = self.version.data or ""
        return int(text) if _NUMBER.match(text) else 0


class NewPremisesForm(PremisesForm):
    """New premises, with who runs them if that is known."""

    operator = _text("operator", optional=True)
    phone = _text("phone", optional=True)
    sole_trader = RadioField(
        COLUMNS["sole_trader"],
        choices=[SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No"))],
        default="yes",
        validate_choice=False,
    )

    def cells(self) -> dict[str, str]:
        more = {name: self[name].data or "" for name in ("operator", "phone", "sole_trader")}
        return {**super().cells(), **more}


def as_typed(row: PremisesRow, place: str, within: str) -> dict[str, Any]:
    """The fields of premises that are to be changed."""
    return {
        "title": row.title, "kind": row.kind.value, "trade": row.trade, "road": row.road,
        "door": row.door, "place": place, "duty_words": row.duty_words or "",
        "duty_outline": row.duty_geojson or "", "within": within,
        "lon": "" if row.lon is None else str(row.lon),
        "lat": "" if row.lat is None else str(row.lat),
        "heads": "" if row.heads is None else str(row.heads), "version": str(row.version),
    }  # fmt: skip


class CloseForm(Form):
    """Why a place is no longer there. ``seen``: who ran it when the form was made."""

    reason = TextAreaField(
        _l("Why? It stays in the history of the door."),
        [InputRequired(message=NEEDED), Length(max=LONGEST_REASON, message=LONG)],
    )
    seen = HiddenField(default="")


class UnitForm(Form):
    """Which organisation the operator is."""

    unit = RadioField(_l("Which organisation runs it"), validate_choice=False)
    seen = HiddenField(default="")

    def offer(self, found: Mapping[str, str]) -> None:
        """The organisations that were found, by code; and none."""
        self.unit.choices = [SelectChoice(code, words) for code, words in found.items()]
        self.unit.choices.append(SelectChoice("", _l("Not in the register")))


class UndoForm(Form):
    """A table is taken back: nothing is typed."""


class ImportForm(Form):
    """A table of the register, and how it is to be read."""

    file = FileIn(_l("Choose a file"))
    encoding = RadioField(
        _l("How a CSV file is written"),
        choices=[
            SelectChoice(Encoding.UTF8.value, _l("UTF-8")),
            SelectChoice(Encoding.GB18030.value, _l("GB18030, as Chinese Excel saves CSV")),
        ],
        default=Encoding.UTF8.value,
        validate_choice=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        request.max_content_length = LARGEST_FILE + MORE_THAN_THE_FILE
        super().__init__(*args, **kwargs)

    def content(self) -> bytes:
        """What came with the form, and no more than one byte too much of it."""
        if not getattr(self.file.data, "filename", None):
            return b""
        data: bytes = self.file.data.stream.read(LARGEST_FILE + 1)
        return data

    def chosen_encoding(self) -> Encoding:
        chosen = self.encoding.data
        return Encoding(chosen) if chosen in set(Encoding) else Encoding.UTF8
