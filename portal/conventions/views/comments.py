"""Discussion of a draft: said by residents, typed from paper, looked at, answered, taken back."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, requires, signed_in
from portal.conventions.forms.talk import AnswerForm, CommentForm, LookForm, PaperCommentForm
from portal.conventions.forms.texts import SureForm
from portal.conventions.labels.personal import SAID_STATES
from portal.conventions.labels.talk import ANSWERS
from portal.conventions.queries.comments import PAGE, comments_by, comments_of
from portal.conventions.queries.texts import (
    DraftRow,
    RoundRow,
    draft_clause,
    draft_of,
    round_by_number,
)
from portal.conventions.rules.talk import Answer, SaidState
from portal.conventions.rules.texts import quote_hash
from portal.conventions.rules.way import READABLE
from portal.conventions.service.commenting import (
    answer_comments,
    comment_here,
    decide_comment,
    say_comment,
    support_comment,
    take_comment_back,
    type_comment,
)
from portal.conventions.service.rounds import MANAGE, round_here
from portal.conventions.views.blueprint import bp
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.i18n import ngettext
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading

FOLDER = "conventions/comments"
SAVED = _l("Saved.")
SAID = _l("Thank you. The committee looks at it, then everybody can read it, without your name.")
BACK = _l("Taken back. Your words are deleted.")


def _readable(number: str) -> RoundRow:
    row = round_by_number(reading(), clean_number(number) or "")
    if row is None or row.state not in READABLE:
        raise Missing
    return row


def _page(row: RoundRow, *, shown: bool) -> dict[str, Any]:
    after = clean_number(request.args.get("after", "")[:20]) or ""
    found = comments_of(reading(), row.id, shown=shown, after=after)
    rows = found[:PAGE]
    headings = {
        one.clause_id: one.heading or one.markdown[:20] for one in draft_of(reading(), row.id)
    }
    return {
        "row": row, "rows": rows, "answers": ANSWERS, "states": SAID_STATES, "headings": headings,
        "following": rows[-1].number if len(found) > PAGE else None,
    }  # fmt: skip


@bp.get("/conventions/<number>/comments/")
@public
def comments(number: str) -> ResponseReturnValue:
    """What was said to a draft, and what was answered."""
    return render_template(
        f"{FOLDER}/list.html", form=SureForm(), **_page(_readable(number), shown=True)
    )


@bp.route("/conventions/<number>/comment", methods=["GET", "POST"])
@signed_in
def comment(number: str) -> ResponseReturnValue:
    """Say something to the whole text."""
    return _say(_readable(number), None)


@bp.route("/conventions/<number>/clauses/<uuid:clause>/comment", methods=["GET", "POST"])
@signed_in
def comment_clause(number: str, clause: UUID) -> ResponseReturnValue:
    """Say something to a clause, or propose other words for it."""
    row = _readable(number)
    found = draft_clause(reading(), row.id, clause)
    if found is None:
        raise Missing
    return _say(row, found)


def _say(row: RoundRow, clause: DraftRow | None) -> ResponseReturnValue:
    seen = quote_hash(clause.heading, clause.markdown) if clause else ""
    form = CommentForm(data={"seen": seen})

    def act(session: Session) -> str:
        wish = form.wish(clause.clause_id if clause else None)
        say_comment(session, current_actor(), row.number, wish, now=now())
        return url_for("conventions.comments", number=row.number)

    return answer(form, f"{FOLDER}/say.html", act, thanks=SAID, row=row, clause=clause)


@bp.post("/conventions/comments/<number>/support")
@signed_in
def support(number: str) -> ResponseReturnValue:
    """Support a comment, or no longer."""

    def act(session: Session) -> str:
        at = support_comment(session, current_actor(), number)
        return url_for("conventions.comments", number=at)

    return answer(SureForm(), f"{FOLDER}/support.html", act, thanks=SAVED)


@bp.get("/me/comments/")
@signed_in
def my_comments() -> ResponseReturnValue:
    """What I said to conventions, what became of it, and how to take it back."""
    return render_template(f"{FOLDER}/mine.html", form=SureForm(), **_mine())


def _mine() -> dict[str, Any]:
    rows = comments_by(reading(), current_actor().person_id)
    return {
        "rows": rows, "states": SAID_STATES, "answers": ANSWERS, "gone": SaidState.TAKEN_BACK,
    }  # fmt: skip


@bp.post("/me/comments/<number>/back")
@signed_in
def my_comment_back(number: str) -> ResponseReturnValue:
    """Take one back."""

    def act(session: Session) -> str:
        take_comment_back(session, current_actor(), number, now=now())
        return url_for("conventions.my_comments")

    return answer(SureForm(), f"{FOLDER}/mine.html", act, thanks=BACK, **_mine())


@bp.route("/desk/conventions/<number>/comments/", methods=["GET", "POST"])
@requires(MANAGE)
def desk_comments(number: str) -> ResponseReturnValue:
    """The comments of a round; one answer for those that are ticked."""
    row, form = round_here(reading(), current_actor(), number), AnswerForm()
    act = partial(_answer, row.number, form)
    return answer(form, f"{FOLDER}/desk/list.html", act, **_page(row, shown=False))


def _answer(number: str, form: AnswerForm, session: Session) -> str:
    found = answer_comments(
        session, current_actor(), number, form.numbers.data or (), Answer(form.answer.data),
        form.reason.data or "", now=now(),
    )  # fmt: skip
    words = ngettext("Answered: %(num)s comment.", "Answered: %(num)s comments.", found)
    flash(words, "success")
    return url_for("conventions.desk_comments", number=number)


@bp.route("/desk/conventions/<number>/comments/paper", methods=["GET", "POST"])
@requires(MANAGE)
def desk_comment_paper(number: str) -> ResponseReturnValue:
    """Type a comment from paper."""
    row, form = round_here(reading(), current_actor(), number), PaperCommentForm()
    form.offer(draft_of(reading(), row.id))

    def act(session: Session) -> str:
        wish = form.wish(form.chosen())
        type_comment(session, current_actor(), row.number, wish, now=now())
        return url_for("conventions.desk_comments", number=row.number)

    return answer(form, f"{FOLDER}/desk/paper.html", act, thanks=SAVED, row=row)


@bp.route("/desk/comments/<number>", methods=["GET", "POST"])
@requires(MANAGE)
def desk_comment(number: str) -> ResponseReturnValue:
    """Decide whether everybody may read a comment."""
    row, form = comment_here(reading(), current_actor(), number), LookForm()
    act = partial(_decide, row.number, row.round_number, form)
    return answer(
        form, f"{FOLDER}/desk/one.html", act, thanks=SAVED, row=row, states=SAID_STATES,
        answers=ANSWERS,
    )  # fmt: skip


def _decide(number: str, round_number: str, form: LookForm, session: Session) -> str:
    decide_comment(
        session, current_actor(), number, show=form.show.data == "yes",
        reason=form.reason.data or "", now=now(),
    )  # fmt: skip
    return url_for("conventions.desk_comments", number=round_number)
