"""Erasures are also written down outside the database, because a restore takes it back in time."""

from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from portal.accounts.service.privacy import erasures
from portal.kernel.instance import instance_of

LIST_NAME: Final = "erasures.txt"


def erasure_list(session: Session) -> Path:
    """Where this installation keeps the list."""
    return instance_of(session).config.instance / LIST_NAME


def write_erasure_list(session: Session) -> int:
    """Add new erasures to the list; how many. It never shrinks: a restored database knows less."""
    path = erasure_list(session)
    known = read_erasure_list(path)
    fresh = {key: at for key, at in erasures(session).items() if key not in known}
    if fresh:
        lines = [f"{key} {at.isoformat()}\n" for key, at in sorted(fresh.items())]
        with path.open("a", encoding="ascii") as file:
            file.writelines(lines)
    return len(fresh)


def read_erasure_list(path: Path) -> set[str]:
    """The hashes of a list; none when there is no list."""
    if not path.exists():
        return set()
    return {line.split()[0] for line in path.read_text("ascii").splitlines() if line.strip()}
