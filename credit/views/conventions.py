"""What deductions can rest on, and one's own yes to each convention: given and ended here, by
nobody else (L2, L5)."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue

from credit.forms.mine import NO, YES, ConventionForm
from credit.queries.conventions import OwnBasis, own_bases
from credit.queries.matters import basis_by_number
from credit.queries.mine import Mine, mine
from credit.service.process import GATES, consent_to_basis, withdraw_basis_consent
from credit.service.switch import districts_on
from credit.views.blueprint import bp
from credit.views.mine import names_of
from portal.accounts.access import current_actor, signed_in
from portal.accounts.rules import AgeBand
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading

THANKS = {
    YES: _l("You agreed. You can end it here at any time, with one press."),
    NO: _l("Ended. From this moment nothing that rested on it counts any more."),
}


@bp.route("/credit/conventions", methods=["GET", "POST"])
@signed_in
def conventions() -> ResponseReturnValue:
    """Every convention with what my yes means, to give it or to end it; below, what needs none."""
    form = ConventionForm()
    thanks = THANKS.get(form.wanted.data or "")
    return answer(
        form, "credit/mine/conventions.html", partial(_answer, form), thanks=thanks, **_page()
    )


def _page() -> dict[str, Any]:
    """As many queries however many there are: her, what holds, the switches, names of places."""
    session, at, person_id = reading(), now(), _me()
    who = mine(session, person_id)
    districts = _districts(who)
    rows = own_bases(session, districts, person_id, city_day(at, instance().city.zone))
    # a yes to somewhere that is no longer hers is shown too
    districts |= {row.basis.district for row in rows}
    return {
        "rows": [row for row in rows if row.is_convention],
        "legal": [row.basis for row in rows if not row.is_convention],
        "on": districts_on(session, districts, at),
        "names": names_of(session, sorted(districts)) if len(districts) > 1 else {},
        "adult": who.age_band is AgeBand.ADULT,
        "age_unknown": who.age_band is AgeBand.UNKNOWN,
        "forms": {row.basis.number: _button(row) for row in rows if row.is_convention},
    }


def _me() -> UUID:
    person_id = current_actor().person_id
    if person_id is None:
        raise Missing
    return person_id


def _districts(who: Mine) -> set[str]:
    """Those of this city, and wherever else she has an account."""
    return {*instance().city.roots, *(account.district for account in who.accounts)}


def _button(row: OwnBasis) -> ConventionForm:
    """The one button that changes how things are now."""
    wanted = NO if row.agreed else YES
    return ConventionForm(formdata=None, basis=row.basis.number, wanted=wanted)


def _answer(form: ConventionForm, session: Session) -> str:
    person_id, number = _me(), form.basis.data or ""
    if form.wanted.data == NO:
        withdraw_basis_consent(session, number, person_id, now=now())
        return url_for("credit.conventions")
    basis = basis_by_number(session, number)
    if basis is None or basis.district not in _districts(mine(session, person_id)):
        raise Missing
    consent_to_basis(session, number, person_id, gates=GATES, now=now())
    return url_for("credit.conventions")
