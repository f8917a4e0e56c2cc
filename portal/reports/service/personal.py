"""Everything reports keep about a person: handed out, forgotten, and deleted when its time is over.

Erasure empties what the person wrote and sent, deletes her photos' files, closes her links, and
takes her words out of the search. The history of the case stays: it names nobody. Her keyed
pseudonym outlives her name for a while, so that she stays protected (law N1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, Row, delete, or_, select, update
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.rules import PersonalField
from portal.accounts.service import register_personal_data
from portal.kernel.city import LANGUAGES
from portal.kernel.ids import hash_token, new_token
from portal.kernel.instance import instance_of
from portal.kernel.outbox import cancel_messages
from portal.kernel.uploads import expire_uploads, forget_files
from portal.reports.models import (
    Case,
    CaseLink,
    CasePhoto,
    CaseReporter,
    CaseText,
    CaseUrge,
    Category,
    Draft,
)
from portal.reports.rules.codes import Precision, Relation, Review, Target
from portal.reports.rules.personal import IDENTITY, PERSONAL_FIELDS, PSEUDONYM
from portal.reports.rules.rating import PERSONAL_FIELDS as RATING_FIELDS
from portal.reports.service.drafts import erase_drafts
from portal.reports.service.notices import rating_subject
from portal.reports.service.search import index_case
from portal.satisfaction.service import erase_rating_words, export_ratings

Rows = Sequence[Row[*tuple[Any, ...]]]
_OWN = (Relation.FIRST, Relation.PROXY)


@dataclass(frozen=True)
class ReportsOfAPerson:
    """The provider of reports; see ``portal.accounts.service.privacy``."""

    fields: tuple[PersonalField, ...] = PERSONAL_FIELDS + RATING_FIELDS

    def export(self, session: Session, person_id: UUID) -> list[dict[str, Any]]:
        """Her reports, her words and photos in them, and drafts she has not sent."""
        mine = _mine(session, person_id)
        found = [_report(session, row) for row in mine]
        for row in mine:
            found += _urges(session, row)
            if row.relation in _OWN:
                found += [*_words(session, row), *_photos(session, row)]
        found += _ratings(session, mine)
        return [*found, *_drafts(session, person_id)]

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        """Forget her everywhere in reports."""
        erase_drafts(session, person_id, now)
        keys: list[str] = []
        mine = _mine(session, person_id)
        erase_rating_words(session, [row.id for row in mine])
        for row in mine:
            if row.relation in _OWN:
                keys += _empty_case(session, row)
            _empty_reporter(session, row, now)
            index_case(session, cast("Any", _Key(row.district, row.case_id)))
        forget_files(session, keys)
        # the photos of her drafts hold the place of the camera: not one hour longer
        expire_uploads(session, now)

    def expire(self, session: Session, now: datetime) -> int:
        """Names and phones a year after the end, pseudonyms half a year after an erasure."""
        ended = select(Case.id).where(
            Case.district == CaseReporter.district,
            Case.id == CaseReporter.case_id,
            Case.fed_back_at < now - IDENTITY,
        )
        known = or_(CaseReporter.sealed_phone.is_not(None), CaseReporter.sealed_name.is_not(None))
        gone = {"sealed_name": None, "sealed_phone": None, "phone_hash": None}
        count = _changed(session, [known, ended.exists()], gone)
        over = [CaseReporter.erased_at < now - PSEUDONYM, CaseReporter.pseudonym.is_not(None)]
        return count + _changed(session, over, {"pseudonym": None})


@dataclass(frozen=True)
class _Key:
    district: str
    id: UUID


def _changed(
    session: Session, conditions: Sequence[ColumnElement[bool]], values: dict[str, Any]
) -> int:
    statement = update(CaseReporter).where(*conditions).values(**values)
    result = session.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[object]", result).rowcount


def _mine(session: Session, person_id: UUID) -> Rows:
    """Cases she reported with her account, or without it from the phone she has proved since."""
    phone = (
        select(Person.phone_hash)
        .where(Person.id == person_id, Person.phone_verified_at.is_not(None))
        .scalar_subquery()
    )
    by_phone = (CaseReporter.person_id.is_(None)) & (CaseReporter.phone_hash == phone)
    return session.execute(
        select(
            CaseReporter.district,
            CaseReporter.id,
            CaseReporter.case_id,
            CaseReporter.relation,
            CaseReporter.sealed_name,
            CaseReporter.sealed_phone,
            CaseReporter.created_at,
            Case.number,
            Case.cycle,
            Case.state,
            Case.category_code,
            *(getattr(Category, f"name_{language}") for language in LANGUAGES),
            Case.place_path,
            Case.lon,
            Case.lat,
            Case.sealed,
        )
        .join(Case, (Case.district == CaseReporter.district) & (Case.id == CaseReporter.case_id))
        .join(Category, Category.code == Case.category_code)
        .where(or_(CaseReporter.person_id == person_id, by_phone))
        .order_by(CaseReporter.id)
    ).all()


def _report(session: Session, row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    vault = instance_of(session).vault
    return {
        "table": "case_reporter",
        "number": row.number,
        "relation": row.relation.value,
        "state": row.state.value,
        "category": row.category_code,
        "category_names": {language: getattr(row, f"name_{language}") for language in LANGUAGES},
        "place": row.place_path,
        "longitude": row.lon,
        "latitude": row.lat,
        "sealed": row.sealed,
        "name": vault.unseal(row.sealed_name) if row.sealed_name else None,
        "phone": vault.unseal(row.sealed_phone) if row.sealed_phone else None,
        "reported_at": row.created_at.isoformat(),
    }


def _urges(session: Session, row: Row[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    days = session.scalars(
        select(CaseUrge.day).where(
            CaseUrge.district == row.district, CaseUrge.reporter_id == row.id
        )
    )
    return [{"table": "case_urge", "number": row.number, "day": day.isoformat()} for day in days]


def _ratings(session: Session, mine: Rows) -> list[dict[str, Any]]:
    """What she answered, with the number of the report instead of its key."""
    numbers = {str(row.case_id): row.number for row in mine}
    return [
        {"table": "rating", "number": numbers.get(rating.pop("subject_id")), **rating}
        for rating in export_ratings(session, [row.id for row in mine])
    ]


def _words(session: Session, row: Row[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    texts = session.execute(
        select(CaseText.kind, CaseText.text, CaseText.public_text, CaseText.review)
        .where(*_hers(CaseText, row))
        .order_by(CaseText.id)
    )
    return [
        {
            "table": "case_text",
            "number": row.number,
            "kind": text.kind.value,
            "text": text.text,
            "public_text": text.public_text,
            "review": text.review.value,
        }
        for text in texts
    ]


def _photos(session: Session, row: Row[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    photos = session.execute(
        select(CasePhoto.code, CasePhoto.kind, CasePhoto.review, CasePhoto.created_at)
        .where(*_hers(CasePhoto, row))
        .order_by(CasePhoto.id)
    )
    origin = instance_of(session).config.origin
    return [
        {
            "table": "case_photo",
            "number": row.number,
            "kind": photo.kind.value,
            "review": photo.review.value,
            "file": f"{origin}/reports/photos/{photo.code}",
            "added_at": photo.created_at.isoformat(),
        }
        for photo in photos
    ]


def _drafts(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    vault = instance_of(session).vault
    drafts = session.execute(
        select(Draft.sealed_answers, Draft.created_at).where(
            Draft.person_id == person_id, Draft.submitted_number.is_(None)
        )
    )
    return [
        {
            "table": "draft",
            "answers": vault.unseal(draft.sealed_answers),
            "begun_at": draft.created_at.isoformat(),
        }
        for draft in drafts
    ]


def _hers(model: type[CaseText] | type[CasePhoto], row: Any) -> tuple[ColumnElement[bool], ...]:
    return (
        model.district == row.district,
        model.case_id == row.case_id,
        model.by_reporter.is_(True),
    )


def _empty_case(session: Session, row: Row[*tuple[Any, ...]]) -> list[str]:
    """Empty her words, drop her photos and her home's point; the keys of files to delete."""
    texts = update(CaseText).where(*_hers(CaseText, row))
    session.execute(texts.values(text="", public_text=None, review=Review.WITHHELD))
    files = session.execute(
        select(CasePhoto.blob_key, CasePhoto.thumbnail_key).where(*_hers(CasePhoto, row))
    ).all()
    session.execute(delete(CasePhoto).where(*_hers(CasePhoto, row)))
    category = session.get(Category, row.category_code)
    exact = category is not None and category.place_precision is Precision.EXACT
    if category is None or not exact or category.target is Target.PERSON_OR_SHOP:
        session.execute(
            update(Case)
            .where(Case.district == row.district, Case.id == row.case_id)
            .values(lon=None, lat=None)
        )
    return [key for file in files for key in file if key]


def _empty_reporter(session: Session, row: Row[*tuple[Any, ...]], now: datetime) -> None:
    """Nothing leads from the case to her any more, and nothing from her links to the case."""
    session.execute(
        update(CaseReporter)
        .where(CaseReporter.district == row.district, CaseReporter.id == row.id)
        .values(
            person_id=None,
            sealed_name=None,
            sealed_phone=None,
            phone_hash=None,
            verified=False,
            lookup_hash=hash_token(new_token()),
            token_hash=hash_token(new_token()),
            erased_at=now,
        )
    )
    for model in (CaseLink, CaseUrge):
        session.execute(
            delete(model).where(model.district == row.district, model.reporter_id == row.id)
        )
    cancel_messages(session, rating_subject(row.number, row.id, row.cycle))
    cancel_messages(session, f"case:{row.number}")


register_personal_data(ReportsOfAPerson())
