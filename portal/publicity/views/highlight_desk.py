"""Highlights of a pilot at the desk: written, approved by another, taken off."""

from typing import Any, Final

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.areas.queries import areas_by_ids, places_to_choose
from portal.kernel.clock import city_day, now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.organisations.queries import organisations_by_ids, units_to_choose
from portal.publicity.forms.highlights import ApproveForm, EndHighlightForm, HighlightForm
from portal.publicity.queries.highlights import PAGE, HighlightRow, highlights_kept
from portal.publicity.service.highlights import (
    APPROVE,
    WRITE,
    approve_highlight,
    end_highlight,
    highlight_here,
    write_highlight,
)
from portal.publicity.views.blueprint import bp

FOLDER: Final = "publicity/highlights/desk"
SAVED = _l("Saved.")


def said_by(rows: list[HighlightRow]) -> dict[str, Any]:
    """The units and places of highlights, for their names."""
    return {
        "highlights": rows,
        "units": organisations_by_ids(reading(), {row.organisation_id for row in rows}),
        "places": areas_by_ids(reading(), {row.area_id for row in rows}),
    }


def _desk() -> str:
    return url_for("publicity.desk_highlights")


@bp.get("/desk/highlights/")
@requires(WRITE)
def desk_highlights() -> ResponseReturnValue:
    """Those of my places, what waits first."""
    typed = request.args.get("page", "")
    page = int(typed) if typed.isascii() and typed.isdigit() and 0 < len(typed) < 5 else 1
    page = max(page, 1)
    found = highlights_kept(reading(), current_actor().places_for(WRITE), page)
    following = page + 1 if len(found) > PAGE else None
    return render_template(f"{FOLDER}/list.html", **said_by(found[:PAGE]), following=following)


@bp.route("/desk/highlights/new", methods=["GET", "POST"])
@requires(WRITE)
def desk_highlight_new() -> ResponseReturnValue:
    """Write one."""
    form = HighlightForm()

    def act(session: Session) -> str:
        write_highlight(session, current_actor(), form.wish(), now=now())
        return _desk()

    thanks = _l("Saved. Somebody else approves it before it is shown.")
    return answer(form, f"{FOLDER}/new.html", act, thanks=thanks, **_choices())


def _choices() -> dict[str, Any]:
    """The places and units of whoever writes."""
    actor, today = current_actor(), city_day(now(), instance().city.zone)
    places = actor.places_for(WRITE)
    units = units_to_choose(reading(), places, actor.organisations_for(WRITE), on=today)
    return {"to_choose": places_to_choose(reading(), places), "units": units}


@bp.route("/desk/highlights/<number>/approve", methods=["GET", "POST"])
@requires(APPROVE)
def desk_highlight_approve(number: str) -> ResponseReturnValue:
    """Show it."""
    row, form = highlight_here(reading(), current_actor(), number), ApproveForm()

    def act(session: Session) -> str:
        approve_highlight(session, current_actor(), row.number, now=now())
        return _desk()

    words = {"heading": _l("Approve"), "ends": False, **said_by([row])}
    return answer(form, f"{FOLDER}/step.html", act, thanks=SAVED, **words)


@bp.route("/desk/highlights/<number>/end", methods=["GET", "POST"])
@requires(WRITE)
def desk_highlight_end(number: str) -> ResponseReturnValue:
    """Take it off."""
    row, form = highlight_here(reading(), current_actor(), number), EndHighlightForm()

    def act(session: Session) -> str:
        end_highlight(session, current_actor(), row.number, form.why.data or "", now=now())
        return _desk()

    words = {"heading": _l("Take it off"), "ends": True, **said_by([row])}
    return answer(form, f"{FOLDER}/step.html", act, thanks=SAVED, **words)
