"""What is disclosed is entered at a desk, with its source; nothing of it is ever overwritten."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.queries import AreaRow, area_by_code
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number
from portal.kernel.instance import instance_of
from portal.organisations.queries import organisation_by_code
from portal.publicity.models import DisclosedInput, KeyTask, KeyTaskChange
from portal.publicity.queries.disclosure import InputRow, TaskRow, input_by_number, task_by_number
from portal.publicity.rules.disclosure import (
    DisclosureRefusal,
    InputKind,
    InputWish,
    TaskState,
    TaskWish,
    is_link,
)

WRITE: Final = Permission.DISCLOSURE_WRITE


def enter_input(
    session: Session, actor: Actor, wish: InputWish, *, replaced: str, now: datetime
) -> None:
    """Enter a figure; one of the same kind, place, year and name ends. ``replaced``: the words for
    its end."""
    area = _place(session, actor, wish.place)
    if wish.link and not is_link(wish.link):
        raise Refused(DisclosureRefusal.BAD_LINK, field="link")
    if wish.kind is InputKind.POPULATION and wish.amount < 1:
        raise Refused(DisclosureRefusal.NOBODY, field="amount")
    same = (
        DisclosedInput.kind == wish.kind, DisclosedInput.area_id == area.id,
        DisclosedInput.year == wish.year, DisclosedInput.title == wish.title,
        DisclosedInput.ended_at.is_(None),
    )  # fmt: skip
    session.execute(update(DisclosedInput).where(*same).values(ended_at=now, ended_why=replaced))
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    entered = dialect.insert(DisclosedInput).values(
        id=new_id(), number=new_number(), kind=wish.kind, area_id=area.id, area_code=area.code,
        year=wish.year, amount=wish.amount, title=wish.title, source=wish.source,
        link=wish.link or None, entered_at=now, entered_by=actor.person_id,
    )  # fmt: skip
    if not changed_rows(session, entered.on_conflict_do_nothing()):
        # somebody entered the same in this very moment
        raise Conflict(DisclosureRefusal.MOVED_ON)


def _place(session: Session, actor: Actor, typed: str) -> AreaRow:
    area = area_by_code(session, typed.strip().upper())
    if area is None or not actor.may(WRITE, place_path=area.path):
        raise Refused(DisclosureRefusal.NO_PLACE, field="place")
    return area


def input_here(session: Session, actor: Actor, number: str) -> InputRow:
    """A figure of the places where somebody discloses; any other is Missing."""
    row = input_by_number(session, clean_number(number) or "")
    area = area_by_code(session, row.area_code) if row else None
    if row is None or area is None or not actor.may(WRITE, place_path=area.path):
        raise Missing
    return row


def end_input(session: Session, actor: Actor, number: str, why: str, *, now: datetime) -> None:
    """Take a figure off the page, with a reason; the row stays."""
    row = input_here(session, actor, number)
    if not why:
        raise Refused(DisclosureRefusal.NO_REASON, field="why")
    stands = (DisclosedInput.id == row.id, DisclosedInput.ended_at.is_(None))
    statement = update(DisclosedInput).where(*stands).values(ended_at=now, ended_why=why)
    if not changed_rows(session, statement):
        raise Conflict(DisclosureRefusal.MOVED_ON)


def start_task(session: Session, actor: Actor, wish: TaskWish, note: str, *, now: datetime) -> str:
    """Enter a key task; its number."""
    area = _place(session, actor, wish.place)
    unit = organisation_by_code(session, wish.unit.strip().upper())
    if unit is None or not unit.valid_on(city_day(now, instance_of(session).city.zone)):
        raise Refused(DisclosureRefusal.NO_UNIT, field="unit")
    row = KeyTask(
        id=new_id(), number=new_number(), title=wish.title, goal=wish.goal,
        organisation_id=unit.id, area_id=area.id, place_path=area.path, source=wish.source,
        due_on=wish.due_on,
    )  # fmt: skip
    session.add(row)
    # its changes refer to it by its key alone
    session.flush()
    session.add(
        KeyTaskChange(
            task_id=row.id, version=1, at=now, state=TaskState.UNDER_WAY, due_on=wish.due_on,
            note=note, role=_role(actor, area.path), changed_by=actor.person_id,
        )
    )  # fmt: skip
    return row.number


def _role(actor: Actor, path: str) -> str:
    """The role by which somebody acts there."""
    return min(actor.roles_for(WRITE, place_path=path), default="")


def task_here(session: Session, actor: Actor, number: str) -> TaskRow:
    """A key task of the places where somebody discloses; any other is Missing."""
    row = task_by_number(session, clean_number(number) or "")
    if row is None or not actor.may(WRITE, place_path=_path(session, row)):
        raise Missing
    return row


def _path(session: Session, row: TaskRow) -> str:
    return session.get_one(KeyTask, row.id).place_path


def change_task(
    session: Session, actor: Actor, number: str, state: TaskState, due_on: date, note: str, *,
    seen: int, now: datetime,
) -> None:  # fmt: skip
    """Move a key task or its day, and say why; of two who read the same the second is told."""
    row = task_here(session, actor, number)
    if not note:
        raise Refused(DisclosureRefusal.NO_REASON, field="note")
    statement = (
        update(KeyTask)
        .where(KeyTask.id == row.id, KeyTask.version == seen)
        .values(state=state, due_on=due_on, version=seen + 1)
    )
    if not changed_rows(session, statement):
        raise Conflict(DisclosureRefusal.MOVED_ON)
    session.add(
        KeyTaskChange(
            task_id=row.id, version=seen + 1, at=now, state=state, due_on=due_on, note=note,
            role=_role(actor, _path(session, row)), changed_by=actor.person_id,
        )
    )  # fmt: skip
