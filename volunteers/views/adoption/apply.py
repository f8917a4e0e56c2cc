"""A resident applies, asks to join, rates."""

from functools import partial

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, signed_in
from portal.kernel.clock import now
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.satisfaction.queries import RatingRow
from volunteers.forms.adoption import NO, YES, ApplyForm, RateForm, SureForm
from volunteers.queries.adoption.plots import PlotRow, Standing
from volunteers.rules.adoption.lists import adoption_forms
from volunteers.service.adoption.applying import apply_for
from volunteers.service.adoption.found import plot_shown
from volunteers.service.adoption.members import ask_to_join
from volunteers.service.adoption.rating import my_rating, rate_plot
from volunteers.service.adoption.settings import settings_of, sources
from volunteers.views.adoption.blueprint import bp
from volunteers.views.adoption.common import about_plot

APPLIED = _l("Thank you. Staff look at the place and write to you.")
ASKED = _l("You have asked. Whoever leads the adoption says yes or no.")
RATED = _l("Thank you. Your answer is kept; you can change it until the quarter ends.")


def _plot(number: str) -> PlotRow:
    return plot_shown(reading(), number, now())


@bp.route("/adoption/<number>/apply", methods=["GET", "POST"])
@signed_in
def apply_page(number: str) -> ResponseReturnValue:
    """Apply for the whole thing, alone or with others."""
    plot, form = _plot(number), ApplyForm()
    form.offer()
    if plot.standing is not Standing.FREE and not form.is_submitted():
        return render_template("volunteers/adoption/not_free.html", **about_plot(plot))
    hints = {one.code: in_words(one.meaning) for one in adoption_forms().values()}
    return answer(
        form, "volunteers/adoption/apply.html", partial(_apply, number, form), thanks=APPLIED,
        hints=hints, limits=settings_of(reading()), sources=sources(reading()),
        **about_plot(plot),
    )  # fmt: skip


def _apply(number: str, form: ApplyForm, session: Session) -> str:
    made = apply_for(session, current_actor(), number, form.wish(), now=now())
    return url_for("adoption.my_adoption", number=made)


@bp.route("/adoption/<number>/join", methods=["GET", "POST"])
@signed_in
def join(number: str) -> ResponseReturnValue:
    """Ask the lead to be one of several adopters."""
    plot, act = _plot(number), partial(_join, number)
    return answer(
        SureForm(), "volunteers/adoption/join.html", act, thanks=ASKED, **about_plot(plot)
    )


def _join(number: str, session: Session) -> str:
    made = ask_to_join(session, current_actor(), number, now=now())
    return url_for("adoption.my_adoption", number=made)


@bp.route("/adoption/<number>/rate", methods=["GET", "POST"])
@signed_in
def rate(number: str) -> ResponseReturnValue:
    """Say how a plot looks and is cared for, once a quarter."""
    plot = _plot(number)
    form = RateForm(data=_given(my_rating(reading(), current_actor(), plot, now())))
    act = partial(_rate, number, form)
    return answer(form, "volunteers/adoption/rate.html", act, thanks=RATED, **about_plot(plot))


def _given(mine: RatingRow | None) -> dict[str, str]:
    if mine is None:
        return {"seen": "0"}
    return {
        "solved": YES if mine.answers.solved else NO,
        "result": str(int(mine.answers.result)),
        "service": str(int(mine.answers.service)),
        "words": mine.answers.words,
        "seen": str(mine.version),
    }


def _rate(number: str, form: RateForm, session: Session) -> str:
    rate_plot(session, current_actor(), number, form.answers(), seen=form.version(), now=now())
    return url_for("adoption.show", number=number)
