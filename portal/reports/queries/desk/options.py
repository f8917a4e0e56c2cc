"""What the desk's lists can be narrowed to: places, units, kinds of problem."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.models import Area
from portal.areas.rules import tidy_names
from portal.organisations.queries import OrganisationRow, organisations_among
from portal.reports.models import Case, Category
from portal.reports.queries.desk.reach import reach
from portal.reports.rules.transitions import OPEN

LANGUAGES = ("zh_Hans", "zh_Hant", "en")


@dataclass(frozen=True)
class PlaceOption:
    """A place the list can be narrowed to."""

    path: str
    names: Mapping[str, str]


def area_names(row: Any) -> dict[str, str]:
    """The names of a row that holds a place's columns."""
    return tidy_names({"zh_Hans": row.name_zh_hans, "zh_Hant": row.name_zh_hant, "en": row.name_en})


def place_options(
    session: Session, scopes: Sequence[str] | None, chosen: str | None
) -> list[PlaceOption]:
    """Places to narrow a list to: one's own and those just below, and below the chosen one."""
    roots = Area.path.in_(scopes) if scopes is not None else Area.parent_id.is_(None)
    above: list[ColumnElement[bool]] = [roots]
    if chosen is not None:
        above.append(Area.path == chosen)
    parents = select(Area.id).where(or_(*above))
    own = Area.path.in_([*(scopes or ()), *([chosen] if chosen else ())])
    found = session.execute(
        select(Area.path, Area.name_zh_hans, Area.name_zh_hant, Area.name_en)
        .where(or_(own, Area.parent_id.in_(parents)), Area.valid_to.is_(None))
        .order_by(Area.path)
    )
    return [PlaceOption(row.path, area_names(row)) for row in found]


def units_named(
    session: Session, actor: Actor, ids: Collection[UUID]
) -> tuple[dict[UUID, OrganisationRow], list[OrganisationRow]]:
    """Units by id, and those that have open cases within somebody's reach, in one query."""
    at_work = (
        select(Case.unit_id)
        .where(
            Case.state.in_(OPEN), Case.unit_id.is_not(None), reach(actor, Permission.REPORT_READ)
        )
        .distinct()
    )
    return organisations_among(session, ids, at_work)


def category_names(session: Session, on: date) -> dict[str, Mapping[str, str]]:
    """The kinds of problem in use on a day, in their order."""
    found = session.execute(
        select(
            Category.code,
            Category.name_zh_Hans,
            Category.name_zh_Hant,
            Category.name_en,
        )
        .where(Category.valid_from <= on, or_(Category.valid_to.is_(None), Category.valid_to > on))
        .order_by(Category.position, Category.code)
    )
    return {row[0]: tidy_names(dict(zip(LANGUAGES, row[1:], strict=True))) for row in found}
