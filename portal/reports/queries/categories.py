"""Reads of what can be reported, and how long it may take on a day."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from portal.areas.rules import tidy_names
from portal.kernel.db import once
from portal.reports.models import Category, CategoryLimit
from portal.reports.rules.categories import CategoryRow, FunctionGroup, LimitRow
from portal.reports.rules.kinds import OWN_DOORS


def in_use(on: date) -> ColumnElement[bool]:
    """Which categories hold on a day."""
    return and_(Category.valid_from <= on, or_(Category.valid_to.is_(None), Category.valid_to > on))


COLUMNS = (
    Category.code,
    Category.group,
    Category.name_zh_Hans,
    Category.name_zh_Hant,
    Category.name_en,
    Category.name_khb,
    Category.hint_zh_Hans,
    Category.hint_zh_Hant,
    Category.hint_en,
    Category.synonyms,
    Category.event_codes,
    Category.component_codes,
    Category.target,
    Category.place_precision,
    Category.closing,
    Category.urgent,
    Category.valid_from,
    Category.valid_to,
)


def category_row(row: Any) -> CategoryRow:
    """One plain name from its ``COLUMNS``."""
    names = {"zh_Hans": row[2], "zh_Hant": row[3], "en": row[4], "khb": row[5]}
    hints = {"zh_Hans": row[6], "zh_Hant": row[7], "en": row[8]}
    synonyms, events, components = (tuple(cell.split()) for cell in row[9:12])
    return CategoryRow(
        row[0],
        FunctionGroup(row[1]),
        tidy_names(names),
        tidy_names(hints),
        synonyms,
        events,
        components,
        *row[12:],
    )


def categories_on(session: Session, on: date) -> list[CategoryRow]:
    """What can be reported on a day, in the order of the list; not what has a door of its own."""
    statement = (
        select(*COLUMNS)
        .where(in_use(on), Category.code.not_in(OWN_DOORS))
        .order_by(Category.position, Category.code)
    )
    return [category_row(row) for row in session.execute(statement)]


def all_categories(session: Session) -> list[CategoryRow]:
    """Every plain name in the order of the list, ended and coming ones too."""
    statement = select(*COLUMNS).order_by(Category.position, Category.code)
    return [category_row(row) for row in session.execute(statement)]


def category_on(session: Session, code: str, on: date) -> CategoryRow | None:
    """One plain name, if it is in use on a day."""
    row = session.execute(select(*COLUMNS).where(Category.code == code, in_use(on))).first()
    return category_row(row) if row else None


def category_row_of(session: Session, code: str) -> CategoryRow | None:
    """One plain name, also when it is no longer in use."""
    return once(session, (CategoryRow, code), lambda: _category(session, code))


def _category(session: Session, code: str) -> CategoryRow | None:
    row = session.execute(select(*COLUMNS).where(Category.code == code)).first()
    return category_row(row) if row else None


def limits_on(
    session: Session, on: date, codes: Iterable[str] | None = None
) -> dict[str, LimitRow]:
    """The limit in force on a day for each category (R002): the latest that has begun."""
    statement = select(
        CategoryLimit.category_code,
        CategoryLimit.minutes,
        CategoryLimit.round_the_clock,
        CategoryLimit.source,
        CategoryLimit.valid_from,
    ).where(CategoryLimit.valid_from <= on)
    if codes is not None:
        statement = statement.where(CategoryLimit.category_code.in_(list(codes)))
    rows = session.execute(statement.order_by(CategoryLimit.valid_from))
    return {row.category_code: LimitRow(*row[1:]) for row in rows}
