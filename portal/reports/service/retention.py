"""Removing who reported, some months after the end of a matter (``rules/retention.py``).

One case a step: the case's row first, by a conditional UPDATE, so that nobody opens it again
meanwhile; then everything that leads from it to a person. What was removed is not found again, so
the job may stop anywhere and go on later. The keyed pseudonym stays for its own time (law N1).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session, aliased

from portal.accounts.rules import PersonalField
from portal.kernel.audit import AuditEntry
from portal.kernel.db import changed_rows
from portal.kernel.ids import hash_token, new_token
from portal.kernel.instance import instance_of
from portal.kernel.outbox import wipe_messages
from portal.kernel.uploads import forget_files
from portal.reports.models import (
    Case,
    CaseEvent,
    CaseLink,
    CasePass,
    CasePhoto,
    CaseReporter,
    CaseStillThere,
    CaseText,
    CaseUrge,
    Category,
    Draft,
)
from portal.reports.rules.codes import Precision, Relation, Review, State, Target
from portal.reports.rules.masking import masked
from portal.reports.rules.personal import PERSONAL_FIELDS
from portal.reports.rules.retention import (
    ENDED,
    SETTING,
    Protection,
    is_over,
    months_from,
    months_later,
)
from portal.reports.service.answers import erase_answers
from portal.reports.service.decisions import forget_decisions, forget_objection
from portal.reports.service.protection import end_protection
from portal.reports.service.proxies import forget_consent
from portal.reports.service.search import index_case
from portal.reports.service.whose import Whose, hers
from portal.satisfaction.queries import settings_of
from portal.satisfaction.service import hide_ratings

BATCH = 200
# months end on different days: what an index leaves in is computed to the second afterwards
_SLACK = timedelta(days=4)


@dataclass(frozen=True)
class Due:
    """One reporter of a matter whose time is over."""

    district: str
    id: UUID
    case_id: UUID
    relation: Relation
    created_at: datetime
    number: str
    cycle: int
    state: State
    version: int
    ended_at: datetime
    # the case that she came with; it may have become part of the other one
    home_id: UUID
    home_number: str
    home_cycle: int
    category_code: str

    @property
    def whose(self) -> Whose:
        return Whose(self.district, self.home_id, self.id, self.relation.began)

    @property
    def numbers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.number, self.home_number)))


def protection(session: Session) -> timedelta:
    """How long a pseudonym outlives an identity here."""
    return Protection(settings_of(session).window_days).lasts


def due_identities(session: Session, now: datetime, *, most: int = BATCH) -> list[Due]:
    """The oldest reporters whose identity is to be removed now. Never of an open matter."""
    found: list[Due] = []
    for row in _candidates(session, now):
        found.append(row)
        if len(found) == most:
            break
    return found


def count_due(session: Session, now: datetime) -> int:
    """How many there are in all, for ``gongzhi privacy expire --dry-run``."""
    return sum(1 for _ in _candidates(session, now))


def _candidates(session: Session, now: datetime) -> Iterator[Due]:
    instance = instance_of(session)
    months, zone = months_from(instance.city.thresholds), instance.city.zone
    before = months_later(now, -months, zone) + _SLACK
    after: tuple[datetime, UUID] | None = None
    while rows := _page(session, before, after):
        yield from (row for row in rows if is_over(row.ended_at, now, months, zone))
        after = (rows[-1].created_at, rows[-1].id)


def _page(session: Session, before: datetime, after: tuple[datetime, UUID] | None) -> list[Due]:
    ended, home = _ended_at(), aliased(Case)
    reporter = CaseReporter
    came_with = func.coalesce(reporter.merged_from, reporter.case_id)
    statement = (
        select(
            reporter.district,
            reporter.id,
            reporter.case_id,
            reporter.relation,
            reporter.created_at,
            Case.number,
            Case.cycle,
            Case.state,
            Case.version,
            ended.label("ended_at"),
            home.id,
            home.number,
            home.cycle,
            home.category_code,
        )
        .join(Case, (Case.district == reporter.district) & (Case.id == reporter.case_id))
        .join(home, (home.district == reporter.district) & (home.id == came_with))
        .where(
            reporter.erased_at.is_(None),
            reporter.created_at <= before,
            Case.state.in_(ENDED),
            ended <= before,
        )
        .order_by(reporter.created_at, reporter.id)
        .limit(BATCH)
    )
    if after is not None:
        at, last = after
        later = (reporter.created_at == at) & (reporter.id > last)
        statement = statement.where((reporter.created_at > at) | later)
    rows: Sequence[Any] = session.execute(statement).all()
    return [Due(*row) for row in rows]


def _ended_at() -> ColumnElement[datetime]:
    """When the case came to its present end: the last step of its history that led there."""
    last = (
        select(func.max(CaseEvent.at))
        .where(
            CaseEvent.district == Case.district,
            CaseEvent.case_id == Case.id,
            CaseEvent.to_state == Case.state,
            CaseEvent.from_state.is_distinct_from(CaseEvent.to_state),
        )
        .correlate(Case)
        .scalar_subquery()
    )
    return func.coalesce(last, Case.updated_at, type_=Case.updated_at.type)


def remove_identities(session: Session, now: datetime, *, most: int = BATCH) -> int:
    """Remove one batch; how many reporters. Zero means that nothing is left to do now."""
    keys: list[str] = []
    count = 0
    for due in due_identities(session, now, most=most):
        removed = _remove(session, due, now)
        if removed is not None:
            count += 1
            keys += removed
    forget_files(session, keys)
    return count


def _remove(session: Session, due: Due, now: datetime) -> list[str] | None:
    """Everything that leads to one reporter; the files to delete, or None when it moved on."""
    if not _hold(session, due):
        return None
    end_protection(session, due.district, due.id, due.case_id, now=now)
    values = {**emptied(PERSONAL_FIELDS), "verified": False, "erased_at": now}
    mine = (CaseReporter.district == due.district, CaseReporter.id == due.id)
    gone = update(CaseReporter).where(*mine, CaseReporter.erased_at.is_(None)).values(**values)
    if changed_rows(session, gone) != 1:
        return None
    for model in (CaseLink, CaseUrge, CaseStillThere):
        session.execute(
            delete(model).where(model.district == due.district, model.reporter_id == due.id)
        )
    forget_objection(session, due.district, due.id)
    # nobody could take it back any more
    hide_ratings(session, [due.id])
    # a receipt of somebody who joined bears the same number as the first reporter's
    session.execute(delete(Draft).where(Draft.submitted_number == due.home_number))
    for number in due.numbers:
        wipe_messages(session, f"case:{number}")
        for cycle in range(1, max(due.cycle, due.home_cycle) + 1):
            wipe_messages(session, f"rate:{number}:{due.id}:{cycle}")
    _forget_looks(session, due)
    keys = _strip(session, due) + forget_consent(session, due.district, due.id)
    if due.relation.began:
        blot_staff_words(session, due.district, due.home_id)
        # they lie where she gave them, wherever the case goes on now
        erase_answers(session, due.district, due.home_id)
    for case_id in {due.case_id, due.home_id}:
        index_case(session, _Key(due.district, case_id))
    return keys


@dataclass(frozen=True)
class _Key:
    district: str
    id: UUID


def _hold(session: Session, due: Due) -> bool:
    """Take the case's row as it was read: whoever opens it again waits, or was first."""
    held = (
        update(Case)
        .where(
            Case.district == due.district,
            Case.id == due.case_id,
            Case.state == due.state,
            Case.version == due.version,
        )
        .values(version=Case.version)
    )
    return changed_rows(session, held.execution_options(synchronize_session=False)) == 1


