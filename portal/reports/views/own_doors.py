"""Doors of their own (R259, R138): a behaviour that was seen, and suggestions; a page each."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public
from portal.areas.queries import root_areas
from portal.kernel.clock import now
from portal.kernel.i18n import current_language
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.reports.forms.own_doors import OwnDoorForm, own_door_form
from portal.reports.queries.kinds import questions_of
from portal.reports.rules.intake import MOST_PHOTOS, MOST_WORDS, RECEIPT_LIFETIME, Contact
from portal.reports.rules.kinds import BEHAVIOUR, SUGGESTION
from portal.reports.rules.offline import token_of
from portal.reports.service.offline import complete, send_offline, sent_before
from portal.reports.service.places import finer_places
from portal.reports.views.blueprint import bp
from portal.reports.views.draft_session import RECEIPT_COOKIE, keep_cookie
from portal.reports.views.intake_details import city_time
from portal.reports.views.warning import alarm_of

LONGEST_KEY = 80


@bp.route("/reports/behaviour", methods=["GET", "POST"])
@public
def behaviour() -> ResponseReturnValue:
    """An act, a place, a time and how it can be shown; no name is asked, nothing is ever public."""
    return _door(BEHAVIOUR, "reports/new/behaviour.html", words_needed=False)


@bp.route("/reports/suggestion", methods=["GET", "POST"])
@public
def suggestion() -> ResponseReturnValue:
    """What somebody would like to have, or better: answered, not repaired."""
    return _door(SUGGESTION, "reports/new/suggestion.html", words_needed=True)


def _door(category: str, template: str, *, words_needed: bool) -> ResponseReturnValue:
    form = _form(category, words_needed=words_needed)
    limits, alarm = {"most": MOST_PHOTOS, "longest": MOST_WORDS}, alarm_of(form)
    if alarm:
        status = 200 if form.validate() else 422
        return render_template(template, form=form, alarm=alarm, **limits), status
    response = answer(form, template, _sending(form, category), **limits)
    if not isinstance(response, tuple):
        token = token_of(form.draft_key.data)
        keep_cookie(RECEIPT_COOKIE, token, int(RECEIPT_LIFETIME.total_seconds()))
    return response


def _form(category: str, *, words_needed: bool) -> OwnDoorForm:
    """The form with its lists. A usual answer is shown; one that does not come is not made up."""
    contact = Contact.NONE.value if request.method == "GET" else None
    questions, moment = questions_of(category), city_time()
    form = own_door_form(questions, moment, words_needed=words_needed, contact=contact)
    roots = root_areas(reading())
    streets = finer_places(reading(), roots[0].code if len(roots) == 1 else None)
    protected = category == BEHAVIOUR
    signed_in = current_actor().signed_in
    form.prepare(streets, signed_in=signed_in, protected=protected, now=now())
    return form


def _sending(form: OwnDoorForm, category: str) -> Any:
    def act(session: Session) -> str:
        key, at = form.draft_key.data or "", now()
        if sent_before(session, key, current_actor().person_id) is None:
            answers = form.report(category, current_language())
            street = (form.street.data or "")[:LONGEST_KEY]
            whole = complete(session, answers, street=street, photos=form.photos.data, now=at)
            send_offline(
                session, key, whole, owner=form.photos.data.owner, actor=current_actor(),
                address=request.remote_addr or "", now=at,
            )  # fmt: skip
        return url_for("reports.done")

    return act
