"""Teams and the organisations that take part (R072, R146, R232, R233, R299). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from volunteers.rules.activities import LONGEST_TITLE, TeamKind

MOST_MEMBERS: Final = 500


class PartnerKind(StrEnum):
    """As what an organisation takes part. Social organisations are of three sorts (R232)."""

    SOCIAL_SERVICE = "social_service"  # 服务性
    PUBLIC_BENEFIT = "public_benefit"  # 公益性
    MUTUAL_AID = "mutual_aid"  # 互助性
    SOCIAL_WORK = "social_work"  # 社会工作机构
    INTERMEDIARY = "intermediary"  # 市场中介机构
    COMPANY = "company"  # 法人单位
    MEDIA = "media"  # 主流媒体
    PUBLIC_UNIT = "public_unit"  # 机关和事业单位


class TeamRefusal(StrEnum):
    """Why a team, a member or a partner is not taken."""

    NO_NAME = "team.no_name"
    LONG_NAME = "team.long_name"
    NO_KIND = "team.no_kind"
    NO_UNIT = "team.no_unit"
    NO_PERSON = "team.no_person"
    THERE = "team.there"
    NOT_THERE = "team.not_there"
    FULL = "team.full"
    ENDED = "team.ended"
    BAD_PHONE = "team.bad_phone"


@dataclass(frozen=True)
class TeamWish:
    """A team as it is typed; ``organisation`` is a code."""

    kind: str
    names: Mapping[str, str]
    organisation: str = ""
    phone: str = ""


def flaw_of_team(wish: TeamWish) -> tuple[TeamRefusal, str] | None:
    """The first thing wrong with a team, and the field to blame."""
    if wish.kind not in set(TeamKind):
        return TeamRefusal.NO_KIND, "kind"
    if not wish.names.get("zh_Hans"):
        return TeamRefusal.NO_NAME, "name_zh_hans"
    long = next((lang for lang, name in wish.names.items() if len(name) > LONGEST_TITLE), None)
    return (TeamRefusal.LONG_NAME, f"name_{long.lower()}") if long else None
