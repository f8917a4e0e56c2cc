"""Pictures for tests that look at what was drawn."""

import re

from PIL import Image, ImageDraw


def picture_of_svg(svg: str) -> Image.Image:
    """The modules of a QR that ``portal.kernel.qr`` drew, as a picture that a reader can read."""
    box = re.search(r'viewbox="0 0 (\d+) (\d+)"', svg, re.IGNORECASE)
    assert box is not None, svg[:200]
    scale = 8
    size = int(float(box[1])) * scale
    picture = Image.new("L", (size, size), 255)
    draw = ImageDraw.Draw(picture)
    for x, y in re.findall(r"M(\d+),(\d+)H\d+V\d+H\d+z", svg):
        left, top = int(x) * scale, int(y) * scale
        draw.rectangle((left, top, left + scale - 1, top + scale - 1), fill=0)
    return picture
