"""Inspections at the desk and on a phone: what is planned, one look, one result, striking out."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from pledges.forms.breaches import StepForm
from pledges.forms.inspections import FindForm, InspectForm, PlanForm, WhyForm
from pledges.labels.breaches import STATES
from pledges.labels.clauses import AXES
from pledges.labels.inspections import BODIES, DUE, FINDINGS, INSPECTION_STATES, SIDES
from pledges.queries.breaches import breaches_of_inspection
from pledges.queries.due import among, why_due
from pledges.queries.duties import by_whom
from pledges.queries.inspections import (
    Checklist,
    DoorRow,
    answers_of,
    doors_by_ids,
    inspections_in,
    scores_of,
)
from pledges.queries.photos import photos_of_inspection
from pledges.queries.visits import plans_in, stops_of
from pledges.rules.inspections import InspectionRefusal
from pledges.service.breaches import open_breach
from pledges.service.duties import bodies_at
from pledges.service.inspections import (
    INSPECT,
    REVIEW,
    checklist_here,
    door_here,
    inspection_here,
    make_inspection,
    may_void,
    void_inspection,
)
from pledges.service.visits import make_plan, plan_here
from pledges.views.blueprint import bp
from portal.accounts.access import current_actor, requires
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing, Refused
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.kernel.words import say

FOLDER = "pledges/inspections"
KEPT = _l("The inspection is kept.")
STRUCK = _l("Struck out. What came of it is withdrawn, and the shop is told.")
OPENED = _l("The shop is reminded. It can read why, reply and appeal.")
PLANNED = _l("Planned.")


def words() -> dict[str, Any]:
    """Words for every code that these pages show."""
    return {
        "axes": AXES, "bodies": BODIES, "findings": FINDINGS, "sides": SIDES,
        "inspection_states": INSPECTION_STATES, "breach_states": STATES,
    }  # fmt: skip


@bp.route("/desk/pledges/inspections/", methods=["GET", "POST"])
@requires(INSPECT)
def desk_inspections() -> ResponseReturnValue:
    """What is planned, what was looked at lately, and a way to the next place."""
    actor, today = current_actor(), city_day(now(), instance().city.zone)
    places = actor.places_for(INSPECT)
    rows = inspections_in(reading(), places)
    return answer(
        FindForm(), f"{FOLDER}/list.html", _find, rows=rows, scores=scores_of(reading(), rows),
        doors=doors_by_ids(reading(), {row.premises_id for row in rows}),
        plans=plans_in(reading(), places, today), may_plan=actor.may(REVIEW), **words(),
    )  # fmt: skip


def _find(session: Session) -> str:
    try:
        door = door_here(session, current_actor(), request.form.get("premises", "")[:40])
    except Missing:
        raise Refused(InspectionRefusal.NO_SUCH_PLACE, field="premises") from None
    return url_for("pledges.desk_inspect", number=door.number)


@bp.route("/desk/pledges/inspections/at/<number>", methods=["GET", "POST"])
@requires(INSPECT)
def desk_inspect(number: str) -> ResponseReturnValue:
    """The checklist of one place."""
    door = door_here(reading(), current_actor(), number)
    try:
        checklist = checklist_here(reading(), door, now())
    except Refused as told:
        page = render_template(f"{FOLDER}/none.html", door=door, why=say(told.code))
        return page, 409
    form = InspectForm.made(
        checklist, bodies_at(current_actor(), door.place_path), request.args.get("plan", "")[:16]
    )
    act = partial(_inspect, door, checklist, form)
    return answer(
        form, f"{FOLDER}/check.html", act, thanks=KEPT, door=door, checklist=checklist, **words()
    )


def _inspect(door: DoorRow, checklist: Checklist, form: InspectForm, session: Session) -> str:
    wish = form.wish(checklist)
    number = make_inspection(session, current_actor(), door.number, wish, now=now())
    return url_for("pledges.desk_inspection", number=number)


@bp.get("/desk/pledges/inspections/<number>")
@requires(INSPECT)
def desk_inspection(number: str) -> ResponseReturnValue:
    """One inspection, and the breaches that came of it."""
    actor = current_actor()
    row = inspection_here(reading(), actor, number)
    breaches = breaches_of_inspection(reading(), row.district, row.id)
    door = doors_by_ids(reading(), [row.premises_id])[row.premises_id]
    return render_template(
        f"{FOLDER}/one.html", row=row, door=door,
        answers=answers_of(reading(), row), scores=scores_of(reading(), [row])[row.id],
        photos=photos_of_inspection(reading(), row.district, row.id),
        body_names=by_whom(reading(), [row]).of(row),
        breaches={one.clause_id: one for one in breaches}, may_void=may_void(actor, row),
        may_open=actor.may(REVIEW, place_path=row.place_path), **words(),
    )  # fmt: skip


@bp.route("/desk/pledges/inspections/<number>/void", methods=["GET", "POST"])
@requires(INSPECT)
def desk_void_inspection(number: str) -> ResponseReturnValue:
    """Strike an inspection out."""
    row, form = inspection_here(reading(), current_actor(), number), WhyForm()
    act = partial(_void, row.number, form)
    door = doors_by_ids(reading(), [row.premises_id])[row.premises_id]
    return answer(form, f"{FOLDER}/void.html", act, thanks=STRUCK, row=row, door=door)


def _void(number: str, form: WhyForm, session: Session) -> str:
    void_inspection(session, current_actor(), number, form.reason.data or "", now=now())
    return url_for("pledges.desk_inspection", number=number)


@bp.route("/desk/pledges/inspections/<number>/breach/<uuid:clause>", methods=["GET", "POST"])
@requires(REVIEW)
def desk_open_breach(number: str, clause: UUID) -> ResponseReturnValue:
    """Remind the shop of a clause that was not kept."""
    row, form = inspection_here(reading(), current_actor(), number), StepForm()
    found = next((a for a in answers_of(reading(), row) if a.clause.id == clause), None)
    if found is None:
        raise Missing
    door = doors_by_ids(reading(), [row.premises_id])[row.premises_id]
    act = partial(_open, row.number, clause, form)
    return answer(
        form, f"{FOLDER}/remind.html", act, thanks=OPENED, row=row, door=door, found=found
    )


def _open(number: str, clause: UUID, form: StepForm, session: Session) -> str:
    opened = open_breach(
        session, current_actor(), number, clause, form.reason.data or "", now=now()
    )
    return url_for("pledges.desk_breach", number=opened)


@bp.route("/desk/pledges/inspections/plans/new", methods=["GET", "POST"])
@requires(REVIEW)
def desk_plan_inspections() -> ResponseReturnValue:
    """Plan inspections along a road."""
    form = PlanForm()
    return answer(form, f"{FOLDER}/plan_new.html", partial(_plan, form), thanks=PLANNED)


def _plan(form: PlanForm, session: Session) -> str:
    number = make_plan(session, current_actor(), form.wish(), now=now())
    return url_for("pledges.desk_inspection_plan", number=number)


@bp.get("/desk/pledges/inspections/plans/<number>")
@requires(INSPECT)
def desk_inspection_plan(number: str) -> ResponseReturnValue:
    """A plan: its places in the order of the way, and which are done."""
    plan = plan_here(reading(), current_actor(), number)
    stops = stops_of(reading(), plan)
    today = city_day(now(), instance().city.zone)
    due = why_due(reading(), among([one.id for one in stops]), today, now())
    return render_template(
        f"{FOLDER}/plan.html", plan=plan, stops=stops, due=due, reasons=DUE, **words()
    )


@bp.get("/desk/pledges/inspections/at/<number>/paper")
@requires(INSPECT)
def desk_paper_checklist(number: str) -> ResponseReturnValue:
    """The checklist of a place to print, where there is no network; typed in within 14 days."""
    door = door_here(reading(), current_actor(), number)
    try:
        checklist = checklist_here(reading(), door, now())
    except Refused as told:
        page = render_template(f"{FOLDER}/none.html", door=door, why=say(told.code))
        return page, 409
    return render_template(f"{FOLDER}/paper.html", door=door, checklist=checklist, **words())
