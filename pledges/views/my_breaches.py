"""Breaches of one's own shop: reading them, replying, saying that it is put right, appealing."""

from functools import partial
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from pledges.forms.breaches import RectifiedForm, SayForm, SureForm
from pledges.labels.breaches import STATES
from pledges.queries.breaches import breaches_of_speaker
from pledges.queries.inspections import clauses_by_ids, doors_by_ids
from pledges.rules.breaches import OPEN, BreachState
from pledges.service.answers import appeal, drop_appeal, own_breach, reply, say_rectified
from pledges.views.blueprint import bp
from pledges.views.breaches import about
from portal.accounts.access import current_actor, signed_in
from portal.kernel.clock import now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading

FOLDER = "pledges/breaches"
SAID = _l("Sent. The street reads it.")
APPEALED = _l("Your appeal is lodged. Until it is decided, everything else waits.")
DROPPED = _l("The appeal is taken back.")


@bp.get("/me/breaches")
@signed_in
def my_breaches() -> ResponseReturnValue:
    """What was found at the shops for which I speak."""
    rows = breaches_of_speaker(reading(), current_actor().person_id)
    return render_template(
        f"{FOLDER}/mine.html", rows=rows, states=STATES,
        doors=doors_by_ids(reading(), {row.premises_id for row in rows}),
        clauses=clauses_by_ids(reading(), {row.clause_id for row in rows}),
    )  # fmt: skip


@bp.get("/me/breaches/<number>")
@signed_in
def my_breach(number: str) -> ResponseReturnValue:
    """One of them, and what I can say to it."""
    row = own_breach(reading(), current_actor(), number)
    return render_template(f"{FOLDER}/mine_one.html", **_mine(number), form=SureForm(), open=OPEN,
                           void=row.state is BreachState.VOID)  # fmt: skip


def _mine(number: str) -> dict[str, Any]:
    return about(own_breach(reading(), current_actor(), number))


@bp.route("/me/breaches/<number>/reply", methods=["GET", "POST"])
@signed_in
def my_breach_reply(number: str) -> ResponseReturnValue:
    """Reply to it."""
    form = SayForm()
    act = partial(_say, reply, number, form)
    return answer(form, f"{FOLDER}/say.html", act, thanks=SAID, appealing=False, **_mine(number))


@bp.route("/me/breaches/<number>/appeal", methods=["GET", "POST"])
@signed_in
def my_breach_appeal(number: str) -> ResponseReturnValue:
    """Appeal against it."""
    form = SayForm()
    act = partial(_say, appeal, number, form)
    return answer(form, f"{FOLDER}/say.html", act, thanks=APPEALED, appealing=True, **_mine(number))


def _say(how: Any, number: str, form: SayForm, session: Session) -> str:
    how(session, current_actor(), number, form.words.data or "", now=now())
    return url_for("pledges.my_breach", number=number)


@bp.route("/me/breaches/<number>/rectified", methods=["GET", "POST"])
@signed_in
def my_breach_rectified(number: str) -> ResponseReturnValue:
    """Say with photos that it is put right."""
    form = RectifiedForm()
    act = partial(_rectified, number, form)
    return answer(form, f"{FOLDER}/rectified.html", act, thanks=SAID, **_mine(number))


def _rectified(number: str, form: RectifiedForm, session: Session) -> str:
    say_rectified(
        session, current_actor(), number, form.words.data or "", form.photos.data, now=now()
    )
    return url_for("pledges.my_breach", number=number)


@bp.post("/me/breaches/<number>/drop")
@signed_in
def my_breach_drop(number: str) -> ResponseReturnValue:
    """Take the appeal back."""
    act, told = partial(_drop, number), _mine(number)
    return answer(SureForm(), f"{FOLDER}/mine_one.html", act, thanks=DROPPED, open=OPEN,
                  void=told["row"].state is BreachState.VOID, **told)  # fmt: skip


def _drop(number: str, session: Session) -> str:
    drop_appeal(session, current_actor(), number, now=now())
    return url_for("pledges.my_breach", number=number)
