"""What the public can find and see on the map: a read model of the listed cases, nothing else.

It holds public words and the *public* point only, so that neither a search nor a narrow map window
can reveal what the page does not show. It can be rebuilt from the cases at any time.
"""

from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Connection,
    Float,
    Index,
    Integer,
    String,
    Text,
    event,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.search import sqlite_statements


class CaseSearch(Base):
    """One listed case. ``key`` orders like the case's id and is FTS5's rowid on SQLite."""

    __tablename__ = "case_search"
    __table_args__ = (
        Index("ix_case_search_district_case_id", "district", "case_id", unique=True),
        Index(
            "ix_case_search_tokens",
            func.string_to_array(text("words"), text("' '")),
            postgresql_using="gin",
        ).ddl_if(dialect="postgresql"),
    )

    key: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    district: Mapped[str] = mapped_column(String(12))
    case_id: Mapped[UUID]
    lon: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    words: Mapped[str] = mapped_column(Text)


# also for the migration that creates the table
SQLITE_STATEMENTS = sqlite_statements("case_search", "key", "words")


@event.listens_for(CaseSearch.__table__, "after_create")
def index_words(_table: object, connection: Connection, **_options: object) -> None:
    """Install FTS5 and its triggers beside the table."""
    if connection.dialect.name == "sqlite":
        for statement in SQLITE_STATEMENTS:
            connection.exec_driver_sql(statement)


@event.listens_for(CaseSearch.__table__, "before_drop")
def drop_index(_table: object, connection: Connection, **_options: object) -> None:
    """FTS5's table does not go with the table it reads."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TABLE IF EXISTS case_search_fts")
