"""The city file: names, levels, languages, thresholds and features of one installation, as data."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portal.kernel.config import BadSetting
from portal.kernel.look import Footer, Look, read_footer, read_look, read_slogan

LANGUAGES = ("zh_Hans", "zh_Hant", "en")
# no pages are written in these, but names are: khb is Dai of Sipsongpanna (西双版纳)
NAME_LANGUAGES = ("khb",)


@dataclass(frozen=True)
class Level:
    """One level of the tree of places, e.g. ``street`` 街道. ``rank`` 0 is the root."""

    code: str
    rank: int
    names: Mapping[str, str]


@dataclass(frozen=True)
class Feature:
    """A part of the portal that is switched on by place and date (R001, R002)."""

    code: str
    areas: tuple[str, ...]
    since: date


@dataclass(frozen=True)
class City:
    """What differs from city to city. Read once at the start; tests build their own."""

    code: str
    names: Mapping[str, str]
    zone: ZoneInfo
    roots: tuple[str, ...]
    levels: tuple[Level, ...]
    hotline: str
    languages: tuple[str, ...]
    default_language: str
    thresholds: Mapping[str, Any]
    features: tuple[Feature, ...]
    folder: Path
    raw: Mapping[str, Any]
    look: Look = field(default_factory=Look)
    slogan: Mapping[str, str] = field(default_factory=dict)
    footer: Footer = field(default_factory=Footer)
    # languages that places and kinds bear names in, beside those of the pages (khb: Dai)
    name_languages: tuple[str, ...] = ()

    def level(self, code: str) -> Level:
        return next(level for level in self.levels if level.code == code)


def load_city(path: Path) -> City:
    """Read a city file. Raises BadSetting with the key that is wrong."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSetting("GONGZHI_CITY", f"a readable TOML file ({error})") from error
    try:
        return _city(data, path)
    except (KeyError, TypeError, ValueError, ZoneInfoNotFoundError) as error:
        raise BadSetting("GONGZHI_CITY", f"a complete city file: {error!r} in {path}") from error


def _city(data: dict[str, Any], path: Path) -> City:
    languages = tuple(data.get("languages", LANGUAGES))
    unknown = set(languages) - set(LANGUAGES)
    if unknown:
        raise ValueError(f"languages: {sorted(unknown)} not among {LANGUAGES}")
    known = (*LANGUAGES, *NAME_LANGUAGES)
    levels = tuple(
        Level(level["code"], rank, dict(level["names"]))
        for rank, level in enumerate(data["levels"])
    )
    features = tuple(
        Feature(row["code"], tuple(row.get("areas", ())), row["since"])
        for row in data.get("features", ())
    )
    return City(
        code=str(data["code"]),
        names=dict(data["names"]),
        zone=ZoneInfo(data.get("zone", "Asia/Shanghai")),
        roots=tuple(data["roots"]),
        levels=levels,
        hotline=str(data.get("hotline", "12345")),
        languages=languages,
        default_language=data.get("default_language", "zh_Hans"),
        thresholds=dict(data.get("thresholds", {})),
        features=features,
        folder=path.parent,
        raw=data,
        look=read_look(data, path),
        slogan=read_slogan(data, path, known),
        footer=read_footer(data, path, known),
        name_languages=_name_languages(data),
    )


def _name_languages(data: dict[str, Any]) -> tuple[str, ...]:
    found = tuple(data.get("name_languages", ()))
    unknown = set(found) - set(NAME_LANGUAGES)
    if unknown:
        raise ValueError(f"name_languages: {sorted(unknown)} not among {NAME_LANGUAGES}")
    return found
