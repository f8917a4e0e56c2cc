"""What was answered before under an id is answered again: the entry, or the refusal."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from credit.models import EntryDetail, Refusal
from credit.queries.entries import EntryRow, entry
from credit.rules.bodies import Statement, Transfer, body_of_entry, first_difference
from credit.rules.canonical import Json
from credit.rules.kinds import LedgerRefusal
from credit.rules.leaf import commitment, unpack
from credit.service.halting import is_halted
from portal.kernel.instance import instance_of


@dataclass(frozen=True)
class Posted:
    """The entry that is in the ledger. ``again``: it was there before this wish."""

    entry: EntryRow
    again: bool = False


@dataclass(frozen=True)
class Rejected:
    """Why there is no entry, and which field is to blame."""

    code: LedgerRefusal
    field: str | None = None


HALTED: Final = Rejected(LedgerRefusal.HALTED)
"""The answer to every wish while the ledger stands still."""


def answer_known(
    session: Session, wish: Transfer | Statement, details: Mapping[str, Json]
) -> Posted | Rejected | None:
    """What this id was answered before; None when nobody has used it yet."""
    found = entry(session, wish.district, wish.id)
    if found is not None:
        differs = first_difference(wish.body(), body_of_entry(found))
        if differs is None and not _same_details(session, found, details):
            differs = "details"
        if differs is None:
            return Posted(found, again=True)
        return Rejected(LedgerRefusal.OTHER_BODY, differs)
    refused = session.execute(
        select(Refusal.code, Refusal.field, Refusal.body).where(
            Refusal.district == wish.district, Refusal.id == wish.id
        )
    ).one_or_none()
    if refused is None:
        return None
    differs = first_difference(wish.body(), json.loads(refused.body))
    if differs is not None:
        return Rejected(LedgerRefusal.OTHER_BODY, differs)
    return Rejected(refused.code, refused.field)


def _same_details(session: Session, found: EntryRow, details: Mapping[str, Json]) -> bool:
    """Whether the details are those of the entry; once they are erased nobody can say no."""
    sealed = session.scalar(
        select(EntryDetail.sealed_details).where(
            EntryDetail.district == found.district, EntryDetail.entry_id == found.id
        )
    )
    if sealed is None:
        return True
    salt, _ = unpack(instance_of(session).vault.unseal(sealed))
    return compare_digest(commitment(salt, details), found.commitment)


def refuse(
    session: Session,
    wish: Transfer | Statement,
    code: LedgerRefusal,
    field: str | None,
    *,
    at: datetime,
) -> Rejected:
    """Write a refusal down under the entry's id. Two that refuse at once write one.

    While the ledger stands still nothing is final: what is refused may only be missing from a
    database that is about to be put right.
    """
    if is_halted(session):
        return HALTED
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    body = json.dumps(wish.body(), sort_keys=True, separators=(",", ":"))
    session.execute(
        dialect.insert(Refusal)
        .values(
            district=wish.district, id=wish.id, code=code, field=field, body=body,
            at=at.replace(microsecond=0),
        )
        .on_conflict_do_nothing()
    )  # fmt: skip
    return Rejected(code, field)
