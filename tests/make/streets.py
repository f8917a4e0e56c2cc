"""Two streets without pages, for tests of what services do with their cases and say of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from portal.accounts.rules import Actor
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.organisations.models import Organisation
from portal.reports.queries.batches import BatchLine, batch_by_number, lines_of
from portal.reports.rules.batches import BatchAction, Wish
from portal.reports.rules.codes import State
from portal.reports.service.batches import do_batch, undo_batch
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.organisations import unit
from tests.make.rows import ReadsCases

COMMUNITY, EAST, WEST = "370283001001", "370283001", "370283002"
WEST_COMMUNITY = "370283002001"
LATER = reports.NOW + timedelta(hours=8)
SOON = LATER + timedelta(minutes=4)
PHONE = "13800001281"


class Streets(ReadsCases):
    """Two streets, a unit for both, a clerk of the first, and what is done to many at once."""

    def __init__(self, database: Database, clerk: Actor | None = None) -> None:
        self.database = database
        with database.write() as session:
            self.tree = small_tree(session)
            self.unit = unit(session, "CLEAN", area=self.tree["370283"]).id
        self.clerk = clerk or reports.desk(self.tree[EAST].path)

    @property
    def moved(self) -> Actor:
        """The same clerk, who now works in the other street."""
        grants = reports.desk(self.tree[WEST].path).grants
        return Actor(self.clerk.person_id, name="x", grants=grants)

    def case(self, state: State = State.REPORTED, *, area: str = COMMUNITY, **options: Any) -> str:
        with self.database.write() as session:
            owner = session.get_one(Organisation, self.unit)
            place = session.get_one(Area, self.tree[area].id)
            options.setdefault("phone", PHONE)
            return reports.case(session, place, state=state, unit=owner, **options).number

    def wish(self, number: str, **more: Any) -> Wish:
        return Wish(number, self.row(number).version, **more)

    def do(
        self,
        action: BatchAction,
        wishes: Sequence[Wish],
        *,
        at: datetime = LATER,
        actor: Actor | None = None,
    ) -> str:
        with self.database.write() as session:
            return do_batch(session, actor or self.clerk, action, wishes, now=at)

    def undo(self, batch: str, *, at: datetime = SOON, actor: Actor | None = None) -> None:
        with self.database.write() as session:
            undo_batch(session, batch, actor or self.clerk, now=at)

    def lines(self, batch: str, actor: Actor | None = None) -> dict[str, BatchLine]:
        with self.database.read() as session:
            found = batch_by_number(session, batch)
            assert found is not None
            lines = lines_of(session, found.id, actor or self.clerk)
            return {line.number: line for line in lines}


class OneReport(Streets):
    """The two streets and one report, of the first."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.number = self.case()

    def act(self, action: BatchAction, **more: Any) -> str:
        """A batch of the one report; its number."""
        return self.do(action, [self.wish(self.number, **more)])
