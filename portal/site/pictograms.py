"""The drawn signs of ``static/img/pictograms.svg``: which there are, and which one to show."""

import re
from functools import cache
from typing import Final

from portal.kernel.config import CHECKOUT

SPRITE: Final = "img/pictograms.svg"
NONE_FITS: Final = "other"
_SYMBOL = re.compile(r'<symbol id="([^"]+)"')


@cache
def signs() -> tuple[str, ...]:
    """The names of the signs, in the order of the file."""
    return tuple(_SYMBOL.findall((CHECKOUT / "static" / SPRITE).read_text("utf-8")))


def sign(code: str) -> str:
    """The sign of a code; a city may have kinds of problems that nobody has drawn yet."""
    return code if code in signs() else NONE_FITS
