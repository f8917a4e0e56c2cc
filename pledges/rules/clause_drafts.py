"""Drafts of clause sets as they are typed or taken in: what is wrong with them. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Final

from credit.rules.canonical import canonical
from pledges.rules.clause_texts import LANGUAGES, ClauseText
from pledges.rules.clauses import CODE_LENGTH, LONGEST_CLAUSE, LONGEST_NAME, LONGEST_SOURCE, Axis
from pledges.rules.register import is_stray, picture_names, trades, words_of

PARTS: Final = ("text", "plain")
TEXTS: Final = tuple(f"{part}_{one.lower()}" for part in PARTS for one in LANGUAGES)
NAMES: Final = tuple(f"name_{one.lower()}" for one in LANGUAGES)
# the columns of the file that is shipped, in its order
COLUMNS: Final = (
    "code", "axis", "pictogram", *TEXTS[:3], "text_khb", *TEXTS[3:],
)  # fmt: skip
MOST_CLAUSES: Final = 40
LARGEST_FILE: Final = 500_000
_CODE: Final = re.compile(r"[a-z][a-z0-9_]*\Z", re.ASCII)


class ClauseFlaw(StrEnum):
    """What is wrong with a clause, a set, or what is to be done with one."""

    EMPTY = "clause.empty"
    LONG = "clause.long"
    STRAY = "clause.stray"
    CODE = "clause.code"
    CODE_TAKEN = "clause.code_taken"
    TWICE = "clause.twice"
    AXIS = "clause.axis"
    PICTOGRAM = "clause.pictogram"
    TRADE = "clause.trade"
    PLACE = "clause.place"
    NOT_YOURS = "clause.not_yours"
    MODEL = "clause.model"
    NO_COLUMN = "clause.no_column"
    NO_FILE = "clause.no_file"
    TOO_LARGE = "clause.too_large"
    UNREADABLE = "clause.unreadable"
    SPOILED = "clause.spoiled"
    NO_ROWS = "clause.no_rows"
    MANY = "clause.many"
    NO_CLAUSES = "clause.no_clauses"
    HAS_DRAFT = "clause.has_draft"
    NO_DRAFT = "clause.no_draft"
    CHANGED = "clause.changed"
    REMOVED = "clause.removed"
    SAME = "clause.same"
    RETROACTIVE = "clause.retroactive"
    AFTER_LAST = "clause.after_last"
    RIVAL = "clause.rival"
    ENDED = "clause.ended"
    NEVER_PUBLISHED = "clause.never_published"


@dataclass(frozen=True)
class ClauseWrong:
    """What is wrong, in which column; ``line`` 0: typed by hand."""

    code: ClauseFlaw
    column: str = ""
    line: int = 0
    most: int = 0


@dataclass(frozen=True)
class SetWish:
    """A new set as it is typed: for which places it is meant and what it is called."""

    code: str
    letter: str
    extra: bool
    place: str
    kind: str
    trade: str
    names: Mapping[str, str]
    source: str
    model: str


def fingerprint(clauses: Sequence[ClauseText]) -> str:
    """What clauses say, so that a form knows whether they are still what it was made from."""
    return sha256(canonical([one.said() for one in clauses])).hexdigest()[:32]


def read_clause(cells: Mapping[str, str], line: int = 0) -> tuple[ClauseText, list[ClauseWrong]]:
    """A line as a clause, and what is wrong with it. Nothing is guessed."""
    said = {name: cells.get(name, "").strip() for name in COLUMNS}
    flaws = [_named(said["code"])] + [_text(said[name], name) for name in TEXTS]
    flaws.append(_text(said["text_khb"], "text_khb") if said["text_khb"] else None)
    code = words_of("axis").get(said["axis"], said["axis"])
    axis = Axis(code) if code in set(Axis) else None
    flaws.append(None if axis else ClauseWrong(ClauseFlaw.AXIS, "axis"))
    if said["pictogram"] not in picture_names():
        flaws.append(ClauseWrong(ClauseFlaw.PICTOGRAM, "pictogram"))
    texts = {one: said[f"text_{one.lower()}"] for one in LANGUAGES}
    if said["text_khb"]:
        texts["khb"] = said["text_khb"]
    clause = ClauseText(
        said["code"], axis or Axis.CLEAN, said["pictogram"], texts,
        {one: said[f"plain_{one.lower()}"] for one in LANGUAGES},
    )  # fmt: skip
    return clause, [
        ClauseWrong(flaw.code, flaw.column, line, flaw.most) for flaw in flaws if flaw is not None
    ]


def cells_of(clause: ClauseText) -> dict[str, str]:
    """A clause as a line of the file that is shipped."""
    cells = {"code": clause.code, "axis": clause.axis.value, "pictogram": clause.pictogram}
    cells |= {f"text_{one.lower()}": clause.texts.get(one, "") for one in (*LANGUAGES, "khb")}
    return cells | {f"plain_{one.lower()}": clause.plain.get(one, "") for one in LANGUAGES}


def also_changed(
    old: Sequence[ClauseText], new: Sequence[ClauseText], language: str
) -> dict[str, list[str]]:
    """What else of a clause that stayed became another: its columns, by its code. How its words in
    one language changed is shown by ``changes_between``."""
    before = {one.code: cells_of(one) for one in old}
    shown = f"text_{language.lower()}"
    return {
        one.code: [
            name for name, said in cells_of(one).items()
            if name != shown and said != before[one.code][name]
        ]
        for one in new if one.code in before
    }  # fmt: skip


def read_set(wish: SetWish) -> list[ClauseWrong]:
    """What is wrong with a new set by itself."""
    flaws = [_named(wish.code), _text(wish.source, "source", LONGEST_SOURCE)]
    flaws += [_text(wish.names[name], name, LONGEST_NAME) for name in NAMES]
    if wish.trade and wish.trade not in trades():
        flaws.append(ClauseWrong(ClauseFlaw.TRADE, "trade"))
    return [flaw for flaw in flaws if flaw is not None]


def twice(clauses: Sequence[tuple[int, ClauseText]]) -> list[ClauseWrong]:
    """Lines that name a code which stood on an earlier one."""
    seen, flaws = set[str](), list[ClauseWrong]()
    for line, clause in clauses:
        if clause.code in seen:
            flaws.append(ClauseWrong(ClauseFlaw.TWICE, "code", line))
        seen.add(clause.code)
    return flaws


def why_not_publish(
    begins: date, today: date, last: date | None, ended_on: date | None
) -> ClauseFlaw | None:
    """Nothing reaches back; a version comes after the one before; an ended set has no more."""
    if ended_on is not None and ended_on <= begins:
        return ClauseFlaw.ENDED
    if begins < today:
        return ClauseFlaw.RETROACTIVE
    return ClauseFlaw.AFTER_LAST if last is not None and begins <= last else None


def put_at(codes: Sequence[str], code: str, position: int) -> list[str]:
    """The order of clauses with one of them at a position, the first being 1."""
    others = [one for one in codes if one != code]
    at = min(max(position, 1), len(others) + 1) - 1
    return [*others[:at], code, *others[at:]]


def _named(code: str) -> ClauseWrong | None:
    if len(code) > CODE_LENGTH or not _CODE.match(code):
        return ClauseWrong(ClauseFlaw.CODE, "code", most=CODE_LENGTH)
    return None


def _text(said: str, column: str, most: int = LONGEST_CLAUSE) -> ClauseWrong | None:
    if not said:
        return ClauseWrong(ClauseFlaw.EMPTY, column)
    if len(said) > most:
        return ClauseWrong(ClauseFlaw.LONG, column, most=most)
    return ClauseWrong(ClauseFlaw.STRAY, column) if is_stray(said) else None
