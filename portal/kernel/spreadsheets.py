"""Tables for others: CSV that office programs open rightly and never run as formulas."""

import csv
import io
from collections.abc import Iterable, Sequence

# what makes a cell a formula, also in full width as Chinese input methods write it
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> str:
    """A cell as text; words that an office program would run are made plain by an apostrophe."""
    if value is None:
        return ""
    text = str(value)
    harmless = isinstance(value, int | float)
    return "'" + text if text.startswith(_FORMULA_STARTS) and not harmless else text


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file in UTF-8 with the mark by which office programs know it (RFC 4180 lines)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig", "replace")
