"""Listed supervision at the desk: the list, listing by hand, the condition, taking off."""

from datetime import timedelta
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Actor, Permission
from portal.areas.queries import areas_by_codes
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Forbidden
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.organisations.queries import organisations_by_ids
from portal.reports.forms.supervision import ConditionForm, DelistForm, ListForm
from portal.reports.labels.case import STATE_KINDS, STATES
from portal.reports.labels.supervision import ENDINGS
from portal.reports.queries.supervision import (
    Board,
    ListingRow,
    SupervisionCount,
    desk_board,
    supervision_counts,
)
from portal.reports.rules.supervision import condition_for
from portal.reports.rules.transitions import OPEN
from portal.reports.service.desk import DeskCase
from portal.reports.service.loop import case_as_seen
from portal.reports.service.supervision import (
    change_condition,
    delist,
    list_case,
    listing_here,
    may_supervise,
)
from portal.reports.views.blueprint import bp
from portal.reports.views.desk_case import case_here, case_words
from portal.reports.views.desk_queue import case_url

COUNTED = timedelta(days=30)
SUPERVISE = Permission.REPORT_SUPERVISE
_LIST_WORDS = {"endings": ENDINGS, "states": STATES, "kinds": STATE_KINDS}


@bp.get("/desk/supervision")
@requires(Permission.REPORT_READ)
def desk_supervision() -> ResponseReturnValue:
    """What is listed among the cases I may read, and what counts of it in the score."""
    actor, moment = current_actor(), now()
    after = clean_number(request.args.get("after", ""))
    page = desk_board(reading(), actor, moment, after=after)
    return render_template(
        "reports/desk/supervision.html",
        board=page,
        places=areas_by_codes(reading(), page.codes),
        may_list=actor.may(SUPERVISE),
        **_LIST_WORDS,
        **_pages(page, after),
        **_counts(actor),
    )


def _pages(page: Board, after: str | None) -> dict[str, str | None]:
    """Where the list goes on, and where it began."""
    following = url_for("reports.desk_supervision", after=page.next_after)
    return {
        "next_url": following if page.next_after else None,
        "first_url": url_for("reports.desk_supervision") if after else None,
    }


def _counts(actor: Actor) -> dict[str, Any]:
    """What counts in the score of each unit, for those who read figures."""
    if not actor.may(Permission.FIGURES_READ):
        return {"counts": [], "counted": {}}
    today = city_day(now(), instance().city.zone)
    scopes = actor.places_for(Permission.FIGURES_READ)
    rows: list[SupervisionCount] = supervision_counts(reading(), scopes, today - COUNTED, today)
    return {
        "counts": rows,
        "counted": organisations_by_ids(reading(), {r.unit_id for r in rows if r.unit_id}),
    }


@bp.route("/desk/cases/<number>/list", methods=["GET", "POST"])
@requires(SUPERVISE)
def desk_list_case(number: str) -> ResponseReturnValue:
    """Put a case on the list by hand, with a reason."""
    page, form = case_here(number), ListForm()
    if not may_supervise(current_actor(), page.case):
        raise Forbidden
    return answer(
        form,
        "reports/desk/list_case.html",
        lambda session: _list(session, page, form),
        thanks=_l("It is on the list now. The unit is told."),
        default=_default(page),
        back=case_url(page.case.number),
        **case_words(page),
    )


def _list(session: Session, page: DeskCase, form: ListForm) -> str:
    actor, number = current_actor(), page.case.number
    case = case_as_seen(session, number, actor)
    reason, condition = form.reason.data, form.condition.data
    list_case(session, case, actor=actor, now=now(), reason=reason, condition=condition)
    return case_url(number)


def _default(page: DeskCase) -> Any:
    """What the list of conditions says of a case's kind."""
    return condition_for(page.case.category_code, page.group).words


@bp.route("/desk/supervision/<number>/condition", methods=["GET", "POST"])
@requires(SUPERVISE)
def desk_condition(number: str) -> ResponseReturnValue:
    """Say in other words when a matter is taken off the list."""
    listing, form = _listing(number), ConditionForm()
    if request.method == "GET":
        form.condition.data = listing.condition
    return answer(
        form,
        "reports/desk/condition.html",
        lambda session: _change(session, listing, form),
        thanks=_l("The condition is changed."),
        listing=listing,
        back=case_url(listing.case_number),
    )


def _change(session: Session, listing: ListingRow, form: ConditionForm) -> str:
    condition = form.condition.data
    change_condition(session, listing.number, actor=current_actor(), now=now(), condition=condition)
    return case_url(listing.case_number)


@bp.route("/desk/supervision/<number>/delist", methods=["GET", "POST"])
@requires(SUPERVISE)
def desk_delist(number: str) -> ResponseReturnValue:
    """Take a matter off the list, because its condition is met."""
    listing, form = _listing(number), DelistForm()
    return answer(
        form,
        "reports/desk/delist.html",
        lambda session: _delist(session, listing, form),
        thanks=_l("It is taken off the list."),
        listing=listing,
        still_open=listing.state in OPEN,
        back=case_url(listing.case_number),
    )


def _delist(session: Session, listing: ListingRow, form: DelistForm) -> str:
    finding = form.finding.data
    delist(session, listing.number, actor=current_actor(), now=now(), finding=finding)
    return case_url(listing.case_number)


def _listing(number: str) -> ListingRow:
    return listing_here(reading(), clean_number(number) or "", current_actor(), now())
