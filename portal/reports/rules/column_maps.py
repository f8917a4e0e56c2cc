"""A map of columns that staff put together on a page. Pure; it is read like one from a file."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from portal.kernel.geo import System
from portal.reports.rules.codes import Source
from portal.reports.rules.layouts import KINDS, Layout, Says

# in place of a map: the one whose columns the file has
BY_COLUMNS: Final = ""
MOST_NAME, MOST_SYSTEM = 60, 40
# what a page can offer: the others need lists of words beside the column, so a file of their own
OFFERED: Final = tuple(
    says for says in Says if says not in {Says.STATUS, Says.ON_TIME, Says.CHANNEL, Says.UNREAD}
)


class MapRefusal(StrEnum):
    """Why a map cannot be saved."""

    NO_NAME = "map.no_name"
    NAME_TAKEN = "map.name_taken"
    NO_SYSTEM = "map.no_system"
    NO_NUMBER = "map.no_number"
    NO_TIME = "map.no_time"
    NO_FORMAT = "map.no_format"
    NO_KIND = "map.no_kind"
    HALF_POINT = "map.half_point"
    TWICE = "map.twice"
    GONE = "map.gone"


@dataclass(frozen=True)
class MapWish:
    """What somebody says of a file: its columns, and what they mean."""

    name: str
    system: str
    source: Source
    columns: Mapping[str, Says]
    format: str
    category: str | None = None
    point: System = System.WGS84

    def spec(self, class_kinds: Mapping[str, str]) -> dict[str, Any]:
        """As it would stand in a file of its own. ``class_kinds``: the two kinds of the trade."""
        return {
            "system": self.system,
            "source": self.source.value,
            "columns": {name: says.value for name, says in self.columns.items()},
            "times": {"formats": [self.format]},
            "point": {"system": self.point.value},
            "class_kinds": dict(class_kinds),
            "categories": {"default": self.category} if self.category else {},
        }


def what_is_wrong_with(wish: MapWish, formats: Collection[str]) -> list[tuple[str, MapRefusal]]:
    """Everything that is missing, by field. A field of a column is named by its place."""
    said = set(wish.columns.values())
    checks = (
        (not 0 < len(wish.name) <= MOST_NAME, "name", MapRefusal.NO_NAME),
        (not 0 < len(wish.system) <= MOST_SYSTEM, "system", MapRefusal.NO_SYSTEM),
        (Says.NUMBER not in said, "column_0", MapRefusal.NO_NUMBER),
        (Says.FOUND_AT not in said, "column_0", MapRefusal.NO_TIME),
        (wish.format not in formats, "format", MapRefusal.NO_FORMAT),
        (not wish.category and not said & set(KINDS), "category", MapRefusal.NO_KIND),
        ((Says.LON in said) is not (Says.LAT in said), "point", MapRefusal.HALF_POINT),
    )
    return [*((field, why) for wrong, field, why in checks if wrong), *_twice(wish)]


def _twice(wish: MapWish) -> Iterable[tuple[str, MapRefusal]]:
    counts: Counter[Says] = Counter(wish.columns.values())
    for at, says in enumerate(wish.columns.values()):
        if says is not Says.UNREAD and counts[says] > 1:
            yield f"column_{at}", MapRefusal.TWICE


def fitting(header: Sequence[str], layouts: Iterable[Layout]) -> list[str]:
    """The maps of which a file has every column that they read: those that read most of it."""
    there = set(header)
    reads = {layout.code: _read_by(layout) for layout in layouts}
    most = max((len(read) for read in reads.values() if read <= there), default=0)
    return [code for code, read in reads.items() if read <= there and len(read) == most]


def _read_by(layout: Layout) -> set[str]:
    return {name for name, says in layout.columns.items() if says is not Says.UNREAD}


def likely(
    header: Sequence[str], known: Iterable[Layout], names: Mapping[str, Says]
) -> dict[str, Says]:
    """What columns probably say: as in a map that has such a column, or by their usual names."""
    found: dict[str, Says] = {}
    columns = {name: says for layout in known for name, says in layout.columns.items()}
    for name in header:
        says = columns.get(name) or names.get(name.strip().casefold())
        if says in OFFERED and says not in found.values():
            found[name] = says
    return found
