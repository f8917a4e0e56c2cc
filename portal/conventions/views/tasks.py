"""The public tracker of tasks (R162), and the desks that keep it and report on it."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, requires
from portal.areas.queries import AreaRow, areas_by_ids, places_to_choose
from portal.conventions.forms.tasks import PlaceTaskForm, TaskForm, TaskReportForm
from portal.conventions.labels.tasks import TASK_FILTERS, TASK_STATES, UNIT_PARTS
from portal.conventions.queries.tasks import (
    MOST_IN_A_FILE,
    PAGE,
    TaskRow,
    events_of_task,
    task_counts,
    tasks_of_units,
    tasks_page,
)
from portal.conventions.rules.tasks import TaskFilter, acts_from
from portal.conventions.service.meetings import MANAGE, meeting_here
from portal.conventions.service.tasks import (
    DESK,
    add_task,
    add_task_of_resolution,
    any_task,
    report_on,
    resolution_here,
    task_here,
)
from portal.conventions.views.blueprint import bp
from portal.conventions.views.meetings import area_here
from portal.conventions.views.task_words import task_words
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.sheets import write_table
from portal.kernel.web import Session, instance, reading
from portal.organisations.queries import organisations_by_ids, units_for
from portal.reports.views.downloads import dated, hand_out

FOLDER = "conventions/tasks"
SAVED = _l("Saved. Everybody can see it.")
WORDS: dict[str, Any] = {"parts": UNIT_PARTS, "states": TASK_STATES, "filters": TASK_FILTERS}
HEADER = ("number", "place", "task", "lead", "co", "responsible", "due", "state", "late", "closed",
          "outcome", "meeting")  # fmt: skip


def _chosen() -> TaskFilter | None:
    wanted = request.args.get("show", "")
    return TaskFilter(wanted) if wanted in set(TaskFilter) else None


def _list(area: AreaRow | None) -> dict[str, Any]:
    paths, today = ([area.path] if area else None), city_day(now(), instance().city.zone)
    after = clean_number(request.args.get("after", "")[:20]) or ""
    found = tasks_page(reading(), paths, _chosen(), today=today, after=after)
    return {
        **_shown(found), "area": area, "counts": task_counts(reading(), paths, today),
        "chosen": _chosen(),
    }  # fmt: skip


def _shown(found: list[TaskRow]) -> dict[str, Any]:
    rows = found[:PAGE]
    return {
        "rows": task_words(rows), "areas": areas_by_ids(reading(), {row.area_id for row in rows}),
        "following": rows[-1].number if len(found) > PAGE else None, **WORDS,
    }  # fmt: skip


@bp.get("/tasks/")
@public
def tasks() -> ResponseReturnValue:
    """What every community resolved to do: by whom, until when, and what is late."""
    return render_template(f"{FOLDER}/list.html", **_list(None))


@bp.get("/tasks/places/<code>")
@public
def place_tasks(code: str) -> ResponseReturnValue:
    """The same of one place."""
    return render_template(f"{FOLDER}/list.html", **_list(area_here(code)))


@bp.get("/tasks/all.<kind>")
@public
def tasks_table(kind: str) -> ResponseReturnValue:
    """Every task as a file, of one place with ``?place=``."""
    if kind not in {"csv", "xlsx"}:
        raise Missing
    wanted = request.args.get("place", "")[:32]
    area = area_here(wanted) if wanted else None
    return hand_out(partial(_write, area), kind)


def _write(area: AreaRow | None, path: Path) -> str:
    write_table(path, HEADER, _lines(area))
    return dated("tasks")


def _lines(area: AreaRow | None) -> Iterator[list[object]]:
    today = city_day(now(), instance().city.zone)
    paths = [area.path] if area else None
    found = tasks_page(reading(), paths, None, today=today, limit=MOST_IN_A_FILE)
    areas = areas_by_ids(reading(), {row.area_id for row in found})
    for line in task_words(found, today):
        row = line.row
        closed = city_day(row.closed_at, instance().city.zone) if row.closed_at else ""
        yield [
            row.number, in_words(areas[row.area_id].names), row.title, line.lead, line.co,
            line.responsible, row.due_on, str(TASK_STATES[row.state]),
            _("yes") if line.late else _("no"), closed, row.outcome or "",
            row.meeting_number or "",
        ]  # fmt: skip


@bp.get("/tasks/<number>")
@public
def task(number: str) -> ResponseReturnValue:
    """One of them, with its history."""
    row = any_task(reading(), number)
    return render_template(f"{FOLDER}/one.html", **_one(row))


def _one(row: TaskRow) -> dict[str, Any]:
    [line] = task_words([row])
    return {
        "row": row, "line": line, "events": events_of_task(reading(), row.id),
        "area": areas_by_ids(reading(), {row.area_id})[row.area_id], **WORDS,
    }  # fmt: skip


@bp.get("/desk/tasks/")
@requires(DESK)
def desk_tasks() -> ResponseReturnValue:
    """What my units have a part in, or what the places that I look after are to do."""
    units = current_actor().organisations_for(DESK)
    today, chosen = city_day(now(), instance().city.zone), _chosen()
    after = clean_number(request.args.get("after", "")[:20]) or ""
    if units:
        found = tasks_of_units(reading(), units, chosen, today=today, after=after)
    else:
        places = current_actor().places_for(MANAGE)
        found = tasks_page(reading(), places, chosen, today=today, after=after)
    keeper = current_actor().may(MANAGE)
    names = [in_words(one.names) for one in organisations_by_ids(reading(), units).values()]
    return render_template(
        f"{FOLDER}/desk/list.html", keeper=keeper, chosen=chosen, units=names, **_shown(found)
    )


@bp.route("/desk/tasks/new", methods=["GET", "POST"])
@requires(MANAGE)
def desk_task_new() -> ResponseReturnValue:
    """A task of a community that no meeting resolved on."""
    form = PlaceTaskForm()

    def act(session: Session) -> str:
        place = form.place.data or ""
        return _desk(add_task(session, current_actor(), place, form.wish(), now=now()))

    found = places_to_choose(reading(), current_actor().places_for(MANAGE), level="community")
    return answer(
        form, f"{FOLDER}/desk/new.html", act, thanks=SAVED, row=None, units=[], to_choose=found
    )


def _desk(number: str) -> str:
    return url_for("conventions.desk_task", number=number)


@bp.route("/desk/meetings/<number>/resolutions/<resolution>/task", methods=["GET", "POST"])
@requires(MANAGE)
def desk_task_of(number: str, resolution: str) -> ResponseReturnValue:
    """A task that a meeting resolved on."""
    row, form = meeting_here(reading(), current_actor(), number), TaskForm()
    resolution_here(reading(), row, resolution)
    act = partial(_add_of, row.number, resolution, form)
    units = [in_words(one.names) for one in units_for(reading(), row.place_path)]
    return answer(form, f"{FOLDER}/desk/new.html", act, thanks=SAVED, row=row, units=units)


def _add_of(number: str, resolution: str, form: TaskForm, session: Session) -> str:
    add_task_of_resolution(session, current_actor(), number, resolution, form.wish(), now=now())
    return url_for("conventions.desk_meeting", number=number)


@bp.route("/desk/tasks/<number>", methods=["GET", "POST"])
@requires(DESK)
def desk_task(number: str) -> ResponseReturnValue:
    """Report on a task; whoever keeps the list moves, drops and reopens it too."""
    row, part = task_here(reading(), current_actor(), number)
    form = TaskReportForm()
    acts = acts_from(row.state, keeper=part.keeper, finishing=part.finishing)
    form.offer(acts)
    act = partial(_report, row.number, form)
    return answer(
        form, f"{FOLDER}/desk/one.html", act, thanks=SAVED, acts=acts, keeper=part.keeper,
        **_one(row),
    )  # fmt: skip


def _report(number: str, form: TaskReportForm, session: Session) -> str:
    wish = form.wish()
    if wish is None:
        raise Missing
    report_on(session, current_actor(), number, wish, now=now())
    return _desk(number)
