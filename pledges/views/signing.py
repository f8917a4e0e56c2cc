"""Signing at the door: the notice of the duty area, every clause, a name, a code. One page."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pledges.forms.signing import SignForm
from pledges.queries.plaques import plaque_by_code
from pledges.queries.signing import SigningDoor, signing_door
from pledges.rules.clauses import Letter
from pledges.rules.plaques import PlaqueState
from pledges.rules.premises import PremisesState
from pledges.service.signing_codes import ask_for_code, sign_by_code
from pledges.views.blueprint import bp
from pledges.views.signing_page import SigningPage, converse, filled, signing_page
from portal.accounts.access import current_actor, public
from portal.accounts.views.browser import this_browser
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import Act
from portal.kernel.web import Session, reading
from portal.kernel.words import say

FOLDER = "pledges/signing"
SIGNED = _l(
    "Signed. Keep this page: it is the receipt. Sign in with the same telephone to find the letter "
    "under My page."
)


@bp.route("/p/<code>/sign", methods=["GET", "POST"])
@public
def sign_at_plaque(code: str) -> ResponseReturnValue:
    """Read and sign. It needs no sign-in: the code that is sent to the telephone of the register
    proves who signs. A plaque that leads nowhere says on its own page why."""
    door = door_behind(code)
    if door is None:
        return redirect(url_for("pledges.plaque", code=code), 303)
    page = signing_page(door, Letter.FRONTAGE)
    if page.why is not None and page.shut:
        told = render_template(f"{FOLDER}/none.html", page=page, why=say(page.why), code=code)
        return told, 409
    given = filled(page, SignForm)
    return converse(
        page, given, f"{FOLDER}/sign.html", thanks=SIGNED, code=code,
        send=sending(page, given.form), sign=signing(page, given.form),
    )  # fmt: skip


def door_behind(code: str) -> SigningDoor | None:
    """The door at which a plaque hangs; None for one that hangs nowhere, or is no plaque."""
    row = plaque_by_code(reading(), clean_number(code[:40]) or "")
    if row is None or row.state is not PlaqueState.BOUND or row.number is None:
        return None
    if row.premises_state is PremisesState.GONE:
        return None
    return signing_door(reading(), row.number)


def sending(page: SigningPage, form: SignForm) -> Act:
    """What sends the code."""
    door, browser = page.door, this_browser(form)

    def act(session: Session) -> str:
        operator = form.operator.data or ""
        ask_for_code(session, door.number, operator, page.letter, browser, now=now())
        return ""

    return act


def signing(page: SigningPage, form: SignForm) -> Act:
    """What signs with it."""
    actor, browser = current_actor(), this_browser(form)
    speaks = actor.person_id is not None and actor.person_id == page.door.speaker_id

    def act(session: Session) -> str:
        wish = form.wish(
            page.door.number, Letter.FRONTAGE, signer_id=actor.person_id if speaks else None
        )
        signed = sign_by_code(session, wish, form.code.data or "", browser, now=now())
        return url_for("pledges.check_letter", number=signed.number, hash=signed.digest)

    return act
