"""Certified time at the desk: confirming a shift's, and striking out."""

from collections.abc import Mapping
from functools import partial

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.kernel.clock import now
from portal.kernel.errors import Forbidden, Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from volunteers.forms.hours import Attended, ConfirmForm, ReasonForm, confirm_form, names_of
from volunteers.labels.on_the_day import MARKS, WAYS
from volunteers.queries.hours import (
    PAGE,
    ShiftToConfirm,
    ToConfirm,
    hours_by_number,
    on_notice,
    people_to_confirm,
)
from volunteers.queries.on_the_day import RollRow, roll_of
from volunteers.rules.shifts import Span
from volunteers.service.hours import confirm_hours, shift_for_hours, void_hours
from volunteers.views.blueprint import bp

CONFIRM = Permission.HOURS_CONFIRM


@bp.get("/desk/volunteers/hours")
@requires(CONFIRM)
def desk_hours() -> ResponseReturnValue:
    """What hangs out of my places, and can be struck out."""
    scopes = current_actor().places_for(CONFIRM)
    paths = ["/"] if scopes is None else list(scopes)
    after = clean_number(request.args.get("after", "")[:40])
    found = on_notice(reading(), paths, now(), after)
    rows = found[:PAGE]
    return render_template(
        "volunteers/hours/desk.html",
        rows=rows,
        next_after=rows[-1].number if len(found) > PAGE else None,
    )


@bp.route("/desk/volunteers/shifts/<number>/hours", methods=["GET", "POST"])
@requires(CONFIRM)
def confirm_shift_hours(number: str) -> ResponseReturnValue:
    """Who served how long on a shift that is over."""
    shift = shift_for_hours(reading(), current_actor(), clean_number(number) or "", now())
    people = people_to_confirm(reading(), shift.id)
    waiting = [person for person in people if person.record is None]
    roll = {row.number: row for row in roll_of(reading(), shift.id)}
    form = confirm_form(waiting, _attended(roll, shift.plan), shift.plan, instance().city.zone)
    return answer(
        form, "volunteers/hours/confirm.html", partial(_confirm, form, shift, waiting),
        thanks=_l("Confirmed. It is on notice for seven days, then it is certified."),
        shift=shift, people=people, names_of=names_of, me=current_actor().person_id,
        roll=roll, marks=MARKS, ways=WAYS,
    )  # fmt: skip


def _attended(roll: Mapping[str, RollRow], plan: Span) -> dict[str, Attended]:
    """From coming to leaving, of those who are written down as come. Who did not check out is left
    to the organiser: she is not ticked, and the plan's end stands there."""
    found = {}
    for number, row in roll.items():
        left = row.going.at if row.going else plan.ends_at
        if row.here and row.coming and row.coming.at < left:
            found[number] = Attended(Span(row.coming.at, left), row.going is not None)
    return found


def _confirm(
    form: ConfirmForm, shift: ShiftToConfirm, people: list[ToConfirm], session: Session
) -> str:
    stays = form.stays(people, shift.plan, instance().city.zone)
    confirm_hours(session, current_actor(), shift.number, stays, now=now())
    return url_for("volunteers.confirm_shift_hours", number=shift.number)


@bp.route("/desk/volunteers/hours/<number>/void", methods=["GET", "POST"])
@requires(CONFIRM)
def void_record(number: str) -> ResponseReturnValue:
    """Strike a record out, with a reason that its person reads."""
    row = hours_by_number(reading(), clean_number(number) or "")
    if row is None:
        raise Missing
    if not current_actor().may(CONFIRM, place_path=row.place_path):
        raise Forbidden
    form = ReasonForm()
    return answer(
        form, "volunteers/hours/void.html", partial(_void, form, row.number),
        thanks=_l("Struck out."), row=row,
    )  # fmt: skip


def _void(form: ReasonForm, number: str, session: Session) -> str:
    void_hours(session, current_actor(), number, reason=form.reason.data or "", now=now())
    return url_for("volunteers.desk_hours")
