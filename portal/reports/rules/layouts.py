"""Saved column maps: what each column of another system's file says, and how it is meant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from portal.kernel.geo import System
from portal.reports.rules.codes import Source


class Says(StrEnum):
    """What a column says. ``UNREAD`` is not taken over, and is empty in what we hand out."""

    NUMBER = "number"
    SUBJECT = "subject"
    WORDS = "words"
    ADDRESS = "address"
    FOUND_AT = "found_at"
    TARGET_AT = "target_at"
    ANSWER = "answer"
    ANSWERED_AT = "answered_at"
    CLOSED_AT = "closed_at"
    CLOSING = "closing"
    STATUS = "status"
    ON_TIME = "on_time"
    HANDLED_COUNT = "handled_count"
    LATE_COUNT = "late_count"
    CASE_COUNT = "case_count"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    CLASS_KIND = "class_kind"
    MAJOR_KIND = "major_kind"
    KIND = "kind"
    LON = "lon"
    LAT = "lat"
    UNIT = "unit"
    CHANNEL = "channel"
    PHONE = "phone"
    UNREAD = "unread"


# without these no row can become a case
NEEDED = (Says.NUMBER, Says.FOUND_AT)
PLACES = (Says.DISTRICT, Says.STREET, Says.COMMUNITY)
TIMES = (Says.FOUND_AT, Says.TARGET_AT, Says.ANSWERED_AT, Says.CLOSED_AT)
KINDS = (Says.KIND, Says.MAJOR_KIND)


class Standing(StrEnum):
    """What a status cell of the other system means."""

    OPEN = "open"
    CLOSED = "closed"


class ClassKind(StrEnum):
    """The two kinds of classes of the trade."""

    EVENT = "event"
    COMPONENT = "component"


@dataclass(frozen=True)
class Layout:
    """One saved map. ``columns`` keeps the file's order: what we hand out looks the same.

    ``system`` is the numbering: an external number is unique in it. ``names``: what people call it.
    """

    code: str
    system: str
    source: Source
    columns: Mapping[str, Says]
    formats: tuple[str, ...]
    zone: ZoneInfo | None = None
    point: System = System.WGS84
    place: str | None = None
    category: str | None = None
    categories: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[str, Standing] = field(default_factory=dict)
    on_time: Mapping[str, bool] = field(default_factory=dict)
    channels: Mapping[str, Source] = field(default_factory=dict)
    # what the other system calls events and components
    class_kinds: Mapping[str, ClassKind] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def column(self, says: Says) -> str | None:
        """The first column that says this."""
        return next((name for name, what in self.columns.items() if what is says), None)

    def has(self, says: Says) -> bool:
        return self.column(says) is not None


_KEYS = {
    "system", "source", "columns", "times", "point", "place", "categories", "statuses", "on_time",
    "channels", "class_kinds", "names",
}  # fmt: skip


def read_layout(code: str, data: Mapping[str, Any]) -> Layout:
    """A map as it stands in its file. Raises ValueError with what is wrong."""
    unknown = set(data) - _KEYS
    if unknown:
        raise ValueError(f"unknown key {', '.join(sorted(unknown))}")
    times, kinds = dict(data.get("times", {})), dict(data.get("categories", {}))
    zone = times.get("zone")
    layout = Layout(
        code=code,
        system=_text(data, "system"),
        source=Source(_text(data, "source")),
        columns={name: Says(what) for name, what in dict(data.get("columns", {})).items()},
        formats=tuple(times.get("formats", ())),
        zone=ZoneInfo(zone) if zone else None,
        point=System(dict(data.get("point", {})).get("system", System.WGS84)),
        place=data.get("place"),
        category=kinds.pop("default", None),
        categories=kinds,
        statuses={k: Standing(v) for k, v in dict(data.get("statuses", {})).items()},
        on_time={k: bool(v) for k, v in dict(data.get("on_time", {})).items()},
        class_kinds={k: ClassKind(v) for k, v in dict(data.get("class_kinds", {})).items()},
        channels={k: Source(v) for k, v in dict(data.get("channels", {})).items()},
        names={k: str(v) for k, v in dict(data.get("names", {})).items()},
    )
    _check(layout)
    return layout


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= 40:
        raise ValueError(f"{key}: a short text is needed")
    return value


def _check(layout: Layout) -> None:
    missing = [says.value for says in NEEDED if not layout.has(says)]
    if missing:
        raise ValueError(f"no column says {', '.join(missing)}")
    told = [says for says in layout.columns.values() if says is not Says.UNREAD]
    twice = sorted({says.value for says in told if told.count(says) > 1})
    if twice:
        raise ValueError(f"two columns say {', '.join(twice)}")
    if not layout.formats:
        raise ValueError("times.formats: at least one, like %Y/%m/%d %H:%M:%S")
    if layout.has(Says.LON) != layout.has(Says.LAT):
        raise ValueError("a point needs both lon and lat")
    if layout.category is None and not any(layout.has(says) for says in KINDS):
        raise ValueError("categories.default: needed where no column says the kind")
