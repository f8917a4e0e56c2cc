"""Single shifts and templates at the desk."""

from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.areas.queries import AreaRow, area_by_id, areas_by_ids
from portal.kernel.clock import city_day, local, now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from volunteers.forms.activities import ReasonForm
from volunteers.forms.fields import PlainForm
from volunteers.forms.shifts import ShiftForm, TemplateForm, plan_as_typed
from volunteers.queries.plans import PlanRow, template, templates
from volunteers.queries.shifts import ShiftRow, post_wishes
from volunteers.rules.planning import PlanWish, TimesWish
from volunteers.service.activities import may_organise
from volunteers.service.calling_off import call_off_shift
from volunteers.service.shifts import change_shift, plan_shift, shift_to_manage
from volunteers.service.templates import drop_template, save_template
from volunteers.views.blueprint import bp
from volunteers.views.desk_activities import MANAGE, SAVED, mine, words
from volunteers.views.places import place_choices


def chosen_plan(area: AreaRow | None) -> dict[str, Any]:
    """What a form of shifts begins with: a template that was chosen, or the activity's place."""
    known = clean_number(request.args.get("template", "")[:40])
    row = template(reading(), known) if known else None
    if row is None or not may_organise(current_actor(), row.place_path):
        return {"area": area.code if area else "", "duty": "patrol"}
    place = area_by_id(reading(), row.area_id)
    return plan_as_typed(row.wish(place.code if place else ""))


def own_templates() -> list[PlanRow]:
    """The templates of this organiser's places."""
    return templates(reading(), current_actor().places_for(MANAGE))


@bp.route("/desk/volunteers/<number>/shifts/new", methods=["GET", "POST"])
@requires(MANAGE)
def new_shift(number: str) -> ResponseReturnValue:
    """Plan one shift of an activity."""
    row = mine(number)
    place = area_by_id(reading(), row.area_id)
    form = ShiftForm(data=chosen_plan(place))
    form.offer_places(place_choices(place))
    act = partial(_plan, row.number, form)
    return answer(
        form, "volunteers/desk/shift_new.html", act, thanks=_l("The shift is planned."), row=row,
        templates=own_templates(), **words(),
    )  # fmt: skip


def _plan(number: str, form: ShiftForm, session: Session) -> str:
    plan_shift(session, current_actor(), number, form.plan(), day=form.day.data, now=now())
    return url_for("volunteers.desk_activity", number=number)


def my_shift(number: str) -> ShiftRow:
    """A shift of this organiser's places. Raises Missing."""
    return shift_to_manage(reading(), current_actor(), clean_number(number) or "")


@bp.route("/desk/volunteers/shifts/<number>/edit", methods=["GET", "POST"])
@requires(MANAGE)
def edit_shift(number: str) -> ResponseReturnValue:
    """Change a shift that has not begun."""
    row = my_shift(number)
    place = area_by_id(reading(), row.area_id)
    form = ShiftForm(data=_as_typed(row, place))
    form.offer_places(place_choices(place))
    form.look_at(row.sequence)
    act = partial(_change, row, form)
    return answer(form, "volunteers/desk/shift_edit.html", act, thanks=SAVED, row=row, **words())


def _as_typed(row: ShiftRow, place: AreaRow | None) -> dict[str, Any]:
    zone = instance().city.zone
    start, end = local(row.starts_at, zone), local(row.ends_at, zone)
    times = TimesWish(start.time(), end.time(), start.date() != end.date())
    code = place.code if place else ""
    plan = PlanWish(times, row.duty.value, code, row.meeting_place, post_wishes(row))
    return {**plan_as_typed(plan), "day": city_day(row.starts_at, zone)}


def _change(row: ShiftRow, form: ShiftForm, session: Session) -> str:
    change_shift(
        session, current_actor(), row.number, form.plan(), day=form.day.data, seen=form.version,
        now=now(),
    )  # fmt: skip
    return url_for("volunteers.desk_activity", number=row.activity_number)


@bp.route("/desk/volunteers/shifts/<number>/call-off", methods=["GET", "POST"])
@requires(MANAGE)
def call_off_one(number: str) -> ResponseReturnValue:
    """Call one shift off; whoever signed up is told why."""
    row, form = my_shift(number), ReasonForm()
    return answer(
        form, "volunteers/desk/call_off.html", partial(_call_off, row, form),
        thanks=_l("It is called off, and everybody who had signed up is told."), row=row,
        rows=[row], back=url_for("volunteers.desk_activity", number=row.activity_number),
    )  # fmt: skip


def _call_off(row: ShiftRow, form: ReasonForm, session: Session) -> str:
    call_off_shift(session, current_actor(), row, reason=form.reason.data or "", now=now())
    return url_for("volunteers.desk_activity", number=row.activity_number)


@bp.get("/desk/volunteers/templates")
@requires(MANAGE)
def shift_templates() -> ResponseReturnValue:
    """What is planned again and again, typed once."""
    rows = own_templates()
    places = areas_by_ids(reading(), {row.area_id for row in rows})
    return render_template(
        "volunteers/desk/templates.html", rows=rows, places=places, form=PlainForm(), **words()
    )


@bp.route("/desk/volunteers/templates/new", methods=["GET", "POST"])
@requires(MANAGE)
def new_template() -> ResponseReturnValue:
    """Keep times and seats under a name."""
    form = TemplateForm(data=chosen_plan(None))
    form.offer_places(place_choices())
    act = partial(_save_template, form)
    return answer(form, "volunteers/desk/template_new.html", act, thanks=SAVED, **words())


def _save_template(form: TemplateForm, session: Session) -> str:
    name = form.name.data or ""
    save_template(session, current_actor(), form.plan(), name=name, now=now())
    return url_for("volunteers.shift_templates")


@bp.post("/desk/volunteers/templates/<number>/drop")
@requires(MANAGE)
def drop_shift_template(number: str) -> ResponseReturnValue:
    """Forget a template."""
    rows = own_templates()
    places = areas_by_ids(reading(), {row.area_id for row in rows})
    act = partial(_drop_template, clean_number(number) or "")
    return answer(
        PlainForm(), "volunteers/desk/templates.html", act, thanks=SAVED, rows=rows,
        places=places, **words(),
    )  # fmt: skip


def _drop_template(number: str, session: Session) -> str:
    drop_template(session, current_actor(), number, now=now())
    return url_for("volunteers.shift_templates")
