"""Calling a whole day off: choose, look, say why; and planning a shift again afterwards."""

from functools import partial

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Actor, Permission
from portal.areas.queries import areas_by_codes, children_of
from portal.areas.rules import codes_of
from portal.kernel.clock import now
from portal.kernel.errors import Missing, Refused
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from volunteers.forms.on_the_day import AgainForm, CallOffForm, DayForm
from volunteers.rules.shifts import LONGEST_REASON, ShiftState
from volunteers.service.calling_day_off import Day, call_off_day, day_here, plan_again
from volunteers.service.on_the_day import shift_here
from volunteers.views.blueprint import bp

MANAGE = Permission.SHIFT_MANAGE


@bp.get("/desk/volunteers/call-off")
@requires(MANAGE)
def call_off() -> ResponseReturnValue:
    """Choose place and day, then see what would be called off."""
    form = DayForm(request.args)
    form.offer(places_of(current_actor()))
    day = None
    if request.args.get("day"):
        try:
            day = _day(form)
        except Refused as refusal:
            form.refuse(refusal)
    acting = _acting(day)
    page = {"asking": form, "form": acting, "day": day, "longest": LONGEST_REASON}
    return render_template("volunteers/desk/call_off_day.html", **page)


def _acting(day: Day | None) -> CallOffForm:
    """The form that calls off what is shown."""
    form = CallOffForm(formdata=None)
    if day is not None:
        form.area.data, form.day.data = day.area.code, day.on.isoformat()
        form.seen.data = day.mark
    return form


def _day(form: DayForm) -> Day:
    area = (form.area.data or "")[:40]
    return day_here(reading(), current_actor(), area, form.day.data, now())


def places_of(actor: Actor) -> list[tuple[str, str]]:
    """(code, name) of the places that somebody organises service in, and those right below."""
    paths = actor.places_for(MANAGE)
    if paths is None:
        tops = children_of(reading(), None)
    else:
        codes = {codes_of(path)[-1] for path in paths}
        tops = sorted(areas_by_codes(reading(), codes).values(), key=lambda area: area.path)
    below = [area for top in tops for area in children_of(reading(), top.code)]
    unique = {area.code: in_words(area.names) for area in (*tops, *below)}
    return list(unique.items())


@bp.post("/desk/volunteers/call-off/now")
@requires(MANAGE)
def call_off_now() -> ResponseReturnValue:
    """Call off what was shown; everybody is told. It cannot be undone."""
    form = CallOffForm()
    asked = DayForm(request.form)
    asked.offer(places_of(current_actor()))
    try:
        day = _day(asked)
    except Refused as error:
        raise Missing from error
    page = {"asking": asked, "day": day, "longest": LONGEST_REASON}
    thanks = _l("Called off. Everybody who signed up is told.")
    act = partial(_call_off, form, day)
    return answer(form, "volunteers/desk/call_off_day.html", act, thanks=thanks, **page)


def _call_off(form: CallOffForm, day: Day, session: Session) -> str:
    seen, reason = form.seen.data or "", form.reason.data or ""
    call_off_day(session, current_actor(), day.area.code, day.on, reason, seen, now=now())
    return url_for("volunteers.call_off", area=day.area.code, day=day.on.isoformat())


@bp.route("/desk/volunteers/shifts/<number>/again", methods=["GET", "POST"])
@requires(MANAGE)
def shift_again(number: str) -> ResponseReturnValue:
    """A shift that was called off, planned anew as a copy."""
    shift = shift_here(reading(), number, current_actor())
    if shift.state is not ShiftState.CANCELLED:
        raise Missing
    form = AgainForm()
    thanks = _l("Planned again. People sign up anew.")
    act = partial(_again, form, number)
    return answer(form, "volunteers/desk/again.html", act, thanks=thanks, shift=shift)


def _again(form: AgainForm, number: str, session: Session) -> str:
    at = form.moment(instance().city.zone)
    made = plan_again(session, current_actor(), number, at, now=now())
    return url_for("volunteers.day_roll", number=made)
