"""Ends without a unit, as the reporter meets them: solved by herself, or in her building."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public
from portal.areas.queries import root_areas
from portal.kernel.clock import now
from portal.kernel.i18n import current_language, in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.reports.forms.doors import (
    SettledForm,
    SolvedDoorForm,
    SolvedForm,
    solved_door_form,
)
from portal.reports.forms.rating import YES
from portal.reports.queries.case import CaseReporterRow, CaseRow
from portal.reports.queries.categories import categories_on
from portal.reports.queries.doors import proxy_by_reporter
from portal.reports.queries.page import case_page
from portal.reports.rules.codes import State
from portal.reports.rules.doors import is_awaited
from portal.reports.rules.intake import MOST_PHOTOS, MOST_WORDS, RECEIPT_LIFETIME, Contact
from portal.reports.rules.offline import token_of
from portal.reports.rules.transitions import UNDONE
from portal.reports.service.ends import confirm_settled, deny_settled, solve_case
from portal.reports.service.offline import complete, sent_before
from portal.reports.service.places import finer_places
from portal.reports.service.solved_door import send_solved
from portal.reports.views.blueprint import bp
from portal.reports.views.draft_session import RECEIPT_COOKIE, keep_cookie
from portal.reports.views.intake_details import city_time, today
from portal.reports.views.reporter_session import own_case

LONGEST_KEY = 80
ANSWERED = _l("Thank you for your answer.")


def end_actions(case: CaseRow, reporter: CaseReporterRow) -> list[str]:
    """What a reporter's page offers of these; the services decide again."""
    unseen = case.urgent and case.state is State.REPORTED
    found = ["self_solve"] if case.state in UNDONE and reporter.own and not unseen else []
    found += ["settled"] if reporter.own and _asked(case) else []
    proxy = proxy_by_reporter(reading(), reporter.district, reporter.id)
    return [*found, "consent"] if proxy is not None and proxy.consent_way else found


def _asked(case: CaseRow) -> bool:
    """Whether her word is waited for; a new round of work wipes the day."""
    return case.state is State.HANDLED and is_awaited(case.confirm_until, now())


def _page_of(case: CaseRow) -> str:
    return url_for("reports.show", number=case.number)


@bp.route("/reports/<number>/solved", methods=["GET", "POST"])
@public
def self_solve(number: str) -> ResponseReturnValue:
    """自行解决: it is solved, by itself or by whoever reported it, with a photo (R276)."""
    case, reporter = own_case(number)
    form = SolvedForm()

    def act(writer: Session) -> str:
        words, photos = form.words.data, form.photos.data
        return _page_of(solve_case(writer, case, reporter, words=words, photos=photos, now=now()))

    thanks = _l("Thank you for solving it. Somebody looks at your photo before everybody sees it.")
    return answer(form, "reports/public/self_solve.html", act, thanks=thanks, case=case)


@bp.route("/reports/<number>/settled", methods=["GET", "POST"])
@public
def settled(number: str) -> ResponseReturnValue:
    """The head of the building says that it is solved: is it?"""
    case, reporter = own_case(number)
    if request.method == "GET" and not _asked(case):
        return redirect(_page_of(case))
    form = SettledForm()

    def act(writer: Session) -> str:
        return _page_of(_answered(writer, case, reporter, form))

    page = case_page(reading(), case, reporter)
    return answer(form, "reports/public/settled.html", act, thanks=ANSWERED, case=case, page=page)


def _answered(
    writer: Session, case: CaseRow, reporter: CaseReporterRow, form: SettledForm
) -> CaseRow:
    if form.answer.data == YES:
        return confirm_settled(writer, case, reporter, now=now())
    return deny_settled(writer, case, reporter, words=form.words.data, now=now())


@bp.route("/reports/solved", methods=["GET", "POST"])
@public
def solved_door() -> ResponseReturnValue:
    """I saw it and solved it myself: before and after in one go."""
    form = _solved_form()
    limits = {"most": MOST_PHOTOS, "longest": MOST_WORDS}
    response = answer(form, "reports/new/solved.html", _sending(form), **limits)
    if not isinstance(response, tuple):
        token = token_of(form.draft_key.data)
        keep_cookie(RECEIPT_COOKIE, token, int(RECEIPT_LIFETIME.total_seconds()))
    return response


def _solved_form() -> SolvedDoorForm:
    contact = Contact.NONE.value if request.method == "GET" else None
    form = solved_door_form(city_time(), contact=contact)
    roots = root_areas(reading())
    streets = finer_places(reading(), roots[0].code if len(roots) == 1 else None)
    form.prepare(streets, signed_in=current_actor().signed_in, protected=False, now=now())
    # what is aimed at somebody, or may hurt, is not for one person to declare solved
    kinds = [row for row in categories_on(reading(), today()) if _harmless(row)]
    form.offer_kinds([(row.code, in_words(row.names)) for row in kinds])
    return form


def _harmless(row: Any) -> bool:
    return not row.protected and not row.urgent


def _sending(form: SolvedDoorForm) -> Any:
    def act(writer: Session) -> str:
        key, at = form.draft_key.data or "", now()
        if sent_before(writer, key, current_actor().person_id) is None:
            answers = form.report(form.category.data or "", current_language())
            street = (form.street.data or "")[:LONGEST_KEY]
            whole = complete(writer, answers, street=street, photos=form.photos.data, now=at)
            send_solved(
                writer, key, whole, owner=form.photos.data.owner, how=form.how.data or "",
                after=form.after.data,
                actor=current_actor(), address=request.remote_addr or "", now=at,
            )  # fmt: skip
        return url_for("reports.done")

    return act
