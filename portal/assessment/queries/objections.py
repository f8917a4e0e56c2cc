"""Reads of objections."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.areas.rules import tidy_names
from portal.assessment.models import FrozenRow, Objection
from portal.assessment.rules import ObjectionState

# of those that were decided
LATEST = 100


@dataclass(frozen=True)
class ObjectionRow:
    """An objection with the name of its unit."""

    number: str
    period: str
    slug: str
    group: str
    unit: str
    indicator: str
    words: str
    state: ObjectionState
    made_at: datetime
    made_by: UUID | None
    was: int | None
    becomes: int | None
    why: str | None
    decided_at: datetime | None
    names: Mapping[str, str]


_PLAIN = tuple(name for name in ObjectionRow.__dataclass_fields__ if name != "names")


def _objections(
    session: Session, *conditions: Any, most: int | None = LATEST
) -> list[ObjectionRow]:
    names = (FrozenRow.name_zh_hans, FrozenRow.name_zh_hant, FrozenRow.name_en)
    statement = (
        select(*(getattr(Objection, name) for name in _PLAIN), *names)
        .join(
            FrozenRow,
            (FrozenRow.slug == Objection.slug)
            & (FrozenRow.group == Objection.group)
            & (FrozenRow.unit == Objection.unit),
        )
        .where(*conditions)
        .order_by(Objection.made_at.desc(), Objection.number)
        .limit(most)
    )
    found = []
    for row in session.execute(statement):
        *plain, hans, hant, english = row
        names_of = tidy_names({"zh_Hans": hans, "zh_Hant": hant, "en": english})
        found.append(ObjectionRow(**dict(zip(_PLAIN, plain, strict=True)), names=names_of))
    return found


def objections_against(session: Session, period: str) -> list[ObjectionRow]:
    """Every objection to a period: the public log of its recalculation."""
    return _objections(session, Objection.period == period)


def latest_objections(session: Session) -> list[ObjectionRow]:
    """Every open objection of all periods, then the last of those that were decided."""
    is_open = Objection.state == ObjectionState.OPEN
    return [*_objections(session, is_open, most=None), *_objections(session, ~is_open)]


def objection_by_number(session: Session, number: str) -> ObjectionRow | None:
    """One objection."""
    rows = _objections(session, Objection.number == number)
    return rows[0] if rows else None
