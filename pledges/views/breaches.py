"""Breaches at the desk: what is open, one with its steps, the letter, the appeal, what follows."""

from functools import partial
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from credit.queries.matter_desk import deduction_rules
from credit.queries.matters import bases
from pledges.forms.breaches import DecideForm, DemandForm, FollowForm, StepForm
from pledges.labels.breaches import ANSWERS, DOES, OUTCOMES, STATES, STEPS
from pledges.labels.inspections import SIDES
from pledges.queries.breaches import (
    BreachRow,
    events_of,
    open_breaches_in,
    said_of,
    speaker_of,
)
from pledges.queries.inspections import clauses_by_ids, doors_by_ids, photos_of
from pledges.rules.breaches import (
    AppealOutcome,
    BreachStep,
    appeal_until,
    opens_on,
    steps_from,
)
from pledges.service.answers import decide_appeal, last_notice, may_decide_appeal
from pledges.service.breaches import breach_here, take_step
from pledges.service.follow_up import follow_up
from pledges.service.inspections import REVIEW
from pledges.service.steps import standing_of, today_of
from pledges.views.blueprint import bp
from portal.accounts.access import current_actor, requires
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import current_language, in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.reports.queries.categories import categories_on

FOLDER = "pledges/breaches"
DONE = _l("Done. The shop can read it.")
FOLLOWED = _l("Done. Both are linked with this breach.")


def about(row: BreachRow) -> dict[str, Any]:
    """What every page of one breach shows."""
    said = said_of(reading(), row)
    return {
        "row": row, "said": said, "events": events_of(reading(), row),
        "door": doors_by_ids(reading(), [row.premises_id])[row.premises_id],
        "clause": clauses_by_ids(reading(), [row.clause_id])[row.clause_id],
        "photos": photos_of(
            reading(), row.district, inspection_id=row.inspection_id,
            answers=[one.id for one in said],
        ),
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
        f"{FOLDER}/list.html", rows=rows, states=STATES,
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
    if taken is None:
        raise Missing
    form = DemandForm() if taken is BreachStep.DEMAND else StepForm()
    act = partial(_step, row.number, taken, form)
    return answer(form, f"{FOLDER}/step.html", act, thanks=DONE, step=taken, **about(row))


def _step(number: str, step: BreachStep, form: StepForm, session: Session) -> str:
    due = form.due_on.data if isinstance(form, DemandForm) else None
    take_step(session, current_actor(), number, step, form.reason.data or "", due_on=due, now=now())
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


@bp.route("/desk/pledges/breaches/<number>/follow", methods=["GET", "POST"])
@requires(REVIEW)
def desk_breach_follow(number: str) -> ResponseReturnValue:
    """Open a case, propose an entry, or both."""
    row, form = breach_here(reading(), current_actor(), number), FollowForm()
    day = today_of(reading(), now())
    kinds = [(one.code, in_words(one.names)) for one in categories_on(reading(), day)]
    rules = [
        (one.code, one.title)
        for one in deduction_rules(reading(), row.district, current_actor(), now())
    ]
    rest = [(one.number, one.title) for one in bases(reading(), row.district)
            if one.revoked_at is None]  # fmt: skip
    form.offer(kinds, rules, rest)
    act = partial(_follow, row.number, form)
    return answer(form, f"{FOLDER}/follow.html", act, thanks=FOLLOWED, **about(row))


def _follow(number: str, form: FollowForm, session: Session) -> str:
    follow_up(
        session, current_actor(), number, case=form.case(), conduct=form.conduct(),
        language=current_language(), now=now(),
    )  # fmt: skip
    return url_for("pledges.desk_breach", number=number)


@bp.get("/desk/pledges/breaches/<number>/letter")
@requires(REVIEW)
def desk_breach_letter(number: str) -> ResponseReturnValue:
    """The latest notice on paper, for a shop for which no account speaks."""
    row = breach_here(reading(), current_actor(), number)
    told = about(row)
    latest = next(one for one in reversed(told["events"]) if one.reason)
    return render_template(f"{FOLDER}/letter.html", latest=latest, **told)
