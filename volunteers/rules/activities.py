"""What people can take part in, with whom, and what must be said about it beforehand. Pure.

The law (志愿服务条例, article 12) wants content, place, time and risks told when volunteers are
asked; article 16 wants insurance before risky work.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parents[1] / "data"
LONGEST_TITLE: Final = 60
LONGEST_WORDS: Final = 2000
LONGEST_NOTE: Final = 500
LONGEST_PLACE: Final = 200
TAG_LENGTH: Final = 32
ROLE_LENGTH: Final = 20
QUALIFICATION_LENGTH: Final = 32


class ActivityKind(StrEnum):
    """The forms of taking part that the policy texts name (R148, R191, R204, R212)."""

    SHIFT = "shift"
    OPEN_DAY = "open_day"  # 公众开放日
    THEME = "theme"  # 主题体验
    ASSISTANT_WARDEN = "assistant_warden"  # 义务协管员
    OLD_ESTATE = "old_estate"  # 老旧小区改造
    INSPECTION_GROUP = "inspection_group"  # 市民检查团
    DRILL = "drill"
    CAMPAIGN = "campaign"


class ActivityState(StrEnum):
    """Where an activity stands. Only OPEN takes people; DRAFT is seen by its organisers alone."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class DutyKind(StrEnum):
    """What is done on a shift (R247, R248). None of them is a power to enforce anything."""

    POST = "post"  # 守点
    PATROL = "patrol"  # 巡查
    PERSUADE = "persuade"  # 劝导
    REPORT = "report"  # 报告
    PUBLICITY = "publicity"  # 宣传


class TeamKind(StrEnum):
    """Sorts of teams (R146, R243)."""

    HELPER = "helper"  # 城管义工
    VOLUNTEER = "volunteer"
    MASS_SECURITY = "mass_security"  # 群众性治安防范队伍
    SERVICE_COMPANY = "service_company"  # 服务企业


@dataclass(frozen=True)
class Word:
    """One row of a table of words: what a code is called, and the group it belongs to."""

    code: str
    group: str
    names: Mapping[str, str]


@dataclass(frozen=True)
class ShiftRole:
    """One row of ``data/shift-roles.tsv``. ``leads``: somebody with experience stands here."""

    code: str
    leads: bool
    names: Mapping[str, str]


def _rows(file: str) -> list[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def _names(row: Mapping[str, str]) -> Mapping[str, str]:
    return {language: row[language] for language in ("zh_Hans", "zh_Hant", "en")}


@cache
def tags() -> Mapping[str, Word]:
    """Campaigns, means and themes that activities and shifts bear (R089, R210, R277)."""
    return {
        row["code"]: Word(row["code"], row["group"], _names(row))
        for row in _rows("activity-tags.tsv")
    }


@cache
def qualifications() -> Mapping[str, Word]:
    """What somebody can be required to have learnt; each expires."""
    return {
        row["code"]: Word(row["code"], row["group"], _names(row))
        for row in _rows("qualifications.tsv")
    }


@cache
def shift_roles() -> Mapping[str, ShiftRole]:
    """As what somebody comes to a shift."""
    return {
        row["code"]: ShiftRole(row["code"], row["leads"] == "yes", _names(row))
        for row in _rows("shift-roles.tsv")
    }
