"""The desk's side of honours: what waits, one nomination, its steps."""

from functools import partial
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from credit.forms.honours import CheckForm, PaperAnswerForm, StaffNominationForm, SureForm
from credit.labels.honours import HONOUR_STATES, SAID, kind_words
from credit.queries.honours import HonourRow, open_honours, voices_of
from credit.rules.honours import HonourState, why_not_decide
from credit.rules.kinds import Party
from credit.service.honours.answering import LIVING
from credit.service.honours.checking import check_nomination, reject_nomination
from credit.service.honours.deciding import grant_honour
from credit.service.honours.found import (
    honour_here,
    kind_on,
    kinds_now,
    may_check,
    may_decide,
    places_of,
)
from credit.service.honours.nominating import nominate
from credit.service.honours.paper import answer_on_paper
from credit.views.blueprint import bp
from credit.views.honours import hints_of, named
from portal.accounts.access import current_actor, requires
from portal.accounts.queries import people_by_ids
from portal.accounts.rules import Permission
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.kernel.words import say

DESK = Permission.DESK_OPEN
NOMINATED = _l("The nomination is kept. Now it is checked.")
CHECKED = _l("Checked. The nominee is asked; then somebody else decides.")
GRANTED = _l("Commended.")
ANSWERED = _l("The answer is written down.")
REJECTED = _l("Rejected. Nothing of it is kept.")
ONE = "credit/desk/honour.html"


@bp.get("/desk/honours")
@requires(DESK)
def desk_honours() -> ResponseReturnValue:
    """Nominations of my places that wait to be checked, answered or decided, the oldest first."""
    rows = open_honours(reading(), places_of(current_actor()))
    return render_template(
        "credit/desk/honours.html", rows=rows, states=HONOUR_STATES, kind_words=kind_words,
        moment=now(), may_nominate=current_actor().may(Permission.HONOUR_PROPOSE),
        **named(waiting.row for waiting in rows),
    )  # fmt: skip


@bp.route("/desk/honours/new", methods=["GET", "POST"])
@requires(Permission.HONOUR_PROPOSE)
def desk_nominate() -> ResponseReturnValue:
    """Nominate a person by number or phone, or a shop or unit by its code."""
    form, kinds = StaffNominationForm(), kinds_now(reading(), now())
    form.offer(kinds)
    act = partial(_nominate, form)
    return answer(form, "credit/desk/nominate.html", act, thanks=NOMINATED, hints=hints_of(kinds))


def _nominate(form: StaffNominationForm, session: Session) -> str:
    told = form.told(form.nominee.data or "")
    nominate(session, current_actor(), told, now=now())
    return url_for("credit.desk_honours")


@bp.get("/desk/honours/<number>")
@requires(DESK)
def desk_honour(number: str) -> ResponseReturnValue:
    """One nomination: who wrote what, who it is, and what I can do."""
    row = honour_here(reading(), current_actor(), number)
    return render_template(ONE, form=SureForm(formdata=None), **_about(row))


def _about(row: HonourRow) -> dict[str, Any]:
    """What the page of one nomination shows; the step that is open to its reader."""
    actor, voices = current_actor(), voices_of(reading(), row)
    person = row.holder_id if row.party is Party.PERSON else None
    people = people_by_ids(reading(), [person] if person else [])
    decides = may_decide(reading(), actor, row)
    refusal = why_not_decide(
        row.standing(voice.nominator_id for voice in voices), actor.person_id, now()
    )
    checks = may_check(actor, row.place_path)
    return {
        "row": row,
        "voices": voices,
        "kind": kind_on(reading(), row.kind, row.nominated_at),
        "nominee": people.get(person) if person else None,
        "states": HONOUR_STATES,
        "said": SAID,
        "may_check": checks and row.state is HonourState.NOMINATED,
        "may_grant": decides and refusal is None,
        "why_not": say(refusal) if decides and refusal else "",
        "may_reject": (checks or decides) and row.state is not HonourState.GRANTED,
        "check": CheckForm(formdata=None),
        "paper": PaperAnswerForm(formdata=None),
        "may_answer": checks and row.party is Party.PERSON and row.state in LIVING,
        "sure": SureForm(formdata=None),
        **named([row]),
    }


@bp.post("/desk/honours/<number>/check")
@requires(Permission.HONOUR_PROPOSE)
def desk_check_honour(number: str) -> ResponseReturnValue:
    """Say who it is and what could be shown."""
    row, form = honour_here(reading(), current_actor(), number), CheckForm()

    def act(session: Session) -> str:
        found = check_nomination(session, current_actor(), number, form.check(), now=now())
        return url_for("credit.desk_honour", number=found)

    return answer(form, ONE, act, thanks=CHECKED, **{**_about(row), "check": form})


@bp.post("/desk/honours/<number>/answer")
@requires(Permission.HONOUR_PROPOSE)
def desk_answer_honour(number: str) -> ResponseReturnValue:
    """Type in what the nominee wants, from her signed paper."""
    row, form = honour_here(reading(), current_actor(), number), PaperAnswerForm()

    def act(session: Session) -> str:
        answer_on_paper(session, current_actor(), number, form.answer(), now=now())
        return url_for("credit.desk_honours")

    return answer(form, ONE, act, thanks=ANSWERED, **{**_about(row), "paper": form})


@bp.post("/desk/honours/<number>/grant")
@requires(Permission.HONOUR_DECIDE)
def desk_grant_honour(number: str) -> ResponseReturnValue:
    """Decide that it is granted."""
    row = honour_here(reading(), current_actor(), number)

    def act(session: Session) -> str:
        grant_honour(session, current_actor(), number, now=now())
        return url_for("credit.desk_honours")

    return answer(SureForm(), ONE, act, thanks=GRANTED, **_about(row))


@bp.post("/desk/honours/<number>/reject")
@requires(DESK)
def desk_reject_honour(number: str) -> ResponseReturnValue:
    """Take it away without a mark."""
    row = honour_here(reading(), current_actor(), number)

    def act(session: Session) -> str:
        reject_nomination(session, current_actor(), number, now=now())
        return url_for("credit.desk_honours")

    return answer(SureForm(), ONE, act, thanks=REJECTED, **_about(row))
