"""Whose an adoption is: the desk's of its place, or an adopter's own. Anything else is Missing."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.kernel.errors import Forbidden, Missing
from portal.kernel.ids import clean_number
from volunteers.queries.adoption.adoptions import (
    AdoptionRow,
    MemberRow,
    adoption_by_number,
    member_in,
)
from volunteers.queries.adoption.plots import PlotRow, plot_by_number, plots_by_ids
from volunteers.rules.adoption.life import AdoptionState, Role
from volunteers.service.adoption.settings import today_of

MANAGE = Permission.ADOPTION_MANAGE
_BEFORE_SIGNING = frozenset({AdoptionState.APPLIED})


def places_of(actor: Actor) -> Sequence[str] | None:
    """Where somebody looks after adoptions; None: everywhere."""
    return actor.places_for(MANAGE)


def plot_shown(session: Session, number: str, now: datetime) -> PlotRow:
    """A thing that the public may see: listed already. One that is gone is still explained."""
    row = plot_by_number(session, clean_number(number) or "")
    if row is None or row.listed_from > today_of(session, now):
        raise Missing
    return row


def plot_here(session: Session, actor: Actor, number: str) -> PlotRow:
    """A thing of the register of somebody's places."""
    row = plot_by_number(session, clean_number(number) or "")
    if row is None or not actor.may(MANAGE, place_path=row.place_path):
        raise Missing
    return row


def plot_of(session: Session, row: AdoptionRow) -> PlotRow:
    """The thing that an adoption is about."""
    return plots_by_ids(session, [row.plot_id])[row.plot_id]


def adoption_here(
    session: Session, actor: Actor, number: str, *, lock: bool = False
) -> AdoptionRow:
    """An adoption of somebody's places."""
    row = adoption_by_number(session, clean_number(number) or "", lock=lock)
    if row is None or not actor.may(MANAGE, place_path=row.place_path):
        raise Missing
    return row


def own_adoption(
    session: Session, actor: Actor, number: str, *, lock: bool = False
) -> tuple[AdoptionRow, MemberRow | None]:
    """An adoption in which somebody stands, with her row; before the check she only applied."""
    row = adoption_by_number(session, clean_number(number) or "", lock=lock)
    if row is None or actor.person_id is None:
        raise Missing
    member = member_in(session, row.id, actor.person_id)
    if member is None and row.applicant_id != actor.person_id:
        raise Missing
    return row, member


def led_adoption(
    session: Session, actor: Actor, number: str
) -> tuple[AdoptionRow, MemberRow | None]:
    """Her own, locked, where she has the say: she leads it, or applied and nobody leads it yet."""
    row, member = own_adoption(session, actor, number, lock=True)
    if row.state in _BEFORE_SIGNING:
        return row, member
    if member is None or member.role is not Role.LEAD:
        raise Forbidden
    return row, member
