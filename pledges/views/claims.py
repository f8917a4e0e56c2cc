"""Who speaks for a shop: said at its door, decided at the desk with every claim of the door."""

from functools import partial

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pledges.forms.breaches import SureForm
from pledges.forms.letters import ClaimForm, DecideClaimForm
from pledges.labels.personal import CLAIM_KINDS, CLAIM_STATES
from pledges.queries.claims import claims_at, waiting_claims
from pledges.queries.plaques import plaque_by_code
from pledges.queries.signing import SigningDoor, signing_door
from pledges.rules.premises import ClaimState
from pledges.service.claims import claim_here, decide_claim, make_claim, own_claim, withdraw_claim
from pledges.service.premises import MANAGE
from pledges.views.blueprint import bp
from pledges.views.signing import door_behind
from portal.accounts.access import current_actor, requires, signed_in
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading

FOLDER = "pledges/claims"
SAID = _l("Sent. The street checks it; the answer comes by message and stands here.")
DECIDED = _l("Decided. Whoever said it is told.")
TAKEN_BACK = _l("Taken back.")


@bp.route("/p/<code>/claim", methods=["GET", "POST"])
@signed_in
def claim_door(code: str) -> ResponseReturnValue:
    """Say that the place is one's own, or that the telephone of the register is not."""
    door = door_behind(code)
    if door is None:
        return _elsewhere(code)
    form = ClaimForm()
    act = partial(_claim, door, form)
    return answer(form, f"{FOLDER}/new.html", act, thanks=SAID, door=door, code=code)


def _elsewhere(code: str) -> ResponseReturnValue:
    """The page of a plaque that hangs at no door says why. Raises Missing for no plaque at all."""
    if plaque_by_code(reading(), clean_number(code[:40]) or "") is None:
        raise Missing
    return redirect(url_for("pledges.plaque", code=code), 303)


def _claim(door: SigningDoor, form: ClaimForm, session: Session) -> str:
    number = make_claim(session, current_actor(), door, form.wish(), now=now())
    return url_for("pledges.my_claim", number=number)


@bp.route("/me/pledges/claims/<number>", methods=["GET", "POST"])
@signed_in
def my_claim(number: str) -> ResponseReturnValue:
    """What I said about a place and what became of it; a press takes it back."""
    row = own_claim(reading(), current_actor(), number)
    return answer(
        SureForm(), f"{FOLDER}/mine_one.html", partial(_take_back, row.number), thanks=TAKEN_BACK,
        row=row, kinds=CLAIM_KINDS, states=CLAIM_STATES, waits=row.state is ClaimState.WAITING,
    )  # fmt: skip


def _take_back(number: str, session: Session) -> str:
    withdraw_claim(session, current_actor(), number, now=now())
    return url_for("pledges.my_claim", number=number)


@bp.get("/desk/pledges/claims/")
@requires(MANAGE)
def desk_claims() -> ResponseReturnValue:
    """What waits in my places."""
    rows = waiting_claims(reading(), current_actor().places_for(MANAGE))
    return render_template(f"{FOLDER}/list.html", rows=rows, kinds=CLAIM_KINDS)


@bp.route("/desk/pledges/claims/<number>", methods=["GET", "POST"])
@requires(MANAGE)
def desk_claim(number: str) -> ResponseReturnValue:
    """One claim beside all others of its door, and the decision."""
    row, form = claim_here(reading(), current_actor(), number), DecideClaimForm()
    return answer(
        form, f"{FOLDER}/decide.html", partial(_decide, row.number, form), thanks=DECIDED, row=row,
        others=[one for one in claims_at(reading(), row) if one.id != row.id],
        door=signing_door(reading(), row.premises), kinds=CLAIM_KINDS, states=CLAIM_STATES,
        waits=row.state is ClaimState.WAITING,
    )  # fmt: skip


def _decide(number: str, form: DecideClaimForm, session: Session) -> str:
    decide_claim(
        session, current_actor(), number, form.decided(), form.reason.data or "", now=now()
    )
    return url_for("pledges.desk_claim", number=number)
