"""What programs filed with their keys, so that what is sent twice is filed once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base


class ApiFiling(Base):
    """One mark of one key: a number it filed, a name of its own for it, or what it just sent.

    ``mark`` is a keyed hash: the program's own numbers and words are nobody's business here.
    """

    __tablename__ = "api_filing"

    key_id: Mapped[UUID] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    claimed_at: Mapped[datetime]
    kept_until: Mapped[datetime] = mapped_column(index=True)
    number: Mapped[str | None] = mapped_column(String(16), index=True)
