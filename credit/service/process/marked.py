"""Bases that the package of conventions marks: a published version, and each signer's own yes (L2).

The ledger may not ask who signed; whoever signed and whoever took it back is told here, in the same
transaction, by that package. So there is one list of yeses, and it is the one that is charged by.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from credit.queries.conventions import live_marked, yeses_to_marker
from credit.rules.process import BasisEnd, BasisKind
from credit.service.process.bases import (
    BasisWish,
    add_basis,
    agree_to,
    end_basis,
    withdraw_basis_consent,
)
from credit.service.process.gates import GATES, Gates
from portal.accounts.rules import Actor
from portal.kernel.errors import Missing


def mark_basis(
    session: Session, district: str, wish: BasisWish, *, actor: Actor, now: datetime
) -> str:
    """Enter a published convention as a basis; its number. Whoever keeps the list decides, and the
    caller sees to it that it is entered once."""
    if wish.marker is None or wish.kind is not BasisKind.CONVENTION:
        raise Missing
    return add_basis(session, district, wish, actor=actor, now=now)


def agree_to_marked(
    session: Session, marker: str, person_id: UUID, *, now: datetime, gates: Gates = GATES
) -> None:
    """The yes of somebody who signed herself, apart from her signature. Raises Missing where the
    convention is no basis; Refused where deductions are off, or she is no adult."""
    found = live_marked(session, [marker])
    if not found:
        raise Missing
    agree_to(session, found[0], person_id, gates=gates, now=now)


def end_marked_yes(session: Session, marker: str, person_id: UUID, *, now: datetime) -> None:
    """Her yes is over, whether or not the basis is: what rested on it no longer counts (L5)."""
    for number in yeses_to_marker(session, marker, person_id):
        withdraw_basis_consent(session, number, person_id, now=now)


def end_marked_bases(session: Session, markers: Collection[str], *, now: datetime) -> int:
    """Versions that are no longer in force are no basis any more (L10); how many were."""
    found = live_marked(session, markers)
    for basis in found:
        end_basis(session, basis, BasisEnd.SUPERSEDED, None, now)
    return len(found)
