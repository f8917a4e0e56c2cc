"""Whose the words, photos and decisions of a case are: of whoever began it, or of a neighbour."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, union

from portal.reports.models import CasePhoto, CaseText, ModerationEntry


@dataclass(frozen=True)
class Whose:
    """A reporter and the case she came with; ``began``: it began with her."""

    district: str
    case_id: UUID
    reporter_id: UUID
    began: bool


def whose_of(row: Any) -> Whose:
    """Of a row with the case that a reporter came with, wherever that goes on now."""
    return Whose(row.district, row.case_id, row.id, row.relation.began)


def hers(model: type[CaseText] | type[CasePhoto], whose: Whose) -> tuple[ColumnElement[bool], ...]:
    """What she wrote or sent: all of the case that nobody else did, or what bears her key."""
    unnamed = and_(model.case_id == whose.case_id, model.reporter_id.is_(None))
    named = model.reporter_id == whose.reporter_id
    return (
        model.district == whose.district,
        model.by_reporter.is_(True),
        or_(unnamed, named) if whose.began else named,
    )


def decided_on(whose: Whose) -> tuple[ColumnElement[bool], ...]:
    """The record of what was decided on hers, also on what is not there any more."""
    entry = ModerationEntry
    mine = entry.item_id.in_(_named(whose))
    began = and_(entry.case_id == whose.case_id, entry.item_id.not_in(_of_neighbours(whose)))
    return (
        entry.district == whose.district,
        entry.by_reporter.is_(True),
        or_(began, mine) if whose.began else mine,
    )


def _named(whose: Whose) -> Any:
    parts = (
        select(model.id).where(
            model.district == whose.district, model.reporter_id == whose.reporter_id
        )
        for model in (CaseText, CasePhoto)
    )
    return select(union(*parts).subquery())


def _of_neighbours(whose: Whose) -> Any:
    parts = (
        select(model.id).where(
            model.district == whose.district,
            model.case_id == whose.case_id,
            model.reporter_id.is_not(None),
        )
        for model in (CaseText, CasePhoto)
    )
    return select(union(*parts).subquery())
