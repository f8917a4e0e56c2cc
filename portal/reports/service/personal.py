"""Everything reports keep about a person: handed out, forgotten, and deleted when its time is over.

Erasure empties what the person wrote and sent, deletes her photos' files, closes her links, and
takes her words out of the search. The history of the case stays: it names nobody. Her keyed
pseudonym outlives her name for a while, so that she stays protected (law N1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Row, delete, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from portal.accounts.models import Person
from portal.accounts.rules import PersonalField
from portal.accounts.service import register_personal_data
from portal.kernel.city import LANGUAGES
from portal.kernel.db import changed_rows
from portal.kernel.ids import hash_token, new_token
from portal.kernel.instance import instance_of
from portal.kernel.outbox import cancel_messages
from portal.kernel.uploads import expire_uploads, forget_files
from portal.reports.models import (
    Case,
    CaseLink,
    CasePhoto,
    CaseReporter,
    CaseStillThere,
    CaseText,
    CaseUrge,
    Category,
    Draft,
)
from portal.reports.rules.codes import Precision, Review, Target
from portal.reports.rules.personal import PERSONAL_FIELDS
from portal.reports.rules.rating import PERSONAL_FIELDS as RATING_FIELDS
from portal.reports.service.answers import erase_answers, export_answers
from portal.reports.service.decisions import (
    export_guarded,
    forget_decisions,
    forget_objection,
)
from portal.reports.service.drafts import erase_drafts
from portal.reports.service.notices import rating_subject
from portal.reports.service.protection import end_protection
from portal.reports.service.proxies import export_consent, forget_consent
from portal.reports.service.retention import (
    blot_staff_words,
    count_due,
    due_pseudonyms,
    remove_identities,
)
from portal.reports.service.search import index_case
from portal.reports.service.whose import hers, whose_of
from portal.satisfaction.service import erase_rating_words, export_ratings

Rows = Sequence[Row[*tuple[Any, ...]]]


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
            found += [*_words(session, row), *_photos(session, row), *_voices(session, row)]
            found += export_guarded(session, row)
            found += export_consent(session, row.number, row.district, row.id)
            if row.relation.began:
                found += export_answers(session, row.number, row.district, row.case_id)
        found += _ratings(session, mine)
        return [*found, *_drafts(session, person_id)]

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        """Forget her everywhere in reports."""
        erase_drafts(session, person_id, now)
        keys: list[str] = []
        mine = _mine(session, person_id)
        erase_rating_words(session, [row.id for row in mine])
        for row in mine:
            keys += _forget(session, row, now)
        forget_files(session, keys)
        # the photos of her drafts hold the place of the camera: not one hour longer
        expire_uploads(session, now)

    def expire(self, session: Session, now: datetime) -> int:
        """One batch of identities whose months are over; pseudonyms whose own time is over."""
        removed = remove_identities(session, now)
        over = update(CaseReporter).where(due_pseudonyms(session, now)).values(pseudonym=None)
        return removed + changed_rows(session, over.execution_options(synchronize_session=False))

    def due(self, session: Session, now: datetime) -> Mapping[str, int]:
        """What the next runs will remove, by table and kind."""
        pseudonyms = select(func.count()).select_from(CaseReporter)
        return {
            "case_reporter identity": count_due(session, now),
            "case_reporter pseudonym": session.scalar(
                pseudonyms.where(due_pseudonyms(session, now))
            )
            or 0,
        }


@dataclass(frozen=True)
class _Key:
    district: str
    id: UUID


def _forget(session: Session, row: Row[*tuple[Any, ...]], now: datetime) -> list[str]:
    """Forget one of her reports; the keys of files to delete."""
    keys = _empty_words(session, row)
    if row.relation.began:
        _empty_point(session, row)
        blot_staff_words(session, row.district, row.case_id)
        erase_answers(session, row.district, row.case_id)
    keys += forget_consent(session, row.district, row.id)
    end_protection(session, row.district, row.id, row.case_id, now=now)
    _empty_reporter(session, row, now)
    index_case(session, cast("Any", _Key(row.district, row.case_id)))
    return keys


def forget_reporter(session: Session, district: str, reporter_id: UUID, now: datetime) -> None:
    """Forget one reporter of one matter, as if she had asked for erasure and for nothing else."""
    this = (CaseReporter.district == district) & (CaseReporter.id == reporter_id)
    keys: list[str] = []
    for row in _behind(session, this):
        erase_rating_words(session, [row.id])
        keys += _forget(session, row, now)
    forget_files(session, keys)


def _mine(session: Session, person_id: UUID) -> Rows:
    """Cases she reported with her account, or without it from the phone she has proved since."""
    phone = (
        select(Person.phone_hash)
        .where(Person.id == person_id, Person.phone_verified_at.is_not(None))
        .scalar_subquery()
    )
    by_phone = (CaseReporter.person_id.is_(None)) & (CaseReporter.phone_hash == phone)
    return _behind(session, or_(CaseReporter.person_id == person_id, by_phone))


def _behind(session: Session, who: ColumnElement[bool]) -> Rows:
    """Some reporters with the cases they stand behind."""
    came_with, home = func.coalesce(CaseReporter.merged_from, CaseReporter.case_id), aliased(Case)
    return session.execute(
        select(
            CaseReporter.district,
            CaseReporter.id,
            # her own words lie where she wrote them, wherever the case goes on now
            came_with.label("case_id"),
            CaseReporter.relation,
            CaseReporter.sealed_name,
            CaseReporter.sealed_phone,
            CaseReporter.created_at,
            Case.number,
            Case.cycle,
            Case.state,
            home.category_code,
            *(getattr(Category, f"name_{language}") for language in LANGUAGES),
            home.place_path,
            home.lon,
            home.lat,
            Case.sealed,
        )
        .join(Case, (Case.district == CaseReporter.district) & (Case.id == CaseReporter.case_id))
        .join(home, (home.district == CaseReporter.district) & (home.id == came_with))
        .join(Category, Category.code == home.category_code)
        .where(who)
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
        # what she joined lies where another reporter said
        "longitude": row.lon if row.relation.began else None,
        "latitude": row.lat if row.relation.began else None,
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


def _voices(session: Session, row: Row[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    """When she said of a closed matter that it was still there."""
    moments = session.scalars(
        select(CaseStillThere.at).where(
            CaseStillThere.district == row.district, CaseStillThere.reporter_id == row.id
        )
    )
    return [
        {"table": "case_still_there", "number": row.number, "at": at.isoformat()} for at in moments
    ]


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
        .where(*hers(CaseText, whose_of(row)))
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
        select(
            CasePhoto.code,
            CasePhoto.kind,
            CasePhoto.review,
            CasePhoto.created_at,
            CasePhoto.covers,
        )
        .where(*hers(CasePhoto, whose_of(row)))
        .order_by(CasePhoto.id)
    )
    origin = instance_of(session).config.origin
    return [
        {
            "table": "case_photo",
            "number": row.number,
            "kind": photo.kind.value,
            "review": photo.review.value,
            # hers is the photo as she sent it, whatever covers it for others
            "file": f"{origin}/reports/photos/{photo.code}{'/original' if photo.covers else ''}",
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


def _empty_words(session: Session, row: Row[*tuple[Any, ...]]) -> list[str]:
    """Empty her words and drop her photos; the keys of files to delete."""
    forget_decisions(session, whose_of(row))
    texts = update(CaseText).where(*hers(CaseText, whose_of(row)))
    session.execute(texts.values(text="", public_text=None, review=Review.WITHHELD))
    keys = (
        CasePhoto.blob_key,
        CasePhoto.thumbnail_key,
        CasePhoto.public_key,
        CasePhoto.public_thumbnail_key,
    )
    files = session.execute(select(*keys).where(*hers(CasePhoto, whose_of(row)))).all()
    session.execute(delete(CasePhoto).where(*hers(CasePhoto, whose_of(row))))
    return [key for file in files for key in file if key]


def _empty_point(session: Session, row: Row[*tuple[Any, ...]]) -> None:
    """Drop the point where it may be her home's."""
    category = session.get(Category, row.category_code)
    exact = category is not None and category.place_precision is Precision.EXACT
    if category is None or not exact or category.target is Target.PERSON_OR_SHOP:
        session.execute(
            update(Case)
            .where(Case.district == row.district, Case.id == row.case_id)
            .values(lon=None, lat=None)
        )


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
            joined_key=None,
            erased_at=now,
        )
    )
    for model in (CaseLink, CaseUrge, CaseStillThere):
        session.execute(
            delete(model).where(model.district == row.district, model.reporter_id == row.id)
        )
    forget_objection(session, row.district, row.id)
    cancel_messages(session, rating_subject(row.number, row.id, row.cycle))
    cancel_messages(session, f"case:{row.number}")


register_personal_data(ReportsOfAPerson())
