"""The short address of a matter, and the text with it that is pasted into a group."""

from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.kernel.errors import Missing
from portal.kernel.i18n import in_words
from portal.kernel.ids import clean_number
from portal.kernel.web import instance
from portal.reports.labels.public import state_words
from portal.reports.labels.share import desk_share, public_share
from portal.reports.queries.page import CasePage
from portal.reports.service.desk import DeskCase
from portal.reports.views.blueprint import bp


@bp.get("/m/<number>")
@public
def short(number: str) -> ResponseReturnValue:
    """The short address: short enough for a text message and for reading aloud."""
    known = clean_number(number)
    if known is None:
        raise Missing
    return redirect(url_for("reports.show", number=known), 302)


def short_address(number: str) -> str:
    """The short address as it is pasted."""
    return f"{instance().config.origin}{url_for('reports.short', number=number)}"


def public_card(page: CasePage) -> dict[str, Any]:
    """Text and card of a public matter. Of a person or a shop they hold what its page shows (P5).

    Nothing for a matter that is not public, though its reporter sees its page.
    """
    case = page.case
    if not case.listed:
        return {"share": "", "card": None}
    kind = in_words(page.kind.names) if page.kind else case.number
    streets = [area for area in page.areas if area.level == "street"] or page.areas[-1:]
    street = in_words(streets[0].names) if streets else ""
    step, protected = str(state_words(case.state)), page.publicity.protected
    shown = [photo for photo in (*page.after, *page.before) if photo.public and not protected]
    return {
        "share": public_share(kind, street, step, short_address(case.number)),
        "card": {
            "title": kind,
            "description": " · ".join(part for part in (street, step, case.number) if part),
            "photo": shown[0].code if shown else None,
        },
    }


def staff_share(page: DeskCase) -> str:
    """What may be pasted into a group of those who work on a case."""
    case = page.case
    internal = f"{instance().config.origin}{url_for('reports.desk_case', number=case.number)}"
    shown = ""
    if case.listed:
        street = next((place for place in page.places if place.level == "street"), None)
        names = in_words(street.names) if street else ""
        kind, step = in_words(page.category), str(state_words(case.state))
        shown = public_share(kind, names, step, short_address(case.number))
    return desk_share(case.number, shown, internal)
