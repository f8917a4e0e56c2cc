"""Sheets of plaques for a printer: files that need no server, no network and no other file."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from pledges.queries.plaques import BatchRow, batch_by_number, codes_of_batch
from pledges.rules.plaques import ON_A_SHEET, PlaqueRefusal, PlaqueState
from portal.kernel.errors import Refused
from portal.kernel.ids import clean_number
from portal.kernel.qr import qr_path

# a file of a hundred sheets opens in any browser
IN_A_FILE: Final = 100 * ON_A_SHEET
AT_ONCE: Final = 1_000
USABLE: Final = frozenset({PlaqueState.ISSUED, PlaqueState.BOUND})
# the code is 42 mm wide with its quiet zone, so that its modules take more than 30 mm
STYLE: Final = """
@page { size: A4; margin: 10mm }
body { margin: 0; font-family: "Noto Sans CJK SC", "Source Han Sans SC", sans-serif }
.sheet { display: grid; grid-template-columns: repeat(3, 1fr); grid-auto-rows: 69mm;
  width: 190mm; break-after: page }
.face { display: grid; align-content: center; justify-items: center; gap: 1mm; margin: 0;
  padding: 2mm; border: 1px dashed #999; text-align: center; break-inside: avoid; font-size: 8pt }
.face svg { width: 42mm; height: 42mm }
.face b { font-size: 9pt }
.face strong { font-size: 11pt; letter-spacing: .08em }
"""


@dataclass(frozen=True)
class Face:
    """What stands on every plaque besides its code: whose it is, what a scan gives, and where the
    codes lead (``https://…/p/``)."""

    site: str
    words: str
    address: str
    language: str
    title: str


def batch_to_print(session: Session, typed: str) -> BatchRow:
    """A batch by its number as typed. Raises Refused."""
    row = batch_by_number(session, clean_number(typed) or "")
    if row is None:
        raise Refused(PlaqueRefusal.NOT_OURS)
    return row


def codes_to_print(session: Session, batch: BatchRow) -> Iterator[str]:
    """The codes of a batch that can still be used, in their order."""
    after = ""
    while rows := codes_of_batch(session, batch.id, after=after, limit=AT_ONCE):
        yield from (row.code for row in rows if row.state in USABLE)
        after = rows[-1].code


def write_sheets(
    folder: Path, name: str, codes: Sequence[str], face: Face, tick: Callable[[int], object]
) -> list[Path]:
    """Write the sheets as HTML; the files. ``tick`` is told how many plaques were drawn more.
    Raises FileExistsError: what may hang at the printer's is not overwritten."""
    files = []
    for at in range(0, len(codes), IN_A_FILE):
        path = folder / f"{name}-{at // IN_A_FILE + 1:03}.html"
        with path.open("x", encoding="utf-8") as file:
            file.write(_head(face))
            for first in range(at, min(at + IN_A_FILE, len(codes)), ON_A_SHEET):
                sheet = codes[first : min(first + ON_A_SHEET, at + IN_A_FILE)]
                file.write(f'<div class="sheet">{"".join(_drawn(c, face) for c in sheet)}</div>\n')
                tick(len(sheet))
            file.write("</body></html>\n")
        files.append(path)
    return files


def _head(face: Face) -> str:
    return (
        f'<!doctype html><html lang="{face.language}"><head><meta charset="utf-8">'
        f"<title>{escape(face.title)}</title><style>{STYLE}</style></head><body>\n"
    )


def _drawn(code: str, face: Face) -> str:
    link = f"{face.address}{code}"
    path, wide = qr_path(link)
    shown = link.removeprefix("https://").removeprefix("http://")
    return (
        f'<figure class="face"><b>{escape(face.site)}</b>'
        f'<svg viewBox="0 0 {wide} {wide}" shape-rendering="crispEdges"><path d="{path}"/></svg>'
        f"<span>{escape(face.words)}</span><strong>{escape(code)}</strong>"
        f"<span>{escape(shown)}</span></figure>"
    )
