"""Following: what can be followed, which news belongs to whom, and when it is told. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.accounts.rules import Basis, Masking, PersonalField
from portal.reports.rules.batches import UNDO_WINDOW
from portal.reports.rules.codes import Event
from portal.reports.rules.supervision import STREET_DIGITS, moment_of

HOUR, ENDS_DAYS, MOST_ENDS_DAYS = "18:30", 30, 366
UNCONFIRMED_DAYS = 2
UNCONFIRMED = timedelta(days=UNCONFIRMED_DAYS)
# so many things one person, telephone or address follows
MOST_FOLLOWED = 50
# news further back than this is no news: a job that was down longer begins here
MOST_MISSED = timedelta(days=7)
# what somebody who did not look for long is shown
NEWS_DAYS = 30
NEWS_SHOWN, NEWS_COUNTED = 20, 99
# a telephone that rings at night is switched off
FIRST_HOUR, LAST_HOUR = time(7, 30), time(21, 30)
# by these a matter comes into the public list: its report, or the check that lets it be seen
_COMING = frozenset({Event.REPORT, Event.MODERATE})
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\Z")
LONGEST_MAIL = 120


class FollowWay(StrEnum):
    """How somebody is told: on her own page here, or by a message once a day."""

    APP = "app"
    SMS = "sms"
    MAIL = "mail"


class FollowRefusal(StrEnum):
    """Why something is not followed."""

    NOT_A_PHONE = "follow.not_a_phone"
    NOT_AN_ADDRESS = "follow.not_an_address"
    NO_MAIL = "follow.no_mail"
    NO_WAY = "follow.no_way"
    TOO_OFTEN = "follow.too_often"
    TOO_MANY = "follow.too_many"
    OVER = "follow.over"
    STALE = "follow.stale"


class Data(StrEnum):
    """What is kept, in the words of the privacy page."""

    FOLLOWED = "data.followed"
    RECEIVER = "data.follow_receiver"
    ACCESS = "data.follow_access"


class Purpose(StrEnum):
    """What it is for."""

    TELL = "purpose.follow_tell"


def _field(table: str, column: str, what: Data, masking: Masking) -> PersonalField:
    return PersonalField(table, column, what, Purpose.TELL, Basis.CONSENT, None, masking)


PERSONAL_FIELDS: tuple[PersonalField, ...] = (
    _field("follower", "person_id", Data.RECEIVER, Masking.SECRET),
    _field("follower", "sealed_to", Data.RECEIVER, Masking.HIDDEN),
    _field("follower", "to_hash", Data.RECEIVER, Masking.SECRET),
    _field("follower", "stop_hash", Data.ACCESS, Masking.SECRET),
    _field("follower", "seen_at", Data.FOLLOWED, Masking.HIDDEN),
    _field("follow", "what", Data.FOLLOWED, Masking.HIDDEN),
    _field("follow", "case_id", Data.FOLLOWED, Masking.HIDDEN),
    _field("follow", "area_code", Data.FOLLOWED, Masking.HIDDEN),
    _field("follow", "category_code", Data.FOLLOWED, Masking.HIDDEN),
    _field("follow", "confirm_hash", Data.ACCESS, Masking.SECRET),
    _field("follow", "stop_hash", Data.ACCESS, Masking.SECRET),
)


@dataclass(frozen=True)
class Settings:
    """What a city decides about following."""

    hour: time
    ends: timedelta


def settings_from(thresholds: Mapping[str, Any]) -> Settings:
    """The settings of a city file. Raises ValueError in one sentence when they cannot be meant."""
    hour = time.fromisoformat(str(thresholds.get("following_digest_at", HOUR)))
    days = thresholds.get("following_ends_days", ENDS_DAYS)
    whole = isinstance(days, int) and not isinstance(days, bool)
    if not whole or not 1 <= days <= MOST_ENDS_DAYS:
        raise ValueError(
            f"thresholds.following_ends_days is {days!r}: a whole number from 1 to {MOST_ENDS_DAYS}"
        )
    if not FIRST_HOUR <= hour <= LAST_HOUR:
        raise ValueError(
            f"thresholds.following_digest_at is {hour:%H:%M}: from {FIRST_HOUR:%H:%M} to "
            f"{LAST_HOUR:%H:%M}, when telephones may ring"
        )
    return Settings(hour, timedelta(days=days))


def clean_mail(typed: str) -> str | None:
    """An address that a mail's header can hold; None: not an address."""
    text = typed.strip()
    if len(text) > LONGEST_MAIL or not _MAIL.match(text):
        return None
    name, _, host = text.rpartition("@")
    return f"{name}@{host.lower()}"


