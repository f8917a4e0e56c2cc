"""The diary of a grid (R271): written on the spot, corrected by a further entry, never changed.

A finding becomes a report in the same step; the entry then leads to it, and it to the entry (R272).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.queries import AreaRow, area_by_code, locate
from portal.kernel.clock import month_bounds
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_token
from portal.kernel.instance import instance_of
from portal.kernel.uploads import (
    KeptPhotos,
    UploadRow,
    register_blob_keeper,
    take_uploads,
    uploads_of,
)
from portal.reports.models import GridEntry, GridEntryCase, GridEntryPhoto, GridEntryText
from portal.reports.queries.case import CaseRow, case_by_number
from portal.reports.queries.diary import EntryRow, entries_between, entry_by_code
from portal.reports.rules.codes import Source
from portal.reports.rules.grid import (
    MOST_LINKED,
    MOST_PLACE_WORDS,
    MOST_WORDS,
    EntryKind,
    GridRefusal,
    why_not_written,
)
from portal.reports.rules.intake import Contact, ReportAnswers
from portal.reports.service.grid_team import grid_here
from portal.reports.service.intake import file_report
from portal.reports.service.loop import may_see
from portal.reports.service.steps import file_facts


@dataclass(frozen=True)
class Written:
    """What somebody writes into the diary. ``report_as``: the kind of problem that was found."""

    kind: EntryKind | None
    at: datetime | None
    seen: str
    place: str = ""
    present: Mapping[str, int] | None = field(default_factory=dict)
    numbers: Sequence[str] = ()
    photos: KeptPhotos = field(default_factory=KeptPhotos)
    report_as: str | None = None


@dataclass(frozen=True)
class Entered:
    """The code of the entry, and the number of the report that was made of it."""

    code: str
    number: str | None


@dataclass(frozen=True)
class DiaryMonth:
    """A month of a grid's diary, as it is filed."""

    area: AreaRow
    month: str
    entries: Sequence[EntryRow]

    @property
    def counts(self) -> list[tuple[EntryKind, int]]:
        """How many entries of each kind."""
        return [(kind, sum(one.kind is kind for one in self.entries)) for kind in EntryKind]


def write_entry(
    session: Session, code: str, written: Written, *, actor: Actor, now: datetime
) -> Entered:
    """Add an entry to a grid's diary, and report what was found. Raises Refused."""
    area = grid_here(session, code, actor, Permission.GRID_WORK)
    linked = _checked(session, written, actor, now)
    return _add(session, area, written, linked, actor=actor, now=now)


def correct_entry(
    session: Session, entry_code: str, written: Written, *, actor: Actor, now: datetime
) -> Entered:
    """Say it rightly: a further entry, which stands in the first one's place. Both stay readable.

    Only who wrote it corrects it, and each version once. Photos stay with the first.
    """
    entry = own_entry(session, entry_code, actor)
    area = area_by_code(session, entry.area_code)
    if area is None:
        raise Missing
    linked = _checked(session, written, actor, now, corrects=entry)
    return _add(session, area, written, linked, actor=actor, now=now, corrects=entry)


def entry_here(session: Session, entry_code: str, actor: Actor) -> EntryRow:
    """An entry in the reach of somebody who works in its grid; raises Missing otherwise."""
    entry = entry_by_code(session, entry_code, actor)
    places = actor.places_for(Permission.GRID_WORK)
    if entry is None or not (
        places is None or any(entry.place_path.startswith(place) for place in places)
    ):
        raise Missing
    return entry


def own_entry(session: Session, entry_code: str, actor: Actor) -> EntryRow:
    """An entry that somebody wrote herself; raises Forbidden for another one's."""
    entry = entry_here(session, entry_code, actor)
    if actor.person_id is None or entry.actor_id != actor.person_id:
        raise Forbidden
    return entry


def month_here(session: Session, code: str, month: str, actor: Actor) -> DiaryMonth:
    """A month of the diary of a grid in somebody's reach; raises Missing otherwise."""
    area = grid_here(session, code, actor, Permission.GRID_WORK)
    try:
        start, end = month_bounds(month, instance_of(session).city.zone)
    except ValueError as error:
        raise Missing from error
    return DiaryMonth(area, month, entries_between(session, area.id, start, end, actor))


def _checked(
    session: Session,
    written: Written,
    actor: Actor,
    now: datetime,
    corrects: EntryRow | None = None,
) -> list[CaseRow]:
    """The cases it names; refuses what cannot be meant."""
    if written.kind is None:
        raise Refused(GridRefusal.NO_KIND, field="kind")
    if written.at is None:
        raise Refused(GridRefusal.NOT_YET, field="at")
    # a correction may speak of what lies further back: the day it was written counts
    why = why_not_written(written.at, corrects.made_at if corrects else now)
    if why is not None:
        raise Refused(why, field="at")
    if not written.seen.strip():
        raise Refused(GridRefusal.NO_WORDS, field="seen")
    for name, text, most in (
        ("seen", written.seen, MOST_WORDS),
        ("place", written.place, MOST_PLACE_WORDS),
    ):
        if len(text) > most:
            raise Refused(GridRefusal.LONG, field=name, facts={"most": most})
    if written.present is None:
        raise Refused(GridRefusal.BAD_COUNT, field="present")
    return _cases(session, written.numbers, actor)


