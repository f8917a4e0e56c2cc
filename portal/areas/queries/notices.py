"""Public notices: those that stand now, and those that stood lately."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from portal.areas.models import Area, PublicNotice
from portal.areas.rules import GRAVEST_FIRST, NoticeLevel


@dataclass(frozen=True)
class NoticeRow:
    """A notice with the place it is about; ``places`` and ``words`` by language."""

    id: UUID
    level: NoticeLevel
    words: Mapping[str, str]
    issuer: str
    begins_at: datetime
    ends_at: datetime
    area_code: str
    area_path: str
    places: Mapping[str, str]

    def stands(self, moment: datetime) -> bool:
        return self.begins_at <= moment < self.ends_at

    @property
    def of_city(self) -> bool:
        """Whether it is about all of the city: then no place need be named."""
        return self.area_path.count("/") == 2


def notices_at(session: Session, moment: datetime) -> list[NoticeRow]:
    """What stands at a moment, gravest first, then newest."""
    found = _notices(session, PublicNotice.ends_at > moment, PublicNotice.begins_at <= moment)
    return sorted(found, key=lambda row: GRAVEST_FIRST.index(row.level))


def notices_since(session: Session, moment: datetime, path: str | None = None) -> list[NoticeRow]:
    """What stood at some time since a moment, newest first; below a path of the tree only."""
    where = [PublicNotice.ends_at > moment]
    if path is not None:
        where.append(Area.path.startswith(path, autoescape=True))
    return _notices(session, *where)


def notice_by_id(session: Session, notice_id: UUID) -> NoticeRow | None:
    """One notice."""
    return next(iter(_notices(session, PublicNotice.id == notice_id)), None)


@dataclass(frozen=True)
class Telling:
    """A notice whose followers are being told, and the last of them that were."""

    notice: NoticeRow
    told_after: UUID | None


def telling_at(session: Session, moment: datetime) -> Telling | None:
    """A standing notice of which not every follower has been told, the oldest first."""
    found = session.execute(
        select(PublicNotice.id, PublicNotice.told_after)
        .where(
            PublicNotice.tell,
            PublicNotice.told_at.is_(None),
            PublicNotice.begins_at <= moment,
            PublicNotice.ends_at > moment,
        )
        .order_by(PublicNotice.begins_at, PublicNotice.id)
        .limit(1)
    ).one_or_none()
    notice = notice_by_id(session, found.id) if found else None
    return Telling(notice, found.told_after) if found and notice else None


def _notices(session: Session, *where: ColumnElement[bool]) -> list[NoticeRow]:
    rows = session.execute(
        select(PublicNotice, Area)
        .join(Area, Area.id == PublicNotice.area_id)
        .where(*where)
        .order_by(PublicNotice.begins_at.desc(), PublicNotice.id.desc())
    )
    return [_row(notice, area) for notice, area in rows]


def _row(notice: PublicNotice, area: Area) -> NoticeRow:
    return NoticeRow(
        id=notice.id,
        level=notice.level,
        words=_by_language(notice.words_zh_hans, notice.words_zh_hant, notice.words_en),
        issuer=notice.issuer,
        begins_at=notice.begins_at,
        ends_at=notice.ends_at,
        area_code=area.code,
        area_path=area.path,
        places=_by_language(area.name_zh_hans, area.name_zh_hant, area.name_en),
    )


def _by_language(zh_hans: str, zh_hant: str | None, en: str | None) -> dict[str, str]:
    found = {"zh_Hans": zh_hans, "zh_Hant": zh_hant, "en": en}
    return {language: text for language, text in found.items() if text}
