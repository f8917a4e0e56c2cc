"""A page to look at, and who looks."""

from dataclasses import dataclass

STAFF = ("/desk", "/parts", "/admin", "/audit")


@dataclass(frozen=True)
class Stop:
    """One page to look at; ``who``: whose account, empty for a passer-by."""

    name: str
    who: str
    path: str
    status: int = 200

    @property
    def is_staffs(self) -> bool:
        """Whether nobody but the staff sees it."""
        return self.path.startswith(STAFF)
