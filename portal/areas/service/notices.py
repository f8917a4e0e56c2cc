"""Public notices are put up for a place and a time, and taken down (R025)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.areas.models import PublicNotice
from portal.areas.queries.notices import notice_by_id
from portal.areas.rules import (
    LONGEST_NOTICE,
    Keeper,
    NoticeLevel,
    NoticeRefusal,
    tidy_names,
)
from portal.areas.service.places import kept_area
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import new_id
from portal.kernel.outbox import cancel_messages

SHORTEST = timedelta(minutes=10)


def put_up_notice(
    session: Session,
    keeper: Keeper,
    code: str,
    *,
    level: NoticeLevel,
    words: Mapping[str, str | None],
    issuer: str,
    lasts: timedelta,
    tell: bool,
    now: datetime,
) -> UUID:
    """From now on it stands on every page. Who says so is named: a notice is no rumour."""
    tidy = tidy_names(words)
    if "zh_Hans" not in tidy:
        raise Refused(NoticeRefusal.NO_WORDS, field="words_zh_hans")
    if not issuer.strip():
        raise Refused(NoticeRefusal.NO_ISSUER, field="issuer")
    if not SHORTEST <= lasts <= LONGEST_NOTICE:
        raise Refused(NoticeRefusal.BAD_TIME, field="lasts")
    area = kept_area(session, keeper, code)
    notice = PublicNotice(
        id=new_id(),
        area_id=area.id,
        level=level,
        words_zh_hans=tidy["zh_Hans"],
        words_zh_hant=tidy.get("zh_Hant"),
        words_en=tidy.get("en"),
        issuer=issuer.strip(),
        begins_at=now,
        ends_at=now + lasts,
        made_by=keeper.person_id,
        tell=tell,
    )
    session.add(notice)
    _note(session, keeper, "notice:put_up", notice.id, now)
    return notice.id


def take_down_notice(session: Session, keeper: Keeper, notice_id: UUID, *, now: datetime) -> None:
    """The danger is over, or the notice was wrong: it goes at once, and nobody more is told."""
    row = notice_by_id(session, notice_id)
    if row is None:
        raise Missing
    if not keeper.keeps(row.area_path):
        raise Forbidden
    ended = (
        update(PublicNotice)
        .where(PublicNotice.id == notice_id, PublicNotice.ends_at > now)
        # a notice lasts at least a moment
        .values(ends_at=max(now, row.begins_at + timedelta(microseconds=1)))
    )
    if changed_rows(session, ended) != 1:
        raise Conflict(NoticeRefusal.OVER)
    # who sleeps now shall not read of it in the morning
    cancel_messages(session, f"notice:{notice_id}")
    _note(session, keeper, "notice:take_down", notice_id, now)


def _note(session: Session, keeper: Keeper, action: str, notice_id: UUID, now: datetime) -> None:
    note_action(
        session, at=now, actor_id=keeper.person_id, action=action, subject=f"notice:{notice_id}"
    )


def note_told(
    session: Session, notice_id: UUID, before: UUID | None, after: UUID | None, *, now: datetime
) -> bool:
    """Move on among those to be told; with ``after`` None all are. False when another run has."""
    moved = (
        update(PublicNotice)
        .where(
            PublicNotice.id == notice_id,
            PublicNotice.told_at.is_(None),
            PublicNotice.told_after.is_(None)
            if before is None
            else PublicNotice.told_after == before,
        )
        .values(**({"told_at": now} if after is None else {"told_after": after}))
    )
    return changed_rows(session, moved) == 1
