"""Surveys at the desk: written, started, copied, invited to, typed from paper, printed."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.areas.queries import AreaRow, areas_by_ids, places_to_choose
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.qr import qr_svg
from portal.kernel.web import Session, instance, reading
from portal.satisfaction.forms import (
    InviteForm,
    PaperForm,
    QuestionForm,
    SureForm,
    SurveyForm,
    answers_form,
    filled,
)
from portal.satisfaction.labels.surveys import (
    KINDS,
    PHASES,
    QUESTION_KINDS,
    WHO,
    option_words,
)
from portal.satisfaction.queries.surveys import (
    PAGE,
    SurveyRow,
    invited_many,
    questions_of,
    surveys_page,
    today_of,
    words_of,
)
from portal.satisfaction.rules.surveys import Phase, leading
from portal.satisfaction.service.answering import type_sheet
from portal.satisfaction.service.inviting import invite, revoke_invitations
from portal.satisfaction.service.surveys import (
    MANAGE,
    add_question,
    change_survey,
    copy_survey,
    start_survey,
    survey_here,
    take_question_out,
    write_survey,
)
from portal.satisfaction.views.blueprint import bp

FOLDER: Final = "satisfaction/surveys/desk"
SAVED = _l("Saved.")
STARTED = _l("Started. Nothing of it changes any more.")
COPIED = _l("This is the next version, as a draft.")
INVITED = _l("Drawn and invited by message.")
REVOKED = _l("The invitations are taken back.")
TYPED = _l("Typed. The next sheet, please.")
SHEETS_A_PRINT: Final = 20


@bp.get("/desk/surveys/")
@requires(MANAGE)
def desk_surveys() -> ResponseReturnValue:
    """The surveys of my places."""
    after, session = clean_number(request.args.get("after", "")[:20]) or "", reading()
    found = surveys_page(session, current_actor().places_for(MANAGE), public=False, after=after)
    rows = found[:PAGE]
    return render_template(
        f"{FOLDER}/list.html", rows=rows, kinds=KINDS, phases=PHASES,
        today=today_of(session, now()), areas=areas_by_ids(session, {row.area_id for row in rows}),
        following=rows[-1].number if len(found) > PAGE else None,
    )  # fmt: skip


@bp.route("/desk/surveys/new", methods=["GET", "POST"])
@requires(MANAGE)
def desk_survey_new() -> ResponseReturnValue:
    """Write a survey."""
    form = SurveyForm()

    def act(session: Session) -> str:
        return _address(write_survey(session, current_actor(), form.wish(), now=now()))

    return answer(form, f"{FOLDER}/edit.html", act, thanks=SAVED, row=None, to_choose=_to_choose())


def _to_choose() -> tuple[list[AreaRow], bool]:
    return places_to_choose(reading(), current_actor().places_for(MANAGE))


def _address(number: str) -> str:
    return url_for("satisfaction.desk_survey", number=number)


def _here(number: str) -> SurveyRow:
    return survey_here(reading(), current_actor(), number)


def _told(row: SurveyRow) -> dict[str, Any]:
    """What the page of a survey shows."""
    session = reading()
    phase, questions = row.phase(today_of(session, now())), questions_of(session, row.id)
    return {
        "row": row, "phase": phase, "questions": questions, "leading": leading(questions),
        "kinds": KINDS, "phases": PHASES, "question_kinds": QUESTION_KINDS, "who": WHO,
        "option_words": option_words, "areas": areas_by_ids(session, {row.area_id}),
        "invited": invited_many(session, row.id),
        "said": words_of(session, row, questions) if phase is Phase.OVER else [],
    }  # fmt: skip


@bp.get("/desk/surveys/<number>")
@requires(MANAGE)
def desk_survey(number: str) -> ResponseReturnValue:
    """One survey as people see it, and what can be done with it now."""
    url = f"{instance().config.origin}/surveys/{_here(number).number}"
    told = _told(_here(number))
    return render_template(
        f"{FOLDER}/one.html", **told, form=SureForm(), url=url,
        qr=qr_svg(url),
    )  # fmt: skip


@bp.route("/desk/surveys/<number>/edit", methods=["GET", "POST"])
@requires(MANAGE)
def desk_survey_edit(number: str) -> ResponseReturnValue:
    """Change a draft."""
    row = _here(number)
    place = areas_by_ids(reading(), {row.area_id})[row.area_id].code
    form = SurveyForm(data=None if request.method == "POST" else filled(row, place))

    def act(session: Session) -> str:
        change_survey(session, current_actor(), row.number, form.wish())
        return _address(row.number)

    return answer(form, f"{FOLDER}/edit.html", act, thanks=SAVED, row=row, to_choose=_to_choose())


@bp.route("/desk/surveys/<number>/question", methods=["GET", "POST"])
@requires(MANAGE)
def desk_survey_question(number: str) -> ResponseReturnValue:
    """Add a question to a draft."""
    row, form = _here(number), QuestionForm()

    def act(session: Session) -> str:
        add_question(session, current_actor(), row.number, form.wish())
        return _address(row.number)

    return answer(form, f"{FOLDER}/question.html", act, thanks=SAVED, row=row)


@bp.post("/desk/surveys/<number>/questions/<int:position>/out")
@requires(MANAGE)
def desk_survey_question_out(number: str, position: int) -> ResponseReturnValue:
    """Take a question out of a draft."""
    return _press(number, partial(_take_out, position), SAVED)


def _take_out(position: int, session: Session, number: str) -> str:
    take_question_out(session, current_actor(), number, position)
    return _address(number)


def _press(number: str, act: Callable[[Session, str], str], thanks: Any) -> ResponseReturnValue:
    """A button of a survey's page: what is refused is told there."""
    row, form = _here(number), SureForm()
    told = {**_told(row), "url": None, "qr": None}
    return answer(
        form, f"{FOLDER}/one.html", lambda session: act(session, row.number), thanks=thanks, **told
    )


