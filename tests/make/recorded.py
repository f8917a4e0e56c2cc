"""A shop that is a company of the register, with a breach that was recorded."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from credit.models import Matter
from pledges.service.follow_up import CaseWish, ConductWish, follow_up
from portal.kernel.db import Database
from portal.reports.models import Case
from tests.make import process
from tests.make.inspections import Frontage, frontage
from tests.make.reports import category

CASE = CaseWish("litter", "门前有两袋垃圾")


@dataclass
class Shop:
    """A shop that is a company of the register, with a breach that was recorded."""

    made: Frontage
    world: process.World
    number: str
    over: datetime

    def follow(self, now: datetime | None = None, **wish: Any) -> Any:
        return self.made.do(
            follow_up, self.made.desk, self.number, language="zh_Hans", now=now or self.over,
            gates=self.world.gates, **wish,
        )  # fmt: skip

    def conduct(self, **changes: Any) -> ConductWish:
        given = {"rule_code": "litter", "basis": self.world.basis, "act": "期满仍未清扫门前"}
        return ConductWish(**given | changes)


def recorded_shop(database: Database) -> Shop:
    world = process.world(database)
    with database.write() as session:
        company = process.shop(session, world)
        category(session, "litter")
    made = frontage(database, world.tree, organisation_id=company.id, sole_trader=False)
    number = made.breach()
    return Shop(made, world, number, made.recorded(number))


def followed(shop: Shop) -> tuple[int, int]:
    """How many cases and proposals there are."""
    with shop.made.database.read() as session:
        return (
            session.scalar(select(func.count()).select_from(Case)) or 0,
            session.scalar(select(func.count()).select_from(Matter)) or 0,
        )
