"""The desk looks at the place and says whether it fits; then the plot is held for one adopter."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.errors import Conflict, Forbidden, Refused
from portal.kernel.ids import new_id, new_number
from volunteers.models.adoption import AdoptionMember
from volunteers.queries.adoption.adoptions import (
    AdoptionRow,
    holder_of_plot,
    waiting_first_right,
)
from volunteers.queries.adoption.plots import PlotRow, lock_plot, plots_by_ids
from volunteers.rules.adoption.life import PlotState, Role, Step, Who
from volunteers.rules.adoption.refusals import AdoptionRefusal
from volunteers.service.adoption.found import adoption_here
from volunteers.service.adoption.moving import move
from volunteers.service.adoption.notices import tell_adopters
from volunteers.service.adoption.settings import settings_of, today_of


def check_site(
    session: Session, actor: Actor, number: str, *, fits: bool, reason: str, now: datetime
) -> None:
    """Write down what the look at the place found. Of two who get the same plot one does."""
    row = adoption_here(session, actor, number)
    if row.applicant_id is not None and row.applicant_id == actor.person_id:
        raise Refused(AdoptionRefusal.SAME_PERSON)
    if not fits:
        move(session, row, Step.UNFIT, Who.DESK, now=now, actor=actor, reason=reason)
        tell_adopters(session, row, "adoption.unfit", {}, now)
        return
    _hold(session, row)
    until = today_of(session, now) + timedelta(days=settings_of(session).sign_days)
    move(
        session, row, Step.FIT, Who.DESK, now=now, actor=actor, reason=reason,
        checked_by=actor.person_id, offered_until=until,
    )  # fmt: skip
    if row.applicant_id is None:
        raise Conflict(AdoptionRefusal.MOVED_ON)
    make_lead(session, row, row.applicant_id, now)
    tell_adopters(session, row, "adoption.offered", {"day": until.isoformat()}, now)


def _hold(session: Session, row: AdoptionRow) -> PlotRow:
    """The thing, locked, if it can still be given to this adopter."""
    state = lock_plot(session, row.plot_id)
    plot = plots_by_ids(session, [row.plot_id])[row.plot_id]
    if state is not PlotState.THERE:
        raise Conflict(AdoptionRefusal.GONE)
    if not plot.adoptable:
        raise Conflict(AdoptionRefusal.HERITAGE if plot.heritage else AdoptionRefusal.NOT_ADOPTABLE)
    if holder_of_plot(session, row.plot_id) is not None:
        raise Conflict(AdoptionRefusal.TAKEN)
    if row.first_right_of is None and waiting_first_right(session, row.plot_id):
        raise Refused(AdoptionRefusal.FIRST_RIGHT)
    return plot


def make_lead(session: Session, row: AdoptionRow, person_id: UUID, now: datetime) -> None:
    """Put somebody at the head of an adoption. Raises Conflict when its plot has a lead."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(AdoptionMember)
        .values(
            id=new_id(), number=new_number(), adoption_id=row.id, plot_id=row.plot_id,
            person_id=person_id, role=Role.LEAD, joined_at=now,
        )
        .on_conflict_do_nothing()
        .returning(AdoptionMember.id)
    )  # fmt: skip
    if session.scalar(statement) is None:
        raise Conflict(AdoptionRefusal.TWO_LEADS)


def forbid_own(actor: Actor, members: set[UUID]) -> None:
    """Nobody of the desk decides about her own adoption."""
    if actor.person_id is None:
        raise Forbidden
    if actor.person_id in members:
        raise Refused(AdoptionRefusal.SAME_PERSON)
