"""Photos of frontages: kept, checked by a person before everybody may see them, hidden again (L6).

A photo comes through the kernel's door (re-encoded, without its place); nobody outside sees it
before somebody at the desk has looked whether a face, a number plate or a name is in it.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from pledges.models import PledgePhoto
from pledges.queries.breaches import BreachRow
from pledges.queries.inspections import DoorRow, doors_by_ids, operator_now
from pledges.queries.photos import PhotoRow, of_breach, photo_by_code, put_right_of
from pledges.rules.inspections import InspectionRefusal, PhotoRefusal, PhotoSide
from portal.accounts.rules import Actor, Permission
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Missing, Refused
from portal.kernel.ids import new_token
from portal.kernel.uploads import UploadRow


def keep_photos(
    session: Session,
    door: DoorRow,
    side: PhotoSide,
    photos: Iterable[UploadRow],
    now: datetime,
    *,
    inspection_id: UUID | None = None,
    answer_id: UUID | None = None,
    clause_id: UUID | None = None,
) -> None:
    """Photos of a frontage or of one clause of it: of an inspection, of somebody's second look at
    what it found, or of what the shop put right."""
    session.add_all(
        PledgePhoto(
            district=door.district, code=new_token(), premises_id=door.id, side=side, at=now,
            inspection_id=inspection_id, answer_id=answer_id, clause_id=clause_id,
            blob_key=photo.blob_key, thumbnail_key=photo.thumbnail_key, width=photo.width,
            height=photo.height,
        )
        for photo in photos
    )  # fmt: skip


def photo_here(session: Session, actor: Actor, code: str) -> tuple[PhotoRow, DoorRow]:
    """A photo of the places that somebody reviews, and its door; any other is Missing."""
    photo = photo_by_code(session, code)
    if photo is None:
        raise Missing
    door = doors_by_ids(session, [photo.premises_id])[photo.premises_id]
    if not actor.may(Permission.PLEDGE_REVIEW, place_path=door.place_path):
        raise Missing
    return photo, door


def check_photo(session: Session, actor: Actor, code: str, *, show: bool, now: datetime) -> None:
    """She has looked: nobody's face, no plate and no name is in it, and everybody may see it; or it
    stays inside, also when it was shown before."""
    photo, door = photo_here(session, actor, code)
    operator = operator_now(session, door.district, door.id)
    if operator is not None and operator.person_id == actor.person_id:
        raise Refused(InspectionRefusal.OWN)
    if show and not put_right_of(session, photo):
        raise Refused(PhotoRefusal.NOT_PUT_RIGHT)
    session.execute(
        update(PledgePhoto)
        .where(PledgePhoto.district == photo.district, PledgePhoto.id == photo.id)
        .values(checked_at=now, checked_by=actor.person_id, shown_at=now if show else None)
    )
    verb = "show" if show else "hide"
    note_action(
        session, at=now, actor_id=actor.person_id, action=f"pledge_photo:{verb}",
        subject=f"premises:{door.number}",
    )  # fmt: skip


def hide_photos(session: Session, row: BreachRow) -> None:
    """What was found is withdrawn: its photos are shown to nobody outside any more."""
    these = of_breach(row.district, row.id, row.inspection_id, row.clause_id)
    changed_rows(session, update(PledgePhoto).where(these).values(shown_at=None))
