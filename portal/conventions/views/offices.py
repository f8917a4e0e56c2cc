"""What a head has to do, and what I asked of heads."""

from functools import partial
from typing import Final

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, signed_in
from portal.areas.queries import areas_by_ids
from portal.conventions.forms.community import NamedForm, OutcomeForm
from portal.conventions.forms.texts import SureForm
from portal.conventions.labels.community import ERRANDS, OUTCOMES, ROLES
from portal.conventions.queries.community import (
    errands_asked_by,
    errands_of_heads,
    heads_held_by,
)
from portal.conventions.queries.estates import seats_held_by
from portal.conventions.service.errands import close_errand, errand_to_do, take_errand_back
from portal.conventions.service.places import name_me
from portal.conventions.views.blueprint import bp
from portal.conventions.views.communities import today
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading

FOLDER: Final = "conventions/offices"
SAVED: Final = _l("Saved.")
BACK: Final = _l("Taken back. Your words are deleted.")
WORDS: Final = {"roles": ROLES, "outcomes": OUTCOMES, "states": ERRANDS}


@bp.get("/me/offices/")
@signed_in
def my_offices() -> ResponseReturnValue:
    """My offices in a community, whether my name is read there, and my list of tasks."""
    rows = heads_held_by(reading(), current_actor().person_id)
    return render_template(
        f"{FOLDER}/mine.html", rows=rows, form=NamedForm(), on=today(),
        areas=areas_by_ids(reading(), {row.area_id for row in rows}),
        errands=errands_of_heads(reading(), {row.id for row in rows if row.holds(today())}),
        seats=seats_held_by(reading(), current_actor().person_id), **WORDS,
    )  # fmt: skip


@bp.route("/me/offices/<number>/name", methods=["GET", "POST"])
@signed_in
def my_office_name(number: str) -> ResponseReturnValue:
    """Let my name be shown beside an office, or not any more."""
    form, held = NamedForm(), heads_held_by(reading(), current_actor().person_id)
    row = next((one for one in held if one.number == clean_number(number)), None)
    if row is None:
        raise Missing

    def act(session: Session) -> str:
        name_me(session, current_actor(), number, shown=form.shown(), now=now())
        return url_for("conventions.my_offices")

    return answer(form, f"{FOLDER}/name.html", act, thanks=SAVED, row=row, **WORDS)


@bp.route("/me/errands/<number>", methods=["GET", "POST"])
@signed_in
def errand(number: str) -> ResponseReturnValue:
    """Say what came of a matter; the head does, or the committee for her."""
    row, form = errand_to_do(reading(), current_actor(), number, now=now()), OutcomeForm()
    act = partial(_close, row.number, row.holder_id, form)
    return answer(form, f"{FOLDER}/one.html", act, thanks=SAVED, row=row, **WORDS)


def _close(number: str, holder: object, form: OutcomeForm, session: Session) -> str:
    actor = current_actor()
    close_errand(session, actor, number, form.chosen(), form.words.data or "", now=now())
    mine = holder == actor.person_id
    return url_for("conventions.my_offices" if mine else "conventions.desk_communities")


@bp.get("/me/asked/")
@signed_in
def my_asked() -> ResponseReturnValue:
    """What I asked of heads, and what they answered."""
    rows = errands_asked_by(reading(), current_actor().person_id)
    return render_template(f"{FOLDER}/asked.html", rows=rows, form=SureForm(), **WORDS)


@bp.post("/me/asked/<number>/back")
@signed_in
def my_asked_back(number: str) -> ResponseReturnValue:
    """Take back what I asked."""
    form = SureForm()
    rows = errands_asked_by(reading(), current_actor().person_id)

    def act(session: Session) -> str:
        take_errand_back(session, current_actor(), number, now=now())
        return url_for("conventions.my_asked")

    return answer(form, f"{FOLDER}/asked.html", act, thanks=BACK, rows=rows, **WORDS)
