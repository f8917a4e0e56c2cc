"""Public questions at the desk: looked at before they are published, answered by the unit."""

from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.publicity.forms.questions import DecideForm, RehearForm, ReplyForm
from portal.publicity.labels.questions import HIDDEN_WHY, QUESTION_STATES
from portal.publicity.queries.questions import PAGE, QuestionRow, answered_for, to_answer, to_decide
from portal.publicity.rules.questions import QuestionState
from portal.publicity.service.questions import (
    ANSWER,
    MODERATE,
    answer_question,
    decide_question,
    question_to_answer,
    question_to_decide,
    rehear_question,
    units_answered_for,
)
from portal.publicity.views.blueprint import bp
from portal.publicity.views.questions import after_number, around

FOLDER = "publicity/questions/desk"
SAVED = _l("Saved. Whoever asked is told.")


def _list(found: list[QuestionRow], endpoint: str, **more: Any) -> ResponseReturnValue:
    rows = found[:PAGE]
    following = rows[-1].number if len(found) > PAGE else None
    done = more.get("done", [])
    return render_template(
        f"{FOLDER}/list.html", rows=rows, following=following, endpoint=endpoint,
        states=QUESTION_STATES, **more, **around([*rows, *done]),
    )  # fmt: skip


@bp.get("/desk/forum/")
@requires(MODERATE)
def desk_questions() -> ResponseReturnValue:
    """What waits for a look, and appeals, the newest first."""
    places = current_actor().places_for(MODERATE)
    return _list(to_decide(reading(), places, after_number()), "publicity.desk_question")


@bp.route("/desk/forum/<number>", methods=["GET", "POST"])
@requires(MODERATE)
def desk_question(number: str) -> ResponseReturnValue:
    """Publish a question, or say why not; decide an appeal."""
    row = question_to_decide(reading(), current_actor(), number)
    form = _form_of(row)
    words = {
        "row": row, "states": QUESTION_STATES, "whys": HIDDEN_WHY,
        "reheard": isinstance(form, RehearForm), **around([row]),
    }  # fmt: skip
    act = partial(_decide, row.number, form)
    return answer(form, f"{FOLDER}/one.html", act, thanks=SAVED, **words)


def _form_of(row: QuestionRow) -> DecideForm | RehearForm:
    awaits = row.appealed_at is not None and row.reheard_at is None
    # what was sealed is opened again only for whoever has something to decide
    if request.method == "GET" and not awaits and row.state is not QuestionState.WAITING:
        raise Missing
    # of two who hear an appeal the second keeps her form, and reads that it is decided
    return RehearForm() if awaits or "show" in request.form else DecideForm()


def _decide(number: str, form: DecideForm | RehearForm, session: Session) -> str:
    actor, words = current_actor(), form.words.data or ""
    if isinstance(form, RehearForm):
        show = form.show.data == "yes"
        rehear_question(session, actor, number, words, show=show, now=now())
    else:
        decide_question(session, actor, number, form.why(), words, now=now())
    return url_for("publicity.desk_questions")


@bp.get("/desk/answers/")
@requires(ANSWER)
def desk_answers() -> ResponseReturnValue:
    """What my unit has not answered yet, and what it answered last."""
    units = {one.id for one in units_answered_for(reading(), current_actor())}
    found = to_answer(reading(), units, after_number())
    done = answered_for(reading(), units)
    return _list(found, "publicity.desk_answer", done=done)


@bp.route("/desk/answers/<number>", methods=["GET", "POST"])
@requires(ANSWER)
def desk_answer(number: str) -> ResponseReturnValue:
    """Answer a question for my unit."""
    row, form = question_to_answer(reading(), current_actor(), number), ReplyForm()

    def act(session: Session) -> str:
        answer_question(session, current_actor(), row.number, form.words.data or "", now=now())
        return url_for("publicity.desk_answers")

    return answer(form, f"{FOLDER}/answer.html", act, thanks=SAVED, row=row, **around([row]))
