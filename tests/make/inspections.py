"""A street with a shop that pledged, its inspector, two of its desk, and whoever speaks for it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from pledges.queries.breaches import BreachRow, breach_by_number, events_of
from pledges.rules.breaches import BreachStep, ladder
from pledges.rules.inspections import Body, Finding
from pledges.service.breaches import open_breach, take_step
from pledges.service.inspections import InspectionWish, make_inspection
from portal.accounts.rules import Actor
from portal.kernel.db import Database
from tests.make import pledges as make
from tests.make.accounts import actor, person, staff
from tests.make.areas import small_tree
from tests.make.pledges import NOW

STREET, OTHER_STREET = "370283001", "370283002"
DAY = timedelta(days=1)


@dataclass
class Frontage:
    """What stands at a door of the street, and who has to do with it."""

    database: Database
    door: str
    version_id: UUID
    clauses: dict[str, UUID]
    inspector: Actor
    desk: Actor
    second: Actor
    elsewhere: Actor
    owner: Actor
    tree: dict[str, Any] = field(default_factory=dict)

    def do(self, act: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """An act in a transaction of its own."""
        with self.database.write() as session:
            return act(session, *given, **named)

    def wish(self, broken: str = "", **changes: Any) -> InspectionWish:
        """Everything kept but one clause, seen by a liaison officer."""
        given: dict[str, Any] = {
            "body": Body.LIAISON, "at": NOW, "version_id": self.version_id,
            "answers": {
                key: Finding.NOT_KEPT if code == broken else Finding.KEPT
                for code, key in self.clauses.items()
            },
        }  # fmt: skip
        return InspectionWish(**given | changes)

    def inspected(self, broken: str = "", *, now: datetime = NOW, **changes: Any) -> str:
        """The number of an inspection."""
        wish = self.wish(broken, **{"at": now} | changes)
        found: str = self.do(make_inspection, self.inspector, self.door, wish, now=now)
        return found

    def breach(self, broken: str = "swept", *, now: datetime = NOW) -> str:
        """The number of a breach that the shop was reminded of."""
        found: str = self.do(
            open_breach, self.desk, self.inspected(broken, now=now), self.clauses[broken],
            "门前有两袋垃圾", now=now,
        )  # fmt: skip
        return found

    def demanded(self, number: str) -> datetime:
        """Tell the shop to put it right; the first moment at which it is too late."""
        now = NOW + ladder()[BreachStep.REMIND].days * DAY
        due = (now + ladder()[BreachStep.DEMAND].days * DAY).date()
        self.do(
            take_step, self.desk, number, BreachStep.DEMAND, "三天后仍有垃圾", due_on=due, now=now
        )
        return now + (ladder()[BreachStep.DEMAND].days + 1) * DAY

    def recorded(self, number: str) -> datetime:
        """Record that it was not put right; the first moment at which the ladder goes on."""
        now = self.demanded(number)
        self.do(take_step, self.desk, number, BreachStep.RECORD, "期满仍未整改", now=now)
        return now + (ladder()[BreachStep.RECORD].days + 1) * DAY


def frontage(
    database: Database, tree: dict[str, Any] | None = None, **operator: Any
) -> Frontage:  # fmt: skip
    """The shop and its people; ``operator``: changes of whoever runs it."""
    with database.write() as session:
        places = tree or dict(small_tree(session))
        area = places[STREET]
        owner = person(session)
        door = make.premises(session, area)
        runs = make.operator(session, door, **{"person_id": owner.id} | operator)
        version, lines = make.clauses(session, area)
        make.pledge(session, runs, (version, lines), place_path=area.path)
        desk = staff(session, "street_desk", area=area)
        return Frontage(
            database, door.number, version.id, {one.code: one.id for one in lines},
            actor(session, staff(session, "liaison_officer", area=area)),
            actor(session, desk),
            actor(session, staff(session, "street_desk", area=area)),
            actor(session, staff(session, "street_desk", area=places[OTHER_STREET])),
            actor(session, owner), places,
        )  # fmt: skip


def seen(made: Frontage, number: str) -> BreachRow:
    with made.database.read() as session:
        found = breach_by_number(session, number)
    assert found is not None
    return found


def steps(made: Frontage, number: str) -> list[BreachStep]:
    with made.database.read() as session:
        return [one.step for one in events_of(session, seen(made, number))]


def counted(made: Frontage, table: Any) -> int:
    with made.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