def awake(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment itself, or the next morning when it lies in the night."""
    local = moment.astimezone(zone)
    if local.time() < FIRST_HOUR:
        return moment_of(local.date(), FIRST_HOUR, zone)
    if local.time() > LAST_HOUR:
        return moment_of(local.date() + timedelta(days=1), FIRST_HOUR, zone)
    return moment


def told_up_to(now: datetime) -> datetime:
    """Up to when steps are told: what can still be undone at the desk is told by nobody."""
    return now - UNDO_WINDOW


@dataclass(frozen=True)
class Subject:
    """What is followed: one matter, or the list by place, by kind, or by both."""

    district: str | None = None
    case_id: UUID | None = None
    area: str | None = None
    category: str | None = None

    @property
    def key(self) -> str:
        """The same for the same thing: nobody follows it twice."""
        if self.case_id is not None:
            return f"case:{self.case_id.hex}"
        return f"list:{self.area or ''}:{self.category or ''}"


@dataclass(frozen=True)
class Step:
    """One public step of a matter."""

    at: datetime
    event: Event


@dataclass(frozen=True)
class News:
    """A matter on which something happened. ``codes``: the places that the public may know."""

    case_id: UUID
    category: str
    codes: tuple[str, ...]
    settled: bool
    steps: tuple[Step, ...]

    def since(self, moment: datetime) -> bool:
        return any(step.at > moment for step in self.steps)

    def came_since(self, moment: datetime) -> bool:
        """Whether it came into the public list since then."""
        return any(step.at > moment and step.event in _COMING for step in self.steps)


@dataclass(frozen=True)
class Told:
    """What one digest tells of a matter."""

    news: News
    fresh: bool


class NewsIndex:
    """The news of a stretch of time by matter, place and kind: made once, asked for each follower.

    So a digest costs what is followed and what happened, and never one times the other.
    """

    def __init__(self, found: Iterable[News]) -> None:
        self._cases: dict[UUID, News] = {}
        self._areas: dict[str, list[News]] = {}
        self._kinds: dict[str, list[News]] = {}
        for news in found:
            self._cases[news.case_id] = news
            self._kinds.setdefault(news.category, []).append(news)
            for code in news.codes:
                self._areas.setdefault(code, []).append(news)

    def of(self, subject: Subject) -> Sequence[News]:
        """What happened in a followed thing."""
        if subject.case_id is not None:
            one = self._cases.get(subject.case_id)
            return [one] if one else []
        if subject.area is None:
            return self._kinds.get(subject.category or "", [])
        inside = self._areas.get(subject.area, [])
        if subject.category is None:
            return inside
        return [news for news in inside if news.category == subject.category]


def told_to(index: NewsIndex, followed: Iterable[tuple[Subject, datetime]]) -> list[Told]:
    """Each matter once, the latest step first; ``followed`` are things and since when to tell."""
    found: dict[UUID, Told] = {}
    for subject, since in followed:
        for news in index.of(subject):
            if news.since(since):
                fresh = news.came_since(since)
                before = found.get(news.case_id)
                found[news.case_id] = Told(news, fresh or (before is not None and before.fresh))
    return sorted(found.values(), key=lambda told: max(s.at for s in told.news.steps), reverse=True)


def street_codes(codes: Iterable[str]) -> tuple[str, ...]:
    """Of a matter about a person or a shop no place below the street is told."""
    return tuple(code for code in codes if code.isdecimal() and len(code) <= STREET_DIGITS)
