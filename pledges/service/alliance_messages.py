"""Messages about notices of an alliance: each under its notice and whom it tells, so that the one
that waits for the morning stops with her wish, with her membership, and with the notice."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session, aliased

from pledges.models import AllianceMember, AllianceNotice, PremisesOperator
from pledges.queries.alliances import AllianceRow, belongs, runs
from pledges.rules.alliances import told_at
from portal.accounts.queries import people_by_ids, phones_of
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, cancel_messages, cancel_messages_below, post_message

# nothing waits longer than a night
_WAITS: Final = timedelta(days=1)


def tell(
    session: Session, row: AllianceRow, person_ids: Collection[UUID], notice: str, now: datetime
) -> None:
    """Tell some people of a notice. What it says is not in it: the city speaks in these messages,
    and whoever leads an alliance writes what she likes."""
    phones, here = phones_of(session, person_ids), instance_of(session)
    link = f"{here.config.origin}/me/alliances/{row.number}"
    for one in people_by_ids(session, phones).values():
        name = row.names.get(one.language) or row.names["zh_Hans"]
        post_message(
            session, channel=Channel.SMS, to=phones[one.id], template="alliance.notice",
            facts={"name": name, "link": link}, now=now, language=one.language,
            due_at=told_at(now, here.city.zone), subject=_subject(notice, one.id),
        )  # fmt: skip


def _notice(notice: str) -> str:
    return f"alliance_notice:{notice}"


def _subject(notice: str, person_id: UUID) -> str:
    return f"{_notice(notice)}:{person_id.hex}"


def stop_all(session: Session, notice: str) -> None:
    """A notice was taken down: what waits is pointless."""
    cancel_messages_below(session, _notice(notice))


def stop_waiting(session: Session, district: str, members: Collection[UUID], now: datetime) -> None:
    """Some members left, or want no messages: what waits for whoever speaks for them is withdrawn,
    unless she speaks for another member there that wants it."""
    m, o, n = AllianceMember, PremisesOperator, AllianceNotice
    other, by = aliased(m), aliased(o)
    wanted = (
        exists()
        .where(
            other.district == m.district, other.alliance_id == m.alliance_id,
            other.muted_at.is_(None), runs(other, by), belongs(other, by),
            by.person_id == o.person_id,
        )
        .correlate(m, o)
    )  # fmt: skip
    waiting = (
        select(n.number, o.person_id)
        .join(m, and_(m.district == n.district, m.alliance_id == n.alliance_id))
        .join(o, runs(m, o))
        .where(
            m.district == district, m.id.in_(members), n.made_at > now - _WAITS, ~wanted,
        )
    )  # fmt: skip
    for notice, person_id in session.execute(waiting.distinct()):
        if person_id is not None:
            cancel_messages(session, _subject(notice, person_id))
