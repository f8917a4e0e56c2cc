"""What was cut off half way and must be ended first: a restore, a rotation of keys.

Each leaves a file in the instance folder for as long as it lasts. While one is there nothing else
works in the installation: people who were erased could be seen, or nothing sealed could be read.
"""

from pathlib import Path
from typing import Final

RESTORE: Final = "restore.unfinished"
NEXT_KEY: Final = "secret_key.next"
_WORDS: Final = {
    RESTORE: "A restore was not finished: run the same `gongzhi restore` again.",
    NEXT_KEY: "A rotation of keys was not finished: run `gongzhi keys rotate` again.",
}


class Unfinished(Exception):
    """Something must be ended before anything else is done. Its text says what."""


def refuse_unfinished(folder: Path) -> None:
    """Raise Unfinished while something in an instance folder waits to be ended."""
    for name, words in _WORDS.items():
        if (folder / name).exists():
            raise Unfinished(words)
