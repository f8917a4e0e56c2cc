"""Forms of meetings: the plan, the list, a resolution, the minutes."""

from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.conventions.labels.meetings import MEETING_KINDS
from portal.conventions.queries.meetings import ItemRow, MeetingRow
from portal.conventions.rules.meetings import (
    LONGEST_ITEM,
    LONGEST_MINUTES,
    LONGEST_PLACE,
    LONGEST_RESOLUTION,
    MeetingKind,
    MeetingWish,
    Resolved,
    lines_in,
    names_in,
)
from portal.conventions.rules.texts import LONGEST_WORDS
from portal.kernel.clock import local
from portal.kernel.forms import LONG, NEEDED, ClockField, DayField, Form, WholeNumberField
from portal.kernel.i18n import lazy_gettext as _l

MOST_TYPED = 20_000


class PlanForm(Form):
    """A meeting. The agenda is a line for each point."""

    kind = SelectField(
        _l("Who meets?"),
        choices=[SelectChoice(kind.value, words) for kind, words in MEETING_KINDS.items()],
        validate_choice=False,
    )
    place = StringField(
        _l("Community"),
        [InputRequired(message=NEEDED), Length(max=32, message=LONG)],
    )
    title = StringField(
        _l("What the meeting is about"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_ITEM, message=LONG)],
    )
    venue = StringField(
        _l("Where?"), [InputRequired(message=NEEDED), Length(max=LONGEST_PLACE, message=LONG)]
    )
    day = DayField(_l("Day"), [InputRequired(message=NEEDED)])
    starts_time = ClockField(
        _l("From what time"), [InputRequired(message=NEEDED)], default=time(19)
    )
    ends_time = ClockField(_l("Until what time"), [InputRequired(message=NEEDED)], default=time(21))
    agenda = TextAreaField(
        _l("Agenda"), [InputRequired(message=NEEDED), Length(max=MOST_TYPED, message=LONG)]
    )

    def wish(self, zone: ZoneInfo, place: str | None = None) -> MeetingWish:
        """What is planned; the times are those of the city."""
        chosen = self.kind.data
        return MeetingWish(
            MeetingKind(chosen) if chosen in set(MeetingKind) else MeetingKind.RESIDENTS,
            place or self.place.data or "", self.title.data or "", self.venue.data or "",
            self._at(self.starts_time, zone), self._at(self.ends_time, zone),
            lines_in(self.agenda.data or ""),
        )  # fmt: skip

    def _at(self, clock: Any, zone: ZoneInfo) -> datetime:
        return datetime.combine(self.day.data, clock.data, zone)


def typed_plan(
    row: MeetingRow, code: str, agenda: list[ItemRow], zone: ZoneInfo
) -> dict[str, object]:
    """A plan as it can be typed again."""
    starts, ends = local(row.starts_at, zone), local(row.ends_at, zone)
    lines = [
        " ".join(part for part in (one.title, one.round_number or one.consultation_number) if part)
        for one in agenda
    ]
    return {
        "kind": row.kind.value, "place": code, "title": row.title, "venue": row.venue,
        "day": starts.date(), "starts_time": starts.time(), "ends_time": ends.time(),
        "agenda": "\n".join(lines),
    }  # fmt: skip


class NamesForm(Form):
    """The list that was signed."""

    names = TextAreaField(
        _l("Names from the list, one in a line"),
        [InputRequired(message=NEEDED), Length(max=MOST_TYPED, message=LONG)],
    )

    def typed(self) -> list[str]:
        """The names, each once."""
        return names_in(self.names.data or "")


class ResolutionForm(Form):
    """A resolution with the numbers of its vote."""

    item = SelectField(_l("On which point of the agenda?"), validate_choice=False)
    resolved = TextAreaField(
        _l("What was resolved?"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_RESOLUTION, message=LONG)],
    )
    yes = WholeNumberField(_l("For"), [Optional()])
    no = WholeNumberField(_l("Against"), [Optional()])
    abstain = WholeNumberField(_l("Abstentions"), [Optional()])

    def offer(self, agenda: list[ItemRow]) -> None:
        """The points of an agenda."""
        rows = [SelectChoice(str(one.id), f"{one.position}. {one.title}") for one in agenda]
        self.item.choices = [SelectChoice("", _l("No point of the agenda")), *rows]

    def chosen(self) -> UUID | None:
        """The point that was chosen."""
        known = {choice.value for choice in self.item.choices}
        found = self.item.data
        return UUID(found) if found and found in known else None

    def wish(self) -> Resolved:
        """What was resolved."""
        return Resolved(
            self.resolved.data or "", self.yes.data, self.no.data, self.abstain.data
        )  # fmt: skip


class MinutesForm(Form):
    """The minutes."""

    present = WholeNumberField(_l("How many people were there?"), [InputRequired(message=NEEDED)])
    women = WholeNumberField(_l("How many of them women?"), [Optional()])
    minutes = TextAreaField(
        _l("Minutes of the meeting"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_MINUTES, message=LONG)],
    )


class AdditionForm(Form):
    """What is put right in minutes."""

    words = TextAreaField(
        _l("What is put right?"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_WORDS, message=LONG)],
    )
