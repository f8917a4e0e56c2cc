"""The notice board (宣传栏) of a place: notices, one sheet a month, mobile stops, the atlas."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.queries import AreaRow
from portal.conventions.models import AtlasEntry, MobileStop, Notice, PrintSheet, SheetNotice
from portal.conventions.queries.board import (
    NoticeRow,
    ServiceRow,
    StopRow,
    notice_by_number,
    notices_between,
    service_by_number,
    sheet_of,
    stop_by_number,
    stops_of,
)
from portal.conventions.queries.community import lock_place
from portal.conventions.rules.board import days_of_month
from portal.conventions.rules.community import CommunityRefusal, NoticeKind
from portal.conventions.service.places import MANAGE, office_phone, place_here, today_of
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.events import CalendarEvent, EventStatus, written
from portal.kernel.ids import clean_number, new_id
from portal.kernel.instance import instance_of

# what fits on one side of A4 beside the services of the month
MOST_ON_A_SHEET: Final = 6
LONGEST_STOP: Final = timedelta(hours=24)
KEPT: Final = timedelta(days=60)


@dataclass(frozen=True)
class NoticeWish:
    """A notice; both days belong to the time in which it hangs."""

    kind: NoticeKind
    title: str
    markdown: str
    starts_on: date
    ends_on: date
    pinned: bool = False


def put_up(
    session: Session, actor: Actor, code: str, wish: NoticeWish, *, now: datetime
) -> str:  # fmt: skip
    """Hang a notice on the board of a place; its number."""
    area = place_here(session, actor, code)
    if wish.ends_on < wish.starts_on or wish.ends_on < today_of(session, now):
        raise Refused(CommunityRefusal.DAYS, field="ends_on")
    row = Notice(
        area_id=area.id, place_path=area.path, kind=wish.kind, title=wish.title,
        markdown=wish.markdown, starts_on=wish.starts_on, ends_on=wish.ends_on,
        pinned=wish.pinned, made_at=now, made_by=actor.person_id,
    )  # fmt: skip
    session.add(row)
    # its number is made with the row
    session.flush()
    return row.number


def notice_here(session: Session, actor: Actor, number: str) -> NoticeRow:
    """A notice of one's places; any other is Missing."""
    row = notice_by_number(session, clean_number(number) or "")
    if row is None or not actor.may(MANAGE, place_path=row.place_path):
        raise Missing
    return row


def take_down(session: Session, actor: Actor, number: str, *, now: datetime) -> NoticeRow:
    """Take a notice down: it was wrong, or nobody needs it any more."""
    row = notice_here(session, actor, number)
    standing = update(Notice).where(Notice.id == row.id, Notice.taken_down_at.is_(None))
    if not changed_rows(session, standing.values(taken_down_at=now)):
        raise Conflict(CommunityRefusal.ENDED)
    return row


def make_sheet(
    session: Session, actor: Actor, code: str, month: str, numbers: Sequence[str], *, now: datetime
) -> AreaRow:
    """Choose what stands on the one sheet of a month; chosen again, it is changed."""
    area, days = place_here(session, actor, code), days_of_month(month)
    if days is None:
        raise Refused(CommunityRefusal.MONTH, field="month")
    known = {row.number: row for row in notices_between(session, area.id, *days)}
    chosen = [known[number] for number in dict.fromkeys(numbers) if number in known]
    if not chosen:
        raise Refused(CommunityRefusal.NOTHING_CHOSEN, field="numbers")
    if len(chosen) > MOST_ON_A_SHEET:
        most = {"most": MOST_ON_A_SHEET}
        raise Refused(CommunityRefusal.TOO_MANY_CHOSEN, field="numbers", facts=most)
    lock_place(session, area.id)
    sheet = sheet_of(session, area.id, month)
    sheet_id = sheet.id if sheet else new_id()
    if sheet is None:
        session.add(
            PrintSheet(
                id=sheet_id, area_id=area.id, place_path=area.path, month=month, made_at=now,
                made_by=actor.person_id,
            )
        )  # fmt: skip
        # its lines refer to it by its key alone
        session.flush()
    session.execute(delete(SheetNotice).where(SheetNotice.sheet_id == sheet_id))
    session.add_all(
        SheetNotice(sheet_id=sheet_id, notice_id=row.id, position=at)
        for at, row in enumerate(chosen, 1)
    )
    return area


@dataclass(frozen=True)
class StopWish:
    """A stop of a mobile service station."""

    located: str
    offers: str
    starts_at: datetime
    ends_at: datetime


