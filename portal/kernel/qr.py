"""QR codes as inline SVG and as pictures: the one place that knows which library draws them."""

import io
from itertools import groupby
from typing import Final

import qrcode
from markupsafe import Markup
from qrcode.image.pil import PilImage
from qrcode.image.svg import SvgPathImage
from qrcode.util import lost_point

QUIET: Final = 4


def qr_svg(text: str, *, outdoors: bool = False) -> Markup:
    """An ``<svg>`` element for a page or a print. It has no fill of its own: CSS may colour it.

    ``outdoors``: level Q, for what hangs in sun and rain; a quarter of it may be worn off.
    """
    stream = io.BytesIO()
    _code(text, outdoors=outdoors).make_image(image_factory=SvgPathImage).save(stream)
    markup = stream.getvalue().decode()
    # two codes may stand on one page
    drawing = markup[markup.index("<svg") :].replace(' id="qr-path"', "")
    return Markup(drawing)  # noqa: S704 - nothing but our library's path is in it


def qr_png(text: str) -> bytes:
    """A picture of level Q for an ``<img>``, which a long press in a chat program reads."""
    stream = io.BytesIO()
    _code(text, outdoors=True).make_image(image_factory=PilImage).save(stream)
    return stream.getvalue()


def qr_path(text: str) -> tuple[str, int]:
    """The dark modules of a code of level Q as an SVG path of unit squares, and how many modules
    wide it is with its quiet zone of four. For ten thousand at once: of the eight masks the better
    of two is taken, which any reader knows by the code itself."""
    found = min((_masked(text, mask) for mask in (2, 5)), key=lost_point)
    drawn = list[str]()
    for y, row in enumerate(found):
        x = 0
        for dark, run in groupby(row):
            length = sum(1 for _ in run)
            if dark:
                drawn.append(f"M{x + QUIET} {y + QUIET}h{length}v1h-{length}z")
            x += length
    return "".join(drawn), len(found) + 2 * QUIET


def _masked(text: str, mask: int) -> list[list[bool]]:
    level = qrcode.constants.ERROR_CORRECT_Q
    code = qrcode.QRCode(error_correction=level, border=QUIET, mask_pattern=mask)
    code.add_data(text)
    code.make()
    return [[bool(cell) for cell in row] for row in code.modules]


def _code(text: str, *, outdoors: bool) -> qrcode.QRCode:
    levels = qrcode.constants
    level = levels.ERROR_CORRECT_Q if outdoors else levels.ERROR_CORRECT_M
    code = qrcode.QRCode(error_correction=level, border=4)
    code.add_data(text)
    return code


def qr_text(text: str) -> str:
    """A QR for a terminal, made of half blocks."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=2)
    code.add_data(text)
    stream = io.StringIO()
    code.print_ascii(out=stream, invert=True)
    return stream.getvalue()
