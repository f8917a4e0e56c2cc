"""The clauses of a draft, one by one and from a table; two people may write at once."""

from functools import partial

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from pledges.forms.clauses import (
    ClauseForm,
    ClauseTableForm,
    NewClauseForm,
    SeenForm,
    clause_as_typed,
)
from pledges.labels.clause_drafts import COLUMNS
from pledges.labels.clauses import AXES
from pledges.queries.clauses import DeskSet, clauses_by_version
from pledges.rules.clause_drafts import ClauseWrong, cells_of, fingerprint, read_clause
from pledges.rules.clause_texts import ClauseText
from pledges.service.clause_drafts import (
    PUBLISH,
    Overtaken,
    add_clause,
    change_clause,
    model_texts,
    refuse,
    remove_clause,
    set_here,
)
from pledges.service.clause_tables import take_clauses
from pledges.views.blueprint import bp
from portal.accounts.access import current_actor, requires
from portal.kernel.errors import Missing, Refused
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.kernel.words import Words, say

SAVED = _l("Saved.")
REMOVED = _l("The clause is taken out of the draft.")
TAKEN = _l("The draft says now what the table says.")
FOLDER = "pledges/clauses/desk"


def _draft(code: str) -> tuple[DeskSet, list[ClauseText]]:
    """A set that has a draft, and its clauses. Raises Missing."""
    found = set_here(reading(), current_actor(), code)
    if found.draft is None:
        raise Missing
    return found, clauses_by_version(reading(), [found.draft.id])[found.draft.id]


def _one(code: str) -> str:
    return url_for("pledges.desk_clause_set", code=code)


@bp.route("/desk/pledges/clauses/<code>/draft/new", methods=["GET", "POST"])
@requires(PUBLISH)
def desk_new_clause(code: str) -> ResponseReturnValue:
    """A further clause, empty or as a model says it."""
    found, clauses = _draft(code)
    known = {one.code: one for model in model_texts().values() for one in model.clauses}
    chosen = known.get(request.args.get("model", "")[:40])
    typed = cells_of(chosen) if chosen else {}
    form = NewClauseForm(data=typed | {"position": len(clauses) + 1})
    there = {one.code for one in clauses}
    return answer(
        form, f"{FOLDER}/clause.html", partial(_add, form, code), thanks=SAVED, one=found,
        clause=None, offered=[known[name] for name in known if name not in there], axes=AXES,
    )  # fmt: skip


def _add(form: NewClauseForm, code: str, session: Session) -> str:
    clause = _typed(form, form.code.data or "")
    add_clause(session, current_actor(), code, clause, position=form.position.data)
    return _one(code)


def _typed(form: ClauseForm, code: str) -> ClauseText:
    clause, flaws = read_clause(form.cells(code))
    refuse(flaws)
    return clause


def _at(clauses: list[ClauseText], which: str) -> int | None:
    """Where a clause stands; None when somebody took it out."""
    return next((at for at, one in enumerate(clauses, 1) if one.code == which), None)


@bp.route("/desk/pledges/clauses/<code>/draft/clause/<which>", methods=["GET", "POST"])
@requires(PUBLISH)
def desk_clause(code: str, which: str) -> ResponseReturnValue:
    """Write a clause of a draft anew; whoever was overtaken sees both texts."""
    found, clauses = _draft(code)
    at = _at(clauses, which)
    if at is None and request.method == "GET":
        raise Missing
    form = ClauseForm(data=clause_as_typed(clauses[at - 1], at) if at else {})
    return answer(
        form, f"{FOLDER}/clause.html", partial(_change, form, code, which), thanks=SAVED,
        one=found, clause=which, offered=[], axes=AXES,
    )  # fmt: skip


def _change(form: ClauseForm, code: str, which: str, session: Session) -> str:
    clause, seen = _typed(form, which), form.seen.data or ""
    try:
        change_clause(session, current_actor(), code, clause, seen=seen, position=form.moved_to())
    except Overtaken as late:
        form.overtaken(late.stands)
        raise
    return _one(code)


@bp.route("/desk/pledges/clauses/<code>/draft/clause/<which>/remove", methods=["GET", "POST"])
@requires(PUBLISH)
def desk_remove_clause(code: str, which: str) -> ResponseReturnValue:
    """Take a clause out of a draft."""
    found, clauses = _draft(code)
    at = _at(clauses, which)
    if at is None:
        raise Missing
    form = SeenForm(data={"seen": fingerprint([clauses[at - 1]])})

    def act(session: Session) -> str:
        with form.shown_again(fingerprint([clauses[at - 1]])):
            remove_clause(session, current_actor(), code, which, seen=form.seen.data or "")
        return _one(code)

    page = f"{FOLDER}/remove.html"
    return answer(form, page, act, thanks=REMOVED, one=found, clause=clauses[at - 1])


@bp.route("/desk/pledges/clauses/<code>/draft/table", methods=["GET", "POST"])
@requires(PUBLISH)
def desk_take_clauses(code: str) -> ResponseReturnValue:
    """Take a table into the draft, whole or not at all; every bad line is told."""
    found, clauses = _draft(code)
    form, told = ClauseTableForm(data={"seen": fingerprint(clauses)}), list[ClauseWrong]()

    def act(session: Session) -> str:
        with form.shown_again(fingerprint(clauses)):
            return _take(form, told, code, session)

    return answer(form, f"{FOLDER}/table.html", act, one=found, columns=COLUMNS, flaws=_Flaws(told))


class _Flaws:
    """The bad lines of a table, known only after the service has read it."""

    def __init__(self, told: list[ClauseWrong]) -> None:
        self.told = told

    def rows(self) -> list[tuple[ClauseWrong, Words, str]]:
        return [
            (one, COLUMNS.get(one.column, COLUMNS[""]), say(one.code, most=one.most))
            for one in self.told
        ]


def _take(form: ClauseTableForm, told: list[ClauseWrong], code: str, session: Session) -> str:
    actor, seen = current_actor(), form.seen.data or ""
    encoding = form.chosen_encoding()
    told += take_clauses(session, actor, code, form.content(), encoding, seen=seen)
    for flaw in told[:1]:
        raise Refused(flaw.code, field="file", facts={"most": flaw.most})
    flash(str(TAKEN), "success")
    return _one(code)
