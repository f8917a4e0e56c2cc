"""Articles: kinds, where a text comes from, who approves it, and what a view is. Pure (R105, R107).

A version is written by some and approved by somebody who wrote nothing of it. A role model's page
stands on her own agreement to the very version (L6, P1 25); it ends with it.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

LONGEST_TITLE: Final = 80
LONGEST_SUMMARY: Final = 200
LONGEST_BODY: Final = 20_000
LONGEST_SOURCE: Final = 80
LONGEST_AUTHOR: Final = 40
LONGEST_ADDRESS: Final = 300
LONGEST_WHY: Final = 300
LONGEST_ALT: Final = 120
LONGEST_NAME: Final = 40
NUMBER_LENGTH: Final = 16
MOST_PHOTOS: Final = 6


class ArticleKind(StrEnum):
    """What an article is (R105)."""

    NEWS = "news"
    POLICY = "policy"
    READING = "reading"
    CASE = "case"
    ROLE_MODEL = "role_model"
    ACTIVITY = "activity"


class Provenance(StrEnum):
    """Whether a text is the office's own, or was taken from somebody else (R166)."""

    OWN = "own"
    REPOSTED = "reposted"


class ArticleState(StrEnum):
    """Where an article stands. ``ERASED``: at the wish of the person it was about, or in time."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


class VersionState(StrEnum):
    """Where a version stands: only the last one may be other than approved."""

    DRAFT = "draft"
    WAITING = "waiting"
    APPROVED = "approved"


class ArticleStep(StrEnum):
    """What staff may do with an article's last version, or with the whole."""

    SEND = "send"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    CORRECT = "correct"
    WITHDRAW = "withdraw"


class ArticleRefusal(StrEnum):
    """Why an article is not written, approved or shown."""

    NO_PLACE = "article.no_place"
    NO_ORIGIN = "article.no_origin"
    BAD_ADDRESS = "article.bad_address"
    LATER = "article.later"
    NO_CASE = "article.no_case"
    NEEDS_CASE = "article.needs_case"
    NO_POLICY = "article.no_policy"
    NEEDS_POLICY = "article.needs_policy"
    LEADS_TO_SOMEBODY = "article.leads_to_somebody"
    NO_PHOTO = "article.no_photo"
    TOO_MANY_PHOTOS = "article.too_many_photos"
    NO_PERSON = "article.no_person"
    UNKNOWN_PERSON = "article.unknown_person"
    NOT_OF_AGE = "article.not_of_age"
    NOT_AGREED = "article.not_agreed"
    NO_NAME = "article.no_name"
    OWN = "article.own"
    HERSELF = "article.herself"
    MOVED_ON = "article.moved_on"
    NOT_NOW = "article.not_now"
    NO_REASON = "article.no_reason"
    REASON_LEADS = "article.reason_leads"
    PHOTO_LEADS = "article.photo_leads"
    TOO_FINE = "article.too_fine"
    BAD_NAME = "article.bad_name"
    NAME_STAYS = "article.name_stays"


WITH_REASON: Final = frozenset({ArticleStep.SEND_BACK, ArticleStep.CORRECT, ArticleStep.WITHDRAW})
# everybody reads it, and nobody approves it
PUBLIC_REASON: Final = frozenset({ArticleStep.CORRECT, ArticleStep.WITHDRAW})
APPROVERS: Final = frozenset({ArticleStep.APPROVE, ArticleStep.SEND_BACK})
_OF_VERSION: Final = {
    VersionState.DRAFT: (ArticleStep.SEND,),
    VersionState.WAITING: (ArticleStep.APPROVE, ArticleStep.SEND_BACK),
    VersionState.APPROVED: (),
}


def open_steps(state: ArticleState, version: VersionState) -> tuple[ArticleStep, ...]:
    """What may happen next. What was withdrawn or erased stays so."""
    if state in {ArticleState.WITHDRAWN, ArticleState.ERASED}:
        return ()
    steps = _OF_VERSION[version]
    if version is VersionState.APPROVED:
        steps = (ArticleStep.CORRECT,)
    return (*steps, ArticleStep.WITHDRAW)


@dataclass(frozen=True)
class Origin:
    """Where a text comes from. ``address``, ``on``: of what was taken over."""

    provenance: Provenance
    source: str
    author: str = ""
    address: str = ""
    on: date | None = None


def flaw_of_origin(origin: Origin, today: date) -> tuple[str, ArticleRefusal] | None:
    """(field, why) when what was taken over does not say from whom, where and when (R166)."""
    if origin.provenance is Provenance.OWN:
        return None
    if not origin.address:
        return "origin_url", ArticleRefusal.NO_ORIGIN
    if re.fullmatch(r"https?://[^\s/]+\.[^\s]+", origin.address) is None:
        return "origin_url", ArticleRefusal.BAD_ADDRESS
    if origin.on is None:
        return "origin_day", ArticleRefusal.NO_ORIGIN
    return ("origin_day", ArticleRefusal.LATER) if origin.on > today else None


@dataclass(frozen=True)
class Agreement:
    """Whose page it is, and to what she has agreed: a version as it was sent the n-th time."""

    person_id: UUID | None
    version: int | None
    sent: int | None


def why_not_approve(
    kind: ArticleKind, who: UUID | None, hands: frozenset[UUID], agreed: Agreement,
    version: int, sent: int,
) -> ArticleRefusal | None:  # fmt: skip
    """Somebody else approves, and a role model's page only with her own agreement to it (L6)."""
    if who is None or who in hands:
        return ArticleRefusal.OWN
    if kind is not ArticleKind.ROLE_MODEL:
        return None
    if agreed.person_id is None:
        return ArticleRefusal.NO_PERSON
    if who == agreed.person_id:
        return ArticleRefusal.HERSELF
    if (agreed.version, agreed.sent) != (version, sent):
        return ArticleRefusal.NOT_AGREED
    return None


# --- views (R107) ---------------------------------------------------------------------------------

# counted in memory and written down together at most so often, by each worker
WRITE_EVERY: Final = timedelta(minutes=1)
_ROBOTS: Final = re.compile(
    "bot|crawl|spider|slurp|scan|preview|monitor|curl|wget|python|java/|headless", re.IGNORECASE
)


def is_view(method: str, agent: str, purpose: str) -> bool:
    """Whether an opening of a page counts: a GET of a browser that does not look ahead.

    Nothing of these headers is kept; whoever opens a page twice is counted twice.
    """
    return method == "GET" and bool(agent) and not purpose and _ROBOTS.search(agent) is None
