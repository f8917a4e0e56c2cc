"""What the public may know of the log, and whether it contains a checkpoint that somebody holds.

It is computed from the public tiles and held against the served checkpoint, so the answer is what
a stranger gets who computes it for herself.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from credit.queries.log import LogRow, all_logs, checkpoint_at
from credit.rules.checkpoint import Checkpoint, read_checkpoint
from credit.rules.compare import Finding, OldCheckpoint, Signed, who_signed
from credit.rules.merkle import BadProof, range_hash, verify_consistency
from credit.rules.note import VerifierKey, read_note
from credit.rules.tiles import BadTile, TiledTree
from credit.service.logfiles import LogFiles, log_files


@dataclass(frozen=True)
class Comparison:
    """What today's log says. ``size`` is how large it is; ``made_at`` when we signed the old one,
    if we ever signed one of just that size."""

    finding: Finding
    signed: Signed
    size: int = 0
    made_at: datetime | None = None


def verifier_keys(session: Session) -> list[VerifierKey]:
    """The keys that signed checkpoints of ours, the one that signs now first."""
    return log_files(session).verifiers()


def served(session: Session) -> Checkpoint | None:
    """What the public is told of the log; None before anything was sealed."""
    note = log_files(session).published()
    return None if note is None else read_checkpoint(read_note(note).text)


def compare(session: Session, old: OldCheckpoint) -> Comparison:
    """Hold an old checkpoint against the log as it is served now."""
    signed = who_signed(old.note, verifier_keys(session))
    told, logs = served(session), all_logs(session)
    if told is None or not logs:
        return Comparison(Finding.NOTHING_SEALED, signed)
    if old.origin is not None and old.origin != told.origin:
        return _of_another(session, old, logs, signed, told.size)
    current = next((log for log in logs if log.origin == told.origin), logs[-1])
    made = checkpoint_at(session, current.number, old.size)
    finding = _finding(log_files(session), told, old)
    if finding in {Finding.DIFFERENT, Finding.LARGER} and old.origin is None:
        # a poster's number and letters do not say of which log they are
        earlier = _of_another(session, old, logs[:-1], signed, told.size)
        if earlier.finding is Finding.EARLIER_LOG:
            return earlier
    return Comparison(finding, signed, told.size, made.made_at if made else None)


def _finding(files: LogFiles, told: Checkpoint, old: OldCheckpoint) -> Finding:
    if old.size > told.size:
        return Finding.LARGER
    tree = TiledTree(told.size, files.public_tile)
    try:
        then = range_hash(0, old.size, tree.node)
        proof = tree.consistency(old.size)
        verify_consistency(old.size, told.size, then, told.root, proof)
    except (BadProof, BadTile, FileNotFoundError):
        return Finding.BROKEN
    if not old.fits(then):
        return Finding.DIFFERENT
    return Finding.SAME if old.size == told.size else Finding.CONTAINED


def _of_another(
    session: Session, old: OldCheckpoint, logs: list[LogRow], signed: Signed, size: int
) -> Comparison:
    """A log that ended with a loss is no part of today's; that we signed this of it is known."""
    for log in logs:
        if old.origin in {None, log.origin}:
            row = checkpoint_at(session, log.number, old.size)
            if row is not None and old.fits(row.root):
                return Comparison(Finding.EARLIER_LOG, signed, size, row.made_at)
    return Comparison(Finding.OTHER_LOG, signed, size)
