"""Figures of frontages by street: shares with what they are shares of; small ones are withheld."""

from dataclasses import dataclass
from typing import Final

# fewer shops than this would be known one by one
SMALLEST: Final = 10


@dataclass(frozen=True)
class Share:
    """``of`` None: withheld, and with it ``got``."""

    got: int | None
    of: int | None

    @property
    def value(self) -> float | None:
        """Between 0 and 1."""
        return self.got / self.of if self.got is not None and self.of else None


@dataclass(frozen=True)
class Counts:
    """Open places and those that pledged; places that were looked at in the quarter and those at
    which nothing was found not kept; breaches due in the quarter and those put right in time."""

    places: int = 0
    pledged: int = 0
    looked_at: int = 0
    kept: int = 0
    due: int = 0
    in_time: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.places + other.places, self.pledged + other.pledged,
            self.looked_at + other.looked_at, self.kept + other.kept, self.due + other.due,
            self.in_time + other.in_time,
        )  # fmt: skip

    @property
    def shares(self) -> tuple[Share, Share, Share]:
        """Pledged, kept, rectified in time, as everybody may read them."""
        pairs = ((self.pledged, self.places), (self.kept, self.looked_at), (self.in_time, self.due))
        return (_share(*pairs[0]), _share(*pairs[1]), _share(*pairs[2]))


def _share(got: int, of: int) -> Share:
    return Share(got, of) if of >= SMALLEST else Share(None, None)