def emptied(fields: tuple[PersonalField, ...]) -> Mapping[str, Any]:
    """What the table of personal fields says goes from a reporter's row after the months.

    A hash that a link is found by must stay unique: a random one stands in its place.
    """
    columns = CaseReporter.__table__.c
    named = [
        field.column
        for field in fields
        if field.table == CaseReporter.__tablename__
        and field.months is not None
        and field.months.setting == SETTING
    ]
    return {name: None if columns[name].nullable else hash_token(new_token()) for name in named}


def _forget_looks(session: Session, due: Due) -> None:
    """A look at an identity stays in the record for the auditor, without saying whose it was."""
    session.execute(
        update(AuditEntry)
        .where(
            AuditEntry.subject.in_([f"case:{number}" for number in due.numbers]),
            AuditEntry.person_id.is_not(None),
        )
        .values(person_id=None)
    )


def blot_staff_words(session: Session, district: str, case_id: UUID) -> None:
    """Numbers that staff wrote down of her: in notes inside, and in how she agreed to something."""
    mine = (CaseText.district == district, CaseText.case_id == case_id)
    rows = session.execute(
        select(CaseText.id, CaseText.text).where(*mine, CaseText.by_reporter.is_(False))
    ).all()
    for row in rows:
        if masked(row.text) != row.text:
            blotted = update(CaseText).where(CaseText.district == district, CaseText.id == row.id)
            session.execute(blotted.values(text=masked(row.text)))
    told = update(CasePass).where(CasePass.district == district, CasePass.case_id == case_id)
    session.execute(told.values(consent=None).execution_options(synchronize_session=False))