def _cases(session: Session, numbers: Sequence[str], actor: Actor) -> list[CaseRow]:
    found: dict[UUID, CaseRow] = {}
    for typed in numbers[: MOST_LINKED + 1]:
        number = clean_number(typed)
        case = case_by_number(session, number) if number else None
        if case is None or not may_see(actor, case) or len(found) >= MOST_LINKED:
            raise Refused(GridRefusal.NO_SUCH_CASE, field="numbers", facts={"number": typed[:20]})
        found[case.id] = case
    return list(found.values())


def _add(
    session: Session,
    area: AreaRow,
    written: Written,
    linked: Sequence[CaseRow],
    *,
    actor: Actor,
    now: datetime,
    corrects: EntryRow | None = None,
) -> Entered:
    point = _point(session, area, written.photos, now) if corrects is None else corrects.point
    entry_id, code = new_id(), new_token()
    values = {
        "id": entry_id,
        "code": code,
        "area_id": area.id,
        "place_path": area.path,
        "kind": written.kind,
        "at": written.at,
        "made_at": now,
        "actor_id": actor.person_id,
        "present": json.dumps(dict(written.present or {})),
        "lon": point[0] if point else None,
        "lat": point[1] if point else None,
        "corrects_id": corrects.id if corrects else None,
    }
    _insert_entry(session, values)
    session.add(GridEntryText(entry_id=entry_id, seen=written.seen, place=written.place))
    number = None
    if written.report_as and corrects is None:
        number = _report(session, area, written, point, entry_id, actor, now)
    elif corrects is None:
        _keep_photos(session, entry_id, take_uploads(session, written.photos, now))
    _link(session, entry_id, linked, corrects)
    session.flush()
    return Entered(code, number)


def _insert_entry(session: Session, values: Mapping[str, Any]) -> None:
    """Of two who correct the same version one does; the other one's is a Conflict."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(GridEntry).values(**values).on_conflict_do_nothing()
    if changed_rows(session, statement) != 1:
        raise Conflict(GridRefusal.CORRECTED_ALREADY)


def _point(
    session: Session, area: AreaRow, photos: KeptPhotos, now: datetime
) -> tuple[float, float] | None:
    """Where a photo says it was taken, if that is in this grid (as far as outlines tell)."""
    for photo in uploads_of(session, photos, now).values():
        if photo.lon is None or photo.lat is None:
            continue
        found = locate(session, photo.lon, photo.lat)
        if found and (found.path.startswith(area.path) or area.path.startswith(found.path)):
            return photo.lon, photo.lat
    return None


def _report(
    session: Session,
    area: AreaRow,
    written: Written,
    point: tuple[float, float] | None,
    entry_id: UUID,
    actor: Actor,
    now: datetime,
) -> str:
    """Make a report of a finding: its source is the patrol, its photos are the entry's."""
    answers = ReportAnswers(
        photos=written.photos.tokens,
        photo_answered=True,
        area_code=area.code,
        lon=point[0] if point else None,
        lat=point[1] if point else None,
        category_code=written.report_as,
        place_words=written.place,
        words=written.seen,
        words_answered=True,
        contact=Contact.NONE,
        publish=True,
    )
    filed = file_report(
        session, answers, actor=actor, owner=written.photos.owner, source=Source.COLLECTOR, now=now
    )
    case = case_by_number(session, filed.number)
    if case is None:
        raise Missing
    session.add(
        GridEntryCase(entry_id=entry_id, district=case.district, case_id=case.id, found=True)
    )
    return filed.number


def _keep_photos(session: Session, entry_id: UUID, photos: Iterable[UploadRow]) -> None:
    session.add_all(
        GridEntryPhoto(entry_id=entry_id, code=new_token(), **file_facts(photo)) for photo in photos
    )


def _link(
    session: Session, entry_id: UUID, linked: Sequence[CaseRow], corrects: EntryRow | None
) -> None:
    """The cases it names; a correction goes on leading to what was made of the first entry."""
    rows = {case.id: (case.district, False) for case in linked}
    if corrects is not None:
        rows |= {case_id: (district, True) for district, case_id in corrects.made}
    session.add_all(
        GridEntryCase(entry_id=entry_id, district=district, case_id=case_id, found=found)
        for case_id, (district, found) in rows.items()
    )


def entry_photo_file(session: Session, code: str, actor: Actor, *, small: bool) -> str:
    """The file of a diary photo, for who works in the grid or reads its cases."""
    row = session.execute(
        select(GridEntryPhoto.blob_key, GridEntryPhoto.thumbnail_key, GridEntry.place_path)
        .join(GridEntry, GridEntry.id == GridEntryPhoto.entry_id)
        .where(GridEntryPhoto.code == code)
    ).first()
    if row is None or not any(
        actor.may(permission, place_path=row.place_path)
        for permission in (Permission.GRID_WORK, Permission.REPORT_DISPATCH)
    ):
        raise Missing
    return str(row.thumbnail_key if small else row.blob_key)


def _keys_in_use(session: Session, keys: frozenset[str]) -> set[str | None]:
    columns = (GridEntryPhoto.blob_key, GridEntryPhoto.thumbnail_key)
    rows = session.execute(select(*columns).where(or_(*(column.in_(keys) for column in columns))))
    return {key for row in rows for key in row}


register_blob_keeper(_keys_in_use)
