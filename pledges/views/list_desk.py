"""The lists at the desk: what is proposed and shown, and where the second one is kept."""

from functools import partial

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from pledges.forms.breaches import SureForm
from pledges.forms.lists import AskListForm, EvidenceForm, RemoveForm
from pledges.labels.lists import LISTING_STATES, LISTS
from pledges.queries.lists import listings_in, switches_in
from pledges.queries.taps import rushes
from pledges.rules.ratings import FEWEST_SEEN, RUSH_DAYS
from pledges.rules.standing import ListingState
from pledges.service.inspections import REVIEW, door_here
from pledges.service.lists import (
    SWITCH,
    ask_for_list,
    confirm_listing,
    decide_list,
    listing_here,
    propose_exemplary,
    remove_listing,
    switch_off,
)
from pledges.views.blueprint import bp
from portal.accounts.access import current_actor, requires
from portal.areas.queries import areas_by_ids
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading

FOLDER = "pledges/lists/desk"
PROPOSED = _l("Proposed. Somebody else confirms it.")
SHOWN = _l("It stands on the list now.")
GONE = _l("Taken off the list.")
ASKED = _l("Asked. Somebody else decides.")
SWITCHED = _l("Done. Everybody sees it at once.")


@bp.get("/desk/pledges/lists/")
@requires(REVIEW)
def desk_lists() -> ResponseReturnValue:
    """What waits for confirmation in my places, and what is shown."""
    actor = current_actor()
    rows = listings_in(reading(), actor.places_for(REVIEW))
    return render_template(
        f"{FOLDER}/list.html", rows=rows, names=LISTS, states=LISTING_STATES,
        proposed=ListingState.PROPOSED, mine=actor.person_id, switches=actor.may(SWITCH),
    )  # fmt: skip


@bp.get("/desk/pledges/lists/rushes")
@requires(REVIEW)
def desk_rushes() -> ResponseReturnValue:
    """Hours in which a shop was rated unusually often: about how often and when, never by whom."""
    rows = rushes(reading(), current_actor().places_for(REVIEW), now())
    return render_template(f"{FOLDER}/rushes.html", rows=rows, days=RUSH_DAYS, fewest=FEWEST_SEEN)


@bp.route("/desk/pledges/lists/propose/<number>", methods=["GET", "POST"])
@requires(REVIEW)
def desk_propose_listing(number: str) -> ResponseReturnValue:
    """Propose a shop for the list of exemplary ones."""
    door, form = door_here(reading(), current_actor(), number), EvidenceForm()
    act = partial(_propose, door.number, form)
    return answer(form, f"{FOLDER}/propose.html", act, thanks=PROPOSED, door=door)


def _propose(number: str, form: EvidenceForm, session: Session) -> str:
    propose_exemplary(session, current_actor(), number, form.evidence.data or "", now=now())
    return url_for("pledges.desk_lists")


@bp.route("/desk/pledges/lists/<number>/confirm", methods=["GET", "POST"])
@requires(REVIEW)
def desk_confirm_listing(number: str) -> ResponseReturnValue:
    """Put a shop on the list that somebody else proposed."""
    row, form = listing_here(reading(), current_actor(), number), SureForm()
    act = partial(_confirm, row.number)
    return answer(form, f"{FOLDER}/confirm.html", act, thanks=SHOWN, row=row, names=LISTS)


def _confirm(number: str, session: Session) -> str:
    confirm_listing(session, current_actor(), number, now=now())
    return url_for("pledges.desk_lists")


@bp.route("/desk/pledges/lists/<number>/remove", methods=["GET", "POST"])
@requires(REVIEW)
def desk_remove_listing(number: str) -> ResponseReturnValue:
    """Take a row off, or drop a proposal."""
    row, form = listing_here(reading(), current_actor(), number), RemoveForm()
    act = partial(_remove, row.number, form)
    return answer(form, f"{FOLDER}/remove.html", act, thanks=GONE, row=row, names=LISTS)


def _remove(number: str, form: RemoveForm, session: Session) -> str:
    remove_listing(session, current_actor(), number, form.reason.data or "", now=now())
    return url_for("pledges.desk_lists")


@bp.route("/desk/pledges/lists/places", methods=["GET", "POST"])
@requires(SWITCH)
def desk_list_places() -> ResponseReturnValue:
    """Where the list of what is to be put right is kept; ask for another place."""
    form = AskListForm()
    rows = switches_in(reading(), current_actor().places_for(SWITCH))
    areas = areas_by_ids(reading(), {row.area_id for row in rows})
    act = partial(_ask, form)
    return answer(
        form, f"{FOLDER}/places.html", act, thanks=ASKED, rows=rows, areas=areas,
        mine=current_actor().person_id,
    )  # fmt: skip


def _ask(form: AskListForm, session: Session) -> str:
    code, basis = form.area.data or "", form.basis.data or ""
    ask_for_list(session, current_actor(), code, basis, now=now())
    return url_for("pledges.desk_list_places")


@bp.route("/desk/pledges/lists/places/<code>/<what>", methods=["GET", "POST"])
@requires(SWITCH)
def desk_list_switch(code: str, what: str) -> ResponseReturnValue:
    """Switch it on where somebody else asked, drop that, or switch it off."""
    rows = switches_in(reading(), current_actor().places_for(SWITCH))
    areas = areas_by_ids(reading(), {row.area_id for row in rows})
    here = [row for row in rows if areas[row.area_id].code == code]
    fitting = [row for row in here if (row.on_at is None) == (what != "off")]
    if what not in {"on", "drop", "off"} or not fitting:
        raise Missing
    act = partial(_switch, code, what)
    return answer(
        SureForm(), f"{FOLDER}/switch.html", act, thanks=SWITCHED, row=fitting[0], what=what,
        area=areas[fitting[0].area_id],
    )  # fmt: skip


def _switch(code: str, what: str, session: Session) -> str:
    if what == "off":
        switch_off(session, current_actor(), code, now=now())
    else:
        decide_list(session, current_actor(), code, on=what == "on", now=now())
    return url_for("pledges.desk_list_places")
