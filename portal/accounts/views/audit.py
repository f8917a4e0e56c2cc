"""The auditors' page: looks at identities, changes of roles and rules."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.labels import actions
from portal.accounts.queries import audit_entries
from portal.accounts.rules import Permission
from portal.accounts.views.blueprint import bp
from portal.accounts.views.paging import cursor, page
from portal.kernel.web import reading


@bp.get("/audit/")
@requires(Permission.AUDIT_READ)
def audit() -> ResponseReturnValue:
    """Newest first, by action when one is chosen."""
    action = request.args.get("action", "")
    before = cursor(request.args.get("before"))
    shown, following = page(audit_entries(reading(), action or None, before))
    return render_template(
        "accounts/audit.html",
        rows=shown,
        following=following,
        action=action,
        actions=actions(),
        may_decide_personal=current_actor().may(Permission.IDENTITY_APPROVE),
    )
