"""Public pages: the list with its search and filters, and the page of one case."""

from datetime import datetime, timedelta

from babel.dates import format_skeleton
from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.kernel.clock import city_day, local, now
from portal.kernel.errors import Missing
from portal.kernel.forms import clean_text
from portal.kernel.i18n import current_language
from portal.kernel.ids import clean_number
from portal.kernel.qr import qr_svg
from portal.kernel.web import instance, reading
from portal.kernel.words import say
from portal.reports.forms.track import ConfirmForm
from portal.reports.labels.case import PUBLIC_STATES, STATE_KINDS, reason_words
from portal.reports.labels.categories import GROUPS
from portal.reports.labels.clock import PAUSED
from portal.reports.labels.kinds import answer_rows
from portal.reports.labels.outside import OUTSIDE_KINDS
from portal.reports.labels.public import FACTS, NEXT, progress, state_words, took_words
from portal.reports.queries.answers import answers_shown
from portal.reports.queries.case import CaseReporterRow, CaseRow, as_it_stands
from portal.reports.queries.listing import Listing, listing
from portal.reports.queries.outside import outside_of
from portal.reports.queries.page import CasePage, case_page
from portal.reports.queries.public import PublicRow
from portal.reports.queries.rating import rating_standing
from portal.reports.rules.codes import State
from portal.reports.rules.listing import PAGE, Asked
from portal.reports.rules.pauses import is_late_at
from portal.reports.rules.transitions import OPEN, UNHANDLED
from portal.reports.service.atlas import small_map, window_around
from portal.reports.views.blueprint import bp
from portal.reports.views.ends import end_actions
from portal.reports.views.following import following_of
from portal.reports.views.neighbours import around, can_say, led_on
from portal.reports.views.reporter_session import by_receipt, case_or_missing, reporter_for
from portal.reports.views.share import public_card
from portal.reports.views.shown_steps import shown_steps, units_working

LONGEST, MOST_QUERY = 200, 4_000
FEW = 6


@bp.app_template_filter("month")
def month(value: datetime) -> str:
    """The city's month in words: all that is told of when a delicate matter was reported."""
    at = local(value, instance().city.zone)
    return format_skeleton("yMMMM", at, tzinfo=at.tzinfo, locale=current_language())


@bp.app_template_filter("took")
def took(case: PublicRow) -> str:
    """How many days a settled matter took; nothing where even the day is not told."""
    if case.state is not State.CLOSED or case.closed_at is None or not case.timed:
        return ""
    zone = instance().city.zone
    return took_words((city_day(case.closed_at, zone) - city_day(case.found_at, zone)).days)


@bp.app_template_filter("state_kind")
def state_kind(state: State) -> str:
    """The shape and colour of a state (``ui/status.html``)."""
    return STATE_KINDS[state]


bp.app_template_filter("state_words")(state_words)


def asked_for() -> Asked:
    """The filters in the address, without what no filter can be."""
    names = ("q", "area", "category", "group", "state", "bbox", "before")
    return Asked(**{name: (clean_text(request.args.get(name)) or "")[:LONGEST] for name in names})


def page_size() -> int:
    """How many reports a page lists: few where letters are large (elder mode)."""
    return FEW if request.cookies.get("elder") == "1" else PAGE


def too_long() -> bool:
    """Whether the address is so long that pages, which repeat it in links, would burst."""
    return len(request.query_string) > MOST_QUERY


def list_context(found: Listing) -> dict[str, object]:
    """What the templates of the list and the map share."""
    used = {kind.group for kind in found.kinds.values()}
    return {
        "listing": found,
        "asked": found.asked,
        "problems": {
            name: say(problem, **FACTS.get(problem, {})) for name, problem in found.problems.items()
        },
        "public_states": PUBLIC_STATES,
        "groups": [(code, words) for code, words in GROUPS.items() if code in used],
        "state_words": state_words,
        "state_kinds": STATE_KINDS,
    }


