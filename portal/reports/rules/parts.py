"""How a matter is shared among units. Pure."""

from typing import Final

# more than a desk can lead at once
MOST_OPEN_PARTS: Final = 8
# so many can be split off on one page
PARTS_AT_ONCE: Final = 3
