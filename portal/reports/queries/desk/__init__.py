"""The desk's lists and what they are narrowed to."""

from portal.reports.queries.desk.lists import (
    PAGE,
    Cursor,
    DeskPage,
    DeskRow,
    cursor_of,
    desk_counts,
    desk_page,
    read_cursor,
)
from portal.reports.queries.desk.options import (
    PlaceOption,
    area_names,
    category_names,
    place_options,
    units_named,
)
from portal.reports.queries.desk.reach import TO_CHECK, inside, is_late_now, reach

__all__ = [
    "PAGE",
    "TO_CHECK",
    "Cursor",
    "DeskPage",
    "DeskRow",
    "PlaceOption",
    "area_names",
    "category_names",
    "cursor_of",
    "desk_counts",
    "desk_page",
    "inside",
    "is_late_now",
    "place_options",
    "reach",
    "read_cursor",
    "units_named",
]
