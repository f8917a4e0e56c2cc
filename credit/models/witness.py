"""What witnesses signed: they saw a checkpoint at a time, and it grew from the one before."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base


class Cosignature(Base):
    """The newest signature of one witness below one checkpoint; ``line`` is as it was sent."""

    __tablename__ = "credit_cosignature"
    __table_args__ = (
        ForeignKeyConstraint(
            ["log", "size"],
            ["credit_checkpoint.log", "credit_checkpoint.size"],
            name="fk_credit_cosignature_checkpoint",
        ),
    )

    log: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    witness: Mapped[str] = mapped_column(String(200), primary_key=True)
    key_id: Mapped[bytes] = mapped_column(LargeBinary(4), primary_key=True)
    line: Mapped[str] = mapped_column(String(600))
    seen_at: Mapped[datetime]
    received_at: Mapped[datetime]
