"""Keys that an earlier SECRET_KEY left, each wrapped with the one that holds now.

They lie in the database, so that a backup and its SECRET_KEY are all that is needed.
"""

from collections.abc import Mapping

from sqlalchemy import String, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.kernel.db import Base, Database
from portal.kernel.vault import CARRIED, Vault


class WrongKey(Exception):
    """The SECRET_KEY is not the one with which this database is sealed."""

    def __init__(self) -> None:
        super().__init__(
            "SECRET_KEY is not the one that this database is sealed with: it was changed by"
            " `gongzhi keys rotate` since."
        )


class CarriedKey(Base):
    """One key, wrapped. A database whose SECRET_KEY was never changed has none."""

    __tablename__ = "carried_key"

    key_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(64), primary_key=True)
    wrapped: Mapped[str] = mapped_column(String(200))


def carried_keys(session: Session, vault: Vault) -> dict[str, bytes]:
    """The keys that were carried on to the vault's SECRET_KEY. Raises WrongKey."""
    rows = session.execute(select(CarriedKey.key_id, CarriedKey.purpose, CarriedKey.wrapped)).all()
    mine = {row.purpose: row.wrapped for row in rows if row.key_id == vault.key_id}
    if rows and not mine:
        raise WrongKey
    return {purpose: bytes.fromhex(vault.unseal(wrapped)) for purpose, wrapped in mine.items()}


def connect_vault(vault: Vault, database: Database) -> None:
    """Let a vault find its carried keys when it first needs one."""

    def load() -> Mapping[str, bytes]:
        with database.read() as session:
            return carried_keys(session, vault)

    vault.carry(load)


def carry_on(session: Session, old: Vault, new: Vault) -> None:
    """Wrap what must stay for the next SECRET_KEY; what is wrapped already stays."""
    there = set(session.scalars(select(CarriedKey.purpose).where(CarriedKey.key_id == new.key_id)))
    for purpose in sorted(CARRIED - there):
        wrapped = new.seal(old.derive(purpose).hex())
        session.execute(
            insert(CarriedKey).values(key_id=new.key_id, purpose=purpose, wrapped=wrapped)
        )


def drop_others(session: Session, vault: Vault) -> None:
    """Forget what was wrapped for other keys than this."""
    session.execute(delete(CarriedKey).where(CarriedKey.key_id != vault.key_id))
