"""Keys within a district: (``district``, ``id``), and how tables refer to each other by them."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_id

DISTRICT_LENGTH = 12


class InDistrict(Base):
    """A table that grows with the doors of a city: its key begins with the district's code."""

    __abstract__ = True

    district: Mapped[str] = mapped_column(String(DISTRICT_LENGTH), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


def within(table: str, column: str, target: str, **options: Any) -> ForeignKeyConstraint:
    """The reference of a table's column to a row of the same district."""
    return ForeignKeyConstraint(
        ["district", column],
        [f"{target}.district", f"{target}.id"],
        name=f"fk_{table}_{column}",
        **options,
    )


def only_one(name: str, *columns: str, where: str) -> Index:
    """At most one row of these columns while the condition holds, on both engines."""
    condition = text(where)
    return Index(
        f"uq_{name}", *columns, unique=True, sqlite_where=condition, postgresql_where=condition
    )
