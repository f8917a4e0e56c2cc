"""A table that was taken in by mistake is taken back, while nothing was built upon it."""

from datetime import datetime

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.orm import Session

from pledges.models import Premises, PremisesEvent, PremisesImport, PremisesOperator
from pledges.queries.premises_imports import ImportRow, built_upon, import_by_number
from pledges.rules.register import PremisesFlaw
from pledges.service.premises import MANAGE
from portal.accounts.rules import Actor
from portal.kernel.audit import note_action
from portal.kernel.errors import Conflict, Missing
from portal.kernel.ids import clean_number


def import_here(session: Session, actor: Actor, number: str) -> ImportRow:
    """A table that somebody took in herself, or of her places. Raises Missing."""
    row = import_by_number(session, clean_number(number) or "")
    mine = row is not None and row.made_by is not None and row.made_by == actor.person_id
    if row is None or not (mine or actor.may(MANAGE, place_path=row.place_path)):
        raise Missing
    return row


def undo_import(session: Session, actor: Actor, number: str, *, now: datetime) -> int:
    """Remove everything that a table brought; how many places. The doors are locked first, so that
    nothing is built upon them meanwhile."""
    row = import_here(session, actor, number)
    doors = select(Premises.district, Premises.id).where(Premises.import_id == row.id)
    locked = session.execute(doors.order_by(Premises.district, Premises.id).with_for_update())
    count = len(locked.all())
    if row.undone_at is not None or not count:
        raise Conflict(PremisesFlaw.UNDONE)
    if touched := built_upon(session, row.id):
        raise Conflict(PremisesFlaw.BUILT_UPON, facts={"count": touched})
    for table in (PremisesEvent, PremisesOperator):
        of_door = tuple_(table.district, table.premises_id)
        session.execute(
            delete(table).where(of_door.in_(doors)),
            execution_options={"synchronize_session": False},
        )
    session.execute(
        delete(Premises).where(Premises.import_id == row.id),
        execution_options={"synchronize_session": False},
    )
    session.execute(
        update(PremisesImport)
        .where(PremisesImport.id == row.id, PremisesImport.undone_at.is_(None))
        .values(undone_at=now, undone_by=actor.person_id),
        execution_options={"synchronize_session": False},
    )
    note_action(
        session, at=now, actor_id=actor.person_id, action="premises:undo_import",
        subject=f"premises_import:{row.number}",
    )  # fmt: skip
    return count
