"""QR codes as inline SVG and as pictures: the one place that knows which library draws them."""

import io

import qrcode
from markupsafe import Markup
from qrcode.image.pil import PilImage
from qrcode.image.svg import SvgPathImage


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
