"""What adoption keeps about people: handed out, forgotten at their wish, and in time.

The history of a thing stays without them: that it was watered on a day is no secret, by whom is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import PersonalField
from portal.accounts.service import register_personal_data
from portal.kernel.db import changed_rows
from portal.kernel.instance import instance_of
from portal.kernel.outbox import wipe_messages
from portal.kernel.uploads import forget_files, register_blob_keeper
from portal.satisfaction.service import erase_rating_words, export_ratings
from volunteers.models.adoption import (
    Adoption,
    AdoptionAgreement,
    AdoptionCare,
    AdoptionMember,
    AdoptionPhoto,
)
from volunteers.queries.adoption.adoptions import AdoptionRow, adoptions_of, members_of
from volunteers.queries.adoption.agreements import agreements_signed_by
from volunteers.rules.adoption.life import (
    BELONGING,
    NEVER_BEGAN,
    OVER,
    AdoptionState,
    Role,
    Step,
    Who,
)
from volunteers.rules.adoption.personal import KEEP_ENDED, KEEP_REFUSED, PERSONAL_FIELDS
from volunteers.service.adoption.members import change_lead
from volunteers.service.adoption.moving import close, subject_of, write_event
from volunteers.service.adoption.rating import rater_key

BATCH = 200
_NOTHING: Mapping[str, Any] = {
    "applicant_id": None, "sealed_group": None, "sealed_words": None, "sealed_plot_name": None,
    "named_until": None,
}  # fmt: skip


@dataclass(frozen=True)
class AdoptionsOfAPerson:
    """The provider of adoption; see ``portal.accounts.service.privacy``."""

    fields: tuple[PersonalField, ...] = PERSONAL_FIELDS

    def export(self, session: Session, person_id: UUID) -> list[dict[str, Any]]:
        ratings = [
            {"table": "adoption_rating", **row}
            for row in export_ratings(session, [rater_key(session, person_id)])
        ]
        agreed = _agreements(session, person_id)
        return [*_adoptions(session, person_id), *agreed, *_care(session, person_id), *ratings]

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        """Another adopter becomes the lead; where there is none, the adoption ends without her."""
        for row in adoptions_of(session, person_id):
            _leave(session, row, person_id, now)
        session.execute(delete(AdoptionMember).where(AdoptionMember.person_id == person_id))
        _forget_care(session, AdoptionCare.person_id == person_id)
        _forget_agreements(session, AdoptionAgreement.signer_id == person_id)
        erase_rating_words(session, [rater_key(session, person_id)])

    def expire(self, session: Session, now: datetime) -> int:
        """Who stood in what is over, and what they wrote, a batch at a time."""
        ids = session.scalars(select(Adoption.id).where(_over(now)).limit(BATCH)).all()
        if not ids:
            return 0
        _forget_care(session, AdoptionCare.adoption_id.in_(ids))
        _forget_agreements(session, AdoptionAgreement.adoption_id.in_(ids))
        session.execute(delete(AdoptionMember).where(AdoptionMember.adoption_id.in_(ids)))
        return changed_rows(session, update(Adoption).where(Adoption.id.in_(ids)).values(_NOTHING))

    def due(self, session: Session, now: datetime) -> Mapping[str, int]:
        many = select(func.count()).select_from(Adoption).where(_over(now))
        return {"adoption": session.scalar(many) or 0}


def _over(now: datetime) -> ColumnElement[bool]:
    refused = and_(
        Adoption.state.in_(NEVER_BEGAN), Adoption.ended_at <= now - timedelta(days=KEEP_REFUSED)
    )
    ended = and_(Adoption.state.in_(OVER), Adoption.ended_at <= now - timedelta(days=KEEP_ENDED))
    left = or_(
        Adoption.applicant_id.is_not(None),
        Adoption.sealed_words.is_not(None),
        Adoption.sealed_group.is_not(None),
        exists().where(
            AdoptionAgreement.adoption_id == Adoption.id,
            AdoptionAgreement.sealed_text.is_not(None),
        ),
        exists().where(AdoptionMember.adoption_id == Adoption.id),
        exists().where(
            AdoptionCare.adoption_id == Adoption.id,
            or_(AdoptionCare.person_id.is_not(None), AdoptionCare.sealed_words.is_not(None)),
        ),
    )
    return and_(or_(refused, ended), left)


def _leave(session: Session, row: AdoptionRow, person_id: UUID, now: datetime) -> None:
    wipe_messages(session, subject_of(row.number))
    members = members_of(session, [row.id]).get(row.id, [])
    lead = next((one for one in members if one.role is Role.LEAD), None)
    others = [one for one in members if one.role in BELONGING and one.person_id != person_id]
    if row.state in OVER or (lead is not None and lead.person_id != person_id):
        _blank(session, row, person_id)
    elif lead is not None and others:
        # the row in memory goes before the successor's name stands in it
        _blank(session, row, person_id)
        change_lead(session, row, lead, others[0])
    else:
        _end(session, row, now)


def _blank(session: Session, row: AdoptionRow, person_id: UUID) -> None:
    hers = update(Adoption).where(Adoption.id == row.id, Adoption.applicant_id == person_id)
    session.execute(hers.values(_NOTHING))


def _end(session: Session, row: AdoptionRow, now: datetime) -> None:
    """Nobody is left: an application is withdrawn, an agreement ends."""
    began = row.countersigned_at is not None
    session.execute(
        update(Adoption)
        .where(Adoption.id == row.id)
        .values(
            {
                **_NOTHING,
                "state": AdoptionState.ENDED if began else AdoptionState.WITHDRAWN,
                "ended_at": now,
            }
        )
    )
    close(session, row.id, now)
    step = Step.LEAVE if began else Step.WITHDRAW
    write_event(session, row.id, step, Who.ADOPTER, None, "", now)


def _forget_agreements(session: Session, these: ColumnElement[bool]) -> None:
    """What was agreed bears a name: the digest stays in the ledger and leads to nobody."""
    forget = update(AdoptionAgreement).where(these).values(signer_id=None, sealed_text=None)
    session.execute(forget.execution_options(synchronize_session=False))


def _forget_care(session: Session, these: ColumnElement[bool]) -> None:
    """Lines stay without words, photos and names."""
    ids = select(AdoptionCare.id).where(these)
    photos = session.execute(
        select(AdoptionPhoto.id, AdoptionPhoto.blob_key, AdoptionPhoto.thumbnail_key).where(
            AdoptionPhoto.care_id.in_(ids)
        )
    ).all()
    session.execute(delete(AdoptionPhoto).where(AdoptionPhoto.id.in_([row.id for row in photos])))
    session.execute(
        update(AdoptionCare)
        .where(these)
        .values(person_id=None, sealed_words=None)
        .execution_options(synchronize_session=False)
    )
    forget_files(session, [key for row in photos for key in (row.blob_key, row.thumbnail_key)])


def _adoptions(session: Session, person_id: UUID) -> Iterator[dict[str, Any]]:
    rows = adoptions_of(session, person_id)
    members = members_of(session, [row.id for row in rows])
    for row in rows:
        mine = next((m for m in members.get(row.id, ()) if m.person_id == person_id), None)
        hers = row.applicant_id == person_id
        yield {
            "table": "adoption",
            "number": row.number,
            "applied_at": row.applied_at.isoformat(),
            "state": row.state.value,
            "role": mine.role.value if mine else None,
            "signature": mine.signature if mine else "",
            "public_name": mine.public_name if mine else "",
            "group": row.group if hers else "",
            "words": row.words if hers else "",
            "plot_name": row.plot_name if hers else "",
        }


def _agreements(session: Session, person_id: UUID) -> Iterator[dict[str, Any]]:
    for row in agreements_signed_by(session, person_id):
        yield {
            "table": "adoption_agreement",
            "number": row.adoption,
            "at": row.at.isoformat(),
            "digest": row.digest,
            "text": row.text or "",
        }


def _care(session: Session, person_id: UUID) -> Iterator[dict[str, Any]]:
    vault, c = instance_of(session).vault, AdoptionCare
    statement = (
        select(c.number, c.deed, c.done_on, c.minutes, c.sealed_words)
        .where(c.person_id == person_id)
        .order_by(c.done_on, c.id)
    )
    for row in session.execute(statement):
        yield {
            "table": "adoption_care",
            "number": row.number,
            "deed": row.deed,
            "done_on": row.done_on.isoformat(),
            "minutes": row.minutes,
            "words": vault.unseal(row.sealed_words) if row.sealed_words else "",
        }


def _keys_in_use(session: Session, keys: frozenset[str]) -> set[str | None]:
    columns = (AdoptionPhoto.blob_key, AdoptionPhoto.thumbnail_key)
    rows = session.execute(select(*columns).where(or_(*(column.in_(keys) for column in columns))))
    return {key for row in rows for key in row}


register_blob_keeper(_keys_in_use)
register_personal_data(AdoptionsOfAPerson())
