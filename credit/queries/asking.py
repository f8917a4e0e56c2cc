"""Reads of requests for a correction: one's own, those of a desk, and what is new."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from credit.models import CorrectionRequest as Table
from credit.rules.asking import WAITING, About, AskState, is_late
from portal.kernel.instance import instance_of
from portal.kernel.vault import Vault

DESK_PAGE: Final = 50
# how long an answer counts as news
NEW_FOR: Final = timedelta(days=14)


@dataclass(frozen=True)
class AskRow:
    """One request with its words."""

    id: UUID
    number: str
    district: str
    person_id: UUID
    about: About
    entry_id: UUID | None
    state: AskState
    asked_at: datetime
    answer_by: datetime | None
    amount: int | None
    prepared_by: UUID | None
    answered_at: datetime | None
    corrected_id: UUID | None
    words: str
    answer: str

    @property
    def waits(self) -> bool:
        return self.state in WAITING

    def is_late(self, now: datetime) -> bool:
        """Whether the promised day has passed without an answer."""
        return is_late(self.state, self.answer_by, now)


_COLUMNS: tuple[Any, ...] = (
    Table.id, Table.number, Table.district, Table.person_id, Table.about, Table.entry_id,
    Table.state, Table.asked_at, Table.answer_by, Table.amount, Table.prepared_by,
    Table.answered_at, Table.corrected_id, Table.sealed_words, Table.sealed_answer,
)  # fmt: skip


def _rows(session: Session, *conditions: ColumnElement[bool]) -> list[AskRow]:
    vault = instance_of(session).vault
    statement = (
        select(*_COLUMNS).where(*conditions).order_by(Table.asked_at.desc(), Table.id.desc())
    )
    return [_row(vault, row) for row in session.execute(statement.limit(DESK_PAGE))]


def _row(vault: Vault, row: Any) -> AskRow:
    *plain, words, answer = row
    said: Any = (vault.unseal(words), vault.unseal(answer) if answer else "")
    return AskRow(*plain, *said)


def own_requests(session: Session, person_id: UUID) -> Sequence[AskRow]:
    """What somebody asked, the newest first."""
    return _rows(session, Table.person_id == person_id)


def own_request(session: Session, person_id: UUID, number: str) -> AskRow | None:
    """One of them; somebody else's is None."""
    found = _rows(session, Table.number == number, Table.person_id == person_id)
    return found[0] if found else None


def desk_requests(
    session: Session, districts: Collection[str], *, waiting: bool
) -> Sequence[AskRow]:
    """Those of some districts that wait, or the last that were answered."""
    state = Table.state.in_(WAITING) if waiting else Table.state.not_in(WAITING)
    found = _rows(session, Table.district.in_(districts), state)
    return sorted(found, key=lambda row: row.asked_at) if waiting else found


def desk_request(session: Session, districts: Collection[str], number: str) -> AskRow | None:
    """One of these districts."""
    found = _rows(session, Table.number == number, Table.district.in_(districts))
    return found[0] if found else None


def fresh_answers(session: Session, person_id: UUID, now: datetime) -> int:
    """How many requests of somebody were answered lately."""
    statement = select(func.count()).where(
        Table.person_id == person_id,
        Table.state.in_((AskState.CORRECTED, AskState.REFUSED)),
        Table.answered_at > now - NEW_FOR,
    )
    return session.scalar(statement) or 0
