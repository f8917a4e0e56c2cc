"""What questions keep about people: handed out, forgotten at their wish, and in time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import PersonalField
from portal.accounts.service import register_personal_data
from portal.kernel.db import changed_rows
from portal.publicity.models import Question
from portal.publicity.queries.questions import questions_of
from portal.publicity.rules.questions import QuestionState
from portal.publicity.rules.questions_personal import COLUMNS, KEEP_QUESTION, PERSONAL_FIELDS
from portal.publicity.service.questions import GONE

BATCH: Final = 200
_TIME: Final = timedelta(days=KEEP_QUESTION)
_EMPTY: Final[dict[str, Any]] = {**GONE, "person_id": None, "state": QuestionState.TAKEN_BACK}


@dataclass(frozen=True)
class QuestionsOfAPerson:
    """The provider of questions; see ``portal.accounts.service.privacy``."""

    fields: tuple[PersonalField, ...] = PERSONAL_FIELDS

    def export(self, session: Session, person_id: UUID) -> list[dict[str, Any]]:
        return [
            {
                "table": "question", "number": row.number, "about": row.own_title,
                "words": row.own_words, "asked_at": row.asked_at.isoformat(),
                "state": row.state.value, "hidden_words": row.hidden_words,
                "appeal": row.appeal or None, "reheard_words": row.reheard_words,
                "answer": row.answer,
            }
            for row in questions_of(session, person_id)
        ]  # fmt: skip

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        """Her questions go; the answer of the unit stays, and is published no longer."""
        session.execute(update(Question).where(Question.person_id == person_id).values(_EMPTY))

    def expire(self, session: Session, now: datetime) -> int:
        ids = session.scalars(select(Question.id).where(_due(now)).limit(BATCH)).all()
        if not ids:
            return 0
        return changed_rows(session, update(Question).where(Question.id.in_(ids)).values(_EMPTY))

    def due(self, session: Session, now: datetime) -> Mapping[str, int]:
        many = select(func.count()).select_from(Question).where(_due(now))
        return {"question": session.scalar(many) or 0}


def _due(now: datetime) -> ColumnElement[bool]:
    """Some time after its last step: what was published and never answered waits on."""
    last = func.coalesce(
        Question.answered_at, Question.reheard_at, Question.appealed_at, Question.decided_at,
        Question.asked_at,
    )  # fmt: skip
    held = or_(*(getattr(Question, name).is_not(None) for name in COLUMNS))
    waits = and_(Question.state == QuestionState.SHOWN, Question.answered_at.is_(None))
    return and_(last <= now - _TIME, held, ~waits)


register_personal_data(QuestionsOfAPerson())
