"""Routes on the organisers' desk: written, written anew, ended, given to patrols."""

from functools import partial

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.areas.queries import areas_by_ids
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from volunteers.forms.on_the_day import PlainForm
from volunteers.forms.patrols import OnRouteForm, RouteForm, shown_route
from volunteers.queries.patrols import checkpoints_of, route_of, routes_in
from volunteers.rules.patrols import checklists
from volunteers.service.on_the_day import shift_here
from volunteers.service.routes import (
    end_route,
    put_on_route,
    rewrite_route,
    route_here,
    write_route,
)
from volunteers.views.blueprint import bp
from volunteers.views.calling_off import places_of

MANAGE = Permission.SHIFT_MANAGE
_FORM = "volunteers/desk/route_form.html"


@bp.get("/desk/volunteers/routes")
@requires(MANAGE)
def routes() -> ResponseReturnValue:
    """The routes of one's places."""
    rows = routes_in(reading(), current_actor().places_for(MANAGE))
    places = areas_by_ids(reading(), {row.area_id for row in rows})
    page = {"rows": rows, "places": places, "checklists": checklists()}
    return render_template("volunteers/desk/routes.html", **page)


@bp.route("/desk/volunteers/routes/new", methods=["GET", "POST"])
@requires(MANAGE)
def new_route() -> ResponseReturnValue:
    """Write a route."""
    form = RouteForm()
    form.offer(places_of(current_actor()))
    act = partial(_write, form)
    return answer(form, _FORM, act, thanks=_l("The route is written."), route=None)


def _write(form: RouteForm, session: Session) -> str:
    write_route(session, current_actor(), (form.area.data or "")[:40], form.wish(), now=now())
    return url_for("volunteers.routes")


@bp.route("/desk/volunteers/routes/<number>", methods=["GET", "POST"])
@requires(MANAGE)
def change_route(number: str) -> ResponseReturnValue:
    """Write a route anew; what was walked stays as it was."""
    route = route_here(reading(), number, current_actor())
    form = RouteForm(data=shown_route(route, checkpoints_of(reading(), route.id)))
    form.offer(None)
    act = partial(_rewrite, form, number)
    end_form = PlainForm(formdata=None)
    thanks = _l("The route is written anew.")
    return answer(form, _FORM, act, thanks=thanks, route=route, end_form=end_form)


def _rewrite(form: RouteForm, number: str, session: Session) -> str:
    rewrite_route(session, current_actor(), number, form.wish(), now=now())
    return url_for("volunteers.routes")


@bp.post("/desk/volunteers/routes/<number>/end")
@requires(MANAGE)
def drop_route(number: str) -> ResponseReturnValue:
    """Nobody walks it any more."""
    route = route_here(reading(), number, current_actor())
    act = partial(_end, number)
    page = "volunteers/desk/route_end.html"
    return answer(PlainForm(), page, act, thanks=_l("The route has ended."), route=route)


def _end(number: str, session: Session) -> str:
    end_route(session, current_actor(), number, now=now())
    return url_for("volunteers.routes")


@bp.route("/desk/volunteers/shifts/<number>/route", methods=["GET", "POST"])
@requires(MANAGE)
def shift_route(number: str) -> ResponseReturnValue:
    """Which route a shift walks."""
    shift = shift_here(reading(), number, current_actor())
    walked = route_of(reading(), shift.id)
    form = OnRouteForm(data={"route": walked.number if walked else ""})
    form.offer(routes_in(reading(), current_actor().places_for(MANAGE)))
    act = partial(_put, form, number)
    thanks = _l("The patrol has its route.")
    return answer(form, "volunteers/desk/on_route.html", act, thanks=thanks, shift=shift)


def _put(form: OnRouteForm, number: str, session: Session) -> str:
    put_on_route(session, current_actor(), number, form.route.data or None, now=now())
    return url_for("volunteers.patrol", number=number)
