"""Things to learn: open to all, with questions and explanations; points for who wants them."""

from functools import partial

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from credit.forms.quizzes import AnswersForm, answers_form
from credit.queries.quizzes import QuizRow, open_quizzes, quiz_version
from credit.rules.quizzes import Sheet, grade, read_answers, write_answers
from credit.service.quizzes import answer_quiz, earned_by, pass_percent, quiz_here
from credit.views.blueprint import bp
from portal.accounts.access import current_actor, public
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import current_language
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading


@bp.get("/credit/learn")
@public
def learn() -> ResponseReturnValue:
    """What there is to learn."""
    rows = open_quizzes(reading(), city_day(now(), instance().city.zone))
    shown = [(row, row.sheet(current_language())) for row in rows]
    return render_template("credit/learn/list.html", rows=shown)


@bp.route("/credit/learn/<number>", methods=["GET", "POST"])
@public
def learn_one(number: str) -> ResponseReturnValue:
    """One thing to learn: the text, its source, and the questions as one form."""
    row = quiz_here(reading(), number, now())
    sheet = row.sheet(current_language())
    form = answers_form(sheet, row.version)
    earned = earned_by(reading(), row, current_actor().person_id)
    percent = pass_percent(reading())
    act = partial(_answer, row, sheet, form)
    about = {"row": row, "sheet": sheet, "earned": earned, "percent": percent}
    return answer(form, "credit/learn/one.html", act, **about)


def _answer(row: QuizRow, sheet: Sheet, form: AnswersForm, session: Session) -> str:
    """The answers go into the address of the result: they are kept nowhere."""
    answers = form.answers(sheet)
    answer_quiz(session, row.number, form.seen, answers, current_actor().person_id, now=now())
    given = write_answers(answers)
    return url_for("credit.learned", number=row.number, v=form.seen, a=given)


@bp.get("/credit/learn/<number>/result")
@public
def learned(number: str) -> ResponseReturnValue:
    """What was right, what was not, and why; without answers, back to the questions."""
    version = request.args.get("v", "")
    row = quiz_version(reading(), number, int(version)) if _small(version) else None
    if row is None or row.draft:
        raise Missing
    sheet = row.sheet(current_language())
    answers = read_answers(request.args.get("a", ""), sheet)
    if answers is None:
        return redirect(url_for("credit.learn_one", number=number), 303)
    graded = grade(sheet, answers, pass_percent(reading()))
    return render_template(
        "credit/learn/result.html", row=row, sheet=sheet, answers=answers, graded=graded,
        earned=earned_by(reading(), row, current_actor().person_id),
    )  # fmt: skip


def _small(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6
