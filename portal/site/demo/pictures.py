"""Drawn pictures for the demo: a street before and after, plainly no photographs of anywhere."""

from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

SIZE = (960, 720)
SKIES = ((206, 228, 240), (228, 232, 226), (190, 212, 230), (240, 224, 204))
HOUSES = ((203, 178, 150), (176, 190, 180), (210, 200, 190), (188, 166, 160))
RUBBISH = ((96, 84, 70), (60, 110, 80), (170, 60, 50), (50, 70, 120), (230, 220, 200))


def street(seed: int, *, clean: bool) -> bytes:
    """A street scene as JPEG. The same seed gives the same street, with or without the mess."""
    rng = Random(seed)  # noqa: S311  a drawing, no secret
    image = Image.new("RGB", SIZE, rng.choice(SKIES))
    draw = ImageDraw.Draw(image)
    _houses(draw, rng)
    draw.rectangle((0, 470, 960, 560), fill=(190, 186, 178))
    draw.rectangle((0, 560, 960, 720), fill=(96, 98, 102))
    for left in range(-40 + seed * 17 % 60, 960, 160):
        draw.rectangle((left, 632, left + 80, 642), fill=(235, 235, 225))
    _trees(draw, rng)
    if not clean:
        _mess(draw, rng)
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=82)
    return buffer.getvalue()


def _houses(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    left = -20
    while left < SIZE[0]:
        width, top = rng.randint(130, 220), rng.randint(120, 260)
        draw.rectangle((left, top, left + width, 470), fill=rng.choice(HOUSES))
        for x in range(left + 18, left + width - 30, 44):
            for y in range(top + 24, 400, 58):
                draw.rectangle((x, y, x + 22, y + 30), fill=(120, 140, 150))
        draw.rectangle((left + 12, 410, left + width - 12, 470), fill=(150, 60, 50))
        left += width + 6


def _trees(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    for left in range(rng.randint(30, 120), SIZE[0], 260):
        draw.rectangle((left, 360, left + 14, 480), fill=(92, 70, 50))
        draw.ellipse((left - 52, 250, left + 66, 384), fill=(74, 124, 78))


def _mess(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    centre = rng.randint(240, 720)
    for _ in range(46):
        x = int(rng.gauss(centre, 70))
        y = int(rng.gauss(535, 18))
        size = rng.randint(8, 34)
        box = (x, y, x + size, y + size * 2 // 3)
        (draw.ellipse if rng.random() < 0.5 else draw.rectangle)(box, fill=rng.choice(RUBBISH))
