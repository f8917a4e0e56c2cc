"""The register at the desk: a place goes, an operator is an organisation, a table is taken back."""

from functools import partial

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from pledges.forms.premises import CloseForm, UndoForm, UnitForm
from pledges.queries.premises import operators_of
from pledges.service.premises import MANAGE, premises_here
from pledges.service.premises_ends import close_premises
from pledges.service.premises_links import find_units, link_unit
from pledges.service.premises_undo import import_here, undo_import
from pledges.views.blueprint import bp
from portal.accounts.access import current_actor, requires
from portal.kernel.clock import now
from portal.kernel.i18n import in_words, ngettext
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.organisations.queries import organisations_by_ids

CLOSED = _l("The place is out of the register. What was run, pledged and hung there has ended.")
LINKED = _l("Saved.")
FOLDER = "pledges/premises/desk"


@bp.route("/desk/premises/<number>/close", methods=["GET", "POST"])
@requires(MANAGE)
def desk_premises_close(number: str) -> ResponseReturnValue:
    """The place is no longer there."""
    row = premises_here(reading(), current_actor(), number)
    running = next((one for one in operators_of(reading(), row) if one.ends_on is None), None)
    form = CloseForm(data={"seen": running.number if running else ""})

    def act(session: Session) -> str:
        reason, seen = form.reason.data or "", form.seen.data or ""
        close_premises(session, current_actor(), row.number, reason, seen=seen, now=now())
        return url_for("pledges.desk_premises_one", number=row.number)

    page = f"{FOLDER}/close.html"
    return answer(form, page, act, thanks=CLOSED, row=row, running=running)


@bp.route("/desk/premises/<number>/unit", methods=["GET", "POST"])
@requires(MANAGE)
def desk_premises_unit(number: str) -> ResponseReturnValue:
    """Which organisation of the register runs the place; sole traders are none."""
    row = premises_here(reading(), current_actor(), number)
    running = next((one for one in operators_of(reading(), row) if one.ends_on is None), None)
    linked = {running.organisation_id} if running and running.organisation_id else set()
    words = request.args.get("q", "")[:80].strip()
    found = find_units(reading(), words, now=now())
    known = {one.code: one for one in [*organisations_by_ids(reading(), linked).values(), *found]}
    form = UnitForm(data={"seen": running.number if running else "",
                          "unit": next(iter(known), "") if linked else ""})  # fmt: skip
    form.offer({code: f"{in_words(one.names)} · {code}" for code, one in known.items()})
    return answer(
        form, f"{FOLDER}/unit.html", partial(_link, form, row.number), thanks=LINKED, row=row,
        running=running, words=words, found=found,
    )  # fmt: skip


def _link(form: UnitForm, number: str, session: Session) -> str:
    code, seen = form.unit.data or "", form.seen.data or ""
    link_unit(session, current_actor(), number, code, seen=seen, now=now())
    return url_for("pledges.desk_premises_one", number=number)


@bp.route("/desk/premises/imports/<number>/undo", methods=["GET", "POST"])
@requires(MANAGE)
def desk_premises_undo(number: str) -> ResponseReturnValue:
    """Take a table back, while nothing was built upon it."""
    row = import_here(reading(), current_actor(), number)
    return answer(UndoForm(), f"{FOLDER}/undo.html", partial(_undo, row.number), row=row)


def _undo(number: str, session: Session) -> str:
    count = undo_import(session, current_actor(), number, now=now())
    words = ngettext("Taken back: %(num)s place.", "Taken back: %(num)s places.", count)
    flash(words, "success")
    return url_for("pledges.desk_premises_import")
