"""What deductions rest on: the list, a new one, and the end of one."""

from functools import partial
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from credit.forms.deductions import BasisForm, ReasonForm
from credit.labels.process import BASIS_ENDS, BASIS_KINDS
from credit.queries.matters import bases, basis_by_number
from credit.service.process import BasisWish, add_basis, revoke_basis
from credit.views.blueprint import bp
from credit.views.deductions import district
from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading


@bp.get("/desk/deductions/bases/")
@requires(Permission.DESK_OPEN)
def deduction_bases() -> ResponseReturnValue:
    """Every basis, those that ended too."""
    return render_template(
        "credit/deductions/bases.html",
        rows=bases(reading(), district()),
        kinds=BASIS_KINDS,
        ends=BASIS_ENDS,
        today=city_day(now(), instance().city.zone),
        may_keep=current_actor().may(Permission.DEDUCTION_SWITCH),
    )


@bp.route("/desk/deductions/bases/new", methods=["GET", "POST"])
@requires(Permission.DEDUCTION_SWITCH)
def new_deduction_basis() -> ResponseReturnValue:
    """Enter a basis."""
    form = BasisForm()
    return answer(form, "credit/deductions/basis.html", partial(_add, form), thanks=_l("Entered."))


def _add(form: Any, session: Session) -> str:
    wish = BasisWish(
        form.basis_kind(), form.title.data or "", form.reference.data or "",
        form.source.data or "", form.valid_from.data, form.valid_to.data,
    )  # fmt: skip
    add_basis(session, district(), wish, actor=current_actor(), now=now())
    return url_for("credit.deduction_bases")


@bp.route("/desk/deductions/bases/<number>/revoke", methods=["GET", "POST"])
@requires(Permission.DEDUCTION_SWITCH)
def revoke_deduction_basis(number: str) -> ResponseReturnValue:
    """End a basis: what rests on it no longer counts."""
    basis = basis_by_number(reading(), number)
    if basis is None or basis.district != district():
        raise Missing
    form = ReasonForm()
    return answer(
        form, "credit/deductions/revoke.html", partial(_revoke, form, number),
        thanks=_l("Revoked."), basis=basis,
    )  # fmt: skip


def _revoke(form: Any, number: str, session: Session) -> str:
    revoke_basis(session, number, form.reason.data or "", actor=current_actor(), now=now())
    return url_for("credit.deduction_bases")
