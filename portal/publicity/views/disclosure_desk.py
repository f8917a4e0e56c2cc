"""Disclosure at the desk: figures with their sources, key tasks and how they stand."""

from functools import partial
from typing import Final

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.areas.queries import AreaRow, places_to_choose
from portal.kernel.clock import city_day, now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading
from portal.organisations.queries import units_to_choose
from portal.publicity.forms.disclosure import ChangeForm, EndForm, InputForm, TaskForm
from portal.publicity.labels.disclosure import ENTERED, INPUT_KINDS, REPLACED
from portal.publicity.queries.disclosure import tasks_disclosed
from portal.publicity.service.disclosure import (
    WRITE,
    change_task,
    end_input,
    enter_input,
    input_here,
    start_task,
    task_here,
)
from portal.publicity.views.blueprint import bp
from portal.publicity.views.disclosure import inputs_in_words, tasks_in_words

FOLDER: Final = "publicity/disclosure/desk"
SAVED = _l("Saved.")


def _desk() -> str:
    return url_for("publicity.desk_disclosure")


def _to_choose() -> tuple[list[AreaRow], bool]:
    return places_to_choose(reading(), current_actor().places_for(WRITE))


@bp.get("/desk/disclosure/")
@requires(WRITE)
def desk_disclosure() -> ResponseReturnValue:
    """What is disclosed just now."""
    tasks = tasks_in_words(tasks_disclosed(reading()))
    return render_template(f"{FOLDER}/list.html", **inputs_in_words(), **tasks)


@bp.route("/desk/disclosure/inputs/new", methods=["GET", "POST"])
@requires(WRITE)
def desk_input_new() -> ResponseReturnValue:
    """Enter a figure."""
    form = InputForm()

    def act(session: Session) -> str:
        actor, replaced = current_actor(), str(REPLACED)
        enter_input(session, actor, form.wish(), replaced=replaced, now=now())
        return _desk()

    return answer(form, f"{FOLDER}/input.html", act, thanks=SAVED, to_choose=_to_choose())


@bp.route("/desk/disclosure/inputs/<number>/end", methods=["GET", "POST"])
@requires(WRITE)
def desk_input_end(number: str) -> ResponseReturnValue:
    """Take a figure off, with a reason."""
    row, form = input_here(reading(), current_actor(), number), EndForm()

    def act(session: Session) -> str:
        end_input(session, current_actor(), row.number, form.why.data or "", now=now())
        return _desk()

    return answer(form, f"{FOLDER}/end.html", act, thanks=SAVED, row=row, kinds=INPUT_KINDS)


@bp.route("/desk/disclosure/tasks/new", methods=["GET", "POST"])
@requires(WRITE)
def desk_key_task_new() -> ResponseReturnValue:
    """Enter a key task."""
    form = TaskForm()

    def act(session: Session) -> str:
        start_task(session, current_actor(), form.wish(), str(ENTERED), now=now())
        return _desk()

    units = units_to_choose(reading(), None, on=city_day(now(), instance().city.zone))
    choices = {"to_choose": _to_choose(), "units": units}
    return answer(form, f"{FOLDER}/task_new.html", act, thanks=SAVED, **choices)


@bp.route("/desk/disclosure/tasks/<number>", methods=["GET", "POST"])
@requires(WRITE)
def desk_key_task(number: str) -> ResponseReturnValue:
    """Say how a key task stands now."""
    row, form = task_here(reading(), current_actor(), number), ChangeForm()
    form.start_from(row)
    act = partial(_change, row.number, form)
    return answer(form, f"{FOLDER}/task.html", act, thanks=SAVED, row=row)


def _change(number: str, form: ChangeForm, session: Session) -> str:
    state, seen = form.chosen()
    change_task(
        session, current_actor(), number, state, form.due_on.data, form.note.data or "",
        seen=seen, now=now(),
    )  # fmt: skip
    return _desk()
