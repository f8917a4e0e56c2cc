"""The rights over one's ledger: take it away, print it, have it erased (L14)."""

import json

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue

from credit.forms.mine import EraseLedgerForm
from credit.queries.mine import lines_of, mine
from credit.service.download import ledger_file
from credit.service.personal import PART
from credit.views.blueprint import bp
from credit.views.mine import places_of
from credit.views.mine_words import rows_of
from portal.accounts.access import current_actor, signed_in
from portal.accounts.service import erase_part
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading


@bp.get("/credit/ledger.json")
@signed_in
def ledger_json() -> ResponseReturnValue:
    """Everything as a file."""
    found = ledger_file(reading(), current_actor().person_id, now=now())
    body = json.dumps(found, ensure_ascii=False, indent=2)
    headers = {
        "Content-Disposition": "attachment; filename=gongzhi-ledger.json",
        "Cache-Control": "private, no-store",
    }
    return Response(body, mimetype="application/json", headers=headers)


@bp.get("/credit/print")
@signed_in
def print_ledger() -> ResponseReturnValue:
    """Everything on paper."""
    who = mine(reading(), current_actor().person_id)
    rows = rows_of(lines_of(reading(), who.accounts, None, limit=None))
    places = places_of(reading(), who)
    return render_template("credit/mine/print.html", places=places, rows=rows, at=now())


@bp.route("/credit/erase", methods=["GET", "POST"])
@signed_in
def erase_ledger() -> ResponseReturnValue:
    """Erase the ledger only; the account and everything else stay."""
    thanks = _l("Your points and records are erased.")
    return answer(EraseLedgerForm(), "credit/mine/erase.html", _erase, thanks=thanks)


def _erase(session: Session) -> str:
    actor = current_actor()
    erase_part(session, actor, actor.person_id, PART, now=now())
    return url_for("credit.ledger")
