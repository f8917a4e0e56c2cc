"""Breaches at the desk: what is open, one with its steps, the letter, the appeal."""

from functools import partial
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from pledges.forms.breaches import DecideForm, DemandForm, LookedForm, StepForm
from pledges.labels.breaches import ANSWERS, DOES, OUTCOMES, STATES, STEPS
from pledges.labels.inspections import BODIES, SIDES
from pledges.queries.breaches import (
    BreachRow,
    events_of,
    open_breaches_in,
    said_of,
    speaker_of,
)
from pledges.queries.duties import by_whom
from pledges.queries.inspections import clauses_by_ids, doors_by_ids, inspection_by_id
from pledges.queries.photos import photos_of_breach
from pledges.rules.breaches import (
    AppealOutcome,
    BreachStep,
    appeal_until,
    opens_on,
    steps_from,
)
from pledges.service.answers import decide_appeal, last_notice, may_decide_appeal
from pledges.service.breaches import NO_PHOTOS, breach_here, take_step
from pledges.service.days import today_of
from pledges.service.inspections import REVIEW
from pledges.service.steps import standing_of
from pledges.views.blueprint import bp
from portal.accounts.access import current_actor, requires
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading

FOLDER = "pledges/breaches"
DONE = _l("Done. The shop can read it.")
_FORMS = {BreachStep.DEMAND: DemandForm, BreachStep.FIND_RECTIFIED: LookedForm}


def found_by(row: BreachRow) -> dict[str, Any]:
    """Which kind of body found it, and its name; no person."""
    found = inspection_by_id(reading(), row.district, row.inspection_id)
    if found is None:
        raise Missing
    return {"found": found, "bodies": BODIES, "body_names": by_whom(reading(), [found]).of(found)}


def about(row: BreachRow) -> dict[str, Any]:
    """What every page of one breach shows."""
    said = said_of(reading(), row)
    return {
        "row": row, "said": said, "events": events_of(reading(), row),
        "door": doors_by_ids(reading(), [row.premises_id])[row.premises_id],
        "clause": clauses_by_ids(reading(), [row.clause_id])[row.clause_id],
        "photos": photos_of_breach(reading(), row), **found_by(row),
        "appeal_until": appeal_until(today_of(reading(), last_notice(reading(), row))),
        "states": STATES, "steps": STEPS, "does": DOES, "answers": ANSWERS, "outcomes": OUTCOMES,
        "sides": SIDES,
    }  # fmt: skip


@bp.get("/desk/pledges/breaches/")
@requires(REVIEW)
def desk_breaches() -> ResponseReturnValue:
    """What is open in my places."""
    rows = open_breaches_in(reading(), current_actor().places_for(REVIEW))
    return render_template(
        f"{FOLDER}/list.html", rows=rows, states=STATES, today=today_of(reading(), now()),
        doors=doors_by_ids(reading(), {row.premises_id for row in rows}),
        clauses=clauses_by_ids(reading(), {row.clause_id for row in rows}),
    )  # fmt: skip


@bp.get("/desk/pledges/breaches/<number>")
@requires(REVIEW)
def desk_breach(number: str) -> ResponseReturnValue:
    """One breach with its steps, and what can be done now."""
    row = breach_here(reading(), current_actor(), number)
    return render_template(
        f"{FOLDER}/one.html", may=steps_from(row.state, suspended=row.suspended),
        opens=opens_on(standing_of(reading(), row)),
        may_decide=row.suspended and may_decide_appeal(reading(), current_actor(), row),
        speaks=speaker_of(reading(), row).person_id is not None, **about(row),
    )  # fmt: skip


@bp.route("/desk/pledges/breaches/<number>/do/<step>", methods=["GET", "POST"])
@requires(REVIEW)
def desk_breach_step(number: str, step: str) -> ResponseReturnValue:
    """A step of the ladder, with its reason."""
    row = breach_here(reading(), current_actor(), number)
    taken = next((one for one in DOES if one.value == step), None)
    if taken is None or taken is BreachStep.HAND_OVER:
        # handing over has a page of its own
        raise Missing
    form = _FORMS.get(taken, StepForm)()
    act = partial(_step, row.number, taken, form)
    return answer(form, f"{FOLDER}/step.html", act, thanks=DONE, step=taken, **about(row))


def _step(number: str, step: BreachStep, form: StepForm, session: Session) -> str:
    due = form.due_on.data if isinstance(form, DemandForm) else None
    photos = form.photos.data if isinstance(form, LookedForm) else NO_PHOTOS
    take_step(
        session, current_actor(), number, step, form.reason.data or "", due_on=due, photos=photos,
        now=now(),
    )  # fmt: skip
    return url_for("pledges.desk_breach", number=number)


@bp.route("/desk/pledges/breaches/<number>/appeal", methods=["GET", "POST"])
@requires(REVIEW)
def desk_breach_appeal(number: str) -> ResponseReturnValue:
    """Decide an appeal."""
    row, form = breach_here(reading(), current_actor(), number), DecideForm()
    act = partial(_decide, row.number, form)
    return answer(form, f"{FOLDER}/decide.html", act, thanks=DONE, **about(row))


def _decide(number: str, form: DecideForm, session: Session) -> str:
    outcome = AppealOutcome(form.outcome.data)
    decide_appeal(session, current_actor(), number, outcome, form.reason.data or "", now=now())
    return url_for("pledges.desk_breach", number=number)


@bp.get("/desk/pledges/breaches/<number>/letter")
@requires(REVIEW)
def desk_breach_letter(number: str) -> ResponseReturnValue:
    """The latest notice on paper, for a shop for which no account speaks."""
    row = breach_here(reading(), current_actor(), number)
    told = about(row)
    latest = next(one for one in reversed(told["events"]) if one.reason)
    return render_template(f"{FOLDER}/letter.html", latest=latest, **told)
