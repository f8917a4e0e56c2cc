"""Activities at the desk: written, published, closed, called off."""

from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.areas.queries import area_by_id, areas_by_ids
from portal.kernel.clock import city_day, now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.organisations.queries import organisation, organisations, who_goes_on
from portal.organisations.rules import OrganisationKind
from volunteers.forms.activities import ActivityForm, ReasonForm, StepForm, as_typed
from volunteers.labels.activities import ACTIVITY_KINDS, ACTIVITY_STATES, DUTY_KINDS
from volunteers.labels.planning import ACTIVITY_STEPS
from volunteers.queries.activities import PAGE, ActivityRow, activities_at_desk, teams_of
from volunteers.queries.campaigns import campaign_of
from volunteers.queries.plans import batches_of, series_of
from volunteers.queries.shifts import past_shifts_of, shifts_of
from volunteers.queries.teams import teams_to_choose
from volunteers.rules.offering import ActivityStep, steps_from
from volunteers.service.activities import (
    activity_to_manage,
    change_activity,
    step_activity,
    write_activity,
)
from volunteers.views.blueprint import bp
from volunteers.views.places import place_choices, places_of

MANAGE = Permission.SHIFT_MANAGE
SAVED = _l("Saved.")
SHIFTS_SHOWN = 60
PAST_SHOWN = 30
# kinds of units that do not stand behind voluntary service
_NOT = frozenset({OrganisationKind.JOINT_MEETING})


def words() -> dict[str, Any]:
    """Words that pages of the desk use."""
    return {
        "kinds": ACTIVITY_KINDS, "states": ACTIVITY_STATES, "duties": DUTY_KINDS,
        "steps": ACTIVITY_STEPS, "now": now(),
    }  # fmt: skip


@bp.get("/desk/volunteers/")
@requires(MANAGE)
def desk() -> ResponseReturnValue:
    """The activities of my places, the newest first."""
    after = clean_number(request.args.get("after", "")[:40])
    scopes = current_actor().places_for(MANAGE)
    found = activities_at_desk(reading(), scopes, after=after)
    rows = found[:PAGE]
    return render_template(
        "volunteers/desk/index.html", rows=rows,
        next_after=rows[-1].number if len(found) > PAGE else None,
        places=areas_by_ids(reading(), {row.area_id for row in rows}), **words(),
    )  # fmt: skip


@bp.route("/desk/volunteers/new", methods=["GET", "POST"])
@requires(MANAGE)
def new_activity() -> ResponseReturnValue:
    """Write an activity."""
    form = _form()
    form.offer_places(place_choices())
    act = partial(_write, form)
    thanks = _l("Saved as a draft. Plan its shifts, then publish it.")
    return answer(form, "volunteers/desk/edit.html", act, thanks=thanks, row=None, **words())


def _form(**given: Any) -> ActivityForm:
    city = instance().city
    form = ActivityForm(data=given)
    form.offer(city.languages, city.default_language)
    on = city_day(now(), city.zone)
    units = [row for row in organisations(reading(), on=on) if row.kind not in _NOT]
    teams = teams_to_choose(reading(), current_actor().places_for(MANAGE), on)
    form.offer_partners([(row.code, row.names) for row in units], teams)
    return form


def _write(form: ActivityForm, session: Session) -> str:
    number = write_activity(
        session, current_actor(), form.wish(), area_code=form.area.data or "", now=now()
    )
    return url_for("volunteers.desk_activity", number=number)


def mine(number: str) -> ActivityRow:
    """An activity of this organiser's places. Raises Missing."""
    return activity_to_manage(reading(), current_actor(), clean_number(number) or "")


@bp.get("/desk/volunteers/<number>")
@requires(MANAGE)
def desk_activity(number: str) -> ResponseReturnValue:
    """One activity with its shifts, series and what was made at once."""
    return render_template("volunteers/desk/activity.html", **about(mine(number)))


