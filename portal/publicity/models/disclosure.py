"""What is disclosed: inputs with their sources, key tasks and every change of them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.areas.models import Area
from portal.areas.rules import PATH_LENGTH
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number
from portal.publicity.rules.disclosure import (
    LONGEST_GOAL,
    LONGEST_LINK,
    LONGEST_NOTE,
    LONGEST_SOURCE,
    LONGEST_TITLE,
    NUMBER_LENGTH,
    ROLE_LENGTH,
    InputKind,
    TaskState,
)


class DisclosedInput(Base):
    """A figure that somebody entered, with its source. Another of the same name replaces it: then
    the older ends and stays."""

    __tablename__ = "disclosed_input"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("kind <> 'population' OR amount > 0", name="population"),
        CheckConstraint("(ended_at IS NULL) = (ended_why IS NULL)", name="ended"),
        Index("ix_disclosed_input_year", "year", "kind"),
        Index(
            "uq_disclosed_input_stands", "kind", "area_id", "year", "title", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(NUMBER_LENGTH), unique=True, default=new_number)
    kind: Mapped[InputKind] = code_column(InputKind)
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    area_code: Mapped[str] = mapped_column(String(40))
    year: Mapped[int] = mapped_column(Integer)
    amount: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    source: Mapped[str] = mapped_column(String(LONGEST_SOURCE))
    link: Mapped[str | None] = mapped_column(String(LONGEST_LINK))
    entered_at: Mapped[datetime]
    entered_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None] = mapped_column(String(LONGEST_NOTE))


class KeyTask(Base):
    """A key task of city management as it stands now; how it came so is in its changes."""

    __tablename__ = "key_task"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version"),
        Index("ix_key_task_state", "state", "due_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(NUMBER_LENGTH), unique=True, default=new_number)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    goal: Mapped[str] = mapped_column(String(LONGEST_GOAL))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    source: Mapped[str] = mapped_column(String(LONGEST_SOURCE))
    state: Mapped[TaskState] = code_column(TaskState, default=TaskState.UNDER_WAY)
    due_on: Mapped[date]
    version: Mapped[int] = mapped_column(Integer, default=1)


class KeyTaskChange(Base):
    """One change of a key task: only added to. ``role``: by which somebody changed it, which
    everybody reads; who it was is for the audit."""

    __tablename__ = "key_task_change"

    task_id: Mapped[UUID] = mapped_column(ForeignKey(KeyTask.id), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime]
    state: Mapped[TaskState] = code_column(TaskState)
    due_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(LONGEST_NOTE))
    role: Mapped[str] = mapped_column(String(ROLE_LENGTH))
    changed_by: Mapped[UUID | None]