@bp.get("/reports/")
@public
def public_list() -> ResponseReturnValue:
    """Every report the public may know of, newest first."""
    if too_long():
        return redirect(url_for("reports.public_list", **asked_for().parameters()))
    found = listing(reading(), asked_for(), size=page_size())
    page = render_template("reports/public/list.html", **list_context(found))
    return page, 422 if found.problems else 200


@bp.get("/reports/<number>")
@public
def show(number: str) -> ResponseReturnValue:
    """One report, for anybody, or with more on it for whoever reported it."""
    elsewhere = _elsewhere(number)
    if elsewhere is not None:
        return elsewhere
    page, reporter = visible(number)
    context = {**_context(page), **around(page, reporter), **following_of(page.case, reporter)}
    actions = _actions(page.case, reporter)
    # a form starts a cookie: only for somebody who has one already
    close_form = ConfirmForm() if reporter else None
    return render_template(
        "reports/public/case.html", actions=actions, close_form=close_form,
        spot=small_map(reading(), page), spot_window=window_around(page.point),
        origin=instance().config.origin, **public_card(page), **context,
    )  # fmt: skip


def _elsewhere(number: str) -> ResponseReturnValue | None:
    """Where an address leads that is not a page of its own: the tidy number, or a joined case."""
    known = clean_number(number)
    if known is not None and known != number:
        return redirect(url_for("reports.show", number=known))
    case = case_or_missing(number)
    return led_on(case) if case.state is State.MERGED else None


@bp.get("/reports/<number>/print")
@public
def print_case(number: str) -> ResponseReturnValue:
    """The same on paper."""
    page, _ = visible(number)
    context = _context(page)
    html = render_template(
        "reports/public/print.html", qr=qr_svg(str(context["address"])), **context
    )
    response = make_response(html)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def visible(number: str) -> tuple[CasePage, CaseReporterRow | None]:
    """The case as this visitor may see it; 404 when she may not know of it."""
    case = case_or_missing(number)
    reporter = reporter_for(case)
    if reporter is None and not case.listed:
        raise Missing
    return case_page(reading(), as_it_stands(case, now()), reporter), reporter


def _context(page: CasePage) -> dict[str, object]:
    case = page.case
    names, at = progress(case.state)
    return {
        "page": page,
        "case": case,
        "step_names": names,
        "step_index": at,
        "state_text": state_words(case.state),
        "state_kind": STATE_KINDS[case.state],
        "next_words": NEXT[case.state],
        "shown_steps": shown_steps(page),
        "units_working": units_working(page),
        "reason_words": reason_words,
        "open": case.state in OPEN,
        "late": is_late_at(case, now()),
        "pause_words": PAUSED[case.pause] if case.pause else None,
        "pause_until": case.paused_until - timedelta(microseconds=1) if case.paused_until else None,
        "receipt": by_receipt(case.number),
        "outside": None if page.protected else outside_of(reading(), case),
        "outside_kinds": OUTSIDE_KINDS,
        "answers": answer_rows(answers_shown(reading(), case, page)),
        "address": f"{instance().config.origin}{url_for('reports.show', number=case.number)}",
    }


def _actions(case: CaseRow, reporter: CaseReporterRow | None) -> list[str]:
    """What the reporter can do now; the services decide again."""
    if reporter is None:
        return []
    standing = rating_standing(reading(), case, reporter.id, now(), joined_at=reporter.joined_at)
    found = ["rate"] if standing.refusal is None else []
    found += ["rated"] if standing.mine is not None else []
    found += ["urge", "add_photo"] if case.state in OPEN else []
    asked = case.question_open and reporter.own
    found += ["reply"] if asked and case.state in OPEN else []
    found += ["withdraw"] if case.state in UNHANDLED and reporter.own else []
    found += ["still_there"] if can_say(case, reporter) else []
    return found + end_actions(case, reporter)
