"""A rated frontage for tests: a plaque at a door, passers-by, and the months that pass."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pledges.queries.plaques import Hanging
from pledges.service.ratings import Rater, frontage_by_code, rate_frontage
from portal.accounts.rules import Actor
from portal.kernel.db import Database
from portal.satisfaction.rules import Level
from tests.make import pledges as make
from tests.make.accounts import actor, person
from tests.make.inspections import STREET, Frontage, frontage
from tests.make.ratings import ratings_on

# the third quarter of the city, and a day on which its standings can be made
AUGUST = datetime(2026, 8, 12, 2, tzinfo=UTC)
CLOSED = datetime(2026, 10, 25, tzinfo=UTC)
NOBODY = Actor()


@dataclass
class Rated:
    """A shop behind a plaque where rating is open."""

    made: Frontage
    code: str
    row: Hanging

    def rate(
        self, level: Level = Level.SATISFIED, by: Actor | None = None, *, now: datetime = AUGUST,
        seen: int = 0, link: Any = None, address: str = "203.0.113.7",
    ) -> bool:  # fmt: skip
        """One rating: by somebody new, if nobody is named."""
        database = self.made.database
        with database.write() as session:
            who = by if by is not None else actor(session, person(session))
            return rate_frontage(
                session, Rater(who, link), self.code, level, address=address, seen=seen, now=now
            )

    def rated_by(self, many: int, level: Level = Level.SATISFIED, now: datetime = AUGUST) -> None:
        """So many people, each once, from as many addresses."""
        for one in range(many):
            self.rate(level, now=now, address=f"203.0.113.{one}")


def rated_shop(database: Database) -> Rated:
    """The shop of ``frontage``, for which somebody speaks, with a plaque."""
    made = frontage(database, starts_on=datetime(2026, 1, 1, tzinfo=UTC).date())
    with database.write() as session:
        area = made.tree[STREET]
        ratings_on(session, area)
        plaque = make.plaque(session, area)
        door = make.door_of(session, made.door)
        make.hang(session, plaque, door)
        code = plaque.code
    with database.read() as session:
        return Rated(made, code, frontage_by_code(session, code))
