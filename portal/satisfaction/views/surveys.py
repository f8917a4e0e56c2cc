"""Surveys for everybody: what runs, answering once, and what came of those that are over."""

from typing import Final

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, signed_in
from portal.areas.queries import areas_by_ids
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.spreadsheets import csv_bytes
from portal.kernel.web import Session, reading
from portal.kernel.words import say
from portal.satisfaction.forms import AgreeForm, AnswersForm, answers_form
from portal.satisfaction.labels.surveys import KINDS, PHASES, WHO, option_words
from portal.satisfaction.queries.surveys import (
    PAGE,
    Results,
    agreed_at,
    questions_of,
    results_of,
    surveys_page,
    today_of,
)
from portal.satisfaction.rules.surveys import Phase, leading
from portal.satisfaction.service.answering import answer_survey, survey_shown, why_not
from portal.satisfaction.service.inviting import agree_to_be_asked
from portal.satisfaction.views.blueprint import bp

FOLDER: Final = "satisfaction/surveys"
THANKS = _l("Thank you. Your answers are kept without your name.")
SAVED = _l("Saved.")
CSV_COLUMNS: Final = ("survey", "question", "question_words", "choice", "choice_words", "answered",
                      "marked")  # fmt: skip


@bp.get("/surveys/")
@public
def surveys() -> ResponseReturnValue:
    """Surveys that run, come, or are over."""
    after = clean_number(request.args.get("after", "")[:20]) or ""
    session = reading()
    found = surveys_page(session, None, public=True, after=after)
    rows = found[:PAGE]
    return render_template(
        f"{FOLDER}/list.html", rows=rows, kinds=KINDS, phases=PHASES,
        today=today_of(session, now()), areas=areas_by_ids(session, {row.area_id for row in rows}),
        following=rows[-1].number if len(found) > PAGE else None,
    )  # fmt: skip


@bp.get("/surveys/<number>")
@public
def survey(number: str) -> ResponseReturnValue:
    """One survey: what is asked and what becomes of it; once it is over, what came of it."""
    session = reading()
    row = survey_shown(session, number)
    phase, questions = row.phase(today_of(session, now())), questions_of(session, row.id)
    results = results_of(session, row, questions) if phase is Phase.OVER else None
    return render_template(
        f"{FOLDER}/one.html", row=row, phase=phase, kinds=KINDS, phases=PHASES, who=WHO,
        questions=questions, leading=leading(questions), results=results,
        option_words=option_words, areas=areas_by_ids(session, {row.area_id}),
    )  # fmt: skip


@bp.route("/surveys/<number>/answer", methods=["GET", "POST"])
@signed_in
def survey_answer(number: str) -> ResponseReturnValue:
    """Answer it, once."""
    row = survey_shown(reading(), number)
    questions, person_id = questions_of(reading(), row.id), current_actor().person_id
    if person_id is None:
        raise Missing
    form = answers_form(AnswersForm, questions)

    def act(session: Session) -> str:
        answer_survey(session, person_id, row.number, form.answered(questions), now=now())
        return url_for("satisfaction.survey", number=row.number)

    why = why_not(reading(), row, person_id, now()) if request.method == "GET" else None
    return answer(form, f"{FOLDER}/answer.html", act, thanks=THANKS, row=row,
                  questions=questions, refusal=say(why) if why else None)  # fmt: skip


@bp.get("/surveys/<number>/results.csv")
@public
def survey_results(number: str) -> ResponseReturnValue:
    """The same totals as a table; nothing before the survey is over."""
    session = reading()
    row = survey_shown(session, number)
    if row.phase(today_of(session, now())) is not Phase.OVER:
        raise Missing
    results = results_of(session, row, questions_of(session, row.id))
    content = csv_bytes(CSV_COLUMNS, result_rows(row.number, results))
    response = Response(content, mimetype="text/csv")
    name = f"survey-{row.number}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def result_rows(number: str, results: Results) -> list[tuple[object, ...]]:
    """The totals as lines of a table."""
    return [
        (number, one.question.position, in_words(one.question.words), value,
         option_words(one.question, value), one.answered, one.counts.get(value))
        for one in results.questions
        for value in one.question.values
    ]  # fmt: skip


@bp.route("/me/surveys", methods=["GET", "POST"])
@signed_in
def my_surveys() -> ResponseReturnValue:
    """Whether surveys may ask me by message."""
    person_id = current_actor().person_id
    if person_id is None:
        raise Missing
    agreed = agreed_at(reading(), person_id)
    form = AgreeForm(data={"wanted": "yes" if agreed else "no"})

    def act(session: Session) -> str:
        agree_to_be_asked(session, person_id, wanted=form.wanted.data == "yes", now=now())
        return url_for("satisfaction.my_surveys")

    return answer(form, f"{FOLDER}/mine.html", act, thanks=SAVED)
