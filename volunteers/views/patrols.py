"""Patrols: where they go, the log that all teams share, findings that become reports."""

from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, signed_in
from portal.accounts.rules import Permission
from portal.areas.queries import area_by_id
from portal.kernel.clock import city_day, now
from portal.kernel.i18n import current_language
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.reports.queries.categories import categories_on
from volunteers.forms.on_the_day import PlainForm
from volunteers.forms.patrols import MOST_PHOTOS, FindingForm, LogForm, log_form
from volunteers.labels.activities import DUTY_KINDS
from volunteers.labels.doorsteps import TOPICS
from volunteers.labels.on_the_day import FINDINGS
from volunteers.queries.on_the_day import DayShift, my_sign_up
from volunteers.queries.patrols import (
    CheckpointRow,
    RouteRow,
    checkpoints_of,
    entries_of,
    patrols,
    patrols_before,
    patrols_of,
    route_of,
    teams_of,
    ticks_of,
    totals,
)
from volunteers.rules.patrols import LONGEST_LOG, checklists, why_not_now
from volunteers.service.on_the_day import settings_of
from volunteers.service.patrol_log import (
    Writer,
    file_finding,
    may_read,
    patrol_here,
    tick_checkpoint,
    write_entry,
    writer_of,
)
from volunteers.views.blueprint import bp

MANAGE = Permission.SHIFT_MANAGE


@bp.get("/volunteers/patrols/")
@public
def patrol_list() -> ResponseReturnValue:
    """Patrols to come and lately walked; first one's own."""
    actor, moment = current_actor(), now()
    places = actor.places_for(MANAGE)
    mine = patrols_of(reading(), actor.person_id, moment) if actor.person_id else []
    return render_template(
        "volunteers/patrols/list.html", mine=mine, now=moment,
        coming=patrols(reading(), moment, places=places or ()),
        past=patrols_before(reading(), moment, places=places or ()),
    )  # fmt: skip


@bp.get("/volunteers/patrols/<number>")
@public
def patrol(number: str) -> ResponseReturnValue:
    """One patrol: its route, what the log comes to, and its words for those who may read them."""
    actor = current_actor()
    shift = patrol_here(reading(), number, actor)
    entries = entries_of(reading(), shift.id)
    reads = may_read(reading(), shift, actor)
    return render_template(
        "volunteers/patrols/show.html", shift=shift, entries=entries if reads else (),
        totals=totals(entries), reads=reads, form=PlainForm(formdata=None),
        area=area_by_id(reading(), shift.area_id), **_route(shift), **_may(shift), **_words(),
    )  # fmt: skip


def _route(shift: DayShift) -> dict[str, Any]:
    route = route_of(reading(), shift.id)
    points = checkpoints_of(reading(), route.id) if route else []
    return {
        "route": route,
        "points": points,
        "point_of": {one.id: one for one in points},
        "ticks": ticks_of(reading(), shift.id) if points else {},
        "teams": teams_of(reading(), shift.activity_id),
        "checklist": checklists().get(route.checklist or "") if route else None,
    }


def _may(shift: DayShift) -> dict[str, Any]:
    """What this reader may do on the patrol now: walk it, write about it, plan it."""
    actor, moment = current_actor(), now()
    window = settings_of(reading()).window
    on_it = actor.person_id is not None and (
        my_sign_up(reading(), shift.id, actor.person_id) is not None
    )
    running = why_not_now(shift.span, window, moment) is None
    organises = actor.may(MANAGE, place_path=shift.place_path)
    begun = moment >= shift.starts_at - window
    return {
        "walks": on_it and running,
        "writes": (on_it and running) or (organises and begun),
        "organises": organises,
        "on_it": on_it,
        "minutes": int(window.total_seconds()) // 60,
    }


def _words() -> dict[str, Any]:
    return {"duties": DUTY_KINDS, "findings": FINDINGS, "topics": TOPICS}


@bp.route("/volunteers/patrols/<number>/log", methods=["GET", "POST"])
@signed_in
def patrol_log(number: str) -> ResponseReturnValue:
    """Write into the log."""
    writer, route, points = _writing(number)
    form = log_form(route.checklist if route else None)
    form.offer(points, late=writer.late)
    if not form.is_submitted():
        form.duty.data = writer.shift.duty.value
    act = partial(_write, form, number)
    thanks = _l("Written into the log.")
    page = {"shift": writer.shift, "longest": LONGEST_LOG, "checklist": _checklist(route)}
    return answer(form, "volunteers/patrols/log.html", act, thanks=thanks, **page)


def _writing(number: str) -> tuple[Writer, RouteRow | None, list[CheckpointRow]]:
    writer = writer_of(reading(), number, current_actor(), now())
    route = route_of(reading(), writer.shift.id)
    return writer, route, checkpoints_of(reading(), route.id) if route else []


def _checklist(route: RouteRow | None) -> Any:
    return checklists().get(route.checklist or "") if route else None


def _write(form: LogForm, number: str, session: Session) -> str:
    write_entry(session, current_actor(), number, form.wish(), now=now())
    return url_for("volunteers.patrol", number=number)


@bp.route("/volunteers/patrols/<number>/finding", methods=["GET", "POST"])
@signed_in
def patrol_finding(number: str) -> ResponseReturnValue:
    """Report what was found, in one step; the log leads to it."""
    writer, _route_walked, points = _writing(number)
    form = FindingForm()
    form.offer(points, late=writer.late)
    form.offer_kinds(categories_on(reading(), city_day(now(), instance().city.zone)))
    if not form.is_submitted() and points:
        form.checkpoint.data = request.args.get("checkpoint", "")[:3]
    thanks = _l("Reported. The log leads to it, and you find it among your reports.")
    page = {"shift": writer.shift, "longest": LONGEST_LOG, "most": MOST_PHOTOS}
    act = partial(_file, form, number)
    return answer(form, "volunteers/patrols/finding.html", act, thanks=thanks, **page)


def _file(form: FindingForm, number: str, session: Session) -> str:
    wish = form.wish()
    file_finding(session, current_actor(), number, wish, language=current_language(), now=now())
    return url_for("volunteers.patrol", number=number)


@bp.post("/volunteers/patrols/<number>/checkpoints/<int:place>")
@signed_in
def tick(number: str, place: int) -> ResponseReturnValue:
    """Say that a checkpoint was passed."""
    shift = patrol_here(reading(), number, current_actor())
    act = partial(_tick, number, place)
    return answer(PlainForm(), "volunteers/patrols/tick.html", act, shift=shift, place=place)


def _tick(number: str, place: int, session: Session) -> str:
    tick_checkpoint(session, current_actor(), number, place, now=now())
    return url_for("volunteers.patrol", number=number)
