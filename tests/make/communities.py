"""What stands in a community, for tests: a station, heads, a board, a mobile stop, an atlas."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.conventions.models import (
    AtlasEntry,
    Body,
    Errand,
    Estate,
    Head,
    MobileStop,
    Notice,
    OwnersCommittee,
    OwnersMember,
    Station,
)
from portal.conventions.rules.community import BodyKind, HeadRole, NoticeKind
from portal.kernel.instance import instance_of
from tests.make.conventions import NOW, TODAY

OFFICE = "+8653200000000"  # nobody's


def _put(session: Session, row: Any) -> Any:
    session.add(row)
    # others refer to it by its key or its number
    session.flush()
    return row


def _at(area: Area, values: dict[str, Any]) -> dict[str, Any]:
    return {"area_id": area.id, "place_path": area.path, **values}


def station(session: Session, area: Area, **changes: Any) -> Station:
    """A station that is open on workdays."""
    values = {
        "title": "东阁社区自治工作站", "located": "东阁街道1号", "updated_at": NOW,
        "hours": "12345 08:30-12:00 14:00-17:30", "office_phone": OFFICE,
    }  # fmt: skip
    row: Station = _put(session, Station(**_at(area, values) | changes))
    return row


def head(session: Session, area: Area, name: str = "孙桂英", **changes: Any) -> Head:
    """A building head whose name nobody may read."""
    values = {
        "role": HeadRole.BUILDING, "covers": "3号楼", "starts_on": date(2026, 1, 1),
        "sealed_name": instance_of(session).vault.seal(name), "made_at": NOW,
    }  # fmt: skip
    row: Head = _put(session, Head(**_at(area, values) | changes))
    return row


def errand(session: Session, of: Head, words: str = "三楼的灯坏了。", **changes: Any) -> Errand:
    """A matter that a resident wrote to a head."""
    values = {
        "area_id": of.area_id, "place_path": of.place_path, "head_id": of.id, "at": NOW,
        "sealed_words": instance_of(session).vault.seal(words),
    }  # fmt: skip
    row: Errand = _put(session, Errand(**values | changes))
    return row


def notice(session: Session, area: Area, title: str = "停水通知", **changes: Any) -> Notice:
    """A notice that hangs for a week."""
    values = {
        "kind": NoticeKind.NOTICE, "title": title, "markdown": "明天上午停水。", "made_at": NOW,
        "starts_on": TODAY, "ends_on": TODAY + timedelta(days=7),
    }  # fmt: skip
    row: Notice = _put(session, Notice(**_at(area, values) | changes))
    return row


def stop(session: Session, area: Area, **changes: Any) -> MobileStop:
    """A stop of the mobile station in two days."""
    starts = NOW + timedelta(days=2)
    values = {
        "located": "东门广场", "offers": "证照咨询", "starts_at": starts,
        "ends_at": starts + timedelta(hours=2), "made_at": NOW,
    }  # fmt: skip
    row: MobileStop = _put(session, MobileStop(**_at(area, values) | changes))
    return row


def service(session: Session, area: Area, **changes: Any) -> AtlasEntry:
    """A service of the atlas."""
    values = {
        "position": 1, "title": "临时占道申请", "located": "便民服务大厅2号窗口", "updated_at": NOW,
        "hours": "工作日 9:00–16:00", "office_phone": OFFICE, "offers": "咨询、受理",
        "bring": "身份证",
    }  # fmt: skip
    row: AtlasEntry = _put(session, AtlasEntry(**_at(area, values) | changes))
    return row


def body(session: Session, area: Area, **changes: Any) -> Body:
    """A self-discipline organisation."""
    values = {
        "kind": BodyKind.RESIDENTS, "title": "东苑邻里自律会", "members": 12, "made_at": NOW,
        "founded_on": date(2026, 3, 1), "does": "劝导不文明养犬",
    }  # fmt: skip
    row: Body = _put(session, Body(**_at(area, values) | changes))
    return row


def estate(session: Session, area: Area, **changes: Any) -> Estate:
    """An estate of which nothing more is known."""
    values = {"title": "东苑小区", "homes": 420, "made_at": NOW}
    row: Estate = _put(session, Estate(**_at(area, values) | changes))
    return row


def owners(session: Session, of: Estate, **changes: Any) -> OwnersCommittee:
    """An owners' committee that is not filed yet."""
    values = {
        "estate_id": of.id, "elected_on": date(2026, 1, 10), "made_at": NOW,
        "term_starts_on": date(2026, 2, 1), "term_ends_on": date(2031, 1, 31),
    }  # fmt: skip
    row: OwnersCommittee = _put(session, OwnersCommittee(**values | changes))
    return row


def member(session: Session, of: OwnersCommittee, **changes: Any) -> OwnersMember:
    """A member whose name nobody may read."""
    values = {
        "committee_id": of.id, "office": "主任", "starts_on": date(2026, 2, 1),
        "sealed_name": instance_of(session).vault.seal("周建国"),
    }  # fmt: skip
    row: OwnersMember = _put(session, OwnersMember(**values | changes))
    return row
