"""Visits at the door: that somebody came, as what, for what."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from pledges.forms.inspections import VisitForm, WhyForm
from pledges.labels.inspections import BODIES, PURPOSES
from pledges.queries.visits import VisitRow, visit_by_number, visits_at, visits_in, visits_to
from pledges.service.duties import bodies_at
from pledges.service.inspections import INSPECT, REVIEW, door_here
from pledges.service.visits import log_visit, void_visit
from pledges.views.blueprint import bp
from portal.accounts.access import current_actor, requires, signed_in
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.organisations.queries import organisations_by_ids

FOLDER = "pledges/visits"
NOTED = _l("The visit is noted.")
STRUCK = _l("Struck out.")


@bp.get("/desk/pledges/visits/")
@requires(INSPECT)
def desk_visits() -> ResponseReturnValue:
    """The latest visits in my places."""
    actor = current_actor()
    rows = visits_in(reading(), actor.places_for(INSPECT))
    own = {row.number for row in rows if row.visitor_id == actor.person_id
           or actor.may(REVIEW, place_path=row.place_path)}  # fmt: skip
    return render_template(f"{FOLDER}/list.html", rows=rows, own=own, **_words(rows))


@bp.route("/desk/pledges/visits/at/<number>", methods=["GET", "POST"])
@requires(INSPECT)
def desk_visit(number: str) -> ResponseReturnValue:
    """Note a visit at one place."""
    door, form = door_here(reading(), current_actor(), number), VisitForm()
    form.offer(bodies_at(current_actor(), door.place_path))
    act = partial(_log, door.number, form)
    rows = visits_at(reading(), door.district, door.id)
    return answer(
        form, f"{FOLDER}/new.html", act, thanks=NOTED, door=door, rows=rows, **_words(rows)
    )


@bp.get("/me/pledges/visits")
@signed_in
def my_visits() -> ResponseReturnValue:
    """Who came to my shop, as what and for what; and what was written of it."""
    rows = visits_to(reading(), current_actor().person_id)
    return render_template(f"{FOLDER}/mine.html", rows=rows, **_words(rows))


def _words(rows: Sequence[VisitRow]) -> dict[str, Any]:
    """Words for what a list of visits shows; the names of bodies, and of no person."""
    units = organisations_by_ids(reading(), {row.organisation_id for row in rows
                                             if row.organisation_id is not None})  # fmt: skip
    return {"bodies": BODIES, "purposes": PURPOSES, "units": units}


def _log(number: str, form: VisitForm, session: Session) -> str:
    log_visit(session, current_actor(), number, form.wish(), now=now())
    return url_for("pledges.desk_visits")


@bp.route("/desk/pledges/visits/<number>/void", methods=["GET", "POST"])
@requires(INSPECT)
def desk_void_visit(number: str) -> ResponseReturnValue:
    """Strike a visit out."""
    row, form = visit_by_number(reading(), clean_number(number) or ""), WhyForm()
    if row is None or not current_actor().may(INSPECT, place_path=row.place_path):
        raise Missing
    act = partial(_void, row.number, form)
    return answer(form, f"{FOLDER}/void.html", act, thanks=STRUCK, row=row)


def _void(number: str, form: WhyForm, session: Session) -> str:
    void_visit(session, current_actor(), number, form.reason.data or "", now=now())
    return url_for("pledges.desk_visits")
