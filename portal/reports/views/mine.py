"""My reports, and what a reporter can do with one: urge, withdraw, add a photo."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, signed_in
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import reading
from portal.reports.forms.track import ConfirmForm, MorePhotosForm, ReplyForm
from portal.reports.labels.case import STATE_KINDS
from portal.reports.labels.public import state_words
from portal.reports.queries.case import CaseRow, question_of
from portal.reports.queries.mine import my_page
from portal.reports.service.clockwork import answer_question
from portal.reports.service.reporter import add_reporter_photo, urge_case, withdraw_case
from portal.reports.views.blueprint import bp
from portal.reports.views.reporter_session import own_case


@bp.get("/me/reports")
@signed_in
def my_reports() -> ResponseReturnValue:
    """Everything the signed-in person reported, newest first."""
    page = my_page(reading(), current_actor().person_id, before=request.args.get("before", "")[:20])
    return render_template(
        "reports/public/mine.html", page=page, state_words=state_words, state_kinds=STATE_KINDS
    )


@bp.route("/reports/<number>/urge", methods=["GET", "POST"])
@public
def urge(number: str) -> ResponseReturnValue:
    """Ask for speed (催办)."""
    case, reporter = own_case(number)
    return answer(
        ConfirmForm(),
        "reports/public/urge.html",
        lambda session: _page_of(urge_case(session, case, reporter, now=now())),
        thanks=_l("Your reminder is noted. Everybody who works on it can see it."),
        case=case,
    )


@bp.route("/reports/<number>/withdraw", methods=["GET", "POST"])
@public
def withdraw(number: str) -> ResponseReturnValue:
    """Take a report back (撤回)."""
    case, reporter = own_case(number)
    return answer(
        ConfirmForm(),
        "reports/public/withdraw.html",
        lambda session: _page_of(withdraw_case(session, case, reporter, now=now())),
        thanks=_l("Your report was withdrawn."),
        case=case,
    )


@bp.route("/reports/<number>/photo", methods=["GET", "POST"])
@public
def add_photo(number: str) -> ResponseReturnValue:
    """Add photos later."""
    case, reporter = own_case(number)
    form = MorePhotosForm()
    return answer(
        form,
        "reports/public/add_photo.html",
        lambda session: _page_of(
            add_reporter_photo(session, case, form.photos.data, now=now(), reporter=reporter)
        ),
        thanks=_l("Thank you. The public sees the photo once it was checked."),
        case=case,
    )


@bp.route("/reports/<number>/reply", methods=["GET", "POST"])
@public
def reply(number: str) -> ResponseReturnValue:
    """Answer what staff has asked: with words, a photo or both."""
    case, reporter = own_case(number)
    if request.method == "GET" and not case.question_open:
        return redirect(_page_of(case))
    form = ReplyForm()
    return answer(
        form,
        "reports/public/reply.html",
        lambda session: _page_of(answer_question(session, case, reporter, now=now(), **form.said)),
        thanks=_l("Thank you. The work goes on."),
        case=case,
        question=question_of(reading(), case),
    )


def _page_of(case: CaseRow) -> str:
    return url_for("reports.show", number=case.number)
