"""Reads of what was agreed: every agreement of an adoption, and those that somebody signed."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from portal.kernel.instance import instance_of
from volunteers.models.adoption import Adoption, AdoptionAgreement


@dataclass(frozen=True)
class AgreedRow:
    """One agreement. ``text`` is what its digest is the hash of; None: it is kept no more."""

    adoption: str
    at: datetime
    digest: str
    signer_id: UUID | None
    text: str | None


def agreements_of(session: Session, adoption_id: UUID) -> list[AgreedRow]:
    """Every agreement of an adoption, the newest first."""
    return _rows(session, AdoptionAgreement.adoption_id == adoption_id)


def agreements_signed_by(session: Session, person_id: UUID) -> list[AgreedRow]:
    """Every agreement that bears somebody's name, the newest first."""
    return _rows(session, AdoptionAgreement.signer_id == person_id)


def _rows(session: Session, these: ColumnElement[bool]) -> list[AgreedRow]:
    of = AdoptionAgreement
    rows = session.execute(
        select(Adoption.number, of.at, of.digest, of.signer_id, of.sealed_text)
        .join(Adoption, Adoption.id == of.adoption_id)
        .where(these)
        .order_by(of.at.desc(), of.id.desc())
    )
    unseal = instance_of(session).vault.unseal
    return [
        AgreedRow(number, at, digest, signer, _proving(unseal(sealed) if sealed else "", digest))
        for number, at, digest, signer, sealed in rows
    ]


def _proving(text: str, digest: str) -> str | None:
    """What was kept, if it proves the digest: before version 0057 only its salt was."""
    return text if sha256(text.encode()).hexdigest() == digest else None
