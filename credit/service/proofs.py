"""The proof that an entry stands in the sealed log, made from the tiles that the public sees."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from credit.queries.entries import EntryRow
from credit.queries.entries import entry as entry_of
from credit.queries.log import sealed_entry
from credit.queries.mine import Line
from credit.queries.whole import districts
from credit.rules.checkpoint import read_checkpoint
from credit.rules.note import read_note
from credit.rules.receipt import make_receipt
from credit.rules.tiles import TiledTree
from credit.service.logfiles import files_of_log, log_files
from credit.service.witnessing import served_checkpoint
from credit.service.writing import leaf_of

DETAILS_FORMAT: Final = "gongzhi-credit-details-1"


@dataclass(frozen=True)
class Proof:
    """A file for the holder: the bytes of a ``.tlog-proof``, and what it speaks of."""

    data: bytes
    origin: str
    seq: int
    size: int


def prove_entry(session: Session, entry: EntryRow) -> Proof | None:
    """The proof of an entry; None while no public checkpoint holds it.

    It comes from the tiles and the checkpoint that everybody can fetch (with the signatures of
    witnesses), so whoever compares finds the same tree. Raises BadProof or BadTile when the tiles
    do not hold what the database says. Of a log that ended with a loss it is made from what that
    log had published.
    """
    place = sealed_entry(session, entry.district, entry.id)
    if place is None:
        return None
    files, now = files_of_log(session, place.log), log_files(session)
    note = served_checkpoint(session) if files == now else files.published()
    if note is None:
        return None
    checkpoint = read_checkpoint(read_note(note).text)
    if place.seq >= checkpoint.size:
        return None
    way = TiledTree(checkpoint.size, files.public_tile).inclusion(place.seq)
    data = make_receipt(leaf_of(entry).encode(), place.seq, way, note)
    return Proof(data, checkpoint.origin, place.seq, checkpoint.size)


def find_entry(session: Session, entry_id: UUID) -> EntryRow | None:
    """An entry of any district."""
    for district in districts(session):
        found = entry_of(session, district, entry_id)
        if found is not None:
            return found
    return None


def details_file(line: Line) -> dict[str, Any] | None:
    """What opens the commitment of an entry: its details and their salt; None once erased."""
    if line.details is None or line.details_salt is None:
        return None
    return {
        "format": DETAILS_FORMAT,
        "entry": str(line.entry.id),
        "commitment": line.entry.commitment.hex(),
        "salt": line.details_salt.hex(),
        "details": line.details,
    }
