"""What the head of an alliance does for it: groups and notices; and how her term ends early."""

from datetime import datetime
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from pledges.models import AllianceHead, AllianceLink, AllianceMember, AllianceNotice
from pledges.queries.alliances import AllianceRow, head_of, members_of
from pledges.rules.alliances import (
    LONGEST_LABEL,
    LONGEST_REASON,
    LONGEST_TITLE,
    LONGEST_WORDS,
    NOTICES_A_DAY,
    AllianceRefusal,
    LinkKind,
    clean_link,
)
from pledges.rules.refusals import PledgeRefusal
from pledges.service.alliance_messages import stop_all, stop_waiting, tell
from pledges.service.alliances import (
    MANAGE,
    alliance_shown,
    checked_words,
    inside,
    led,
    not_ended,
    note_alliance,
)
from pledges.service.days import today_of
from portal.accounts.rules import Actor
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number, new_number
from portal.kernel.instance import instance_of
from portal.kernel.ratelimit import Limit, take

A_DAY: Final = Limit("alliance_notices_day", NOTICES_A_DAY, 24 * 3600)


def add_link(
    session: Session, actor: Actor, number: str, kind: LinkKind, label: str, link: str,
    *, now: datetime,
) -> None:  # fmt: skip
    """The head gives the members the link or the number of a group; it is sealed."""
    found = led(session, actor, number, now)
    cleaned = clean_link(kind, link)
    if cleaned is None:
        raise Refused(AllianceRefusal.NO_LINK, field="link")
    session.add(
        AllianceLink(
            district=found.alliance.district, alliance_id=found.alliance.id, kind=kind,
            label=checked_words(label, LONGEST_LABEL, "label"),
            sealed_link=instance_of(session).vault.seal(cleaned), made_at=now,
        )
    )  # fmt: skip


def end_link(session: Session, actor: Actor, number: str, link: str, *, now: datetime) -> None:
    """The head takes a link away; nothing of it is kept."""
    row = led(session, actor, number, now).alliance
    gone = update(AllianceLink).where(
        AllianceLink.district == row.district, AllianceLink.alliance_id == row.id,
        AllianceLink.number == (clean_number(link) or ""), AllianceLink.ended_at.is_(None),
    )  # fmt: skip
    values = {"ended_at": now, "sealed_link": instance_of(session).vault.seal("")}
    if changed_rows(session, gone.values(**values)) != 1:
        raise Missing


def post_notice(
    session: Session, actor: Actor, number: str, title: str, words: str, *, now: datetime
) -> None:
    """A notice of the head or of the street to the members, who are told by message; so there are
    only a few a day."""
    row = _head_or_desk(session, actor, number, now)
    not_ended(row)
    _put_notice(session, actor, row, title, words, now)
    if take(session, [(A_DAY, row.number)], now=now) is not None:
        raise Refused(AllianceRefusal.NOTICES_A_DAY, facts={"most": NOTICES_A_DAY})


def _put_notice(
    session: Session, actor: Actor, row: AllianceRow, title: str, words: str, now: datetime
) -> None:
    """The row of a notice, and a message to whoever speaks for a member."""
    number = new_number()
    session.add(
        AllianceNotice(
            district=row.district, number=number, alliance_id=row.id, made_at=now,
            title=checked_words(title, LONGEST_TITLE, "title"),
            words=checked_words(words, LONGEST_WORDS, "words"),
        )
    )  # fmt: skip
    wanting = {
        one.person_id for one in members_of(session, row)
        if one.person_id is not None and one.muted_at is None
    } - {actor.person_id}  # fmt: skip
    tell(session, row, wanting, number, now)


def choose_messages(
    session: Session, actor: Actor, number: str, *, wanted: bool, now: datetime
) -> None:
    """Whether whoever speaks for members is told of notices by message; she reads them anyway.
    A message that waits for the morning does not come either."""
    found = inside(session, actor, number, now, lock=True)
    district, mine = found.alliance.district, [one.id for one in found.mine]
    hers = update(AllianceMember).where(
        AllianceMember.district == district, AllianceMember.id.in_(mine)
    )
    session.execute(hers.values(muted_at=None if wanted else now))
    if not wanted:
        stop_waiting(session, district, mine, now)


def end_notice(session: Session, actor: Actor, number: str, notice: str, *, now: datetime) -> None:
    """Take a notice down."""
    row = _head_or_desk(session, actor, number, now)
    gone = update(AllianceNotice).where(
        AllianceNotice.district == row.district, AllianceNotice.alliance_id == row.id,
        AllianceNotice.number == (clean_number(notice) or ""), AllianceNotice.ended_at.is_(None),
    )  # fmt: skip
    if changed_rows(session, gone.values(ended_at=now)) != 1:
        raise Missing
    stop_all(session, clean_number(notice) or "")


def _head_or_desk(session: Session, actor: Actor, number: str, now: datetime) -> AllianceRow:
    row = alliance_shown(session, number, lock=True)
    if actor.may(MANAGE, place_path=row.place_path):
        return row
    return led(session, actor, number, now).alliance


def end_term(
    session: Session, actor: Actor, number: str, title: str, reason: str, *, now: datetime
) -> None:
    """The head resigns, or the street ends her term with a reason; the members read it."""
    row = _head_or_desk(session, actor, number, now)
    head = head_of(session, row, today_of(session, now), lock=True)
    if head is None:
        raise Conflict(PledgeRefusal.MOVED_ON)
    words = checked_words(reason, LONGEST_REASON, "reason")
    session.execute(
        update(AllianceHead)
        .where(AllianceHead.district == row.district, AllianceHead.id == head.id)
        .values(ended_at=now)
    )
    _put_notice(session, actor, row, title, words, now)
    if head.person_id != actor.person_id:
        note_alliance(session, actor, "alliance:end_term", row.number, now)
