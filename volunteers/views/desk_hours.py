"""Certified time at the desk: confirming a shift's, and striking out."""

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
from volunteers.forms.hours import ConfirmForm, ReasonForm, confirm_form, names_of
from volunteers.queries.hours import (
    PAGE,
    ShiftToConfirm,
    ToConfirm,
    hours_by_number,
    on_notice,
    people_to_confirm,
)
from volunteers.queries.on_the_day import roll_of
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
    form = confirm_form(waiting, _attended(shift), shift.plan, instance().city.zone)
    return answer(
        form, "volunteers/hours/confirm.html", partial(_confirm, form, shift, waiting),
        thanks=_l("Confirmed. It is on notice for seven days, then it is certified."),
        shift=shift, people=people, names_of=names_of, me=current_actor().person_id,
    )  # fmt: skip


def _attended(shift: ShiftToConfirm) -> dict[str, Span]:
    """From check-in to check-out, of those who did both; the organiser says the rest."""
    return {
        row.number: Span(row.coming.at, row.going.at)
        for row in roll_of(reading(), shift.id)
        if row.here and row.coming and row.going and row.coming.at < row.going.at
    }


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
