"""What a place is: codes, kinds, tags, validity and hours. Pure; the tree itself is data."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

# digits of the national statistics, then own parts like M1 (a management area) or G01 (a grid);
# never I or O, which hands write for 1 and 0
_CODE = re.compile(
    r"[0-9]{2}(?:[0-9]{2})?\Z|[0-9]{6}(?:[0-9]{3}){0,2}(?:[A-HJ-NP-Z]{1,2}[0-9]{1,4}){0,4}\Z"
)
_DIGITS = re.compile(r"[0-9]+")
CODE_LENGTH = 32
PATH_LENGTH = 255
NAME_LENGTH = 80
SITE_CODE_LENGTH = 40
NAME_LANGUAGES = ("zh_Hans", "zh_Hant", "en", "khb")
MINUTES_A_DAY = 24 * 60


class Tag(StrEnum):
    """Words that officials attach to a place, whatever its level."""

    THREE_WITHOUT = "three_without"
    OLD_ESTATE = "old_estate"
    URBAN_VILLAGE = "urban_village"
    URBAN_FRINGE = "urban_fringe"
    KEY_AREA = "key_area"
    MAIN_ROAD = "main_road"
    BACK_STREET = "back_street"
    CITY_ENTRANCE = "city_entrance"
    BUILDING_SITE = "building_site"
    WATERWAY = "waterway"


class UnitKind(StrEnum):
    """What a unit is in law, where its level does not say it (R170)."""

    STREET = "street"
    TOWN = "town"
    TOWNSHIP = "township"
    DEVELOPMENT_ZONE = "development_zone"
    CLUSTER = "cluster"
    RESIDENTS = "residents"
    VILLAGE = "village"
    OTHER = "other"


class PermittedKind(StrEnum):
    """Where selling in the street is lawful, so that nobody need report it (R116)."""

    RELIEF_SITE = "relief_site"
    STALL_ZONE = "stall_zone"
    MARKET = "market"


class Feature(StrEnum):
    """What is switched on street by street, from a date (R001, R002)."""

    REPORTS = "reports"
    RATINGS = "ratings"
    # off unless a place switches it on (L6)
    EXPOSURE_OF_PERSONS = "exposure_of_persons"


class FlawKind(StrEnum):
    """What `areas check` finds in outlines."""

    OVERLAP = "overlap"
    GAP = "gap"
    OUTSIDE = "outside"
    BROKEN = "broken"


class NoticeLevel(StrEnum):
    """How grave a public notice is: plain, or one of the four colours of weather warnings.

    气象灾害预警信号发布与传播办法, order 16 of the China Meteorological Administration, article 5.
    """

    PLAIN = "plain"
    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"

    @property
    def grave(self) -> bool:
        """Whether people may be in danger: whom to call is said, and it is told by night too."""
        return self in {NoticeLevel.ORANGE, NoticeLevel.RED}


# gravest first, where several stand at the same time
GRAVEST_FIRST = (
    NoticeLevel.RED, NoticeLevel.ORANGE, NoticeLevel.YELLOW, NoticeLevel.BLUE, NoticeLevel.PLAIN,
)  # fmt: skip
NOTICE_LENGTH = 200
# what lasts longer than a month is no emergency
LONGEST_NOTICE = timedelta(days=30)


class NoticeRefusal(StrEnum):
    """Why a public notice is not put up."""

    NO_WORDS = "notice.no_words"
    NO_ISSUER = "notice.no_issuer"
    BAD_TIME = "notice.bad_time"
    OVER = "notice.over"


class AreaRefusal(StrEnum):
    """Why a change of places is not made."""

    CODE_TAKEN = "area.code_taken"
    BAD_CODE = "area.bad_code"
    CODE_NOT_UNDER_PARENT = "area.code_not_under_parent"
    BAD_LEVEL = "area.bad_level"
    NO_NAME = "area.no_name"
    LONG_NAME = "area.long_name"
    BAD_DATES = "area.bad_dates"
    UNKNOWN_SUCCESSOR = "area.unknown_successor"
    HAS_OPEN_CHILDREN = "area.has_open_children"
    BAD_OUTLINE = "area.bad_outline"
    OUTLINE_OVERLAPS = "area.outline_overlaps"
    OUTLINE_LEAVES_PARENT = "area.outline_leaves_parent"
    BAD_POINT = "area.bad_point"
    OUTSIDE_AREA = "area.outside_area"
    BAD_HOURS = "area.bad_hours"
    STALE = "area.stale"


# (first, last) of the digits 7–9 of a national code: National Bureau of Statistics, coding rules
STREET_KINDS: tuple[tuple[int, int, UnitKind], ...] = (
    (1, 99, UnitKind.STREET),
    (100, 199, UnitKind.TOWN),
    (200, 399, UnitKind.TOWNSHIP),
    (400, 599, UnitKind.DEVELOPMENT_ZONE),
)
# the same for the digits 10–12
COMMUNITY_KINDS: tuple[tuple[int, int, UnitKind], ...] = (
    (1, 199, UnitKind.RESIDENTS),
    (200, 399, UnitKind.VILLAGE),
    (400, 599, UnitKind.OTHER),
)


@dataclass(frozen=True)
class LevelRule:
    """How codes of a level look: ``digits`` of the national code, or None for codes of our own."""

    code: str
    rank: int
    digits: int | None
    list_names: frozenset[str]


@dataclass(frozen=True)
class Keeper:
    """Who changes places: a person, and the paths she may change (None: everywhere)."""

    person_id: UUID | None
    paths: tuple[str, ...] | None

    def keeps(self, path: str) -> bool:
        return self.paths is None or path.startswith(self.paths)


def level_rules(levels: Sequence[Mapping[str, Any]]) -> dict[str, LevelRule]:
    """The rules of the city file's ``levels``, in its order, by code."""
    return {
        level["code"]: LevelRule(
            level["code"],
            rank,
            level.get("digits"),
            frozenset({level["code"], *level.get("list_names", ())}),
        )
        for rank, level in enumerate(levels)
    }


