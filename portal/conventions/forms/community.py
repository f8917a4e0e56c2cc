"""Forms of what stands in a community: a station, heads, errands, organisations."""

from datetime import time
from typing import Any, Final

from flask import request
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.conventions.labels.community import BODIES, OUTCOMES, ROLES
from portal.conventions.queries.community import StationRow
from portal.conventions.rules.community import (
    LONGEST_ADDRESS,
    LONGEST_COVERS,
    LONGEST_NAME,
    LONGEST_NOTICE,
    LONGEST_PHONE,
    LONGEST_WORDS,
    BodyKind,
    HandlingEnd,
    HeadRole,
)
from portal.conventions.rules.community_lists import LARGEST_FILE
from portal.conventions.rules.opening import Opening
from portal.conventions.service.places import BodyWish, HeadWish, StationWish
from portal.kernel.forms import (
    LONG,
    NEEDED,
    ClockField,
    DayField,
    FileIn,
    Form,
    TicksField,
    WholeNumberField,
)
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.sheets import Encoding

_DAYS: Final = (
    ("1", _l("Monday")),
    ("2", _l("Tuesday")),
    ("3", _l("Wednesday")),
    ("4", _l("Thursday")),
    ("5", _l("Friday")),
    ("6", _l("Saturday")),
    ("7", _l("Sunday")),
)


def needed(most: int) -> list[Any]:
    """Must be filled in, and not too long."""
    return [InputRequired(message=NEEDED), Length(max=most, message=LONG)]


def may(most: int) -> list[Any]:
    """May be empty."""
    return [Optional(), Length(max=most, message=LONG)]


class StationForm(Form):
    """A station. ``seen``: its last change, as the page knew it."""

    seen = HiddenField(default="")
    title = StringField(_l("Name of the station"), needed(LONGEST_NAME))
    located = StringField(_l("Address"), needed(LONGEST_ADDRESS))
    office_phone = StringField(_l("Telephone of the office"), needed(LONGEST_PHONE))
    days = TicksField(
        _l("Open on"), choices=[SelectChoice(day, words) for day, words in _DAYS],
        validate_choice=False,
    )  # fmt: skip
    opens = ClockField(_l("Opens at"), [InputRequired(message=NEEDED)])
    pauses = ClockField(_l("Closes at noon"), [Optional()])
    resumes = ClockField(_l("Opens after noon"), [Optional()])
    closes = ClockField(_l("Closes at"), [InputRequired(message=NEEDED)])
    markdown = TextAreaField(_l("What people come for"), may(LONGEST_NOTICE))

    def wish(self) -> StationWish:
        """The station as it was typed."""
        days = "".join(sorted(set(self.days.data or ()) & set("1234567")))
        edges = [self.opens, self.pauses, self.resumes, self.closes]
        minutes = [_minutes(one.data) for one in edges if one.data is not None]
        spans = tuple(zip(minutes[::2], minutes[1::2], strict=False))
        # a noon that only ends or only begins means nothing
        opening = Opening(days, () if len(minutes) % 2 else spans)
        return StationWish(
            self.title.data or "", self.located.data or "", opening, self.office_phone.data or "",
            self.markdown.data or "", self.seen.data or "",
        )  # fmt: skip


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def station_data(row: StationRow | None) -> dict[str, Any]:
    """What a form of a station begins with."""
    if row is None:
        return {"days": list("12345")}
    found: dict[str, Any] = {
        "title": row.title, "located": row.located, "office_phone": row.office_phone,
        "markdown": row.markdown, "seen": row.updated_at.isoformat(),
    }  # fmt: skip
    if row.opening is not None:
        edges = [_time(minute) for span in row.opening.spans for minute in span]
        names = ("opens", "closes") if len(edges) == 2 else ("opens", "pauses", "resumes", "closes")
        found |= dict(zip(names, edges, strict=True)) | {"days": list(row.opening.weekdays)}
    return found


