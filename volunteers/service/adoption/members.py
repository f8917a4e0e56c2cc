"""Several adopters of one thing: asking to join, leaving, handing the lead over, one's own name."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.queries import age_band_of
from portal.accounts.rules import Actor, AgeBand
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of
from volunteers.models.adoption import Adoption, AdoptionMember
from volunteers.queries.adoption.adoptions import (
    AdoptionRow,
    MemberRow,
    holder_of_plot,
    members_of,
)
from volunteers.rules.adoption.life import Role, Step, Who
from volunteers.rules.adoption.refusals import AdoptionRefusal
from volunteers.service.adoption.found import led_adoption, own_adoption, plot_shown
from volunteers.service.adoption.moving import move
from volunteers.service.adoption.signing import MOST_NAME


def ask_to_join(session: Session, actor: Actor, plot_number: str, *, now: datetime) -> str:
    """Ask the lead of an adopted plot; the number of the adoption. The lead says yes or no."""
    plot = plot_shown(session, plot_number, now)
    row = holder_of_plot(session, plot.id)
    if row is None or not row.live:
        raise Missing
    if actor.person_id is None:
        raise Forbidden
    if age_band_of(session, actor.person_id) is AgeBand.UNDER_14:
        raise Refused(AdoptionRefusal.CHILD)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(AdoptionMember)
        .values(
            id=new_id(), number=new_number(), adoption_id=row.id, plot_id=row.plot_id,
            person_id=actor.person_id, role=Role.ASKED, joined_at=now,
        )
        .on_conflict_do_nothing()
        .returning(AdoptionMember.id)
    )  # fmt: skip
    if session.scalar(statement) is None:
        raise Refused(AdoptionRefusal.JOINED_ALREADY)
    return row.number


def answer_joining(
    session: Session, actor: Actor, number: str, member_number: str, *, yes: bool
) -> None:
    """The lead takes somebody in, or not."""
    row, _lead = led_adoption(session, actor, number)
    asked = _of(session, row, member_number)
    if asked.role is not Role.ASKED:
        raise Conflict(AdoptionRefusal.MOVED_ON)
    if yes:
        _change(session, asked, {"role": Role.MEMBER})
    else:
        _remove(session, asked)


def leave_others(session: Session, actor: Actor, number: str) -> None:
    """One of several goes at once. The lead hands over first, or gives notice for all."""
    _row, member = own_adoption(session, actor, number, lock=True)
    if member is None:
        raise Missing
    if member.role is Role.LEAD:
        raise Refused(AdoptionRefusal.IS_LEAD)
    _remove(session, member)


def hand_over(
    session: Session, actor: Actor, number: str, member_number: str, *, now: datetime
) -> None:
    """Another becomes the lead and the old one a member: both or nothing."""
    row, lead = led_adoption(session, actor, number)
    successor = _of(session, row, member_number)
    if lead is None:
        raise Conflict(AdoptionRefusal.MOVED_ON)
    if successor.role is not Role.MEMBER:
        raise Refused(AdoptionRefusal.NOT_A_MEMBER, field="member")
    move(session, row, Step.HAND_OVER, Who.ADOPTER, now=now)
    change_lead(session, row, lead, successor)


def change_lead(session: Session, row: AdoptionRow, lead: MemberRow, successor: MemberRow) -> None:
    """The old one first: a plot never has two leads, not even for a moment."""
    _change(session, lead, {"role": Role.MEMBER})
    _change(session, successor, {"role": Role.LEAD})
    # she speaks for it from now on; what was agreed stays the proof of the one who signed it
    speaks = update(Adoption).where(Adoption.id == row.id)
    session.execute(speaks.values(applicant_id=successor.person_id))


def show_name(session: Session, actor: Actor, number: str, name: str) -> None:
    """Be shown under a name, or with an empty one nowhere from this moment on.

    The name of the plot that the lead wished goes with her own.
    """
    row, member = own_adoption(session, actor, number, lock=True)
    if member is None or member.role is Role.ASKED:
        raise Missing
    clean = " ".join(name.split())[:MOST_NAME]
    young = {AgeBand.UNDER_14, AgeBand.UNDER_18}
    if clean and actor.person_id is not None and age_band_of(session, actor.person_id) in young:
        raise Refused(AdoptionRefusal.CHILD, field="name")
    sealed = instance_of(session).vault.seal(clean) if clean else None
    _change(session, member, {"sealed_public_name": sealed})
    if not clean and member.role is Role.LEAD:
        session.execute(
            update(Adoption)
            .where(Adoption.id == row.id)
            .values(named_until=None, sealed_plot_name=None)
        )


def _of(session: Session, row: AdoptionRow, member_number: str) -> MemberRow:
    rows = members_of(session, [row.id]).get(row.id, [])
    found = next((one for one in rows if one.number == member_number), None)
    if found is None:
        raise Conflict(AdoptionRefusal.MOVED_ON, field="member")
    return found


def _change(session: Session, member: MemberRow, values: dict[str, object]) -> None:
    """Change a row in the role in which it was seen."""
    seen = update(AdoptionMember).where(
        AdoptionMember.id == member.id,
        AdoptionMember.role == member.role,
        AdoptionMember.left_at.is_(None),
    )
    if changed_rows(session, seen.values(values)) != 1:
        raise Conflict(AdoptionRefusal.MOVED_ON)


def _remove(session: Session, member: MemberRow) -> None:
    """Nothing is kept of who does not belong any more; what she did stands in the log."""
    session.execute(delete(AdoptionMember).where(AdoptionMember.id == member.id))


def people_of(session: Session, row: AdoptionRow) -> set[UUID]:
    """Everybody who stands in it, whoever only asked too."""
    return {member.person_id for member in members_of(session, [row.id]).get(row.id, ())}
