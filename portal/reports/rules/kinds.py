"""Finer kinds below a plain name, and what is asked about them. Pure; the rows are data."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from math import ceil

from portal.reports.rules.categories import LimitSource
from portal.reports.rules.limits import Limit, Stage

SUBKIND = "subkind"
SUGGESTION, BEHAVIOUR = "suggestion", "behaviour"
# kinds with a door of their own: the list of problems does not offer them
OWN_DOORS = frozenset({SUGGESTION, BEHAVIOUR})
# kinds about which stalls that are lawful somewhere may be reported by mistake (R116)
STALL_LIKE = frozenset({"street_stall", "shop_overflow", "open_bbq"})
EVERY = "*"
MOST_ANSWER = 100
LARGEST_NUMBER = 10_000_000
MOST_HAZARD_MINUTES = 240
YES, NO = "yes", "no"


class RequestKind(StrEnum):
    """How the hotline 12345 sorts what people want: 咨询 求助 投诉 举报 建议 感谢 其他."""

    ENQUIRY = "enquiry"
    HELP = "help"
    COMPLAINT = "complaint"
    REPORT = "report"
    SUGGESTION = "suggestion"
    THANKS = "thanks"
    OTHER = "other"


class Asked(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"
    NUMBER = "number"
    TEXT = "text"
    TIME = "time"
    PLATE = "plate"
    YES_NO = "yes_no"


class Audience(StrEnum):
    """Who may read an answer: everybody, those who handle the case, or the dispatching desk."""

    PUBLIC = "public"
    STAFF = "staff"
    DESK = "desk"


class AnswerRefusal(StrEnum):
    """Why an answer is not taken."""

    MISSING = "answer.missing"
    UNKNOWN_CHOICE = "answer.unknown_choice"
    NO_NUMBER = "answer.no_number"
    NO_TIME = "answer.no_time"
    NOT_YET = "answer.not_yet"
    NO_PLATE = "answer.no_plate"
    TOO_LONG = "answer.too_long"


class BadAnswer(ValueError):
    """An answer that cannot be used; carries the reason."""

    def __init__(self, refusal: AnswerRefusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True)
class Subkind:
    """One finer kind: the codes of the trade (component and event are a pair, R118), and what
    the hotline calls it. ``hazard``: it goes into the urgent lane although its plain name does not.
    """

    category: str
    code: str
    names: Mapping[str, str]
    event_codes: tuple[str, ...]
    component_codes: tuple[str, ...]
    requests: tuple[RequestKind, ...]
    hazard: bool


@dataclass(frozen=True)
class Choice:
    """One answer that can be chosen."""

    code: str
    names: Mapping[str, str]


@dataclass(frozen=True)
class Question:
    """Something more that is asked about a kind. ``personal``: the answer is kept sealed."""

    category: str
    key: str
    asked: Asked
    required: bool
    audience: Audience
    personal: bool
    names: Mapping[str, str]
    hints: Mapping[str, str]
    choices: tuple[Choice, ...] = ()

    @property
    def field(self) -> str:
        """Its name in a form."""
        return f"ask_{self.key}"


@dataclass(frozen=True)
class TradeCodes:
    """What the trade and the hotline call a case."""

    events: tuple[str, ...]
    components: tuple[str, ...]
    requests: tuple[RequestKind, ...]


_PLATE = re.compile(r"[0-9A-Z\u4e00-\u9fff]{2,10}\Z")
_NUMBER = re.compile(r"[0-9]{1,8}(?:\.[0-9]{1,2})?\Z", re.ASCII)
# also as it is written in Chinese, with the signs for year, month, day and hour
_TIME = re.compile(
    r"([0-9]{4})[-/.\u5e74]([0-9]{1,2})[-/.\u6708]([0-9]{1,2})\u65e5?"
    r"[T ]*([0-9]{1,2})[:\u65f6]([0-9]{2})?",
    re.ASCII,
)
_UNITS = re.compile(r"(?:\u5e73\u65b9\u7c73|\u5e73\u7c73|m2|㎡|m²)\Z", re.IGNORECASE)


def read_answer(question: Question, typed: str, now: datetime) -> str:
    """An answer as it is kept; "" for none. ``now`` is on the city's clock. Raises BadAnswer."""
    text = " ".join(unicodedata.normalize("NFKC", typed).split())
    if not text:
        if question.required:
            raise BadAnswer(AnswerRefusal.MISSING)
        return ""
    if len(text) > MOST_ANSWER:
        raise BadAnswer(AnswerRefusal.TOO_LONG)
    if question.asked is Asked.TIME:
        return _read_time(text, now)
    read = {Asked.NUMBER: _read_number, Asked.PLATE: _read_plate}.get(question.asked)
    if read is not None:
        return read(text)
    return _read_choice(question, text) if _is_chosen(question) else text


def _is_chosen(question: Question) -> bool:
    return question.asked in {Asked.CHOICE, Asked.YES_NO}


def _read_choice(question: Question, text: str) -> str:
    known = {YES, NO} if question.asked is Asked.YES_NO else {c.code for c in question.choices}
    if text not in known:
        raise BadAnswer(AnswerRefusal.UNKNOWN_CHOICE)
    return text


def _read_number(text: str) -> str:
    bare = _UNITS.sub("", text.replace(",", "")).strip()
    if not _NUMBER.match(bare) or float(bare) > LARGEST_NUMBER:
        raise BadAnswer(AnswerRefusal.NO_NUMBER)
    return f"{float(bare):.2f}".rstrip("0").rstrip(".")


def _read_plate(text: str) -> str:
    plate = re.sub(r"[ ·.\-]", "", text.upper())
    if not _PLATE.match(plate):
        raise BadAnswer(AnswerRefusal.NO_PLATE)
    return plate


def _read_time(text: str, now: datetime) -> str:
    """A day and an hour as browsers send them, or as people write them; never to come."""
    found = _TIME.match(text)
    parts = found.groups() if found else ()
    try:
        year, month, day, hour, minute = (int(part or 0) for part in parts)
        moment = datetime(year, month, day, hour, minute, tzinfo=now.tzinfo)
    except ValueError as error:
        raise BadAnswer(AnswerRefusal.NO_TIME) from error
    if moment > now:
        raise BadAnswer(AnswerRefusal.NOT_YET)
    return f"{moment:%Y-%m-%dT%H:%M}"


def whole_metres(answer: str) -> str:
    """A guessed size as the list of who is responsible reads it: a begun square metre counts."""
    return str(ceil(float(answer)))


def trade_codes(own: TradeCodes, subkinds: Sequence[Subkind], chosen: str | None) -> TradeCodes:
    """The codes of a case: those of its finer kind, or all that its plain name may mean."""
    found = next((row for row in subkinds if row.code == chosen), None)
    if found is None:
        return own
    return TradeCodes(found.event_codes, found.component_codes, found.requests)


def is_hazard(subkinds: Iterable[Subkind], chosen: str | None) -> bool:
    """Whether a finer kind belongs into the urgent lane (R023)."""
    return any(row.code == chosen and row.hazard for row in subkinds)


def hazard_limit(limit: Limit) -> Limit:
    """A hazard is handled within hours, day and night, whatever its plain name promises."""
    stage = Stage(min(limit.minutes, MOST_HAZARD_MINUTES))
    source = LimitSource.STARTING_VALUE
    return replace(limit, round_the_clock=True, calendar_code=None, source=source, stages=(stage,))
