"""Signing: the adopter reads the newest text and types her name; for another term once more."""

from functools import partial
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires, signed_in
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from volunteers.forms.adoption import SignForm
from volunteers.queries.adoption.adoptions import AdoptionRow, MemberRow
from volunteers.queries.adoption.agreements import agreements_of
from volunteers.queries.adoption.care import model_now, model_of
from volunteers.rules.adoption.life import Role
from volunteers.service.adoption.agreements import text_digest
from volunteers.service.adoption.found import MANAGE, adoption_here, own_adoption, plot_of
from volunteers.service.adoption.settings import settings_of
from volunteers.service.adoption.signing import ask_renewal, sign
from volunteers.views.adoption.blueprint import bp
from volunteers.views.adoption.common import about_plot

SIGNED = _l("Signed. The agreement holds once the city has signed too.")
PAGE = "volunteers/adoption/sign.html"


@bp.route("/me/adoptions/<number>/sign", methods=["GET", "POST"])
@signed_in
def sign_agreement(number: str) -> ResponseReturnValue:
    """Read the text and sign it."""
    row, member = _led(number)
    form = _form(member)
    act = partial(_sign, row.number, form)
    return answer(form, PAGE, act, thanks=SIGNED, renewal=False, **_about(row))


@bp.route("/me/adoptions/<number>/renew", methods=["GET", "POST"])
@signed_in
def sign_renewal(number: str) -> ResponseReturnValue:
    """Sign for another term before the last day."""
    row, member = _led(number)
    form = _form(member)
    act = partial(_renew, row.number, form)
    return answer(form, PAGE, act, thanks=SIGNED, renewal=True, **_about(row))


@bp.get("/me/adoptions/<number>/agreement")
@signed_in
def my_agreement(number: str) -> ResponseReturnValue:
    """What was signed: the text of its version, who signed when, the fingerprint in the ledger."""
    row, member = own_adoption(reading(), current_actor(), number)
    model = model_of(reading(), row.model_version)
    if model is None or member is None or member.role is Role.ASKED:
        raise Missing
    return render_template(
        "volunteers/adoption/agreement.html", row=row, member=member, model=model,
        fingerprint=text_digest(model), agreed=agreements_of(reading(), row.id),
        me=member.person_id,
        **about_plot(plot_of(reading(), row)),
    )  # fmt: skip


@bp.get("/desk/adoption/<number>/agreements")
@requires(MANAGE)
def desk_agreements(number: str) -> ResponseReturnValue:
    """Every agreement of an adoption with the line that proves it, for the city."""
    row = adoption_here(reading(), current_actor(), number)
    return render_template(
        "volunteers/adoption/desk/agreements.html", row=row,
        agreed=agreements_of(reading(), row.id), **about_plot(plot_of(reading(), row)),
    )  # fmt: skip


def _led(number: str) -> tuple[AdoptionRow, MemberRow]:
    row, member = own_adoption(reading(), current_actor(), number)
    if member is None or member.role is not Role.LEAD:
        raise Missing
    return row, member


def _form(member: MemberRow) -> SignForm:
    model = model_now(reading())
    if model is None:
        raise Missing
    return SignForm(data={"version": str(model.version), "public_name": member.public_name})


def _about(row: AdoptionRow) -> dict[str, Any]:
    return {
        "row": row,
        "model": model_now(reading()),
        "limits": settings_of(reading()),
        **about_plot(plot_of(reading(), row)),
    }


def _sign(number: str, form: SignForm, session: Session) -> str:
    sign(session, current_actor(), number, form.signature(), now=now())
    return url_for("adoption.my_adoption", number=number)


def _renew(number: str, form: SignForm, session: Session) -> str:
    ask_renewal(session, current_actor(), number, form.signature(), now=now())
    return url_for("adoption.my_adoption", number=number)
