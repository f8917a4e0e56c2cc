"""What somebody filed for others: her own list, how each stands, and consent taken back."""

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, requires
from portal.accounts.rules import Permission
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.reports.forms.desk import read_key
from portal.reports.forms.track import ConfirmForm
from portal.reports.labels.case import EVENTS, SOURCES, STATE_KINDS, reason_words
from portal.reports.labels.doors import BEHALVES, CONSENT_WAYS, PROXY_RELATIONS
from portal.reports.labels.public import state_words
from portal.reports.queries.case import CaseReporterRow, CaseRow
from portal.reports.queries.doors import (
    FILED_PAGE,
    ProxyRow,
    filed_by,
    filed_case,
    proxy_by_reporter,
)
from portal.reports.queries.links import reporter_row
from portal.reports.queries.page import case_page
from portal.reports.service.consent import withdraw_consent
from portal.reports.service.loop import may_see
from portal.reports.views.blueprint import bp
from portal.reports.views.reporter_session import forget_reporter, own_case

MINE_TAKEN_BACK = _l("Your consent was taken back. What was known of you is deleted.")
TAKEN_BACK = _l("The consent was taken back. What was known of the resident is deleted.")


@bp.get("/desk/filed")
@requires(Permission.REPORT_FILE)
def filed() -> ResponseReturnValue:
    """Everything I filed for others, the newest first."""
    me, before = current_actor().person_id, clean_number(request.args.get("before", "")[:20])
    last = filed_case(reading(), me, before, _of()) if me and before else None
    rows = filed_by(reading(), me, last[1].id if last else None) if me else []
    shown = rows[:FILED_PAGE]
    end = shown[-1] if len(rows) > FILED_PAGE else None
    return render_template(
        "reports/desk/filed.html",
        rows=shown,
        next_url=url_for("reports.filed", before=end.number, of=end.id) if end else None,
        first_url=url_for("reports.filed") if last else None,
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "state_words": state_words,
        "state_kinds": STATE_KINDS,
        "sources": SOURCES,
        "behalves": BEHALVES,
        "relations": PROXY_RELATIONS,
        "consent_ways": CONSENT_WAYS,
        "events": EVENTS,
        "reason_words": reason_words,
    }


def _of() -> UUID | None:
    """Which of my filings on a matter is meant."""
    return read_key(request.args.get("of"))


def _mine(number: str) -> tuple[CaseRow, ProxyRow]:
    """What I filed; anything else is not there."""
    known, me = clean_number(number), current_actor().person_id
    found = filed_case(reading(), me, known, _of()) if known and me else None
    if found is None:
        raise Missing
    return found


@bp.get("/desk/filed/<number>")
@requires(Permission.REPORT_FILE)
def filed_matter(number: str) -> ResponseReturnValue:
    """How a matter that I filed stands, step by step. I follow it; the resident rates it."""
    case, proxy = _mine(number)
    return render_template(
        "reports/desk/filed_matter.html",
        case=case,
        proxy=proxy,
        page=case_page(reading(), case, None),
        may_open=may_see(current_actor(), case),
        **_words(),
    )


@bp.get("/desk/filed/<number>/paper")
@requires(Permission.REPORT_FILE)
def filed_paper(number: str) -> ResponseReturnValue:
    """The photo of the signed paper, for whoever took it."""
    _, proxy = _mine(number)
    if proxy.paper_key is None:
        raise Missing
    content = instance().blobs.open(proxy.paper_key)
    response = send_file(BytesIO(content), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.route("/desk/filed/<number>/consent", methods=["GET", "POST"])
@requires(Permission.REPORT_FILE)
def filed_consent(number: str) -> ResponseReturnValue:
    """The resident has told me that she takes her consent back."""
    case, proxy = _mine(number)
    back = url_for("reports.filed_matter", number=case.number, of=proxy.id)
    return answer(
        ConfirmForm(),
        "reports/desk/filed_consent.html",
        lambda writer: _take_back(writer, proxy, back),
        thanks=TAKEN_BACK,
        case=case,
        back=back,
    )


def _take_back(writer: Session, proxy: ProxyRow, back: str) -> str:
    reporter = reporter_row(writer, proxy.district, proxy.reporter_id)
    if reporter is None:
        raise Missing
    withdraw_consent(writer, reporter, now=now())
    return back


def _agreed(reporter: CaseReporterRow) -> ProxyRow:
    """The filing to which she agreed, or 404."""
    proxy = proxy_by_reporter(reading(), reporter.district, reporter.id)
    if proxy is None or proxy.consent_way is None:
        raise Missing
    return proxy


@bp.route("/reports/<number>/consent", methods=["GET", "POST"])
@public
def own_consent(number: str) -> ResponseReturnValue:
    """A resident for whom somebody filed takes her consent back herself."""
    case, reporter = own_case(number)
    proxy = _agreed(reporter)

    def act(writer: Session) -> str:
        return _take_back(writer, proxy, url_for("reports.track"))

    response = answer(
        ConfirmForm(), "reports/public/consent.html", act, thanks=MINE_TAKEN_BACK, case=case
    )
    if not isinstance(response, tuple):
        forget_reporter(case.number)
    return response
