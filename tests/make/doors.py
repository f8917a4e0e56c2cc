"""Matters filed for somebody else, and small ones in a building, for tests."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.rules import Actor
from portal.areas.models import Area
from portal.kernel.clock import now
from portal.kernel.uploads import KeptPhotos
from portal.reports.models import CaseReporter
from portal.reports.queries.case import CaseRow
from portal.reports.rules.codes import Event, Source, State
from portal.reports.rules.doors import Behalf, ConsentWay, Filing, ProxyRelation
from portal.reports.service.filing import Filer, file_for
from portal.reports.service.intake import Filed
from portal.reports.service.loop import Brought, move_case
from tests.make import accounts, reports
from tests.make.areas import area
from tests.make.intake import COMMUNITY, answers
from tests.make.rows import case_row

BUILDING = "370283001001G01B001"
FOR_HER = Filing(
    Source.PETITION_PROXY,
    Behalf.RESIDENT,
    "陈奶奶",
    ProxyRelation.AGENT,
    ConsentWay.SPOKEN,
    agreed=True,
)


def filer(session: Session, person: Person, **changes: Any) -> Filer:
    """Somebody of the staff at her desk."""
    made = Filer(accounts.actor(session, person), "zh_Hans", KeptPhotos(), KeptPhotos())
    return replace(made, **changes)


def file_one(
    session: Session,
    person: Person,
    filing: Filing = FOR_HER,
    *,
    at: datetime | None = None,
    **told: Any,
) -> Filed:
    """A report that somebody of the staff files for somebody else."""
    whole = answers(**{"area_code": COMMUNITY, **told})
    return file_for(session, whole, filing, filer(session, person), now=at or now())


def building(session: Session, tree: Mapping[str, Area]) -> Area:
    """A building in the first grid."""
    return area(session, BUILDING, "building", "1号楼", tree[BUILDING[:-4]])


def settled(session: Session, made: Any, head: Actor, at: datetime, days: int = 5) -> CaseRow:
    """A small matter that the head of the building says is solved; its reporter is asked."""
    until = (("confirm_until", at + timedelta(days=days)),)
    brought = Brought(words="搬走了", photos=(reports.AFTER_PHOTO,), values=until)
    row = reports.row_of(session, made)
    return move_case(session, row, Event.SETTLE, actor=head, now=at, brought=brought)


def through_doors(session: Session, people: Mapping[str, Person]) -> dict[str, str]:
    """Of the demo's people: filed for a resident, and a small matter before and after it."""
    at, resident = now() - timedelta(days=2), people["resident"]
    grid = session.scalars(select(Area).where(Area.code == "370283001001G02")).one()
    place = area(session, f"{grid.code}B009", "building", "9号楼", grid)
    filed, own = (
        file_one(session, people["community_committee"], at=now() - timedelta(days=9))
        for _ in range(2)
    )
    hers = case_row(session, own.number)
    mine = update(CaseReporter).where(CaseReporter.case_id == hers.id)
    session.execute(mine.values(person_id=resident.id))
    small, asked = (
        reports.case(session, place, state=State.ACCEPTED, reporter=resident, at=at)
        for _ in range(2)
    )
    settled(session, asked, accounts.actor(session, people["building_head"]), now())
    return {
        "filed_for": filed.number,
        "consented": own.number,
        "small": small.number,
        "settling": asked.number,
    }
