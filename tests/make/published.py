"""Published conventions for tests: adopted by a vote, filed and published by the services."""

from datetime import date, datetime, timedelta
from typing import Any

from portal.conventions.queries.published import VersionRow, versions_of
from portal.conventions.queries.texts import round_by_number
from portal.conventions.rules.counting import Choice, Outcome
from portal.conventions.rules.kinds import Kind
from portal.conventions.rules.votes import CallWish
from portal.conventions.service.filing import FilingWish, file_text
from portal.conventions.service.publishing import PublishWish, publish_version
from portal.kernel.clock import city_day
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.kernel.uploads import KeptPhotos
from tests.make.votes import AFTER, CALL, Voting

FILED_AT = AFTER + timedelta(days=2)
PUBLISHED_AT = FILED_AT + timedelta(days=1)


class Adopted(Voting):
    """A community whose text four people adopted on the screen."""

    def __init__(self, database: Database, *, kind: Kind = Kind.RESIDENTS) -> None:
        super().__init__(database, kind=kind)

    def adopt(self, wish: CallWish = CALL) -> None:
        """Everybody says yes."""
        self.call(wish)
        for at in range(len(self.people)):
            self.cast(at, Choice.YES)
        assert self.decide() is Outcome.CARRIED

    def day(self, moment: datetime) -> date:
        with self.database.read() as session:
            return city_day(moment, instance_of(session).city.zone)

    def file(
        self, number: str = "乳备〔2026〕18号", *, now: datetime = FILED_AT, **changes: Any
    ) -> None:
        values: dict[str, Any] = {
            "filed_with": "城区街道办事处", "filing_number": number,
            "filed_on": self.day(FILED_AT), "photos": KeptPhotos(),
        }  # fmt: skip
        self.act(file_text, self.first, self.round, FilingWish(**values | changes), now=now)

    def publish(self, *, now: datetime = PUBLISHED_AT, **changes: Any) -> int:
        values = {"effective_from": self.day(PUBLISHED_AT), "review_on": None} | changes
        version: int = self.act(
            publish_version, self.first, self.round, PublishWish(**values), now=now
        )
        return version

    @property
    def versions(self) -> list[VersionRow]:
        with self.database.read() as session:
            row = round_by_number(session, self.round)
            assert row is not None
            return versions_of(session, row.convention_id)


def published_text(database: Database) -> Adopted:
    """One that went all the way."""
    made = Adopted(database)
    made.adopt()
    made.file()
    made.publish()
    return made
