"""Public replies of owners: written under /me, looked at by the desk."""

from functools import partial

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from pledges.forms.breaches import SureForm
from pledges.forms.owner_replies import SHOW, DecideReplyForm, PublicReplyForm
from pledges.labels.personal import REPLY_STATES
from pledges.queries.alliances import shops_of
from pledges.queries.owner_replies import replies_of, replies_waiting
from pledges.rules.standing import ReplyState
from pledges.service.inspections import REVIEW
from pledges.service.owner_replies import (
    decide_reply,
    own_reply,
    reply_here,
    say_in_public,
    take_back,
)
from pledges.views.blueprint import bp
from portal.accounts.access import current_actor, requires, signed_in
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading

FOLDER = "pledges/replies"
SENT = _l("Sent. It stands on the page of your shop once somebody has looked at it.")
BACK = _l("Taken back. Your words are gone.")
DECIDED = _l("Done. The shop can read it.")


@bp.get("/me/replies")
@signed_in
def my_replies() -> ResponseReturnValue:
    """What I said for my shops, and for which I can say something."""
    person_id = current_actor().person_id
    if person_id is None:
        raise Missing
    return render_template(
        f"{FOLDER}/mine.html", rows=replies_of(reading(), person_id), states=REPLY_STATES,
        shops=shops_of(reading(), person_id),
        open=(ReplyState.WAITING, ReplyState.SHOWN, ReplyState.REFUSED),
    )  # fmt: skip


@bp.route("/me/replies/at/<number>", methods=["GET", "POST"])
@signed_in
def my_reply_new(number: str) -> ResponseReturnValue:
    """Say something for a shop."""
    person_id, code = current_actor().person_id, clean_number(number)
    shops = shops_of(reading(), person_id) if person_id else []
    shop = next((one for one in shops if one.number == code), None)
    if shop is None:
        raise Missing
    form = PublicReplyForm()
    act = partial(_say, shop.number, form)
    return answer(form, f"{FOLDER}/new.html", act, thanks=SENT, shop=shop)


def _say(number: str, form: PublicReplyForm, session: Session) -> str:
    say_in_public(session, current_actor(), number, form.words.data or "", now=now())
    return url_for("pledges.my_replies")


@bp.route("/me/replies/<number>/back", methods=["GET", "POST"])
@signed_in
def my_reply_back(number: str) -> ResponseReturnValue:
    """Take it back."""
    row = own_reply(reading(), current_actor(), number)
    act = partial(_back, row.number)
    return answer(SureForm(), f"{FOLDER}/back.html", act, thanks=BACK, row=row)


def _back(number: str, session: Session) -> str:
    take_back(session, current_actor(), number, now=now())
    return url_for("pledges.my_replies")


@bp.get("/desk/pledges/replies/")
@requires(REVIEW)
def desk_replies() -> ResponseReturnValue:
    """What waits to be looked at in my places."""
    rows = replies_waiting(reading(), current_actor().places_for(REVIEW))
    return render_template(f"{FOLDER}/desk.html", rows=rows)


@bp.route("/desk/pledges/replies/<number>", methods=["GET", "POST"])
@requires(REVIEW)
def desk_reply(number: str) -> ResponseReturnValue:
    """Show a reply, or not."""
    row, form = reply_here(reading(), current_actor(), number), DecideReplyForm()
    act = partial(_decide, row.number, form)
    return answer(form, f"{FOLDER}/decide.html", act, thanks=DECIDED, row=row)


def _decide(number: str, form: DecideReplyForm, session: Session) -> str:
    decide_reply(
        session, current_actor(), number, show=form.outcome.data == SHOW,
        reason=form.reason.data or "", now=now(),
    )  # fmt: skip
    return url_for("pledges.desk_replies")
