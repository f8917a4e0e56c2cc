"""``gongzhi keys rotate``: another SECRET_KEY, with everything that hangs on it; another log key.

The new key lies in ``secret_key.next`` from the first moment on, so whoever is killed goes on with
the same one. It takes the place of the old one when nothing is sealed with that any more.
"""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from credit.service.logfiles import log_files
from portal.accounts.service import end_every_session
from portal.kernel.audit import note_action
from portal.kernel.carried import carried_keys, carry_on, connect_vault, drop_others
from portal.kernel.config import Config
from portal.kernel.db import Base, Database
from portal.kernel.errors import Busy
from portal.kernel.instance import Instance
from portal.kernel.rotation import Change, Lookup, reseal, reseal_blobs
from portal.kernel.vault import Vault
from portal.site.unfinished import NEXT_KEY

Say = Callable[[str], None]
CURRENT: Final = "secret_key"
LOOKUPS: Final = (
    Lookup(
        "follower", "to_hash", "sealed_to",
        lambda row: "phone" if row["way"] == "sms" else "mail", needs=("way",), form=str.casefold,
    ),
)  # fmt: skip
# files that are sealed as a whole: the table, and the column with their key
SEALED_FILES: Final = (("import_run", "blob_key"),)


@dataclass(frozen=True)
class Rotated:
    """What came of it. ``kept`` is where the old key lies now; ``by_hand`` the new one, when the
    environment holds SECRET_KEY and somebody has to change it there."""

    sealed: int
    kept: Path | None = None
    by_hand: Path | None = None


def rotate_secret(
    database: Database, instance: Instance, *, now: datetime, say: Say = lambda _: None
) -> Rotated:
    """Change SECRET_KEY, or end what was cut off. Nothing else may work here meanwhile."""
    folder = instance.config.instance
    if not (folder / NEXT_KEY).exists():
        # whoever waited until another rotation was done holds a key of yesterday: WrongKey
        with database.read() as session:
            carried_keys(session, instance.vault)
    new = Vault(_next_key(folder))
    if new.key_id == instance.vault.key_id:
        # somebody has put it into the environment: what is left to do is to tidy up
        return _end_by_hand(database, instance, folder / NEXT_KEY)
    with database.write() as session:
        carry_on(session, instance.vault, new)
    connect_vault(new, database)
    change = Change(instance.vault, new, LOOKUPS)
    sealed = reseal(database, change, say)
    for table, column in SEALED_FILES:
        sealed += reseal_blobs(database, change, Base.metadata.tables[table], column)
    with database.write() as session:
        ended = end_every_session(session, now=now)
        note_action(
            session, at=now, actor_id=None, action="keys:rotate", subject="installation",
            reason=f"{new.key_id}, {sealed} sealed anew, {ended} sessions ended",
        )  # fmt: skip
    if _is_in_file(instance.config):
        kept = _put_in_place(folder, instance.vault.key_id)
        with database.write() as session:
            drop_others(session, new)
        return Rotated(sealed, kept=kept)
    return Rotated(sealed, by_hand=folder / NEXT_KEY)


def _next_key(folder: Path) -> str:
    """The key to come, made once."""
    path = folder / NEXT_KEY
    if not path.exists():
        _write_new(path, secrets.token_urlsafe(48))
    return path.read_text("ascii").strip()


def _write_new(path: Path, key: str) -> None:
    """A file for its owner only, whole or not at all, on the disk before it returns."""
    beside = path.with_name(f".{path.name}.part")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(f"{key}\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_in_file(config: Config) -> bool:
    """Whether SECRET_KEY is that of the instance folder, and not one of the environment."""
    path = config.instance / CURRENT
    if "SECRET_KEY" in os.environ:
        return False
    return path.exists() and path.read_text("ascii").strip() == config.secret_key


def _put_in_place(folder: Path, old_id: str) -> Path:
    """The new key for the old one, which is kept: backups made with it need it."""
    kept = folder / f"{CURRENT}.{old_id}"
    _write_new(kept, (folder / CURRENT).read_text("ascii").strip())
    (folder / NEXT_KEY).replace(folder / CURRENT)
    _sync(folder)
    return kept


def _end_by_hand(database: Database, instance: Instance, path: Path) -> Rotated:
    """Nothing may be left that only the old key opens. Raises CannotOpen."""
    change = Change(instance.vault, instance.vault)
    sealed = reseal(database, change, lambda _: None)
    for table, column in SEALED_FILES:
        sealed += reseal_blobs(database, change, Base.metadata.tables[table], column)
    with database.write() as session:
        drop_others(session, instance.vault)
    path.unlink()
    return Rotated(sealed)


def rotate_log(database: Database, *, now: datetime) -> tuple[str, str] | None:
    """Another private key of the log, while the portal runs: the former and the new verifier key.

    None before anything was sealed. Raises Busy while something is being sealed.
    """
    with database.read() as session:
        files = log_files(session)
    with files.alone() as is_alone:
        if not is_alone:
            raise Busy
        old = files.verifier()
        new = files.change_key(now)
    if old is None or new is None:
        return None
    with database.write() as session:
        note_action(
            session, at=now, actor_id=None, action="keys:rotate_log", subject="log",
            reason=f"{old} → {new}",
        )  # fmt: skip
    return str(old), str(new)
