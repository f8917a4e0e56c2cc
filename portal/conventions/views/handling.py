"""What a community settles by itself: its records at the desk, and those of a building head."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires, signed_in
from portal.accounts.rules import Permission
from portal.areas.queries import areas_by_ids
from portal.conventions.forms.handling import EndForm, HandlingForm, MatterForm
from portal.conventions.labels.handling import ENDS, WAYS
from portal.conventions.queries.handling import PAGE, handlings_by_heads, handlings_in
from portal.conventions.queries.published import clauses_of_versions
from portal.conventions.service.handling import (
    HANDLES,
    close_handling,
    handling_here,
    keep_handling,
    keep_matter,
    matter_here,
    my_buildings,
    version_to_handle,
)
from portal.conventions.views.blueprint import bp
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading

FOLDER = "conventions/handling"
SAVED = _l("Saved.")
CLOSED = _l("Closed.")
WORDS = {"ways": WAYS, "ends": ENDS}


def _after() -> str:
    return clean_number(request.args.get("after", "")[:20]) or ""


@bp.get("/desk/handling/")
@requires(HANDLES)
def desk_handlings() -> ResponseReturnValue:
    """What was settled in my places; the way to propose a role model beside it."""
    found = handlings_in(reading(), current_actor().places_for(HANDLES), _after())
    rows = found[:PAGE]
    return render_template(
        f"{FOLDER}/list.html", rows=rows,
        areas=areas_by_ids(reading(), {row.area_id for row in rows}),
        proposes=current_actor().may(Permission.HONOUR_PROPOSE),
        following=rows[-1].number if len(found) > PAGE else None, **WORDS,
    )  # fmt: skip


@bp.route("/desk/conventions/<number>/handling/new", methods=["GET", "POST"])
@requires(HANDLES)
def desk_handling_new(number: str) -> ResponseReturnValue:
    """Keep what was done under a clause."""
    row, form = version_to_handle(reading(), current_actor(), number, now()), HandlingForm()
    form.offer(clauses_of_versions(reading(), [row.id])[row.id])

    def act(session: Session) -> str:
        keep_handling(session, current_actor(), row.number, form.wish(), now=now())
        return url_for("conventions.desk_handlings")

    return answer(form, f"{FOLDER}/new.html", act, thanks=SAVED, row=row)


@bp.route("/desk/handling/<number>", methods=["GET", "POST"])
@requires(HANDLES)
def desk_handling(number: str) -> ResponseReturnValue:
    """One record, and what came of it."""
    row, form = handling_here(reading(), current_actor(), number), EndForm()

    def act(session: Session) -> str:
        close_handling(session, row, form.chosen(), now=now())
        return url_for("conventions.desk_handlings")

    return answer(form, f"{FOLDER}/one.html", act, thanks=CLOSED, row=row, mine=False, **WORDS)


@bp.get("/me/building/")
@signed_in
def my_building() -> ResponseReturnValue:
    """What I saw to as a building head."""
    heads = my_buildings(reading(), current_actor(), now())
    found = handlings_by_heads(reading(), [one.id for one in heads], _after())
    rows = found[:PAGE]
    return render_template(
        f"{FOLDER}/building.html", heads=heads, rows=rows,
        following=rows[-1].number if len(found) > PAGE else None, **WORDS,
    )  # fmt: skip


@bp.route("/me/building/new", methods=["GET", "POST"])
@signed_in
def my_building_new() -> ResponseReturnValue:
    """Write down what was found in the building, and what the neighbours did about it."""
    heads, form = my_buildings(reading(), current_actor(), now()), MatterForm()
    if not heads:
        raise Missing
    form.offer(heads)

    def act(session: Session) -> str:
        building = form.building.data or ""
        keep_matter(session, current_actor(), building, form.wish(), now=now())
        return url_for("conventions.my_building")

    return answer(form, f"{FOLDER}/matter.html", act, thanks=SAVED, heads=heads)


@bp.route("/me/building/<number>", methods=["GET", "POST"])
@signed_in
def my_building_matter(number: str) -> ResponseReturnValue:
    """One of them: closed inside the building, or handed on."""
    row, form = matter_here(reading(), current_actor(), number, now()), EndForm()

    def act(session: Session) -> str:
        close_handling(session, row, form.chosen(), now=now())
        return url_for("conventions.my_building")

    return answer(form, f"{FOLDER}/one.html", act, thanks=CLOSED, row=row, mine=True, **WORDS)
