"""Wishes for a convention: said by residents, typed from paper, looked at, taken back."""

from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires, signed_in
from portal.conventions.forms.talk import LookForm, WishForm
from portal.conventions.forms.texts import SureForm
from portal.conventions.labels.kinds import TOPICS
from portal.conventions.labels.personal import SAID_STATES
from portal.conventions.queries.talk import PAGE, wishes_by, wishes_of
from portal.conventions.queries.texts import round_by_number
from portal.conventions.rules.talk import SaidState
from portal.conventions.service.rounds import MANAGE, round_here
from portal.conventions.service.wishes import (
    decide_wish,
    say_wish,
    take_wish_back,
    type_wish,
    wish_here,
)
from portal.conventions.views.blueprint import bp
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading

FOLDER = "conventions/wishes"
SAVED = _l("Saved.")
SAID = _l("Thank you. The committee looks at it, then everybody can read it, without your name.")
BACK = _l("Taken back. Your words are deleted.")


@bp.route("/conventions/<number>/wish", methods=["GET", "POST"])
@signed_in
def wish(number: str) -> ResponseReturnValue:
    """Say what the convention should say."""
    row = round_by_number(reading(), clean_number(number) or "")
    if row is None:
        raise Missing
    form = WishForm()

    def act(session: Session) -> str:
        words = form.words.data or ""
        say_wish(session, current_actor(), row.number, words, form.about(), now=now())
        return url_for("conventions.convention", number=row.number)

    return answer(form, f"{FOLDER}/say.html", act, thanks=SAID, row=row)


@bp.get("/me/wishes/")
@signed_in
def my_wishes() -> ResponseReturnValue:
    """My wishes, what became of them, and how to take them back."""
    return render_template(f"{FOLDER}/mine.html", **_mine(SureForm()))


def _mine(form: SureForm) -> dict[str, Any]:
    rows = wishes_by(reading(), current_actor().person_id)
    return {"rows": rows, "states": SAID_STATES, "form": form, "gone": SaidState.TAKEN_BACK}


@bp.post("/me/wishes/<number>/back")
@signed_in
def my_wish_back(number: str) -> ResponseReturnValue:
    """Take one back."""
    form = SureForm()
    told = _mine(form)
    del told["form"]

    def act(session: Session) -> str:
        take_wish_back(session, current_actor(), number, now=now())
        return url_for("conventions.my_wishes")

    return answer(form, f"{FOLDER}/mine.html", act, thanks=BACK, **told)


@bp.get("/desk/conventions/<number>/wishes/")
@requires(MANAGE)
def desk_wishes(number: str) -> ResponseReturnValue:
    """The wishes of a round, to be looked at."""
    row = round_here(reading(), current_actor(), number)
    after = clean_number(request.args.get("after", "")[:20]) or ""
    found = wishes_of(reading(), row.id, shown=False, after=after)
    rows = found[:PAGE]
    return render_template(
        f"{FOLDER}/desk/list.html", row=row, rows=rows, states=SAID_STATES, topics=TOPICS,
        following=rows[-1].number if len(found) > PAGE else None,
    )  # fmt: skip


@bp.route("/desk/conventions/<number>/wishes/paper", methods=["GET", "POST"])
@requires(MANAGE)
def desk_wish_paper(number: str) -> ResponseReturnValue:
    """Type a wish from paper."""
    row, form = round_here(reading(), current_actor(), number), WishForm()

    def act(session: Session) -> str:
        words = form.words.data or ""
        type_wish(session, current_actor(), row.number, words, form.about(), now=now())
        return url_for("conventions.desk_wishes", number=row.number)

    return answer(form, f"{FOLDER}/desk/paper.html", act, thanks=SAVED, row=row)


@bp.route("/desk/wishes/<number>", methods=["GET", "POST"])
@requires(MANAGE)
def desk_wish(number: str) -> ResponseReturnValue:
    """Decide whether everybody may read a wish."""
    row, form = wish_here(reading(), current_actor(), number), LookForm()
    act = partial(_decide, row.number, row.round_number, form)
    return answer(
        form,
        f"{FOLDER}/desk/one.html",
        act,
        thanks=SAVED,
        row=row,
        states=SAID_STATES,
        topics=TOPICS,
    )


def _decide(number: str, round_number: str, form: LookForm, session: Session) -> str:
    decide_wish(
        session, current_actor(), number, show=form.show.data == "yes",
        reason=form.reason.data or "", now=now(),
    )  # fmt: skip
    return url_for("conventions.desk_wishes", number=round_number)
