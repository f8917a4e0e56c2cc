"""The second step of staff: set up, and given in each session."""

from functools import partial

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service
from portal.accounts.access import current_actor, signed_in
from portal.accounts.forms import CodeForm, PlainForm
from portal.accounts.queries import has_second_factor
from portal.accounts.views.blueprint import bp
from portal.kernel.clock import now
from portal.kernel.pages import answer, local_path
from portal.kernel.qr import qr_svg
from portal.kernel.web import Session, reading


@bp.route("/sign-in/second-step", methods=["GET", "POST"])
@signed_in
def give_factor() -> ResponseReturnValue:
    """Ask staff for the code of their authenticator."""
    form = CodeForm()
    person_id = current_actor().person_id
    if person_id and not has_second_factor(reading(), person_id):
        return redirect(url_for("accounts.start_factor"), 303)
    return answer(form, "accounts/give_factor.html", partial(_give, form))


def _give(form: CodeForm, session: Session) -> str:
    service.give_second_factor(session, current_actor(), form.code.data, now=now())
    return local_path(form.next.data, url_for("accounts.start"))


@bp.route("/me/second-step", methods=["GET", "POST"])
@signed_in
def start_factor() -> ResponseReturnValue:
    """Explain the second step and begin to set it up."""
    active = has_second_factor(reading(), current_actor().person_id)
    return answer(PlainForm(), "accounts/start_factor.html", _begin, active=active)


def _begin(session: Session) -> str:
    service.begin_enrolment(session, current_actor(), now=now())
    return url_for("accounts.enrol_factor")


@bp.route("/me/second-step/scan", methods=["GET", "POST"])
@signed_in
def enrol_factor() -> ResponseReturnValue:
    """Show the secret as a QR and ask for the first code; then show the recovery codes once."""
    form, codes = CodeForm(), list[str]()
    address = service.enrolment_address(reading(), current_actor())
    if address is None and not form.is_submitted():
        return redirect(url_for("accounts.start_factor"), 303)
    response = answer(
        form,
        "accounts/enrol_factor.html",
        partial(_confirm, form, codes),
        qr=qr_svg(address) if address else "",
        address=address,
    )
    return render_template("accounts/recovery_codes.html", codes=codes) if codes else response


def _confirm(form: CodeForm, codes: list[str], session: Session) -> str:
    codes += service.confirm_enrolment(session, current_actor(), form.code.data, now=now())
    return url_for("accounts.me")
