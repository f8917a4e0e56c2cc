"""A table that was sent: opened for as long as it is read."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.kernel.sheets import Encoding, Sheet, open_sheet


@contextmanager
def opened(content: bytes, encoding: Encoding) -> Iterator[Sheet]:
    """The table in a file's bytes, CSV or XLSX. Raises BadData, at once or while it is read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("table.xlsx" if content[:2] == b"PK" else "table.csv")
        path.write_bytes(content)
        yield open_sheet(path, encoding)