def _strip(session: Session, due: Due) -> list[str]:
    """Leave of her words, photos and point what the public may see; the files to delete."""
    words = hers(CaseText, due.whose)
    shown = CaseText.review == Review.APPROVED
    session.execute(
        update(CaseText).where(*words, shown).values(text=func.coalesce(CaseText.public_text, ""))
    )
    session.execute(
        update(CaseText)
        .where(*words, ~shown)
        .values(text="", public_text=None, review=Review.WITHHELD)
    )
    forget_decisions(session, due.whose)
    if due.whose.began:
        _blur_point(session, due)
    return _strip_photos(session, due)


def _blur_point(session: Session, due: Due) -> None:
    """Where the public is not told the exact point, it may be her home."""
    category = session.get(Category, due.category_code)
    exact = category is not None and category.place_precision is Precision.EXACT
    if category is None or not exact or category.target is Target.PERSON_OR_SHOP:
        session.execute(
            update(Case)
            .where(Case.district == due.district, Case.id == due.home_id)
            .values(lon=None, lat=None)
        )


def _strip_photos(session: Session, due: Due) -> list[str]:
    """Photos kept inside go; of covered ones the file beneath goes."""
    photo = CasePhoto
    sent = hers(photo, due.whose)
    inside = (*sent, photo.review != Review.APPROVED)
    covered = (*sent, photo.review == Review.APPROVED, photo.public_key.is_not(None))
    beneath = (photo.blob_key, photo.thumbnail_key)
    every = (*beneath, photo.public_key, photo.public_thumbnail_key)
    files = [*session.execute(select(*every).where(*inside))]
    files += [*session.execute(select(*beneath).where(*covered))]
    session.execute(delete(photo).where(*inside))
    session.execute(
        update(photo)
        .where(*covered)
        .values(
            blob_key=photo.public_key,
            thumbnail_key=photo.public_thumbnail_key,
            public_key=None,
            public_thumbnail_key=None,
            covers=None,
        )
    )
    return [key for row in files for key in row if key]


def due_pseudonyms(session: Session, now: datetime) -> ColumnElement[bool]:
    """The condition on rows whose pseudonym has had its own time."""
    over = CaseReporter.erased_at < now - protection(session)
    return over & CaseReporter.pseudonym.is_not(None)
