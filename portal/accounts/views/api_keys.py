"""Keys of programs: issued here, shown once, ended here."""

from functools import partial

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.forms import NewKeyForm, PlainForm
from portal.accounts.labels import API_SCOPES
from portal.accounts.rules import ApiScope, Permission
from portal.accounts.service.api_keys import (
    IssuedKey,
    KeyWish,
    issue_key,
    keys_in_reach,
    revoke_key,
)
from portal.accounts.views.blueprint import bp
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading


@bp.get("/admin/keys", endpoint="api_keys")
@requires(Permission.API_KEY_MANAGE)
def keys() -> ResponseReturnValue:
    """The keys that this administrator looks after."""
    rows = keys_in_reach(reading(), current_actor())
    return render_template("accounts/api_keys.html", rows=rows, form=PlainForm(), scopes=API_SCOPES)


@bp.route("/admin/keys/new", methods=["GET", "POST"], endpoint="new_api_key")
@requires(Permission.API_KEY_MANAGE)
def new_key() -> ResponseReturnValue:
    """Issue a key, and show it once."""
    form, issued = NewKeyForm(), list[IssuedKey]()
    response = answer(form, "accounts/new_api_key.html", partial(_issue, form, issued))
    if not issued:
        return response
    base = f"{instance().config.origin}/open311/v2/"
    page = render_template("accounts/api_key.html", key=issued[0], base=base)
    return page, 200, {"Cache-Control": "no-store"}


def _issue(form: NewKeyForm, issued: list[IssuedKey], session: Session) -> str:
    wish = KeyWish(
        form.name.data or "", form.organisation.data or "", form.person.data or "",
        [ApiScope(code) for code in form.scopes.data or ()],
    )  # fmt: skip
    issued.append(issue_key(session, current_actor(), wish, now=now()))
    return url_for("accounts.api_keys")


@bp.post("/admin/keys/<number>/revoke", endpoint="revoke_api_key")
@requires(Permission.API_KEY_MANAGE)
def revoke(number: str) -> ResponseReturnValue:
    """End a key at once."""
    rows = keys_in_reach(reading(), current_actor())
    act = partial(_revoke, number)
    return answer(
        PlainForm(), "accounts/api_keys.html", act, thanks=_l("Done."), rows=rows, scopes=API_SCOPES
    )


def _revoke(number: str, session: Session) -> str:
    revoke_key(session, current_actor(), number, now=now())
    return url_for("accounts.api_keys")
