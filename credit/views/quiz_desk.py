"""The desk's side of things to learn: written as sheets, published in versions."""

from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from credit.forms.quizzes import SeenForm, SheetsForm, sheet_name
from credit.queries.quizzes import QuizRow, newest_quizzes, quiz_versions
from credit.service.quizzes import change_quiz, end_quiz, publish_quiz, write_quiz
from credit.views.blueprint import bp
from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import current_language
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading

SAVED = _l("Saved. Nobody sees it until it is published.")
PUBLISHED = _l("Published.")
ENDED = _l("Ended.")
MANAGE = Permission.QUIZ_MANAGE
ONE = "credit/desk/quiz.html"


@bp.get("/desk/quizzes")
@requires(MANAGE)
def desk_quizzes() -> ResponseReturnValue:
    """Everything to learn, in its newest version."""
    rows = [(row, row.sheet(current_language())) for row in newest_quizzes(reading())]
    return render_template("credit/desk/quizzes.html", rows=rows)


@bp.route("/desk/quizzes/new", methods=["GET", "POST"])
@requires(MANAGE)
def desk_new_quiz() -> ResponseReturnValue:
    """Write something new to learn."""
    form = SheetsForm(data={"valid_from": city_day(now(), instance().city.zone)})
    return answer(form, ONE, partial(_write, form), thanks=SAVED, row=None, versions=[])


def _write(form: SheetsForm, session: Session) -> str:
    number = write_quiz(session, current_actor(), form.wish(), now=now())
    return url_for("credit.desk_quiz", number=number)


@bp.route("/desk/quizzes/<number>", methods=["GET", "POST"])
@requires(MANAGE)
def desk_quiz(number: str) -> ResponseReturnValue:
    """Change a draft, or begin the next version of what is published."""
    versions = _versions(number)
    form = SheetsForm(data=None if request.method == "POST" else _typed(versions[0]))
    act = partial(_change, number, form)
    return answer(form, ONE, act, thanks=SAVED, **_about(versions))


def _versions(number: str) -> list[QuizRow]:
    versions = quiz_versions(reading(), number)
    if not versions:
        raise Missing
    return versions


def _about(versions: list[QuizRow]) -> dict[str, Any]:
    row = versions[0]
    return {
        "row": row,
        "versions": versions,
        "sheet": row.sheet(current_language()),
        "press": SeenForm(formdata=None, data={"seen": _seen(row)}),
    }


def _typed(row: QuizRow) -> dict[str, Any]:
    days = {"valid_from": row.valid_from, "valid_to": row.valid_to}
    sheets = {sheet_name(language): typed for language, typed in row.typed.items()}
    return {**sheets, **days, "seen": _seen(row)}


def _seen(row: QuizRow) -> str:
    return f"{row.version}.{row.revision}"


def _change(number: str, form: SheetsForm, session: Session) -> str:
    change_quiz(session, current_actor(), number, form.seen_version, form.wish(), now=now())
    return url_for("credit.desk_quiz", number=number)


@bp.post("/desk/quizzes/<number>/publish")
@requires(MANAGE)
def desk_publish_quiz(number: str) -> ResponseReturnValue:
    """Publish the draft as it was seen."""
    versions, press = _versions(number), SeenForm()

    def act(session: Session) -> str:
        publish_quiz(session, current_actor(), number, press.seen_version, now=now())
        return url_for("credit.desk_quiz", number=number)

    shown = SheetsForm(formdata=None, data=_typed(versions[0]))
    return answer(press, ONE, act, thanks=PUBLISHED, **_about(versions), sheets=shown)


@bp.post("/desk/quizzes/<number>/end")
@requires(MANAGE)
def desk_end_quiz(number: str) -> ResponseReturnValue:
    """Offer it no more."""
    versions, press = _versions(number), SeenForm()

    def act(session: Session) -> str:
        end_quiz(session, current_actor(), number, now=now())
        return url_for("credit.desk_quiz", number=number)

    shown = SheetsForm(formdata=None, data=_typed(versions[0]))
    return answer(press, ONE, act, thanks=ENDED, **_about(versions), sheets=shown)
