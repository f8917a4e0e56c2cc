"""The public list of conventions: each once, with where it stands and what is in force."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from portal.conventions.models import Convention, ConventionVersion, Round
from portal.conventions.rules.kinds import Kind
from portal.conventions.rules.published import ListState
from portal.conventions.rules.way import RoundState

PAGE = 30
_BEGUN = aliased(ConventionVersion)


@dataclass(frozen=True)
class Sought:
    """What is looked for; empty: everything. ``under``: the path of a place."""

    words: str = ""
    kind: Kind | None = None
    state: ListState | None = None
    under: str = ""


@dataclass(frozen=True)
class ListedRow:
    """A convention with its newest round and its newest version."""

    id: UUID
    number: str
    kind: Kind
    title: str
    area_id: UUID
    covers: str | None
    ended_on: date | None
    round_number: str
    state: RoundState
    until: date | None
    version: int | None
    effective_from: date | None
    review_on: date | None


def _listed() -> Select[*tuple[Any, ...]]:
    c, r, v = Convention, Round, ConventionVersion
    last_round = (
        select(r.convention_id, func.max(r.sequence).label("sequence"))
        .group_by(r.convention_id)
        .subquery()
    )
    last_version = (
        select(v.convention_id, func.max(v.version).label("version"))
        .group_by(v.convention_id)
        .subquery()
    )
    return (
        select(c.id, c.number, c.kind, c.title, c.area_id, c.covers, c.ended_on, r.number, r.state,
               r.until, v.version, v.effective_from, v.review_on)
        .join(last_round, last_round.c.convention_id == c.id)
        .join(r, and_(r.convention_id == c.id, r.sequence == last_round.c.sequence))
        .outerjoin(last_version, last_version.c.convention_id == c.id)
        .outerjoin(v, and_(v.convention_id == c.id, v.version == last_version.c.version))
        # what was given up before anything was published is nobody's convention
        .where(or_(v.version.is_not(None), r.state != RoundState.GIVEN_UP))
        .order_by(c.id.desc())
    )  # fmt: skip


def listed(
    session: Session, sought: Sought, today: date, *, after: str = "", limit: int = PAGE + 1
) -> list[ListedRow]:
    """Some of what is looked for, the newest first: one query, and one for the page before."""
    statement = _narrowed(_listed(), sought, today).limit(limit)
    last = (
        session.scalar(select(Convention.id).where(Convention.number == after)) if after else None
    )
    if last is not None:
        statement = statement.where(Convention.id < last)
    return [ListedRow(*row) for row in session.execute(statement)]


def _narrowed(
    statement: Select[*tuple[Any, ...]], sought: Sought, today: date
) -> Select[*tuple[Any, ...]]:
    if sought.words:
        statement = statement.where(Convention.title.contains(sought.words, autoescape=True))
    if sought.kind is not None:
        statement = statement.where(Convention.kind == sought.kind)
    if sought.under:
        statement = statement.where(
            Convention.place_path.startswith(sought.under, autoescape=True)
        )  # fmt: skip
    ended = and_(Convention.ended_on.is_not(None), Convention.ended_on <= today)
    match sought.state:
        case ListState.UNDER_WAY:
            return statement.where(Round.ended_at.is_(None))
        case ListState.IN_FORCE:
            begun = exists().where(
                _BEGUN.convention_id == Convention.id, _BEGUN.effective_from <= today
            )
            return statement.where(begun, ~ended)
        case ListState.ENDED:
            return statement.where(ended)
    return statement
