"""The switch of deductions: public for everybody, moved by administrators."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from credit.forms.switch import EndSwitchForm, SwitchForm
from credit.queries.switch import SwitchRow, switch_by_number, switches_of
from credit.service.process import void_running
from credit.service.switch import confirm_switch, end_switch, propose_switch
from credit.views.blueprint import bp
from portal.accounts.access import current_actor, public, requires
from portal.accounts.queries import people_by_ids
from portal.accounts.rules import Permission
from portal.areas.queries import AreaRow, areas_by_codes
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.forms import Form
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading


def _places() -> Mapping[str, AreaRow]:
    """The districts of this city, by code."""
    return areas_by_codes(reading(), instance().city.roots)


def _own_places() -> Mapping[str, AreaRow]:
    """Those whose switch this reader may move."""
    may, moves = current_actor().may, Permission.DEDUCTION_SWITCH
    return {code: row for code, row in _places().items() if may(moves, place_path=row.path)}


@bp.get("/credit/deductions")
@public
def deductions() -> ResponseReturnValue:
    """Whether there are deductions, on which basis, who is responsible, and since when."""
    rows = [row for row in switches_of(reading(), instance().city.roots) if row.was_on]
    at = now()
    return render_template(
        "credit/switch/public.html",
        on=[row for row in rows if row.ended_at is None],
        over=[row for row in rows if row.ended_at is not None],
        places={code: in_words(row.names) for code, row in _places().items()},
        at=at,
    )


@bp.get("/credit/deductions/<number>/assessment.pdf")
@public
def deduction_assessment(number: str) -> ResponseReturnValue:
    """The impact assessment, where the city lets everybody read it."""
    row = _known(number)
    if not (row.document_public and row.was_on):
        raise Missing
    return _document(row)


@bp.route("/admin/deductions", methods=["GET", "POST"])
@requires(Permission.DEDUCTION_SWITCH)
def admin_deductions() -> ResponseReturnValue:
    """Propose to switch deductions on, confirm what another proposed, and the history."""
    form, places = SwitchForm(), _own_places()
    names = {code: in_words(row.names) for code, row in places.items()}
    form.district.choices = [SelectChoice(code, name) for code, name in names.items()]
    return answer(
        form, "credit/switch/admin.html", partial(_propose, form), places=names,
        thanks=_l("Proposed. Another administrator has to confirm it."), **_history(list(places)),
    )  # fmt: skip


def _history(districts: list[str]) -> dict[str, Any]:
    """Every wish, who moved it, and who reads."""
    rows = switches_of(reading(), districts)
    staff = {
        one for row in rows for one in (row.proposed_by, row.confirmed_by, row.ended_by) if one
    }
    return {
        "rows": rows, "at": now(), "me": current_actor().person_id,
        "people": people_by_ids(reading(), staff),
    }  # fmt: skip


def _propose(form: SwitchForm, session: Session) -> str:
    actor = current_actor()
    if actor.person_id is None:
        raise Missing
    propose_switch(session, form.district.data, form.wish, actor_id=actor.person_id, now=now())
    return url_for("credit.admin_deductions")


def _known(number: str) -> SwitchRow:
    row = switch_by_number(reading(), clean_number(number) or "")
    if row is None:
        raise Missing
    return row


def _own(number: str) -> SwitchRow:
    row = _known(number)
    if row.district not in _own_places():
        raise Missing
    return row


@bp.get("/admin/deductions/<number>/assessment.pdf")
@requires(Permission.DEDUCTION_SWITCH)
def admin_assessment(number: str) -> ResponseReturnValue:
    """The document before anybody confirms, and where it is not public."""
    return _document(_own(number))


def _document(row: SwitchRow) -> Response:
    """The file as it was handed in, never shown inside of our pages."""
    response = Response(instance().blobs.open(row.document_key), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="assessment-{row.number}.pdf"'
    return response


@bp.route("/admin/deductions/<number>/confirm", methods=["GET", "POST"])
@requires(Permission.DEDUCTION_SWITCH)
def confirm_deductions(number: str) -> ResponseReturnValue:
    """Read what another administrator brought, and switch deductions on."""
    row = _own(number)
    if not row.waits:
        raise Missing
    names = people_by_ids(reading(), {row.proposed_by})
    return answer(
        Form(), "credit/switch/confirm.html", partial(_confirm, row.number),
        thanks=_l("Confirmed. It counts as soon as it is sealed."), row=row,
        proposer=names.get(row.proposed_by), place=in_words(_places()[row.district].names),
    )  # fmt: skip


def _confirm(number: str, session: Session) -> str:
    actor = current_actor()
    if actor.person_id is None:
        raise Missing
    confirm_switch(session, number, actor_id=actor.person_id, now=now())
    return url_for("credit.admin_deductions")


@bp.route("/admin/deductions/<number>/end", methods=["GET", "POST"])
@requires(Permission.DEDUCTION_SWITCH)
def end_deductions(number: str) -> ResponseReturnValue:
    """Switch deductions off at once, or take back what waits."""
    form, row = EndSwitchForm(), _own(number)
    if row.ended_at is not None:
        raise Missing
    act, place = partial(_end, row.number, form), in_words(_places()[row.district].names)
    thanks = _l("Deductions are off.") if row.was_on else _l("Taken back.")
    return answer(form, "credit/switch/end.html", act, thanks=thanks, row=row, place=place)


def _end(number: str, form: EndSwitchForm, session: Session) -> str:
    actor = current_actor()
    if actor.person_id is None:
        raise Missing
    end_switch(session, number, form.reason.data or "", actor_id=actor.person_id, now=now())
    # at once, not when the job comes by: nobody shall read of a deduction that is off (L2)
    void_running(session, _own(number).district, now=now())
    return url_for("credit.admin_deductions")
