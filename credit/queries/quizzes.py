"""Reads of things to learn: those in use, one with its versions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from credit.models import QuizVersion
from credit.rules.quizzes import MAIN, Sheet, read_sheet


@dataclass(frozen=True)
class QuizRow:
    """One version. ``typed``: its sheets by language, as they were typed."""

    id: UUID
    number: str
    version: int
    typed: Mapping[str, str]
    revision: int
    valid_from: date
    valid_to: date | None
    written_at: datetime
    published_at: datetime | None
    ended_at: datetime | None
    answered: int
    passed: int

    @property
    def draft(self) -> bool:
        return self.published_at is None

    @property
    def in_use(self) -> bool:
        return self.published_at is not None and self.ended_at is None

    def open_on(self, day: date) -> bool:
        """Whether it is offered on a day."""
        return (
            self.in_use
            and self.valid_from <= day
            and (self.valid_to is None or day <= self.valid_to)
        )

    def sheet(self, language: str) -> Sheet:
        """The sheet in a language, or the Chinese one."""
        return read_sheet(self.typed.get(language) or self.typed[MAIN])


def _rows(session: Session, *conditions: ColumnElement[bool]) -> list[QuizRow]:
    q = QuizVersion
    statement = (
        select(
            q.id, q.number, q.version, q.sheets, q.revision, q.valid_from, q.valid_to,
            q.written_at, q.published_at, q.ended_at, q.answered, q.passed,
        )
        .where(*conditions)
        .order_by(q.valid_from.desc(), q.number, q.version.desc())
    )  # fmt: skip
    return [_row(row) for row in session.execute(statement)]


def _row(row: Any) -> QuizRow:
    id_, number, version, sheets, *rest = row
    return QuizRow(id_, number, version, json.loads(sheets), *rest)


def open_quizzes(session: Session, day: date) -> list[QuizRow]:
    """What is offered on a day, the newest first."""
    q = QuizVersion
    return _rows(
        session,
        q.published_at.is_not(None),
        q.ended_at.is_(None),
        q.valid_from <= day,
        or_(q.valid_to.is_(None), q.valid_to >= day),
    )


def newest_quizzes(session: Session) -> list[QuizRow]:
    """Of everything the newest version, for those who write them."""
    newest: dict[str, QuizRow] = {}
    for row in _rows(session):
        if row.number not in newest or newest[row.number].version < row.version:
            newest[row.number] = row
    return list(newest.values())


def quiz_versions(session: Session, number: str) -> list[QuizRow]:
    """All versions of one, the newest first."""
    return sorted(_rows(session, QuizVersion.number == number), key=lambda row: -row.version)


def quiz_version(session: Session, number: str, version: int) -> QuizRow | None:
    """One version of one, in use or not."""
    found = _rows(session, QuizVersion.number == number, QuizVersion.version == version)
    return found[0] if found else None


def quiz_in_use(session: Session, number: str) -> QuizRow | None:
    """The version that is in use."""
    q = QuizVersion
    found = _rows(session, q.number == number, q.published_at.is_not(None), q.ended_at.is_(None))
    return found[0] if found else None


def number_of_list(session: Session, name: str) -> str | None:
    """The number of what was loaded from a city's list."""
    found = select(QuizVersion.number).where(QuizVersion.list_name == name)
    return session.scalar(found.limit(1))
