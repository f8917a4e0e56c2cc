"""The sealed log: what waits, what was sealed under which number, and the checkpoints."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base


class Unsealed(Base):
    """An entry that waits for its number, put here by the transaction that wrote it.

    Reading entries above the last sealed id would lose one that commits late. The key is in the
    order in which numbers are given, and the only tree of the table: a queue is written and
    emptied all the time.
    """

    __tablename__ = "credit_unsealed"
    __table_args__ = (PrimaryKeyConstraint("entry_id", "district"), {"sqlite_with_rowid": False})

    district: Mapped[str] = mapped_column(String(12))
    entry_id: Mapped[UUID]
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class Log(Base):
    """One log: its name on the outside, how far it is, and the right edge of its tree.

    ``frontier`` is the roots of the complete subtrees, largest first, 32 bytes each.
    """

    __tablename__ = "credit_log"
    __table_args__ = (CheckConstraint("size >= 0", name="size"),)

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    origin: Mapped[str] = mapped_column(String(200), unique=True)
    size: Mapped[int] = mapped_column(BigInteger)
    frontier: Mapped[bytes] = mapped_column(LargeBinary)
    started_at: Mapped[datetime]


class Sealed(Base):
    """The number of an entry in its log, and its leaf's hash. Triggers refuse any change, and a log
    that does not exist: a foreign key would look for it at each of a sealing's 50,000 rows."""

    __tablename__ = "credit_sealed"
    __table_args__ = (
        UniqueConstraint("district", "entry_id", name="uq_credit_sealed_entry"),
        CheckConstraint("seq >= 0", name="seq"),
    )

    log: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    district: Mapped[str] = mapped_column(String(12))
    entry_id: Mapped[UUID]
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary(32))


# no key says so any more, but a backup must be put back in this order
Base.metadata.tables[Sealed.__tablename__].add_is_dependent_on(
    Base.metadata.tables[Log.__tablename__]
)


class Checkpoint(Base):
    """What was signed at which size. Triggers refuse any change."""

    __tablename__ = "credit_checkpoint"

    log: Mapped[int] = mapped_column(ForeignKey("credit_log.number"), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    note: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(index=True)
