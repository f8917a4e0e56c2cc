"""The notice board of a place, its monthly sheets, mobile stops and service atlas, as read."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from portal.conventions.models import AtlasEntry, MobileStop, Notice, PrintSheet, SheetNotice
from portal.conventions.rules.community import NoticeKind

PAGE = 30
# as many stops or services as one community has at most
MOST = 300


@dataclass(frozen=True)
class NoticeRow:
    """A notice of a board."""

    id: UUID
    number: str
    area_id: UUID
    place_path: str
    kind: NoticeKind
    title: str
    markdown: str
    starts_on: date
    ends_on: date
    pinned: bool
    made_at: datetime
    taken_down_at: datetime | None

    def stands(self, on: date) -> bool:
        return self.taken_down_at is None and self.starts_on <= on <= self.ends_on


def _notices(
    session: Session, *where: ColumnElement[bool], limit: int = PAGE + 1, pinned: bool = False
) -> list[NoticeRow]:
    order = (Notice.pinned.desc(),) if pinned else ()
    statement = (
        select(
            Notice.id, Notice.number, Notice.area_id, Notice.place_path, Notice.kind, Notice.title,
            Notice.markdown, Notice.starts_on, Notice.ends_on, Notice.pinned, Notice.made_at,
            Notice.taken_down_at,
        )
        .where(*where)
        .order_by(*order, Notice.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [NoticeRow(**row) for row in session.execute(statement).mappings()]


def notices_on(session: Session, area_id: UUID, on: date) -> list[NoticeRow]:
    """What hangs on the board of a place on a day, the pinned first."""
    where = (
        Notice.area_id == area_id, Notice.taken_down_at.is_(None), Notice.starts_on <= on,
        Notice.ends_on >= on,
    )  # fmt: skip
    return _notices(session, *where, pinned=True)


def notices_past(session: Session, area_id: UUID, on: date, *, after: str = "") -> list[NoticeRow]:
    """A page of what hung there before, the newest first, and one more."""
    where = [Notice.area_id == area_id, Notice.taken_down_at.is_(None), Notice.ends_on < on]
    return _notices(session, *where, *_after(session, after))


def notices_at_desk(session: Session, area_id: UUID, *, after: str = "") -> list[NoticeRow]:
    """A page of everything that was written for a board, and one more."""
    return _notices(session, Notice.area_id == area_id, *_after(session, after))


def _after(session: Session, after: str) -> list[ColumnElement[bool]]:
    last = session.scalar(select(Notice.id).where(Notice.number == after)) if after else None
    return [Notice.id < last] if last is not None else []


def notices_between(session: Session, area_id: UUID, first: date, last: date) -> list[NoticeRow]:
    """What hangs there on some day of a span: a month's sheet is chosen from it."""
    where = (
        Notice.area_id == area_id, Notice.taken_down_at.is_(None), Notice.starts_on <= last,
        Notice.ends_on >= first,
    )  # fmt: skip
    return _notices(session, *where, pinned=True)


def notice_by_number(session: Session, number: str) -> NoticeRow | None:
    """One of them."""
    return next(iter(_notices(session, Notice.number == number, limit=1)), None)


@dataclass(frozen=True)
class SheetRow:
    """The sheet of a month."""

    id: UUID
    month: str
    made_at: datetime


def sheets_of(session: Session, area_id: UUID) -> list[SheetRow]:
    """The sheets of a place, the newest month first."""
    statement = (
        select(PrintSheet.id, PrintSheet.month, PrintSheet.made_at)
        .where(PrintSheet.area_id == area_id)
        .order_by(PrintSheet.month.desc())
        .limit(24)
    )
    return [SheetRow(*row) for row in session.execute(statement)]


def sheet_of(session: Session, area_id: UUID, month: str) -> SheetRow | None:
    """The one of a month."""
    statement = select(PrintSheet.id, PrintSheet.month, PrintSheet.made_at).where(
        PrintSheet.area_id == area_id, PrintSheet.month == month
    )
    row = session.execute(statement).one_or_none()
    return SheetRow(*row) if row else None


def notices_of_sheet(session: Session, sheet_id: UUID) -> list[NoticeRow]:
    """What stands on a sheet, in its order; what was taken down since does not."""
    lines = select(SheetNotice.notice_id, SheetNotice.position).where(
        SheetNotice.sheet_id == sheet_id
    )
    places = {row[0]: row[1] for row in session.execute(lines).all()}
    rows = _notices(session, Notice.id.in_(places), Notice.taken_down_at.is_(None))
    return sorted(rows, key=lambda row: places[row.id])


@dataclass(frozen=True)
class StopRow:
    """A stop of a mobile service station."""

    id: UUID
    number: str
    area_id: UUID
    place_path: str
    located: str
    offers: str
    starts_at: datetime
    ends_at: datetime
    made_at: datetime
    called_off_at: datetime | None


def _stops(session: Session, *where: ColumnElement[bool]) -> list[StopRow]:
    statement = (
        select(
            MobileStop.id, MobileStop.number, MobileStop.area_id, MobileStop.place_path,
            MobileStop.located, MobileStop.offers, MobileStop.starts_at, MobileStop.ends_at,
            MobileStop.made_at, MobileStop.called_off_at,
        )
        .where(*where)
        .order_by(MobileStop.starts_at, MobileStop.id)
        .limit(MOST)
    )  # fmt: skip
    return [StopRow(**row) for row in session.execute(statement).mappings()]


def stops_of(session: Session, area_id: UUID, since: datetime) -> list[StopRow]:
    """The stops of a place that end after a moment, those that were called off too."""
    return _stops(session, MobileStop.area_id == area_id, MobileStop.ends_at > since)


def stops_inside(session: Session, path: str, since: datetime, until: datetime) -> list[StopRow]:
    """The stops of a place and of all inside it that touch a span of time."""
    inside = MobileStop.place_path.startswith(path, autoescape=True)
    return _stops(session, inside, MobileStop.ends_at > since, MobileStop.starts_at < until)


def stop_by_number(session: Session, number: str) -> StopRow | None:
    """One of them."""
    return next(iter(_stops(session, MobileStop.number == number)), None)


@dataclass(frozen=True)
class ServiceRow:
    """A line of the atlas: a service with its place, its hours and what to bring."""

    id: UUID
    number: str
    area_id: UUID
    place_path: str
    position: int
    title: str
    located: str
    hours: str | None
    office_phone: str | None
    offers: str
    bring: str | None


def _services(session: Session, *where: ColumnElement[bool]) -> list[ServiceRow]:
    statement = (
        select(
            AtlasEntry.id, AtlasEntry.number, AtlasEntry.area_id, AtlasEntry.place_path,
            AtlasEntry.position, AtlasEntry.title, AtlasEntry.located, AtlasEntry.hours,
            AtlasEntry.office_phone, AtlasEntry.offers, AtlasEntry.bring,
        )
        .where(AtlasEntry.ended_on.is_(None), *where)
        .order_by(AtlasEntry.position, AtlasEntry.id)
        .limit(MOST)
    )  # fmt: skip
    return [ServiceRow(**row) for row in session.execute(statement).mappings()]


def services_of(session: Session, area_id: UUID) -> list[ServiceRow]:
    """The atlas of a place, in its order."""
    return _services(session, AtlasEntry.area_id == area_id)


def service_by_number(session: Session, number: str) -> ServiceRow | None:
    """A line that stands."""
    return next(iter(_services(session, AtlasEntry.number == number)), None)
