"""Signing in by code, password, card or link, and out again."""

from functools import partial

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service
from portal.accounts.access import current_actor, forget, public
from portal.accounts.forms import (
    CardForm,
    CodeForm,
    LinkForm,
    NextForm,
    PasswordForm,
    PhoneForm,
    PlainForm,
)
from portal.accounts.queries import pending_phone
from portal.accounts.service import Welcome
from portal.accounts.views.blueprint import bp
from portal.accounts.views.browser import this_browser, welcomed
from portal.kernel.clock import now
from portal.kernel.i18n import gettext as _
from portal.kernel.pages import answer, local_path, submit
from portal.kernel.web import Session, reading


def _onward(form: NextForm, welcome: Welcome) -> str:
    """Where a sign-in leads: to the page asked for; staff give their second step first."""
    goal = local_path(form.next.data, url_for("accounts.start"))
    if welcome.second_step:
        return url_for("accounts.give_factor", next=goal)
    return goal


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Ask for a phone number and send it a code."""
    form = PhoneForm()
    if not form.is_submitted() and current_actor().signed_in:
        return redirect(local_path(form.next.data, url_for("accounts.start")), 303)
    return answer(form, "accounts/sign_in.html", partial(_send_code, form))


def _send_code(form: PhoneForm, session: Session) -> str:
    service.send_code(session, form.phone.data, this_browser(form), now=now())
    return url_for("accounts.enter_code", next=local_path(form.next.data, "") or None)


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
def enter_code() -> ResponseReturnValue:
    """Ask for the code that was sent."""
    form = CodeForm()
    phone = pending_phone(reading(), str(session.get("browser", "")))
    if phone is None and not form.is_submitted():
        return redirect(url_for("accounts.sign_in", next=form.next.data or None), 303)
    response = answer(form, "accounts/code.html", partial(_enter_code, form), phone=phone)
    return welcomed(form, response)


def _enter_code(form: CodeForm, session: Session) -> str:
    welcome = service.sign_in_with_code(session, form.code.data, this_browser(form), now=now())
    return _onward(form, welcome)


@bp.route("/sign-in/password", methods=["GET", "POST"])
@public
def sign_in_password() -> ResponseReturnValue:
    """Sign in with phone and password."""
    form = PasswordForm()
    response = answer(form, "accounts/password.html", partial(_enter_password, form))
    return welcomed(form, response)


def _enter_password(form: PasswordForm, session: Session) -> str:
    welcome = service.sign_in_with_password(
        session, form.phone.data, form.password.data, this_browser(form), now=now()
    )
    return _onward(form, welcome)


@bp.route("/sign-in/card", methods=["GET", "POST"])
@public
def sign_in_card() -> ResponseReturnValue:
    """Sign in with a printed card; its QR opens this page with the card filled in."""
    form = CardForm()
    response = answer(form, "accounts/card_sign_in.html", partial(_enter_card, form))
    return welcomed(form, response)


def _enter_card(form: CardForm, session: Session) -> str:
    welcome = service.sign_in_with_card(
        session, form.card.data, form.pin.data, this_browser(form), now=now()
    )
    return _onward(form, welcome)


@bp.route("/sign-in/link", methods=["GET", "POST"])
@public
def sign_in_link() -> ResponseReturnValue:
    """Opening a printed link shows a button; only pressing it spends the link."""
    form = LinkForm()
    response = answer(form, "accounts/link.html", partial(_follow_link, form))
    return welcomed(form, response)


def _follow_link(form: LinkForm, session: Session) -> str:
    welcome = service.sign_in_with_link(
        session, form.token.data or "", this_browser(form), now=now()
    )
    return _onward(form, welcome)


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End this browser's session and empty its cookie."""
    form = PlainForm()
    if not form.validate():
        return render_template("accounts/sign_out.html", form=form), 422
    response = submit(form, _sign_out)
    forget()
    flash(_("You are signed out."), "success")
    return response


def _sign_out(session: Session) -> str:
    service.sign_out(session, current_actor(), now=now())
    return url_for("site.home")
