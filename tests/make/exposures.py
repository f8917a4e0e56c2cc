"""Items of the exposure column for tests, and the people who write and approve them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from pledges.models import Breach
from pledges.rules.breaches import BreachState
from portal.accounts.rules import Actor
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.organisations.rules import OrganisationKind
from portal.publicity.models import Exposure
from portal.publicity.queries.exposures import ExposureRow, exposure_by_number, exposures_seen
from portal.publicity.rules.exposure import Basis, ExposureState, Step
from portal.publicity.service.exposures import ExposureWish, step_exposure, write_exposure
from tests.make import pledges as make
from tests.make.accounts import actor, staff
from tests.make.areas import small_tree
from tests.make.organisations import unit
from tests.make.photos import jpeg

STREET = "370283001"
OTHER_STREET = "370283002"


def basis(session: Session, area: Area, at: datetime, **changes: Any) -> Breach:
    """A breach of a company's shop that was recorded: the street has said so for good."""
    door = make.premises(session, area, "曝光1号")
    company = unit(session, f"SHOP-{door.number}", "东阁商贸", kind=OrganisationKind.COMPANY)
    runs = make.operator(session, door, sole_trader=False, organisation_id=company.id)
    version, lines = make.clauses(session, area, f"shown-{area.code}")
    pledge = make.pledge(session, runs, (version, lines), place_path=area.path)
    found = make.inspection(session, pledge, lines, broken="swept", at=at)
    values = {"state": BreachState.RECORDED, "opened_at": at}
    return make.breach(session, found, lines[0], **values | changes)


def exposure(session: Session, area: Area, of: Breach, at: datetime, **changes: Any) -> Exposure:
    """A draft with a photo of which the corner is covered."""
    blobs = instance_of(session).blobs
    beneath, covered = blobs.put(jpeg(), "jpg"), blobs.put(jpeg(160, 120), "jpg")
    values: dict[str, Any] = {
        "area_id": area.id, "place_path": area.path, "basis": Basis.BREACH,
        "basis_number": of.number, "about_person": False, "act": "占道堆放货物",
        "located": "东阁路", "days": 7, "made_at": at, "made_by": new_id(),
        "blob_key": beneath, "thumbnail_key": beneath, "width": 320, "height": 240,
        "public_key": covered, "public_thumbnail_key": covered, "covers": "0,0,250,333",
    }  # fmt: skip
    row = Exposure(**values | changes)
    session.add(row)
    session.flush()
    return row


@dataclass
class Column:
    """A street's desk that writes, two who approve, a desk elsewhere, and what it rests on."""

    database: Database
    writer: Actor
    first: Actor
    second: Actor
    elsewhere: Actor
    breach: str
    operator_id: UUID
    area: Area

    def write(self, now: datetime, **changes: Any) -> str:
        """A draft without a photo; its number."""
        given: dict[str, Any] = {
            "basis": Basis.BREACH, "basis_number": self.breach, "act": "占道堆放货物",
            "located": "东阁路", "days": 7, "about_person": False,
        }  # fmt: skip
        with self.database.write() as session:
            return write_exposure(session, self.writer, ExposureWish(**given | changes), now=now)

    def step(
        self, who: Actor, number: str, step: Step, now: datetime, reason: str = "",
        *, looked: bool = False,
    ) -> None:  # fmt: skip
        """A step of somebody who read what stands there now."""
        sent = self.row(number).sent
        with self.database.write() as session:
            step_exposure(
                session, who, number, step, sent=sent, reason=reason, now=now, looked=looked
            )

    def waiting(self, now: datetime, **changes: Any) -> str:
        """One that was sent for approval, and one has approved."""
        number = self.write(now, **changes)
        self.step(self.writer, number, Step.SEND, now)
        self.step(self.first, number, Step.APPROVE, now)
        return number

    def shown(self, now: datetime, **changes: Any) -> str:
        """One that two have approved."""
        number = self.waiting(now, **changes)
        self.step(self.second, number, Step.APPROVE, now)
        return number

    def row(self, number: str) -> ExposureRow:
        with self.database.read() as session:
            found = exposure_by_number(session, number)
        assert found is not None
        return found

    def seen(self, now: datetime, under: str = "/") -> list[str]:
        """The numbers that everybody sees."""
        with self.database.read() as session:
            zone = instance_of(session).city.zone
            return [row.number for row in exposures_seen(session, under, zone=zone, now=now)]

    def state(self, number: str) -> ExposureState:
        return self.row(number).state

    def change(self, table: Any, *where: Any, **values: Any) -> None:
        """Change a row of another package as its own steps would."""
        with self.database.write() as session:
            session.execute(update(table).where(*where).values(**values))


def column(database: Database, settled: datetime) -> Column:
    """The street, whose breach was last told of at ``settled``."""
    with database.write() as session:
        tree = small_tree(session)
        area = tree[STREET]
        of = basis(session, area, settled)
        writer, first, second = (
            actor(session, staff(session, "street_desk", area=area)) for _ in range(3)
        )
        other = actor(session, staff(session, "street_desk", area=tree[OTHER_STREET]))
        return Column(database, writer, first, second, other, of.number, of.operator_id, area)
