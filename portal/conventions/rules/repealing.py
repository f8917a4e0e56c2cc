"""A decision to repeal a convention: a text of its own, voted on and published like any other."""

from dataclasses import dataclass
from functools import cache
from typing import Final

from portal.conventions.rules.kinds import DATA
from portal.conventions.rules.lists import rows_of
from portal.conventions.rules.texts import LONGEST_TITLE

WORDS: Final = DATA / "repeal-words.tsv"


@dataclass(frozen=True)
class Repeal:
    """The words with which such a decision begins."""

    title: str
    heading: str
    clause: str


@cache
def _shipped() -> dict[str, str]:
    return {row["part"]: row["text"] for row in rows_of(WORDS)}


def repeal_of(title: str, version: int) -> Repeal:
    """The decision to repeal what is called ``title``. A long name is cut in the name of the
    decision, and stands whole in its clause."""
    said = _shipped()
    room = LONGEST_TITLE - len(said["title"].format(title=""))
    short = title if len(title) <= room else f"{title[: room - 1]}…"
    return Repeal(
        said["title"].format(title=short), said["heading"],
        said["clause"].format(title=title, version=version),
    )  # fmt: skip
