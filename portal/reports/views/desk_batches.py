"""Several cases at once: looked at, done, and undone for ten minutes."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Actor, Permission
from portal.kernel.clock import now
from portal.kernel.errors import Missing, Refused
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.kernel.words import say
from portal.organisations.queries import OrganisationRow, organisations_by_ids
from portal.reports.forms.batches import BatchForm, UndoForm, spell_wish
from portal.reports.forms.desk import read_key
from portal.reports.labels.case import STATE_KINDS, STATES
from portal.reports.labels.desk import BATCH_ACTIONS, refusal_words
from portal.reports.queries.batches import BatchLine, BatchRow, lines_of, recent_batches
from portal.reports.rules.batches import BatchAction, may_undo
from portal.reports.rules.desk import CLERK
from portal.reports.service.batches import Asked, do_batch, own_batch, plan_batch, undo_batch
from portal.reports.service.proposals import kinds_today
from portal.reports.views.blueprint import bp
from portal.reports.views.desk_queue import case_url, kept, queue_url


@dataclass(frozen=True)
class Done:
    """A batch with all that its page or its notice says."""

    batch: BatchRow
    lines: list[BatchLine]
    units: dict[Any, OrganisationRow]
    form: UndoForm

    @property
    def may_undo(self) -> bool:
        return may_undo(self.batch.at, self.batch.undone_at, now()) and bool(self.changed)

    @property
    def changed(self) -> list[BatchLine]:
        return [line for line in self.lines if line.refusal is None]

    @property
    def refused(self) -> list[BatchLine]:
        return [line for line in self.lines if line.refusal is not None]

    @property
    def back(self) -> list[BatchLine]:
        return [line for line in self.lines if line.undone_at is not None]

    @property
    def recent_url(self) -> str:
        return url_for("reports.desk_batches", **kept())

    @property
    def undo_url(self) -> str:
        return url_for("reports.desk_undo", number=self.batch.number, **kept())


def _done(session: Session, batch: BatchRow) -> Done:
    lines = lines_of(session, batch.id, current_actor())
    units = organisations_by_ids(session, {line.unit_id for line in lines if line.unit_id})
    return Done(batch, lines, units, UndoForm())


def just_done(actor: Actor) -> Done | None:
    """What the reader did a moment ago, as the address names it; nothing when it is not hers."""
    number = clean_number(request.args.get("done", ""))
    if number is None:
        return None
    try:
        return _done(reading(), own_batch(reading(), number, actor))
    except Missing:
        return None


@bp.get("/desk/batches/")
@requires(Permission.DESK_OPEN)
def desk_batches() -> ResponseReturnValue:
    """What I did in the last minutes, as long as it can be undone."""
    rows = recent_batches(reading(), current_actor().person_id, now())
    done = [_done(reading(), row) for row in rows]
    return render_template("reports/desk/batches.html", done=done, **_words())


@bp.route("/desk/batches/check", methods=["GET", "POST"])
@requires(CLERK)
def desk_check() -> ResponseReturnValue:
    """What would happen to each ticked case; a press does it."""
    asked, form = _asked(), BatchForm()
    if not asked.numbers:
        return redirect(queue_url(ticked="none"))
    shown = _plan(current_actor(), asked)
    return answer(form, "reports/desk/check.html", partial(_do, asked, form), **shown)


def _asked() -> Asked:
    """What the address asks for."""
    action = request.args.get("action", "")
    if action not in set(BatchAction):
        raise Missing
    numbers = [clean_number(text) for text in request.args.getlist("case")]
    return Asked(
        BatchAction(action),
        list(dict.fromkeys(number for number in numbers if number)),
        unit_id=read_key(request.args.get("to")),
        category_code=request.args.get("kind") or None,
    )


def _plan(actor: Actor, asked: Asked) -> dict[str, Any]:
    """The check page: each case with what would happen, and what still has to be chosen."""
    context = {
        "asked": asked,
        "title": BATCH_ACTIONS[asked.action],
        "back": queue_url(),
        **_words(),
    }
    try:
        plan = plan_batch(reading(), actor, asked, now=now())
    except Refused as refused:
        return {**context, "plan": None, "too_many": say(refused.code, **refused.facts)}
    kinds = kinds_today(reading(), now())
    return {
        **context,
        "plan": plan,
        "kind_names": {kind.code: kind.names for kind, _ in kinds},
        "choose": _to_choose(asked),
        "spell_wish": spell_wish,
        "check_url": _check_url(asked),
        "kept_pairs": list(kept().items()),
    }


def _check_url(asked: Asked) -> str:
    """This very page: what is asked stands in its address."""
    return url_for(
        "reports.desk_check",
        action=asked.action.value,
        case=asked.numbers,
        to=asked.unit_id,
        kind=asked.category_code,
        **kept(),
    )


def _to_choose(asked: Asked) -> str | None:
    """What the reader has to choose before anything can be looked at."""
    if asked.action is BatchAction.DISPATCH and asked.unit_id is None:
        return "unit"
    if asked.action is BatchAction.RECLASSIFY and asked.category_code is None:
        return "kind"
    return None


def _words() -> dict[str, Any]:
    return {
        "actions": BATCH_ACTIONS,
        "states": STATES,
        "kinds": STATE_KINDS,
        "refusal_words": refusal_words,
        "case_url": case_url,
        "queue_url": queue_url,
        "recent_url": url_for("reports.desk_batches", **kept()),
    }


def _do(asked: Asked, form: BatchForm, session: Session) -> str:
    wishes = form.wishes(asked.category_code)
    number = do_batch(session, current_actor(), asked.action, wishes, now=now())
    return url_for("reports.desk_batch", number=number, **kept())


@bp.get("/desk/batches/<number>")
@requires(Permission.DESK_OPEN)
def desk_batch(number: str) -> ResponseReturnValue:
    """What became of each case."""
    batch = own_batch(reading(), clean_number(number) or "", current_actor())
    return render_template(
        "reports/desk/batch.html", done=_done(reading(), batch), back=queue_url(), **_words()
    )


@bp.post("/desk/batches/<number>/undo")
@requires(Permission.DESK_OPEN)
def desk_undo(number: str) -> ResponseReturnValue:
    """Put everything back that nobody has touched since."""
    batch = own_batch(reading(), clean_number(number) or "", current_actor())
    form = UndoForm()
    done = _done(reading(), batch)
    act = partial(_undo, done)
    return answer(form, "reports/desk/batch.html", act, done=done, back=queue_url(), **_words())


def _undo(done: Done, session: Session) -> str:
    number = undo_batch(session, done.batch.number, current_actor(), now=now())
    if len(done.lines) == 1 and done.lines[0].state is not None:
        # one key, one case: back to it, to do better
        return case_url(done.lines[0].number, done=number)
    return url_for("reports.desk_batch", number=number, **kept())
