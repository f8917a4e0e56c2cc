"""QR codes as inline SVG: the one place that knows which library draws them."""

import io

import qrcode
from markupsafe import Markup
from qrcode.image.svg import SvgPathImage


def qr_svg(text: str) -> Markup:
    """An ``<svg>`` element for a page or a print. It has no fill of its own: CSS may colour it."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(text)
    stream = io.BytesIO()
    code.make_image(image_factory=SvgPathImage).save(stream)
    markup = stream.getvalue().decode()
    # two codes may stand on one page
    drawing = markup[markup.index("<svg") :].replace(' id="qr-path"', "")
    return Markup(drawing)  # noqa: S704 - nothing but our library's path is in it


def qr_text(text: str) -> str:
    """A QR for a terminal, made of half blocks."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=2)
    code.add_data(text)
    stream = io.StringIO()
    code.print_ascii(out=stream, invert=True)
    return stream.getvalue()
