"""Erasures are also written down outside the database, because a restore takes it back in time.

So is what people ended, where a package says so: by keyed hashes that it makes and understands.
"""

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from portal.accounts.service.privacy import erasures
from portal.kernel.instance import instance_of

LIST_NAME: Final = "erasures.txt"
Ended = Callable[[Session], Mapping[str, datetime]]
_ENDED: Final[list[Ended]] = []


def register_ended(ended: Ended) -> None:
    """A package whose people end things for good: by hash what they ended. Called at import."""
    if ended not in _ENDED:
        _ENDED.append(ended)


def erasure_list(session: Session) -> Path:
    """Where this installation keeps the list."""
    return instance_of(session).config.instance / LIST_NAME


def write_erasure_list(session: Session) -> int:
    """Add new erasures to the list; how many. It never shrinks: a restored database knows less."""
    told = dict(erasures(session))
    for ended in _ENDED:
        told |= ended(session)
    return add_erasures(session, {key: at.isoformat() for key, at in told.items()})


def add_erasures(session: Session, told: Mapping[str, str]) -> int:
    """Add what the list does not know yet, by hash with its time; how many. On the disk after."""
    path = erasure_list(session)
    known = read_erasure_list(path)
    fresh = sorted(set(told) - set(known))
    if fresh or not path.exists():
        # an empty list says that nobody was erased; none says nothing
        with path.open("a", encoding="ascii") as file:
            file.writelines(f"{key} {told[key]}\n" for key in fresh)
            file.flush()
            os.fsync(file.fileno())
    return len(fresh)


def read_erasure_list(path: Path) -> dict[str, str]:
    """The hashes of a list with their times; none when there is no list."""
    return parse_erasures(path.read_text("ascii")) if path.exists() else {}


def parse_erasures(text: str) -> dict[str, str]:
    """The lines of a list."""
    pairs = (line.partition(" ") for line in text.splitlines() if line.strip())
    return {key: at.strip() for key, _, at in pairs}
