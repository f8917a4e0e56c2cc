"""What is asked of an article's words before they are kept: their origin, what they rest on, and
that nothing in them leads to somebody."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from portal.kernel.clock import city_day
from portal.kernel.errors import Refused
from portal.kernel.ids import clean_number
from portal.kernel.instance import instance_of
from portal.publicity.queries.articles import (
    ArticleRow,
    VersionRow,
    article_by_number,
    articles_by_ids,
    version_of,
)
from portal.publicity.rules.articles import (
    ArticleKind,
    ArticleRefusal,
    ArticleState,
    Origin,
    flaw_of_origin,
)
from portal.reports.queries.exposing import case_bases
from portal.reports.rules.masking import what_is_masked


@dataclass(frozen=True)
class ArticleWish:
    """What somebody wants to say. ``masked_why``: why what leads to somebody stands there."""

    title: str
    summary: str
    body: str
    origin: Origin
    case_number: str = ""
    policy_number: str = ""
    masked_why: str = ""


def checked(
    session: Session, kind: ArticleKind, wish: ArticleWish, now: datetime, *,
    old: VersionRow | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The columns of a version. ``old``: what stands there; it may go on resting on what it rests
    on, though that was opened again or withdrawn: else nobody could correct it."""
    today = city_day(now, instance_of(session).city.zone)
    flaw = flaw_of_origin(wish.origin, today)
    if flaw is not None:
        raise Refused(flaw[1], field=flaw[0])
    _nobody_shown(wish)
    origin = wish.origin
    return {
        "title": wish.title, "summary": wish.summary, "body": wish.body,
        "provenance": origin.provenance, "source": origin.source, "author": origin.author or None,
        "origin_url": origin.address or None, "origin_day": origin.on,
        "case_number": _case(session, kind, wish.case_number, old.case_number if old else None),
        "policy_id": _policy(session, kind, wish.policy_number, old.policy_id if old else None),
        "masked_why": wish.masked_why or None,
    }  # fmt: skip


def _nobody_shown(wish: ArticleWish) -> None:
    """Telephones, cards, plates and names with a title need a reason, such as an office's number:
    what a machine can find is asked about; who approves reads the reason."""
    said = {
        "title": wish.title, "short": wish.summary, "body": wish.body,
        "source": wish.origin.source, "author": wish.origin.author,
    }  # fmt: skip
    for name, text in said.items():
        if not wish.masked_why:
            leads_to_nobody(text, name, ArticleRefusal.LEADS_TO_SOMEBODY)


def alt_leads_to_nobody(alt: str, field: str) -> None:
    """The same of the words to a photo."""
    leads_to_nobody(alt, field, ArticleRefusal.PHOTO_LEADS)


def leads_to_nobody(text: str, field: str, code: ArticleRefusal) -> None:
    """Refuse what a machine finds in words that everybody reads."""
    found = [text[one.start : one.end] for one in what_is_masked(text)]
    if found:
        facts = {"found": "、".join(dict.fromkeys(found))}
        raise Refused(code, field=field, facts=facts)


def _case(session: Session, kind: ArticleKind, typed: str, kept: str | None) -> str | None:
    """The number of a closed matter, which a typical case rests on (R192)."""
    if kind is not ArticleKind.CASE:
        return None
    number = clean_number(typed) or ""
    if not number:
        raise Refused(ArticleRefusal.NEEDS_CASE, field="case_number")
    if number != kept:
        _closed(session, number)
    return number


def _closed(session: Session, number: str) -> None:
    found = case_bases(session, [number]).get(number)
    if found is None or found.closed_at is None:
        raise Refused(ArticleRefusal.NO_CASE, field="case_number")


def _policy(session: Session, kind: ArticleKind, typed: str, kept: UUID | None) -> UUID | None:
    """The published policy that a reading explains."""
    if kind is not ArticleKind.READING:
        return None
    if not typed:
        raise Refused(ArticleRefusal.NEEDS_POLICY, field="policy_number")
    found = article_by_number(session, clean_number(typed) or "")
    if found is not None and found.id == kept:
        return kept
    if found is None or (found.kind, found.state) != (ArticleKind.POLICY, ArticleState.PUBLISHED):
        raise Refused(ArticleRefusal.NO_POLICY, field="policy_number")
    return found.id


def rests_still(session: Session, row: ArticleRow, version: VersionRow) -> None:
    """What it rests on may have been opened again, or withdrawn, while it was written. What is
    shown already rests on it anyway: a correction of that is no new choice."""
    shown = version_of(session, row.id, row.shown_version) if row.shown_version else None
    case, policy = version.case_number, version.policy_id
    if case is not None and case != (shown and shown.case_number):
        _closed(session, case)
    chosen = policy is not None and policy != (shown and shown.policy_id)
    if chosen and not articles_by_ids(session, [policy] if policy else []):
        raise Refused(ArticleRefusal.NO_POLICY, field="policy_number")
