"""Public questions to units, as everybody reads them and as they are asked."""

from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, signed_in
from portal.accounts.rules import roles
from portal.areas.queries import area_by_code, areas_by_ids, find_areas
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.organisations.queries import organisation_by_code, organisations_by_ids
from portal.publicity.forms.questions import AppealForm, AskForm, SureForm, VerdictForm
from portal.publicity.labels.questions import HIDDEN_WHY, QUESTION_STATES, STANDINGS
from portal.publicity.queries.questions import (
    PAGE,
    Opened,
    QuestionRow,
    Sought,
    question_shown,
    questions_of,
    questions_shown,
    units_to_ask,
)
from portal.publicity.rules.questions import (
    QuestionState,
    Standing,
    deadline_on,
    standing,
    why_not_appeal,
)
from portal.publicity.service.questions import (
    appeal_ends,
    appeal_question,
    ask_question,
    capacities,
    own_question,
    say_verdict,
    take_question_back,
)
from portal.publicity.views.blueprint import bp

FOLDER = "publicity/questions"
ASKED = _l("Thank you. Somebody looks at it first; then everybody can read it, without your name.")
SAVED = _l("Saved.")
BACK = _l("Taken back. Your words are deleted.")


def around(rows: list[QuestionRow] | list[Opened]) -> dict[str, Any]:
    """What pages say around questions: units, places, how they stand, in which role asked."""
    return {
        "units": organisations_by_ids(reading(), {row.organisation_id for row in rows}),
        "areas": areas_by_ids(reading(), {row.area_id for row in rows}),
        "standings": {row.id: standing(row.due_at, row.answered_at, now()) for row in rows},
        "standing_words": STANDINGS,
        "roles": {code: role.names for code, role in roles().items()},
    }


def after_number() -> str:
    """Where the page begins."""
    return clean_number(request.args.get("after", "")[:20]) or ""


def asked_for() -> tuple[dict[str, str], Sought]:
    """What is looked for, as typed and as meant. What is unknown finds nothing."""
    names = ("q", "unit", "state", "place")
    given = {name: request.args.get(name, "")[:80].strip() for name in names}
    unit = organisation_by_code(reading(), given["unit"]) if given["unit"] else None
    state = Standing(given["state"]) if given["state"] in set(Standing) else None
    # no path begins like this
    under = "-" if given["unit"] and unit is None else _under(given["place"])
    return given, Sought(given["q"], unit.id if unit else None, state, under)


def _under(typed: str) -> str:
    if not typed:
        return ""
    area = area_by_code(reading(), typed.upper())
    found = [area] if area else find_areas(reading(), typed, 1)
    return found[0].path if found else "-"


@bp.get("/questions/")
@public
def questions() -> ResponseReturnValue:
    """Every published question, by words, unit, place and how it stands."""
    given, sought = asked_for()
    found = questions_shown(reading(), sought, now(), after=after_number())
    rows, today = found[:PAGE], city_day(now(), instance().city.zone)
    return render_template(
        f"{FOLDER}/list.html", rows=rows, given=given, **around(rows),
        all_units=units_to_ask(reading(), today), days=deadline_on(today).working_days,
        following=rows[-1].number if len(found) > PAGE else None,
    )  # fmt: skip


@bp.get("/questions/<number>")
@public
def question(number: str) -> ResponseReturnValue:
    """A question, until when the unit answers, and its answer."""
    row = question_shown(reading(), clean_number(number) or "")
    if row is None:
        raise Missing
    return render_template(f"{FOLDER}/one.html", row=row, **around([row]))


@bp.route("/questions/ask", methods=["GET", "POST"])
@signed_in
def question_ask() -> ResponseReturnValue:
    """Ask a unit something in public."""
    form, actor = AskForm(), current_actor()
    units = units_to_ask(reading(), city_day(now(), instance().city.zone))
    form.offer(units, capacities(actor), request.args.get("unit", "")[:40])

    def act(session: Session) -> str:
        ask_question(session, actor, form.wish(), now=now())
        return url_for("publicity.my_questions")

    return answer(
        form, f"{FOLDER}/ask.html", act, thanks=ASKED, offers_roles=bool(capacities(actor))
    )  # fmt: skip


@bp.get("/me/questions/")
@signed_in
def my_questions() -> ResponseReturnValue:
    """What I asked, what became of it, and what I can do."""
    return render_template(f"{FOLDER}/mine.html", form=SureForm(), **_mine())


def _mine() -> dict[str, Any]:
    rows = questions_of(reading(), current_actor().person_id)
    ends = {row.id: appeal_ends(reading(), row) for row in rows}
    appeals = {
        row.id: ends[row.id]
        for row in rows
        if why_not_appeal(row.state, row.appealed_at, ends[row.id], now()) is None
    }
    return {
        "rows": rows, "states": QUESTION_STATES, "whys": HIDDEN_WHY, "appeals": appeals,
        "gone": QuestionState.TAKEN_BACK, **around(rows),
    }  # fmt: skip


def _own(number: str) -> Opened:
    return own_question(reading(), current_actor(), number)


@bp.route("/me/questions/<number>/appeal", methods=["GET", "POST"])
@signed_in
def my_question_appeal(number: str) -> ResponseReturnValue:
    """Ask that somebody else looks at it again."""
    row, form = _own(number), AppealForm()

    def act(session: Session) -> str:
        words = form.words.data or ""
        appeal_question(session, current_actor(), row.number, words, now=now())
        return url_for("publicity.my_questions")

    return answer(
        form, f"{FOLDER}/appeal.html", act, thanks=SAVED, row=row, whys=HIDDEN_WHY
    )  # fmt: skip


@bp.route("/me/questions/<number>/verdict", methods=["GET", "POST"])
@signed_in
def my_question_verdict(number: str) -> ResponseReturnValue:
    """Say whether the answer answers it."""
    row, form = _own(number), VerdictForm()
    return answer(form, f"{FOLDER}/verdict.html", partial(_verdict, row.number, form),
                  thanks=SAVED, row=row)  # fmt: skip


def _verdict(number: str, form: VerdictForm, session: Session) -> str:
    yes = form.answered.data == "yes"
    say_verdict(session, current_actor(), number, answered=yes, now=now())
    return url_for("publicity.my_questions")


@bp.post("/me/questions/<number>/back")
@signed_in
def my_question_back(number: str) -> ResponseReturnValue:
    """Take one back."""

    def act(session: Session) -> str:
        take_question_back(session, current_actor(), number)
        return url_for("publicity.my_questions")

    return answer(SureForm(), f"{FOLDER}/mine.html", act, thanks=BACK, **_mine())
