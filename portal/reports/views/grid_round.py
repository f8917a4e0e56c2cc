"""The collector's round: my grids, what is open on the way, and checks on the spot."""

from datetime import datetime, timedelta
from typing import Any

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, requires
from portal.accounts.rules import Actor, Permission
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer, submit
from portal.kernel.web import Session, instance, reading
from portal.reports.forms.grid import MOST_PHOTOS, CheckForm
from portal.reports.labels.case import STATE_KINDS, STATES
from portal.reports.queries.grid import grid_figures
from portal.reports.queries.grid_team import grids_of, patrols_of
from portal.reports.queries.round import MOST, alerts_on_way, round_of
from portal.reports.rules.grid import MOST_WORDS
from portal.reports.service.desk import DeskCase, open_case
from portal.reports.service.spot import send_check
from portal.reports.views.blueprint import bp

MONTH = timedelta(days=30)
LONGEST_NUMBER = 40
JSON = "application/json"
NO_STORE = {"Cache-Control": "no-store"}


@bp.get("/desk/grid")
@requires(Permission.GRID_WORK)
def desk_grid() -> ResponseReturnValue:
    """My grids: their patrols, what is open in the order of the way, figures (R062, R063, R270)."""
    actor, moment = current_actor(), now()
    return render_template(
        "reports/desk/grid.html",
        **_patrols(actor, moment),
        **_way(actor, moment),
    )


def _patrols(actor: Actor, moment: datetime) -> dict[str, Any]:
    """Somebody's grids: where a patrol is due today, and what the last month came to."""
    grids, places = grids_of(reading(), actor), actor.places_for(Permission.GRID_WORK)
    return {
        "grids": grids,
        "patrols": patrols_of(reading(), grids, moment),
        "today": city_day(moment, instance().city.zone),
        "figures": grid_figures(reading(), places, moment - MONTH, moment),
    }


def _way(actor: Actor, moment: datetime) -> dict[str, Any]:
    """What is open, in the order of the way, and the alerts among it."""
    rows = round_of(reading(), actor, moment)
    return {
        "rows": rows,
        "alerts": alerts_on_way(reading(), actor, rows, moment),
        "full": len(rows) == MOST,
        "states": STATES,
        "kinds": STATE_KINDS,
    }


@bp.route("/desk/grid/check", methods=["GET", "POST"])
@requires(Permission.GRID_WORK)
def desk_spot() -> ResponseReturnValue:
    """Say what was found on the spot. A phone that kept it sends it with its answer in JSON."""
    form = _form()
    if request.method == "POST" and request.accept_mimetypes.best == JSON:
        return _answered_in_json(form)
    known = _case(form.number.data or "")
    thanks = _l("Kept. Whoever decides about the case reads it.")
    page = {**_context(bare=False), "known": known}
    return answer(form, "reports/desk/spot.html", _sending(form), thanks=thanks, **page)


@bp.get("/desk/grid/shell")
@public
def desk_spot_shell() -> ResponseReturnValue:
    """The same page without anything of anybody: what a device keeps for a time without network."""
    form = CheckForm(formdata=None)
    page = {**_context(bare=True), "known": None}
    return render_template("reports/desk/spot.html", form=form, **page)


def _context(*, bare: bool) -> dict[str, Any]:
    return {"bare": bare, "most": MOST_PHOTOS, "longest": MOST_WORDS}


def _form() -> CheckForm:
    form = CheckForm()
    if request.method == "GET":
        form.number.data = request.args.get("number", "")[:LONGEST_NUMBER]
    form.prepare(now())
    return form


def _case(typed: str) -> DeskCase | None:
    """The case that is spoken of, so that its checker sees what was reported."""
    number = clean_number(typed[:LONGEST_NUMBER])
    if number is None:
        return None
    try:
        return open_case(reading(), number, current_actor(), now())
    except Missing:
        return None


def _sending(form: CheckForm, sent: list[tuple[str, bool]] | None = None) -> Any:
    """What sends the check; its receipt is put into ``sent``."""

    def act(session: Session) -> str:
        key = form.draft_key.data or ""
        found = send_check(session, key, form.check(), actor=current_actor(), now=now())
        if sent is not None:
            sent.append(found)
        return url_for("reports.desk_grid")

    return act


def _answered_in_json(form: CheckForm) -> ResponseReturnValue:
    """The number and the way to the case; or what is wrong with which field."""
    sent: list[tuple[str, bool]] = []
    status = 422
    if form.validate():
        try:
            submit(form, _sending(form, sent))
        except Refused as refusal:
            form.refuse(refusal)
            status = 409 if isinstance(refusal, Conflict) else 422
    if not sent:
        errors = [{"field": field, "text": text} for field, text in form.summary()]
        return jsonify(errors=errors), status, NO_STORE
    number, again = sent[0]
    link = url_for("reports.desk_case", number=number)
    return jsonify(number=number, code=None, link=link, again=again), 200, NO_STORE
