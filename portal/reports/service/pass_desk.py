"""What unit and desk make of what came by a link: take it over, pass it on, set it aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.accounts.queries import PersonRow, people_by_ids
from portal.accounts.rules import Actor
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing
from portal.kernel.ids import clean_number
from portal.kernel.instance import instance_of
from portal.kernel.outbox import wipe_messages
from portal.kernel.uploads import forget_files, register_blob_keeper
from portal.reports.models import CasePass, CasePassEntry, CasePassPhoto
from portal.reports.queries.case import CaseRow, case_by_id
from portal.reports.queries.passes import (
    EntryRow,
    PassPhotoRow,
    PassRow,
    entries_of,
    entry_by_code,
    entry_of_photo,
    pass_by_code,
    pass_by_id,
    passes_of,
    photos_of_entries,
    standing_of,
)
from portal.reports.rules.codes import Event
from portal.reports.rules.passes import (
    KEEP,
    EntryKind,
    EntryState,
    PassRefusal,
    lies_with,
    why_closed,
)
from portal.reports.service.loop import Brought, move_case
from portal.reports.service.notices import tell_step
from portal.reports.service.outside import answer_case
from portal.reports.service.passes import may_take_back
from portal.reports.service.replies import refuse_empty_answer
from portal.reports.service.steps import new_photos

BATCH = 200


@dataclass(frozen=True)
class Came:
    """Something that came by a link, with its photos and whose it is."""

    entry: EntryRow
    row: PassRow
    name: str
    photos: Sequence[PassPhotoRow]


@dataclass(frozen=True)
class LinkLine:
    """One link as its makers see it. ``closed``: why it opens nothing any more."""

    row: PassRow
    name: str
    maker: PersonRow | None
    closed: PassRefusal | None
    may_take_back: bool


@dataclass(frozen=True)
class LinksOfCase:
    """The links of a case and what came by them."""

    links: Sequence[LinkLine]
    waiting: Sequence[Came]
    settled: Sequence[Came]


NONE = LinksOfCase((), (), ())


def links_of_case(session: Session, case: CaseRow, actor: Actor, now: datetime) -> LinksOfCase:
    """For whoever works on the case: its unit sees its own helpers, the desk sees everything."""
    rows = [row for row in passes_of(session, case) if may_take_back(session, case, row, actor)]
    if not rows:
        return NONE
    known, people = (
        {row.id: row for row in rows},
        people_by_ids(session, {r.maker_id for r in rows}),
    )
    entries = [entry for entry in entries_of(session, case) if entry.pass_id in known]
    photos = photos_of_entries(session, case.district, [entry.id for entry in entries])
    came = [
        Came(
            entry,
            known[entry.pass_id],
            _name(session, known[entry.pass_id]),
            [photo for photo in photos if photo.entry_id == entry.id],
        )
        for entry in entries
    ]
    standing = standing_of(session, case)
    links = [
        LinkLine(
            row,
            _name(session, row),
            people.get(row.maker_id),
            why_closed(
                revoked_at=row.revoked_at,
                expires_at=row.expires_at,
                now=now,
                still_there=lies_with(row.kind, row.made_for, standing),
            ),
            row.revoked_at is None,
        )
        for row in rows
    ]
    waits = [one for one in came if one.entry.state is EntryState.WAITING]
    return LinksOfCase(links, waits, [one for one in came if one not in waits])


def _name(session: Session, row: PassRow) -> str:
    return instance_of(session).vault.unseal(row.sealed_name) if row.sealed_name else ""


def pass_here(session: Session, code: str, actor: Actor) -> tuple[PassRow, CaseRow]:
    """A link by its code, for whoever may take it back; Missing for everybody else."""
    row = pass_by_code(session, clean_number(code) or "")
    case = case_by_id(session, row.district, row.case_id) if row else None
    if row is None or case is None or not may_take_back(session, case, row, actor):
        raise Missing
    return row, case


def came_here(session: Session, code: str, actor: Actor) -> tuple[Came, CaseRow]:
    """What came by a link, by its code; Missing for whoever does not work on the case."""
    entry = entry_by_code(session, clean_number(code) or "")
    case = case_by_id(session, entry.district, entry.case_id) if entry else None
    if entry is None or case is None:
        raise Missing
    row = next((row for row in passes_of(session, case) if row.id == entry.pass_id), None)
    if row is None or not may_take_back(session, case, row, actor):
        raise Missing
    photos = photos_of_entries(session, entry.district, [entry.id])
    return Came(entry, row, _name(session, row), photos), case


def came_photo(session: Session, code: str, actor: Actor, *, small: bool) -> str:
    """The file of a photo that waits, for whoever works on the case."""
    found = entry_of_photo(session, clean_number(code) or "")
    case = case_by_id(session, found[1].district, found[1].case_id) if found else None
    row = pass_by_id(session, case.district, found[1].pass_id) if found and case else None
    if found is None or case is None or row is None or not may_take_back(session, case, row, actor):
        raise Missing
    return found[0].file(small=small)


def take_over_work(
    session: Session, case: CaseRow, came: Came, *, words: str | None, actor: Actor, now: datetime
) -> CaseRow:
    """The unit reports what its helper handed in as done, and stands for it with its words."""
    refuse_empty_answer(words)
    _decide(session, came, EntryKind.DONE, EntryState.TAKEN, actor, now)
    brought = Brought(words=words, photos=new_photos(came.photos))
    moved = move_case(session, case, Event.HANDLE, actor=actor, now=now, brought=brought)
    # the photos hang on the step now, and the words stand in the history
    _empty(session, came)
    tell_step(session, moved, Event.HANDLE, now=now)
    return moved


def pass_on_answer(
    session: Session, case: CaseRow, came: Came, *, words: str | None, actor: Actor, now: datetime
) -> CaseRow:
    """The desk has read what the body answered: into the history, and to the reporter."""
    if came.entry.kind not in {EntryKind.ANSWERED, EntryKind.DECLINED}:
        raise Missing
    _decide(session, came, came.entry.kind, EntryState.TAKEN, actor, now)
    moved = answer_case(session, case, actor=actor, now=now, words=words)
    _empty(session, came)
    return moved


def set_aside(
    session: Session, case: CaseRow, came: Came, *, actor: Actor, now: datetime
) -> CaseRow:
    """What came is not used; it stays to be read until the link is forgotten."""
    _decide(session, came, came.entry.kind, EntryState.SET_ASIDE, actor, now)
    note_action(
        session,
        at=now,
        actor_id=actor.person_id,
        action="pass:set_aside",
        subject=f"case:{case.number}",
        reason=came.entry.code,
    )
    return case


def _decide(
    session: Session,
    came: Came,
    kind: EntryKind,
    state: EntryState,
    actor: Actor,
    now: datetime,
) -> None:
    """The first statement: of two who decide at once one is told that it is decided."""
    entry = came.entry
    waiting = update(CasePassEntry).where(
        CasePassEntry.district == entry.district,
        CasePassEntry.id == entry.id,
        CasePassEntry.kind == kind,
        CasePassEntry.state == EntryState.WAITING,
    )
    decided = waiting.values(state=state, decided_at=now, decided_by=actor.person_id)
    if changed_rows(session, decided) != 1:
        raise Conflict(PassRefusal.DECIDED)


def _empty(session: Session, came: Came) -> None:
    entry = came.entry
    session.execute(
        delete(CasePassPhoto).where(
            CasePassPhoto.district == entry.district, CasePassPhoto.entry_id == entry.id
        )
    )
    mine = (CasePassEntry.district == entry.district, CasePassEntry.id == entry.id)
    session.execute(update(CasePassEntry).where(*mine).values(words=None))


def forget_passes(session: Session, *, now: datetime) -> int:
    """Drop links that ran out long ago, with who used them and what nobody took over."""
    rows = session.execute(
        select(CasePass.district, CasePass.id, CasePass.code)
        .where(CasePass.expires_at < now - KEEP)
        .limit(BATCH)
    ).all()
    keys: list[str] = []
    for row in rows:
        entries = select(CasePassEntry.id).where(
            CasePassEntry.district == row.district, CasePassEntry.pass_id == row.id
        )
        mine = (CasePassPhoto.district == row.district, CasePassPhoto.entry_id.in_(entries))
        files = session.execute(
            select(CasePassPhoto.blob_key, CasePassPhoto.thumbnail_key).where(*mine)
        )
        keys += [key for file in files for key in file if key]
        session.execute(delete(CasePassPhoto).where(*mine))
        session.execute(
            delete(CasePassEntry).where(
                CasePassEntry.district == row.district, CasePassEntry.pass_id == row.id
            )
        )
        session.execute(
            delete(CasePass).where(CasePass.district == row.district, CasePass.id == row.id)
        )
        wipe_messages(session, f"pass:{row.code}")
    forget_files(session, keys)
    return len(rows)


def _keys_in_use(session: Session, keys: frozenset[str]) -> set[str | None]:
    rows = session.execute(
        select(CasePassPhoto.blob_key, CasePassPhoto.thumbnail_key).where(
            CasePassPhoto.blob_key.in_(keys) | CasePassPhoto.thumbnail_key.in_(keys)
        )
    )
    return {key for row in rows for key in row}


register_blob_keeper(_keys_in_use)
