"""Something in my ledger is wrong: asking to have it corrected, and what was answered (L14)."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from credit.forms.asking import AskForm
from credit.labels.asking import ASK_SHAPES, ASK_STATES
from credit.queries.asking import fresh_answers, own_request, own_requests
from credit.queries.mine import Line
from credit.rules.ladder import FIRST_STEP, step_of
from credit.service.asking import ask_correction, own_line, withdraw_request
from credit.views.blueprint import bp
from credit.views.mine_words import code_of, entry_behind, row_of
from portal.accounts.access import current_actor, signed_in
from portal.accounts.forms import PlainForm
from portal.accounts.service.news import register_news
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading

DAYS = step_of(FIRST_STEP).days
THANKS = _l("Your request is here. You find it on this page until it is answered, and afterwards.")


def _me() -> UUID:
    person_id = current_actor().person_id
    if person_id is None:
        raise Missing
    return person_id


@bp.route("/credit/entries/<code>/wrong", methods=["GET", "POST"])
@signed_in
def ask_about_entry(code: str) -> ResponseReturnValue:
    """Say what is wrong with an entry of mine."""
    line, form = _line(code), AskForm()
    if line.matter is not None:
        raise Missing
    return answer(
        form, "credit/mine/ask.html", partial(_ask, form, line.entry.id), thanks=THANKS,
        row=row_of(line), days=DAYS,
    )  # fmt: skip


def _line(code: str) -> Line:
    entry_id = entry_behind(code)
    if entry_id is None:
        raise Missing
    return own_line(reading(), _me(), entry_id)


def _ask(form: AskForm, entry_id: UUID | None, session: Session) -> str:
    ask_correction(session, _me(), entry_id, form.words.data or "", now=now())
    return url_for("credit.my_requests")


@bp.route("/credit/corrections/new", methods=["GET", "POST"])
@signed_in
def ask_about_detail() -> ResponseReturnValue:
    """Say that something else that the ledger says about me is wrong."""
    form = AskForm()
    act = partial(_ask, form, None)
    return answer(form, "credit/mine/ask.html", act, thanks=THANKS, row=None, days=DAYS)


@bp.get("/credit/corrections/")
@signed_in
def my_requests() -> ResponseReturnValue:
    """What I asked to have corrected, until when it is answered, and the answers."""
    return render_template("credit/mine/requests.html", form=PlainForm(), **_mine())


def _mine() -> dict[str, Any]:
    rows = own_requests(reading(), _me())
    return {
        "rows": rows,
        "entries": {row.id: code_of(row.entry_id) for row in rows if row.entry_id},
        "corrected": {row.id: code_of(row.corrected_id) for row in rows if row.corrected_id},
        "states": ASK_STATES,
        "shapes": ASK_SHAPES,
        "now": now(),
    }


@bp.post("/credit/corrections/<number>/withdraw")
@signed_in
def withdraw_my_request(number: str) -> ResponseReturnValue:
    """Take a request back."""
    if own_request(reading(), _me(), number) is None:
        raise Missing
    act = partial(_withdraw, number)
    thanks = _l("Your request is taken back.")
    return answer(PlainForm(), "credit/mine/requests.html", act, thanks=thanks, **_mine())


def _withdraw(number: str, session: Session) -> str:
    withdraw_request(session, _me(), number, now=now())
    return url_for("credit.my_requests")


register_news("credit.my_requests", fresh_answers, "credit/mine/requests_news.html")
