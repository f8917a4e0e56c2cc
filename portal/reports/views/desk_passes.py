"""Links at the desk: making them, taking them back, and what is made of what came by them."""

from functools import partial
from typing import Any

from flask import redirect, render_template, request, url_for
from flask import session as browser_session
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.kernel.clock import now
from portal.kernel.errors import Forbidden, Missing
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.qr import qr_svg
from portal.kernel.web import Session, instance, reading
from portal.reports.forms.batches import ConfirmForm
from portal.reports.forms.passes import CameForm, ForwardForm, HelperForm
from portal.reports.labels.case import DESK_EVENTS
from portal.reports.queries.passes import handed_over_by
from portal.reports.rules.codes import Event
from portal.reports.rules.passes import EntryKind, EntryState
from portal.reports.service.desk import DeskCase
from portal.reports.service.loop import case_as_seen
from portal.reports.service.pass_desk import (
    Came,
    came_here,
    came_photo,
    pass_here,
    pass_on_answer,
    set_aside,
    take_over_work,
)
from portal.reports.service.passes import (
    Made,
    answer_day,
    forward_case,
    helper_hours,
    let_in_helper,
    may_forward,
    may_let_in,
    may_name_reporter,
    take_back_pass,
)
from portal.reports.views.blueprint import bp
from portal.reports.views.desk_case import case_here, case_page, case_words
from portal.reports.views.desk_queue import case_url
from portal.reports.views.links_panel import link_words
from portal.reports.views.photos import PRIVATE, file_response

SECONDS = 600
ASIDE = "aside"


@bp.route("/desk/cases/<number>/helper", methods=["GET", "POST"])
@requires(Permission.REPORT_HANDLE)
def desk_helper(number: str) -> ResponseReturnValue:
    """A link for a helper without an account: one case, some hours, in the unit's name."""
    page, form = case_here(number), HelperForm()
    if not may_let_in(reading(), page.case, current_actor(), now()):
        raise Forbidden
    form.offer(*helper_hours(reading()))
    act = partial(_let_in, page, form)
    back = case_url(page.case.number)
    return answer(form, "reports/desk/helper.html", act, back=back, **case_words(page))


def _let_in(page: DeskCase, form: HelperForm, session: Session) -> str:
    actor = current_actor()
    case = case_as_seen(session, page.case.number, actor)
    made = let_in_helper(session, case, form.wish(), actor=actor, now=now())
    return _ticket(made, page.case.number)


@bp.route("/desk/cases/<number>/forward", methods=["GET", "POST"])
@requires(Permission.REPORT_ACCEPT)
def desk_forward(number: str) -> ResponseReturnValue:
    """A link for the authority that has the matter now."""
    page, form = case_here(number), ForwardForm()
    if not may_forward(page.case, current_actor()):
        raise Forbidden
    if request.method == "GET":
        awaited = handed_over_by(reading(), page.case)
        form.answer_by.data = (awaited[2] if awaited else None) or answer_day(reading(), now())
    names = may_name_reporter(page.case, current_actor())
    act = partial(_forward, page, form)
    words = {"back": case_url(page.case.number), "may_name": names, **case_words(page)}
    return answer(form, "reports/desk/forward.html", act, **words)


def _forward(page: DeskCase, form: ForwardForm, session: Session) -> str:
    actor = current_actor()
    case = case_as_seen(session, page.case.number, actor)
    made = forward_case(session, case, form.wish(), actor=actor, now=now())
    return _ticket(made, page.case.number)


def _ticket(made: Made, number: str) -> str:
    """Where the new link is shown, in this browser only: the address itself holds no secret."""
    until = int(now().timestamp()) + SECONDS
    text = f"{browser_session['browser']} {number} {made.token} {until}"
    return url_for("reports.desk_link_made", ticket=instance().vault.seal(text))


@bp.get("/desk/links/made/<ticket>")
@requires(Permission.DESK_OPEN)
def desk_link_made(ticket: str) -> ResponseReturnValue:
    """The new link, once: to send, to print or to show as a code."""
    try:
        browser, number, token, until = instance().vault.unseal(ticket).split(" ")
    except ValueError:
        raise Missing from None
    if browser != browser_session.get("browser") or now().timestamp() > int(until):
        return redirect(case_url(number))
    url = f"{instance().config.origin}/l/{token}"
    page = render_template(
        "reports/desk/link_made.html", url=url, qr=qr_svg(url), back=case_url(number),
        text=_("Matter %(number)s: %(url)s", number=number, url=url), case_number=number,
    )  # fmt: skip
    return page, 200, {"Cache-Control": "no-store"}


@bp.post("/desk/links/<number>/revoke")
@requires(Permission.DESK_OPEN)
def desk_revoke_link(number: str) -> ResponseReturnValue:
    """Take a link back: it opens nothing from now on."""
    row, case = pass_here(reading(), number, current_actor())
    page, form = case_here(case.number), ConfirmForm()
    form.look_at(page.case.version)

    def act(session: Session) -> str:
        take_back_pass(session, case, row, actor=current_actor(), now=now())
        return case_url(case.number)

    thanks = _l("The link is taken back.")
    return answer(form, "reports/desk/case.html", act, thanks=thanks, **case_page(page))


@bp.route("/desk/came/<number>", methods=["GET", "POST"])
@requires(Permission.DESK_OPEN)
def desk_came(number: str) -> ResponseReturnValue:
    """What came by a link: take it over, pass it on, or set it aside."""
    came, case = came_here(reading(), number, current_actor())
    page, form = case_here(case.number), CameForm()
    form.look_at(page.case.version)
    if request.method == "GET":
        form.words.data = came.entry.words or ""
    act = partial(_decide, page, came, form)
    return answer(form, "reports/desk/came.html", act, **_came_words(page, came))


def _came_words(page: DeskCase, came: Came) -> dict[str, Any]:
    step = Event.HANDLE if came.entry.kind is EntryKind.DONE else Event.OUTSIDE_ANSWER
    return {
        "came": came,
        "step": step,
        "fits": step in page.steps and came.entry.state is EntryState.WAITING,
        "waits": came.entry.state is EntryState.WAITING,
        "event_words": DESK_EVENTS,
        "back": case_url(page.case.number),
        **link_words(),
        **case_words(page),
    }


def _decide(page: DeskCase, came: Came, form: CameForm, session: Session) -> str:
    by: dict[str, Any] = {"actor": current_actor(), "now": now()}
    number = page.case.number
    if request.form.get("do") == ASIDE:
        case = case_as_seen(session, number, by["actor"])
        set_aside(session, case, came, **by)
    else:
        case = case_as_seen(session, number, by["actor"], seen=form.seen)
        helper = came.entry.kind is EntryKind.DONE
        (take_over_work if helper else pass_on_answer)(
            session, case, came, words=form.words.data, **by
        )
    return case_url(number)


@bp.get("/desk/came/photos/<code>")
@requires(Permission.DESK_OPEN)
def desk_came_photo(code: str) -> ResponseReturnValue:
    """A photo that came by a link and waits."""
    small = request.args.get("size") == "small"
    return file_response(came_photo(reading(), code, current_actor(), small=small), PRIVATE)
