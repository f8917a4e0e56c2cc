"""The report on one page, for devices whose network comes and goes (R-phones)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public
from portal.areas.queries import root_areas
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Conflict, Refused
from portal.kernel.i18n import current_language
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer, submit
from portal.kernel.web import Session, instance, reading
from portal.reports.forms.offline import OfflineForm, offline_form
from portal.reports.labels.categories import GROUPS
from portal.reports.queries.categories import categories_on
from portal.reports.queries.kinds import emergencies, questions_of, subkinds_of
from portal.reports.rules.categories import CategoryRow, FunctionGroup
from portal.reports.rules.intake import MOST_PHOTOS, MOST_WORDS, RECEIPT_LIFETIME, Contact
from portal.reports.rules.kinds import Question
from portal.reports.rules.offline import token_of
from portal.reports.service.offline import Sent, complete, send_offline, sent_before
from portal.reports.service.places import finer_places
from portal.reports.views.blueprint import bp
from portal.reports.views.draft_session import RECEIPT_COOKIE, keep_cookie
from portal.reports.views.intake_details import city_time, whom_to_call
from portal.reports.views.warning import alarm_of

LONGEST_KEY = 80
SOUNDS = _l(
    "Your words sound as if somebody may be in danger right now. We do not answer within minutes:"
    " call first."
)
KEPT = _l(
    "Nothing is lost: your report is kept here. If nobody is in danger, press “Send now” again."
)
JSON, PAGE = "application/json", "reports/new/offline.html"


@bp.route("/reports/offline", methods=["GET", "POST"])
@public
def offline() -> ResponseReturnValue:
    """Everything on one page. A script sends it with its answer in JSON; a form without one."""
    form = _form()
    alarm = alarm_of(form)
    if request.method == "POST" and request.accept_mimetypes.best == JSON:
        return _answered_in_json(form, alarm)
    if alarm:
        status = 200 if form.validate() else 422
        page = render_template(PAGE, form=form, alarm=alarm, **_context(bare=False))
        return page, status
    response = answer(form, PAGE, _sending(form), **_context(bare=False))
    if not isinstance(response, tuple):
        token = token_of(form.draft_key.data)
        keep_cookie(RECEIPT_COOKIE, token, int(RECEIPT_LIFETIME.total_seconds()))
    return response


@bp.get("/reports/offline/shell")
@public
def offline_shell() -> ResponseReturnValue:
    """The same page without anything personal: what a device keeps for a time without network."""
    return render_template(PAGE, form=_form(), **_context(bare=True))


@bp.get("/reports/offline/token")
@public
def offline_token() -> ResponseReturnValue:
    """A fresh form token and the time, asked for right before a kept report is sent."""
    form = OfflineForm(formdata=None)
    made = {"csrf_token": form.csrf_token.current_token, "now": int(now().timestamp() * 1000)}
    response = jsonify(made)
    response.headers["Cache-Control"] = "no-store"
    return response


def _context(*, bare: bool) -> dict[str, Any]:
    every = whom_to_call(list(emergencies()))["numbers"]
    return {"bare": bare, "most": MOST_PHOTOS, "longest": MOST_WORDS, "every_number": every}


def _form() -> OfflineForm:
    """The form with its lists."""
    # a usual answer is shown; one that does not come is not made up
    day = city_day(now(), instance().city.zone)
    rows = categories_on(reading(), day)
    given = {"contact": Contact.NONE.value if request.method == "GET" else None}
    form = offline_form(_further(rows, day), city_time(), given)
    kinds = [
        (group.value, GROUPS[group], [row for row in rows if row.group is group])
        for group in FunctionGroup
    ]
    roots = root_areas(reading())
    streets = finer_places(reading(), roots[0].code if len(roots) == 1 else None)
    form.prepare(kinds, streets, signed_in=current_actor().signed_in, now=now())
    return form


def _further(rows: Sequence[CategoryRow], day: date) -> dict[str, list[Question]]:
    """What is asked about hazards: a finer kind may put a report into the urgent lane (R023)."""
    found = {
        row.code: [replace(q, category=row.code) for q in questions_of(row.code, day)]
        for row in rows
        if row.urgent or any(subkind.hazard for subkind in subkinds_of(row.code))
    }
    return {code: asked for code, asked in found.items() if asked}


def _sending(form: OfflineForm, sent: list[Sent] | None = None) -> Any:
    """What sends the form; the receipt is put into ``sent``."""

    def act(session: Session) -> str:
        photos = form.photos.data
        street = (form.street.data or "")[:LONGEST_KEY]
        answers = form.report(current_language())
        key, at = form.draft_key.data or "", now()
        found = sent_before(session, key, current_actor().person_id) or send_offline(
            session,
            key,
            complete(session, answers, street=street, photos=photos, now=at),
            owner=photos.owner, actor=current_actor(), address=request.remote_addr or "", now=at,
        )  # fmt: skip
        if sent is not None:
            sent.append(found)
        return url_for("reports.done")

    return act


def _answered_in_json(form: OfflineForm, alarm: dict[str, Any] | None) -> ResponseReturnValue:
    """Number, code and link; or what is wrong with which field; or, once, whom to call first."""
    sent: list[Sent] = []
    status = 422
    if form.validate() and not alarm:
        try:
            submit(form, _sending(form, sent))
        except Refused as refusal:
            form.refuse(refusal)
            status = 409 if isinstance(refusal, Conflict) else 422
        else:
            return _receipt(sent[0] if sent else _repeated(form))
    errors = [{"field": field, "text": text} for field, text in form.summary()]
    told = _alarm_words(alarm) if alarm else {"errors": []}
    told["errors"] += errors
    return jsonify(told), status, {"Cache-Control": "no-store"}


def _alarm_words(alarm: dict[str, Any]) -> dict[str, Any]:
    """The same in words: the script shows them, and the numbers, beside what it keeps."""
    calls = [number for number, _ in alarm["numbers"]]
    words = [{"field": "words", "text": str(one)} for one in (SOUNDS, *alarm["advice"], KEPT)]
    return {"errors": words, "calls": calls}


def _repeated(form: OfflineForm) -> Sent | None:
    """What a form that came twice had sent the first time."""
    return sent_before(reading(), form.draft_key.data, current_actor().person_id)


def _receipt(sent: Sent | None) -> ResponseReturnValue:
    if sent is None:
        return jsonify(errors=[]), 409, {"Cache-Control": "no-store"}
    link = f"/r/{sent.token}" if sent.token else f"/reports/{sent.number}"
    made = {"number": sent.number, "code": sent.code, "link": link, "again": sent.again}
    return jsonify(made), 200, {"Cache-Control": "no-store"}
