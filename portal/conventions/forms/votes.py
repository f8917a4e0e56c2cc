"""The shapes of votes: a call with its roll, a ballot, a count, a reason."""

from datetime import datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import request
from wtforms import (
    BooleanField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.conventions.labels.kinds import ELECTORATES
from portal.conventions.labels.votes import CHOICES, LINE_ACTS, WAYS
from portal.conventions.rules.counting import Choice
from portal.conventions.rules.kinds import Ballot, Electorate, KindRule
from portal.conventions.rules.roll import LARGEST_FILE
from portal.conventions.rules.texts import LONGEST_REASON
from portal.conventions.rules.votes import (
    LONGEST_BOX,
    MOST_PAPERS,
    ON_SCREEN,
    CallWish,
    LineAct,
    VoteWay,
)
from portal.conventions.service.papers import TallyWish
from portal.kernel.forms import LONG, NEEDED, ClockField, DayField, FileIn, Form, WholeNumberField
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.photo_fields import PhotoForm, PhotosField
from portal.kernel.sheets import Encoding

COUNT: Final = _l("Write a number from 0 to 100000.")
MORE_THAN_THE_FILE: Final = 2_000_000


class CallForm(Form):
    """How a vote is called, and who is on its roll."""

    electorate = RadioField(_l("Who has a vote?"), validate_choice=False)
    way = RadioField(
        _l("How do people vote?"),
        choices=[SelectChoice(way.value, words) for way, words in WAYS.items()],
        default=VoteWay.WRITTEN.value,
        validate_choice=False,
    )
    opens_day = DayField(_l("First day"), [InputRequired(message=NEEDED)])
    opens_time = ClockField(_l("From what time"), [InputRequired(message=NEEDED)], default=time(9))
    closes_day = DayField(_l("Last day"), [InputRequired(message=NEEDED)])
    closes_time = ClockField(
        _l("Until what time"), [InputRequired(message=NEEDED)], default=time(18)
    )
    typed = TextAreaField(_l("Type the electors"), [Optional()])
    file = FileIn(_l("Or choose a file of them (CSV or XLSX)"))
    encoding = RadioField(
        _l("How a CSV file is written"),
        choices=[
            SelectChoice(Encoding.UTF8.value, _l("UTF-8")),
            SelectChoice(Encoding.GB18030.value, _l("GB18030, as Chinese Excel saves CSV")),
        ],
        default=Encoding.UTF8.value,
        validate_choice=False,
    )
    on_board = BooleanField(_l("The announcement hangs on the notice board"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        request.max_content_length = LARGEST_FILE + MORE_THAN_THE_FILE
        request.max_form_memory_size = MORE_THAN_THE_FILE
        super().__init__(*args, **kwargs)

    def offer(self, rule: KindRule) -> None:
        """The electorates of a kind; the first is chosen."""
        self.electorate.choices = [
            SelectChoice(code.value, ELECTORATES[code]) for code in rule.electorates
        ]
        if not self.electorate.data:
            self.electorate.data = rule.electorates[0].value

    def chosen(self) -> Electorate:
        """Who has a vote."""
        code = self.electorate.data
        return Electorate(code) if code in set(Electorate) else Electorate.HEADS

    def wish(self, zone: ZoneInfo) -> CallWish:
        """How it is called; the times are those of the city."""
        way = self.way.data
        return CallWish(
            self.chosen(), VoteWay(way) if way in set(VoteWay) else VoteWay.WRITTEN,
            _moment(self.opens_day, self.opens_time, zone),
            _moment(self.closes_day, self.closes_time, zone),
            bool(self.on_board.data),
        )  # fmt: skip

    def content(self) -> bytes:
        """What came as a file, and no more than one byte too much of it."""
        if not getattr(self.file.data, "filename", None):
            return b""
        data: bytes = self.file.data.stream.read(LARGEST_FILE + 1)
        return data

    def chosen_encoding(self) -> Encoding:
        chosen = self.encoding.data
        return Encoding(chosen) if chosen in set(Encoding) else Encoding.UTF8


def _moment(day: Any, clock: Any, zone: ZoneInfo) -> datetime:
    return datetime.combine(day.data, clock.data, zone)


def _choices(codes: Any) -> list[SelectChoice]:
    return [SelectChoice(choice.value, CHOICES[choice]) for choice in codes]


class BallotForm(Form):
    """A ballot on the screen."""

    choice = RadioField(
        _l("Your vote"), [InputRequired(message=_l("Please choose one of the three."))],
        choices=_choices(ON_SCREEN), validate_choice=False,
    )  # fmt: skip

    def chosen(self) -> Choice | None:
        code = self.choice.data
        return Choice(code) if code in set(ON_SCREEN) else None


class LineForm(Form):
    """What is done to a line of the roll."""

    act = RadioField(_l("What happened?"), validate_choice=False)
    reason = TextAreaField(
        _l("Reason, if you strike her off or take a mark back"),
        [Optional(), Length(max=LONGEST_REASON, message=LONG)],
    )

    def offer(self, ballot: Ballot, *, asked: bool = False) -> None:
        """Of an open vote each paper is typed; of a secret one only that there is one. ``asked``:
        she herself asked that the mark be taken back, and may withdraw that."""
        papers = (
            _choices(Choice)
            if ballot is Ballot.OPEN
            else [SelectChoice(LineAct.PAPER.value, LINE_ACTS[LineAct.PAPER])]
        )
        others = (LineAct.KEEP_MARK if asked else LineAct.NO_PAPER, LineAct.STRIKE)
        more = [SelectChoice(act.value, LINE_ACTS[act]) for act in others]
        self.act.choices = [*papers, *more]

    def chosen(self) -> LineAct | Choice | None:
        code = self.act.data
        if code in set(LineAct):
            return LineAct(code)
        return Choice(code) if code in set(Choice) else None


def _count(choice: Choice) -> WholeNumberField:
    within = NumberRange(min=0, max=MOST_PAPERS, message=COUNT)
    return WholeNumberField(CHOICES[choice], [InputRequired(message=NEEDED), within], default=0)


class TallyForm(PhotoForm):
    """What lies in a box of papers."""

    box = StringField(
        _l("Box"), [InputRequired(message=NEEDED), Length(max=LONGEST_BOX, message=LONG)]
    )
    yes = _count(Choice.YES)
    no = _count(Choice.NO)
    abstain = _count(Choice.ABSTAIN)
    spoilt = _count(Choice.SPOILT)
    photos = PhotosField(_l("Photo of the count, if only one person counts"), most=1)

    def wish(self) -> TallyWish:
        """What was counted."""
        counts = {choice: int(self[choice.value].data) for choice in Choice}
        return TallyWish(self.box.data or "", counts, self.photos.data)


class WhyForm(Form):
    """A reason; elsewhere nothing."""

    reason = TextAreaField(_l("Reason"), [Optional(), Length(max=LONGEST_REASON, message=LONG)])


class CountForm(Form):
    """What the minutes say beside the count."""

    women = WholeNumberField(_l("How many women took part"), [Optional()])