def add_stop(
    session: Session, actor: Actor, code: str, wish: StopWish, *, now: datetime
) -> None:  # fmt: skip
    """Enter where a mobile station will stand."""
    area = place_here(session, actor, code)
    if not wish.starts_at < wish.ends_at <= wish.starts_at + LONGEST_STOP or wish.ends_at <= now:
        raise Refused(CommunityRefusal.DAYS, field="ends")
    session.add(
        MobileStop(
            area_id=area.id, place_path=area.path, located=wish.located, offers=wish.offers,
            starts_at=wish.starts_at, ends_at=wish.ends_at, made_at=now, made_by=actor.person_id,
        )
    )  # fmt: skip


def stop_here(session: Session, actor: Actor, number: str) -> StopRow:
    """A stop of one's places; any other is Missing."""
    row = stop_by_number(session, clean_number(number) or "")
    if row is None or not actor.may(MANAGE, place_path=row.place_path):
        raise Missing
    return row


def call_stop_off(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """It will not come; it stays in the list, so that nobody waits for it."""
    row = stop_here(session, actor, number)
    coming = update(MobileStop).where(MobileStop.id == row.id, MobileStop.called_off_at.is_(None))
    if not changed_rows(session, coming.values(called_off_at=now)):
        raise Conflict(CommunityRefusal.ENDED)


def stops_calendar(session: Session, area: AreaRow, *, now: datetime) -> bytes:
    """The stops of a place for anybody's calendar (RFC 5545); the same bytes for the same stops."""
    origin = instance_of(session).config.origin
    host = urlsplit(origin).netloc
    events = [
        CalendarEvent(
            uid=f"{row.number}@{host}", changed_at=row.called_off_at or row.made_at,
            starts_at=row.starts_at, ends_at=row.ends_at, summary=row.offers,
            location=row.located, url=f"{origin}/communities/{area.code}",
            status=EventStatus.CANCELLED if row.called_off_at else EventStatus.CONFIRMED,
            sequence=1 if row.called_off_at else 0,
        )
        for row in stops_of(session, area.id, now - KEPT)
    ]  # fmt: skip
    return written(events, "mobile stations")


@dataclass(frozen=True)
class ServiceWish:
    """A service of the atlas."""

    title: str
    located: str
    hours: str
    office_phone: str
    offers: str
    bring: str


def add_service(
    session: Session, actor: Actor, code: str, wish: ServiceWish, *, now: datetime
) -> None:
    """Enter a service at the end of the atlas."""
    area = place_here(session, actor, code)
    lock_place(session, area.id)
    session.add(new_service(session, actor, area, wish, now))


def new_service(
    session: Session, actor: Actor, area: AreaRow, wish: ServiceWish, now: datetime, at: int = 1
) -> AtlasEntry:
    """The row; ``at``: how many places after the last one."""
    last = select(func.max(AtlasEntry.position)).where(AtlasEntry.area_id == area.id)
    return AtlasEntry(
        area_id=area.id, place_path=area.path, position=(session.scalar(last) or 0) + at,
        title=wish.title, located=wish.located, hours=wish.hours or None,
        office_phone=office_phone(wish.office_phone) if wish.office_phone else None,
        offers=wish.offers, bring=wish.bring or None, updated_at=now, updated_by=actor.person_id,
    )  # fmt: skip


def service_here(session: Session, actor: Actor, number: str) -> ServiceRow:
    """A line of one's places; any other is Missing."""
    row = service_by_number(session, clean_number(number) or "")
    if row is None or not actor.may(MANAGE, place_path=row.place_path):
        raise Missing
    return row


def save_service(
    session: Session, actor: Actor, number: str, wish: ServiceWish, *, now: datetime
) -> None:
    """Put a service right."""
    row = service_here(session, actor, number)
    session.execute(
        update(AtlasEntry)
        .where(AtlasEntry.id == row.id)
        .values(
            title=wish.title, located=wish.located, hours=wish.hours or None, offers=wish.offers,
            office_phone=office_phone(wish.office_phone) if wish.office_phone else None,
            bring=wish.bring or None, updated_at=now, updated_by=actor.person_id,
        )
    )  # fmt: skip


def end_service(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """It is no longer offered."""
    row = service_here(session, actor, number)
    session.execute(
        update(AtlasEntry)
        .where(AtlasEntry.id == row.id)
        .values(ended_on=today_of(session, now), updated_at=now, updated_by=actor.person_id)
    )
