"""The volunteer cloud: certified time goes out by file, time served elsewhere comes in by file."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.db import Database
from portal.kernel.errors import BadData, Conflict, Forbidden, Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.kernel.sheets import SheetRow, open_sheet, write_table
from portal.kernel.words import say
from volunteers.models import CloudLink, ServiceHours
from volunteers.queries.cloud import (
    hours_to_send,
    links_of,
    outside_records,
    overlapping,
)
from volunteers.rules.cloud import (
    COLUMNS,
    NOTED,
    Clash,
    CloudProblem,
    CloudRefusal,
    CloudRow,
    clean_cloud_id,
    read_row,
)
from volunteers.rules.hours import HoursSource

BATCH = 500


@dataclass
class CloudReport:
    """What came of a file: taken over, known already, and every clash by its line."""

    taken: int = 0
    known: int = 0
    clashes: list[Clash] = field(default_factory=list)

    @property
    def refused(self) -> list[Clash]:
        return [clash for clash in self.clashes if clash.problem not in NOTED]


def link_cloud(session: Session, actor: Actor, typed: str, *, now: datetime) -> None:
    """Keep who I am in the cloud; an empty text forgets it."""
    if actor.person_id is None:
        raise Forbidden
    session.execute(delete(CloudLink).where(CloudLink.person_id == actor.person_id))
    if not typed.strip():
        return
    cloud_id = clean_cloud_id(typed)
    if cloud_id is None:
        raise Refused(CloudRefusal.BAD_ID, field="cloud_id")
    session.add(CloudLink(person_id=actor.person_id, cloud_id=cloud_id, linked_at=now))
    try:
        # another's number is found out by its UNIQUE alone, whoever is first
        session.flush()
    except IntegrityError as error:
        raise Conflict(CloudRefusal.TAKEN, field="cloud_id") from error


def export_cloud(database: Database, path: Path, first: date, last: date, now: datetime) -> int:
    """Write certified time of people who gave their number there; how many rows."""
    with database.read() as session:
        zone = instance_of(session).city.zone
        rows = (
            (
                row.cloud_id, row.number, row.title_zh_hans,
                f"{row.starts_at.astimezone(zone):%F %R}",
                f"{row.ends_at.astimezone(zone):%F %R}", row.minutes,
            )
            for row in hours_to_send(session, first, last, zone, now)
        )  # fmt: skip
        return write_table(path, COLUMNS, rows)


def import_cloud(database: Database, path: Path, *, partial: bool, now: datetime) -> CloudReport:
    """Take over a file of services elsewhere. Without ``partial`` one bad row refuses it all.

    Raises BadData with the lines. Imported again it changes nothing: a record of the cloud is
    known by its number. What overlaps with other service is taken over and counted once.
    """
    report = CloudReport()
    rows = list(_read(database, path, report, now))
    with database.read() as session:
        people = links_of(session, {row.cloud_id for _, row in rows})
        known = outside_records(session, {row.record_id for _, row in rows})
        new = list(_new(session, rows, people, known, report))
    if report.refused and not partial:
        raise BadData(path.name, [(clash.line, say(clash.problem)) for clash in report.refused])
    for start in range(0, len(new), BATCH):
        with database.write() as session:
            report.taken += _write(session, new[start : start + BATCH], people, now)
    return report


def _read(
    database: Database, path: Path, report: CloudReport, now: datetime
) -> Iterator[tuple[int, CloudRow]]:
    with database.read() as session:
        zone = instance_of(session).city.zone
    sheet = open_sheet(path)
    if set(COLUMNS) - set(sheet.header):
        raise BadData(path.name, [(1, say(CloudProblem.COLUMNS, columns=", ".join(COLUMNS)))])
    seen: set[str] = set()
    for line in sheet.rows:
        row = _whole(line, zone, now)
        if isinstance(row, CloudRow) and row.record_id in seen:
            row = CloudProblem.TWICE
        if isinstance(row, CloudProblem):
            report.clashes.append(Clash(line.line, row))
            continue
        seen.add(row.record_id)
        yield line.line, row


def _whole(line: SheetRow, zone: Any, now: datetime) -> CloudRow | CloudProblem:
    if line.lost or line.wide is not None:
        return CloudProblem.COLUMNS
    return read_row(line.cells, zone, now)


def _new(
    session: Session,
    rows: Collection[tuple[int, CloudRow]],
    people: dict[str, UUID],
    known: dict[str, Any],
    report: CloudReport,
) -> Iterator[CloudRow]:
    for line, row in rows:
        person = people.get(row.cloud_id)
        there = known.get(row.record_id)
        if person is None:
            report.clashes.append(Clash(line, CloudProblem.UNKNOWN_PERSON))
        elif there is not None:
            same = there == (person, row.span.starts_at, row.span.ends_at, row.minutes)
            report.known += same
            if not same:
                report.clashes.append(Clash(line, CloudProblem.DIFFERENT))
        else:
            if overlapping(session, person, row.span):
                report.clashes.append(Clash(line, CloudProblem.OVERLAP))
            yield row


def _write(session: Session, rows: list[CloudRow], people: dict[str, UUID], now: datetime) -> int:
    """Those whose person is still linked: an erasure meanwhile is not undone."""
    root = instance_of(session).city.roots[0]
    still = links_of(session, {row.cloud_id for row in rows})
    there = outside_records(session, {row.record_id for row in rows})
    made = [
        ServiceHours(
            id=new_id(), person_id=people[row.cloud_id], place_path=f"/{root}/",
            title_zh_hans=row.title, starts_at=row.span.starts_at, ends_at=row.span.ends_at,
            minutes=row.minutes, source=HoursSource.CLOUD, outside_id=row.record_id,
            confirmed_at=now,
        )
        for row in rows
        if still.get(row.cloud_id) == people[row.cloud_id] and row.record_id not in there
    ]  # fmt: skip
    session.add_all(made)
    return len(made)
