"""Public questions to units, as they are read by everybody, by whoever asked, and at the desk."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from portal.kernel.instance import instance_of
from portal.kernel.tokens import fold
from portal.organisations.queries import OrganisationRow, organisations
from portal.publicity.models import Question
from portal.publicity.rules.questions import ASKED_KINDS, HiddenWhy, QuestionState, Standing

PAGE = 30
_SEALED = ("sealed_title", "sealed_words", "sealed_appeal")


@dataclass(frozen=True)
class QuestionRow:
    """A question. ``title`` and ``words`` are the public copy; None before it is published."""

    id: UUID
    number: str
    organisation_id: UUID
    area_id: UUID
    place_path: str
    person_id: UUID | None
    asked_as: str | None
    title: str | None
    words: str | None
    asked_at: datetime
    state: QuestionState
    decided_at: datetime | None
    decided_by: UUID | None
    hidden_why: HiddenWhy | None
    hidden_words: str | None
    appealed_at: datetime | None
    reheard_at: datetime | None
    reheard_words: str | None
    due_at: datetime | None
    answer: str | None
    answered_at: datetime | None
    verdict: bool | None


@dataclass(frozen=True)
class Opened(QuestionRow):
    """The same with what was sealed: for whoever asked, and for whoever decides."""

    own_title: str = ""
    own_words: str = ""
    appeal: str = ""


@dataclass(frozen=True)
class Sought:
    """What is looked for; empty: everything. ``under``: the path of a place."""

    words: str = ""
    unit: UUID | None = None
    standing: Standing | None = None
    under: str = ""


_NAMES = tuple(QuestionRow.__dataclass_fields__)
_COLUMNS: Any = tuple(getattr(Question, name) for name in _NAMES)
_OPENED: Any = (*_COLUMNS, *(getattr(Question, name) for name in _SEALED))
_SHOWN = Question.state == QuestionState.SHOWN


def _page(
    session: Session, *where: ColumnElement[bool], after: str = "", limit: int = PAGE + 1
) -> list[QuestionRow]:
    """Some, the newest first, and one more."""
    last = session.scalar(select(Question.id).where(Question.number == after)) if after else None
    older = [Question.id < last] if last is not None else []
    statement = select(*_COLUMNS).where(*where, *older).order_by(Question.id.desc()).limit(limit)
    return [QuestionRow(*row) for row in session.execute(statement)]


def questions_shown(
    session: Session, sought: Sought, now: datetime, *, after: str = "", limit: int = PAGE + 1
) -> list[QuestionRow]:
    """A page of the published questions that fit, and one more."""
    return _page(session, _SHOWN, *_fitting(sought, now), after=after, limit=limit)


def _fitting(sought: Sought, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if sought.words:
        found.append(Question.folded.contains(fold(sought.words), autoescape=True))
    if sought.unit is not None:
        found.append(Question.organisation_id == sought.unit)
    if sought.under:
        found.append(Question.place_path.startswith(sought.under, autoescape=True))
    if sought.standing is not None:
        found.append(_stands(sought.standing, now))
    return found


def _stands(standing: Standing, now: datetime) -> ColumnElement[bool]:
    """As ``rules.questions.standing`` has it."""
    if standing is Standing.ANSWERED:
        return Question.answered_at.is_not(None)
    late = and_(Question.due_at.is_not(None), Question.due_at < now)
    return and_(
        Question.answered_at.is_(None),
        late if standing is Standing.LATE else or_(Question.due_at.is_(None), ~late),
    )


def question_shown(session: Session, number: str) -> QuestionRow | None:
    """A published question."""
    return next(iter(_page(session, _SHOWN, Question.number == number, limit=1)), None)


def question_by_number(session: Session, number: str) -> Opened | None:
    """One of them, whatever its state, with what was sealed."""
    statement = select(*_OPENED).where(Question.number == number)
    row = session.execute(statement).one_or_none()
    return _opened(session, row) if row else None


def _opened(session: Session, row: Any) -> Opened:
    vault, size = instance_of(session).vault, len(_NAMES)
    return Opened(*row[:size], *(vault.unseal(text) if text else "" for text in row[size:]))


def questions_of(session: Session, person_id: UUID | None) -> list[Opened]:
    """A person's own, the newest first; never more than fit a page of hers."""
    mine = select(*_OPENED).where(Question.person_id == person_id)
    rows = session.execute(mine.order_by(Question.id.desc()).limit(200))
    return [_opened(session, row) for row in rows]


def open_questions_of(session: Session, person_id: UUID | None) -> int:
    """How many of hers wait for a look or for an answer."""
    open_ones = Question.state.in_((QuestionState.WAITING, QuestionState.SHOWN))
    mine = (Question.person_id == person_id, open_ones, Question.answered_at.is_(None))
    return session.scalar(select(func.count()).select_from(Question).where(*mine)) or 0


def to_decide(session: Session, places: Collection[str] | None, after: str) -> list[QuestionRow]:
    """What waits for a look or is appealed against, in some places (None: everywhere)."""
    appealed = and_(
        Question.state == QuestionState.HIDDEN, Question.appealed_at.is_not(None),
        Question.reheard_at.is_(None),
    )  # fmt: skip
    waits = or_(Question.state == QuestionState.WAITING, appealed)
    return _page(session, waits, _inside(places), after=after)


def _inside(places: Collection[str] | None) -> ColumnElement[bool]:
    if places is None:
        return true()
    paths = (Question.place_path.startswith(one, autoescape=True) for one in places)
    return or_(false(), *paths)


def to_answer(session: Session, units: Collection[UUID], after: str) -> list[QuestionRow]:
    """What units have not answered yet."""
    waits = (_SHOWN, Question.answered_at.is_(None), Question.organisation_id.in_(units))
    return _page(session, *waits, after=after)


def answered_for(session: Session, units: Collection[UUID]) -> list[QuestionRow]:
    """The last that units answered."""
    done = (_SHOWN, Question.answered_at.is_not(None), Question.organisation_id.in_(units))
    return _page(session, *done, limit=PAGE)


def units_to_ask(session: Session, on: date | None) -> list[OrganisationRow]:
    """The units that can be asked on a day, by their code; None: of any time."""
    return [row for row in organisations(session, on=on) if row.kind in ASKED_KINDS]


@dataclass(frozen=True)
class QuestionFigures:
    """How many questions are published, answered, and late now."""

    shown: int
    answered: int
    late: int


def question_figures(session: Session, under: str, now: datetime) -> QuestionFigures:
    """Of a place and everything in it."""
    here = (_SHOWN, Question.place_path.startswith(under, autoescape=True))
    columns = (
        func.count(), func.count().filter(Question.answered_at.is_not(None)),
        func.count().filter(_stands(Standing.LATE, now)),
    )  # fmt: skip
    return QuestionFigures(*session.execute(select(*columns).where(*here)).one())
