"""Alliances for tests: a road of shops, who speaks for each, a desk, and what they do."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from pledges.models import Alliance, AllianceHead, AllianceMember, Premises, PremisesOperator
from portal.accounts.models import Person
from portal.accounts.rules import Actor
from portal.areas.models import Area
from portal.kernel.db import Database
from tests.make import pledges as make
from tests.make.accounts import actor, person, staff
from tests.make.areas import small_tree
from tests.make.pledges import NOW, TODAY

STREET, OTHER = "370283001", "370283002"
SHOPS = ("东阁早点铺", "西阁面馆", "南门理发店", "北门水果店", "钟楼书店")


def alliance(session: Session, area: Area, **changes: Any) -> Alliance:
    """An alliance of a place, without members."""
    values: dict[str, Any] = {
        "district": make.district_of(area), "name_zh_hans": "胜利路门前五包联盟",
        "area_id": area.id, "place_path": area.path, "founded_on": TODAY, "made_at": NOW,
    }  # fmt: skip
    row = Alliance(**values | changes)
    session.add(row)
    session.flush()
    return row


def member(session: Session, of: Alliance, door: Premises, by: PremisesOperator) -> AllianceMember:
    """A shop that joined yesterday."""
    row = AllianceMember(
        district=of.district, alliance_id=of.id, premises_id=door.id, operator_id=by.id,
        joined_at=NOW - timedelta(days=1),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def head(session: Session, of: Alliance, one: AllianceMember, who: Person) -> AllianceHead:
    """Somebody who leads for a year from today on."""
    row = AllianceHead(
        district=of.district, alliance_id=of.id, member_id=one.id, person_id=who.id,
        elected_on=TODAY, votes=3, starts_on=TODAY, ends_on=TODAY + timedelta(days=365),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


@dataclass
class Road:
    """A road of shops whose owners speak for them, all in one alliance if ``joined``."""

    database: Database
    tree: dict[str, Area]
    number: str
    desk: Person
    far_desk: Person
    owners: list[Person] = field(default_factory=list)
    shops: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)

    def do(
        self, act: Any, who: Person | None, *given: Any, now: datetime = NOW, **named: Any
    ) -> Any:
        """Run a service as somebody."""
        with self.database.write() as session:
            return act(session, self.actor(session, who), *given, now=now, **named)

    def actor(self, session: Session, who: Person | None) -> Actor:
        return actor(session, who) if who is not None else Actor()

    def read(self, query: Any, *given: Any, **named: Any) -> Any:
        with self.database.read() as session:
            return query(session, *given, **named)


def road(database: Database, shops: int = 5, *, joined: bool = True, led: bool = False) -> Road:
    """A road with an alliance; ``led``: the first owner leads it."""
    with database.write() as session:
        tree = small_tree(session)
        area = tree[STREET]
        desk = staff(session, "street_desk", area=area)
        far = staff(session, "street_desk", area=tree[OTHER])
        row = alliance(session, area)
        made = Road(database, dict(tree), row.number, desk, far)
        for at, title in enumerate(SHOPS[:shops], 1):
            her = person(session)
            door = make.premises(session, area, f"{at}号", title=title)
            by = make.operator(session, door, phone=f"+86139000001{at:02}", person_id=her.id)
            made.owners.append(her)
            made.shops.append(door.number)
            if joined:
                one = member(session, row, door, by)
                made.members.append(one.number)
                if led and at == 1:
                    head(session, row, one, her)
        return made
