"""A guardian's yes: asked by the child, given behind a link, ended by either (L1)."""

from functools import partial
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from credit.forms.guardian import AgreeForm, AskGuardianForm
from credit.queries.guardian import agreed_by, last_request
from credit.service.guardian import (
    agree_as_guardian,
    ask_guardian,
    end_as_child,
    end_as_guardian,
    request_for,
)
from credit.views.blueprint import bp
from portal.accounts.access import current_actor, signed_in
from portal.accounts.queries import age_band_of
from portal.accounts.rules import AgeBand
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.forms import Form
from portal.kernel.i18n import current_language
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.kernel.words import say


def _me() -> UUID:
    person_id = current_actor().person_id
    if person_id is None:
        raise Missing
    return person_id


@bp.route("/credit/guardian", methods=["GET", "POST"])
@signed_in
def guardian() -> ResponseReturnValue:
    """For a child: ask a guardian, and how it stands. For a guardian: for whom she agreed."""
    form, session = AskGuardianForm(), reading()
    return answer(
        form, "credit/guardian/status.html", partial(_ask, form),
        thanks=_l("If this number can receive messages, the link is on its way."),
        is_child=age_band_of(session, _me()) is AgeBand.UNDER_14, at=now(), action=Form(),
        last=last_request(session, _me()), children=agreed_by(session, _me()),
    )  # fmt: skip


def _ask(form: AskGuardianForm, session: Session) -> str:
    phone = form.phone.data or ""
    ask_guardian(session, _me(), phone, language=current_language(), now=now())
    return url_for("credit.guardian")


@bp.route("/credit/guardian/stop", methods=["GET", "POST"])
@signed_in
def stop_guardian() -> ResponseReturnValue:
    """The child ends it: the yes, or the question."""
    last = last_request(reading(), _me())
    if last is None or last.ended_at is not None:
        raise Missing
    return answer(Form(), "credit/guardian/stop.html", _stop, thanks=_l("Ended."), last=last)


def _stop(session: Session) -> str:
    end_as_child(session, _me(), now=now())
    return url_for("credit.guardian")


@bp.route("/credit/guardian/end/<number>", methods=["GET", "POST"])
@signed_in
def end_guardian(number: str) -> ResponseReturnValue:
    """The guardian ends her yes."""
    row = next((one for one in agreed_by(reading(), _me()) if one.number == number), None)
    if row is None or not row.holds:
        raise Missing
    act = partial(_end, row.number)
    return answer(Form(), "credit/guardian/end.html", act, thanks=_l("Ended."), row=row)


def _end(number: str, session: Session) -> str:
    end_as_guardian(session, number, _me(), now=now())
    return url_for("credit.guardian")


@bp.route("/credit/guardian/<token>", methods=["GET", "POST"])
@signed_in
def answer_as_guardian(token: str) -> ResponseReturnValue:
    """Behind the link: what is asked, for whom, and yes. Doing nothing is no."""
    row, refusal = request_for(reading(), token, _me(), now=now())
    if refusal is not None:
        return render_template("credit/guardian/not_yours.html", why=say(refusal)), 403
    form = AgreeForm()
    return answer(
        form, "credit/guardian/answer.html", partial(_agree, token, form), row=row,
        thanks=_l("Thank you. The child gets points from now on; you can end it here any time."),
    )  # fmt: skip


def _agree(token: str, form: AgreeForm, session: Session) -> str:
    agree_as_guardian(
        session, token, _me(), states=bool(form.states.data),
        districts=instance().city.roots, now=now(),
    )  # fmt: skip
    return url_for("credit.guardian")
