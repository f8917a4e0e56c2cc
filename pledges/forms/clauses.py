"""Forms of clause sets at the desk."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import request
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from pledges.labels.clause_drafts import COLUMNS, LETTERS
from pledges.labels.clauses import AXES, PREMISES_KINDS
from pledges.rules.clause_drafts import LARGEST_FILE, NAMES, SetWish, cells_of, fingerprint
from pledges.rules.clause_texts import ClauseText
from pledges.rules.clauses import LONGEST_CLAUSE, LONGEST_NAME, LONGEST_SOURCE
from pledges.rules.register import picture_names, trades
from portal.kernel.errors import Conflict
from portal.kernel.forms import DayField, FileIn, Form, WholeNumberField
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.sheets import Encoding

NEEDED = _l("Fill this in.")
LONG = _l("Please write no more than %(max)d characters.")
MORE_THAN_THE_FILE = 200_000


def _needed(most: int) -> list[Any]:
    return [InputRequired(message=NEEDED), Length(max=most, message=LONG)]


def _words(name: str, *, optional: bool = False) -> TextAreaField:
    most = [Optional()] if optional else [InputRequired(message=NEEDED)]
    return TextAreaField(COLUMNS[name], [*most, Length(max=LONGEST_CLAUSE, message=LONG)])


class ClauseForm(Form):
    """One clause. ``seen``: what the form was made from; ``stood_at``: its position then."""

    axis = RadioField(
        COLUMNS["axis"], choices=[SelectChoice(axis.value, words) for axis, words in AXES.items()]
    )
    pictogram = SelectField(COLUMNS["pictogram"])
    text_zh_hans = _words("text_zh_hans")
    text_zh_hant = _words("text_zh_hant")
    text_en = _words("text_en")
    text_khb = _words("text_khb", optional=True)
    plain_zh_hans = _words("plain_zh_hans")
    plain_zh_hant = _words("plain_zh_hant")
    plain_en = _words("plain_en")
    position = WholeNumberField(_l("Its place in the list"), [Optional()])
    seen = HiddenField(default="")
    stood_at = HiddenField(default="")

    # what somebody else wrote meanwhile
    stands: ClauseText | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.position.flags.optional = True
        self.pictogram.choices = [
            SelectChoice(code, in_words(names)) for code, names in picture_names().items()
        ]

    def cells(self, code: str) -> dict[str, str]:
        """What was typed, as cells of a line."""
        return {"code": code} | {
            name: self[name].data or "" for name in COLUMNS if name in self and name != "code"
        }

    def moved_to(self) -> int | None:
        """The position that was typed, if it is another than the form showed."""
        typed: int | None = self.position.data
        return None if str(typed) == self.stood_at.data else typed

    def overtaken(self, stands: ClauseText | None) -> None:
        """Somebody else was first: show it beside; who sends it again has read it."""
        self.stands = stands
        self.seen.data = fingerprint([stands]) if stands else ""


class NewClauseForm(ClauseForm):
    """A clause that a draft does not have yet."""

    code = StringField(COLUMNS["code"], _needed(40))


def clause_as_typed(clause: ClauseText, position: int | None) -> dict[str, Any]:
    """The fields of a clause that is to be written anew."""
    at = "" if position is None else str(position)
    return {
        **cells_of(clause), "position": position, "stood_at": at, "seen": fingerprint([clause]),
    }  # fmt: skip


class SetForm(Form):
    """A new set, from a model text or empty."""

    model = SelectField(_l("Begin with"))
    code = StringField(_l("Short name of the text"), _needed(40))
    name_zh_hans = StringField(_l("Name in simplified Chinese"), _needed(LONGEST_NAME))
    name_zh_hant = StringField(_l("Name in traditional Chinese"), _needed(LONGEST_NAME))
    name_en = StringField(_l("Name in English"), _needed(LONGEST_NAME))
    letter = SelectField(
        _l("What is signed with it"),
        choices=[SelectChoice(letter.value, words) for letter, words in LETTERS.items()],
    )
    extra = RadioField(
        _l("How it is signed"),
        choices=[
            SelectChoice("no", _l("As the main text of a place")),
            SelectChoice("yes", _l("Beside the main text, by whoever wants it")),
        ],
    )
    place = StringField(_l("For which place (name or code)"), _needed(80))
    kind = SelectField(_l("For which kind of place"))
    trade = SelectField(_l("For which trade"))
    source = StringField(_l("Where it is written"), _needed(LONGEST_SOURCE))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = SelectChoice("", _l("Everything"))
        self.model.choices = [SelectChoice("", _l("An empty text"))]
        self.kind.choices = [every] + [
            SelectChoice(kind.value, words) for kind, words in PREMISES_KINDS.items()
        ]
        self.trade.choices = [every] + [
            SelectChoice(code, in_words(names)) for code, names in trades().items()
        ]

    def offer(self, names: Mapping[str, Mapping[str, str]]) -> None:
        """The model texts to choose from, with their names by language."""
        self.model.choices += [SelectChoice(code, in_words(words)) for code, words in names.items()]

    def wish(self) -> SetWish:
        """The set that is wished for."""
        return SetWish(
            code=self.code.data or "", letter=self.letter.data, extra=self.extra.data == "yes",
            place=self.place.data or "", kind=self.kind.data or "", trade=self.trade.data or "",
            names={name: self[name].data or "" for name in NAMES},
            source=self.source.data or "", model=self.model.data or "",
        )  # fmt: skip


def model_as_typed(code: str, row: Mapping[str, str], place: str) -> dict[str, Any]:
    """A new set as the row of a model says it; without one, an empty form."""
    names = ("letter", "extra", "kind", "trade", "source", *NAMES)
    said = {name: row[name] for name in names if name in row}
    return {"extra": "no"} | said | {"model": code if row else "", "place": place}


class DraftForm(Form):
    """The next version of a set."""

    source = StringField(_l("Where it is written"), _needed(LONGEST_SOURCE))


class SeenForm(Form):
    """A step for which nothing is typed. ``seen``: what the page showed."""

    seen = HiddenField(default="")

    @contextmanager
    def shown_again(self, seen: str) -> Iterator[None]:
        """Whoever was overtaken is shown what stands there now, and may then send it again."""
        try:
            yield
        except Conflict:
            self.seen.data = seen
            raise


class PublishForm(SeenForm):
    """From which day a draft counts."""

    begins = DayField(_l("From which day"), [InputRequired(message=NEEDED)])
    replaces = BooleanField(_l("It takes the place of the other main text from that day on"))


class EndForm(Form):
    """From which day a text is offered no more."""

    on = DayField(_l("From which day"), [InputRequired(message=NEEDED)])


class ClauseTableForm(SeenForm):
    """A table of clauses, and how it is to be read."""

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