def street_kinds(rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[int, int, UnitKind], ...]:
    """The city file's own ``unit_kinds`` (from, to, kind) go before the national ones."""
    own = tuple((row["from"], row["to"], UnitKind(row["kind"])) for row in rows)
    return own + STREET_KINDS


def is_code(text: str) -> bool:
    """Whether a text can be the code of a place, in any city."""
    return len(text) <= CODE_LENGTH and _CODE.match(text) is not None


def national_part(code: str) -> str:
    """The leading digits: 370283001M1 → 370283001."""
    match = _DIGITS.match(code)
    return match.group() if match else ""


def code_fits_level(code: str, level: LevelRule) -> bool:
    """Whether a code has the shape of its level."""
    if level.digits is not None:
        return len(code) == level.digits and code.isdecimal()
    return not code.isdecimal()


def code_under(code: str, parent: str) -> bool:
    """Whether a code belongs under its parent's: it begins with the parent's digits."""
    return code != parent and code.startswith(national_part(parent))


def codes_of(path: str) -> tuple[str, ...]:
    """The codes in a path, root first."""
    return tuple(part for part in path.split("/") if part)


def path_under(parent_path: str | None, code: str) -> str:
    """The path of a place below another."""
    return f"{parent_path or '/'}{code}/"


def unit_kind(
    code: str, street_kinds: tuple[tuple[int, int, UnitKind], ...] = STREET_KINDS
) -> UnitKind | None:
    """The kind that a national code tells: a street, a town, a development zone, a village …"""
    if not code.isdecimal() or len(code) not in {9, 12}:
        return None
    table = street_kinds if len(code) == 9 else COMMUNITY_KINDS
    number = int(code[-3:])
    return next((kind for first, last, kind in table if first <= number <= last), UnitKind.OTHER)


def valid_on(valid_from: date, valid_to: date | None, on: date) -> bool:
    """Whether a period (its last day not included) holds a day."""
    return valid_from <= on and (valid_to is None or on < valid_to)


def tidy_names(names: Mapping[str, str | None]) -> dict[str, str]:
    """Only languages we know, only names that say something."""
    return {
        language: name.strip()
        for language in NAME_LANGUAGES
        if (name := names.get(language)) and name.strip()
    }


def clock_minutes(text: str) -> int | None:
    """``18:30`` as minutes after midnight; 24:00 is the day's end; None when it is no time."""
    match = re.fullmatch(r"([0-9]{1,2})[:：]([0-9]{2})", text.strip(), re.ASCII)
    if match is None or int(match[2]) > 59:
        return None
    minutes = int(match[1]) * 60 + int(match[2])
    return minutes if minutes <= MINUTES_A_DAY else None


def clock_text(minutes: int) -> str:
    """Minutes after midnight as ``18:30``."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def is_open(opens: int, closes: int, weekdays: str, at: datetime) -> bool:
    """Whether hours hold at a local moment; ``weekdays`` like ``12345``. They may pass midnight."""
    minute = at.hour * 60 + at.minute
    today = str(at.isoweekday())
    if opens <= closes:
        return today in weekdays and opens <= minute < closes
    yesterday = str((at - timedelta(days=1)).isoweekday())
    return (today in weekdays and minute >= opens) or (yesterday in weekdays and minute < closes)


def good_hours(opens: int, closes: int, weekdays: str) -> bool:
    """Whether hours can be meant: some days, times of a day, not empty."""
    days = set(weekdays)
    return (
        bool(days)
        and days <= set("1234567")
        and len(days) == len(weekdays)
        and 0 <= opens < MINUTES_A_DAY
        and 0 < closes <= MINUTES_A_DAY
        and opens != closes
    )
