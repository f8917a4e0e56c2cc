"""Applying for a thing of the register: a person, a group or a school class."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.queries import age_band_of
from portal.accounts.rules import Actor, AgeBand
from portal.kernel.errors import Counted, Forbidden, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of
from portal.kernel.ratelimit import allow
from volunteers.models.adoption import Adoption
from volunteers.queries.adoption.adoptions import first_right_of
from volunteers.queries.adoption.plots import PlotRow, Standing
from volunteers.rules.adoption.life import AdoptionState, Party, Step, Who
from volunteers.rules.adoption.lists import AdoptionForm, adoption_forms
from volunteers.rules.adoption.refusals import AdoptionRefusal
from volunteers.rules.adoption.thresholds import why_no_name
from volunteers.service.adoption.found import led_adoption, plot_shown
from volunteers.service.adoption.moving import move, write_event
from volunteers.service.adoption.settings import settings_of, today_of

MONTH = 30 * 24 * 3600
_WHY_NOT = {
    Standing.GONE: AdoptionRefusal.GONE,
    Standing.HERITAGE: AdoptionRefusal.HERITAGE,
    Standing.HELD: AdoptionRefusal.TAKEN,
    Standing.NOT_OFFERED: AdoptionRefusal.NOT_ADOPTABLE,
}


@dataclass(frozen=True)
class Wish:
    """What somebody wants: in which form, for whom, with how many, and why.

    ``cost_percent``: the share of the cost that she would bear. ``plot_name``: how the plot should
    be called, which is public when the city agrees.
    """

    form: str
    party: Party
    group: str = ""
    people: int = 1
    cost_percent: int = 0
    plot_name: str = ""
    words: str = ""


def apply_for(session: Session, actor: Actor, number: str, wish: Wish, *, now: datetime) -> str:
    """Keep an application; its number. Several may apply, one of them gets the whole thing."""
    plot = plot_shown(session, number, now)
    if actor.person_id is None:
        raise Forbidden
    if age_band_of(session, actor.person_id) is AgeBand.UNDER_14:
        raise Refused(AdoptionRefusal.CHILD)
    if plot.standing in _WHY_NOT:
        raise Refused(_WHY_NOT[plot.standing])
    _check(session, plot, wish)
    most = settings_of(session).applications_a_month
    key = str(actor.person_id)
    if not allow(session, bucket="adopt", key=key, limit=most, seconds=MONTH, now=now):
        raise Counted(AdoptionRefusal.TOO_MANY, facts={"most": most})
    return _insert(session, plot, actor.person_id, wish, now)


def _check(session: Session, plot: PlotRow, wish: Wish) -> None:
    form = adoption_forms().get(wish.form)
    if form is None:
        raise Refused(AdoptionRefusal.UNKNOWN_FORM, field="form")
    if wish.party is not Party.PERSON and not wish.group.strip():
        raise Refused(AdoptionRefusal.NO_GROUP_NAME, field="group")
    if wish.plot_name.strip():
        _check_name(session, plot, wish, form)


def _check_name(session: Session, plot: PlotRow, wish: Wish, form: AdoptionForm) -> None:
    settings = settings_of(session)
    why = why_no_name(form, plot.square_metres, wish.cost_percent, settings)
    if why is not None:
        facts = {"metres": settings.name_square_metres, "percent": settings.name_cost_percent}
        raise Refused(why, field="plot_name", facts=facts)


def _insert(session: Session, plot: PlotRow, person_id: UUID, wish: Wish, now: datetime) -> str:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    vault, number, key = instance_of(session).vault, new_number(), new_id()
    sealed = {
        f"sealed_{name}": vault.seal(text) if (text := getattr(wish, name).strip()) else None
        for name in ("group", "words", "plot_name")
    }
    statement = (
        dialect.insert(Adoption)
        .values(
            id=key, number=number, plot_id=plot.id, place_path=plot.place_path, form=wish.form,
            party=wish.party, people=max(wish.people, 1), cost_percent=wish.cost_percent,
            applicant_id=person_id, state=AdoptionState.APPLIED, applied_at=now,
            first_right_of=first_right_of(session, person_id, today_of(session, now)), **sealed,
        )
        .on_conflict_do_nothing()
        .returning(Adoption.id)
    )  # fmt: skip
    if session.scalar(statement) is None:
        raise Refused(AdoptionRefusal.APPLIED_ALREADY)
    write_event(session, key, Step.APPLY, Who.ADOPTER, None, "", now)
    return number


def withdraw(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Take an application back, at any time before the city has signed."""
    row, _member = led_adoption(session, actor, number)
    move(session, row, Step.WITHDRAW, Who.ADOPTER, now=now)
