"""The desk: my queue first, what is overdue, and my grid."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Actor, Permission
from portal.kernel.clock import now
from portal.kernel.ids import clean_number
from portal.kernel.web import reading
from portal.organisations.queries import organisations_by_ids
from portal.reports.labels.case import STATE_KINDS, STATES
from portal.reports.labels.desk import TASKS
from portal.reports.queries.desk import (
    DeskPage,
    PlaceOption,
    desk_counts,
    desk_page,
    place_options,
    read_cursor,
)
from portal.reports.queries.grid import grid_figures
from portal.reports.rules.desk import Task, asked_task, tasks_of
from portal.reports.views.blueprint import bp

MONTH = timedelta(days=30)


@bp.get("/desk/")
@requires(Permission.DESK_OPEN)
def desk() -> ResponseReturnValue:
    """The cases that wait for me, the most pressing first."""
    number = clean_number(request.args.get("number", ""))
    if number:
        return redirect(url_for("reports.desk_case", number=number))
    return render_template(
        "reports/desk/queue.html",
        unknown_number=request.args.get("number", ""),
        **_queue(current_actor(), now()),
    )


def _queue(actor: Actor, moment: datetime) -> dict[str, Any]:
    """The asked list of this reader, in four queries however long it is."""
    task = asked_task(request.args.get("task"), actor)
    options = place_options(reading(), actor.places_for(Permission.REPORT_READ), _asked_path())
    place = _chosen(options)
    counts = desk_counts(reading(), actor, moment, place)
    after = read_cursor(request.args.get("after"))
    page = desk_page(reading(), actor, task, moment, place_path=place, after=after)
    return {**_list_words(page), **_around(actor, task, counts, options, place)}


def _asked_path() -> str | None:
    path = request.args.get("place", "")
    return path if path.startswith("/") and path.endswith("/") and len(path) < 200 else None


def _chosen(options: list[PlaceOption]) -> str | None:
    """The place the list is narrowed to, if the reader may choose it."""
    return next((option.path for option in options if option.path == _asked_path()), None)


def _list_words(page: DeskPage) -> dict[str, Any]:
    """The rows with the names that belong to them."""
    units: set[UUID] = {row.unit_id for row in page.rows if row.unit_id}
    return {
        "rows": page.rows,
        "units": organisations_by_ids(reading(), units),
        "states": STATES,
        "kinds": STATE_KINDS,
        "tasks": TASKS,
        "next_url": _here(after=str(page.next)) if page.next else None,
        "first_url": _here(after=None) if request.args.get("after") else None,
    }


def _here(**changes: str | None) -> str:
    """This list with some of its choices changed."""
    kept: dict[str, Any] = {
        key: request.args.get(key) or None for key in ("task", "place", "after")
    }
    return url_for(str(request.endpoint), **{**kept, **changes})


def _around(
    actor: Actor,
    task: Task,
    counts: Mapping[Task, int],
    options: list[PlaceOption],
    place: str | None,
) -> dict[str, Any]:
    """The tasks with their counts, and the filter by place."""
    mine = tasks_of(actor)
    shown = ((Task.MINE,) if mine else ()) + (*mine, Task.LATE, Task.OPEN, Task.ALL)
    return {
        "task": task,
        "title": TASKS[task],
        "tabs": [(TASKS[t], _here(task=t.value, after=None), counts.get(t), t) for t in shown],
        "options": options,
        "place": place,
        "late": counts.get(Task.LATE, 0),
        "may_grid": bool(_grid_places(actor) != ()),
    }


def _grid_places(actor: Actor) -> tuple[str, ...] | None:
    """Where somebody answers first: her grids."""
    return actor.places_for(Permission.REPORT_RESPOND)


@bp.get("/desk/grid")
@requires(Permission.REPORT_RESPOND)
def desk_grid() -> ResponseReturnValue:
    """My grid: its figures, and every open case in it (R062, R063)."""
    actor, moment = current_actor(), now()
    mine = _grid_actor(actor)
    after = read_cursor(request.args.get("after"))
    page = desk_page(reading(), mine, Task.OPEN, moment, after=after)
    figures = grid_figures(reading(), _grid_places(actor), moment - MONTH, moment)
    return render_template("reports/desk/grid.html", figures=figures, **_list_words(page))


def _grid_actor(actor: Actor) -> Actor:
    """The reader with the reach of her grids only, wherever else she may read."""
    places = _grid_places(actor)
    grants = (
        replace(grant, permission=Permission.REPORT_READ)
        for grant in actor.grants
        if grant.permission is Permission.REPORT_RESPOND
    )
    return actor if places is None else replace(actor, grants=frozenset(grants))
