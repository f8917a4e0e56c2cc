"""The report on dispatch (派遣指标落实情况, R263): its columns, its rates and its file. Pure."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

FILE: Final = "dispatch.csv"
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
COUNTS: Final = (
    "to_accept", "accepted_in_time", "dispatched", "dispatched_in_time", "given", "given_right",
    "returned", "passed_on", "due", "in_time",
)  # fmt: skip
MEDIANS: Final = ("accept_median", "dispatch_median")
COLUMNS: Final = (
    "month", "kind", "code", "name", "name_zh_Hant", "name_en", *COUNTS,
    "accept_median_minutes", "dispatch_median_minutes",
    "accept_limit_minutes", "dispatch_limit_minutes",
)  # fmt: skip


class RowKind(StrEnum):
    """Whose row it is: a street's desk, a unit, or all together."""

    CITY = "city"
    STREET = "street"
    UNIT = "unit"


class Rate(StrEnum):
    """What the report says of each, as a part of a whole."""

    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    RIGHT = "right"
    RETURNED = "returned"
    PASSED_ON = "passed_on"
    IN_TIME = "in_time"


PARTS: Final[Mapping[Rate, tuple[str, str]]] = {
    Rate.ACCEPTED: ("accepted_in_time", "to_accept"),
    Rate.DISPATCHED: ("dispatched_in_time", "dispatched"),
    Rate.RIGHT: ("given_right", "given"),
    Rate.RETURNED: ("returned", "given"),
    Rate.PASSED_ON: ("passed_on", "given"),
    Rate.IN_TIME: ("in_time", "due"),
}


@dataclass(frozen=True)
class DispatchRow:
    """A row: its counts, and how long matters waited in the middle (working minutes)."""

    kind: RowKind
    code: str
    names: Mapping[str, str]
    counts: Mapping[str, int]
    accept_median: int | None = None
    dispatch_median: int | None = None

    def part(self, rate: Rate) -> int:
        return self.counts[PARTS[rate][0]]

    def whole(self, rate: Rate) -> int:
        return self.counts[PARTS[rate][1]]


@dataclass(frozen=True)
class DispatchTable:
    """A month's report."""

    month: str
    accept_limit: int
    dispatch_limit: int
    rows: Sequence[DispatchRow]


def csv_of(table: DispatchTable) -> str:
    """The file: the same table is the same text, RFC 4180 lines."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in table.rows:
        names = (row.names.get(language, "") for language in ("zh_Hans", "zh_Hant", "en"))
        writer.writerow((
            table.month, row.kind.value, row.code, *map(_plain, names),
            *(row.counts[name] for name in COUNTS),
            *("" if one is None else one for one in (row.accept_median, row.dispatch_median)),
            table.accept_limit, table.dispatch_limit,
        ))  # fmt: skip
    return out.getvalue()


def bytes_of(text: str) -> bytes:
    """The file as it is served and sealed: with the mark that office programs look for."""
    return text.encode("utf-8-sig")


def _plain(text: str) -> str:
    # an office program would run such words as a formula
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def table_of(month: str, text: str) -> DispatchTable:
    """The table of a file: the page shows what anybody can download."""
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    first = lines[0] if lines else {}
    accept, dispatch = (
        int(first.get(f"{name}_limit_minutes", 0)) for name in ("accept", "dispatch")
    )
    return DispatchTable(month, accept, dispatch, [_row(line) for line in lines])


def _row(line: Mapping[str, str]) -> DispatchRow:
    names = {"zh_Hans": line["name"], "zh_Hant": line["name_zh_Hant"], "en": line["name_en"]}
    return DispatchRow(
        RowKind(line["kind"]),
        line["code"],
        {language: name.removeprefix("'") for language, name in names.items() if name},
        {name: int(line[name]) for name in COUNTS},
        *(int(line[f"{name}_minutes"]) if line[f"{name}_minutes"] else None for name in MEDIANS),
    )


def sum_of(rows: Iterable[DispatchRow]) -> dict[str, int]:
    """The counts of several rows together."""
    rows = list(rows)
    return {name: sum(row.counts[name] for row in rows) for name in COUNTS}
