"""Alliances of shops (门前五包联盟): codes, lengths, links to groups, and how one stands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

LONGEST_NAME: Final = 80
LONGEST_TITLE: Final = 80
LONGEST_LABEL: Final = 60
LONGEST_WORDS: Final = 400
LONGEST_LINK: Final = 300
LONGEST_COVENANT: Final = 4000
LONGEST_REASON: Final = 200
# fewer shops would show how one of them stands
FEWEST_KNOWN: Final = 3
# each rings on the phone of every shop
NOTICES_A_DAY: Final = 3
# hours of the city's night, in which nobody is written to
QUIET_FROM: Final = 22
QUIET_UNTIL: Final = 8
_NUMBER = re.compile(r"[1-9][0-9]{4,11}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


class LinkKind(StrEnum):
    """Where a group of an alliance talks (R280)."""

    WECHAT = "wechat"
    QQ = "qq"
    OTHER = "other"


HOSTS: Final[dict[LinkKind, frozenset[str]]] = {
    LinkKind.WECHAT: frozenset({"weixin.qq.com", "work.weixin.qq.com", "u.wechat.com"}),
    LinkKind.QQ: frozenset({"qm.qq.com", "jq.qq.com", "qun.qq.com"}),
    LinkKind.OTHER: frozenset(),
}


class HelpState(StrEnum):
    """A request for help among members."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class AllianceRefusal(StrEnum):
    """Why something is not done in an alliance."""

    ENDED = "alliance.ended"
    NO_PLACE = "alliance.no_place"
    NO_NAME = "alliance.no_name"
    ELSEWHERE = "alliance.elsewhere"
    JOINED = "alliance.joined"
    NO_LINK = "alliance.no_link"
    NO_WORDS = "alliance.no_words"
    OWN_HELP = "alliance.own_help"
    HELP_CLOSED = "alliance.help_closed"
    NO_DRAFT = "alliance.no_draft"
    SAME_TEXT = "alliance.same_text"
    TEXT_CHANGED = "alliance.text_changed"
    SIGNED = "alliance.signed"
    NO_SIGNATURE = "alliance.no_signature"
    NOTICES_A_DAY = "alliance.notices_a_day"


def told_at(now: datetime, zone: tzinfo) -> datetime:
    """When a message about a notice leaves: at night it waits until the morning."""
    there = now.astimezone(zone)
    if QUIET_UNTIL <= there.hour < QUIET_FROM:
        return now
    day = there.date() + timedelta(days=there.hour >= QUIET_FROM)
    return datetime.combine(day, time(QUIET_UNTIL), zone).astimezone(now.tzinfo)


def clean_link(kind: LinkKind, typed: str) -> str | None:
    """The link of a group as it is kept, or the plain number of a group; None: it is neither.

    Only https at the hosts of the program, no other port and no user in it. A mobile number is a
    person and no group.
    """
    text = typed.strip()
    if _NUMBER.fullmatch(text):
        return None if kind is LinkKind.WECHAT or _MOBILE.fullmatch(text) else text
    if len(text) > LONGEST_LINK or not text.isascii() or not text.isprintable() or " " in text:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    # the path is the group: a host alone leads nowhere
    if parts.scheme != "https" or port is not None or "@" in parts.netloc or len(parts.path) < 2:
        return None
    return text if parts.hostname in HOSTS[kind] else None


@dataclass(frozen=True)
class AllianceStanding:
    """How an alliance stands in a quarter: the mean of its members' stars with the mean of their
    intervals; ``known`` of ``members`` have one. None: too little is known."""

    quarter: str
    known: int
    members: int
    stars: float | None
    low: float | None
    high: float | None


def alliance_standing(
    quarter: str, known: Sequence[tuple[int, float, float]], members: int
) -> AllianceStanding:
    """The standing from its members' (stars, low, high). The interval is as wide as theirs are on
    the average: what one street's inspectors see too well is too good in all of them at once."""
    if len(known) < FEWEST_KNOWN:
        return AllianceStanding(quarter, len(known), members, None, None, None)
    stars, low, high = (sum(each) / len(known) for each in zip(*known, strict=True))
    return AllianceStanding(
        quarter, len(known), members, round(stars, 1), round(low, 1), round(high, 1)
    )
