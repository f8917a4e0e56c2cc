"""Covering parts of a photo: the public sees another file, and the first stays with moderators.

Each covering gives the photo a new public code: the old address shows nothing any more, neither to
those who noted it down nor from anybody's cache.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import new_token
from portal.kernel.instance import instance_of
from portal.kernel.photos import CleanPhoto, cover_photo
from portal.kernel.uploads import KeptPhotos, forget_files, take_uploads
from portal.reports.models import CasePhoto
from portal.reports.queries.case import CaseRow, PhotoRow, columns
from portal.reports.rules.codes import Event, Review
from portal.reports.rules.covering import MOST, CoverRefusal, Rectangle, write_rectangles
from portal.reports.rules.guarding import Act
from portal.reports.rules.transitions import Refusal, holds
from portal.reports.service.decisions import Decided, note_decisions, tell_decisions
from portal.reports.service.loop import move_case

FIELD = "first_column"


@dataclass(frozen=True)
class Covering:
    """What covers a photo from now on, and what covered it when the officer looked."""

    photo_id: UUID
    rectangles: Sequence[Rectangle]
    seen: str
    copy: KeptPhotos


def sees_uncovered(actor: Actor, case: CaseRow) -> bool:
    """Whether somebody may open the file beneath: who decides on what is public, nobody else."""
    return holds(actor, Permission.REPORT_MODERATE, case.place_path, case.unit_id)


def photo_of(session: Session, case: CaseRow, code: str) -> PhotoRow:
    """A photo of this very case, or Missing."""
    found = session.execute(
        select(*columns(CasePhoto, PhotoRow)).where(
            CasePhoto.district == case.district,
            CasePhoto.case_id == case.id,
            CasePhoto.code == code,
        )
    ).first()
    if found is None:
        raise Missing
    return PhotoRow(*found)


def check_rectangles(rectangles: Sequence[Rectangle] | None) -> Sequence[Rectangle]:
    """Rectangles that can be drawn, or Refused."""
    if rectangles is None:
        raise Refused(CoverRefusal.DAMAGED, field=FIELD)
    if not rectangles:
        raise Refused(CoverRefusal.NOTHING, field=FIELD)
    if len(rectangles) > MOST:
        raise Refused(CoverRefusal.TOO_MANY, field=FIELD, facts={"most": MOST})
    return rectangles


def covered_copy(
    session: Session, photo: PhotoRow, rectangles: Sequence[Rectangle] | None
) -> CleanPhoto:
    """The photo with rectangles, decoded and drawn by the limited child. Not in a transaction."""
    drawn = check_rectangles(rectangles)
    try:
        content = instance_of(session).blobs.open(photo.blob_key)
    except KeyError as error:
        raise Refused(CoverRefusal.NO_FILE) from error
    return cover_photo(content, [(one.left, one.top, one.width, one.height) for one in drawn])


def cover_case_photo(
    session: Session, case: CaseRow, covering: Covering, *, actor: Actor, now: datetime
) -> CaseRow:
    """Show the covered copy instead. Of two officers at once the second is told (Conflict)."""
    case = move_case(session, case, Event.MODERATE, actor=actor, now=now)
    was = _locked(session, case, covering.photo_id, covering.seen)
    copy = take_uploads(session, covering.copy, now, field="rectangles")[0]
    covers = write_rectangles(check_rectangles(covering.rectangles))
    files: dict[str, Any] = {
        "public_key": copy.blob_key,
        "public_thumbnail_key": copy.thumbnail_key,
        "covers": covers,
    }
    _put(session, case, was, covering.seen, files)
    whose = was.reporter_id
    decided = [Decided(was.id, Act.COVERED, was.by_reporter, None, was.covers, covers, whose)]
    note_decisions(session, case, decided, actor_id=actor.person_id, now=now)
    tell_decisions(session, case, decided, reason=None, now=now)
    return case


def uncover_case_photo(
    session: Session, case: CaseRow, photo_id: UUID, *, seen: str, actor: Actor, now: datetime
) -> CaseRow:
    """Take the rectangles away. The photo waits for a check again: nobody shows it by mistake."""
    case = move_case(session, case, Event.MODERATE, actor=actor, now=now)
    was = _locked(session, case, photo_id, seen)
    if was.covers is None:
        raise Refused(CoverRefusal.NOT_COVERED)
    values: dict[str, Any] = dict.fromkeys(("public_key", "public_thumbnail_key", "covers"))
    if was.review is Review.APPROVED:
        values["review"] = Review.PENDING
    _put(session, case, was, seen, values)
    whose = was.reporter_id
    decided = [Decided(was.id, Act.UNCOVERED, was.by_reporter, None, was.covers, None, whose)]
    note_decisions(session, case, decided, actor_id=actor.person_id, now=now)
    return case


def _locked(session: Session, case: CaseRow, photo_id: UUID, seen: str) -> PhotoRow:
    """The photo as it stands now; the step before holds the case, so nobody changes it."""
    found = session.execute(
        select(*columns(CasePhoto, PhotoRow)).where(
            CasePhoto.district == case.district,
            CasePhoto.case_id == case.id,
            CasePhoto.id == photo_id,
        )
    ).first()
    if found is None or (PhotoRow(*found).covers or "") != seen:
        raise Conflict(Refusal.STALE)
    return PhotoRow(*found)


def _put(session: Session, case: CaseRow, was: PhotoRow, seen: str, values: dict[str, Any]) -> None:
    """The conditional UPDATE, a new address, and the former copy forgotten."""
    stands = CasePhoto.covers == seen if seen else CasePhoto.covers.is_(None)
    changed = changed_rows(
        session,
        update(CasePhoto)
        .where(
            CasePhoto.district == case.district,
            CasePhoto.case_id == case.id,
            CasePhoto.id == was.id,
            stands,
        )
        .values(code=new_token(), **values),
    )
    if changed != 1:
        raise Conflict(Refusal.STALE)
    forget_files(session, [key for key in (was.public_key, was.public_thumbnail_key) if key])