def about(row: ActivityRow) -> dict[str, Any]:
    """Everything that the desk's page of an activity shows."""
    session = reading()
    moment = now()
    rows = shifts_of(session, row.id, since=moment, limit=SHIFTS_SHOWN)
    past = past_shifts_of(session, row.id, before=moment, limit=PAST_SHOWN)
    form = StepForm()
    form.look_at(row.version)
    return {
        "row": row,
        "rows": rows,
        "past": past,
        "places": places_of([*rows, *past]),
        "place": area_by_id(session, row.area_id),
        "teams": teams_of(session, row.id),
        "organiser": organisation(session, row.organisation_id) if row.organisation_id else None,
        "series": series_of(session, row.id),
        "batches": batches_of(session, row.id),
        "possible": steps_from(row.state),
        "campaign": campaign_of(session, row),
        "form": form,
        **words(),
    }


@bp.route("/desk/volunteers/<number>/edit", methods=["GET", "POST"])
@requires(MANAGE)
def edit_activity(number: str) -> ResponseReturnValue:
    """Write an activity anew."""
    row = mine(number)
    on = city_day(now(), instance().city.zone)
    # of a unit that ended its successor, else saving would take the activity from both
    unit = who_goes_on(reading(), row.organisation_id, on) if row.organisation_id else None
    teams = [team.number for team in teams_of(reading(), row.id)]
    form = _form(**as_typed(row.wish(organisation=unit.code if unit else "", teams=teams)))
    form.keep_place()
    form.look_at(row.version)
    act = partial(_change, row.number, form)
    return answer(form, "volunteers/desk/edit.html", act, thanks=SAVED, row=row, **words())


def _change(number: str, form: ActivityForm, session: Session) -> str:
    change_activity(session, current_actor(), number, form.wish(), seen=form.version, now=now())
    return url_for("volunteers.desk_activity", number=number)


@bp.post("/desk/volunteers/<number>/publish")
@requires(MANAGE)
def publish_activity(number: str) -> ResponseReturnValue:
    """Let people see it and sign up."""
    return _step(number, ActivityStep.PUBLISH, _l("Everybody can see it now."))


@bp.post("/desk/volunteers/<number>/close")
@requires(MANAGE)
def close_activity(number: str) -> ResponseReturnValue:
    """Take no more people; what is planned takes place."""
    return _step(number, ActivityStep.CLOSE, _l("It takes no more people."))


@bp.post("/desk/volunteers/<number>/reopen")
@requires(MANAGE)
def reopen_activity(number: str) -> ResponseReturnValue:
    """Take people again."""
    return _step(number, ActivityStep.REOPEN, _l("It takes people again."))


def _step(number: str, step: ActivityStep, thanks: Any) -> ResponseReturnValue:
    given = about(mine(number))
    form = given.pop("form")
    act = partial(_take_step, number, step, form)
    return answer(form, "volunteers/desk/activity.html", act, thanks=thanks, **given)


def _take_step(number: str, step: ActivityStep, form: StepForm, session: Session) -> str:
    step_activity(
        session, current_actor(), clean_number(number) or "", step, seen=form.version, now=now()
    )
    return url_for("volunteers.desk_activity", number=number)


@bp.route("/desk/volunteers/<number>/call-off", methods=["GET", "POST"])
@requires(MANAGE)
def call_off_activity(number: str) -> ResponseReturnValue:
    """Call it off with all its shifts that have not begun."""
    row, form = mine(number), ReasonForm()
    form.look_at(row.version)
    rows = [one for one in shifts_of(reading(), row.id, since=now()) if one.takes_people(now())]
    return answer(
        form, "volunteers/desk/call_off.html", partial(_call_off, number, form),
        thanks=_l("It is called off, and everybody who had signed up is told."), row=row,
        rows=rows, back=url_for("volunteers.desk_activity", number=row.number),
    )  # fmt: skip


def _call_off(number: str, form: ReasonForm, session: Session) -> str:
    step_activity(
        session, current_actor(), clean_number(number) or "", ActivityStep.CALL_OFF,
        seen=form.version, reason=form.reason.data or "", now=now(),
    )  # fmt: skip
    return url_for("volunteers.desk_activity", number=number)
