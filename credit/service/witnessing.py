"""Witnesses of the log: others who hold a key of their own and sign that they saw a checkpoint.

Who they are stands in the city file (``[[witnesses]]``). They need no account: what they hand in
is believed for its signature alone, and it says nothing but that they saw what we signed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from credit.models import Cosignature
from credit.queries.log import CheckpointRow, LogRow, all_logs, checkpoint_at
from credit.queries.witness import SeenRow, cosignature_lines, last_seen
from credit.rules.checkpoint import Checkpoint, read_checkpoint
from credit.rules.note import (
    BadNote,
    KeyType,
    Signature,
    VerifierKey,
    add_signatures,
    encode64,
    read_note,
    read_verifier_key,
)
from credit.rules.witness import CosignAnswer
from credit.service.logfiles import log_files
from portal.kernel.city import City
from portal.kernel.config import BadSetting
from portal.kernel.instance import instance_of
from portal.kernel.ratelimit import Limit, take

MOST_WITNESSES: Final = 50
# clocks of two machines are never quite alike
CLOCKS_DIFFER: Final = timedelta(minutes=5)
TRIES: Final = Limit("credit.cosign", 120, 3600)


@dataclass(frozen=True)
class Witness:
    """Somebody who signs checkpoints: a key, and who that is in each language."""

    key: VerifierKey
    names: Mapping[str, str]


def witnesses_of(city: City) -> list[Witness]:
    """The witnesses of a city. Raises BadSetting when its file cannot be meant."""
    rows = city.raw.get("witnesses", ())
    try:
        found = [Witness(read_verifier_key(row["key"]), dict(row["names"])) for row in rows]
    except (BadNote, KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadSetting("GONGZHI_CITY", f"[[witnesses]] with key and names: {error}") from error
    if any(one.key.kind is not KeyType.COSIGNATURE for one in found):
        raise BadSetting("GONGZHI_CITY", "keys of witnesses of type 4 (tlog-cosignature)")
    if len({one.key.public for one in found}) < len(found) or len(found) > MOST_WITNESSES:
        raise BadSetting("GONGZHI_CITY", f"each witness once, and at most {MOST_WITNESSES}")
    return found


def take_cosignatures(
    session: Session, note: bytes, *, address: str, now: datetime
) -> CosignAnswer:
    """Keep the signatures of witnesses below a checkpoint of ours: all that are in the note.

    Answered, not raised, so that a try counts whatever comes of it. A later signature of the same
    witness takes the place of the earlier one.
    """
    if take(session, [(TRIES, address)], now=now) is not None:
        return CosignAnswer.TOO_OFTEN
    try:
        read = read_note(note)
        checkpoint = read_checkpoint(read.text)
    except BadNote:
        return CosignAnswer.NO_NOTE
    known = {(one.key.name, one.key.id): one.key for one in witnesses_of(instance_of(session).city)}
    theirs = [
        (line, known[line.name, line.key_id])
        for line in read.signatures
        if (line.name, line.key_id) in known
    ]
    if not theirs:
        return CosignAnswer.UNKNOWN_WITNESS
    ours = _ours(session, checkpoint, read.text)
    if ours is None:
        return CosignAnswer.UNKNOWN_CHECKPOINT
    return _keep_all(session, read.text, theirs, ours, now)


def _ours(
    session: Session, checkpoint: Checkpoint, text: str
) -> tuple[LogRow, CheckpointRow] | None:
    """The log and the checkpoint that we made with these very words."""
    for log in all_logs(session):
        if log.origin == checkpoint.origin:
            row = checkpoint_at(session, log.number, checkpoint.size)
            if row is not None and read_note(row.note.encode()).text == text:
                return log, row
    return None


def _keep_all(
    session: Session,
    text: str,
    theirs: list[tuple[Signature, VerifierKey]],
    ours: tuple[LogRow, CheckpointRow],
    now: datetime,
) -> CosignAnswer:
    log, row = ours
    checked = list[tuple[Signature, datetime]]()
    for signature, key in theirs:
        try:
            seconds = key.verify(text, signature.payload)
            seen_at = datetime.fromtimestamp(seconds or 0, UTC)
        except BadNote:
            return CosignAnswer.WRONG_SIGNATURE
        except (OverflowError, OSError, ValueError):
            return CosignAnswer.WRONG_TIME
        if not row.made_at - CLOCKS_DIFFER <= seen_at <= now + CLOCKS_DIFFER:
            return CosignAnswer.WRONG_TIME
        checked.append((signature, seen_at))
    for signature, seen_at in checked:
        _keep(session, log.number, row.size, signature, seen_at, now)
    return CosignAnswer.TAKEN


def _keep(
    session: Session, log: int, size: int, signature: Signature, seen_at: datetime, now: datetime
) -> None:
    """One statement: of two at once the newer signature stays, whoever is first."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    wish = dialect.insert(Cosignature).values(
        log=log, size=size, witness=signature.name, key_id=signature.key_id,
        line=_line(signature), seen_at=seen_at, received_at=now,
    )  # fmt: skip
    session.execute(
        wish.on_conflict_do_update(
            index_elements=[
                Cosignature.log, Cosignature.size, Cosignature.witness, Cosignature.key_id,
            ],
            set_={"line": wish.excluded.line, "seen_at": wish.excluded.seen_at,
                  "received_at": wish.excluded.received_at},
            where=wish.excluded.seen_at > Cosignature.seen_at,
        )
    )  # fmt: skip


def _line(signature: Signature) -> str:
    return f"— {signature.name} {encode64(signature.key_id + signature.payload)}\n"


def served_checkpoint(session: Session) -> bytes | None:
    """The checkpoint in public, with what witnesses have signed below it."""
    served = log_files(session).published()
    if served is None:
        return None
    checkpoint = read_checkpoint(read_note(served).text)
    known = [(one.key.name, one.key.id) for one in witnesses_of(instance_of(session).city)]
    lines = cosignature_lines(session, checkpoint.origin, checkpoint.size, known)
    return add_signatures(served, lines) if lines else served


def witnesses_seen(session: Session, log: int) -> list[tuple[Witness, SeenRow | None]]:
    """Each witness of the city, and the largest checkpoint that it has signed."""
    seen = last_seen(session, log)
    return [
        (one, seen.get((one.key.name, one.key.id)))
        for one in witnesses_of(instance_of(session).city)
    ]
