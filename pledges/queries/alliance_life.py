"""What goes on in an alliance: links, notices, help, covenants, and how it stands."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from pledges.models import (
    AllianceCovenant,
    AllianceHelp,
    AllianceHelpAnswer,
    AllianceLink,
    AllianceMember,
    AllianceNotice,
    AllianceSignOn,
    PremisesOperator,
    Standing,
)
from pledges.queries.alliances import AllianceRow, belongs, runs
from pledges.rules.alliances import AllianceStanding, HelpState, LinkKind, alliance_standing
from portal.kernel.instance import instance_of

SHOWN = 30


@dataclass(frozen=True)
class LinkRow:
    """A link to a group, opened: for members alone."""

    number: str
    kind: LinkKind
    label: str
    link: str


def links_of(session: Session, alliance: AllianceRow) -> list[LinkRow]:
    """The links of an alliance; the caller has made sure that a member reads them."""
    k = AllianceLink
    rows = session.execute(
        select(k.number, k.kind, k.label, k.sealed_link)
        .where(
            k.district == alliance.district, k.alliance_id == alliance.id, k.ended_at.is_(None)
        )
        .order_by(k.made_at, k.id)
    )  # fmt: skip
    vault = instance_of(session).vault
    return [LinkRow(row.number, row.kind, row.label, vault.unseal(row.sealed_link)) for row in rows]


@dataclass(frozen=True)
class NoticeRow:
    """A notice to the members."""

    number: str
    title: str
    words: str
    made_at: datetime


def notices_of(session: Session, alliance: AllianceRow) -> list[NoticeRow]:
    """The latest notices that were not taken down, the newest first."""
    n = AllianceNotice
    rows = session.execute(
        select(n.number, n.title, n.words, n.made_at)
        .where(
            n.district == alliance.district, n.alliance_id == alliance.id, n.ended_at.is_(None)
        )
        .order_by(n.made_at.desc(), n.id)
        .limit(SHOWN)
    )  # fmt: skip
    return [NoticeRow(*row) for row in rows]


@dataclass(frozen=True)
class HelpRow:
    """A request for help; its words are opened for members alone."""

    district: str
    id: UUID
    number: str
    alliance_id: UUID
    member_id: UUID
    state: HelpState
    words: str
    made_at: datetime


_HELP: Any = (
    AllianceHelp.district, AllianceHelp.id, AllianceHelp.number, AllianceHelp.alliance_id,
    AllianceHelp.member_id, AllianceHelp.state, AllianceHelp.sealed_words, AllianceHelp.made_at,
)  # fmt: skip


def _help_row(session: Session, row: Any) -> HelpRow:
    words = instance_of(session).vault.unseal(row.sealed_words) if row.sealed_words else ""
    return HelpRow(
        row.district, row.id, row.number, row.alliance_id, row.member_id, row.state, words,
        row.made_at,
    )  # fmt: skip


def help_of(session: Session, alliance: AllianceRow) -> list[HelpRow]:
    """The latest requests that are not done: one query."""
    h = AllianceHelp
    rows = session.execute(
        select(*_HELP)
        .where(
            h.district == alliance.district, h.alliance_id == alliance.id,
            h.state != HelpState.CLOSED,
        )
        .order_by(h.made_at.desc(), h.id)
        .limit(SHOWN)
    )  # fmt: skip
    return [_help_row(session, row) for row in rows]


def help_by_number(session: Session, number: str, *, lock: bool = False) -> HelpRow | None:
    """One request."""
    statement = select(*_HELP).where(AllianceHelp.number == number)
    found = session.execute(statement.with_for_update() if lock else statement).one_or_none()
    return _help_row(session, found) if found else None


@dataclass(frozen=True)
class HelpOfferRow:
    """What another member answered."""

    member_id: UUID
    words: str
    at: datetime


def offers_of(session: Session, asked: Iterable[HelpRow]) -> dict[UUID, list[HelpOfferRow]]:
    """The answers to some requests, the earliest first: one query."""
    a, vault = AllianceHelpAnswer, instance_of(session).vault
    found: dict[UUID, list[HelpOfferRow]] = defaultdict(list)
    rows = session.execute(
        select(a.help_id, a.member_id, a.sealed_words, a.at)
        .where(a.help_id.in_([one.id for one in asked]))
        .order_by(a.at, a.id)
    )
    for row in rows:
        words = vault.unseal(row.sealed_words) if row.sealed_words else ""
        found[row.help_id].append(HelpOfferRow(row.member_id, words, row.at))
    return found


@dataclass(frozen=True)
class CovenantRow:
    """A version of a covenant. ``sealed``: its hash stands in the ledger."""

    district: str
    id: UUID
    version: int
    texts: dict[str, str]
    written_at: datetime
    published_at: datetime | None
    digest: str | None
    sealed: bool


def covenants_of(session: Session, alliance: AllianceRow) -> list[CovenantRow]:
    """Every version, the newest first; a draft among them has no day of publication."""
    c = AllianceCovenant
    rows = session.scalars(
        select(c)
        .where(c.district == alliance.district, c.alliance_id == alliance.id)
        .order_by(c.version.desc())
    )
    return [
        CovenantRow(
            row.district, row.id, row.version,
            {
                "zh_Hans": row.text_zh_hans, "zh_Hant": row.text_zh_hant or row.text_zh_hans,
                "en": row.text_en or row.text_zh_hans,
            },
            row.written_at, row.published_at, row.digest, row.entry_id is not None,
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True)
class SignOnRow:
    """That a member stands by a version; who signed for it is not in it."""

    id: UUID
    covenant_id: UUID
    member_id: UUID
    version: int
    signed_at: datetime


def sign_ons_of(session: Session, alliance: AllianceRow) -> dict[UUID, SignOnRow]:
    """The newest version by which each member stands, by member: one query."""
    s, c, m, o = AllianceSignOn, AllianceCovenant, AllianceMember, PremisesOperator
    rows = session.execute(
        select(s.id, s.covenant_id, s.member_id, c.version, s.signed_at)
        .join(c, and_(c.district == s.district, c.id == s.covenant_id))
        .join(m, and_(m.district == s.district, m.id == s.member_id))
        .join(o, runs(m, o))
        .where(
            c.district == alliance.district, c.alliance_id == alliance.id,
            s.withdrawn_at.is_(None), belongs(m, o),
        )
        .order_by(c.version)
    )  # fmt: skip
    # in the order of versions, so that the newest stays
    return {row.member_id: SignOnRow(*row) for row in rows}


def standing_of(session: Session, alliance: AllianceRow) -> AllianceStanding | None:
    """How an alliance stands in the last quarter of which anything was computed for a member; None
    before the first. Two queries."""
    m, o = AllianceMember, PremisesOperator
    here = (
        select(m.premises_id)
        .join(o, runs(m, o))
        .where(m.district == alliance.district, m.alliance_id == alliance.id, belongs(m, o))
    )
    theirs = and_(Standing.district == alliance.district, Standing.premises_id.in_(here))
    quarter = session.scalar(select(func.max(Standing.quarter)).where(theirs))
    if quarter is None:
        return None
    rows = session.execute(
        select(Standing.stars, Standing.low, Standing.high).where(
            theirs, Standing.quarter == quarter, Standing.stars.is_not(None)
        )
    )
    known = [(row.stars or 0, row.low or 0.0, row.high or 0.0) for row in rows]
    return alliance_standing(quarter, known, alliance.members)
