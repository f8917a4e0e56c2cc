"""The city file: names, levels, languages, thresholds and features of one installation, as data."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portal.kernel.config import BadSetting

LANGUAGES = ("zh_Hans", "zh_Hant", "en")


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

    def level(self, code: str) -> Level:
        return next(level for level in self.levels if level.code == code)


def load_city(path: Path) -> City:
    """Read a city file. Raises BadSetting with the key that is wrong."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSetting("GONGZHI_CITY", f"a readable TOML file ({error})") from error
    try:
        return _city(data, path.parent)
    except (KeyError, TypeError, ValueError, ZoneInfoNotFoundError) as error:
        raise BadSetting("GONGZHI_CITY", f"a complete city file: {error!r} in {path}") from error


def _city(data: dict[str, Any], folder: Path) -> City:
    languages = tuple(data.get("languages", LANGUAGES))
    unknown = set(languages) - set(LANGUAGES)
    if unknown:
        raise ValueError(f"languages: {sorted(unknown)} not among {LANGUAGES}")
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
        folder=folder,
        raw=data,
    )
