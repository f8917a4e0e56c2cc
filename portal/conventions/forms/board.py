"""Forms of the board: a notice, the sheet of a month, a mobile stop, a service."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.conventions.forms.community import may, needed
from portal.conventions.labels.community import NOTICES
from portal.conventions.queries.board import NoticeRow
from portal.conventions.rules.community import (
    LONGEST_ADDRESS,
    LONGEST_HOURS,
    LONGEST_NOTICE,
    LONGEST_PHONE,
    LONGEST_TITLE,
    LONGEST_WORDS,
    MONTH_LENGTH,
    NoticeKind,
)
from portal.conventions.service.board import NoticeWish, ServiceWish, StopWish
from portal.kernel.forms import NEEDED, ClockField, DayField, Form, TicksField
from portal.kernel.i18n import lazy_gettext as _l


class NoticeForm(Form):
    """A notice."""

    kind = SelectField(
        _l("Kind"), choices=[SelectChoice(kind.value, words) for kind, words in NOTICES.items()],
        validate_choice=False,
    )  # fmt: skip
    title = StringField(_l("Heading"), needed(LONGEST_TITLE))
    markdown = TextAreaField(_l("Text"), needed(LONGEST_NOTICE))
    starts_on = DayField(_l("Hangs from"), [InputRequired(message=NEEDED)])
    ends_on = DayField(_l("Until"), [InputRequired(message=NEEDED)])
    pinned = BooleanField(_l("Keep it above the others"))

    def wish(self) -> NoticeWish:
        """The notice as typed."""
        chosen = self.kind.data
        kind = NoticeKind(chosen) if chosen in set(NoticeKind) else NoticeKind.NOTICE
        return NoticeWish(
            kind, self.title.data or "", self.markdown.data or "", self.starts_on.data,
            self.ends_on.data, bool(self.pinned.data),
        )  # fmt: skip


class SheetForm(Form):
    """What stands on the sheet of a month."""

    month = StringField(_l("Month"), needed(MONTH_LENGTH))
    numbers = TicksField(_l("Notices on the sheet"), validate_choice=False)

    def offer(self, rows: list[NoticeRow]) -> None:
        """What can be chosen."""
        self.numbers.choices = [SelectChoice(row.number, row.title) for row in rows]


class StopForm(Form):
    """A mobile stop; its times are the city's."""

    located = StringField(_l("Where does it stop?"), needed(LONGEST_ADDRESS))
    offers = StringField(_l("What is offered"), needed(LONGEST_ADDRESS))
    day = DayField(_l("Day"), [InputRequired(message=NEEDED)])
    begins = ClockField(_l("From"), [InputRequired(message=NEEDED)])
    ends = ClockField(_l("To"), [InputRequired(message=NEEDED)])

    def wish(self, zone: ZoneInfo) -> StopWish:
        """The stop as typed."""
        starts = datetime.combine(self.day.data, self.begins.data, zone)
        ends = datetime.combine(self.day.data, self.ends.data, zone)
        return StopWish(
            self.located.data or "", self.offers.data or "", starts.astimezone(UTC),
            ends.astimezone(UTC),
        )  # fmt: skip


class ServiceForm(Form):
    """A service of the atlas."""

    title = StringField(_l("Service"), needed(LONGEST_TITLE))
    located = StringField(_l("Where"), needed(LONGEST_ADDRESS))
    hours = StringField(_l("When"), may(LONGEST_HOURS))
    office_phone = StringField(_l("Telephone of the office"), may(LONGEST_PHONE))
    offers = TextAreaField(_l("What is done there"), needed(LONGEST_WORDS))
    bring = StringField(_l("What to bring"), may(LONGEST_ADDRESS))

    def wish(self) -> ServiceWish:
        """The service as typed."""
        return ServiceWish(
            self.title.data or "", self.located.data or "", self.hours.data or "",
            self.office_phone.data or "", self.offers.data or "", self.bring.data or "",
        )  # fmt: skip
