"""Signing with help at the door or at the desk, and the sheet for those who sign by hand."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from pledges.forms.signing import AssistForm
from pledges.labels.clauses import AXES
from pledges.rules.clauses import Letter
from pledges.service.assisted import door_to_help, sign_assisted, ways_of
from pledges.service.inspections import INSPECT
from pledges.views.blueprint import bp
from pledges.views.signing import sending
from pledges.views.signing_page import SigningPage, converse, filled, signing_page
from portal.accounts.access import current_actor, requires
from portal.accounts.views.browser import this_browser
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import Act
from portal.kernel.qr import qr_svg
from portal.kernel.web import Session, instance, reading
from portal.kernel.words import say

FOLDER = "pledges/signing"
TAKEN = _l("Signed. Whoever has the telephone of the register finds the letter under My page.")


@bp.route("/desk/pledges/sign/<premises>", methods=["GET", "POST"])
@requires(INSPECT)
def desk_sign(premises: str) -> ResponseReturnValue:
    """Read aloud, tick with the owner, and take her signature."""
    page = _page(premises)
    if page.why is not None and page.shut:
        return render_template(f"{FOLDER}/desk_none.html", page=page, why=say(page.why)), 409
    given = filled(page, AssistForm)
    given.form.offer(ways_of(current_actor(), page.door))
    return converse(
        page, given, f"{FOLDER}/desk_sign.html", thanks=TAKEN, send=sending(page, given.form),
        sign=_signing(page, given.form),
    )  # fmt: skip


def _page(premises: str) -> SigningPage:
    door = door_to_help(reading(), current_actor(), premises)
    return signing_page(door, Letter.FRONTAGE, by_code=False)


def _signing(page: SigningPage, form: AssistForm) -> Act:
    actor, browser = current_actor(), this_browser(form)

    def act(session: Session) -> str:
        wish = form.wish(page.door.number, Letter.FRONTAGE)
        signed = sign_assisted(
            session, actor, wish, form.code.data or "", form.paper.data, browser, now=now()
        )
        return url_for("pledges.check_letter", number=signed.number, hash=signed.digest)

    return act


@bp.get("/desk/pledges/sign/<premises>/sheet")
@requires(INSPECT)
def desk_sign_sheet(premises: str) -> ResponseReturnValue:
    """The form on paper: the notice, the clauses with boxes, room for a signature."""
    page = _page(premises)
    if page.why is not None and page.shut:
        return render_template(f"{FOLDER}/desk_none.html", page=page, why=say(page.why)), 409
    link = f"{instance().config.origin}{url_for('pledges.desk_sign', premises=page.door.number)}"
    return render_template(
        f"{FOLDER}/desk_sheet.html", page=page, axes=AXES, qr=qr_svg(link), url=link
    )
