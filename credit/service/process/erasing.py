"""The details of a matter are erased: words, photos, messages, and what the ledger kept to read.

What stays is a row for the figures that leads to nobody, and entries whose proofs still hold.
"""

from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from credit.models import EntryDetail, Matter, MatterFile, MatterText
from credit.queries.entries import entry
from credit.queries.matters import MatterRow, files_of, objections_of
from credit.queries.speakers import heard_in
from credit.service.forgetting import forget_details
from credit.service.guard import let_marks_run_out
from credit.service.looks import LOOK
from credit.service.process.telling import subject_of
from portal.kernel.audit import forget_subject
from portal.kernel.outbox import wipe_messages
from portal.kernel.uploads import forget_files, register_blob_keeper


def erase_details(session: Session, row: MatterRow, now: datetime) -> None:
    """Erase what can be read of a matter (L12, L14)."""
    keys = [key for one in files_of(session, [row.id]) for key in (one.blob_key, one.thumbnail_key)]
    for table in (MatterText, MatterFile):
        session.execute(delete(table).where(table.matter_id == row.id))
    for entry_id in (row.notice_id, row.posted_id):
        found = entry(session, row.district, entry_id) if entry_id else None
        if found is not None:
            forget_details(session, found)
    _forget_statements(session, row)
    subject = subject_of(row.number)
    wipe_messages(session, subject)
    for who in heard_in(session, row):
        # that she objected is known no more from now on: its marks have their last time (N1)
        let_marks_run_out(session, person_id=who, phone_hash=None, sources=[subject], now=now)
    if row.subject_person_id is not None:
        forget_subject(session, subject, person_id=row.subject_person_id, looks=LOOK)
    session.execute(
        update(Matter)
        .where(Matter.id == row.id)
        .values(
            subject_person_id=None, subject_shop_id=None, account_id=None, source=None,
            unit_place=None, erased_at=now,
        )
    )  # fmt: skip
    forget_files(session, keys)


def _forget_statements(session: Session, row: MatterRow) -> None:
    sealed = [
        entry_id
        for one in objections_of(session, [row.id])
        for entry_id in (one.opened_id, one.decided_id)
        if entry_id is not None
    ]
    session.execute(
        delete(EntryDetail)
        .where(EntryDetail.district == row.district, EntryDetail.entry_id.in_(sealed))
        .execution_options(synchronize_session=False)
    )


def _keys_in_use(session: Session, keys: frozenset[str]) -> set[str]:
    rows = session.execute(
        select(MatterFile.blob_key, MatterFile.thumbnail_key).where(
            or_(MatterFile.blob_key.in_(keys), MatterFile.thumbnail_key.in_(keys))
        )
    )
    return {key for row in rows for key in row}


register_blob_keeper(_keys_in_use)
