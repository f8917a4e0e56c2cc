"""Requests for a correction at the desk: what waits until when, one of them, and its answer."""

from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from credit.forms.asking import RIGHT, AnswerForm, PrepareForm
from credit.labels.asking import ASK_SHAPES, ASK_STATES
from credit.queries.asking import AskRow, desk_requests
from credit.queries.mine import line_of, mine
from credit.service.asked import (
    answer_request,
    confirm_correction,
    desk_districts,
    prepare_correction,
    request_here,
    send_back,
    steps_open,
)
from credit.service.looks import note_look
from credit.views.blueprint import bp
from credit.views.mine_words import Row, row_of
from portal.accounts.access import current_actor, requires
from portal.accounts.forms import PlainForm
from portal.accounts.queries import people_by_ids
from portal.accounts.rules import Permission
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import Act, answer
from portal.kernel.web import Session, reading, write_on_get

ONE = "credit/desk/request.html"
DESK, PREPARES, WRITES = (
    Permission.DESK_OPEN, Permission.CORRECTION_ANSWER, Permission.RULE_PUBLISH,
)  # fmt: skip


@bp.get("/desk/corrections/")
@requires(DESK)
def desk_corrections() -> ResponseReturnValue:
    """Requests that wait, the one that waits longest first; or the last that were answered."""
    answered = "answered" in request.args
    rows = desk_requests(
        reading(), desk_districts(reading(), current_actor()), waiting=not answered
    )
    return render_template(
        "credit/desk/requests.html", rows=rows, answered=answered, states=ASK_STATES,
        shapes=ASK_SHAPES, now=now(), people=people_by_ids(reading(), [r.person_id for r in rows]),
    )  # fmt: skip


@bp.get("/desk/corrections/<number>")
@requires(DESK)
def desk_correction(number: str) -> ResponseReturnValue:
    """One request with the entry it is about. She sees who looked (L15)."""
    row = request_here(reading(), current_actor(), number)
    write_on_get(partial(_look, row))
    return render_template(ONE, form=PlainForm(), **_about(row))


def _look(row: AskRow, session: Session) -> None:
    who = current_actor().person_id
    if who is not None:
        note_look(session, actor_id=who, subject_person_id=row.person_id, why=row.number, now=now())


def _about(row: AskRow) -> dict[str, Any]:
    steps = steps_open(reading(), current_actor(), row)
    return {
        "row": row,
        "entry": _entry(row),
        "person": people_by_ids(reading(), [row.person_id]).get(row.person_id),
        "states": ASK_STATES,
        "shapes": ASK_SHAPES,
        "now": now(),
        "may": {step.value for step in steps},
        "prepare": PrepareForm(formdata=None),
        "reply": AnswerForm(formdata=None),
    }


def _entry(row: AskRow) -> Row | None:
    """The entry in words, as its holder reads it; None once it is erased."""
    if row.entry_id is None:
        return None
    line = line_of(reading(), mine(reading(), row.person_id).accounts, row.entry_id)
    return row_of(line) if line else None


def _one(number: str, form: Any, act: Act, thanks: Any, **forms: Any) -> ResponseReturnValue:
    row = request_here(reading(), current_actor(), number)
    return answer(form, ONE, act, thanks=thanks, **{**_about(row), **forms})


def _back(number: str) -> str:
    return url_for("credit.desk_correction", number=number)


@bp.post("/desk/corrections/<number>/prepare")
@requires(PREPARES)
def prepare_request(number: str) -> ResponseReturnValue:
    """Say what is to be taken back; an administrator looks at it next."""
    form = PrepareForm()

    def act(session: Session) -> str:
        amount, reason = form.amount.data or 0, form.reason.data or ""
        prepare_correction(session, current_actor(), number, amount, reason, now=now())
        return _back(number)

    thanks = _l("Prepared. An administrator has to confirm it; nothing is written before that.")
    return _one(number, form, act, thanks, prepare=form)


@bp.post("/desk/corrections/<number>/answer")
@requires(PREPARES)
def reply_to_request(number: str) -> ResponseReturnValue:
    """Answer in words."""
    form = AnswerForm()

    def act(session: Session) -> str:
        words, right = form.words.data or "", form.outcome.data == RIGHT
        answer_request(session, current_actor(), number, words, put_right=right, now=now())
        return _back(number)

    return _one(number, form, act, _l("Answered. The person is told."), reply=form)


@bp.post("/desk/corrections/<number>/confirm")
@requires(WRITES)
def confirm_request(number: str) -> ResponseReturnValue:
    """The second person writes the entry."""

    def act(session: Session) -> str:
        confirm_correction(session, current_actor(), number, now=now())
        return _back(number)

    return _one(number, PlainForm(), act, _l("Corrected. The person is told."))


@bp.post("/desk/corrections/<number>/send-back")
@requires(WRITES)
def send_request_back(number: str) -> ResponseReturnValue:
    """The second person does not agree."""

    def act(session: Session) -> str:
        send_back(session, current_actor(), number, now=now())
        return _back(number)

    return _one(number, PlainForm(), act, _l("Sent back to be prepared anew."))
