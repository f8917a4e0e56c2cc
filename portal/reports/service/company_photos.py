"""Photos of spot checks: kept with the check, seen by both sides, gone after their time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, PersonalField
from portal.accounts.service import register_personal_data
from portal.kernel.errors import Missing
from portal.kernel.ids import new_token
from portal.kernel.uploads import UploadRow, forget_files, register_blob_keeper
from portal.organisations.queries import organisations_by_ids
from portal.reports.models import CompanyCheck, CompanyCheckPhoto
from portal.reports.rules.company_personal import PERSONAL_FIELDS, PHOTOS_KEPT
from portal.reports.service.companies import company_here
from portal.reports.service.steps import file_facts

BATCH = 200


def keep_check_photos(session: Session, check_id: UUID, photos: Iterable[UploadRow]) -> None:
    """Photos of a check; nobody adds any later, since the company answers to what it sees."""
    session.add_all(
        CompanyCheckPhoto(check_id=check_id, code=new_token(), **file_facts(photo))
        for photo in photos
    )


def check_photo_file(session: Session, code: str, actor: Actor, *, small: bool) -> str:
    """The file of a photo, for the company and for who may know more of it than everybody."""
    row = session.execute(
        select(CompanyCheckPhoto.blob_key, CompanyCheckPhoto.thumbnail_key, CompanyCheck.unit_id)
        .join(CompanyCheck, CompanyCheck.id == CompanyCheckPhoto.check_id)
        .where(CompanyCheckPhoto.code == code)
    ).first()
    if row is None:
        raise Missing
    unit = organisations_by_ids(session, [row.unit_id])[row.unit_id]
    company_here(session, unit.code, actor)
    return str(row.thumbnail_key if small else row.blob_key)


@dataclass(frozen=True)
class PhotosOfChecks:
    """The provider of spot checks; see ``portal.accounts.service.privacy``. No account has any."""

    fields: tuple[PersonalField, ...] = PERSONAL_FIELDS

    def export(self, session: Session, person_id: UUID) -> list[dict[str, Any]]:
        return []

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        """Nobody's account leads to a photo of a street."""

    def expire(self, session: Session, now: datetime) -> int:
        """One batch; their files go once the transaction holds."""
        photo = CompanyCheckPhoto
        rows = session.execute(
            select(photo.id, photo.blob_key, photo.thumbnail_key)
            .where(_over(now))
            .order_by(photo.id)
            .limit(BATCH)
        ).all()
        session.execute(delete(photo).where(photo.id.in_([row.id for row in rows])))
        forget_files(session, [key for row in rows for key in (row.blob_key, row.thumbnail_key)])
        return len(rows)

    def due(self, session: Session, now: datetime) -> Mapping[str, int]:
        count = select(func.count()).select_from(CompanyCheckPhoto).where(_over(now))
        return {"company_check_photo": session.scalar(count) or 0}


def _over(now: datetime) -> ColumnElement[bool]:
    return exists().where(
        CompanyCheck.id == CompanyCheckPhoto.check_id, CompanyCheck.made_at <= now - PHOTOS_KEPT
    )


def _keys_in_use(session: Session, keys: frozenset[str]) -> set[str | None]:
    columns = (CompanyCheckPhoto.blob_key, CompanyCheckPhoto.thumbnail_key)
    rows = session.execute(select(*columns).where(or_(*(column.in_(keys) for column in columns))))
    return {key for row in rows for key in row}


register_blob_keeper(_keys_in_use)
register_personal_data(PhotosOfChecks())
