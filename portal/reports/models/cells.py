"""How many public points lie in each square of the map, kept, so that nobody counts a million.

Whoever makes a report findable adds a change of the smallest square in the same transaction; a job
folds the changes into the counts of all zooms. A reader adds what is not folded yet, so what she
reads is exact at any moment, and no two writers ever wait for the same row.
"""

from uuid import UUID

from sqlalchemy import Index, Integer, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_id


class MapCell(Base):
    """The count of one square of one zoom (web-mercator tiles)."""

    __tablename__ = "map_cell"

    zoom: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    x: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    y: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    points: Mapped[int]


class MapChange(Base):
    """Points that came to one of the smallest squares, or (below zero) left it."""

    __tablename__ = "map_change"
    __table_args__ = (Index("ix_map_change_x_y", "x", "y"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    x: Mapped[int]
    y: Mapped[int]
    points: Mapped[int]
