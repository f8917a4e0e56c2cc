"""Forms of a grid: a check on the spot, an entry of the diary, the team, the interval."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import (
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional

from portal.kernel.forms import DayField, Form
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.photo_fields import PhotoForm, PhotosField
from portal.kernel.words import say
from portal.reports.labels.case import REASONS
from portal.reports.labels.grid import ENTRIES, MEMBERS, PRESENT
from portal.reports.queries.diary import EntryRow
from portal.reports.rules.categories import CategoryRow
from portal.reports.rules.grid import (
    MOST_DAYS,
    MOST_WORDS,
    EntryKind,
    GridRefusal,
    MemberKind,
    Present,
    counted,
    finding_of,
)
from portal.reports.rules.offline import new_key
from portal.reports.rules.reasons import SPOT_REASONS
from portal.reports.service.diary import Written
from portal.reports.service.grid_team import NewMember
from portal.reports.service.spot import SpotCheck

MOST_PHOTOS = 3
LONGEST_NUMBER, LONGEST_DAYS = 40, 3
_TIMES = ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")


class CheckForm(PhotoForm):
    """What was found on the spot. ``draft_key`` makes it one check only, however often sent."""

    draft_key = HiddenField()
    number = StringField(_l("Number of the case"))
    finding = RadioField(
        _l("What did you find?"),
        choices=[SelectChoice(reason.value, REASONS[reason]) for reason in SPOT_REASONS],
        validate_choice=False,
    )
    words = TextAreaField(_l("In words"), validators=[Optional()])
    photos = PhotosField(_l("Choose photos"), most=MOST_PHOTOS)

    def prepare(self, now: datetime) -> None:
        """A key for a form that is sent at once."""
        if not self.draft_key.data:
            self.draft_key.data = new_key(now, secrets.token_hex(16))

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if len(self.words.data or "") > MOST_WORDS:
            self.words.errors = [say(GridRefusal.LONG, most=MOST_WORDS)]
            valid = False
        return valid

    def check(self) -> SpotCheck:
        number = (self.number.data or "")[:LONGEST_NUMBER]
        words = self.words.data or ""
        return SpotCheck(number, finding_of(self.finding.data), words, self.photos.data)


class EntryForm(PhotoForm):
    """An entry of the diary. ``zone`` is the city's: hours are typed on its clock."""

    kind = RadioField(
        _l("What was it?"),
        choices=[SelectChoice(kind.value, words) for kind, words in ENTRIES.items()],
        validate_choice=False,
    )
    at = StringField(_l("When"))
    seen = TextAreaField(_l("What was seen or done"))
    place = StringField(_l("Where in the grid"), validators=[Optional()])
    photos = PhotosField(_l("Choose photos"), most=MOST_PHOTOS)
    members = StringField(PRESENT[Present.MEMBERS])
    residents = StringField(PRESENT[Present.RESIDENTS])
    shops = StringField(PRESENT[Present.SHOPS])
    managers = StringField(PRESENT[Present.MANAGERS])
    others = StringField(PRESENT[Present.OTHERS])
    numbers = StringField(_l("Cases it is about"), validators=[Optional()])
    report_as = SelectField(_l("Report what was found as"), validate_choice=False)

    def offer(self, kinds: Sequence[CategoryRow]) -> None:
        """The kinds of problems that a finding can be reported as."""
        self.report_as.choices = [
            SelectChoice("", _l("Nothing to report")),
            *(SelectChoice(kind.code, in_words(kind.names)) for kind in kinds),
        ]

    def start(self, kind: str, number: str, at: datetime, zone: ZoneInfo) -> None:
        """A new entry of now: a patrol unless another kind was asked for, about a case if any."""
        self.kind.data = kind if kind in set(EntryKind) else EntryKind.PATROL.value
        self.at.data = f"{at.astimezone(zone):%Y-%m-%dT%H:%M}"
        self.numbers.data = number

    def show(self, entry: EntryRow, zone: ZoneInfo) -> None:
        """An entry as it stands, to be said rightly."""
        self.kind.data = entry.kind.value
        self.at.data = f"{entry.at.astimezone(zone):%Y-%m-%dT%H:%M}"
        self.seen.data, self.place.data = entry.seen, entry.place
        self.numbers.data = " ".join(case.number for case in entry.cases if not case.found)
        for kind in Present:
            self[kind.value].data = str(entry.present.get(kind.value, "") or "")

    @property
    def present_fields(self) -> list[Any]:
        return [self[kind.value] for kind in Present]

    def written(self, zone: ZoneInfo) -> Written:
        """What was typed; what is no kind, time or count is None."""
        typed: Mapping[Present, str] = {kind: self[kind.value].data or "" for kind in Present}
        kind = self.kind.data
        return Written(
            kind=EntryKind(kind) if kind in set(EntryKind) else None,
            at=_moment(self.at.data or "", zone),
            seen=self.seen.data or "",
            place=self.place.data or "",
            present=counted(typed),
            numbers=(self.numbers.data or "").replace(",", " ").replace("，", " ").split(),
            photos=self.photos.data,
            report_as=self.report_as.data or None,
        )

    def refuse(self, refusal: Any) -> None:
        """A wrong count stands at the first field of the counts."""
        if refusal.field == "present":
            refusal.field = Present.MEMBERS.value
        super().refuse(refusal)


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    for shape in _TIMES:
        try:
            return datetime.strptime(text.strip()[:16], shape).replace(tzinfo=zone)
        except ValueError:
            continue
    return None


class MemberForm(Form):
    """Somebody who comes to belong to a team: by account, or by name."""

    kind = RadioField(
        _l("Which kind of member?"),
        choices=[SelectChoice(kind.value, words) for kind, words in MEMBERS.items()],
        validate_choice=False,
    )
    core = RadioField(
        _l("Core of the team?"),
        choices=[
            SelectChoice("", _l("As usual for the kind")),
            SelectChoice("yes", _l("Core")),
            SelectChoice("no", _l("Takes part")),
        ],
        default="",
        validate_choice=False,
    )
    number = StringField(_l("Number of the account"), validators=[Optional()])
    name = StringField(_l("Name, if there is no account"), validators=[Optional()])
    since = DayField(_l("From"), validators=[Optional()])

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if self.kind.data not in set(MemberKind):
            self.kind.errors = [say(GridRefusal.NO_KIND)]
            valid = False
        return valid

    def new_member(self) -> NewMember:
        return NewMember(
            kind=MemberKind(self.kind.data),
            name=self.name.data or "",
            number=(self.number.data or "")[:LONGEST_NUMBER],
            core={"yes": True, "no": False}.get(self.core.data or ""),
            since=self.since.data,
        )


class EndForm(Form):
    """Whose time in a team ends."""

    member = HiddenField()


class IntervalForm(Form):
    """How often a grid is walked through."""

    days = StringField(_l("Days between two patrols"))

    @property
    def count(self) -> int | None:
        text = (self.days.data or "").strip()
        good = text.isascii() and text.isdecimal() and len(text) <= LONGEST_DAYS
        return int(text) if good and int(text) <= MOST_DAYS else None
