"""Tables that were taken into the register, and whether something was built upon their lines."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from pledges.models import Premises, PremisesEvent, PremisesImport, PremisesOperator
from pledges.rules.premises import PremisesState
from portal.kernel.db import Base

SHOWN = 20
# what a line of a table brings itself
_OWN = frozenset({PremisesEvent.__tablename__, PremisesOperator.__tablename__})


@dataclass(frozen=True)
class ImportRow:
    """A table that was taken in."""

    id: UUID
    number: str
    place_path: str
    lines: int
    made_at: datetime
    made_by: UUID | None
    undone_at: datetime | None


_COLUMNS = (
    PremisesImport.id, PremisesImport.number, PremisesImport.place_path, PremisesImport.lines,
    PremisesImport.made_at, PremisesImport.made_by, PremisesImport.undone_at,
)  # fmt: skip


def imports_of(
    session: Session, person_id: UUID | None, places: Collection[str] | None
) -> list[ImportRow]:
    """The newest tables that somebody took in, or that lie in her places."""
    statement = select(*_COLUMNS).order_by(PremisesImport.made_at.desc(), PremisesImport.id.desc())
    if places is not None:
        inside = (PremisesImport.place_path.startswith(one, autoescape=True) for one in places)
        mine = PremisesImport.made_by == person_id if person_id else false()
        statement = statement.where(or_(mine, *inside))
    return [ImportRow(**row._mapping) for row in session.execute(statement.limit(SHOWN))]


def import_by_number(session: Session, number: str) -> ImportRow | None:
    """A table that was taken in, by its number."""
    statement = select(*_COLUMNS).where(PremisesImport.number == number)
    row = session.execute(statement).one_or_none()
    return ImportRow(**row._mapping) if row else None


def built_upon(session: Session, import_id: UUID) -> int:
    """With how many places of a table something was done since: they were changed, another one
    runs them or somebody speaks for them, or any other row refers to them or to who runs them."""
    changed = or_(Premises.version > 1, _operator_moved(), *_references())
    statement = select(func.count()).select_from(Premises)
    return session.scalar(statement.where(Premises.import_id == import_id, changed)) or 0


def _operator_moved() -> ColumnElement[bool]:
    runs = and_(
        PremisesOperator.district == Premises.district, PremisesOperator.premises_id == Premises.id
    )
    moved = or_(
        PremisesOperator.ends_on.is_not(None), PremisesOperator.person_id.is_not(None),
        PremisesOperator.organisation_id.is_not(None),
    )  # fmt: skip
    return or_(
        exists().where(runs, moved),
        and_(Premises.state == PremisesState.OPEN, ~exists().where(runs)),
        and_(Premises.state == PremisesState.EMPTY, exists().where(runs)),
    )


def _references() -> list[ColumnElement[bool]]:
    """Whatever refers to a place, table by table: what comes later is found by itself."""
    tables = [table for name, table in Base.metadata.tables.items() if name not in _OWN]
    return [one for table in tables for one in _from(table)]


def _from(table: Table) -> list[ColumnElement[bool]]:
    here, found = table.alias(), list[ColumnElement[bool]]()
    for key in table.foreign_key_constraints:
        target = key.referred_table.name
        columns = [here.c[column.name] for column in key.columns]
        if len(columns) != 2 or target not in {"premises", "premises_operator"}:
            continue
        district, other = columns
        if target == "premises":
            found.append(exists().where(district == Premises.district, other == Premises.id))
            continue
        runs = aliased(PremisesOperator)
        of_operator = exists().where(
            district == runs.district, other == runs.id,
            runs.district == Premises.district, runs.premises_id == Premises.id,
        )  # fmt: skip
        found.append(of_operator.correlate(Premises))
    return found
