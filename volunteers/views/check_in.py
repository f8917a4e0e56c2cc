"""Coming and going: the organiser's screen, what a phone opens from it, and a photo's place."""

from functools import partial
from typing import Any

from flask import make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires, signed_in
from portal.accounts.rules import Permission
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.moving_codes import STEP_SECONDS
from portal.kernel.pages import answer
from portal.kernel.qr import qr_svg
from portal.kernel.web import Session, instance, reading
from volunteers.forms.on_the_day import ComeForm, PlaceForm
from volunteers.queries.on_the_day import DayShift, MySignUp, roll_of, standing_mark
from volunteers.rules.on_the_day import Mark
from volunteers.service.on_the_day import (
    come_by_code,
    come_by_place,
    own_shift,
    screen_code,
    settings_of,
    shift_here,
)
from volunteers.service.place_cards import come_by_card
from volunteers.views.blueprint import bp

THANKS = {
    Mark.ARRIVED: _l("Written down: you are here. Thank you for coming."),
    Mark.LEFT: _l("Written down: you have left. Thank you."),
}


@bp.get("/desk/volunteers/shifts/<number>/screen")
@requires(Permission.SHIFT_MANAGE)
def day_screen(number: str) -> ResponseReturnValue:
    """The code that people scan; the page renews itself while it is open."""
    shift = shift_here(reading(), number, current_actor())
    code = screen_code(reading(), shift.id, now())
    link = instance().config.origin + url_for("volunteers.come", number=number, code=code)
    rows = roll_of(reading(), shift.id)
    page = render_template(
        "volunteers/desk/screen.html", shift=shift, qr=qr_svg(link), every=STEP_SECONDS // 2,
        here=sum(row.here for row in rows), expected=len(rows),
    )  # fmt: skip
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.route("/volunteers/shifts/<number>/come/<code>", methods=["GET", "POST"])
@signed_in
def come(number: str, code: str) -> ResponseReturnValue:
    """What a phone opens that scanned the screen: one button, to come or to leave."""
    shift, mine = own_shift(reading(), number, current_actor())
    form = ComeForm()
    page = standing(form, shift, mine)
    act = partial(_come, form, number, code)
    return answer(form, "volunteers/day/come.html", act, thanks=THANKS[form.said], **page)


def standing(form: ComeForm | PlaceForm, shift: DayShift, mine: MySignUp) -> dict[str, Any]:
    """What stands about her, and what the button would write down."""
    came = standing_mark(reading(), mine.id, leaving=False)
    left = standing_mark(reading(), mine.id, leaving=True)
    here = came is not None and came.mark is Mark.ARRIVED
    if not form.is_submitted():
        form.mark.data = (Mark.LEFT if here else Mark.ARRIVED).value
    return {"shift": shift, "came": came if here else None, "left": left}


def _come(form: ComeForm, number: str, code: str, session: Session) -> str:
    come_by_code(session, current_actor(), number, code, form.said, now=now())
    return url_for("volunteers.came", number=number)


@bp.get("/volunteers/shifts/<number>/came")
@signed_in
def came(number: str) -> ResponseReturnValue:
    """What is written down about oneself on a shift."""
    shift, mine = own_shift(reading(), number, current_actor())
    return render_template("volunteers/day/came.html", **standing(ComeForm(), shift, mine))


@bp.route("/volunteers/shifts/<number>/place", methods=["GET", "POST"])
@signed_in
def come_here(number: str) -> ResponseReturnValue:
    """Coming and going by the card at the meeting place, or by the place of a photo."""
    shift, mine = own_shift(reading(), number, current_actor())
    form = PlaceForm()
    page = {**standing(form, shift, mine), "metres": settings_of(reading()).near_metres}
    act = partial(_come_here, form, number)
    return answer(form, "volunteers/day/place.html", act, thanks=THANKS[form.said], **page)


def _come_here(form: PlaceForm, number: str, session: Session) -> str:
    actor, code = current_actor(), (form.code.data or "").strip()
    if code:
        come_by_card(session, actor, number, code, form.said, now=now())
    else:
        come_by_place(session, actor, number, form.photos.data, form.said, now=now())
    return url_for("volunteers.came", number=number)
