"""Handing out: the code that somebody shows, what it fetches, and whom it is kept for (masked)."""

from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from credit.forms.benefits import PickUpForm, PlainForm
from credit.labels.benefits import REDEMPTION_STATES
from credit.rules.benefits import benefit_kinds
from credit.service.redeeming import find_by_code, found_redemption
from credit.service.redeeming import hand_out as hand_out_benefit
from credit.views.blueprint import bp
from portal.accounts.access import current_actor, requires
from portal.accounts.queries import person_row
from portal.accounts.rules import Permission, mask_name
from portal.areas.queries import areas_by_ids
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading

HAND_OUT = Permission.BENEFIT_HAND_OUT


@bp.route("/desk/benefits/hand-out", methods=["GET", "POST"])
@requires(HAND_OUT)
def hand_out() -> ResponseReturnValue:
    """Type or scan the code of somebody who comes to fetch a benefit."""
    form = PickUpForm(data={"code": request.args.get("code", "")[:40]})
    return answer(form, "credit/benefits/hand_out.html", partial(_find, form))


def _find(form: PickUpForm, session: Session) -> str:
    number = find_by_code(session, current_actor(), form.typed, now=now())
    return url_for("credit.hand_out_one", number=number)


@bp.get("/desk/benefits/hand-out/<number>")
@requires(HAND_OUT)
def hand_out_one(number: str) -> ResponseReturnValue:
    """What the code fetches: look at it, then hand it out."""
    return render_template("credit/benefits/hand_out_one.html", form=PlainForm(), **_found(number))


def _found(number: str) -> dict[str, Any]:
    row, holder_id = found_redemption(reading(), current_actor(), number, now=now())
    holder = person_row(reading(), holder_id) if holder_id else None
    return {
        "row": row,
        "state": row.state_at(now()),
        "open": row.open_at(now()),
        "holder": mask_name(holder.display_name) if holder else "",
        "place": areas_by_ids(reading(), [row.benefit.area_id]).get(row.benefit.area_id),
        "kinds": benefit_kinds(),
        "redemption_states": REDEMPTION_STATES,
    }


@bp.post("/desk/benefits/hand-out/<number>/done")
@requires(HAND_OUT)
def handed_out(number: str) -> ResponseReturnValue:
    """It was handed out: the points are spent."""
    return answer(
        PlainForm(),
        "credit/benefits/hand_out_one.html",
        partial(_hand_out, number),
        thanks=_l("Handed out. The points are spent."),
        **_found(number),
    )


def _hand_out(number: str, session: Session) -> str:
    hand_out_benefit(session, current_actor(), number, now=now())
    return url_for("credit.hand_out")
