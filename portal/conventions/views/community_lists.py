"""Heads and services of a community from a table."""

from collections.abc import Callable

from flask import url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.conventions.forms.community import ListForm
from portal.conventions.service.community_lists import BadList, import_heads, import_services
from portal.conventions.service.places import MANAGE, place_here
from portal.conventions.views.blueprint import bp
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.kernel.words import Words, say

SAVED = _l("Taken over.")


@bp.route("/desk/communities/<code>/heads/table", methods=["GET", "POST"])
@requires(MANAGE)
def desk_heads_table(code: str) -> ResponseReturnValue:
    """Take heads over from a table."""
    return _page(
        code, import_heads, _l("Heads from a table"),
        _l(
            "Columns: role (building, road or liaison), covers, name, starts_on; if known also "
            "phone, ends_on, agreed (yes). Chinese names of columns are read too."
        ),
    )  # fmt: skip


@bp.route("/desk/communities/<code>/services/table", methods=["GET", "POST"])
@requires(MANAGE)
def desk_services_table(code: str) -> ResponseReturnValue:
    """Take services over from a table."""
    return _page(
        code, import_services, _l("Services from a table"),
        _l(
            "Columns: title, located, offers; if known also hours, office_phone, bring. "
            "Chinese names of columns are read too."
        ),
    )  # fmt: skip


def _page(
    code: str, take: Callable[..., int], title: Words, hint: Words
) -> ResponseReturnValue:  # fmt: skip
    area, form = place_here(reading(), current_actor(), code), ListForm()
    flaws = list[tuple[int, str]]()

    def act(session: Session) -> str:
        try:
            take(session, current_actor(), area.code, form.content(), form.chosen(), now=now())
        except BadList as bad:
            flaws.extend((flaw.line, say(flaw.code)) for flaw in bad.flaws)
            raise
        return url_for("conventions.desk_community", code=area.code)

    return answer(
        form, "conventions/communities/desk/form.html", act, thanks=SAVED, title=title,
        code=area.code, place=area, hint=hint, flaws=flaws, files=True,
    )  # fmt: skip
