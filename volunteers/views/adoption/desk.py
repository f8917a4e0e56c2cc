"""The desk of adoption: what waits, one adoption, dry weeks, the model agreement, a plaque."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.queries import people_by_ids
from portal.accounts.rules import Permission
from portal.areas.queries import areas_by_ids
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.qr import qr_svg
from portal.kernel.web import Session, instance, reading
from volunteers.forms.adoption import SureForm
from volunteers.forms.adoption_desk import DryForm, ModelForm, model_as_typed
from volunteers.labels.adoption import DESK_DOES
from volunteers.queries.adoption.adoptions import (
    AdoptionRow,
    adoptions_in,
    belongs,
    events_of,
    members_of,
    plaque_of,
)
from volunteers.queries.adoption.care import (
    care_of_adoption,
    care_to_confirm,
    dry_weeks,
    inspections_of,
    last_inspected,
    model_now,
)
from volunteers.queries.adoption.plots import photos_of_care
from volunteers.rules.adoption.life import LIVE, AdoptionState, Who, steps_from
from volunteers.service.adoption.agreements import publish_model
from volunteers.service.adoption.dry import mark_dry
from volunteers.service.adoption.found import MANAGE, adoption_here, places_of, plot_of
from volunteers.service.adoption.settings import settings_of
from volunteers.views.adoption import common
from volunteers.views.adoption.blueprint import bp
from volunteers.views.adoption.public import plots_of

S = AdoptionState
MARKED = _l("Marked. The adopters of plants there are told once.")
PUBLISHED = _l("Published. Whoever signs from now on signs this version.")
# what waits for the desk, in this order
QUEUES = (
    (_l("To be looked at on the spot"), (S.APPLIED,)),
    (_l("To be signed for the city"), (S.SIGNED,)),
    (_l("Waiting for the adopter’s signature"), (S.OFFERED,)),
    (_l("Neglected"), (S.REMINDED, S.TO_RECTIFY)),
    (_l("To be settled"), (S.TO_SETTLE,)),
    (_l("Leaving"), (S.LEAVING,)),
)


@bp.get("/desk/adoption/")
@requires(MANAGE)
def desk() -> ResponseReturnValue:
    """Everything that waits in my places."""
    places = places_of(current_actor())
    states = [state for _words, states in QUEUES for state in states]
    rows = adoptions_in(reading(), [*states, S.ACTIVE], places)
    care = care_to_confirm(reading(), places)
    due = _to_inspect(rows)
    renewals = [row for row in rows if row.renewal_asked_at is not None]
    return render_template(
        "volunteers/adoption/desk/queue.html", care=care, due=due, renewals=renewals,
        queues=[(title, [row for row in rows if row.state in of]) for title, of in QUEUES],
        numbers={row.id: row.number for row in rows}, plots=plots_of(rows),
        active=sum(row.state is S.ACTIVE for row in rows), **common.words(),
    )  # fmt: skip


def _to_inspect(rows: list[AdoptionRow]) -> list[AdoptionRow]:
    """Those in force that nobody has looked at for too long."""
    live = [row for row in rows if row.state in LIVE]
    seen = last_inspected(reading(), [row.id for row in live])
    limit = now() - timedelta(days=settings_of(reading()).inspect_days)
    return [row for row in live if (_looked(row, seen.get(row.id)) or limit) <= limit]


def _looked(row: AdoptionRow, seen: datetime | None) -> datetime | None:
    return seen or row.countersigned_at


@bp.get("/desk/adoption/<number>")
@requires(MANAGE)
def desk_adoption(number: str) -> ResponseReturnValue:
    """One adoption with its people, history, log and checks, and what can be done."""
    row = adoption_here(reading(), current_actor(), number)
    return render_template(
        "volunteers/adoption/desk/one.html", form=SureForm(formdata=None), **about_desk(row)
    )


def about_desk(row: AdoptionRow) -> dict[str, Any]:
    """What the desk's pages of one adoption show."""
    members = members_of(reading(), [row.id]).get(row.id, [])
    events, care = events_of(reading(), row.id), care_of_adoption(reading(), row.id)
    ids = {one.person_id for one in members} | {e.actor_id for e in events if e.actor_id}
    if row.applicant_id is not None:
        ids.add(row.applicant_id)
    return {
        "row": row,
        "members": [one for one in members if belongs(one)],
        "people": people_by_ids(reading(), ids),
        "events": events,
        "care": care,
        "care_photos": photos_of_care(reading(), [one.id for one in care]),
        "inspections": inspections_of(reading(), row.plot_id),
        "does": DESK_DOES,
        "may": steps_from(row.state, Who.DESK),
        "plaque": plaque_of(reading(), row.id),
        "limits": settings_of(reading()),
        **common.about_plot(plot_of(reading(), row)),
    }


@bp.get("/desk/adoption/<number>/plaque")
@requires(MANAGE)
def desk_plaque(number: str) -> ResponseReturnValue:
    """The plaque as a sheet to print: the names of those who want to be named, and a code."""
    row = adoption_here(reading(), current_actor(), number)
    about = about_desk(row)
    if about["plaque"] is None:
        raise Missing
    link = f"{instance().config.origin}/adoption/plaques/{about['plaque'].code}"
    named = row.named_until is not None and row.named_until >= about["today"]
    return render_template(
        "volunteers/adoption/desk/plaque.html", link=link, qr=qr_svg(link),
        names=[one.public_name for one in about["members"] if one.public_name],
        plot_name=row.plot_name if named else "", **about,
    )  # fmt: skip


@bp.route("/desk/adoption/dry-weeks", methods=["GET", "POST"])
@requires(MANAGE)
def desk_dry() -> ResponseReturnValue:
    """Mark a dry week of a place; what was marked so far."""
    form = DryForm(data={"day": city_day(now(), instance().city.zone)})
    weeks = dry_weeks(reading(), places_of(current_actor()))
    return answer(
        form, "volunteers/adoption/desk/dry.html", partial(_mark, form), thanks=MARKED,
        weeks=weeks, areas=areas_by_ids(reading(), {week.area_id for week in weeks}),
    )  # fmt: skip


def _mark(form: DryForm, session: Session) -> str:
    mark_dry(session, current_actor(), form.place.data or "", form.day.data, now=now())
    return url_for("adoption.desk_dry")


@bp.route("/desk/adoption/agreement", methods=["GET", "POST"])
@requires(Permission.RULE_PUBLISH)
def desk_agreement() -> ResponseReturnValue:
    """Write the next version of the model agreement."""
    newest = model_now(reading())
    form = ModelForm(data=model_as_typed(newest))
    act = partial(_publish, form)
    return answer(
        form, "volunteers/adoption/desk/agreement.html", act, thanks=PUBLISHED, newest=newest
    )


def _publish(form: ModelForm, session: Session) -> str:
    publish_model(
        session, current_actor(), form.texts(), source=form.source.data or "", seen=form.seen(),
        now=now(),
    )  # fmt: skip
    return url_for("adoption.rules_page")
