"""Those who served rate a shift; words of organisers to one volunteer, and her erasing them."""

from functools import partial

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires, signed_in
from portal.accounts.rules import Permission
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.satisfaction.queries import settings_of
from volunteers.forms.hours import PlainForm
from volunteers.forms.rating import FeedbackForm, RateShiftForm, given
from volunteers.labels.rating import FEEDBACK_KINDS
from volunteers.queries.rating import feedback_to
from volunteers.service.feedback import erase_feedback, people_to_thank, write_feedback
from volunteers.service.hours import shift_for_hours
from volunteers.service.rating import (
    my_shift_rating,
    rate_shift,
    rating_until,
    shift_to_rate,
)
from volunteers.views.blueprint import bp
from volunteers.views.common import me

RATED = _l("Thank you. Your answer is kept; you can change it until the time is over.")
SENT = _l("Sent. Only this volunteer can read it.")


@bp.route("/volunteers/shifts/<number>/rate", methods=["GET", "POST"])
@signed_in
def rate_shift_page(number: str) -> ResponseReturnValue:
    """How I found a shift on which I served."""
    served = shift_to_rate(reading(), current_actor(), clean_number(number) or "")
    form = RateShiftForm(data=given(my_shift_rating(reading(), current_actor(), served)))
    return answer(
        form, "volunteers/rating/rate.html", partial(_rate, form, served.number), thanks=RATED,
        served=served, until=rating_until(reading(), served.confirmed_at), moment_now=now(),
        smallest=settings_of(reading()).smallest_cell,
    )  # fmt: skip


def _rate(form: RateShiftForm, number: str, session: Session) -> str:
    rate_shift(session, current_actor(), number, form.answers(), seen=form.version(), now=now())
    return url_for("volunteers.my_hours")


@bp.get("/volunteers/feedback")
@signed_in
def my_feedback() -> ResponseReturnValue:
    """What organisers wrote to me."""
    return render_template(
        "volunteers/rating/mine.html", rows=feedback_to(reading(), me()), kinds=FEEDBACK_KINDS
    )


@bp.route("/volunteers/feedback/<number>/erase", methods=["GET", "POST"])
@signed_in
def erase_my_feedback(number: str) -> ResponseReturnValue:
    """Erase one of them for good."""
    found = feedback_to(reading(), me(), clean_number(number) or "")
    if not found:
        raise Missing
    return answer(
        PlainForm(), "volunteers/rating/erase.html", partial(_erase, found[0].number),
        thanks=_l("Erased."), row=found[0], kinds=FEEDBACK_KINDS,
    )  # fmt: skip


def _erase(number: str, session: Session) -> str:
    erase_feedback(session, current_actor(), number)
    return url_for("volunteers.my_feedback")


@bp.route("/desk/volunteers/shifts/<number>/feedback", methods=["GET", "POST"])
@requires(Permission.HOURS_CONFIRM)
def write_to_volunteer(number: str) -> ResponseReturnValue:
    """Thank or advise one who served."""
    shift = shift_for_hours(reading(), current_actor(), clean_number(number) or "", now())
    people, form = people_to_thank(reading(), current_actor(), shift.id), FeedbackForm()
    form.offer(people)
    return answer(
        form, "volunteers/rating/write.html", partial(_write, form, shift.number), thanks=SENT,
        shift=shift, people=people,
    )  # fmt: skip


def _write(form: FeedbackForm, number: str, session: Session) -> str:
    write_feedback(session, current_actor(), number, form.word(), now=now())
    return url_for("volunteers.write_to_volunteer", number=number)
