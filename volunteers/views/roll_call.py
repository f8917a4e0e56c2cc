"""The roll on the organiser's desk: ticks, the rest, undo, the printed list and what it says."""

from functools import partial
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.qr import qr_svg
from portal.kernel.web import Session, instance, reading
from volunteers.forms.on_the_day import PlainForm, ReasonForm, RollForm, TimesForm, times_form
from volunteers.labels.on_the_day import MARKS, WAYS
from volunteers.queries.on_the_day import DayShift, RollRow, roll_of
from volunteers.rules.activities import shift_roles
from volunteers.rules.on_the_day import why_not_call
from volunteers.service.on_the_day import settings_of, shift_here
from volunteers.service.roll_call import call_roll, can_undo, strike, undo_rest, write_times
from volunteers.views.blueprint import bp

MANAGE = Permission.SHIFT_MANAGE
_ROLL = "volunteers/desk/roll.html"


@bp.route("/desk/volunteers/shifts/<number>/roll", methods=["GET", "POST"])
@requires(MANAGE)
def day_roll(number: str) -> ResponseReturnValue:
    """One page: who is here, the rest, and what stands."""
    shift, rows = _roll(number)
    form = RollForm()
    form.offer([(row, _role(row)) for row in rows])
    act = partial(_call, form, number)
    return answer(form, _ROLL, act, thanks=_l("Written down."), **_page(shift, rows))


def _roll(number: str) -> tuple[DayShift, list[RollRow]]:
    shift = shift_here(reading(), number, current_actor())
    return shift, roll_of(reading(), shift.id)


def _role(row: RollRow) -> str:
    return in_words(shift_roles()[row.role].names)


def _page(shift: DayShift, rows: list[RollRow]) -> dict[str, Any]:
    window = settings_of(reading()).window
    return {
        "shift": shift,
        "rows": rows,
        "roles": {code: role.names for code, role in shift_roles().items()},
        "marks": MARKS,
        "ways": WAYS,
        "undo_form": PlainForm(formdata=None) if can_undo(reading(), shift.id, now()) else None,
        "minutes": int(window.total_seconds()) // 60,
        "untimely": why_not_call(shift.span, window, now()),
        "over": shift.ends_at <= now(),
    }


def _call(form: RollForm, number: str, session: Session) -> str:
    rest = bool(form.rest.data)
    call_roll(session, current_actor(), number, form.ticked, rest=rest, now=now())
    return url_for("volunteers.day_roll", number=number)


@bp.post("/desk/volunteers/shifts/<number>/roll/undo")
@requires(MANAGE)
def undo_roll(number: str) -> ResponseReturnValue:
    """Take back that the rest did not come."""
    shift, rows = _roll(number)
    form = PlainForm()
    page = {"title_of": shift, **_page(shift, rows)}
    act = partial(_undo, number)
    return answer(form, "volunteers/desk/undo.html", act, thanks=_l("Taken back."), **page)


def _undo(number: str, session: Session) -> str:
    undo_rest(session, current_actor(), number, now=now())
    return url_for("volunteers.day_roll", number=number)


@bp.get("/desk/volunteers/shifts/<number>/list")
@requires(MANAGE)
def day_list(number: str) -> ResponseReturnValue:
    """The list on paper: it works without a network, and is typed in afterwards."""
    shift, rows = _roll(number)
    link = instance().config.origin + url_for("volunteers.day_times", number=number)
    page = _page(shift, rows)
    return render_template("volunteers/desk/list.html", link=link, qr=qr_svg(link), **page)


@bp.route("/desk/volunteers/shifts/<number>/times", methods=["GET", "POST"])
@requires(MANAGE)
def day_times(number: str) -> ResponseReturnValue:
    """Type in what the list says, or when somebody left who did not say so; with a reason."""
    shift, rows = _roll(number)
    form = times_form([row.number for row in rows])
    act = partial(_write, form, shift)
    page = _page(shift, rows)
    thanks = _l("Written down, with your reason.")
    return answer(form, "volunteers/desk/times.html", act, thanks=thanks, **page)


def _write(form: TimesForm, shift: DayShift, session: Session) -> str:
    times = form.times(shift.span, instance().city.zone)
    reason = form.reason.data or ""
    write_times(session, current_actor(), shift.number, times, reason, now=now())
    return url_for("volunteers.day_roll", number=shift.number)


@bp.route("/desk/volunteers/shifts/<number>/people/<sign_up>/strike", methods=["GET", "POST"])
@requires(MANAGE)
def day_strike(number: str, sign_up: str) -> ResponseReturnValue:
    """Take back what stands about one person, with a reason."""
    shift, rows = _roll(number)
    row = next((one for one in rows if one.number == sign_up), None)
    if row is None:
        raise Missing
    form = ReasonForm()
    act = partial(_strike, form, number, sign_up)
    page = {**_page(shift, rows), "row": row}
    return answer(form, "volunteers/desk/strike.html", act, thanks=_l("Taken back."), **page)


def _strike(form: ReasonForm, number: str, sign_up: str, session: Session) -> str:
    strike(session, current_actor(), number, sign_up, form.reason.data or "", now=now())
    return url_for("volunteers.day_roll", number=number)
