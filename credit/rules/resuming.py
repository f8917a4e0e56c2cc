"""What is said of a loss when a new log is begun: its first statement names what is gone. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from credit.rules.canonical import Json


class ResumeRefusal(StrEnum):
    """Why no new log is begun."""

    GOES_ON = "resume.goes_on"
    SEALING = "resume.sealing"
    ONE_PERSON = "resume.one_person"
    NO_REASON = "resume.no_reason"


@dataclass(frozen=True)
class Lost:
    """Entries ``begin`` to ``end`` (not included) of a log were sealed and are not here any more.

    ``root`` is what was signed over all of them; None when nobody can say how many there were.
    """

    origin: str
    begin: int
    end: int
    root: bytes | None

    def content(self) -> dict[str, Json]:
        """How the statement says it."""
        root = self.root.hex() if self.root else ""
        return {"from": self.begin, "origin": self.origin, "root": root, "to": self.end}

    def __str__(self) -> str:
        if self.root is None:
            return f"{self.origin}: whatever was sealed from entry {self.begin} on"
        if self.begin == self.end:
            return f"{self.origin}: nothing that was sealed"
        return f"{self.origin}: entries {self.begin} to {self.end - 1}"


def next_origin(first: str, number: int) -> str:
    """The name of a later log."""
    return f"{first}/{number}"
