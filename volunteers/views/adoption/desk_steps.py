"""Steps of the desk with one adoption: the look at the place, signing, checks, the ladder, care."""

from functools import partial

from flask import url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from volunteers.forms.adoption import YES, ReasonForm, SureForm
from volunteers.forms.adoption_desk import CheckForm, CitySignForm, InspectForm, StepForm
from volunteers.labels.adoption import DESK_DOES
from volunteers.queries.adoption.care import care_of_adoption
from volunteers.rules.adoption.life import Step, edge_for
from volunteers.service.adoption.care import confirm_care, void_care
from volunteers.service.adoption.checking import check_site
from volunteers.service.adoption.found import MANAGE, adoption_here, plot_of
from volunteers.service.adoption.looking_after import inspect, take_step
from volunteers.service.adoption.signing import countersign, renew
from volunteers.views.adoption.blueprint import bp
from volunteers.views.adoption.common import about_plot
from volunteers.views.adoption.desk import about_desk

DONE = _l("Done. The adopter can read it.")
CONFIRMED = _l("Confirmed.")
FOLDER = "volunteers/adoption/desk"


@bp.route("/desk/adoption/<number>/check", methods=["GET", "POST"])
@requires(MANAGE)
def desk_check(number: str) -> ResponseReturnValue:
    """Write down what the look at the place found."""
    row, form = adoption_here(reading(), current_actor(), number), CheckForm()
    act = partial(_check, row.number, form)
    return answer(form, f"{FOLDER}/check.html", act, thanks=DONE, **about_desk(row))


def _check(number: str, form: CheckForm, session: Session) -> str:
    check_site(
        session, current_actor(), number, fits=form.fits.data == YES,
        reason=form.reason.data or "", now=now(),
    )  # fmt: skip
    return url_for("adoption.desk_adoption", number=number)


@bp.route("/desk/adoption/<number>/sign", methods=["GET", "POST"])
@requires(MANAGE)
def desk_sign(number: str) -> ResponseReturnValue:
    """Sign for the city."""
    row, form = adoption_here(reading(), current_actor(), number), CitySignForm()
    act = partial(_sign, row.number, form)
    return answer(form, f"{FOLDER}/sign.html", act, thanks=DONE, renewal=False, **about_desk(row))


def _sign(number: str, form: CitySignForm, session: Session) -> str:
    countersign(session, current_actor(), number, form.given(), now=now())
    return url_for("adoption.desk_adoption", number=number)


@bp.route("/desk/adoption/<number>/renew", methods=["GET", "POST"])
@requires(MANAGE)
def desk_renew(number: str) -> ResponseReturnValue:
    """Sign for another term."""
    row, form = adoption_here(reading(), current_actor(), number), CitySignForm()
    act = partial(_renew, row.number, form)
    return answer(form, f"{FOLDER}/sign.html", act, thanks=DONE, renewal=True, **about_desk(row))


def _renew(number: str, form: CitySignForm, session: Session) -> str:
    renew(session, current_actor(), number, form.given(), now=now())
    return url_for("adoption.desk_adoption", number=number)


@bp.route("/desk/adoption/<number>/do/<step>", methods=["GET", "POST"])
@requires(MANAGE)
def desk_step(number: str, step: str) -> ResponseReturnValue:
    """A step of the ladder, or the end of a thing."""
    row, form = adoption_here(reading(), current_actor(), number), StepForm()
    if step not in {one.value for one in DESK_DOES}:
        raise Missing
    act, edge = partial(_step, row.number, step, form), edge_for(row.state, Step(step))
    form.needs(reason=edge is not None and edge.reason)
    return answer(
        form, f"{FOLDER}/step.html", act, thanks=DONE, step=Step(step), edge=edge,
        **about_desk(row),
    )  # fmt: skip


def _step(number: str, step: str, form: StepForm, session: Session) -> str:
    take_step(
        session, current_actor(), number, Step(step), reason=form.reason.data or "",
        rectify_by=form.rectify_by.data, now=now(),
    )  # fmt: skip
    return url_for("adoption.desk_adoption", number=number)


@bp.route("/desk/adoption/<number>/inspect", methods=["GET", "POST"])
@requires(MANAGE)
def desk_inspect(number: str) -> ResponseReturnValue:
    """Give points for a plot."""
    row, form = adoption_here(reading(), current_actor(), number), InspectForm.made()
    act = partial(_inspect, row.number, form)
    return answer(form, f"{FOLDER}/inspect.html", act, thanks=DONE, **about_desk(row))


def _inspect(number: str, form: InspectForm, session: Session) -> str:
    inspect(session, current_actor(), number, form.scores(), form.words.data or "", now=now())
    return url_for("adoption.desk_adoption", number=number)


@bp.post("/desk/adoption/<number>/care/<line>/confirm")
@requires(MANAGE)
def desk_care_confirm(number: str, line: str) -> ResponseReturnValue:
    """It was done."""
    row = adoption_here(reading(), current_actor(), number)
    act = partial(_confirm, row.number, line)
    return answer(SureForm(), f"{FOLDER}/one.html", act, thanks=CONFIRMED, **about_desk(row))


def _confirm(number: str, line: str, session: Session) -> str:
    confirm_care(session, current_actor(), number, line, now=now())
    return url_for("adoption.desk_adoption", number=number)


@bp.route("/desk/adoption/<number>/care/<line>/strike", methods=["GET", "POST"])
@requires(MANAGE)
def desk_care_strike(number: str, line: str) -> ResponseReturnValue:
    """It was not, or not so: struck out with a reason."""
    row, form = adoption_here(reading(), current_actor(), number), ReasonForm()
    care = next((c for c in care_of_adoption(reading(), row.id) if c.number == line), None)
    if care is None:
        raise Missing
    act = partial(_strike, row.number, line, form)
    return answer(
        form, f"{FOLDER}/strike.html", act, thanks=DONE, row=row, care=care,
        **about_plot(plot_of(reading(), row)),
    )  # fmt: skip


def _strike(number: str, line: str, form: ReasonForm, session: Session) -> str:
    void_care(session, current_actor(), number, line, form.reason.data or "", now=now())
    return url_for("adoption.desk_adoption", number=number)
