"""Finding one's own report again: by receipt, by a link to one's phone, by the link itself."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import instance, reading, writing
from portal.reports.forms.track import CodeForm, ConfirmForm, LinkForm
from portal.reports.queries.links import link_target
from portal.reports.rules.codes import LinkPurpose
from portal.reports.service.links import revoke_links
from portal.reports.service.track import open_by_code, send_own_link
from portal.reports.views.blueprint import bp
from portal.reports.views.reporter_session import forget_reporter, own_case, remember_reporter

TICKET_SECONDS = 600
SENT = _l(
    "If the number and the phone belong together, a link is on its way to the phone. It may take a"
    " minute."
)


@bp.route("/track", methods=["GET", "POST"])
@public
def track() -> ResponseReturnValue:
    """Open one's report with number and look-up code."""
    form = CodeForm(number=request.args.get("number", "")[:40])
    number, address = form.number.data or "", request.remote_addr or ""
    return answer(
        form,
        "reports/public/track.html",
        lambda writer: _ticket(
            number, open_by_code(writer, number, form.code.data, address=address, now=now())
        ),
    )


def _ticket(number: str, reporter_id: UUID) -> str:
    """An address that opens the report in this browser only: a repeated POST gets it again."""
    until = int(now().timestamp()) + TICKET_SECONDS
    text = f"{session['browser']} {clean_number(number)} {reporter_id.hex} {until}"
    return url_for("reports.opened", ticket=instance().vault.seal(text))


@bp.get("/track/opened/<ticket>")
@public
def opened(ticket: str) -> ResponseReturnValue:
    """Remember in this browser what the right code has opened."""
    try:
        browser, number, reporter_id, until = instance().vault.unseal(ticket).split(" ")
    except ValueError:
        raise Missing from None
    # the next at a shared computer finds it in the history
    if browser != session.get("browser") or now().timestamp() > int(until):
        raise Missing
    remember_reporter(number, UUID(reporter_id))
    return redirect(url_for("reports.show", number=number), 303)


@bp.route("/track/link", methods=["GET", "POST"])
@public
def track_link() -> ResponseReturnValue:
    """Have a link sent to the phone that was left with the report."""
    form = LinkForm(number=request.args.get("number", "")[:40])
    number, address = form.number.data or "", request.remote_addr or ""

    def send(writer: Any) -> str:
        send_own_link(writer, number, form.phone.data, address=address, now=now())
        return url_for("reports.track")

    return answer(form, "reports/public/track_link.html", send, thanks=SENT)


@bp.get("/r/<token>")
@public
def open_link(token: str) -> ResponseReturnValue:
    """A link from a receipt or a message: this browser may see the report for a while."""
    target = link_target(reading(), token, now())
    if target is None:
        return render_template("reports/public/link_over.html"), 404
    remember_reporter(target.number, target.reporter.id)
    rating = target.purpose is LinkPurpose.RATE
    endpoint = "reports.rate" if rating else "reports.show"
    response = redirect(url_for(endpoint, number=target.number), 303)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.route("/reports/<number>/close-receipt", methods=["POST"])
@public
def close_receipt(number: str) -> ResponseReturnValue:
    """Forget a receipt on a shared computer."""
    case, _ = own_case(number)
    if ConfirmForm().validate():
        forget_reporter(case.number)
        flash(str(_l("This report is closed on this device.")), "success")
        return redirect(url_for("reports.track"), 303)
    return redirect(url_for("reports.show", number=case.number), 303)


@bp.route("/reports/<number>/close-links", methods=["POST"])
@public
def close_links(number: str) -> ResponseReturnValue:
    """End every link that was sent to the reporter, for example because a phone is lost."""
    case, reporter = own_case(number)
    if ConfirmForm().validate():
        with writing() as session:
            revoke_links(session, reporter, now=now())
        flash(
            str(_l("The links are closed. You can have a new one sent to your phone.")), "success"
        )
    return redirect(url_for("reports.show", number=case.number), 303)
