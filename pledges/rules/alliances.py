"""Alliances of shops (门前五包联盟): codes and lengths."""

from enum import StrEnum
from typing import Final

LONGEST_NAME: Final = 80
LONGEST_TITLE: Final = 80
LONGEST_LABEL: Final = 60
LONGEST_WORDS: Final = 400


class LinkKind(StrEnum):
    """Where a group of an alliance talks (R280)."""

    WECHAT = "wechat"
    QQ = "qq"
    OTHER = "other"


class HelpState(StrEnum):
    """A request for help among members."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