def _time(minutes: int) -> time:
    return time(min(minutes // 60, 23), minutes % 60)


class HeadForm(Form):
    """A head who begins."""

    role = RadioField(
        _l("Office"), [InputRequired(message=NEEDED)],
        choices=[SelectChoice(role.value, words) for role, words in ROLES.items()],
    )  # fmt: skip
    covers = StringField(_l("Building, road or area"), needed(LONGEST_COVERS))
    person = StringField(_l("Name"), needed(LONGEST_NAME))
    phone = StringField(_l("Telephone of her account, to find it"), may(LONGEST_PHONE))
    starts_on = DayField(_l("Term begins on"), [InputRequired(message=NEEDED)])
    ends_on = DayField(_l("Term ends on"), [Optional()])
    agreed = BooleanField(_l("She agreed in writing that everybody reads her name"))

    def wish(self) -> HeadWish:
        """The head as typed."""
        return HeadWish(
            HeadRole(self.role.data), self.covers.data or "", self.person.data or "",
            self.phone.data or "", self.starts_on.data, self.ends_on.data, bool(self.agreed.data),
        )  # fmt: skip


class EndForm(Form):
    """The last day of something."""

    ends_on = DayField(_l("Last day"), [InputRequired(message=NEEDED)])


class AskForm(Form):
    """What a head shall know."""

    words = TextAreaField(_l("What is the matter?"), needed(LONGEST_WORDS))


class ErrandForm(AskForm):
    """What the committee asks of a head."""

    words = TextAreaField(_l("What is to be done?"), needed(LONGEST_WORDS))
    due_on = DayField(_l("Until"), [Optional()])


class OutcomeForm(Form):
    """What came of it."""

    outcome = RadioField(
        _l("What came of it?"), [InputRequired(message=NEEDED)],
        choices=[SelectChoice(one.value, words) for one, words in OUTCOMES.items()],
    )  # fmt: skip
    words = TextAreaField(_l("Answer; whoever asked reads it"), needed(LONGEST_WORDS))

    def chosen(self) -> HandlingEnd:
        """The outcome."""
        return HandlingEnd(self.outcome.data)


class NamedForm(Form):
    """Whether everybody reads my name."""

    def shown(self) -> bool:
        """Which button was pressed."""
        return request.form.get("name") == "show"


class ListForm(Form):
    """A table of heads or services."""

    file = FileIn(_l("Choose a file (CSV or XLSX)"))
    encoding = RadioField(
        _l("How a CSV file is written"),
        choices=[
            SelectChoice(Encoding.UTF8.value, _l("UTF-8")),
            SelectChoice(Encoding.GB18030.value, _l("GB18030, as Chinese Excel saves CSV")),
        ],
        default=Encoding.UTF8.value, validate_choice=False,
    )  # fmt: skip

    def content(self) -> bytes:
        """What came, and no more than one byte too much of it."""
        if not getattr(self.file.data, "filename", None):
            return b""
        data: bytes = self.file.data.stream.read(LARGEST_FILE + 1)
        return data

    def chosen(self) -> Encoding:
        """How it is written."""
        code = self.encoding.data
        return Encoding(code) if code in set(Encoding) else Encoding.UTF8


class BodyForm(Form):
    """An organisation."""

    kind = SelectField(
        _l("Kind"), choices=[SelectChoice(kind.value, words) for kind, words in BODIES.items()],
        validate_choice=False,
    )  # fmt: skip
    title = StringField(_l("Name of the organisation"), needed(LONGEST_NAME))
    members = WholeNumberField(
        _l("How many members"),
        [Optional(), NumberRange(0, 100_000, message=_l("Write a number from 0 to 100000."))],
    )
    does = StringField(_l("What it does"), may(LONGEST_ADDRESS))
    founded_on = DayField(_l("Founded on"), [InputRequired(message=NEEDED)])

    def wish(self) -> BodyWish:
        """The organisation as typed."""
        chosen = self.kind.data
        kind = BodyKind(chosen) if chosen in set(BodyKind) else BodyKind.RESIDENTS
        return BodyWish(
            kind, self.title.data or "", self.members.data, self.does.data or "",
            self.founded_on.data,
        )  # fmt: skip
