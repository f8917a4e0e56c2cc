"""Rights over one's data: see, take away, erase; and the public page that says what is kept."""

import json

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service
from portal.accounts.access import current_actor, forget, public, signed_in
from portal.accounts.forms import SureForm
from portal.accounts.labels import kept_in_words, records_in_words
from portal.accounts.views.blueprint import bp
from portal.kernel.clock import now
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading


@bp.get("/me/data")
@signed_in
def my_data() -> ResponseReturnValue:
    """Everything that is kept about me, to read."""
    found = service.export_person(reading(), current_actor().person_id, now=now())
    rows = records_in_words(found["records"], service.personal_fields())
    return render_template("accounts/data.html", rows=rows)


@bp.get("/me/data.json")
@signed_in
def my_data_file() -> ResponseReturnValue:
    """The same, to take away."""
    found = service.export_person(reading(), current_actor().person_id, now=now())
    body = json.dumps(found, ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": "attachment; filename=gongzhi-my-data.json"}
    return Response(body, mimetype="application/json", headers=headers)


@bp.route("/me/erase", methods=["GET", "POST"])
@signed_in
def erase_me() -> ResponseReturnValue:
    """Erase my account, after I said that I am sure."""
    form = SureForm()
    response = answer(form, "accounts/erase.html", _erase)
    if isinstance(response, Response) and response.status_code == 303:
        forget()
    return response


def _erase(session: Session) -> str:
    actor = current_actor()
    service.erase_person(session, actor, actor.person_id, now=now())
    return url_for("accounts.erased")


@bp.get("/erased")
@public
def erased() -> ResponseReturnValue:
    """Said after an erasure."""
    return render_template("accounts/erased.html")


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """What is kept, why, on which ground and how long: generated from the registry (P1)."""
    rows = kept_in_words(service.personal_fields(), instance().city.thresholds)
    return render_template("accounts/privacy.html", rows=rows)
