"""The community desk's printed cards."""

from functools import partial

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service
from portal.accounts.access import current_actor, requires
from portal.accounts.forms import NewCardForm, PlainForm
from portal.accounts.queries import cards_of_desk
from portal.accounts.rules import AgeBand, Permission
from portal.accounts.service import IssuedCard
from portal.accounts.views.blueprint import bp
from portal.kernel.clock import now
from portal.kernel.pages import answer
from portal.kernel.qr import qr_svg
from portal.kernel.web import Session, instance, reading


@bp.get("/desk/cards")
@requires(Permission.CARD_ISSUE)
def cards() -> ResponseReturnValue:
    """Cards of this desk."""
    rows = cards_of_desk(reading(), current_actor())
    return render_template("accounts/cards.html", rows=rows, form=PlainForm())


@bp.route("/desk/cards/new", methods=["GET", "POST"])
@requires(Permission.CARD_ISSUE)
def new_card() -> ResponseReturnValue:
    """Open an account for somebody without a phone and print her card, once."""
    form, issued = NewCardForm(), list[IssuedCard]()
    response = answer(form, "accounts/new_card.html", partial(_open, form, issued))
    return _print(issued[0]) if issued else response


def _open(form: NewCardForm, issued: list[IssuedCard], session: Session) -> str:
    new = service.NewPerson(
        name=form.name.data or "",
        age_band=AgeBand(form.age_band.data),
        guardian_agrees=form.guardian.data,
    )
    issued.append(service.open_card(session, current_actor(), new, now=now()))
    return url_for("accounts.cards")


def _print(card: IssuedCard) -> str:
    origin = instance().config.origin
    address = origin + url_for("accounts.sign_in_card", card=card.token)
    return render_template("accounts/card.html", card=card, qr=qr_svg(address), origin=origin)


@bp.post("/desk/cards/<number>/replace")
@requires(Permission.CARD_ISSUE)
def replace_card(number: str) -> ResponseReturnValue:
    """Print a new card for a lost or locked one."""
    form, issued = PlainForm(), list[IssuedCard]()
    rows = cards_of_desk(reading(), current_actor())
    response = answer(form, "accounts/cards.html", partial(_replace, number, issued), rows=rows)
    return _print(issued[0]) if issued else response


def _replace(number: str, issued: list[IssuedCard], session: Session) -> str:
    issued.append(service.replace_card(session, current_actor(), number, now=now()))
    return url_for("accounts.cards")


@bp.post("/desk/cards/<number>/revoke")
@requires(Permission.CARD_ISSUE)
def revoke_card(number: str) -> ResponseReturnValue:
    """Stop a card."""
    rows = cards_of_desk(reading(), current_actor())
    return answer(PlainForm(), "accounts/cards.html", partial(_revoke, number), rows=rows)


def _revoke(number: str, session: Session) -> str:
    service.revoke_card(session, current_actor(), number, now=now())
    return url_for("accounts.cards")