@bp.post("/desk/surveys/<number>/start")
@requires(MANAGE)
def desk_survey_start(number: str) -> ResponseReturnValue:
    """Start it."""
    return _press(number, _start, STARTED)


def _start(session: Session, number: str) -> str:
    start_survey(session, current_actor(), number, now=now())
    return _address(number)


@bp.post("/desk/surveys/<number>/copy")
@requires(MANAGE)
def desk_survey_copy(number: str) -> ResponseReturnValue:
    """Make the next version as a draft."""
    return _press(number, _copy, COPIED)


def _copy(session: Session, number: str) -> str:
    return _address(copy_survey(session, current_actor(), number, now=now()))


@bp.post("/desk/surveys/<number>/revoke")
@requires(MANAGE)
def desk_survey_revoke(number: str) -> ResponseReturnValue:
    """Take every invitation back."""
    return _press(number, _revoke, REVOKED)


def _revoke(session: Session, number: str) -> str:
    revoke_invitations(session, current_actor(), number, now=now())
    return _address(number)


@bp.route("/desk/surveys/<number>/invite", methods=["GET", "POST"])
@requires(MANAGE)
def desk_survey_invite(number: str) -> ResponseReturnValue:
    """Draw people who agreed to be asked, and invite them."""
    row, form = _here(number), InviteForm()

    def act(session: Session) -> str:
        invite(session, current_actor(), row.number, form.many.data, now=now())
        return _address(row.number)

    many = invited_many(reading(), row.id)
    return answer(form, f"{FOLDER}/invite.html", act, thanks=INVITED, row=row, invited=many)


@bp.route("/desk/surveys/<number>/paper", methods=["GET", "POST"])
@requires(MANAGE)
def desk_survey_paper(number: str) -> ResponseReturnValue:
    """Type a sheet of paper."""
    row = _here(number)
    questions = questions_of(reading(), row.id)
    form = answers_form(PaperForm, questions)

    def act(session: Session) -> str:
        answered, sheet = form.answered(questions), form.sheet.data
        type_sheet(session, current_actor(), row.number, sheet, answered, now=now())
        return url_for("satisfaction.desk_survey_paper", number=row.number)

    return answer(form, f"{FOLDER}/paper.html", act, thanks=TYPED, row=row, questions=questions)


@bp.get("/desk/surveys/<number>/sheets")
@requires(MANAGE)
def desk_survey_sheets(number: str) -> ResponseReturnValue:
    """Numbered sheets to print, twenty at a time."""
    row = _here(number)
    url = f"{instance().config.origin}/surveys/{row.number}"
    first = min(max(request.args.get("from", 1, int), 1), max(row.sheets, 1))
    last = min(first + SHEETS_A_PRINT - 1, row.sheets)
    return render_template(
        f"{FOLDER}/sheets.html", row=row, questions=questions_of(reading(), row.id), url=url,
        qr=qr_svg(url), sheets=range(first, last + 1), option_words=option_words,
        following=last + 1 if last < row.sheets else None,
    )  # fmt: skip
