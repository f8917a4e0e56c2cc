"""Every part of the pages in every state, for those who build and look after them.

The words are data (``data/parts.tsv``), so that each language shows real sentences. How the page
looks can be asked for in the address (``?scheme=black&elder=1``): nothing is kept.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import (
    BooleanField,
    FileField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from portal.accounts.access import requires
from portal.accounts.rules import Permission
from portal.areas.queries.notices import NoticeRow
from portal.areas.rules import NoticeLevel
from portal.kernel.errors import Missing
from portal.kernel.forms import Form
from portal.kernel.i18n import LANGUAGES, NAMES, in_words
from portal.kernel.qr import qr_svg
from portal.kernel.web import instance
from portal.kernel.words import Words
from portal.site import display
from portal.site.navigation import this_page
from portal.site.pictograms import signs

bp = Blueprint("parts", __name__, url_prefix="/parts")

FILE: Final = Path(__file__).parent / "data" / "parts.tsv"
SECTIONS: Final = (
    "forms", "errors", "states", "lists", "matters", "figures", "paper", "frame",
)  # fmt: skip
WRONG: Final = {
    "place": "wrong_place",
    "what": "wrong_what",
    "street": "wrong_place",
    "contact": "wrong_contact",
    "harm": "wrong_contact",
    "agree": "wrong_contact",
    "photo": "wrong_photo",
}
# what somebody may call himself: right to left, out of the first plane, markup, without a gap
HOSTILE: Final = (
    "\u202egnp.exe\u2067",
    "\U00020bb7\U00021c2a\U0002a6d6\U00030edd",
    "<script>alert(1)</script>",
    "\u05e9\u05dc\u05d5\u05dd 12345",
    "W" * 300,
)
DAI: Final = "\u19b5\u1999\u19b2\u19c2"  # "town", in the New Tai Lue script
LAST: Final = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
WEEKS: Final = (31, 28, 34, 40, 37, 45, 52, 48, 41, 44, 38, 35)
COLUMNS: Final = ("reported", "settled")


@dataclass(frozen=True)
class Said:
    """A sentence of the file, in the language of whoever reads it."""

    code: str

    def __str__(self) -> str:
        return said(self.code)


@cache
def _sentences() -> Mapping[str, Mapping[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: {language: row[language] for language in LANGUAGES}
            for row in csv.DictReader(file, delimiter="\t")
        }


def said(code: str) -> str:
    """The words for a code of the file."""
    return in_words(_sentences()[code])


def _options(*codes: str) -> list[SelectChoice]:
    return [SelectChoice(code, Said(code)) for code in codes]


class TriedForm(Form):
    """One field of each kind."""

    place = StringField(Said("place"), default=partial(said, "place_value"))
    empty = StringField(Said("place"))
    code = StringField(Said("code"))
    area = StringField(Said("place"))
    number = StringField(Said("number"), render_kw={"disabled": True})
    long = StringField(Said("long"))
    what = TextAreaField(Said("what"), default=partial(said, "what_value"))
    street = SelectField(Said("street"), choices=_options("street_a", "street_b"))
    contact = RadioField(
        Said("contact"),
        choices=_options("contact_phone", "contact_site", "contact_post"),
        default="contact_site",
    )
    again = RadioField(Said("again"), choices=_options("yes", "no"), default=None)
    harm = SelectMultipleField(
        Said("harm"),
        choices=_options("harm_old", "harm_child", "harm_wheel", "harm_all"),
        default=["harm_child"],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    agree = BooleanField(Said("agree"))
    photo = FileField(Said("photo"))


@dataclass(frozen=True)
class Event:
    """A row of a timeline."""

    at: datetime
    title: str
    text: str = ""
    photos: tuple[str, ...] = ()


@bp.get("/", endpoint="index")
@requires(Permission.PARTS_READ)
def show_contents() -> ResponseReturnValue:
    """What there is, and how to look at it."""
    return render_template("site/parts/index.html", **_shared())


@bp.get("/<section>", endpoint="section")
@requires(Permission.PARTS_READ)
def show_section(section: str) -> ResponseReturnValue:
    """The parts of one kind."""
    if section not in SECTIONS:
        raise Missing
    return render_template(f"site/parts/{section}.html", section=section, **_shared())


def _shared() -> dict[str, Any]:
    return {
        "t": said,
        "sections": SECTIONS,
        "ways_to_look": list(_ways_to_look()),
        "hostile": HOSTILE,
        "form": _tried_form,
        "wrong_form": _wrong_form,
        "events": _events,
        "last": LAST,
        "weeks": WEEKS,
        "streets": _streets,
        "sort": _sort(),
        "qr": qr_svg,
        "signs": signs(),
        "standing": _standing(),
        "two_names": {**_sentences()["street_a"], "khb": DAI},
        "address": f"{instance().config.origin}{url_for('site.home')}",
    }


def _ways_to_look() -> Iterator[tuple[Words, list[tuple[Words, str, bool]]]]:
    """(what, [(words, link, chosen now)]) of language, sizes, schemes and modes."""
    asked = request.args.get("lang")
    rows = [(NAMES[code], this_page(lang=code), code == asked) for code in LANGUAGES]
    yield Said("language"), [*rows]
    for name in ("text", "scheme", "eye", "plain", "elder"):
        choice = display.CHOICES[name]
        yield (
            choice.title,
            [
                (words, this_page(**{name: value}), value == display.chosen(name))
                for value, words in choice.values.items()
            ],
        )


def _tried_form() -> TriedForm:
    return TriedForm(meta={"csrf": False})


def _wrong_form() -> TriedForm:
    form = _tried_form()
    for name, code in WRONG.items():
        form[name].errors = [said(code)]
    return form


def _standing() -> list[NoticeRow]:
    """Made-up notices: one for the city, one grave and of a street."""
    rows = (
        (NoticeLevel.PLAIN, "note_info", "/3702/", "street_a"),
        (NoticeLevel.RED, "note_warning", "/3702/370283/", "street_b"),
    )
    return [
        NoticeRow(
            id=UUID(int=at), level=level, words=_sentences()[words], issuer=said("unit"),
            begins_at=LAST, ends_at=LAST + timedelta(days=1), area_code="", area_path=path,
            places=_sentences()[place],
        )
        for at, (level, words, path, place) in enumerate(rows)
    ]  # fmt: skip


def _events(count: int) -> list[Event]:
    """What happened to a made-up matter, the last thing first."""
    picture = url_for("static", filename="img/sample-after.svg")
    rows = [
        Event(LAST, said("event_settled"), photos=(picture,)),
        Event(LAST - timedelta(hours=3), said("event_assigned"), said("event_assigned_text")),
        Event(LAST - timedelta(days=1), said("event_reported"), said("what_value")),
    ]
    return rows[:count]


def _streets(count: int) -> list[tuple[str, int, int]]:
    """Made-up figures of many sub-districts, in the order that was asked for."""
    rows = [
        (f"{said('street_a' if n % 2 else 'street_b')} {n}", 40 + n * 37 % 211, 12 + n * 53 % 97)
        for n in range(1, count + 1)
    ]
    column, descending = _order()
    return sorted(rows, key=lambda row: row[1 + COLUMNS.index(column)], reverse=descending)


def _order() -> tuple[str, bool]:
    """The column and direction that the address names, or the usual."""
    wanted = request.args.get("sort", "")
    column = wanted.removeprefix("-")
    return (column, wanted.startswith("-")) if column in COLUMNS else (COLUMNS[0], True)


def _sort() -> dict[str, Any]:
    """What the table says of its order; a press on the column that orders it turns it round."""
    now, descending = _order()
    links = {
        at: this_page(sort=column if column == now and descending else f"-{column}")
        for at, column in enumerate(COLUMNS, start=1)
    }
    return {
        "column": 1 + COLUMNS.index(now),
        "direction": "descending" if descending else "ascending",
        "links": links,
    }
